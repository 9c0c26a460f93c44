// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program is made of, whichever format it has.

use std::path::Path;

use crate::board::Board;
use crate::{Result, elf};

/// Refuses a program that holds anything of a panic, an allocator, 64-bit division or floating point in software.
pub fn refuse_heavy_symbols(board: &Board, path: &Path) -> Result<()> {
    #[cfg(feature = "wasm")]
    if board.is_wasm() {
        return crate::wasm::refuse_imports(path);
    }
    let _ = board;
    elf::refuse_heavy_symbols(path)
}

/// Octets of code and constants.
pub fn flash(board: &Board, path: &Path) -> Result<u64> {
    #[cfg(feature = "wasm")]
    if board.is_wasm() {
        return crate::wasm::code(path);
    }
    let _ = board;
    elf::flash(path)
}
