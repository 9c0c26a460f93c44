// SPDX-License-Identifier: MIT OR Apache-2.0

//! rs256 itself. Names begin with `rs256`, which colours the bars.

use crate::candidates::{Signatures, TokensOf, VerifySignature, VerifyToken, base64url, now};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES, Signed, Tokens};
use crate::measure::Candidate;
use rs256::cache::VerifiedCache;
use rs256::{Claims, Issuer, KeySet, NumericDate, Policy, PreparedKey, Rsa4096, RsaPublicKey, Verifier};
use std::cell::RefCell;
use std::hint::black_box;

static POLICY: Policy<'static> = Policy::new(Issuer::exact(ISSUER), &[AUDIENCE]);

/// One signature at a time, with each backend that this build and this machine have for the key.
pub fn one_at_a_time(key: &PublicKey) -> Vec<Signatures> {
    let mut rows: Vec<Signatures> = vec![("rs256", signatures)];
    if prepare_avx2(key).is_some() {
        rows.push(("rs256, avx2", avx2));
    } else {
        eprintln!("!! SKIPPED: rs256, avx2: another backend is forced, or the machine has no AVX2");
    }
    rows.push(("rs256, portable64", portable));
    rows
}

/// One token at a time.
pub const TOKENS: &[TokensOf] = &[("rs256", tokens), ("rs256, cache hit", tokens_seen_before)];

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = RsaPublicKey::<Rsa4096>::from_be_bytes(&key.n, &key.e).unwrap();
    let key = PreparedKey::new(&key);
    Box::new(move |message, signature| key.verify_rs256(message, signature).is_ok())
}

/// As a machine with AVX2 and without AVX-512 IFMA does it.
fn avx2(key: &PublicKey) -> VerifySignature {
    let key = prepare_avx2(key).expect("AVX2");
    Box::new(move |message, signature| key.verify_rs256(message, signature).is_ok())
}

fn prepare_avx2(key: &PublicKey) -> Option<PreparedKey<Rsa4096>> {
    let key = RsaPublicKey::<Rsa4096>::from_be_bytes(&key.n, &key.e).unwrap();
    rs256::internals::backend::prepare_avx2(&key)
}

/// As a machine without vector code does it.
fn portable(key: &PublicKey) -> VerifySignature {
    let key = RsaPublicKey::<Rsa4096>::from_be_bytes(&key.n, &key.e).unwrap();
    let key = rs256::internals::backend::prepare_portable(&key);
    Box::new(move |message, signature| key.verify_rs256(message, signature).is_ok())
}

/// With a set of four keys, as Entra publishes it; the peers' one key needs no looking up.
fn tokens(key: &PublicKey) -> VerifyToken {
    let keys = key_set(key);
    let buffer = RefCell::new([0; 2048]);
    Box::new(move |token| {
        let buffer = &mut *buffer.borrow_mut();
        let now = NumericDate::from_secs(now());
        let token = Verifier::new(&keys, &POLICY).verify(token, now, buffer);
        token.is_ok_and(|token| reads_claims(token.claims()))
    })
}

/// Everything but the RSA operation, which the cache has seen to.
fn tokens_seen_before(key: &PublicKey) -> VerifyToken {
    let keys = key_set(key);
    let memory = RefCell::new(([0; 2048], VerifiedCache::<1024>::new()));
    Box::new(move |token| {
        let (buffer, cache) = &mut *memory.borrow_mut();
        let now = NumericDate::from_secs(now());
        let Ok(pending) = Verifier::new(&keys, &POLICY).prepare(token, buffer) else {
            return false;
        };
        let verified = cache.verify(pending).ok();
        verified.is_some_and(|verified| verified.accept(now).is_ok_and(|token| reads_claims(token.claims())))
    })
}

fn key_set(key: &PublicKey) -> KeySet<8> {
    let mut keys = KeySet::new();
    keys.replace_from_jwk_set(key.jwk_set.as_bytes()).unwrap();
    keys
}

/// Eight signatures at a time.
pub fn batch(signed: &Signed) -> Vec<Candidate<'_>> {
    let Signed {
        key,
        message,
        signature,
        ..
    } = signed;
    let key = PreparedKey::new(&RsaPublicKey::<Rsa4096>::from_be_bytes(&key.n, &key.e).unwrap());
    let verify =
        move |signatures: [&[u8]; 8]| rs256::internals::verify_eight(&key, [black_box(message); 8], signatures);
    for bad in 0..8 {
        let mut flipped = signature.clone();
        flipped[bad] ^= 1;
        let mut signatures = [&signature[..]; 8];
        signatures[bad] = &flipped;
        let verdicts = verify(signatures);
        assert!(
            (0..8).all(|i| verdicts[i] == (i != bad)),
            "bad signature at place {bad}: {verdicts:?}"
        );
    }
    vec![Candidate {
        name: "rs256, eight at once".into(),
        per_run: 8,
        run: Box::new(move || verify([black_box(&signature[..]); 8]) == [true; 8]),
    }]
}

/// Eight tokens at a time.
pub fn token_batch(tokens: &Tokens) -> Vec<Candidate<'_>> {
    let keys = key_set(&tokens.key);
    let mut buffers = [[0; 2048]; 8];
    let mut verify = move |tokens: [&str; 8]| verify_tokens(&keys, tokens, &mut buffers);
    for bad in 0..8 {
        let mut mixed = [&tokens.good[..]; 8];
        mixed[bad] = &tokens.bad[bad % 7].1; // the eighth is malformed and never gets this far
        let verdicts = verify(mixed);
        assert!(
            (0..8).all(|i| verdicts[i] == (i != bad)),
            "bad token at place {bad}: {verdicts:?}"
        );
    }
    vec![Candidate {
        name: "rs256, eight at once".into(),
        per_run: 8,
        run: Box::new(move || verify([black_box(&tokens.good); 8]) == [true; 8]),
    }]
}

fn verify_tokens(keys: &KeySet<8>, tokens: [&str; 8], buffers: &mut [[u8; 2048]; 8]) -> [bool; 8] {
    let now = NumericDate::from_secs(now());
    let verifier = Verifier::new(keys, &POLICY);
    let mut tokens = tokens.into_iter();
    let mut pending = buffers.each_mut().map(|buffer| {
        let token = tokens.next().unwrap();
        verifier.prepare(token, buffer).unwrap() // nothing here is malformed
    });
    rs256::batch::verify(&mut pending);
    pending.map(|token| {
        let verified = token.verify().ok();
        verified.is_some_and(|verified| verified.accept(now).is_ok_and(|token| reads_claims(token.claims())))
    })
}

fn reads_claims(claims: &Claims<'_>) -> bool {
    let roles = black_box(claims)
        .strings("roles")
        .map_or(0, |roles| roles.iter().count());
    ["tid", "oid"].iter().all(|name| claims.get(name).is_some()) && roles == ROLES
}

/// The decoder of one segment.
pub fn base64url(tokens: &Tokens) -> Vec<Candidate<'_>> {
    vec![base64url::candidate(
        "rs256",
        |text, buffer| {
            rs256::internals::decode_base64url(text, buffer)
                .ok()
                .map(|octets| octets.len())
        },
        &tokens.payload_base64url,
        &tokens.payload,
    )]
}

/// The claims scan: registered claims found, duplicates refused, UTF-8 checked.
pub fn json(tokens: &Tokens) -> Vec<Candidate<'_>> {
    let mut payload = tokens.payload.clone(); // the scan may write, but finds no escape to replace here
    vec![Candidate::new("rs256, whole document, strict", move || {
        rs256::internals::with_claims(black_box(&mut payload), |claims| black_box(claims).subject().is_some())
            .is_ok_and(|has_subject| has_subject)
    })]
}
