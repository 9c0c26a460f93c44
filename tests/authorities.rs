// SPDX-License-Identifier: MIT OR Apache-2.0

//! Several authorities: no key vouches for another authority's issuer, whatever the kids are.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::encode;
use common::setting::{ACCEPTED, NOW, claims, key_set};
use common::signer::Signer;
use rs256::{Authority, CompactJws, Error, Issuer, KeySet, NumericDate, Policy, PreparedKey, Verifier};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

static POLICY_A: Policy<'static> = Policy::new(Issuer::exact(A), &["api://orders"]);
static POLICY_B: Policy<'static> = Policy::new(Issuer::exact(B), &["api://orders"]);

/// The set of one key under a kid; none if the kid is empty.
fn set_of(signer: &Signer, kid: &str) -> KeySet<4> {
    if kid.is_empty() {
        key_set(&[signer.jwk("")])
    } else {
        key_set(&[signer.jwk(&format!(r#""kid":"{kid}""#))])
    }
}

/// A token by `signer` that names `kid` (none if empty) and claims `issuer`.
fn token(signer: &Signer, kid: &str, issuer: &str) -> String {
    let kid = if kid.is_empty() {
        String::new()
    } else {
        format!(r#","kid":"{kid}""#)
    };
    signer.token(
        &format!(r#"{{"alg":"RS256"{kid}}}"#),
        claims(&[("iss", &format!("\"{issuer}\""))]),
    )
}

fn verdict(authorities: &[Authority<'_>], token: &str) -> &'static str {
    let mut buf = [0; 4096];
    match Verifier::any(authorities).verify(token, NumericDate::from_secs(NOW), &mut buf) {
        Ok(_) => ACCEPTED,
        Err(error) => error.code(),
    }
}

#[test]
fn a_key_vouches_for_its_own_authority_alone() {
    let mut accepted = 0;
    let mut tried = 0;
    for (kid_a, kid_b) in [("a", "b"), ("k", "k"), ("", ""), ("k", "")] {
        let (keys_a, keys_b) = (set_of(Signer::good(), kid_a), set_of(Signer::other(), kid_b));
        let a = Authority::new(&keys_a, &POLICY_A);
        let b = Authority::new(&keys_b, &POLICY_B);
        for authorities in [[a, b], [b, a]] {
            for (signer, own, own_kid) in [(Signer::good(), A, kid_a), (Signer::other(), B, kid_b)] {
                for issuer in [A, B] {
                    for kid in ["a", "b", "k", "", "x"] {
                        // A kid selects by name; without one the only key of each set is tried.
                        let selected = kid.is_empty() || kid == own_kid;
                        let some_key = selected || kid == kid_a || kid == kid_b;
                        let expected = match (some_key, selected) {
                            (false, _) => "unknown_key",
                            (true, false) => "invalid_signature",
                            (true, true) if issuer == own => ACCEPTED,
                            (true, true) => "issuer",
                        };
                        let verdict = verdict(&authorities, &token(signer, kid, issuer));
                        assert_eq!(
                            verdict, expected,
                            "keys {kid_a:?} {kid_b:?}, kid {kid:?}, issuer {issuer}"
                        );
                        accepted += u32::from(verdict == ACCEPTED);
                        tried += 1;
                    }
                }
            }
        }
    }
    assert_eq!((tried, accepted), (4 * 2 * 2 * 2 * 5, 2 * (4 + 4 + 2 + 3)));
}

#[test]
fn a_stranger_vouches_for_nobody() {
    let (keys_a, keys_b) = (set_of(Signer::good(), "k"), set_of(Signer::other(), "k"));
    let authorities = [Authority::new(&keys_a, &POLICY_A), Authority::new(&keys_b, &POLICY_B)];
    for issuer in [A, B] {
        for kid in ["k", ""] {
            let token = token(Signer::e3(), kid, issuer);
            assert_eq!(verdict(&authorities, &token), "invalid_signature");
        }
    }
}

#[test]
fn a_pinned_key_vouches_for_its_own_authority_alone() {
    let (key_a, key_b) = (Signer::good().public(), PreparedKey::new(&Signer::other().public()));
    let pinned = KeySet::<1>::pinned(&Signer::good().public());
    for a in [Authority::new(&key_a, &POLICY_A), Authority::new(&pinned, &POLICY_A)] {
        let b = Authority::new(&key_b, &POLICY_B);
        for authorities in [[a, b], [b, a]] {
            // Whatever the token names.
            for kid in ["", "k", "anything"] {
                for (signer, issuer, expected) in [
                    (Signer::good(), A, ACCEPTED),
                    (Signer::good(), B, "issuer"),
                    (Signer::other(), A, "issuer"),
                    (Signer::other(), B, ACCEPTED),
                    (Signer::e3(), A, "invalid_signature"),
                ] {
                    assert_eq!(verdict(&authorities, &token(signer, kid, issuer)), expected);
                }
            }
        }
    }
}

#[test]
fn keys_of_one_kid_are_tried_in_order_and_the_one_that_verifies_is_named() {
    let jwk = |signer: &Signer| signer.jwk(r#""kid":"k""#);
    let first = key_set(&[jwk(Signer::e3()), jwk(Signer::odd())]);
    let second = key_set(&[jwk(Signer::other()), jwk(Signer::good()), jwk(Signer::large())]);
    let authorities = [Authority::new(&first, &POLICY_A), Authority::new(&second, &POLICY_B)];
    for (signer, own, bits) in [
        (Signer::e3(), A, 2048),
        (Signer::odd(), A, 2050),
        (Signer::other(), B, 2048),
        (Signer::good(), B, 2048),
        (Signer::large(), B, 4096),
    ] {
        for issuer in [A, B] {
            let token = token(signer, "k", issuer);
            let mut buf = [0; 4096];
            let verified = Verifier::any(&authorities)
                .prepare(&token, &mut buf)
                .unwrap()
                .verify()
                .unwrap();
            assert_eq!((verified.key().kid(), verified.key().modulus_bits()), (Some("k"), bits));
            let answer = verified
                .accept(NumericDate::from_secs(NOW))
                .map_or_else(|e| e.code(), |_| ACCEPTED);
            assert_eq!(answer, if issuer == own { ACCEPTED } else { "issuer" });
        }
    }
}

#[test]
fn a_key_that_two_authorities_share_answers_for_the_first() {
    let (keys_a, keys_b) = (set_of(Signer::good(), "k"), set_of(Signer::good(), "k"));
    let (a, b) = (Authority::new(&keys_a, &POLICY_A), Authority::new(&keys_b, &POLICY_B));
    let (for_a, for_b) = (token(Signer::good(), "k", A), token(Signer::good(), "k", B));
    assert_eq!(
        (verdict(&[a, b], &for_a), verdict(&[a, b], &for_b)),
        (ACCEPTED, "issuer")
    );
    assert_eq!(
        (verdict(&[b, a], &for_a), verdict(&[b, a], &for_b)),
        ("issuer", ACCEPTED)
    );
}

#[test]
fn a_policy_that_refuses_the_header_leaves_the_token_to_the_others() {
    let typed = POLICY_A.token_type("at+jwt");
    let (keys_a, keys_b) = (set_of(Signer::good(), "k"), set_of(Signer::other(), "k"));
    let a = Authority::new(&keys_a, &typed);
    let b = Authority::new(&keys_b, &POLICY_B);
    let token = |signer: &Signer, typ: &str, kid: &str, issuer: &str| {
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}","typ":"{typ}"}}"#);
        signer.token(&header, claims(&[("iss", &format!("\"{issuer}\""))]))
    };
    for authorities in [[a, b], [b, a]] {
        for (signer, typ, issuer, expected) in [
            (Signer::good(), "at+jwt", A, ACCEPTED),
            (Signer::other(), "JWT", B, ACCEPTED),
            (Signer::other(), "at+jwt", B, ACCEPTED),
            // A refuses the header, so its key is not tried, and B's did not make the signature
            (Signer::good(), "JWT", A, "invalid_signature"),
        ] {
            assert_eq!(
                verdict(&authorities, &token(signer, typ, "k", issuer)),
                expected,
                "{typ}"
            );
        }
    }
    // Where nobody else has a key of that name, the header's fault is told, before any RSA operation.
    let other_kid = set_of(Signer::other(), "b");
    let b = Authority::new(&other_kid, &POLICY_B);
    for authorities in [[a, b], [b, a]] {
        for signer in [Signer::good(), Signer::e3()] {
            assert_eq!(verdict(&authorities, &token(signer, "JWT", "k", A)), "token_type");
        }
    }
}

#[test]
fn authorities_without_keys() {
    let (empty, keys_b) = (KeySet::<4>::new(), set_of(Signer::other(), "b"));
    let a = Authority::new(&empty, &POLICY_A);
    let b = Authority::new(&keys_b, &POLICY_B);
    for (authorities, kid, expected) in [
        (&[][..], "b", "no_keys"),
        (&[a], "b", "no_keys"),
        (&[a, a], "", "no_keys"),
        (&[a, b], "b", ACCEPTED),
        (&[b, a], "b", ACCEPTED),
        (&[a, b], "", ACCEPTED),
        (&[b, a], "", ACCEPTED),
        // Whether A, of which no keys are known yet, has this one cannot be told: it is no fault of the token's.
        (&[a, b], "a", "no_keys"),
        (&[b, a], "a", "no_keys"),
        (&[b, b], "a", "unknown_key"),
    ] {
        assert_eq!(
            verdict(authorities, &token(Signer::other(), kid, B)),
            expected,
            "{kid:?}"
        );
    }
}

#[test]
fn a_token_that_names_no_key_among_many() {
    let (two, one) = (
        key_set(&[Signer::good().jwk(r#""kid":"1""#), Signer::e3().jwk(r#""kid":"2""#)]),
        set_of(Signer::other(), "3"),
    );
    let a = Authority::new(&two, &POLICY_A);
    let b = Authority::new(&one, &POLICY_B);
    for (authorities, signer, issuer, expected) in [
        (&[a][..], Signer::good(), A, "ambiguous_key"),
        (&[a, a], Signer::good(), A, "ambiguous_key"),
        // the one key of B may have made it, those of A are not guessed
        (&[a, b], Signer::other(), B, ACCEPTED),
        (&[b, a], Signer::other(), B, ACCEPTED),
        (&[a, b], Signer::good(), A, "invalid_signature"),
        (&[b, a], Signer::good(), A, "invalid_signature"),
    ] {
        assert_eq!(verdict(authorities, &token(signer, "", issuer)), expected);
    }
}

/// What stage of the pipeline is wrong about a token; every later one is wrong as well.
const STAGES: [&str; 12] = [
    "segment_count",
    "empty_signature",
    "header_too_long",
    "buffer_too_small",
    "header_syntax",
    "base64url",
    "unknown_key",
    "token_type",
    "invalid_signature",
    "claims_not_an_object",
    "issuer",
    ACCEPTED,
];

#[test]
fn of_several_faults_the_first_stage_is_told() {
    let policy = POLICY_A.token_type("JWT");
    let keys = set_of(Signer::good(), "k");
    let authorities = [Authority::new(&keys, &policy)];
    for (stage, expected) in STAGES.into_iter().enumerate() {
        let wrong = |code: &str| stage <= STAGES.iter().position(|other| *other == code).unwrap();
        let kid = if wrong("unknown_key") { "x" } else { "k" };
        let typ = if wrong("token_type") { "x" } else { "JWT" };
        let comma = if wrong("header_syntax") { "" } else { "," };
        let padding = if wrong("header_too_long") { 9000 } else { 0 };
        let header = format!(r#"{{"alg":"RS256"{comma}"kid":"{kid}","typ":"{typ}"}}{:padding$}"#, "");
        let issuer = if wrong("issuer") {
            "\"x\""
        } else {
            "\"https://a.example\""
        };
        let cut = usize::from(wrong("claims_not_an_object"));
        let claims = claims(&[("iss", issuer)]);
        let payload = encode(&claims.as_bytes()[cut..]);
        let payload = if wrong("base64url") {
            payload.replacen('e', "!", 1)
        } else {
            payload
        };
        let signer = if wrong("invalid_signature") {
            Signer::other()
        } else {
            Signer::good()
        };
        let mut token = signer.seal(&format!("{}.{payload}", encode(header.as_bytes())));
        if wrong("empty_signature") {
            token.truncate(token.rfind('.').unwrap() + 1);
        }
        if wrong("segment_count") {
            token = token.replace('.', "");
        }
        let mut buf = [0; 4096];
        let len = if wrong("buffer_too_small") {
            CompactJws::parse(token.as_bytes()).map_or(0, |jws| jws.buffer_len() - 1)
        } else {
            buf.len()
        };
        let found = Verifier::any(&authorities)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf[..len])
            .map_or_else(|error: Error| error.code(), |_| ACCEPTED);
        assert_eq!(found, expected, "stage {stage}");
    }
}
