// SPDX-License-Identifier: MIT OR Apache-2.0

//! The program itself, started with good and bad configurations.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crate::Figures;
use crate::world::{Checks, TempFile};

const README: &str = include_str!("../../README.md");

fn gateway(file: &TempFile, variable: Option<(&str, &str)>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command.arg(&file.0).envs(variable).env("RUST_LOG", "info");
    command
}

fn terminate(process: u32) -> bool {
    let status = Command::new("kill").arg(process.to_string()).status();
    status.is_ok_and(|status| status.success())
}

pub async fn mistakes_in_the_configuration() -> Figures {
    let mut checks = Checks::default();
    // The one of the README, without the list of withdrawn tokens, which is not there.
    let good = README.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let good = good.split("[revocation]").next().unwrap();
    // Nobody is asked who is not on this machine.
    let good = &good.replace("login.microsoftonline.com/7f1d", "127.0.0.1:1/7f1d");
    let with = |old: &str, new: &str| {
        assert!(good.contains(old), "{old}");
        good.replace(old, new)
    };
    let rows = [
        (
            with("\nadmin_listen", "\nadmin_lisden"),
            None,
            "unknown field: found `admin_lisden`",
        ),
        (with("127.0.0.1:8080", "here"), None, "for key \"default.listen\""),
        (
            with("trust.entra", "trust.entry"),
            None,
            "unknown variant: found `entry`",
        ),
        (
            with("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14\", c", "7f\", c"),
            None,
            "trust.entra.tenant: expected a GUID",
        ),
        (
            with("\"reader\"", "\"reeder\""),
            None,
            "expected a role of reader, approver, admin, found `reeder`",
        ),
        (
            with("\"https", "\"http"),
            None,
            "authorities.contoso.metadata: expected a URL with https",
        ),
        (with("98db240f-", "98db-"), None, "expected a GUID for `groups`"),
        (
            format!("authorities = []\n{}", good.split("[[").next().unwrap()),
            None,
            "expected 1 to 8, found 0",
        ),
        (
            format!("{good}[revocation]\nfile = \"/nowhere/list\""),
            None,
            "/nowhere/list: No such file",
        ),
        (
            format!("{good}[fetch]\ntimeout_secs = 30"),
            None,
            "fetch.timeout_secs: expected 1 to 29 seconds",
        ),
        (
            good.into(),
            Some(("GATEWAY_FETCH__TIMEOUT_SECS", "soon")),
            "`GATEWAY_` environment variable",
        ),
        (
            good.into(),
            Some(("GATEWAY_LISTEN", "8.8.8.8:1")),
            "cannot listen on 8.8.8.8:1",
        ),
    ];
    checks.0.faults = rows.len() as u64;
    for (text, variable, expected) in rows {
        let file = TempFile::new(&text);
        let mut process = gateway(&file, variable).stderr(Stdio::piped()).spawn().unwrap();
        // In case that it finds nothing wrong.
        let (pid, exited) = (process.id(), AtomicBool::new(false));
        let error = std::thread::scope(|scope| {
            scope.spawn(|| {
                let start = Instant::now();
                while !exited.load(Relaxed) && start.elapsed() < Duration::from_secs(20) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                if !exited.load(Relaxed) {
                    terminate(pid);
                }
            });
            let mut error = String::new();
            process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
            exited.store(true, Relaxed);
            error
        });
        let is_right = !process.wait().unwrap().success() && error.contains(expected);
        checks.check(&format!("expected {expected}, found {error}"), is_right);
    }

    // The environment goes before the file; SIGTERM ends it in order.
    let file = TempFile::new(&with("127.0.0.1:9090", "127.0.0.1:0"));
    let mut command = gateway(&file, Some(("GATEWAY_LISTEN", "127.0.0.1:0")));
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let is_up = lines
        .by_ref()
        .any(|line| line.contains("listening") && !line.contains("8080"));
    checks.check("it listens where the environment says", is_up);
    checks.check("it can be told to stop", terminate(process.id()));
    lines.for_each(drop);
    checks.check("it stops in order", process.wait().unwrap().success());
    checks.0
}
