// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signatures that are none, and odd JWK Sets.

use rsa::BigUint;

use super::{Cases, good, input};
use crate::common::encode;
use crate::common::setting::{HEADER, claims, jwk_set};
use crate::common::signer::{DIGEST_INFO, Signer, encoded_message, octets, padded, sha256};

/// Signatures that are none.
pub(super) fn signatures(cases: &mut Cases) {
    let signer = Signer::good();
    let (input, k) = (input(), signer.k());
    let right = signer.sign(input.as_bytes());
    let flip = |at: usize| {
        let mut octets = right.clone();
        octets[at] ^= 1;
        octets
    };
    cases.signature("first-bit", &flip(0));
    cases.signature("last-bit", &flip(k - 1));
    cases.signature("cut", &right[..k - 1]);
    cases.signature("octet-behind", &[&right[..], &[0]].concat());
    cases.signature("zero-before", &[&[0], &right[..]].concat());
    cases.signature("one-octet", &[1]);
    cases.signature("zeros", &vec![0; k]);
    cases.signature("ones", &vec![0xff; k]);
    let mut one = vec![0; k];
    one[k - 1] = 1;
    cases.signature("the-number-one", &one);
    let (n, s) = (signer.modulus(), BigUint::from_bytes_be(&right));
    cases.signature("the-modulus", &signer.n());
    cases.signature("modulus-less-signature", &octets(&(n - &s), k));
    let sum = n + &s;
    let long = sum.bits().div_ceil(8);
    cases.signature("modulus-more", &octets(&sum, long.max(k)));
    cases.signature("reversed", &right.iter().rev().copied().collect::<Vec<_>>());
    cases.signature("by-another-key", &Signer::other().sign(input.as_bytes()));
    cases.signature("of-another-text", &signer.sign(b"another text"));

    // Whoever has the key writes what he likes; only one encoding is the right one.
    let digest = sha256(input.as_bytes());
    cases.signature("bare-digest", &signer.raw(&padded(&digest, k)));
    cases.signature(
        "digest-info-without-null",
        &signer.raw(&padded(
            &[
                &b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20"[..],
                &digest,
            ]
            .concat(),
            k,
        )),
    );
    cases.signature(
        "digest-info-of-sha-512",
        &signer.raw(&padded(
            &[
                &b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x20"[..],
                &digest,
            ]
            .concat(),
            k,
        )),
    );
    let em = encoded_message(input.as_bytes(), k);
    let mut type_2 = em.clone();
    type_2[1] = 2;
    cases.signature("block-type-2", &signer.raw(&type_2));
    let mut zeros = em.clone();
    zeros[2..k - 52].fill(0);
    cases.signature("padded-with-zeros", &signer.raw(&zeros));
    // Eight octets of padding, and what is left over behind the digest.
    let mut short = [&[0x00, 0x01][..], &[0xff; 8], &[0x00], DIGEST_INFO, &digest].concat();
    short.resize(k, 0x00);
    cases.signature("garbage-behind-digest", &signer.raw(&short));
    let parameters = [
        &b"\x30\x33\x30\x0f\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x02\x00\x00\x04\x20"[..],
        &digest,
    ];
    cases.signature("garbage-in-parameters", &signer.raw(&padded(&parameters.concat(), k)));
    let long_form = [
        &b"\x30\x81\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"[..],
        &digest,
    ];
    cases.signature("length-in-long-form", &signer.raw(&padded(&long_form.concat(), k)));
    cases.signature("right", &right);
}

/// Other JWK Sets.
pub(super) fn keys(cases: &mut Cases) {
    let (signer, other) = (Signer::good(), Signer::other());
    let nameless = || signer.token(r#"{"alg":"RS256"}"#, claims(&[]));
    let set = |jwks: &[String]| jwk_set(jwks);
    let with = |members: &str| set(&[signer.jwk(&format!(r#""kid":"k1",{members}"#))]);
    let k1 = signer.jwk(r#""kid":"k1","use":"sig""#);
    for (id, text) in [
        ("use-enc", with(r#""use":"enc""#)),
        ("use-other", with(r#""use":"tls""#)),
        ("use-number", with(r#""use":1"#)),
        ("key-ops-verify", with(r#""key_ops":["verify"]"#)),
        ("key-ops-sign", with(r#""key_ops":["sign"]"#)),
        ("key-ops-empty", with(r#""key_ops":[]"#)),
        ("key-ops-text", with(r#""key_ops":"verify""#)),
        ("alg-rs256", with(r#""alg":"RS256""#)),
        ("alg-rs512", with(r#""alg":"RS512""#)),
        ("alg-ps256", with(r#""alg":"PS256""#)),
        ("alg-rsa-oaep", with(r#""alg":"RSA-OAEP""#)),
        ("alg-unknown", with(r#""alg":"X""#)),
        ("alg-number", with(r#""alg":1"#)),
        ("x5c-number", with(r#""x5c":1"#)),
        ("x5t-number", with(r#""x5t":1"#)),
        (
            "unknown-members",
            with(r#""issuer":"https://issuer.example/{tenantid}","x":[{}]"#),
        ),
        ("member-twice", with(r#""x":1,"x":2"#)),
        ("kid-twice", set(&[signer.jwk(r#""kid":"k2","kid":"k1""#)])),
        ("kid-number", set(&[signer.jwk(r#""kid":1"#)])),
        ("kid-missing", set(&[signer.jwk(r#""use":"sig""#)])),
        ("same-kid-other-first", set(&[other.jwk(r#""kid":"k1""#), k1.clone()])),
        ("same-kid-other-last", set(&[k1.clone(), other.jwk(r#""kid":"k1""#)])),
        (
            "secret-first",
            set(&[r#"{"kty":"oct","kid":"k1","k":"AAAA"}"#.into(), k1.clone()]),
        ),
        (
            "unknown-kty-first",
            set(&[r#"{"kty":"X","kid":"k1"}"#.into(), k1.clone()]),
        ),
        ("no-kty-first", set(&[r#"{"kid":"k1"}"#.into(), k1.clone()])),
        ("number-first", set(&["1".into(), k1.clone()])),
        ("null-first", set(&["null".into(), k1.clone()])),
        (
            "malformed-first",
            set(&[r#"{"kty":"RSA","kid":"k0","n":"!","e":"AQAB"}"#.into(), k1.clone()]),
        ),
        (
            "no-modulus-first",
            set(&[r#"{"kty":"RSA","kid":"k0","e":"AQAB"}"#.into(), k1.clone()]),
        ),
        ("weak-first", set(&[Signer::weak().jwk(r#""kid":"k0""#), k1.clone()])),
        ("modulus-with-zero", set(&[zero_before(signer)])),
        (
            "modulus-padded",
            set(&[signer.jwk(r#""kid":"k1""#).replace("\",\"e\"", "==\",\"e\"")]),
        ),
        (
            "exponent-of-four-octets",
            set(&[signer.jwk(r#""kid":"k1""#).replace("AQAB", "AAEAAQ")]),
        ),
        ("kty-small-letters", set(&[k1.replace("\"RSA\"", "\"rsa\"")])),
        ("no-keys", set(&[])),
        ("keys-twice", format!(r#"{{"keys":[],"keys":[{k1}]}}"#)),
        ("keys-object", format!(r#"{{"keys":{k1}}}"#)),
        ("bare-array", format!("[{k1}]")),
        ("bare-key", k1.clone()),
        ("more-members", format!(r#"{{"x":{{}},"keys":[{k1}],"y":1}}"#)),
        ("comma-behind", format!(r#"{{"keys":[{k1},]}}"#)),
        ("data-behind", format!(r#"{{"keys":[{k1}]}}x"#)),
        ("bom", format!("\u{feff}{{\"keys\":[{k1}]}}")),
    ] {
        cases.add_set(&format!("keys/{id}"), &text, good());
    }
    let k2 = other.jwk(r#""kid":"k2""#);
    for (id, text) in [
        ("token-without-kid-of-two", set(&[k1.clone(), k2.clone()])),
        ("token-and-key-without-kid", set(&[signer.jwk("")])),
        (
            "token-without-kid-beside-enc",
            set(&[k1.clone(), other.jwk(r#""kid":"k2","use":"enc""#)]),
        ),
    ] {
        cases.add_set(&format!("keys/{id}"), &text, nameless());
    }
    let thumbprint = signer.jwk(r#""kid":"k1","x5t":"jeeQ_jeeQ_jeeQ_jeeQ_jeeQ_jw""#);
    let by_x5t = signer.token(r#"{"alg":"RS256","x5t":"jeeQ_jeeQ_jeeQ_jeeQ_jeeQ_jw"}"#, claims(&[]));
    cases.add_set("keys/by-x5t-of-two", &set(&[k2, thumbprint]), by_x5t);
    for (id, key) in [
        ("weak", Signer::weak()),
        ("exponent-3", Signer::e3()),
        ("2050-bits", Signer::odd()),
    ] {
        cases.add_set(
            &format!("keys/{id}"),
            &set(&[key.jwk(r#""kid":"k1""#)]),
            key.token(HEADER, claims(&[])),
        );
    }
}

/// The JWK of a signer with a zero octet before its modulus, which RFC 7518 section 6.3.1.1 forbids and issuers write.
fn zero_before(signer: &Signer) -> String {
    let n = encode(&[&[0], &signer.n()[..]].concat());
    format!(r#"{{"kty":"RSA","kid":"k1","n":"{n}","e":"AQAB"}}"#)
}
