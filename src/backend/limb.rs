// SPDX-License-Identifier: MIT OR Apache-2.0

//! One limb of a big integer, for both widths: 32 bits with 64-bit products, 64 bits with 128-bit products.
//!
//! Everything that depends on the width is here, so that the algorithms above are written once and both widths can be
//! tested on one machine. Nothing here divides: the quotient of two limbs comes from a reciprocal that was found by
//! shifting and subtracting.

/// An unsigned machine word; B below is 2^BITS.
pub(crate) trait Limb: super::Columns + Ord + 'static {
    /// Width in bits.
    const BITS: u32;
    /// The number 0.
    const ZERO: Self;

    /// `a·b + x + c` as (low limb, high limb).
    // BOUND: (B-1)² + 2(B-1) = B² - 1, so two limbs hold every result.
    fn mac(x: Self, a: Self, b: Self, c: Self) -> (Self, Self);

    /// `x + y + carry` as (low limb, carry).
    // BOUND: with carry <= 1 the sum is at most 2B - 1, so the new carry is 0 or 1 too.
    fn add(x: Self, y: Self, carry: Self) -> (Self, Self);

    /// `x - y - borrow` modulo B, and whether it went below zero.
    fn sub(x: Self, y: Self, borrow: bool) -> (Self, bool);

    /// The low limb of a product.
    fn mul_low(self, other: Self) -> Self;

    /// `2x + low_bit` modulo B.
    fn double(self, low_bit: Self) -> Self;

    /// The highest bit, as 0 or 1.
    fn top_bit(self) -> Self;

    /// The number whose lowest `count` bits are ones and whose other bits are zeros; all ones from BITS upwards.
    fn low_ones(count: u32) -> Self;

    /// The high limb of (high·B + low) · 2^shift, for `shift` below BITS.
    fn shift_in(high: Self, low: Self, shift: u32) -> Self;

    /// Takes one limb from the end of big-endian octets; missing octets count as zeros.
    fn pop(octets: &[u8]) -> (Self, &[u8]);

    /// Reads big-endian octets as limbs, lowest first, with zeros above them.
    fn read_be(limbs: &mut [Self], octets: &[u8]);

    /// Puts one limb at the end of big-endian octets and returns the octets before it; what does not fit is dropped.
    fn push(self, octets: &mut [u8]) -> &mut [u8];

    /// floor((B³ - 1) / d) - B for d = d1·B + d0 with the highest bit of d1 set.
    fn reciprocal(d1: Self, d0: Self) -> Self;

    /// floor((u2·B² + u1·B + u0) / d), or B - 1 if that is smaller; `v` is the reciprocal of d = d1·B + d0.
    fn quotient(u: [Self; 3], d: [Self; 2], v: Self) -> Self;
}

/// Reads big-endian octets as limbs, lowest first, with zeros above them.
pub(crate) fn read_be<L: Limb>(limbs: &mut [L], octets: &[u8]) {
    L::read_be(limbs, octets);
}

macro_rules! limb {
    ($limb:ident, $wide:ident, $pop:ident, $read_be:ident) => {
        /// Takes one limb from the end of big-endian octets; missing octets count as zeros.
        #[allow(
            clippy::as_conversions,
            clippy::allow_attributes,
            reason = "widens an octet; `From` is not const"
        )]
        pub(crate) const fn $pop(octets: &[u8]) -> ($limb, &[u8]) {
            if let Some((rest, limb)) = octets.split_last_chunk() {
                return ($limb::from_be_bytes(*limb), rest);
            }
            (pop_short(octets), &[])
        }

        /// Reads big-endian octets as limbs, lowest first, with zeros above them.
        #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
        pub(crate) const fn $read_be(limbs: &mut [$limb], octets: &[u8]) {
            let mut left = octets;
            let mut limbs = limbs;
            while let [limb, rest @ ..] = limbs {
                (*limb, left) = $pop(left);
                limbs = rest;
            }
        }

        /// A limb from fewer octets than it has.
        #[cold]
        #[inline(never)]
        #[expect(clippy::as_conversions, reason = "widens an octet; `From` is not const")]
        const fn pop_short(octets: &[u8]) -> $limb {
            let mut limb = 0;
            let mut left = octets;
            while let [first, rest @ ..] = left {
                limb = limb << 8 | *first as $limb;
                left = rest;
            }
            limb
        }

        impl Limb for $limb {
            const BITS: u32 = Self::BITS;
            const ZERO: Self = 0;

            #[inline(always)]
            fn mac(x: Self, a: Self, b: Self, c: Self) -> (Self, Self) {
                split(product(a, b) + widen(x) + widen(c))
            }

            #[inline(always)]
            fn add(x: Self, y: Self, carry: Self) -> (Self, Self) {
                split(widen(x) + widen(y) + widen(carry))
            }

            #[inline(always)]
            fn sub(x: Self, y: Self, borrow: bool) -> (Self, bool) {
                difference(x, y, borrow)
            }

            #[inline(always)]
            fn mul_low(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn double(self, low_bit: Self) -> Self {
                self << 1 | low_bit
            }

            #[inline(always)]
            fn top_bit(self) -> Self {
                self >> (Self::BITS - 1)
            }

            #[inline(always)]
            fn low_ones(count: u32) -> Self {
                if count >= Self::BITS {
                    Self::MAX
                } else {
                    (1 << count) - 1
                }
            }

            #[inline(always)]
            fn shift_in(high: Self, low: Self, shift: u32) -> Self {
                split(join(high, low) << (shift % Self::BITS)).1
            }

            #[inline(always)]
            fn pop(octets: &[u8]) -> (Self, &[u8]) {
                $pop(octets)
            }

            #[inline(always)]
            fn read_be(limbs: &mut [Self], octets: &[u8]) {
                $read_be(limbs, octets);
            }

            #[inline(always)]
            fn push(self, octets: &mut [u8]) -> &mut [u8] {
                let (rest, end) = octets.split_at_mut(octets.len().saturating_sub(size_of::<Self>()));
                for (octet, value) in end.iter_mut().rev().zip(self.to_le_bytes()) {
                    *octet = value;
                }
                rest
            }

            // The remainder starts as B² - 1 - d, which is below d because d >= B²/2; the ones of B³ - 1 that are left
            // are brought in bit by bit.
            fn reciprocal(d1: Self, d0: Self) -> Self {
                let d = join(d1, d0);
                let mut remainder = !d;
                let mut quotient = 0;
                for _ in 0..Self::BITS {
                    let overflow = remainder >> ($wide::BITS - 1);
                    remainder = remainder << 1 | 1;
                    quotient <<= 1;
                    if overflow != 0 || remainder >= d {
                        remainder = remainder.wrapping_sub(d);
                        quotient |= 1;
                    }
                }
                quotient
            }

            // SOURCE: Möller and Granlund, "Improved division by invariant integers", algorithm 5 (3 by 2 limbs).
            #[inline(always)]
            fn quotient([u2, u1, u0]: [Self; 3], [d1, d0]: [Self; 2], v: Self) -> Self {
                let d = join(d1, d0);
                if join(u2, u1) >= d {
                    return Self::MAX;
                }
                let (fraction, candidate) = split(product(v, u2).wrapping_add(join(u2, u1)));
                let high = u1.wrapping_sub(candidate.wrapping_mul(d1));
                let mut remainder = join(high, u0)
                    .wrapping_sub(product(candidate, d0))
                    .wrapping_sub(d);
                let mut q = candidate.wrapping_add(1);
                if split(remainder).1 >= fraction {
                    q = q.wrapping_sub(1);
                    remainder = remainder.wrapping_add(d);
                }
                if remainder >= d {
                    q = q.wrapping_add(1);
                }
                q
            }
        }
    };
}

// The two widths need helpers of equal names, so each lives in a module of its own.

mod w64 {
    use super::Limb;

    limb!(u64, u128, pop_u64, read_be_u64);

    #[inline(always)]
    fn widen(x: u64) -> u128 {
        u128::from(x)
    }

    #[inline(always)]
    fn difference(x: u64, y: u64, borrow: bool) -> (u64, bool) {
        let (difference, below) = x.overflowing_sub(y);
        let (difference, below_again) = difference.overflowing_sub(u64::from(borrow));
        (difference, below | below_again)
    }

    #[inline(always)]
    fn product(a: u64, b: u64) -> u128 {
        widen(a) * widen(b)
    }

    #[inline(always)]
    fn join(high: u64, low: u64) -> u128 {
        widen(high) << u64::BITS | widen(low)
    }

    #[inline(always)]
    #[expect(clippy::as_conversions, reason = "cuts a double limb into its halves")]
    fn split(x: u128) -> (u64, u64) {
        (x as u64, (x >> u64::BITS) as u64)
    }
}

mod w32 {
    use super::Limb;

    limb!(u32, u64, pop_u32, read_be_u32);

    #[inline(always)]
    fn widen(x: u32) -> u64 {
        u64::from(x)
    }

    // In double width, which takes less code on ARM.
    #[inline(always)]
    fn difference(x: u32, y: u32, borrow: bool) -> (u32, bool) {
        let wide = widen(x).wrapping_sub(widen(y)).wrapping_sub(u64::from(borrow));
        let (difference, below) = split(wide);
        (difference, below != 0)
    }

    /// Cortex-M0 and M0+ (the ARM targets without compare-and-swap) multiply 32 by 32 bits to 32 bits only, and the
    /// compiler's way to 64 bits is a call for each product.
    const BY_HALVES: bool = cfg!(all(target_arch = "arm", not(target_has_atomic = "32")));

    #[inline(always)]
    fn product(a: u32, b: u32) -> u64 {
        if BY_HALVES {
            product_by_halves(a, b)
        } else {
            widen(a) * widen(b)
        }
    }

    /// a·b from four products of 16 bits.
    // BOUND: each product is at most (2^16 - 1)² < 2^32, and the four parts add up to a·b < 2^64.
    #[inline(always)]
    pub(super) fn product_by_halves(a: u32, b: u32) -> u64 {
        let (a1, a0) = (a >> 16, a & 0xffff);
        let (b1, b0) = (b >> 16, b & 0xffff);
        let (middle, carry) = (a1 * b0).overflowing_add(a0 * b1);
        let (low, low_carry) = (a0 * b0).overflowing_add(middle << 16);
        let high = (a1 * b1).wrapping_add(middle >> 16);
        join(
            high.wrapping_add(u32::from(carry) << 16)
                .wrapping_add(u32::from(low_carry)),
            low,
        )
    }

    #[inline(always)]
    fn join(high: u32, low: u32) -> u64 {
        widen(high) << u32::BITS | widen(low)
    }

    #[inline(always)]
    #[expect(clippy::as_conversions, reason = "cuts a double limb into its halves")]
    fn split(x: u64) -> (u32, u32) {
        (x as u32, (x >> u32::BITS) as u32)
    }
}

// One width is the target's own; see `super::native`.
#[allow(
    unused_imports,
    clippy::allow_attributes,
    reason = "which of the two is used depends on the target"
)]
pub(crate) use {w32::read_be_u32, w64::read_be_u64};

#[cfg(test)]
mod tests;
