// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that sign in microseconds, so that a fuzzer can have any number of valid signatures under any number of moduli.
//!
//! The modulus is a product of many different small primes, whoever can factor it is no concern here. Each prime's part
//! of a signature is computed in machine words, and the parts are put together by the Chinese remainder theorem.

use std::sync::OnceLock;

use rsa::BigUint;
use sha2::{Digest, Sha256};

/// DigestInfo of SHA-256 up to the digest, with the NULL parameter (RFC 8017 section 9.2, note 1).
const DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// Primes of one size that there are.
const OF_EACH_SIZE: usize = 6;

/// Bits of the smallest and of the largest primes.
const SIZES: std::ops::RangeInclusive<u32> = 17..=62;

fn power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let times = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
    let (mut base, mut result) = (base % modulus, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

/// Miller and Rabin; these bases decide for every number of 64 bits.
fn is_prime(n: u64) -> bool {
    let twos = (n - 1).trailing_zeros();
    n % 2 == 1
        && [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].iter().all(|&base| {
            let mut x = power(base, (n - 1) >> twos, n);
            if base % n == 0 || x == 1 || x == n - 1 {
                return true;
            }
            (1..twos).any(|_| {
                x = power(x, 2, n);
                x == n - 1
            })
        })
}

/// 1/a modulo `m`; `None` where they have a common divisor.
fn inverse(a: u64, m: u64) -> Option<u64> {
    let (mut r, mut next_r) = (i128::from(m), i128::from(a % m));
    let (mut t, mut next_t) = (0_i128, 1_i128);
    while next_r != 0 {
        let quotient = r / next_r;
        (t, next_t) = (next_t, t - quotient * next_t);
        (r, next_r) = (next_r, r - quotient * next_r);
    }
    (r == 1).then(|| t.rem_euclid(i128::from(m)) as u64)
}

fn remainder(number: &BigUint, divisor: u64) -> u64 {
    let rest = number % divisor;
    rest.to_bytes_be()
        .iter()
        .fold(0, |rest, &octet| rest << 8 | u64::from(octet))
}

/// Primes of 17 to 62 bits, sorted by size, [`OF_EACH_SIZE`] of each.
fn primes() -> &'static [u64] {
    static PRIMES: OnceLock<Vec<u64>> = OnceLock::new();
    PRIMES.get_or_init(|| {
        let mut state = 1_u64;
        let mut primes = Vec::new();
        for bits in SIZES {
            let mut found = Vec::new();
            while found.len() < OF_EACH_SIZE {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let candidate = (state >> (64 - bits)) | 1 << (bits - 1) | 1;
                // 65537 and 3 have to have an inverse modulo p - 1.
                let suits = (candidate - 1) % 65537 != 0 && (candidate - 1) % 3 != 0;
                if suits && is_prime(candidate) && !found.contains(&candidate) {
                    found.push(candidate);
                }
            }
            primes.extend(found);
        }
        primes
    })
}

/// A key that signs in microseconds.
pub struct SmoothKey {
    pub n: BigUint,
    pub e: u64,
    /// A prime, the private exponent modulo that prime less one, and what takes a remainder by that prime to the modulus.
    parts: Vec<(u64, u64, BigUint)>,
}

impl SmoothKey {
    /// A key with a modulus of exactly `bits` bits, made of the primes that `choose` picks. `None` if there is none, or
    /// one of them does not go with `e`.
    pub fn new(bits: usize, e: u64, mut choose: impl FnMut() -> u8) -> Option<Self> {
        let all = primes();
        let mut taken = vec![false; all.len()];
        let mut n = BigUint::from(1_u8);
        let mut chosen = Vec::new();
        let (smallest, largest) = (*SIZES.start() as usize, *SIZES.end() as usize);
        while bits - n.bits() > largest {
            // Mostly large ones, and enough is left for the last.
            let size = largest.min(bits - n.bits() - smallest);
            let upto = (size - smallest + 1) * OF_EACH_SIZE;
            let mut index = upto - 1 - usize::from(choose()) % upto.min(OF_EACH_SIZE * 24);
            while taken[index] {
                index = index.checked_sub(1)?;
            }
            taken[index] = true;
            chosen.push(all[index]);
            n *= all[index];
        }
        let is_last = |index: &usize| !taken[*index] && (&n * all[*index]).bits() == bits;
        let last = (0..all.len())
            .filter(is_last)
            .nth(usize::from(choose()) % 2)
            .or_else(|| (0..all.len()).find(is_last))?;
        chosen.push(all[last]);
        n *= all[last];
        let parts = chosen.iter().map(|&p| {
            let d = inverse(e, p - 1)?;
            let others = &n / p;
            let rest = remainder(&others, p);
            Some((p, d, others * inverse(rest, p)? % &n))
        });
        let parts = parts.collect::<Option<_>>()?;
        Some(Self { n, e, parts })
    }

    /// Octets of the modulus.
    pub fn k(&self) -> usize {
        self.n.bits().div_ceil(8)
    }

    /// `em`, which is below the modulus, to the power of the private exponent, as k octets.
    pub fn raw(&self, em: &BigUint) -> Vec<u8> {
        let mut s = BigUint::from(0_u8);
        for (p, d, basis) in &self.parts {
            s += basis * power(remainder(em, *p), *d, *p);
        }
        octets(&(s % &self.n), self.k())
    }

    /// The RS256 signature for a digest.
    pub fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        self.raw(&BigUint::from_bytes_be(&encoded_message(digest, self.k())))
    }

    /// The token of a header and a payload, whatever they are.
    pub fn token(&self, header: &[u8], payload: &[u8]) -> String {
        let input = format!("{}.{}", encode(header), encode(payload));
        let signature = self.sign(&Sha256::digest(&input).into());
        format!("{input}.{}", encode(&signature))
    }

    /// The JWK with `members` (JSON) before its numbers.
    pub fn jwk(&self, members: &str) -> String {
        let (n, e) = (
            encode(&self.n.to_bytes_be()),
            encode(&BigUint::from(self.e).to_bytes_be()),
        );
        format!(r#"{{"kty":"RSA",{members},"n":"{n}","e":"{e}"}}"#)
    }
}

/// One of a few keys of 2048 bits with e = 65537; always the same.
pub fn key(index: u8) -> &'static SmoothKey {
    static KEYS: OnceLock<Vec<SmoothKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let keys = (0..4_u8).map(|index| {
            let mut state = index;
            let choose = || {
                state = state.wrapping_mul(5).wrapping_add(3);
                state
            };
            SmoothKey::new(2048, 65537, choose).expect("65537 goes with every prime here")
        });
        keys.collect()
    });
    &keys[usize::from(index) % keys.len()]
}

/// EMSA-PKCS1-v1_5 of a digest, k octets.
pub fn encoded_message(digest: &[u8; 32], k: usize) -> Vec<u8> {
    let mut em = vec![0x00, 0x01];
    em.resize(k - DIGEST_INFO.len() - 32 - 1, 0xff);
    em.push(0x00);
    em.extend(DIGEST_INFO);
    em.extend(digest);
    em
}

/// A number as exactly `len` octets, big-endian; all of it if it has more.
pub fn octets(number: &BigUint, len: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    let mut out = vec![0; len.saturating_sub(digits.len())];
    out.extend(digits);
    out
}

/// The base64url of octets.
pub fn encode(octets: &[u8]) -> String {
    use base64ct::Encoding;
    base64ct::Base64UrlUnpadded::encode_string(octets)
}
