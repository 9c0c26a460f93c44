// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in for the AVX2 backend where there is none: the same names for types without values.

use super::NativeLimb;
use super::portable::{Modulus, Scratch};

/// The proof that never exists.
#[derive(Clone, Copy, Debug)]
pub enum Avx2 {}

impl Avx2 {
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
    fn prepare(token: Avx2, n: &Modulus<'_, NativeLimb>, e: u64, scratch: &mut Scratch<'_, NativeLimb>)
    -> Option<Self>;
    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool;
}

impl Form for Absent {
    fn prepare(
        token: Avx2,
        _n: &Modulus<'_, NativeLimb>,
        _e: u64,
        _scratch: &mut Scratch<'_, NativeLimb>,
    ) -> Option<Self> {
        match token {}
    }

    fn verify_vartime(&self, _signature: &[u8], _digest: &[u8; 32]) -> bool {
        match *self {}
    }
}
