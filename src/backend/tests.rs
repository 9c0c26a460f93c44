// SPDX-License-Identifier: MIT OR Apache-2.0

//! One runner, one table: every backend against the schoolbook oracle and against the `rsa` crate.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[cfg(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32"))
))]
#[allow(clippy::as_conversions)]
pub(super) mod numbers;

use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use rsa::BigUint;

use super::limb::Limb;
use super::portable::tests::negative_inverse;
use super::portable::{self, Block, Chain, Modulus, Scratch};
use super::{Avx2, Backend, Inner, KeyRef, NativeLimb, PreparedKey, naive, public_op, verify};
use crate::rs256::MessageHash;
use crate::rs256::emsa::DIGEST_INFO_SHA256;
use crate::rs256::public_key::RsaPublicKey;
use crate::rs256::size::{Rsa2048, Rsa3072, Rsa4096, Rsa8192, RsaSize};

/// s^e mod n as k octets; nothing when s is not below n.
type Power = fn(&Key, &[u8]) -> Option<Vec<u8>>;

/// A way to verify. `power` is there where the backend has s^e mod n as a number at all.
struct Candidate {
    name: &'static str,
    verify: fn(&Key, &[u8], &[u8; 32]) -> bool,
    power: Option<Power>,
    takes: fn(&Key) -> bool,
}

const CANDIDATES: &[Candidate] = &[
    Candidate {
        name: "portable, 64-bit limbs, general",
        verify: general_verify::<u64>,
        power: Some(general_power::<u64>),
        takes: |_| true,
    },
    Candidate {
        name: "portable, 32-bit limbs, general",
        verify: general_verify::<u32>,
        power: Some(general_power::<u32>),
        takes: |_| true,
    },
    Candidate {
        name: "portable, 64-bit limbs, chain",
        verify: chain_verify::<u64>,
        power: None,
        takes: has_chain,
    },
    Candidate {
        name: "portable, 32-bit limbs, chain",
        verify: chain_verify::<u32>,
        power: None,
        takes: has_chain,
    },
    Candidate {
        name: "static key, Rsa2048",
        verify: static_verify::<Rsa2048>,
        power: Some(static_power::<Rsa2048>),
        takes: |key| key.bits() == 2048,
    },
    Candidate {
        name: "static key, Rsa3072",
        verify: static_verify::<Rsa3072>,
        power: Some(static_power::<Rsa3072>),
        takes: |key| key.bits() <= 3072,
    },
    Candidate {
        name: "static key, Rsa4096",
        verify: static_verify::<Rsa4096>,
        power: Some(static_power::<Rsa4096>),
        takes: |key| key.bits() <= 4096,
    },
    Candidate {
        name: "static key, Rsa8192",
        verify: static_verify::<Rsa8192>,
        power: Some(static_power::<Rsa8192>),
        takes: |_| true,
    },
    Candidate {
        name: "prepared key, Rsa2048",
        verify: prepared_verify::<Rsa2048>,
        power: None,
        takes: |key| key.bits() == 2048,
    },
    Candidate {
        name: "prepared key, Rsa3072",
        verify: prepared_verify::<Rsa3072>,
        power: None,
        takes: |key| key.bits() <= 3072,
    },
    Candidate {
        name: "prepared key, Rsa4096",
        verify: prepared_verify::<Rsa4096>,
        power: None,
        takes: |key| key.bits() <= 4096,
    },
    Candidate {
        name: "prepared key, Rsa8192",
        verify: prepared_verify::<Rsa8192>,
        power: None,
        takes: |_| true,
    },
    Candidate {
        name: "AVX2, Rsa2048",
        verify: avx2_verify::<Rsa2048>,
        power: None,
        takes: |key| avx2_takes(key) && key.bits() == 2048,
    },
    Candidate {
        name: "AVX2, Rsa3072",
        verify: avx2_verify::<Rsa3072>,
        power: None,
        takes: |key| avx2_takes(key) && key.bits() <= 3072,
    },
    Candidate {
        name: "AVX2, Rsa4096",
        verify: avx2_verify::<Rsa4096>,
        power: None,
        takes: |key| avx2_takes(key) && key.bits() <= 4096,
    },
    Candidate {
        name: "AVX2, Rsa8192",
        verify: avx2_verify::<Rsa8192>,
        power: None,
        takes: |key| avx2_takes(key) && key.bits() <= 4096,
    },
];

struct Key {
    n: Vec<u8>,
    e: u64,
}

impl Key {
    fn bits(&self) -> u32 {
        u32::try_from(self.n.len()).unwrap() * 8 - self.n[0].leading_zeros()
    }

    fn public<S: RsaSize>(&self) -> RsaPublicKey<S> {
        S::from_be_bytes(&self.n, &self.e.to_be_bytes()).unwrap()
    }
}

fn has_chain(key: &Key) -> bool {
    (key.e - 1).is_power_of_two()
}

/// The modulus in limbs of either width, padded to blocks.
fn blocks<L: Limb>(n: &[u8]) -> Vec<Block<L>> {
    let mut blocks = vec![[L::ZERO; 4]; n.len().div_ceil(4 * size_of::<L>())];
    let mut left = n;
    for limb in blocks.as_flattened_mut() {
        (*limb, left) = L::pop(left);
    }
    blocks
}

fn with_modulus<L: Limb, T>(key: &Key, run: impl FnOnce(&Modulus<'_, L>, &mut Scratch<'_, L>) -> T) -> T {
    let blocks = blocks::<L>(&key.n);
    let n = Modulus {
        blocks: &blocks,
        n0: negative_inverse(&naive::from_be(&key.n)),
        bits: key.bits(),
    };
    // Not zero, so that nothing can rely on it.
    let (mut x, mut t) = (
        vec![[L::low_ones(7); 4]; blocks.len()],
        vec![[L::low_ones(9); 4]; 2 * blocks.len()],
    );
    run(&n, &mut Scratch { x: &mut x, t: &mut t })
}

fn general_verify<L: Limb>(key: &Key, signature: &[u8], digest: &[u8; 32]) -> bool {
    with_modulus::<L, _>(key, |n, scratch| {
        portable::verify_vartime(n, key.e, signature, digest, scratch)
    })
}

fn general_power<L: Limb>(key: &Key, signature: &[u8]) -> Option<Vec<u8>> {
    with_modulus::<L, _>(key, |n, scratch| {
        let below = portable::power_vartime(n, key.e, signature, scratch);
        let mut out = vec![0xaa; key.n.len()];
        super::write_be(scratch.x, &mut out);
        below.then_some(out)
    })
}

fn chain_verify<L: Limb>(key: &Key, signature: &[u8], digest: &[u8; 32]) -> bool {
    with_modulus::<L, _>(key, |n, scratch| {
        let squarings = portable::chain_squarings(key.e).unwrap();
        let (mut neg_d, mut neg_pd) = (n.blocks.to_vec(), n.blocks.to_vec());
        portable::prepare_chain(n, squarings, &mut neg_d, &mut neg_pd, scratch);
        let chain = Chain {
            neg_d: &neg_d,
            neg_pd: &neg_pd,
        };
        portable::verify_by_chain_vartime(n, squarings, chain, signature, digest, scratch)
    })
}

fn static_verify<S: RsaSize>(key: &Key, signature: &[u8], digest: &[u8; 32]) -> bool {
    verify(
        KeyRef::Static(&key.public::<S>()),
        signature,
        MessageHash::Known(digest),
    )
}

fn static_power<S: RsaSize>(key: &Key, signature: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xaa; key.n.len()];
    public_op(KeyRef::Static(&key.public::<S>()), signature, &mut out).then_some(out)
}

fn prepared_verify<S: RsaSize>(key: &Key, signature: &[u8], digest: &[u8; 32]) -> bool {
    verify(
        KeyRef::Prepared(&PreparedKey::new(&key.public::<S>())),
        signature,
        MessageHash::Known(digest),
    )
}

/// Whether the AVX2 backend serves the key on this machine, whatever else the machine has.
fn avx2_takes(key: &Key) -> bool {
    key.e == 65537 && Avx2::detect().is_some()
}

fn avx2_verify<S: RsaSize>(key: &Key, signature: &[u8], digest: &[u8; 32]) -> bool {
    let key = PreparedKey {
        inner: Inner::of_avx2(&key.public::<S>()).unwrap(),
    };
    assert_eq!(key.backend(), Backend::Avx2);
    verify(KeyRef::Prepared(&key), signature, MessageHash::Known(digest))
}

fn encoded_message(k: usize, digest: &[u8; 32]) -> Vec<u8> {
    let mut em = vec![0x00, 0x01];
    em.resize(k - 52, 0xff);
    em.push(0x00);
    em.extend(DIGEST_INFO_SHA256);
    em.extend(digest);
    em
}

/// Holds every candidate to the oracle for one operand, whatever the answer is.
fn check(key: &Key, signature: &[u8], digest: &[u8; 32], case: &str) -> bool {
    let expected = naive::power(&key.n, key.e, signature);
    let accepted = expected
        .as_ref()
        .is_some_and(|m| *m == encoded_message(key.n.len(), digest));
    for candidate in CANDIDATES.iter().filter(|candidate| (candidate.takes)(key)) {
        let name = candidate.name;
        if let Some(power) = candidate.power {
            assert_eq!(power(key, signature), expected, "{name}: {case}, e = {}", key.e);
        }
        // After a power, the verdict of the same candidate is news only when it accepts.
        if candidate.power.is_none() || accepted {
            let verdict = (candidate.verify)(key, signature, digest);
            assert_eq!(verdict, accepted, "{name}: {case}, e = {}", key.e);
        }
    }
    accepted
}

/// Holds every candidate to a known answer, which costs less than asking the oracle.
fn check_verdict(key: &Key, signature: &[u8], digest: &[u8; 32], expected: bool, case: &str) {
    for candidate in CANDIDATES.iter().filter(|candidate| (candidate.takes)(key)) {
        let name = candidate.name;
        assert_eq!(
            (candidate.verify)(key, signature, digest),
            expected,
            "{name}: {case}, e = {}",
            key.e
        );
    }
}

struct Fixture {
    name: &'static str,
    key: Key,
    digest: [u8; 32],
    signature: Vec<u8>,
}

fn hex(text: &str) -> Vec<u8> {
    let text = if text.len() % 2 == 1 {
        format!("0{text}")
    } else {
        String::from(text)
    };
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn fixtures() -> Vec<Fixture> {
    include_str!("testdata/signatures.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let [name, n, e, digest, signature] = fields[..] else {
                panic!("{line}")
            };
            Fixture {
                name,
                key: Key {
                    n: hex(n),
                    e: u64::from_str_radix(e, 16).unwrap(),
                },
                digest: hex(digest).try_into().unwrap(),
                signature: hex(signature),
            }
        })
        .collect()
}

/// xorshift64*: a fixed sequence is all that is needed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn octets(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// An odd number of exactly so many bits.
    fn modulus(&mut self, bits: u32) -> Vec<u8> {
        let mut n = self.octets(usize::try_from(bits.div_ceil(8)).unwrap());
        let top = (bits - 1) % 8;
        n[0] = n[0] & ((1 << top) - 1) | 1 << top;
        *n.last_mut().unwrap() |= 1;
        n
    }

    fn below(&mut self, n: &[u8]) -> Vec<u8> {
        let mut s = self.octets(n.len());
        s[0] = u8::try_from(u32::from(s[0]) * u32::from(n[0]) / 256).unwrap();
        if s[0] == n[0] {
            s[0] -= 1;
        }
        s
    }
}

/// 2^exponent, plus or minus as many as are given, as octets without leading zeros.
fn powers_of_two(plus: &[u32], minus: &[u32]) -> Vec<u8> {
    let number = |exponents: &[u32]| {
        exponents.iter().fold(vec![0], |sum, &exponent| {
            let mut power = vec![0; usize::try_from(exponent / 32 + 1).unwrap()];
            *power.last_mut().unwrap() = 1 << (exponent % 32);
            naive::add(&sum, &power)
        })
    };
    let octets = naive::to_be(&naive::sub(&number(plus), &number(minus)), 2048);
    let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
    octets[zeros..].to_vec()
}

/// Moduli with long runs of equal bits, in which carries travel far and limbs are all ones.
fn special_moduli() -> Vec<Vec<u8>> {
    vec![
        powers_of_two(&[2048], &[0]),
        powers_of_two(&[2047, 0], &[]),
        powers_of_two(&[2047, 64, 0], &[]),
        powers_of_two(&[2048], &[64, 0]),
        powers_of_two(&[2048], &[1984, 0]),
        powers_of_two(&[2047, 1984], &[0]),
        powers_of_two(&[2047, 1920], &[0]),
        powers_of_two(&[2047, 1024], &[512, 0]),
        powers_of_two(&[2048, 512], &[1024, 0]),
        powers_of_two(&[2048, 0], &[128]),
        powers_of_two(&[2049], &[0]),
        powers_of_two(&[2112, 0], &[]),
        powers_of_two(&[2113], &[0]),
        powers_of_two(&[2303, 2240], &[0]),
        powers_of_two(&[4096], &[0]),
        powers_of_two(&[4095, 0], &[]),
    ]
}

/// Signatures at the edges of a modulus.
fn special_operands(n: &[u8], random: &mut Random) -> Vec<(String, Vec<u8>)> {
    let k = n.len();
    let number = naive::from_be(n);
    let octets = |x: &[u32]| naive::to_be(x, k);
    let mut operands = vec![
        (String::from("0"), octets(&[0])),
        (String::from("1"), octets(&[1])),
        (String::from("2"), octets(&[2])),
        (String::from("n - 1"), octets(&naive::sub(&number, &[1]))),
        (String::from("n"), n.to_vec()),
        (String::from("all ones"), vec![0xff; k]),
        (String::from("ones below the top octet"), {
            let mut ones = vec![0xff; k];
            ones[0] = 0;
            ones
        }),
        (
            String::from("R mod n"),
            octets(&naive::rem(
                &naive::from_be(&powers_of_two(&[8 * 32 * 9], &[])),
                &number,
            )),
        ),
    ];
    if n.iter().any(|&octet| octet != 0xff) {
        operands.push((String::from("n + 1"), octets(&naive::add(&number, &[1]))));
    }
    // Just below q·n/B for a limb q: there the quotient estimate of the Montgomery entry is one too large at once.
    for width in [4, 8] {
        for q in [vec![0xff; width], random.octets(width)] {
            let product = naive::to_be(&naive::mul(&number, &naive::from_be(&q)), k + width);
            operands.push((format!("q·n/B for q = {q:02x?}"), product[..k].to_vec()));
        }
    }
    operands
}

const EXPONENTS: [u64; 7] = [3, 17, 37, 257, 65537, (1 << 32) + 1, (1 << 33) - 1];

#[test]
fn fixtures_are_accepted_by_all_and_by_the_rsa_crate() {
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), FIXTURES);
    for Fixture {
        name,
        key,
        digest,
        signature,
    } in &fixtures
    {
        check_verdict(key, signature, digest, true, name);
        let theirs = rsa::RsaPublicKey::new_unchecked(BigUint::from_bytes_be(&key.n), BigUint::from(key.e));
        let scheme = rsa::Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: DIGEST_INFO_SHA256.into(),
        };
        assert!(
            theirs.verify(scheme, digest, signature).is_ok(),
            "{name}, by the rsa crate"
        );
    }
}

/// One signature for each of the portable backends: little enough for an interpreter that watches every access.
#[test]
fn a_signature_by_each_portable_backend() {
    let Fixture {
        name,
        key,
        mut digest,
        signature,
    } = fixtures().into_iter().find(|fixture| has_chain(&fixture.key)).unwrap();
    let portable = || {
        CANDIDATES
            .iter()
            .filter(|candidate| candidate.name.starts_with("portable"))
    };
    assert_eq!(portable().count(), 4);
    assert!(
        portable().all(|candidate| (candidate.verify)(&key, &signature, &digest)),
        "{name}"
    );
    digest[31] ^= 1;
    assert!(
        !portable().any(|candidate| (candidate.verify)(&key, &signature, &digest)),
        "{name}"
    );
}

/// Lines of `testdata/signatures.txt`.
const FIXTURES: usize = 51;

#[test]
fn fixtures_are_what_the_oracle_says() {
    // The oracle is slow; long exponents have a test of their own.
    let affordable = |key: &Key| key.e <= 257 || key.e == 65537 && key.bits() <= 2112;
    for Fixture {
        name,
        key,
        digest,
        signature,
    } in fixtures().iter().filter(|fixture| affordable(&fixture.key))
    {
        assert!(check(key, signature, digest, name), "{name}");
    }
}

#[test]
fn changed_signatures_and_digests_are_refused_by_all() {
    let mut random = Random(3);
    for Fixture {
        name,
        key,
        digest,
        signature,
    } in &fixtures()
    {
        for _ in 0..2 {
            let position = usize::try_from(random.next()).unwrap() % signature.len();
            let mut changed = signature.clone();
            changed[position] ^= 1 << (random.next() % 8);
            check_verdict(
                key,
                &changed,
                digest,
                false,
                &format!("{name}, octet {position} of the signature changed"),
            );
        }
        for position in [0, 31] {
            let mut changed = *digest;
            changed[position] ^= 1 << (random.next() % 8);
            check_verdict(
                key,
                signature,
                &changed,
                false,
                &format!("{name}, octet {position} of the digest changed"),
            );
        }
        // s + n is the same power, but not below n.
        let sum = naive::add(&naive::from_be(signature), &naive::from_be(&key.n));
        let sum = naive::to_be(&sum, 4 * sum.len());
        let (above, sum) = sum.split_at(sum.len() - key.n.len());
        if above.iter().all(|&octet| octet == 0) {
            check_verdict(key, sum, digest, false, &format!("{name}, s + n"));
        }
        // n - s gives -m.
        let difference = naive::sub(&naive::from_be(&key.n), &naive::from_be(signature));
        check_verdict(
            key,
            &naive::to_be(&difference, key.n.len()),
            digest,
            false,
            &format!("{name}, n - s"),
        );
    }
}

#[test]
fn edge_operands_match_the_oracle() {
    let mut random = Random(5);
    let moduli = special_moduli();
    let digest = [0x5a; 32];
    let mut cases = 0;
    for (i, n) in moduli.iter().enumerate() {
        for (name, s) in special_operands(n, &mut random) {
            let e = [3, 17, 37][cases % 3];
            check(
                &Key { n: n.clone(), e },
                &s,
                &digest,
                &format!("special modulus {i}, s = {name}"),
            );
            cases += 1;
        }
    }
    assert_eq!(cases, 206);
}

#[test]
fn sizes_that_fill_no_limb_match_the_oracle() {
    let mut random = Random(7);
    for bits in [
        2048, 2049, 2055, 2056, 2079, 2080, 2081, 2111, 2112, 2113, 2175, 2177, 2303, 2304, 2305, 3000, 4095,
    ] {
        let n = random.modulus(bits);
        for (name, s) in special_operands(&n, &mut random).into_iter().skip(8) {
            check(
                &Key { n: n.clone(), e: 3 },
                &s,
                &[0; 32],
                &format!("{bits} bits, s = {name}"),
            );
        }
        let s = random.below(&n);
        check(&Key { n, e: 37 }, &s, &[0; 32], &format!("{bits} bits, s random"));
    }
}

#[test]
fn exponents_match_the_oracle() {
    let mut random = Random(11);
    for e in EXPONENTS.into_iter().chain([5, 7, 65539]) {
        for bits in [2048, 2100].into_iter().take(if e > 65539 { 1 } else { 2 }) {
            let n = random.modulus(bits);
            let s = random.below(&n);
            check(&Key { n, e }, &s, &[0; 32], &format!("{bits} bits"));
        }
    }
}

#[test]
fn random_numbers_match_the_rsa_crate() {
    let mut random = Random(13);
    let general = CANDIDATES
        .iter()
        .filter_map(|candidate| Some((candidate, candidate.power?)));
    for (candidate, power) in general {
        for round in 0..24 {
            let bits = [2048, 2048, 2056, 3000, 3072, 4095, 4096, 8191][round % 8];
            let key = Key {
                n: random.modulus(bits),
                e: EXPONENTS[round % EXPONENTS.len()],
            };
            if !(candidate.takes)(&key) {
                continue;
            }
            let s = random.below(&key.n);
            let theirs = rsa::RsaPublicKey::new_unchecked(BigUint::from_bytes_be(&key.n), BigUint::from(key.e));
            let expected = rsa::hazmat::rsa_encrypt(&theirs, &BigUint::from_bytes_be(&s))
                .unwrap()
                .to_bytes_be();
            let ours = power(&key, &s).unwrap();
            let zeros = ours.len() - expected.len();
            assert!(ours[..zeros].iter().all(|&octet| octet == 0));
            assert_eq!(
                ours[zeros..],
                expected,
                "{}: {bits} bits, e = {}",
                candidate.name,
                key.e
            );
        }
    }
}

#[test]
fn lengths_other_than_k_are_refused() {
    let fixtures = fixtures();
    let Fixture {
        key, digest, signature, ..
    } = &fixtures[0];
    let public = key.public::<Rsa4096>();
    let prepared = PreparedKey::new(&public);
    let mut out = [0; 300];
    for key in [KeyRef::Prepared(&prepared), KeyRef::Static(&public)] {
        assert!(verify(key, signature, MessageHash::Known(digest)));
        let mut longer = vec![0];
        longer.extend(signature);
        for wrong in [&longer[..], &signature[1..], &signature[..255], &[]] {
            assert!(
                !verify(key, wrong, MessageHash::Known(digest)),
                "{} octets",
                wrong.len()
            );
            assert!(!public_op(key, wrong, &mut out[..256]), "{} octets", wrong.len());
        }
        for wrong in [0, 255, 257, 300] {
            assert!(!public_op(key, signature, &mut out[..wrong]), "{wrong} octets of room");
        }
        assert!(public_op(key, signature, &mut out[..256]));
        assert_eq!(out[..256], encoded_message(256, digest));
    }
}

#[test]
fn the_expected_backend_is_selected() {
    let fixtures = fixtures();
    let portable = if NativeLimb::BITS == 32 {
        Backend::Portable32
    } else {
        Backend::Portable64
    };
    let forced = cfg!(any(rs256_backend = "portable64", rs256_backend = "portable32"));
    assert_eq!(
        portable == Backend::Portable32,
        cfg!(rs256_backend = "portable32") || cfg!(target_pointer_width = "32") && !forced
    );
    let vector = if forced { None } else { vector_backend() };
    let mut seen = [0; 2];
    for Fixture { key, name, .. } in &fixtures {
        let backend = PreparedKey::new(&key.public::<Rsa8192>()).backend();
        let served = key.e == 65537 && key.bits() <= 4096;
        let expected = vector.filter(|_| served).unwrap_or(portable);
        assert_eq!(backend, expected, "{name}");
        seen[usize::from(served)] += 1;
    }
    assert_eq!(
        seen, SERVED,
        "keys that a vector backend does not serve, and those that it does"
    );
}

/// Of the fixtures, those that vector code does not serve, and those that it does.
const SERVED: [u32; 2] = [30, 21];

/// The backend that this machine has for e = 65537, in the words of the standard library.
#[cfg(target_arch = "x86_64")]
fn vector_backend() -> Option<Backend> {
    let avx512 = std::is_x86_feature_detected!("avx512ifma")
        && std::is_x86_feature_detected!("avx512vbmi")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("sha");
    if avx512 && !cfg!(rs256_backend = "avx2") {
        Some(Backend::Ifma)
    } else {
        std::is_x86_feature_detected!("avx2").then_some(Backend::Avx2)
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn vector_backend() -> Option<Backend> {
    None
}

/// What the table in the documentation of [`PreparedKey`] says.
#[test]
fn keys_have_the_sizes_that_the_documentation_tells() {
    let sizes = [
        size_of::<PreparedKey<Rsa2048>>(),
        size_of::<PreparedKey<Rsa4096>>(),
        size_of::<PreparedKey<Rsa8192>>(),
    ];
    let expected = if NativeLimb::BITS == 32 {
        // A u64 is aligned to eight octets or to four.
        [296, 552, 1064].map(|size| size - if align_of::<u64>() == 4 { 4 } else { 0 })
    } else if cfg!(all(target_arch = "x86_64", rs256_backend = "avx2")) {
        [1552, 2960, 3472]
    } else if cfg!(all(target_arch = "x86_64", not(rs256_backend = "portable64"))) {
        [2048, 3904, 4416]
    } else {
        [816, 1584, 3120]
    };
    assert_eq!(sizes, expected);
}
