// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in for the AVX2 backend where there is none: the same names for types without values.

use super::NativeLimb;

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
    fn begin(token: Avx2, n: &[NativeLimb], n0: NativeLimb, bits: u32, e: u64) -> Option<Self>;
    fn write_d(&self, d: &mut [NativeLimb]);
    fn set_constants(&mut self, neg_d: &[NativeLimb], neg_pd: &[NativeLimb]);
    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool;
}

impl Form for Absent {
    fn begin(token: Avx2, _n: &[NativeLimb], _n0: NativeLimb, _bits: u32, _e: u64) -> Option<Self> {
        match token {}
    }

    fn write_d(&self, _d: &mut [NativeLimb]) {
        match *self {}
    }

    fn set_constants(&mut self, _neg_d: &[NativeLimb], _neg_pd: &[NativeLimb]) {
        match *self {}
    }

    fn verify_vartime(&self, _signature: &[u8], _digest: &[u8; 32]) -> bool {
        match *self {}
    }
}
