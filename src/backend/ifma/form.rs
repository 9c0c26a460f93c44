// SPDX-License-Identifier: MIT OR Apache-2.0

//! A prepared key with as many vectors as its modulus needs.

use super::{Ifma, IfmaKey, batch8};
use crate::backend::{LANES, LaneClass, NativeLimb};
use crate::rs256::MessageHash;

/// The one exponent that the kernels raise to.
const EXPONENT: u64 = 65537;

/// What a key type of one size keeps of a key that the kernels verify with.
pub trait Form: Clone + Send + Sync + 'static {
    /// Prepares the key of modulus `n`, which has `k` octets, and exponent `e`; `None` when the kernels do not serve
    /// it.
    fn prepare(token: Ifma, n: &[NativeLimb], k: usize, e: u64) -> Option<Self>;

    /// The key by the number of its vectors.
    fn get(&self) -> ByVectors<'_>;
}

/// A prepared key, by the number of its vectors.
#[derive(Clone, Copy, Debug)]
pub enum ByVectors<'k> {
    /// Up to 2076 bits.
    V5(&'k IfmaKey<5>),
    /// Up to 3324 bits.
    V8(&'k IfmaKey<8>),
    /// Up to 4156 bits.
    V10(&'k IfmaKey<10>),
}

impl ByVectors<'_> {
    /// Whether s^e mod n is the encoded message of `hash`.
    pub(crate) fn verify(self, signature: &[u8], hash: MessageHash<'_>) -> bool {
        match self {
            Self::V5(key) => key.verify(signature, hash),
            Self::V8(key) => key.verify(signature, hash),
            Self::V10(key) => key.verify(signature, hash),
        }
    }
}

impl ByVectors<'_> {
    /// The batch kernel that takes the key.
    pub(crate) const fn class(self) -> LaneClass {
        match self {
            Self::V5(_) => LaneClass::V5,
            Self::V8(_) => LaneClass::V8,
            Self::V10(_) => LaneClass::V10,
        }
    }
}

/// Which of eight signatures are good; `None` unless all keys have the same number of vectors.
pub(crate) fn verify8(
    keys: [Option<ByVectors<'_>>; LANES],
    signatures: [&[u8]; LANES],
    digests: &[[u8; 32]; LANES],
) -> Option<[bool; LANES]> {
    macro_rules! all {
        ($variant:ident, $first:expr) => {{
            let mut same = [$first; LANES];
            for (slot, key) in same.iter_mut().zip(keys) {
                let Some(ByVectors::$variant(key)) = key else {
                    return None;
                };
                *slot = key;
            }
            Some(batch8::verify8(same, signatures, digests))
        }};
    }
    let [first, ..] = keys;
    match first? {
        ByVectors::V5(first) => all!(V5, first),
        ByVectors::V8(first) => all!(V8, first),
        ByVectors::V10(first) => all!(V10, first),
    }
}

impl Form for IfmaKey<5> {
    fn prepare(token: Ifma, n: &[NativeLimb], k: usize, e: u64) -> Option<Self> {
        if e == EXPONENT { Self::new(token, n, k) } else { None }
    }

    fn get(&self) -> ByVectors<'_> {
        ByVectors::V5(self)
    }
}

/// A prepared key of 2048 to 4096 bits.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is no heap to put the larger ones on")]
pub enum UpTo4096 {
    V5(IfmaKey<5>),
    V8(IfmaKey<8>),
    V10(IfmaKey<10>),
}

impl Form for UpTo4096 {
    fn prepare(token: Ifma, n: &[NativeLimb], k: usize, e: u64) -> Option<Self> {
        if e != EXPONENT {
            return None;
        }
        // Each `new` refuses a modulus that is too long for it.
        IfmaKey::new(token, n, k)
            .map(Self::V5)
            .or_else(|| IfmaKey::new(token, n, k).map(Self::V8))
            .or_else(|| IfmaKey::new(token, n, k).map(Self::V10))
    }

    fn get(&self) -> ByVectors<'_> {
        match self {
            Self::V5(key) => ByVectors::V5(key),
            Self::V8(key) => ByVectors::V8(key),
            Self::V10(key) => ByVectors::V10(key),
        }
    }
}
