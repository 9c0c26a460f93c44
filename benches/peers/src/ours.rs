// SPDX-License-Identifier: MIT OR Apache-2.0

//! rs256 itself. Names begin with `rs256`, which colours the bars.

use crate::candidates::{Signatures, TokensOf, VerifySignature, VerifyToken, base64url, now};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES, Signed, Tokens};
use crate::measure::Candidate;
use rs256::{Issuer, KeySet, NumericDate, Policy, PreparedKey, Rsa4096, RsaPublicKey, Verifier};
use std::cell::RefCell;
use std::hint::black_box;

static POLICY: Policy<'static> = Policy::new(Issuer::exact(ISSUER), &[AUDIENCE]);

/// One signature at a time.
pub const SIGNATURES: &[Signatures] = &[("rs256", signatures)];

/// One token at a time.
pub const TOKENS: &[TokensOf] = &[("rs256", tokens)];

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = RsaPublicKey::<Rsa4096>::from_be_bytes(&key.n, &key.e).unwrap();
    let key = PreparedKey::new(&key);
    Box::new(move |message, signature| key.verify_rs256(message, signature).is_ok())
}

/// With a set of four keys, as Entra publishes it; the peers' one key needs no looking up.
fn tokens(key: &PublicKey) -> VerifyToken {
    let mut keys = KeySet::<8>::new();
    keys.replace_from_jwk_set(key.jwk_set.as_bytes()).unwrap();
    let buffer = RefCell::new([0; 2048]);
    Box::new(move |token| {
        let buffer = &mut *buffer.borrow_mut();
        let now = NumericDate::from_secs(now());
        let Ok(token) = Verifier::new(&keys, &POLICY).verify(token, now, buffer) else {
            return false;
        };
        let claims = black_box(token.claims());
        let roles = claims.strings("roles").map_or(0, |roles| roles.iter().count());
        ["tid", "oid"].iter().all(|name| claims.get(name).is_some()) && roles == ROLES
    })
}

/// Eight signatures at a time.
pub fn batch(_signed: &Signed) -> Vec<Candidate<'_>> {
    vec![]
}

/// Eight tokens at a time.
pub fn token_batch(_tokens: &Tokens) -> Vec<Candidate<'_>> {
    vec![]
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
        rs256::internals::read_claims(black_box(&mut payload)).is_ok_and(|claims| black_box(claims).subject().is_some())
    })]
}
