// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is compared with what, and the examination that each candidate passes before it is timed.

use crate::candidates::{
    Signatures, TokensOf, aws_lc, base64url, by_hand, graviola, json, jsonwebtoken, jwt_compact, jwt_simple, openssl,
    ring, rsa,
};
use crate::fixtures::{Fixtures, Signed, Tokens};
use crate::measure::{Candidate, Group};
use crate::ours;
use std::hint::black_box;

/// The peers of the RSA rows; `ours` go first.
const SIGNATURES: [Signatures; 6] = [
    aws_lc::SIGNATURES,
    graviola::SIGNATURES,
    openssl::SIGNATURES,
    ring::SIGNATURES,
    rsa::SIGNATURES_010,
    rsa::SIGNATURES_09,
];

/// The peers of the whole-token row.
const TOKENS: [TokensOf; 5] = [
    by_hand::TOKENS,
    jsonwebtoken::AWS_LC,
    jsonwebtoken::RUST_CRYPTO,
    jwt_simple::TOKENS,
    jwt_compact::TOKENS,
];

/// All groups, in the order of the table.
pub fn all(fixtures: &Fixtures) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = fixtures.signed.iter().map(signatures).collect();
    groups.push(tokens(&fixtures.tokens));
    groups.push(base64url(&fixtures.tokens));
    groups.push(json(&fixtures.tokens));
    groups
}

fn signatures(signed: &Signed) -> Group<'_> {
    let title = match signed.bits {
        2048 => "RS256 verify, 1716 octets, RSA-2048",
        3072 => "RS256 verify, 1716 octets, RSA-3072",
        4096 => "RS256 verify, 1716 octets, RSA-4096",
        other => panic!("no title for {other} bits"),
    };
    let mut candidates = Vec::new();
    for (name, prepare) in ours::one_at_a_time(&signed.key).iter().chain(&SIGNATURES) {
        let verify = prepare(&signed.key);
        examine_signatures(name, &verify, signed);
        assert!(
            !prepare(&signed.other_key)(&signed.message, &signed.signature),
            "{name}: another key"
        );
        candidates.push(Candidate::new(*name, move || {
            verify(black_box(&signed.message), black_box(&signed.signature))
        }));
    }
    candidates.extend(ours::batch(signed));
    Group {
        title,
        reference: aws_lc::NAME,
        candidates,
    }
}

fn examine_signatures(name: &str, verify: impl Fn(&[u8], &[u8]) -> bool, signed: &Signed) {
    let Signed { message, signature, .. } = signed;
    assert!(verify(message, signature), "{name} refuses the good signature");
    for place in [0, signature.len() / 2, signature.len() - 1] {
        let mut flipped = signature.clone();
        flipped[place] ^= 1;
        assert!(
            !verify(message, &flipped),
            "{name}: bit flipped in octet {place} of the signature"
        );
    }
    assert!(!verify(message, &signature[1..]), "{name}: short signature");
    assert!(!verify(message, &[]), "{name}: no signature");
    assert!(!verify(&message[1..], signature), "{name}: another message");
    assert!(
        verify(message, signature),
        "{name} refuses the good signature after bad ones"
    );
}

fn tokens(tokens: &Tokens) -> Group<'_> {
    let mut candidates = Vec::new();
    for (name, prepare) in ours::TOKENS.iter().chain(&TOKENS) {
        let verify = prepare(&tokens.key);
        assert!(
            verify(&tokens.good) && verify(&tokens.also_good),
            "{name} refuses a good token"
        );
        for (what, bad) in &tokens.bad {
            assert!(!verify(bad), "{name} accepts a token that it must refuse: {what}");
        }
        assert!(!prepare(&tokens.other_key)(&tokens.good), "{name}: another key");
        candidates.push(Candidate::new(*name, move || verify(black_box(&tokens.good))));
    }
    candidates.extend(ours::token_batch(tokens));
    Group {
        title: "whole Entra token, 2059 characters, RSA-2048",
        reference: jsonwebtoken::NAME,
        candidates,
    }
}

fn base64url(tokens: &Tokens) -> Group<'_> {
    let mut candidates = ours::base64url(tokens);
    candidates.extend(base64url::candidates(&tokens.payload_base64url, &tokens.payload));
    Group {
        title: "base64url decode, 1583 characters",
        reference: base64url::REFERENCE,
        candidates,
    }
}

fn json(tokens: &Tokens) -> Group<'_> {
    let mut candidates = ours::json(tokens);
    candidates.extend(json::candidates(&tokens.payload));
    Group {
        title: "JSON claims, 1187 octets",
        reference: json::REFERENCE,
        candidates,
    }
}
