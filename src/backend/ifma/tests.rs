// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels against a big-integer library that computes s^65537 mod n and divides.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

use std::vec::Vec;
use std::{eprintln, vec};

use num_bigint::BigUint;

use sha2::Digest;

use super::batch8::verify8;
use super::limbs::Limbs;
use super::{Ifma, IfmaKey, digest8, lanes};
use crate::backend::tests::numbers::{E, Random, em, moduli, octets, oracle, representatives};
use crate::rs256::MessageHash;

/// The token, or a loud note.
fn token() -> Option<Ifma> {
    let token = Ifma::detect();
    if token.is_none() {
        eprintln!("SKIPPED: this CPU has no AVX-512 IFMA, so its kernels were not tested");
    }
    token
}

fn key<const V: usize>(token: Ifma, n: &BigUint) -> IfmaKey<V> {
    IfmaKey::new(token, &n.to_u64_digits(), n.bits().div_ceil(8) as usize).unwrap()
}

fn limbs<const V: usize>(x: &BigUint) -> Limbs<V> {
    assert!(x.bits() <= 416 * V as u64);
    Limbs::from_words(x.to_u64_digits().into_iter())
}

fn number<const V: usize>(limbs: &Limbs<V>) -> BigUint {
    assert!(limbs.iter().all(|limb| limb < 1 << 52), "not normalised");
    limbs.iter().rev().fold(BigUint::ZERO, |sum, limb| (sum << 52) + limb)
}

/// Makes `key` accept `s` with `digest`, whatever s^65537 mod n is: the constant P of the encoding is replaced by the
/// one that fits. So the whole computation is tested for numbers of any shape, although nobody can sign for them.
fn bend<const V: usize>(key: &mut IfmaKey<V>, n: &BigUint, s: &BigUint, digest: &[u8; 32]) {
    // The key holds −D; `powers` tests that it is the right one.
    let d = n - number(&key.neg_d);
    let p = s.modpow(&E.into(), n) + n - BigUint::from_bytes_be(digest) % n;
    key.neg_pd = limbs(&(n - p * d % n));
}

/// The sizes that a key of `V` vectors is used for, and its limit.
fn sizes<const V: usize>() -> &'static [u64] {
    match V {
        5 => &[2048, 2049, 2076],
        8 => &[2077, 3072, 3324],
        10 => &[3325, 4096, 4156],
        _ => panic!("no such size"),
    }
}

fn powers<const V: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(V as u64);
    for &bits in sizes::<V>() {
        for n in moduli(&mut random, bits, 52) {
            let key = key::<V>(token, &n);
            let r = BigUint::from(1u8) << (52 * key.modulus.rows);
            let r_65535 = r.modpow(&65535u32.into(), &n);
            // D · R^65535 = 1.
            assert_eq!((&n - number(&key.neg_d)) * &r_65535 % &n, BigUint::from(1u8));
            for s in representatives(&mut random, &n, 52).into_iter().step_by(3) {
                // Every bit of the result is looked at, not only the verdict at the end.
                let x = number(&lanes::enter_raise(token, &key.modulus, &limbs(&s)));
                assert!(x < &n * 3u8, "above the bound");
                assert_eq!(x * &r_65535 % &n, s.modpow(&65536u32.into(), &n), "{bits} bits");
            }
        }
    }
}

fn verdicts<const V: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(100 + V as u64);
    let digest = [0xa5; 32];
    for &bits in sizes::<V>() {
        let k = bits.div_ceil(8) as usize;
        for n in moduli(&mut random, bits, 52) {
            let mut key = key::<V>(token, &n);
            let mut batch = Vec::new();
            for s in representatives(&mut random, &n, 52) {
                bend(&mut key, &n, &s, &digest);
                assert!(check(&key, &octets(&s, k), digest), "{bits} bits, n = {n:x}, s = {s:x}");
                for bit in [0, 51, 52, 255] {
                    let mut wrong = digest;
                    wrong[31 - bit / 8] ^= 1 << (bit % 8);
                    assert!(!check(&key, &octets(&s, k), wrong));
                }
                // The neighbour in every direction: wrong octets, n + s (when it fits), wrong lengths.
                let mut wrong = octets(&s, k);
                wrong[k / 2] ^= 0x10;
                assert!(!check(&key, &wrong, digest));
                let plus_n = &s + &n;
                if plus_n.bits() <= 8 * k as u64 {
                    assert!(!check(&key, &octets(&plus_n, k), digest), "s >= n");
                }
                let mut long = vec![0];
                long.extend(octets(&s, k));
                assert!(!check(&key, &long, digest), "one octet too long");
                assert!(!check(&key, octets(&s, k).get(1..).unwrap(), digest), "one octet short");
                batch.push((key, octets(&s, k)));
            }
            // n itself must not pass for 0.
            bend(&mut key, &n, &BigUint::ZERO, &digest);
            assert!(check(&key, &octets(&BigUint::ZERO, k), digest));
            assert!(!check(&key, &octets(&n, k), digest));

            // n + s and an additional zero octet must not pass in a batch either.
            let (key, good) = batch.last().unwrap().clone();
            let mut long = vec![0];
            long.extend(&good);
            let plus_n = BigUint::from_bytes_be(&good) + &n;
            let over = if plus_n.bits() <= 8 * k as u64 {
                octets(&plus_n, k)
            } else {
                vec![0xff; k]
            };
            let lanes: [&[u8]; 8] = [&good, &long, &over, &good, &good[1..], &[], &good, &over];
            let expected = [true, false, false, true, false, false, true, false];
            assert_eq!(
                verify8([&key; 8], lanes, &[digest; 8]),
                expected,
                "{bits} bits, n = {n:x}"
            );

            // The same in eight lanes, turned so that each case meets several lanes.
            for turn in 0..2 {
                let lane = |i: usize| &batch[(i + 3 * turn) % batch.len()];
                let keys: [_; 8] = core::array::from_fn(|i| &lane(i).0);
                let s: [&[u8]; 8] = core::array::from_fn(|i| &lane(i).1[..]);
                assert_eq!(verify8(keys, s, &[digest; 8]), [true; 8], "{bits} bits, n = {n:x}");
                for wrong in 0..8 {
                    let mut digests = [digest; 8];
                    digests[wrong][turn] ^= 0x40;
                    assert_eq!(verify8(keys, s, &digests), core::array::from_fn(|i| i != wrong));
                }
            }
        }
    }
}

fn check<const V: usize>(key: &IfmaKey<V>, s: &[u8], digest: [u8; 32]) -> bool {
    key.verify(s, MessageHash::Known(&digest))
}

/// A modulus of exactly `bits` bits of which the prime factors are known and small, so that it is easy to sign with.
fn signing_key(random: &mut Random, bits: u64) -> (BigUint, BigUint) {
    let one = BigUint::from(1u8);
    let prime = |random: &mut Random, low: &BigUint, span: &BigUint| {
        loop {
            let p = (low + random.below_bits(span.bits() + 16) % span) | &one;
            let fermat = |base: u32| BigUint::from(base).modpow(&(&p - 1u8), &p) == one;
            if [2, 3, 5, 7].into_iter().all(fermat) && &p % E != one {
                return p;
            }
        }
    };
    let (mut n, mut lambda) = (one.clone(), one.clone());
    let mut factors = Vec::new();
    while n.bits() + 128 < bits {
        let p = prime(random, &(&one << 63), &(&one << 63));
        if !factors.contains(&p) {
            n *= &p;
            lambda = num_integer_lcm(&lambda, &(&p - 1u8));
            factors.push(p);
        }
    }
    let low = (&one << (bits - 1)).div_ceil_by(&n);
    let p = prime(random, &low, &(&low / 2u8));
    n *= &p;
    lambda = num_integer_lcm(&lambda, &(&p - 1u8));
    assert_eq!(n.bits(), bits);
    (n, BigUint::from(E).modinv(&lambda).unwrap())
}

trait DivCeil {
    fn div_ceil_by(&self, by: &Self) -> Self;
}

impl DivCeil for BigUint {
    fn div_ceil_by(&self, by: &Self) -> Self {
        (self + by - 1u8) / by
    }
}

fn num_integer_lcm(a: &BigUint, b: &BigUint) -> BigUint {
    let (mut x, mut y) = (a.clone(), b.clone());
    while y != BigUint::ZERO {
        (x, y) = (y.clone(), x % y);
    }
    a / x * b
}

/// Real signatures: the encoding, its length included, is the one of RFC 8017.
fn signatures<const V: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(200 + V as u64);
    let mut signed = Vec::new();
    for &bits in sizes::<V>() {
        let (n, d) = signing_key(&mut random, bits);
        let k = bits.div_ceil(8) as usize;
        let digest: [u8; 32] = octets(&random.below_bits(256), 32).try_into().unwrap();
        let s = octets(&BigUint::from_bytes_be(&em(k, &digest)).modpow(&d, &n), k);
        assert!(oracle(&n, &s, &digest), "the test cannot sign");
        let key = key::<V>(token, &n);
        assert!(check(&key, &s, digest), "{bits} bits");
        for at in [0, k / 2, k - 1] {
            let mut s = s.clone();
            s[at] ^= 1;
            assert_eq!(check(&key, &s, digest), oracle(&n, &s, &digest));
        }
        // One octet of the padding, of DigestInfo, of the hash: signed, and refused.
        for at in [0, 1, 2, k / 2, k - 53, k - 52, k - 40, k - 33, k - 32, k - 1] {
            let mut em = em(k, &digest);
            em[at] ^= 1;
            let s = octets(&BigUint::from_bytes_be(&em).modpow(&d, &n), k);
            assert!(!check(&key, &s, digest), "octet {at} of {k}");
        }
        signed.push((key, s, digest));
    }
    // Eight keys of different lengths at once, good and bad in each lane.
    for pattern in [0xff_usize, 0x00, 0x55, 0xaa, 0x01, 0x80, 0x7e] {
        let lane = |i: usize| &signed[i % signed.len()];
        let bad = |i: usize| pattern >> i & 1 == 0;
        let s: [Vec<u8>; 8] = core::array::from_fn(|i| {
            let mut s = lane(i).1.clone();
            match (bad(i), (i + pattern) % 5) {
                (false, _) => {}
                (_, 0) => s[7] ^= 2,
                (_, 1) => s.push(0),
                (_, 2) => s.insert(0, 0),
                (_, 3) => s.clear(),
                _ => s.fill(0xff),
            }
            s
        });
        let digests = core::array::from_fn(|i| lane(i).2);
        let verdicts = verify8(
            core::array::from_fn(|i| &lane(i).0),
            s.each_ref().map(|s| &s[..]),
            &digests,
        );
        assert_eq!(verdicts, core::array::from_fn(|i| !bad(i)));
    }
}

/// Messages of every number of blocks, more and fewer than there are gaps, with each length of padding.
fn messages<const V: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(400 + V as u64);
    let bits = sizes::<V>()[0];
    let n = random.below_bits(bits) | BigUint::from(1u8) | BigUint::from(1u8) << (bits - 1);
    let s = random.below_bits(bits - 1);
    let signature = octets(&s, bits.div_ceil(8) as usize);
    let text: Vec<u8> = (0..4096).map(|_| random.word() as u8).collect();
    let mut key = key::<V>(token, &n);
    for len in (0..=200)
        .chain((256..2400).step_by(61))
        .chain(1850..2180)
        .chain([3000, 4096])
    {
        let mut message = text[..len].to_vec();
        let digest = sha2::Sha256::digest(&message).into();
        bend(&mut key, &n, &s, &digest);
        // Both ways, whichever this processor takes.
        let mut verify = |message: &[u8]| {
            [true, false].map(|in_gaps| {
                key.hashes_in_gaps = in_gaps;
                key.verify(&signature, MessageHash::Of(message))
            })
        };
        assert_eq!(verify(&message), [true; 2], "{len} octets");
        if len > 0 {
            let at = random.word() as usize % len;
            message[at] ^= 1;
            assert_eq!(verify(&message), [false; 2], "{len} octets, {at} changed");
        }
    }
}

/// Limbs that are full pass a carry on, and random limbs never are: every run of them, from every limb.
fn carries<const V: usize>() {
    let Some(token) = token() else { return };
    let full = (1u64 << 52) - 1;
    let mut rippled = 0;
    let mut check = |limbs: &[u64]| {
        let (vectors, _) = limbs.as_chunks::<8>();
        let lanes: [[u64; 8]; V] = vectors.try_into().unwrap();
        let value = limbs.iter().rev().fold(BigUint::ZERO, |sum, limb| (sum << 52) + limb);
        let (a, d) = lanes::enter_normalise(token, &lanes);
        assert_eq!(number(&a), value, "{limbs:x?}");
        assert_eq!(number(&d), value << 1, "twice {limbs:x?}");
        let carried_once = |i: usize| (limbs[i] & full) + (limbs[i - 1] >> 52);
        rippled += u32::from((1..limbs.len()).any(|i| carried_once(i) > full));
    };
    // The topmost limb stays small: the numbers of the kernels are below R / 5.
    for from in 0..8 * V - 1 {
        for upto in from + 1..8 * V {
            for carrier in [full + 1, full + 2, 2 * full, (1 << 61) - 1, full - 1] {
                let mut limbs = vec![0; 8 * V];
                limbs[from] = carrier;
                limbs[from + 1..upto].fill(full);
                check(&limbs);
                // The limb that stops the carry is one short of passing it on.
                if upto < 8 * V - 1 {
                    limbs[upto] = full - 1;
                    check(&limbs);
                    // And beyond it the same again.
                    limbs[upto + 1..8 * V - 1].fill(full);
                    check(&limbs);
                }
            }
        }
    }
    let mut random = Random(300);
    for _ in 0..1000 {
        let mut limbs: Vec<u64> = (0..8 * V).map(|_| random.word() >> 3).collect();
        limbs[8 * V - 1] >>= 20;
        check(&limbs);
    }
    assert!(rippled > 5_000, "only {rippled} cases reached the cold path");
}

macro_rules! sized {
    ($($name:ident: $check:ident, $v:literal;)*) => {
        $(#[test]
        fn $name() {
            $check::<$v>();
        })*
    };
}

sized! {
    carries_of_5_vectors: carries, 5;
    carries_of_8_vectors: carries, 8;
    carries_of_10_vectors: carries, 10;
    powers_of_5_vectors: powers, 5;
    powers_of_8_vectors: powers, 8;
    powers_of_10_vectors: powers, 10;
    verdicts_of_5_vectors: verdicts, 5;
    verdicts_of_8_vectors: verdicts, 8;
    verdicts_of_10_vectors: verdicts, 10;
    messages_for_5_vectors: messages, 5;
    messages_for_8_vectors: messages, 8;
    messages_for_10_vectors: messages, 10;
    signatures_of_5_vectors: signatures, 5;
    signatures_of_8_vectors: signatures, 8;
    signatures_of_10_vectors: signatures, 10;
}

#[test]
fn refuses_what_is_no_modulus() {
    let Some(token) = token() else { return };
    let mut n = [u64::MAX; 33];
    assert!(IfmaKey::<5>::new(token, &n[..32], 256).is_some());
    assert!(IfmaKey::<5>::new(token, &n, 264).is_none(), "2112 bits");
    assert!(IfmaKey::<5>::new(token, &n[..32], 257).is_none(), "the wrong length");
    n[32] = 0xfff;
    assert!(IfmaKey::<5>::new(token, &n, 258).is_some(), "2060 bits");
    n[32] = 0x1fff_ffff;
    assert!(IfmaKey::<5>::new(token, &n, 260).is_none(), "2077 bits");
    assert!(IfmaKey::<5>::new(token, &[], 0).is_none());
    n[0] = 2;
    assert!(IfmaKey::<5>::new(token, &n[..32], 256).is_none(), "even");
}

/// Every length up to some blocks in every lane, beside other lengths.
#[test]
fn digests_match_sha2() {
    let Some(token) = token() else { return };
    let mut random = Random(400);
    let octets: Vec<u8> = (0..4096).map(|_| random.word() as u8).collect();
    let check = |lengths: [usize; 8]| {
        let messages = lengths.map(|len| &octets[len..2 * len]);
        let expected = messages.map(|message| <[u8; 32]>::from(sha2::Sha256::digest(message)));
        assert_eq!(digest8(token, messages), expected, "{lengths:?}");
    };
    for len in 0..=300 {
        check([len; 8]);
        let mut lengths = [0, 55, 56, 63, 64, 119, 120, 1024];
        lengths[len % 8] = len;
        lengths.rotate_left(len / 8 % 8);
        check(lengths);
    }
    for _ in 0..200 {
        check([(); 8].map(|()| random.word() as usize % 2048));
    }
}
