// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels against a big-integer library that computes s^65537 mod n and divides.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

use std::vec::Vec;
use std::{eprintln, vec};

use num_bigint::BigUint;

use super::{Ifma, IfmaKey};
use crate::backend::Digest256;

/// A digest known from the start, which counts its steps.
struct Known<'a> {
    digest: [u8; 32],
    steps: &'a mut u32,
}

impl Digest256 for Known<'_> {
    fn step(&mut self) {
        *self.steps += 1;
    }
    fn finish(self) -> [u8; 32] {
        self.digest
    }
}

/// The token, or a loud note.
fn token() -> Option<Ifma> {
    let token = Ifma::detect();
    if token.is_none() {
        eprintln!("SKIPPED: this CPU has no AVX-512 IFMA, so its kernels were not tested");
    }
    token
}

/// A small generator of test numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    fn below_bits(&mut self, bits: u64) -> BigUint {
        let words: Vec<u32> = (0..bits.div_ceil(32)).map(|_| self.word() as u32).collect();
        BigUint::new(words) % (BigUint::from(1u8) << bits)
    }
}

fn octets(x: &BigUint, k: usize) -> Vec<u8> {
    let bytes = x.to_bytes_be();
    let mut out = vec![0; k - bytes.len()];
    out.extend(bytes);
    out
}

fn key<const V: usize>(token: Ifma, n: &BigUint) -> IfmaKey<V> {
    IfmaKey::new(token, &n.to_u64_digits(), n.bits().div_ceil(8) as usize).unwrap()
}

/// What RSAVP1 gives for s, if that is an encoded message: its hash.
fn oracle(n: &BigUint, s: &[u8], digest: &[u8; 32]) -> bool {
    let k = n.bits().div_ceil(8) as usize;
    let s_number = BigUint::from_bytes_be(s);
    if s.len() != k || &s_number >= n {
        return false;
    }
    let m = s_number.modpow(&BigUint::from(65537u32), n);
    let t = b"\x00\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let mut em = vec![0xff; k];
    em[0] = 0;
    em[1] = 1;
    em[k - 52..k - 32].copy_from_slice(t);
    em[k - 32..].copy_from_slice(digest);
    octets(&m, k) == em
}

/// Checks the whole residue, not only the verdict: with P = H = 0 ... .
fn check_power<const V: usize>(token: Ifma, n: &BigUint, s: &BigUint) {
    use super::limbs::Limbs;
    let key = key::<V>(token, n);
    let s_limbs = Limbs::<V>::from_words(s.to_u64_digits().into_iter());
    struct NoDigest;
    impl Digest256 for NoDigest {
        fn step(&mut self) {}
        fn finish(self) -> [u8; 32] {
            [0; 32]
        }
    }
    #[allow(unsafe_code)]
    let x = unsafe { super::single::raise(&key.modulus, &s_limbs, &mut NoDigest) };
    let mut value = BigUint::from(0u8);
    for limb in x.iter().rev() {
        value = (value << 52) + limb;
    }
    assert!(value < n * 3u8);
    let r = BigUint::from(1u8) << (416 * V);
    // value = s^65536 / R^65535
    let left = value * r.modpow(&BigUint::from(65535u32), n) % n;
    assert_eq!(left, s.modpow(&BigUint::from(65536u32), n));
}

#[test]
fn first() {
    let Some(token) = token() else { return };
    let mut random = Random(1);
    for _ in 0..20 {
        let n = random.below_bits(2047) + (BigUint::from(1u8) << 2047) | BigUint::from(1u8);
        let s = random.below_bits(2047);
        check_power::<5>(token, &n, &s);
        check_power::<8>(token, &n, &s);
        check_power::<10>(token, &n, &s);
    }
}
