// SPDX-License-Identifier: MIT OR Apache-2.0
#![doc = include_str!("ifma/NOTES.md")]

mod detect;
mod key;
mod lanes;
mod limbs;
mod single;
#[cfg(test)]
mod tests;

pub(crate) use detect::Ifma;
pub(crate) use key::IfmaKey;
