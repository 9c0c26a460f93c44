// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in for the IFMA backend where there is none: the same names for types without values, so that nobody
//! else has to ask.

use core::marker::PhantomData;

use super::{LANES, LaneClass, NativeLimb};
use crate::rs256::MessageHash;

/// The proof that never exists.
#[derive(Clone, Copy, Debug)]
pub enum Ifma {}

impl Ifma {
    pub(crate) const fn detect() -> Option<Self> {
        None
    }
}

/// The form of a key that never exists, for every size.
#[derive(Clone, Copy, Debug)]
pub enum Absent {}

pub(crate) type Key2048 = Absent;
pub(crate) type Key4096 = Absent;

/// As `Form` of the real backend.
pub trait Form: Clone + Send + Sync + 'static {
    fn prepare(token: Ifma, n: &[NativeLimb], k: usize, e: u64) -> Option<Self>;
    fn get(&self) -> ByVectors<'_>;
}

impl Form for Absent {
    fn prepare(token: Ifma, _n: &[NativeLimb], _k: usize, _e: u64) -> Option<Self> {
        match token {}
    }

    fn get(&self) -> ByVectors<'_> {
        match *self {}
    }
}

/// A prepared key that never exists.
#[derive(Clone, Copy, Debug)]
pub struct ByVectors<'k>(Absent, PhantomData<&'k ()>);

impl ByVectors<'_> {
    pub(crate) const fn class(self) -> LaneClass {
        match self.0 {}
    }

    pub(crate) fn verify(self, _signature: &[u8], _hash: MessageHash<'_>) -> bool {
        match self.0 {}
    }
}

pub(crate) const fn verify8(
    _keys: [Option<ByVectors<'_>>; LANES],
    _signatures: [&[u8]; LANES],
    _digests: &[[u8; 32]; LANES],
) -> Option<[bool; LANES]> {
    None
}

pub(crate) const fn digest8(token: Ifma, _messages: [&[u8]; LANES]) -> [[u8; 32]; LANES] {
    match token {}
}
