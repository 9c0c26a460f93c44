// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers for the tests of the vector kernels, and a big-integer library that computes s^65537 mod n and divides.

use std::vec;
use std::vec::Vec;

use num_bigint::BigUint;

/// A small generator of test numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    pub(crate) fn below_bits(&mut self, bits: u64) -> BigUint {
        let words: Vec<u32> = (0..bits.div_ceil(32)).map(|_| self.word() as u32).collect();
        BigUint::new(words) % (BigUint::from(1u8) << bits)
    }
}

pub(crate) fn octets(x: &BigUint, k: usize) -> Vec<u8> {
    let bytes = x.to_bytes_be();
    let mut out = vec![0; k - bytes.len()];
    out.extend(bytes);
    out
}

/// RSASSA-PKCS1-V1_5-VERIFY by the book.
pub(crate) fn oracle(n: &BigUint, s: &[u8], digest: &[u8; 32]) -> bool {
    let k = n.bits().div_ceil(8) as usize;
    let number = BigUint::from_bytes_be(s);
    s.len() == k && &number < n && octets(&number.modpow(&E.into(), n), k) == em(k, digest)
}

pub(crate) const E: u32 = 65537;

pub(crate) fn em(k: usize, digest: &[u8; 32]) -> Vec<u8> {
    let t = b"\x00\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let mut em = vec![0xff; k];
    em[0] = 0;
    em[1] = 1;
    em[k - 52..k - 32].copy_from_slice(t);
    em[k - 32..].copy_from_slice(digest);
    em
}

pub(crate) fn ones(bits: u64) -> BigUint {
    (BigUint::from(1u8) << bits) - 1u8
}

/// Moduli of `bits` bits: random ones, and long runs of ones or zeros at either end and at limb borders.
pub(crate) fn moduli(random: &mut Random, bits: u64, limb: u64) -> Vec<BigUint> {
    let one = BigUint::from(1u8);
    let top = &one << (bits - 1);
    let mut out = vec![
        ones(bits),
        &top + 1u8,
        (&top << 1) - (&one << 1000) + 1u8,
        &top + ones(1000),
        &top + (random.below_bits(500) << 600) + 1u8,
        ones(bits) - (random.below_bits(500) << 600),
        // Limbs of all ones and of zeros in turn.
        (0..bits.div_ceil(2 * limb)).fold(top.clone(), |sum, i| sum | (ones(limb) << (2 * limb * i))) % ones(bits),
    ];
    out.push(random.below_bits(bits) | &top | &one);
    for n in &mut out {
        n.set_bit(bits - 1, true);
        n.set_bit(0, true);
        assert_eq!(n.bits(), bits);
    }
    out
}

/// Signature representatives at the borders, and random ones.
pub(crate) fn representatives(random: &mut Random, n: &BigUint, limb: u64) -> Vec<BigUint> {
    let bits = n.bits();
    vec![
        BigUint::ZERO,
        1u8.into(),
        2u8.into(),
        n - 1u8,
        n - 2u8,
        ones(bits - 1),
        BigUint::from(1u8) << (bits - 1),
        // All limbs but the top one full.
        (n >> ((bits - 1) / limb * limb) << ((bits - 1) / limb * limb)) - 1u8,
        random.below_bits(bits) % n,
        random.below_bits(bits / 2),
    ]
}
