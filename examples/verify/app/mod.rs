// SPDX-License-Identifier: MIT OR Apache-2.0

//! The program but for its surroundings, so that a test can run it: arguments in, text and exit code out.

mod arguments;
mod input;
mod inspection;
mod terminal;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use arguments::{Arguments, KeySource};
use chrono::{Local, TimeZone};
use inspection::{Inspection, Verdict, text};
use terminal::Terminal;

/// Why the program ends before it has a verdict: one line for a person.
type Usage = String;

const ACCEPTED: u8 = 0;
const REFUSED: u8 = 1;
const WRONG_USAGE: u8 = 2;

/// What the program uses of the system.
pub(crate) struct System<'s> {
    pub(crate) stdin: &'s mut dyn Read,
    pub(crate) out: &'s mut dyn Write,
    pub(crate) err: &'s mut dyn Write,
    /// Whether `out` is a terminal whose owner wants colours.
    pub(crate) colour: bool,
    /// Seconds since 1970.
    pub(crate) clock: Option<u64>,
    pub(crate) local: &'s dyn Fn(u64) -> Option<String>,
}

pub(crate) fn main() -> u8 {
    let wants_no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let mut out = io::stdout().lock();
    let colour = out.is_terminal() && !wants_no_colour;
    let system = System {
        stdin: &mut io::stdin().lock(),
        colour,
        out: &mut out,
        err: &mut io::stderr().lock(),
        clock: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .map(|age| age.as_secs()),
        local: &local,
    };
    run(std::env::args_os().collect(), system)
}

/// In this machine's time zone, where that is not UTC.
fn local(secs: u64) -> Option<String> {
    let time = Local.timestamp_opt(i64::try_from(secs).ok()?, 0).single()?;
    let is_utc = time.offset().local_minus_utc() == 0;
    (!is_utc).then(|| time.format("%Y-%m-%d %H:%M:%S %:z").to_string())
}

/// Runs the program; its exit code.
pub(crate) fn run(arguments: Vec<OsString>, mut system: System<'_>) -> u8 {
    match Arguments::parse(arguments) {
        Ok(arguments) => inspect_all(arguments, &mut system).unwrap_or_else(|message| {
            let _ = writeln!(system.err, "error: {}", text::safe(&message));
            WRONG_USAGE
        }),
        Err(message) if message.use_stderr() => {
            for line in message.to_string().lines() {
                let _ = writeln!(system.err, "{}", text::safe(line));
            }
            WRONG_USAGE
        }
        Err(help) => {
            let _ = write!(system.out, "{help}");
            ACCEPTED
        }
    }
}

fn inspect_all(arguments: Arguments, system: &mut System<'_>) -> Result<u8, Usage> {
    let mut rules = arguments.rules;
    if matches!(arguments.keys, KeySource::BuiltIn) {
        input::built_in_rules(&mut rules);
    }
    rules.now = arguments.now.or(system.clock).ok_or("the clock is before 1970")?;
    let keys = arguments.keys.read(system.err)?;
    let mut tokens = Vec::new();
    for source in &arguments.tokens {
        tokens.extend(source.read(system.stdin)?);
    }

    let terminal = Terminal {
        colour: system.colour,
        local: system.local,
    };
    let mut exit = ACCEPTED;
    let many = tokens.len() > 1;
    for (token, number) in tokens.iter().zip(1..) {
        let inspection = match &token.text {
            Ok(text) => inspection::inspect(text, keys.as_deref(), &rules),
            Err((error, octets)) => inspection::no_token(*error, *octets, &rules),
        };
        // A name of a file may name its owner.
        let from = if rules.redact {
            format!("token {number}")
        } else {
            text::safe(&token.from)
        };
        let written = if arguments.json {
            print_json(&inspection, system.out)
        } else {
            print_for_people(&terminal, &inspection, (many, number, &from), system.out)
        };
        if written.is_err() {
            // Whoever read this has heard enough.
            break;
        }
        if is_bad(&inspection) {
            exit = REFUSED;
            let first_failure = inspection.checks.iter().find_map(|check| check.code);
            let code = inspection.code.or(first_failure).unwrap_or("unreadable");
            let _ = if many {
                writeln!(system.err, "{from}: {code}")
            } else {
                writeln!(system.err, "{code}")
            };
        }
    }
    Ok(exit)
}

/// Whether the exit code says so: a token that was refused, and one that should only have been read and could not.
fn is_bad(inspection: &Inspection) -> bool {
    match inspection.verdict {
        Verdict::Accepted | Verdict::SignatureGood => false,
        Verdict::Refused => true,
        Verdict::NotVerified => !inspection.is_readable,
    }
}

fn print_json(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, inspection)?;
    writeln!(out)
}

fn print_for_people(
    terminal: &Terminal<'_>,
    inspection: &Inspection,
    (many, number, from): (bool, usize, &str),
    out: &mut dyn Write,
) -> io::Result<()> {
    if many {
        let gap = if number == 1 { "" } else { "\n" };
        writeln!(out, "{gap}── {from} ──")?;
    }
    terminal.print(inspection, out)
}
