// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program is made of, whichever format it has.

use std::path::Path;

use crate::board::Board;
use crate::{Result, elf, wasm};

/// Refuses a program that holds anything of a panic, an allocator, 64-bit division or floating point in software.
pub fn refuse_heavy_symbols(board: &Board, path: &Path) -> Result<()> {
    if board.is_wasm() {
        wasm::refuse_imports(path)
    } else {
        elf::refuse_heavy_symbols(path)
    }
}

/// Octets of code and constants.
pub fn flash(board: &Board, path: &Path) -> Result<u64> {
    if board.is_wasm() {
        wasm::code(path)
    } else {
        elf::flash(path)
    }
}

/// Where the octets of a program come from, in one line.
pub fn modules(board: &Board, path: &Path) -> Result<String> {
    if board.is_wasm() {
        return Ok("not told apart".into());
    }
    let modules = elf::modules(path)?;
    let list: Vec<String> = modules.iter().map(|(name, size)| format!("{name} {size}")).collect();
    Ok(list.join(", "))
}
