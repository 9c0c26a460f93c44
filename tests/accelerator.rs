// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device that computes the power: whatever it does, a token is accepted only when its signature is good, and a fault
//! of the device is never called a bad signature.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::setting::{ACCEPTED, HEADER, KID, NOW, POLICY, claims, key_set, keys};
use common::signer::Signer;
use rs256::accelerator::{Accelerator, AcceleratorError, Software};
use rs256::{Error, KeySet, NumericDate, RsaPublicKey, RsaSize, VerifiedJws, Verifier};
use rsa::BigUint;
use sha2::{Digest, Sha256};

/// What a device does with a number.
type Behaviour = fn(&BigUint, &BigUint, &mut [u8]) -> Result<(), AcceleratorError>;

/// A device that does as it is told, without software or with it.
struct Mock<const FALLBACK: bool> {
    behaviour: Behaviour,
    calls: usize,
}

impl<S: RsaSize, const FALLBACK: bool> Accelerator<S> for Mock<FALLBACK> {
    const SOFTWARE_FALLBACK: bool = FALLBACK;

    fn rsa_public(&mut self, key: &RsaPublicKey<S>, number: &mut [u8]) -> Result<(), AcceleratorError> {
        self.calls += 1;
        assert_eq!(number.len(), key.modulus_len());
        let mut n = vec![0; key.modulus_len()];
        assert!(key.write_modulus(&mut n));
        let (n, s) = (BigUint::from_bytes_be(&n), BigUint::from_bytes_be(number));
        assert!(
            s < n,
            "a signature that is not below the modulus never reaches the device"
        );
        let power = s.modpow(&BigUint::from(key.exponent()), &n);
        (self.behaviour)(&power, &n, number)
    }
}

fn write(number: &BigUint, out: &mut [u8]) {
    let octets = common::signer::octets(number, out.len());
    out.copy_from_slice(&octets);
}

fn works(power: &BigUint, _: &BigUint, out: &mut [u8]) -> Result<(), AcceleratorError> {
    write(power, out);
    Ok(())
}

/// Numbers that no power is: not below the modulus.
const TOO_LARGE: [Behaviour; 3] = [
    |_, _, out| {
        out.fill(0xff);
        Ok(())
    },
    |_, n, out| {
        write(n, out);
        Ok(())
    },
    |_, n, out| {
        write(&(n + 1_u32), out);
        Ok(())
    },
];

/// Wrong numbers that might be powers.
const GARBAGE: [Behaviour; 8] = [
    |_, _, _| Ok(()), // leaves the signature as it is
    |_, _, out| {
        out.fill(0);
        Ok(())
    },
    |power, _, out| {
        write(&(power + 1_u32), out);
        Ok(())
    },
    |_, n, out| {
        write(&(n - 1_u32), out);
        Ok(())
    },
    |power, _, out| {
        write(power, out);
        out[128..].fill(0);
        Ok(())
    },
    // The encoded message of another token.
    |_, _, out| {
        out.copy_from_slice(&encoding(out.len(), b"another token"));
        Ok(())
    },
    |power, _, out| {
        write(&(power >> 8_usize), out);
        Ok(())
    },
    |power, _, out| {
        let len = out.len();
        write(power, out);
        out[len - 1] ^= 1;
        Ok(())
    },
];

/// EMSA-PKCS1-v1_5 of `message`, `k` octets.
fn encoding(k: usize, message: &[u8]) -> Vec<u8> {
    let mut digest_info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20".to_vec();
    digest_info.extend(Sha256::digest(message));
    let mut em = vec![0, 1];
    em.resize(k - digest_info.len() - 1, 0xff);
    em.push(0);
    em.extend(digest_info);
    em
}

const FAULTS: [(Behaviour, &str); 3] = [
    (|_, _, _| Err(AcceleratorError::Failed), "accelerator_failed"),
    (|_, _, _| Err(AcceleratorError::TimedOut), "accelerator_timed_out"),
    (|_, _, _| Err(AcceleratorError::WrongResult), "accelerator_wrong_result"),
];

fn verdict(verified: Result<VerifiedJws<'_, '_>, Error>) -> &'static str {
    match verified.and_then(|verified| verified.accept(NumericDate::from_secs(NOW))) {
        Ok(_) => ACCEPTED,
        Err(error) => error.code(),
    }
}

/// The verdict, and how often the device was asked.
fn on<const FALLBACK: bool>(behaviour: Behaviour, keys: &KeySet<4>, token: &str) -> (&'static str, usize) {
    let mut mock = Mock::<FALLBACK> { behaviour, calls: 0 };
    let mut buf = vec![0; 4096];
    let pending = Verifier::new(keys, &POLICY).prepare(token, &mut buf).unwrap();
    (verdict(pending.verify_on(&mut mock)), mock.calls)
}

fn good() -> String {
    Signer::good().token(HEADER, claims(&[]))
}

/// A good token with another signature, of a number below the modulus.
fn forged() -> String {
    let token = good();
    let signing_input = token.rsplit_once('.').unwrap().0;
    let mut signature = Signer::good().sign(signing_input.as_bytes());
    signature[0] = 0;
    format!("{signing_input}.{}", common::encode(&signature))
}

/// A good token with n in place of its signature.
fn not_below_n() -> String {
    let token = good();
    let signing_input = token.rsplit_once('.').unwrap().0;
    format!("{signing_input}.{}", common::encode(&Signer::good().n()))
}

#[test]
fn a_device_that_works() {
    for (token, expected, calls) in [
        (good(), ACCEPTED, 1),
        (forged(), "invalid_signature", 1),
        (not_below_n(), "invalid_signature", 0),
    ] {
        assert_eq!(on::<true>(works, &keys(), &token), (expected, calls));
        assert_eq!(on::<false>(works, &keys(), &token), (expected, calls));
    }
    // A signature of another length never reaches the device.
    let large = Signer::large().token(HEADER, claims(&[]));
    assert_eq!(on::<true>(works, &keys(), &large), ("invalid_signature", 0));
    // Its policy counts as always.
    let expired = Signer::good().token(HEADER, claims(&[("exp", "1")]));
    assert_eq!(on::<true>(works, &keys(), &expired), ("expired", 1));
}

#[test]
fn a_device_that_reports_a_fault() {
    for (behaviour, code) in FAULTS {
        for token in [good(), forged()] {
            assert_eq!(on::<true>(behaviour, &keys(), &token), (code, 1));
            assert_eq!(on::<false>(behaviour, &keys(), &token), (code, 1));
        }
    }
    let unsupported: Behaviour = |_, _, _| Err(AcceleratorError::Unsupported);
    assert_eq!(on::<true>(unsupported, &keys(), &good()), (ACCEPTED, 1));
    assert_eq!(on::<true>(unsupported, &keys(), &forged()), ("invalid_signature", 1));
    assert_eq!(
        on::<false>(unsupported, &keys(), &good()),
        ("accelerator_unsupported", 1)
    );
}

#[test]
fn a_device_that_gives_garbage() {
    for behaviour in GARBAGE {
        assert_eq!(on::<true>(behaviour, &keys(), &good()), ("accelerator_wrong_result", 1));
        assert_eq!(on::<true>(behaviour, &keys(), &forged()), ("invalid_signature", 1));
        // Without software nobody can tell; it is not accepted, that is all.
        assert_eq!(on::<false>(behaviour, &keys(), &good()), ("invalid_signature", 1));
    }
}

#[test]
fn a_number_that_is_not_below_the_modulus_is_the_fault_of_the_device() {
    for behaviour in TOO_LARGE {
        for token in [good(), forged()] {
            assert_eq!(on::<true>(behaviour, &keys(), &token), ("accelerator_wrong_result", 1));
            assert_eq!(on::<false>(behaviour, &keys(), &token), ("accelerator_wrong_result", 1));
        }
    }
}

#[test]
fn keys_of_one_kid_are_asked_in_order() {
    let kid = format!(r#""kid":"{KID}""#);
    let keys = key_set(&[
        Signer::other().jwk(&kid),
        Signer::large().jwk(&kid),
        Signer::good().jwk(&kid),
    ]);
    // The second key has another length, so the device is not asked for it.
    let (accepted, calls) = on::<true>(works, &keys, &good());
    assert_eq!(accepted, ACCEPTED);
    assert!(
        calls == 1 || calls == 2,
        "{calls}: a signature may happen not to be below the other modulus"
    );
    let (verdict, calls) = on::<true>(|_, _, _| Err(AcceleratorError::TimedOut), &keys, &good());
    assert_eq!(
        (verdict, calls),
        ("accelerator_timed_out", 1),
        "the first fault ends it"
    );
}

#[test]
fn software_is_a_device() {
    for token in [good(), forged(), not_below_n()] {
        let keys = keys();
        let verifier = Verifier::new(&keys, &POLICY);
        let mut buf = vec![0; 4096];
        let on_software = verdict(verifier.prepare(&token, &mut buf).unwrap().verify_on(&mut Software));
        let mut buf = vec![0; 4096];
        let plain = verdict(
            verifier
                .prepare(&token, &mut buf)
                .unwrap()
                .verify()
                .map_err(Error::from),
        );
        assert_eq!(on_software, plain);
    }
}

/// Begins, lets `device` compute, and finishes.
fn begun(keys: &KeySet<4>, token: &str, device: impl Fn(&BigUint, &BigUint, usize) -> Vec<u8>) -> &'static str {
    let mut buf = vec![0; 4096];
    let pending = Verifier::new(keys, &POLICY).prepare(token, &mut buf).unwrap();
    let begun = match pending.begin() {
        Ok(begun) => begun,
        Err(error) => return Error::from(error).code(),
    };
    let mut n = vec![0; begun.key().modulus_len()];
    assert!(begun.key().write_modulus(&mut n));
    assert_eq!(begun.signature().len(), n.len());
    let (n, s) = (BigUint::from_bytes_be(&n), BigUint::from_bytes_be(begun.signature()));
    let power = s.modpow(&BigUint::from(begun.key().exponent()), &n);
    let em = device(&power, &n, begun.key().modulus_len());
    verdict(begun.finish(&em))
}

#[test]
fn a_device_that_answers_later() {
    let works = |power: &BigUint, _: &BigUint, k| common::signer::octets(power, k);
    assert_eq!(begun(&keys(), &good(), works), ACCEPTED);
    assert_eq!(begun(&keys(), &forged(), works), "invalid_signature");
    assert_eq!(begun(&keys(), &not_below_n(), works), "invalid_signature");
    let large = Signer::large().token(HEADER, claims(&[]));
    assert_eq!(begun(&keys(), &large, works), "invalid_signature");

    let kid = format!(r#""kid":"{KID}""#);
    let several = key_set(&[
        Signer::other().jwk(&kid),
        Signer::large().jwk(&kid),
        Signer::good().jwk(&kid),
    ]);
    assert_eq!(begun(&several, &good(), works), ACCEPTED);
    assert_eq!(begun(&several, &forged(), works), "invalid_signature");
}

/// An answer of a device that answers later: of a power, a modulus and its length.
type Answer = fn(&BigUint, &BigUint, usize) -> Vec<u8>;

#[test]
fn a_device_that_answers_garbage_later() {
    let garbage: [Answer; 6] = [
        |_, _, k| vec![0; k],
        |_, n, k| common::signer::octets(&(n - 1_u32), k),
        |power, _, k| common::signer::octets(&(power + 1_u32), k),
        |power, _, k| common::signer::octets(&(power >> 8_usize), k),
        |_, _, k| encoding(k, b"another token"),
        |power, _, k| {
            let mut octets = common::signer::octets(power, k);
            octets[128..].fill(0);
            octets
        },
    ];
    for device in garbage {
        assert_eq!(begun(&keys(), &good(), device), "accelerator_wrong_result");
        assert_eq!(begun(&keys(), &forged(), device), "invalid_signature");
    }
    // No power is one of these, so nothing is learnt of the token.
    let impossible: [Answer; 6] = [
        |_, _, k| vec![0xff; k],
        |_, n, k| common::signer::octets(n, k),
        |_, _, _| Vec::new(),
        |power, _, k| common::signer::octets(power, k + 1),
        |power, _, k| common::signer::octets(power, k)[1..].to_vec(),
        |power, _, k| [common::signer::octets(power, k), vec![0]].concat(),
    ];
    for device in impossible {
        assert_eq!(begun(&keys(), &good(), device), "accelerator_wrong_result");
        assert_eq!(begun(&keys(), &forged(), device), "accelerator_wrong_result");
    }
}

#[test]
fn a_fault_is_ours() {
    for error in [
        AcceleratorError::Failed,
        AcceleratorError::TimedOut,
        AcceleratorError::Unsupported,
        AcceleratorError::WrongResult,
    ] {
        let error = Error::from(error);
        assert_eq!(error.http_status(), 503);
        assert_eq!(error.challenge(), None);
        assert!(!error.key_refresh_could_help());
    }
}

/// What peripherals want of a key, against big integers.
#[test]
fn words_of_a_key() {
    for signer in [Signer::good(), Signer::large(), Signer::odd()] {
        let key = signer.public();
        let shortest = signer.k().div_ceil(4);
        for len in [shortest, shortest + 1, 128] {
            let number = |words: &[u32]| {
                let octets: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                BigUint::from_bytes_le(&octets)
            };
            let mut words = vec![0xaaaa_aaaa; len];
            assert!(key.write_modulus_words(&mut words));
            assert_eq!(&number(&words), signer.modulus());
            assert_eq!(words[0].wrapping_mul(key.negative_inverse_word()), u32::MAX);
            assert!(key.write_rr_words(&mut words));
            let rr = (BigUint::from(1_u32) << (64 * len)) % signer.modulus();
            assert_eq!(number(&words), rr);
        }
        let mut short = vec![0xaaaa_aaaa; shortest - 1];
        assert!(!key.write_modulus_words(&mut short));
        assert!(!key.write_rr_words(&mut short));
        assert!(short.iter().all(|&word| word == 0xaaaa_aaaa));
    }
}
