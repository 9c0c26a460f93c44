// SPDX-License-Identifier: MIT OR Apache-2.0
#![doc = include_str!("ifma/NOTES.md")]

/// Writes `$body` out once for each `$i` from 0 to below `$n`, which is at most 12, with `$i` a constant.
///
/// A loop would do, but LLVM keeps an array of vectors in registers only if no index of it is ever a variable, not even
/// before the loop is unrolled.
macro_rules! each {
    ($i:ident < $n:expr, $body:block) => {
        each!(@ $i, $n, $body, 0 1 2 3 4 5 6 7 8 9 10 11)
    };
    ($i:ident down from $n:expr, $body:block) => {
        each!(@ $i, $n, $body, 11 10 9 8 7 6 5 4 3 2 1 0)
    };
    (@ $i:ident, $n:expr, $body:block, $($number:literal)*) => {
        $({
            const $i: usize = $number;
            if $i < $n $body
        })*
    };
}

#[allow(
    clippy::absurd_extreme_comparisons,
    clippy::indexing_slicing,
    clippy::out_of_bounds_indexing,
    clippy::allow_attributes,
    reason = "`each!` writes every index as a constant, and leaves the branches out that are beyond the bound"
)]
mod batch8;
mod detect;
mod form;
mod key;
mod lanes;
#[allow(
    clippy::absurd_extreme_comparisons,
    clippy::indexing_slicing,
    clippy::out_of_bounds_indexing,
    clippy::allow_attributes,
    reason = "`each!` writes every index as a constant, and leaves the branches out that are beyond the bound"
)]
mod layout;
mod limbs;
mod os2ip;
#[allow(
    clippy::absurd_extreme_comparisons,
    clippy::indexing_slicing,
    clippy::out_of_bounds_indexing,
    clippy::allow_attributes,
    reason = "`each!` writes every index as a constant, and leaves the branches out that are beyond the bound"
)]
mod sha256;
mod single;
#[cfg(test)]
mod tests;

pub(crate) use detect::Ifma;
pub(crate) use form::verify8;
pub(crate) use form::{ByVectors, Form, UpTo4096 as Key4096};
pub(crate) use key::IfmaKey;
pub(crate) use sha256::digest8;

/// The form of keys with 2048 bits.
pub(crate) type Key2048 = IfmaKey<5>;
