// SPDX-License-Identifier: MIT OR Apache-2.0

//! A public key with exponent 65537 in the form that the kernels want.
//!
//! The chain is that of [`portable::Chain`](crate::backend::portable::Chain) with an R of this backend: the key holds
//! −D and −P · D modulo n for D = 1 / R^65535.

use super::Avx2;
use super::kernel::{add_rows, montgomery_quotient};
use super::limbs::{LIMB_BITS, LIMB_MASK, Lanes, Packed, from_words, pack, reduce_below, to_words, unpack};
use crate::lanes;
use crate::limits::MIN_MODULUS_BITS;

/// The one exponent that the kernels raise to.
const EXPONENT: u64 = 65537;

/// Bits of one block of limbs.
const BLOCK_BITS: u32 = 4 * LIMB_BITS;

/// A public key with exponent 65537 and room for moduli of up to `112 B − 2` bits.
#[derive(Clone, Copy, Debug)]
pub struct Avx2Key<const B: usize> {
    // INVARIANT: odd, of MIN_MODULUS_BITS or more, at least 4 below 2^(112 blocks).
    pub(super) n: [Packed; B],
    /// (N + 1) / 2^224, where N is the multiple of n that is −1 modulo 2^224 and below 2^224 n.
    pub(super) friendly: [Packed; B],
    /// −D mod n.
    pub(super) neg_d: [Packed; B],
    /// −P · D mod n.
    pub(super) neg_pd: [Packed; B],
    /// −1 / n modulo 2^28.
    pub(super) n0: u64,
    /// The length of n in octets, `k` in RFC 8017.
    pub(super) k: usize,
    /// Blocks in use.
    // INVARIANT: at most B.
    pub(super) blocks: usize,
    /// R = 2^(224 row_blocks).
    // INVARIANT: n is below R / 16.
    pub(super) row_blocks: usize,
    pub(super) token: Avx2,
}

impl<const B: usize> Avx2Key<B> {
    /// Begins a key; see [`Form::begin`](super::Form::begin).
    pub(crate) fn new(token: Avx2, n: &[u64], n0: u64, bits: u32, e: u64) -> Option<Self> {
        let blocks = usize::try_from((bits + 2).div_ceil(BLOCK_BITS)).ok()?;
        let row_blocks = usize::try_from((bits + 4).div_ceil(2 * BLOCK_BITS)).ok()?;
        if e != EXPONENT || bits < MIN_MODULUS_BITS || blocks > B {
            return None;
        }
        let mut key = Self {
            n: [[0; 4]; B],
            friendly: [[0; 4]; B],
            neg_d: [[0; 4]; B],
            neg_pd: [[0; 4]; B],
            n0: n0 & LIMB_MASK,
            k: usize::try_from(bits.div_ceil(8)).ok()?,
            blocks,
            row_blocks,
            token,
        };
        from_words(&mut key.n, n);
        lanes::enter_avx2_friendly(token, &mut key);
        Some(key)
    }

    /// Writes D, from the chain itself on s = 1.
    pub(crate) fn write_d(&self, words: &mut [u64]) {
        let mut d = [[0; 4]; B];
        pack(&mut d, &lanes::enter_avx2_raise(self.token, self, &[[1, 0, 0, 0]]), 0);
        // BOUND: what comes out of the chain is below 3n, and may be too long for words that n fills.
        reduce_below(&mut d, &self.n);
        to_words(words, &d);
    }

    pub(crate) fn set_constants(&mut self, neg_d: &[u64], neg_pd: &[u64]) {
        from_words(&mut self.neg_d, neg_d);
        from_words(&mut self.neg_pd, neg_pd);
    }

    /// Whether `s` is a signature of the message that has this digest.
    #[must_use]
    pub(crate) fn verify_vartime(&self, s: &[u8], digest: &[u8; 32]) -> bool {
        lanes::enter_avx2_verify(self.token, self, s, digest)
    }
}

/// Computes `friendly`: one block of rows of Montgomery's reduction of 1 gives (1 + q · n) / 2^224 for a q below 2^224,
/// which is just that.
#[target_feature(enable = "avx2")]
pub(crate) fn make_friendly<const B: usize>(key: &mut Avx2Key<B>) {
    let mut n: [[Lanes; B]; 2] = [[[0; 4]; B]; 2];
    let n = n.as_flattened_mut();
    unpack(n, &key.n);
    let mut carry = 0;
    let [n_low, n_high, ..] = n else { return };
    let q = montgomery_quotient([&[1, 0, 0, 0], &[0; 4]], [n_low, n_high], key.n0, &mut carry);
    let mut columns = [[[0; 4]; B]; 2];
    let columns = columns.as_flattened_mut();
    let _ = add_rows(columns, &q, n, |_, _| ());
    pack(&mut key.friendly, columns, carry);
}
