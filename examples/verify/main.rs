// SPDX-License-Identifier: MIT OR Apache-2.0

//! Looks at RS256 tokens on the command line: verifies them, and says what was checked, what is wrong and what to do.
//!
//! Without arguments it looks at a built-in synthetic token in the shape of Microsoft Entra ID's; `--help` tells more.
//! Nothing leaves the machine. Exit codes: 0 accepted, 1 refused, 2 wrong usage or unreadable files.

mod app;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(app::main())
}
