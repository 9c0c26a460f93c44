// SPDX-License-Identifier: MIT OR Apache-2.0

//! Choices that recipes have in common. Where the data has ended, every choice is the ordinary one.

use arbitrary::{Result, Unstructured};

/// True once in `of` times, about; false when the data has ended.
pub fn rarely(u: &mut Unstructured<'_>, of: u8) -> Result<bool> {
    Ok(u.int_in_range(0..=of - 1)? == of - 1)
}
