// SPDX-License-Identifier: MIT OR Apache-2.0

//! `answer FOLDER` writes what jsonwebtoken and jwt-simple answer to every case; `compare FOLDER [--write]` reads the
//! answers of all libraries and prints where they differ from rs256 and from what is pinned.

mod case;
mod clock;
mod compare;
mod jsonwebtoken;
mod jwt_simple;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use case::Case;

/// Writes a library's answers, a line each: file, case, answer.
fn answer(folder: &Path, name: &str, ask: fn(&Case) -> Result<(), String>) {
    let mut lines = String::new();
    for case in case::all() {
        let word = match catch_unwind(AssertUnwindSafe(|| ask(&case))) {
            Ok(Ok(())) => "accept".to_owned(),
            Ok(Err(reason)) => reason,
            Err(_) => "panic".to_owned(),
        };
        lines += &format!("{}\t{}\t{word}\n", case.file, case.id);
    }
    fs::write(folder.join(format!("{name}.tsv")), lines).expect("the folder of the answers");
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["answer", folder] => {
            answer(Path::new(folder), "jsonwebtoken", jsonwebtoken::ask);
            answer(Path::new(folder), "jwt-simple", jwt_simple::ask);
            ExitCode::SUCCESS
        }
        ["compare", folder] => compare::run(Path::new(folder), false),
        ["compare", folder, "--write"] => compare::run(Path::new(folder), true),
        _ => {
            eprintln!("answer FOLDER, or compare FOLDER [--write]");
            ExitCode::FAILURE
        }
    }
}
