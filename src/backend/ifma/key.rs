// SPDX-License-Identifier: MIT OR Apache-2.0

//! A public key with exponent 65537 in the form that the kernels want.
//!
//! Let R be the power of 2^52 that a reduction divides by, and redc(x) = x / R mod n. Squaring and reducing s sixteen
//! times, without entering the Montgomery domain first, gives s^65536 / R^65535 mod n. The encoded message is P + H,
//! where P is the encoding of an all-zero hash and H the hash, so with D = 1 / R^65535 mod n the signature is good if
//! and only if
//!
//! > s · (s^65536 · D) − P · D − H · D ≡ 0 mod n,
//!
//! because D is invertible. The key holds −D and −P · D, and the end of a verification is one multiplication, one
//! narrow multiplication by the 256 bits of H, and one reduction.

use super::detect::hashes_in_gaps;
use super::limbs::{LIMB_BITS, LIMB_MASK, Limbs, low52};
use super::os2ip::os2ip;
use super::{Ifma, lanes, single};
use crate::limits::MIN_MODULUS_BITS;
use crate::rs256::MessageHash;
use crate::rs256::emsa::DIGEST_INFO_SHA256;

/// A modulus with what Montgomery reduction by it needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Modulus<const V: usize> {
    // INVARIANT: odd, of 2048 bits or more, below R / 16.
    pub(super) n: Limbs<V>,
    /// `n` in strided order.
    pub(super) strided: Limbs<V>,
    /// (N + 1) / 2^104 in strided order, where N is the multiple of n that is −1 modulo 2^104 and below 2^104 n.
    pub(super) friendly: Limbs<V>,
    /// −1 / n modulo 2^52.
    pub(super) n0: u64,
    /// The rows of a reduction: R = 2^(52 rows).
    // INVARIANT: a multiple of 4, at most 8 V.
    pub(super) rows: usize,
}

/// A public key with exponent 65537 and room for moduli of up to `416 V − 4` bits.
#[derive(Clone, Copy, Debug)]
pub struct IfmaKey<const V: usize> {
    pub(super) modulus: Modulus<V>,
    /// −D mod n.
    pub(super) neg_d: Limbs<V>,
    /// −P · D mod n.
    pub(super) neg_pd: Limbs<V>,
    /// The length of n in octets, `k` in RFC 8017.
    pub(super) k: usize,
    /// Whether this processor hashes in the gaps of the arithmetic, or before it.
    pub(super) hashes_in_gaps: bool,
    pub(super) token: Ifma,
}

impl<const V: usize> IfmaKey<V> {
    /// Prepares the key with modulus `n_le` (64-bit words, least significant first) and exponent 65537.
    ///
    /// `modulus_octets` is the length of n without leading zeros. Gives `None` if n has another length, is even, is
    /// shorter than [`MIN_MODULUS_BITS`], or longer than `416 V − 4` bits.
    pub(crate) fn new(token: Ifma, n_le: &[u64], modulus_octets: usize) -> Option<Self> {
        let odd = n_le.first().is_some_and(|word| word & 1 == 1);
        let top = n_le.iter().rposition(|word| *word != 0)?;
        let unused = n_le.get(top)?.leading_zeros();
        let bits = u32::try_from(top)
            .ok()?
            .checked_add(1)?
            .checked_mul(u64::BITS)?
            .checked_sub(unused)?;
        let octets = usize::try_from(bits.div_ceil(8)).ok()?;
        // BOUND: n < R / 16, from which the bounds of `NOTES.md` follow. Four limbs are the unit of the batch kernel.
        let rows = 4 * usize::try_from((bits + 4).div_ceil(4 * LIMB_BITS)).ok()?;
        let serves = odd && bits >= MIN_MODULUS_BITS && rows <= 8 * V && octets == modulus_octets;
        serves.then(|| lanes::enter_build(token, &Limbs::from_words(n_le.iter().copied()), rows, modulus_octets))
    }

    /// Whether `s` is a signature of the message whose hash this is.
    #[must_use]
    pub(crate) fn verify(&self, s: &[u8], hash: MessageHash<'_>) -> bool {
        if self.hashes_in_gaps {
            lanes::enter_verify(self.token, self, s, hash)
        } else {
            hash.with(|hash| lanes::enter_verify(self.token, self, s, MessageHash::Known(hash)))
        }
    }
}

/// Computes the constants of a key. `n` and `rows` keep what [`Modulus`] promises.
#[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi,sha")]
pub(super) fn build<const V: usize>(token: Ifma, n: &Limbs<V>, rows: usize, k: usize) -> IfmaKey<V> {
    let modulus = Modulus::new(n, rows);

    // D, from the chain itself on s = 1.
    let mut one = Limbs::ZERO;
    if let Some(limb) = one.iter_mut().next() {
        *limb = 1;
    }
    let d = single::raise_alone(&modulus, &one).reduced(n);

    // P · D = redc(P · redc(D · R^2)).
    let d_r = single::multiply_redc(&modulus, &d, &modulus.rr());
    let p_d = single::multiply_redc(&modulus, &em_of_zero_hash(k), &d_r).reduced(n);

    IfmaKey {
        modulus,
        neg_d: n.minus(&d),
        neg_pd: n.minus(&p_d),
        k,
        hashes_in_gaps: hashes_in_gaps(),
        token,
    }
}

impl<const V: usize> Modulus<V> {
    fn new(n: &Limbs<V>, rows: usize) -> Self {
        // The lowest two limbs, of which `n0` takes the lower.
        let mut limbs = n.iter().map(u128::from);
        let low = limbs.next().unwrap_or(1) | limbs.next().unwrap_or(0) << LIMB_BITS;

        // Newton's iteration: x = 1 / n modulo 2^3 for odd n = x, and each step doubles the number of right bits.
        let mut inverse = low;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u128.wrapping_sub(low.wrapping_mul(inverse)));
        }
        let factor = inverse.wrapping_neg();
        let (m0, m1) = (low52(factor), low52(factor >> LIMB_BITS));

        // (factor · n + 1) / 2^104, limb by limb. Adding 1 to a number that ends in 104 ones clears them and carries 1.
        let mut friendly = Limbs::ZERO;
        let mut carry = 0u128;
        let mut previous = 0;
        let mut columns = n.iter().chain([0, 0]).map(|limb| {
            // BOUND: 2 (2^52 - 1)^2 + 2^54 < 2^106.
            let sum = carry + u128::from(limb) * u128::from(m0) + u128::from(previous) * u128::from(m1);
            previous = limb;
            carry = sum >> LIMB_BITS;
            low52(sum)
        });
        let ones = (columns.next(), columns.next());
        debug_assert_eq!(ones, (Some(LIMB_MASK), Some(LIMB_MASK)));
        let mut plus = 1;
        for (to, column) in friendly.iter_mut().zip(columns) {
            let sum = column + plus;
            *to = sum & LIMB_MASK;
            plus = sum >> LIMB_BITS;
        }
        Self {
            n: *n,
            strided: n.strided(),
            friendly: Limbs::strided(&friendly),
            n0: m0,
            rows,
        }
    }

    /// R^2 mod n.
    #[target_feature(enable = "avx512f,avx512ifma,sha")]
    fn rr(&self) -> Limbs<V> {
        let n = &self.n;
        // 2R mod n, by doubling from the largest power of two below n.
        let exponent = r_bits(self.rows);
        let bits = n.bit_length().saturating_sub(1);
        let mut x = Limbs::power_of_two(bits);
        for _ in bits..=exponent {
            x = x.doubled().reduced(n);
        }
        // In the Montgomery domain x stands for 2, and R^2 for R = 2^exponent: raise x to that power, bit by bit.
        for bit in (0..exponent.checked_ilog2().unwrap_or(0)).rev() {
            x = single::multiply_redc(self, &x, &x).reduced(n);
            if exponent >> bit & 1 == 1 {
                x = x.doubled().reduced(n);
            }
        }
        x
    }
}

/// The exponent of R = 2^(52 rows).
fn r_bits(rows: usize) -> u32 {
    (0..rows).map(|_| LIMB_BITS).sum()
}

/// P: the EMSA-PKCS1-v1_5 encoding in `k` octets of a hash of 32 zero octets, `00 01 FF .. FF 00 DigestInfo 00 .. 00`.
#[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi,sha")]
fn em_of_zero_hash<const V: usize>(k: usize) -> Limbs<V> {
    let fixed = [0].iter().chain(&DIGEST_INFO_SHA256).chain(&[0; 32]).rev();
    let mut em = [[0xff_u8; 52]; V];
    let em = em.as_flattened_mut();
    for (to, from) in em.iter_mut().rev().zip(fixed) {
        *to = *from;
    }
    for (i, octet) in em.iter_mut().rev().enumerate().skip(k.saturating_sub(2)) {
        *octet = u8::from(i + 2 == k);
    }
    os2ip(em)
}
