// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every error, produced by the input that it is about: its text, its code for metrics, what a server answers, and
//! whether fetching the keys again could help.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod rows;

use std::collections::HashSet;
use std::error::Error as _;
use std::fmt::Debug;

use common::setting::{AUDIENCE, HEADER, ISSUER, NOW, POLICY, claims, jwk_set, key_set, keys};
use common::signer::Signer;
use common::{encode, read};
use rs256::rotation::Rotation;
use rs256::{
    Check, Claims, CompactJws, Error, Issuer, KeyFileError, KeySet, LoadError, NumericDate, Policy, PolicyError,
    ProviderClaim, RegisteredClaim, Revocation, Rsa2048, RsaPublicKey, TokenView, Verifier, bearer,
};

/// What [`POLICY`] answers to a token.
fn refused(token: impl AsRef<[u8]>) -> Error {
    refused_by(&POLICY, &keys(), token)
}

fn refused_by(policy: &(dyn Check + Sync), keys: &KeySet<4>, token: impl AsRef<[u8]>) -> Error {
    let mut buf = vec![0; 1 << 16];
    let refused = Verifier::new(keys, policy).verify(token.as_ref(), NumericDate::from_secs(NOW), &mut buf);
    refused.map(|_| ()).unwrap_err()
}

/// What keys answer that were never fetched.
fn stale(token: impl AsRef<[u8]>) -> Error {
    let keys = keys();
    let now = NumericDate::from_secs(NOW);
    let stale = Rotation::new(0).while_fresh(&keys, now);
    let mut buf = [0; 2048];
    let refused = Verifier::new(stale, &POLICY).verify(token.as_ref(), now, &mut buf);
    refused.map(|_| ()).unwrap_err()
}

fn header(header: &str) -> Error {
    refused(Signer::good().token(header, claims(&[])))
}

fn payload(payload: &str) -> Error {
    refused(Signer::good().token(HEADER, payload))
}

fn claim(name: &str, value: &str) -> Error {
    payload(&claims(&[(name, value)]))
}

fn by(policy: &Policy<'static>, changes: &[(&str, &str)]) -> Error {
    refused_by(policy, &keys(), Signer::good().token(HEADER, claims(changes)))
}

/// A check that refuses with one error.
struct Refusing(PolicyError);

impl Check for Refusing {
    fn check(&self, _: &TokenView<'_, '_>, _: NumericDate) -> Result<(), PolicyError> {
        Err(self.0)
    }
}

fn own(error: PolicyError) -> Error {
    refused_by(&Refusing(error), &keys(), Signer::good().token(HEADER, claims(&[])))
}

struct Everybody;

impl Revocation for Everybody {
    fn is_revoked(&self, _: &Claims<'_>) -> bool {
        true
    }
}

fn revoked() -> Error {
    let (keys, mut buf) = (keys(), [0; 2048]);
    let token = Signer::good().token(HEADER, claims(&[]));
    let token = Verifier::new(&keys, &POLICY).verify(&token, NumericDate::from_secs(NOW), &mut buf);
    token.unwrap().unless_revoked(&Everybody).unwrap_err().into()
}

fn members(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|i| format!("\"{i}\":0")).collect();
    members.join(",")
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Codes for what no token can cause: each part of a token is shorter than the longest JSON text.
const UNREACHABLE: [&str; 2] = ["header_json_too_long", "claims_json_too_long"];

#[test]
fn every_error_answers_as_pinned() {
    for (error, code, text, status, challenge, refresh) in rows::rows() {
        assert_eq!(error.code(), code);
        assert_eq!(error.to_string(), text, "{code}");
        assert_eq!(error.http_status(), status, "{code}");
        assert_eq!(error.challenge(), challenge, "{code}");
        assert_eq!(error.key_refresh_could_help(), refresh, "{code}");
        // The stage's own error is the source, says the same, and has none.
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), text, "{code}");
        assert!(source.source().is_none(), "{code}");
        // A server's own fault is no challenge, and a challenge is no server's fault.
        assert_eq!(challenge.is_some(), matches!(status, 400 | 401 | 403), "{code}");
    }
}

#[test]
fn codes_are_all_here_and_each_is_one_errors_own() {
    let rows = rows::rows();
    let codes: HashSet<&str> = rows.iter().map(|row| row.1).collect();
    let errors: HashSet<Error> = rows.iter().map(|row| row.0).collect();
    assert_eq!((codes.len(), errors.len()), (rows.len(), rows.len()));
    for code in &codes {
        assert!(
            code.bytes()
                .all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'_')),
            "{code}"
        );
    }
    // Every code in the sources, so that a new one needs a row.
    let mut listed = codes.clone();
    listed.extend(UNREACHABLE);
    listed.remove("mine");
    let names = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    let mut found = HashSet::new();
    for file in ["src/error.rs", "src/error/token.rs", "src/error/claims.rs"] {
        let source: &str = common::text(file).leak();
        let source = source.split_once("#[cfg(test)]").map_or(source, |(before, _)| before);
        for (_, rest) in source
            .match_indices("=> \"")
            .map(|(at, arrow)| source.split_at(at + arrow.len()))
        {
            let (literal, _) = rest.split_once('"').unwrap();
            let is_code = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_';
            if literal.bytes().all(is_code) {
                found.insert(literal);
            }
        }
    }
    // Texts of one word, and the names of claims, have the same look.
    found.retain(|literal| !names.contains(literal));
    assert_eq!(found, listed);
}

/// What is wrong first in the text is what the error is about, whatever follows.
#[test]
fn the_first_part_at_fault_is_named() {
    let (header, payload, signature) = (
        encode(HEADER.as_bytes()),
        encode(claims(&[]).as_bytes()),
        encode(&[0; 256]),
    );
    let none = encode(HEADER.replace("RS256", "none").as_bytes());
    for (token, code) in [
        (format!("{none}.!!!!.!!!!"), "algorithm"),
        (format!("{}.!!!!.!!!!", encode(b"{")), "header_syntax"),
        (format!("!!!!.{}.{signature}", encode(b"{")), "base64url"),
        (format!("{header}.!!!!.{}", encode(&[0; 4096])), "base64url"),
        (
            format!("{header}.{payload}.{}", encode(&[0; 4096])),
            "invalid_signature",
        ),
        (format!("{header}.{}.{signature}", encode(b"{")), "invalid_signature"),
    ] {
        assert_eq!(refused(&token).code(), code, "{token}");
    }
}

#[test]
fn errors_are_small() {
    assert!(size_of::<Error>() <= 24);
    assert!(size_of::<PolicyError>() <= 24);
    assert!(size_of::<Result<(), rs256::InvalidSignature>>() <= 1);
}

#[test]
fn reasons_why_a_key_set_was_refused() {
    let load = |set: &str| {
        KeySet::<1>::new()
            .replace_from_jwk_set(set.as_bytes())
            .unwrap_err()
            .to_string()
    };
    let good = Signer::good();
    let long = " ".repeat((1 << 20) + 1);
    let odd = jwk_set(&[
        r#"{"kty":"EC"}"#.to_owned(),
        r#"{"kty":"EC"}"#.to_owned(),
        good.jwk(r#""use":"enc""#),
        good.jwk(r#""key_ops":[]"#),
        good.jwk(r#""alg":"PS256""#),
        "1".to_owned(),
        r#"{"a":1,"a":1}"#.to_owned(),
        "{}".to_owned(),
        good.jwk(r#""kid":1"#),
        good.jwk(&format!(r#""kid":"{}""#, "a".repeat(97))),
        r#"{"kty":"RSA","n":"=","e":"AQAB"}"#.to_owned(),
        Signer::weak().jwk(""),
    ]);
    for (set, expected) in [
        (long.as_str(), "expected a JWK Set of at most 1048576 octets"),
        ("", "JWK Set: expected JSON, found a syntax error at octet 0"),
        ("{}", "expected a JWK Set with an array `keys`"),
        (r#"{"keys":1}"#, "expected a JWK Set with an array `keys`"),
        (
            &jwk_set(&[good.jwk(""), good.jwk("")]),
            "expected a key set with room for 2 keys",
        ),
        (r#"{"keys":[]}"#, "expected a JWK Set with at least one usable key"),
        (
            &odd,
            "expected a JWK Set with at least one usable key; 2 × not an RSA key; 1 × not a key for signatures; \
             1 × not a key for verifying; 1 × a key for another algorithm; 1 × expected a JSON object for each key; \
             1 × duplicate member name in a JSON object at octet 7; 1 × expected the members `kty`, `n` and `e`; \
             1 × a member of the key has the wrong type; 1 × a member of the key is too long; \
             1 × expected base64url for `n` and `e`; 1 × expected a modulus of at least 2048 bits",
        ),
    ] {
        assert_eq!(load(set), expected);
    }
}

#[test]
fn reasons_why_a_key_was_refused() {
    let mut even = Signer::good().n();
    even[255] ^= 1;
    let key = |n: &[u8], e: &[u8]| RsaPublicKey::<Rsa2048>::from_be_bytes(n, e).unwrap_err().to_string();
    let good = Signer::good().n();
    assert_eq!(
        key(&Signer::weak().n(), &[3]),
        "expected a modulus of at least 2048 bits"
    );
    assert_eq!(
        key(&Signer::large().n(), &[3]),
        "expected a modulus that fits the key type"
    );
    assert_eq!(key(&even, &[3]), "expected an odd modulus");
    assert_eq!(key(&good, &[2]), "expected an odd public exponent from 3 to below 2^33");

    let der = read("tests/data/keys/spki.der");
    let from_der = |der: &[u8]| RsaPublicKey::<Rsa2048>::from_spki_der(der).unwrap_err();
    let pss = read("tests/data/keys/pss-spki.der");
    for (error, expected) in [
        (from_der(&der[1..]), "expected the DER of an RSA public key"),
        (
            from_der(&[&der[..], b"x"].concat()),
            "expected nothing after the DER structure",
        ),
        (
            from_der(&pss),
            "expected the algorithm rsaEncryption with NULL parameters",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
        assert!(matches!(error, KeyFileError::Der(_)));
    }
    let pem = |name: &str, len: usize| {
        let file = read(&format!("tests/data/keys/{name}.pem"));
        RsaPublicKey::<Rsa2048>::from_pem(&file, &mut vec![0; len])
            .unwrap_err()
            .to_string()
    };
    for (found, expected) in [
        (
            pem("certificate-text", 4096),
            "expected one PEM block and no other text",
        ),
        (
            pem("request", 4096),
            "expected the PEM label PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE",
        ),
        (
            pem("private-pkcs8", 4096),
            "expected a public key, found the PEM label of a private key",
        ),
        (pem("chain", 4096), "expected one PEM block, found a second"),
        (pem("spki", 100), "expected a larger buffer for the decoded PEM block"),
        (
            pem("ec-spki", 4096),
            "expected the algorithm rsaEncryption with NULL parameters",
        ),
        (pem("spki-4096", 4096), "expected a modulus that fits the key type"),
    ] {
        assert_eq!(found, expected);
    }
    let broken = b"-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----";
    let error = RsaPublicKey::<Rsa2048>::from_pem(broken, &mut []).unwrap_err();
    assert_eq!(error.to_string(), "expected canonical base64 in lines of 64 characters");
}

/// What must not be found in anything that is printed.
const MARKER: &str = "MARKERmarker7f3a";

/// Everything that can be printed about a value, in every way.
fn assert_silent(value: &impl Debug, display: &str) {
    for text in [format!("{value:?}"), format!("{value:#?}"), display.to_owned()] {
        assert!(!text.contains(MARKER) && !text.contains("marker"), "{text}");
        // nor as octets
        assert!(!text.contains("77, 65, 82") && !text.contains("4d4152"), "{text}");
    }
}

#[test]
fn no_error_repeats_what_a_token_says() {
    let marker = format!("\"{MARKER}\"");
    let mut errors = Vec::new();
    // In the header: as each member's value, and as a name, before and behind each fault.
    for name in ["alg", "kid", "typ", "cty", "x5t", "crit", "b64", "jwk", "zip", MARKER] {
        for value in [
            &marker,
            &format!("[{marker}]"),
            &format!("{{{marker}:{marker}}}"),
            MARKER,
        ] {
            for rest in [
                "",
                r#","alg":"RS256""#,
                r#","kid":"k1","alg":"RS256""#,
                r#","a":1,"a":1"#,
                "x",
            ] {
                errors.push(refused_or_none(
                    &Signer::good().token(&format!(r#"{{"{name}":{value}{rest}}}"#), claims(&[("sub", &marker)])),
                ));
            }
        }
    }
    // In the claims.
    for name in ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "x", MARKER] {
        for value in [
            &marker,
            &format!("[{marker},1]"),
            &format!("{{{marker}:{marker}}}"),
            MARKER,
            "1e9",
        ] {
            for more in [
                ("y", "1"),
                ("y", "]"),
                ("\\u0069ss", "1"),
                (MARKER, "1"),
                ("nbf", "9e9"),
            ] {
                let payload = claims(&[(name, value), more]);
                errors.push(refused_or_none(&Signer::good().token(HEADER, payload)));
            }
        }
    }
    // As the token itself, and as the field that carries it.
    for text in [
        MARKER,
        "a.b.MARKERmarker7f3a",
        "MARKERmarker7f3a.MARKERmarker7f3a.MARKERmarker7f3a",
    ] {
        errors.push(refused_or_none(text));
        for field in [
            format!("Basic {text}"),
            format!("Bearer {text} {text}"),
            format!("{text}="),
        ] {
            errors.push(Some(Error::from(bearer(field.as_bytes()).unwrap_err())));
        }
    }
    let errors: Vec<Error> = errors.into_iter().flatten().collect();
    assert!(errors.len() > 350, "{}", errors.len());
    for error in errors {
        assert_silent(&error, &error.to_string());
        assert!(!error.code().contains(MARKER) && !error.challenge().unwrap_or_default().contains(MARKER));
    }
}

fn refused_or_none(token: &str) -> Option<Error> {
    let (keys, mut buf) = (keys(), vec![0; 1 << 14]);
    let verdict = Verifier::new(&keys, &POLICY).verify(token, NumericDate::from_secs(NOW), &mut buf);
    verdict.err()
}

#[test]
fn nothing_of_a_token_is_printed_by_debug() {
    let marker = format!("\"{MARKER}\"");
    let policy = Policy::new(Issuer::exact(ISSUER), &[AUDIENCE]);
    let keys = KeySet::<1>::pinned(&Signer::good().public());
    let verifier = Verifier::new(&keys, &policy);
    let header = format!(r#"{{"alg":"RS256","kid":{marker},"typ":{marker},"x5t":{marker},"nonce":{marker}}}"#);
    let changes = [
        ("sub", marker.as_str()),
        ("jti", &marker),
        ("x", r#"["MARKERmarker7f3a",{"MARKERmarker7f3a":0}]"#),
    ];
    let token = Signer::good().token(&header, claims(&changes));
    let mut buf = [0; 2048];
    assert_silent(&CompactJws::parse(token.as_bytes()).unwrap(), "");
    let pending = verifier.prepare(&token, &mut buf).unwrap();
    assert_silent(&pending, "");
    assert_silent(pending.unverified_header(), "");
    let verified = pending.verify().unwrap();
    assert_silent(&verified, "");
    let accepted = verified.accept(NumericDate::from_secs(NOW)).unwrap();
    assert_silent(&accepted, "");
    assert_silent(accepted.claims(), "");
    assert_silent(&accepted.claims().subject(), "");
    for claim in accepted.claims().iter() {
        assert_silent(&claim, "");
    }
    // Nor is anything of a refused key set, beyond what its keys are called once they are accepted.
    let set = jwk_set(&[format!(r#"{{"kty":{marker},"kid":{marker},{marker}:{marker}}}"#)]);
    for set in [set.clone(), set.replace("}]}", "}]"), set.replace("\"keys\"", &marker)] {
        let error: LoadError = KeySet::<1>::new().replace_from_jwk_set(set.as_bytes()).unwrap_err();
        assert_silent(&error, &error.to_string());
    }
    let pem = format!("-----BEGIN {MARKER}-----\n{MARKER}\n-----END {MARKER}-----\n");
    let error = RsaPublicKey::<Rsa2048>::from_pem(pem.as_bytes(), &mut [0; 64]).unwrap_err();
    assert_silent(&error, &error.to_string());
}

/// Firmware that logs by defmt can log every error.
#[cfg(feature = "defmt")]
const _: () = {
    const fn is_format<T: defmt::Format>() {}
    is_format::<Error>();
    is_format::<rs256::accelerator::AcceleratorError>();
    is_format::<rs256::discovery::DiscoveryError>();
    is_format::<rs256::rotation::AnswerError>();
    is_format::<KeyFileError>();
    is_format::<LoadError>();
};
