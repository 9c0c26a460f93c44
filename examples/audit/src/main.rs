// SPDX-License-Identifier: MIT OR Apache-2.0

//! Verifies a file of tokens, one a line, on all cores, and says how many got which verdict.
//!
//! ```sh
//! cargo run --release -- --generate            # a million lines, cycled from a thousand tokens
//! cargo run --release -- --jwks keys.json --issuer https://login.example.com --audience api://orders tokens.gz
//! ```

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cpu_time::ProcessTime;
use indicatif::ProgressBar;
use rayon::ThreadPoolBuilder;
use rs256::entra::{self, Audience, Guid, Tenant};
use rs256::{Check, Issuer, KeySet, NumericDate, Policy, Verifier};

use crate::arguments::{Arguments, HELP, Trust};
use crate::audit::audit;
use crate::generate::Synthetic;
use crate::report::Report;

mod arguments;
mod audit;
mod blocks;
mod generate;
mod input;
mod report;

/// Room for the largest key sets seen in the field.
type Keys = KeySet<256>;

fn main() -> ExitCode {
    let result = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Some(arguments)) => run(&arguments),
        Ok(None) => {
            print!("{HELP}");
            Ok(())
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("audit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    match &arguments.trust {
        None => run_synthetic(arguments),
        Some((jwk_set, trust)) => {
            let jwk_set = std::fs::read(jwk_set).map_err(|error| format!("{}: {error}", jwk_set.display()))?;
            with_policy(trust, |policy| {
                let now = arguments.now.unwrap_or_else(clock);
                let threads = arguments.threads.unwrap_or(0);
                let input = || input::open(arguments.file.as_deref());
                print(arguments, &[once(&jwk_set, policy, now, threads, input)?])
            })
        }
    }
}

/// The same lines on one core, then on all.
fn run_synthetic(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let now = arguments.now.unwrap_or_else(clock);
    eprintln!("signing {} tokens", arguments.distinct);
    let synthetic = Synthetic::new(arguments.distinct, now)?;
    if let Some(path) = &arguments.write {
        let mut file = input::create(path)?;
        io::copy(&mut synthetic.lines(arguments.lines), &mut file)?;
        file.finish()?;
        let mut jwk_set = File::create(path.with_extension("jwks.json"))?;
        return Ok(jwk_set.write_all(synthetic.jwk_set().as_bytes())?);
    }
    let policy = Policy::new(Issuer::exact(generate::ISSUER), &[generate::AUDIENCE]);
    let mut reports = Vec::new();
    for threads in arguments.threads.map_or(vec![1, 0], |threads| vec![threads]) {
        let input = || Ok(input::Input::whole(synthetic.lines(arguments.lines)));
        reports.push(once(synthetic.jwk_set().as_bytes(), &policy, now, threads, input)?);
    }
    print(arguments, &reports)
}

/// One audit, on `threads` threads; 0 stands for all cores.
fn once<R: BufRead + Send>(
    jwk_set: &[u8],
    policy: &(dyn Check + Sync),
    now: NumericDate,
    threads: usize,
    input: impl FnOnce() -> io::Result<input::Input<R>>,
) -> Result<Report, Box<dyn Error>> {
    let mut keys = Box::new(Keys::new());
    keys.replace_from_jwk_set(jwk_set)?;
    let verifier = Verifier::new(&*keys, policy);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let input = input()?;
    let bar = input.octets.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let (start, cpu) = (Instant::now(), ProcessTime::now());
    let verdicts = pool.install(|| audit(&verifier, now, input.text, &bar))?;
    bar.finish_and_clear();
    Ok(Report {
        verdicts,
        threads: pool.current_num_threads(),
        time: start.elapsed(),
        cpu_time: cpu.elapsed(),
    })
}

fn print(arguments: &Arguments, reports: &[Report]) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    if arguments.json {
        for report in reports {
            writeln!(out, "{}", report.json())?;
        }
    } else {
        if let Some(report) = reports.first() {
            report.write_verdicts(&mut out)?;
        }
        Report::write_speed(reports, &mut out)?;
    }
    Ok(())
}

fn with_policy<T>(
    trust: &Trust,
    then: impl FnOnce(&(dyn Check + Sync)) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    match trust {
        Trust::Issuer { issuer, audiences } => {
            let audiences: Vec<&str> = audiences.iter().map(String::as_str).collect();
            then(&Policy::new(Issuer::exact(issuer), &audiences))
        }
        Trust::Entra { tenant, client_id } => {
            let guid = |text: &str| Guid::parse(text).ok_or_else(|| format!("expected a GUID, found {text}"));
            then(&entra::access_token(
                Tenant::single(guid(tenant)?),
                Audience::v2(guid(client_id)?),
            ))
        }
    }
}

fn clock() -> NumericDate {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    NumericDate::from_secs(since_epoch.as_secs())
}
