// SPDX-License-Identifier: MIT OR Apache-2.0
#![doc = include_str!("avx2/NOTES.md")]

mod detect;
mod form;
mod kernel;
mod key;
mod limbs;
mod single;
#[cfg(test)]
mod tests;

pub(crate) use detect::Avx2;
pub(crate) use form::Form;
#[cfg(test)]
pub(crate) use kernel::square_alone;
pub(crate) use key::{Avx2Key, make_friendly};
pub(crate) use limbs::Lanes;
#[cfg(test)]
pub(crate) use single::reduce_alone;
pub(crate) use single::{raise, verify};

/// The form of keys with 2048 bits.
pub(crate) type Key2048 = Avx2Key<19>;

/// The form of keys with up to 4096 bits.
pub(crate) type Key4096 = Avx2Key<37>;
