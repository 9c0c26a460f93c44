// SPDX-License-Identifier: MIT OR Apache-2.0

//! Batches: every verdict is that of the token alone, whatever else is in the batch.

use rs256::{Issuer, KeySet, NumericDate, PendingJws, Policy, Verifier, batch};

const NOW: NumericDate = NumericDate::from_secs(1_760_000_000);

static ENTRA: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);
static SMALL: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"]);

/// The keys of one size and the tokens that they signed.
struct Size {
    keys: KeySet<4>,
    entra: Vec<u8>,
    small: Vec<u8>,
}

fn sizes() -> [Size; 3] {
    macro_rules! size {
        ($bits:literal) => {{
            let mut keys = KeySet::new();
            let jwk_set = include_bytes!(concat!("../benches/data/entra-", $bits, ".jwks.json"));
            keys.replace_from_jwk_set(jwk_set).unwrap();
            let entra = include_bytes!(concat!("../benches/data/entra-", $bits, ".jwt"));
            let small = include_bytes!(concat!("../benches/data/small-", $bits, ".jwt"));
            Size {
                keys,
                entra: entra.trim_ascii_end().to_vec(),
                small: small.trim_ascii_end().to_vec(),
            }
        }};
    }
    [size!("2048"), size!("3072"), size!("4096")]
}

/// `token` with one bit of its signature flipped, in the way that keeps it canonical base64url.
fn spoilt(token: &[u8], place: usize) -> Vec<u8> {
    let mut token = token.to_vec();
    let first = token.iter().rposition(|&octet| octet == b'.').unwrap() + 1;
    let at = first + place % 300;
    token[at] = if token[at] == b'A' { b'B' } else { b'A' };
    token
}

/// Verifies tokens together, and asserts that each verdict is the expected one.
fn assert_verdicts(verifiers: &[Verifier<'_>], cases: &[(usize, Vec<u8>, bool)]) {
    let mut bufs = vec![[0_u8; 2048]; cases.len()];
    let mut pending: Vec<PendingJws<'_, '_, '_>> = cases
        .iter()
        .zip(&mut bufs)
        .map(|((verifier, token, _), buf)| verifiers[*verifier].prepare(token, buf).unwrap())
        .collect();
    batch::verify(&mut pending);
    for (index, (token, (_, _, good))) in pending.into_iter().zip(cases).enumerate() {
        match token.verify() {
            Ok(verified) => {
                assert!(good, "token {index} of {} is bad", cases.len());
                verified.accept(NOW).unwrap();
            }
            Err(_) => assert!(!good, "token {index} of {} is good", cases.len()),
        }
    }
}

#[test]
fn an_empty_batch_is_no_batch() {
    batch::verify::<rs256::Rsa4096>(&mut []);
}

#[test]
fn every_count_and_every_place_of_a_bad_token() {
    let [size, ..] = &sizes();
    let verifiers = [Verifier::new(&size.keys, &ENTRA)];
    for count in (1..=18).chain([31, 32, 33, 64]) {
        for bad in (0..count).chain([usize::MAX]) {
            let cases: Vec<_> = (0..count)
                .map(|index| match index == bad {
                    true => (0, spoilt(&size.entra, index * 7), false),
                    false => (0, size.entra.clone(), true),
                })
                .collect();
            assert_verdicts(&verifiers, &cases);
        }
    }
}

#[test]
fn keys_sizes_and_verdicts_mixed() {
    let sizes = sizes();
    let verifiers: Vec<_> = sizes
        .iter()
        .flat_map(|size| [Verifier::new(&size.keys, &ENTRA), Verifier::new(&size.keys, &SMALL)])
        .collect();
    // A pseudo-random mixture, the same in every run.
    let mut state = 1_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from((state >> 8) % below).unwrap()
    };
    for _ in 0..20 {
        let cases: Vec<_> = (0..next(50))
            .map(|_| {
                let (verifier, good) = (next(6), next(3) > 0);
                let size = &sizes[verifier / 2];
                let token = if verifier % 2 == 0 { &size.entra } else { &size.small };
                (
                    verifier,
                    if good { token.clone() } else { spoilt(token, next(1000)) },
                    good,
                )
            })
            .collect();
        assert_verdicts(&verifiers, &cases);
    }
}

#[test]
fn a_bad_token_with_a_second_key_of_its_kid_is_tried_with_that() {
    // Two keys under one kid: the first is another size's, the second made the signature.
    let [two, three, _] = &sizes();
    let kid_of = |keys: &KeySet<4>| keys.iter().nth(2).unwrap().kid().unwrap().to_owned();
    let text = |bits: &str| std::fs::read_to_string(format!("benches/data/one-{bits}.jwks.json")).unwrap();
    let inner = |bits: &str| {
        let text = text(bits);
        let (from, to) = (text.find('[').unwrap() + 1, text.rfind(']').unwrap());
        text[from..to].to_owned()
    };
    let other = inner("3072").replace(&kid_of(&three.keys), &kid_of(&two.keys));
    let mut keys = KeySet::<4>::new();
    keys.replace_from_jwk_set(format!("{{\"keys\":[{other},{}]}}", inner("2048")).as_bytes())
        .unwrap();
    let verifiers = [Verifier::new(&keys, &ENTRA)];
    let cases: Vec<_> = (0..11)
        .map(|index| match index {
            3 => (0, spoilt(&two.entra, 5), false),
            _ => (0, two.entra.clone(), true),
        })
        .collect();
    assert_verdicts(&verifiers, &cases);
}
