// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers in radix 2^52 in memory, and the slow arithmetic of setting up a key.

/// The number of bits of one limb.
pub(super) const LIMB_BITS: u32 = 52;

/// The largest limb.
pub(super) const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// `8 * V` limbs of 52 bits, least significant first.
///
/// Unless a comment says otherwise each limb is below 2^52 (*normalised*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Limbs<const V: usize>(pub(super) [[u64; 8]; V]);

/// The low 52 bits.
#[expect(clippy::as_conversions, reason = "masked to 52 bits")]
pub(super) const fn low52(x: u128) -> u64 {
    x as u64 & LIMB_MASK
}

impl<const V: usize> Limbs<V> {
    pub(super) const ZERO: Self = Self([[0; 8]; V]);

    /// All limbs in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.0.as_flattened().iter().copied()
    }

    /// All limbs in order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut u64> {
        self.0.as_flattened_mut().iter_mut()
    }

    /// The number with the given 64-bit words, least significant first. What does not fit is dropped.
    pub(super) fn from_words(words: impl Iterator<Item = u64>) -> Self {
        let mut out = Self::ZERO;
        let mut words = words.fuse();
        let mut held = 0u128;
        let mut bits = 0;
        for limb in out.iter_mut() {
            if bits < LIMB_BITS {
                // BOUND: fewer than 52 bits are held, so at most 52 + 64 = 116 are in use now.
                held |= u128::from(words.next().unwrap_or(0)) << bits;
                bits += u64::BITS;
            }
            *limb = low52(held);
            held >>= LIMB_BITS;
            bits -= LIMB_BITS;
        }
        out
    }

    /// Whether `self < other`.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.iter().rev().lt(other.iter().rev())
    }

    /// `self - other`, modulo 2^(416 V).
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut out = *self;
        let mut borrow = 0;
        for (x, y) in out.iter_mut().zip(other.iter()) {
            let d = x.wrapping_sub(y).wrapping_sub(borrow);
            *x = d & LIMB_MASK;
            borrow = d >> 63;
        }
        out
    }

    /// `2 self`, modulo 2^(416 V).
    pub(super) fn doubled(&self) -> Self {
        let mut out = Self::ZERO;
        let mut carry = 0;
        for (to, x) in out.iter_mut().zip(self.iter()) {
            *to = (x << 1 | carry) & LIMB_MASK;
            carry = x >> (LIMB_BITS - 1);
        }
        out
    }

    /// `self mod n` for `self < 4n`.
    pub(super) fn reduced(&self, n: &Self) -> Self {
        let mut out = *self;
        for _ in 0..3 {
            if !out.is_below(n) {
                out = out.minus(n);
            }
        }
        out
    }

    /// The number of bits without leading zeros.
    pub(super) fn bit_length(&self) -> u32 {
        let mut bits = 0;
        let mut below = 0;
        for limb in self.iter() {
            if limb != 0 {
                bits = below + (u64::BITS - limb.leading_zeros());
            }
            below += LIMB_BITS;
        }
        bits
    }

    /// `2^bit`, or 0 if that does not fit.
    pub(super) fn power_of_two(bit: u32) -> Self {
        let mut out = Self::ZERO;
        let mut below = 0;
        for limb in out.iter_mut() {
            if (below..below + LIMB_BITS).contains(&bit) {
                *limb = 1 << (bit - below);
            }
            below += LIMB_BITS;
        }
        out
    }

    /// The same limbs in *strided* order: limb `V l + v` goes to lane `l` of vector `v`.
    pub(super) fn strided(&self) -> Self {
        let mut out = Self::ZERO;
        for (v, lanes) in out.0.iter_mut().enumerate() {
            for (lane, limb) in lanes.iter_mut().zip(self.0.as_flattened().iter().skip(v).step_by(V)) {
                *lane = *limb;
            }
        }
        out
    }
}
