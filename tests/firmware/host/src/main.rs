// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the firmware for a board, runs it in an emulator, and holds what it measures against the committed table.
//!
//! ```text
//! rs256-firmware-host [--bless] BOARD...
//! ```

mod board;
mod elf;
mod image;
mod table;
#[cfg_attr(not(feature = "wasm"), path = "no_wasm.rs")]
mod wasm;

use std::process::ExitCode;

use board::{BOARDS, Board, VARIANTS, Variant};
use table::{Row, Table};

type Result<T> = std::result::Result<T, String>;

/// Programs whose flash is measured; the harness alone is taken off.
const FLASH: [&str; 4] = ["rsa2048", "rsa4096", "token2048", "token4096"];

fn main() -> ExitCode {
    let (mut bless, mut boards) = (false, Vec::new());
    for argument in std::env::args().skip(1) {
        match BOARDS.iter().find(|board| board.name == argument) {
            _ if argument == "--bless" => bless = true,
            Some(board) => boards.push(board),
            None => {
                eprintln!("no board is called {argument}");
                return ExitCode::FAILURE;
            }
        }
    }
    match run(&boards, bless) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("FAILED: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(boards: &[&Board], bless: bool) -> Result<()> {
    let mut rows = Vec::new();
    for board in boards {
        for variant in VARIANTS.iter().filter(|variant| variant.is_for(board)) {
            println!("== {} {}: {}", board.name, variant.name, variant.explanation);
            rows.extend(measure(board, variant)?);
        }
    }
    let mut table = Table::read()?;
    let verdict = table.compare(boards, &rows);
    if bless {
        table.write(boards, &rows)?;
        println!("wrote the table");
        return Ok(());
    }
    verdict
}

/// All figures of one board and variant, and the proof that nothing panics, allocates or needs a heavy routine.
fn measure(board: &Board, variant: &Variant) -> Result<Vec<Row>> {
    let row = |what: String, value| Row::new(board.name, variant.name, what, value);
    let bins = ["empty", "measure", "panic_free", "arithmetic"]
        .into_iter()
        .chain(FLASH);
    let built = board.build(variant, bins.clone(), None)?;
    for bin in bins {
        image::refuse_heavy_symbols(board, &built.join(bin)).map_err(|error| format!("{bin}: {error}"))?;
    }
    let mut rows = Vec::new();
    let output = board.run(&built.join("measure"))?;
    let mut harness = None;
    for line in output.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some("case"), Some(name), Some(ticks), Some(stack)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(format!("the firmware says: {line}"));
        };
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("the firmware says: {line}"));
        let (instructions, stack) = (board.instructions(number(ticks)?), number(stack)?);
        // The first case does nothing, and what it costs is the harness's.
        let &mut (harness_instructions, harness_stack) = harness.get_or_insert((instructions, stack));
        if name != "empty" {
            rows.push(row(
                format!("{name} instructions"),
                instructions.saturating_sub(harness_instructions),
            ));
            rows.push(row(format!("{name} stack"), stack.saturating_sub(harness_stack)));
        }
    }
    board.run(&built.join("panic_free"))?;
    board.run(&built.join("arithmetic"))?;
    let empty = image::flash(board, &built.join("empty"))?;
    for bin in FLASH {
        let flash = image::flash(board, &built.join(bin))?;
        rows.push(row(format!("{bin} flash"), flash.saturating_sub(empty)));
    }
    println!(
        "token2048 by module: {}",
        image::modules(board, &built.join("token2048"))?
    );
    println!("no panic, no allocator, no 64-bit division, no floating point");
    // The gate tests itself. Where it looks does not depend on the feature for assembly.
    if variant.features.is_empty() {
        for planted in ["planted-unwrap", "planted-index"] {
            refuse_planted(board, variant, planted)?;
        }
        println!("a planted unwrap and a planted index are seen");
    }
    Ok(rows)
}

/// Fails when a program with a planted panic passes.
fn refuse_planted(board: &Board, variant: &Variant, planted: &str) -> Result<()> {
    let verdict = board
        .build(variant, ["panic_free"], Some(planted))
        .and_then(|built| image::refuse_heavy_symbols(board, &built.join("panic_free")));
    match verdict {
        Err(error) if error.contains("undefined symbol") => Ok(()),
        Err(error) => Err(error),
        Ok(()) => Err(format!("the panic-free gate is blind: it passes with {planted}")),
    }
}
