// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in for the IFMA backend where there is none: the same names for types without values, so that nobody
//! else has to ask.

use super::{Digest256, NativeLimb};

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

pub type Key2048 = Absent;
pub type Key4096 = Absent;

/// As `Form` of the real backend.
pub trait Form: Clone + Send + Sync + 'static {
    fn prepare(token: Ifma, n: &[NativeLimb], k: usize, e: u64) -> Option<Self>;
    fn get(&self) -> Absent;
}

impl Form for Absent {
    fn prepare(token: Ifma, _n: &[NativeLimb], _k: usize, _e: u64) -> Option<Self> {
        match token {}
    }

    fn get(&self) -> Absent {
        *self
    }
}

impl Absent {
    pub(crate) fn verify<D: Digest256>(self, _signature: &[u8], _digest: D) -> bool {
        match self {}
    }
}
