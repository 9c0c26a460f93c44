// SPDX-License-Identifier: MIT OR Apache-2.0

//! Verifies one token and says what was checked.
//!
//! Without arguments it verifies a built-in synthetic token in the shape of Microsoft Entra ID's; `--help` tells how to
//! verify a real one. Exit codes: 0 accepted, 1 refused, 2 wrong usage or unreadable files.

mod arguments;
mod input;
mod show;
mod stages;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use arguments::{Arguments, Parsed};
use input::Input;
use rs256::{Issuer, Leeway, NumericDate, Policy, Verifier};

/// Why the program ends before it has a verdict: one line for a person.
type Usage = String;

fn main() -> ExitCode {
    let arguments = match Arguments::from_command_line() {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => return usage(&message),
    };
    match Input::read(&arguments).and_then(|input| run(&arguments, &input)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(refusal)) => {
            eprintln!("{}", refusal.code());
            ExitCode::from(1)
        }
        Err(message) => usage(&message),
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("error: {}", show::safe(message));
    ExitCode::from(2)
}

fn run(arguments: &Arguments, input: &Input) -> Result<Result<(), rs256::Error>, Usage> {
    let issuers: Vec<&str> = input.issuers.iter().map(String::as_str).collect();
    let audiences: Vec<&str> = input.audiences.iter().map(String::as_str).collect();
    let required: Vec<&str> = arguments.required.iter().map(String::as_str).collect();

    let mut policy = Policy::new(Issuer::any_of(&issuers), &audiences).require(&required);
    if arguments.any_audience {
        policy = policy.any_audience();
    }
    if arguments.no_exp {
        policy = policy.waive_expiration();
    }
    if let Some(secs) = arguments.leeway {
        let leeway = Leeway::from_secs(secs).ok_or_else(|| format!("--leeway takes at most {}", Leeway::MAX_SECS))?;
        policy = policy.leeway(leeway);
    }
    let now = match arguments.now {
        Some(secs) => secs,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| "the clock is before 1970")?
            .as_secs(),
    };

    let verifier = Verifier::new(&*input.keys, &policy);
    Ok(stages::run(
        &verifier,
        &input.token,
        NumericDate::from_secs(now),
        arguments.signature_only,
    ))
}
