// SPDX-License-Identifier: MIT OR Apache-2.0

//! Headers that made other verifiers choose another algorithm, another key, or no signature at all.
//!
//! Every token here has a good signature by the authority's key unless the test says otherwise: what refuses it is the
//! header.

use crate::common::setting::{ACCEPTED, HEADER, KID, NOW, POLICY, claims, jwk_set, key_set, keys, verdict, verdict_at};
use crate::common::signer::{Signer, sha256};
use crate::common::{encode, read};
use rs256::{KeySet, LoadError, NumericDate, SkipReason, Verifier};

/// The verdict on good claims under a header of `alg`, `kid` and these members.
fn with_members(members: &str) -> &'static str {
    let header = format!(r#"{{"alg":"RS256","kid":"{KID}",{members}}}"#);
    verdict(Signer::good().token(&header, claims(&[])))
}

fn with_header(header: &str) -> &'static str {
    verdict(Signer::good().token(header, claims(&[])))
}

/// HMAC-SHA-256 (RFC 2104), which an attacker would compute with a public key as the secret.
fn hmac(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if secret.len() > 64 {
        block[..32].copy_from_slice(&sha256(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    let inner = [block.map(|octet| octet ^ 0x36).as_slice(), message].concat();
    sha256(&[block.map(|octet| octet ^ 0x5c).as_slice(), &sha256(&inner)].concat())
}

#[test]
fn the_header_of_the_setting_is_accepted() {
    assert_eq!(with_header(HEADER), ACCEPTED);
    // RFC 4231, test case 2, so that the forgeries below are what they claim to be
    assert_eq!(
        hmac(b"Jefe", b"what do ya want for nothing?")[..4],
        [0x5b, 0xdc, 0xc1, 0x46]
    );
}

#[test]
fn cve_2025_59420_every_form_of_crit() {
    for members in [
        r#""crit":["exp"],"exp":1"#,
        r#""crit":["b64"],"b64":true"#,
        r#""crit":["b64"],"b64":false"#,
        r#""crit":["x"]"#,
        r#""crit":["x","x"],"x":1"#,
        r#""crit":["alg"]"#,
        r#""crit":["alg","kid","typ","crit"]"#,
        r#""crit":[]"#,
        r#""crit":[[]]"#,
        r#""crit":[1]"#,
        r#""crit":[""]"#,
        r#""crit":[null]"#,
        r#""crit":"x""#,
        r#""crit":"""#,
        r#""crit":null"#,
        r#""crit":false"#,
        r#""crit":0"#,
        r#""crit":{}"#,
        r#""crit":{"0":"x"}"#,
        r#""\u0063rit":["x"]"#,
    ] {
        assert_eq!(with_members(members), "critical", "{members}");
    }
    assert_eq!(with_members(r#""crit":["x"],"crit":[]"#), "critical");
    // Only the member itself: not its like in another case, not inside another.
    assert_eq!(
        with_members(r#""Crit":["x"],"CRIT":["x"],"x":{"crit":["x"]}"#),
        ACCEPTED
    );
}

#[test]
fn cve_2026_44699_any_other_algorithm_with_an_rsa_key() {
    for alg in [
        r#""HS256""#,
        r#""HS384""#,
        r#""HS512""#,
        r#""RS384""#,
        r#""RS512""#,
        r#""RS1""#,
        r#""PS256""#,
        r#""ES256""#,
        r#""EdDSA""#,
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""""#,
        r#""rs256""#,
        r#""Rs256""#,
        r#""RS256 ""#,
        r#"" RS256""#,
        r#""RS256\u0000""#,
        r#""RS256\n""#,
        r#""RS2561""#,
        r#""RS25""#,
        r#""RSA-OAEP-256""#,
        r#""RSA256""#,
        r#""ＲＳ256""#,
        "null",
        "true",
        "256",
        r#"["RS256"]"#,
        r#"{"RS256":"RS256"}"#,
    ] {
        assert_eq!(
            with_header(&format!(r#"{{"alg":{alg},"kid":"{KID}"}}"#)),
            "algorithm",
            "{alg}"
        );
    }
    for (header, expected) in [
        (r#"{"kid":"k1"}"#, "algorithm"),
        (r#"{"kid":"k1","ALG":"RS256"}"#, "algorithm"),
        (r#"{"kid":"k1","Alg":"RS256"}"#, "algorithm"),
        (r#"{"kid":"k1","x":{"alg":"RS256"}}"#, "algorithm"),
        (r#"{"alg":"none","alg":"RS256","kid":"k1"}"#, "header_duplicate_name"),
        (
            r#"{"alg":"RS256","\u0061lg":"none","kid":"k1"}"#,
            "header_duplicate_name",
        ),
        // The same text in another spelling is the same text.
        (r#"{"\u0061lg":"\u0052S256","kid":"k1"}"#, ACCEPTED),
    ] {
        assert_eq!(with_header(header), expected, "{header}");
    }
}

#[test]
fn cve_2022_29217_the_public_key_as_an_hmac_secret() {
    let jwks = jwk_set(&[Signer::good().jwk(r#""kid":"k1""#)]);
    let pem = read("tests/data/keys/spki.pem");
    let der = read("tests/data/keys/pkcs1.der");
    for secret in [
        &b""[..],
        jwks.as_bytes(),
        &pem,
        pem.trim_ascii(),
        &der,
        &Signer::good().n(),
        encode(&Signer::good().n()).as_bytes(),
    ] {
        for (alg, expected) in [("HS256", "algorithm"), ("RS256", "invalid_signature")] {
            let header = format!(r#"{{"alg":"{alg}","kid":"{KID}"}}"#);
            let input = format!("{}.{}", encode(header.as_bytes()), encode(claims(&[]).as_bytes()));
            let token = format!("{input}.{}", encode(&hmac(secret, input.as_bytes())));
            assert_eq!(verdict(token), expected, "{alg}, secret of {} octets", secret.len());
        }
    }
}

#[test]
fn cve_2026_22817_a_jwk_without_alg_takes_none_from_the_token() {
    let keys = key_set(&[Signer::good().jwk(r#""kid":"k1""#)]);
    for (alg, expected) in [
        ("RS256", ACCEPTED),
        ("PS256", "algorithm"),
        ("RS512", "algorithm"),
        ("HS256", "algorithm"),
        ("none", "algorithm"),
    ] {
        let token = Signer::good().token(&format!(r#"{{"alg":"{alg}","kid":"k1"}}"#), claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{alg}");
    }
}

#[test]
fn cve_2026_48523_there_is_one_decision_about_the_algorithm() {
    // A key for another algorithm does not get into the set, so what the header says cannot make a difference.
    for alg in ["PS256", "RS384", "RS512", "RSA-OAEP", "HS256", "none", "rs256", ""] {
        let mut keys = KeySet::<4>::new();
        let set = jwk_set(&[Signer::good().jwk(&format!(r#""kid":"k1","alg":"{alg}""#))]);
        let Err(LoadError::NoUsableKey(report)) = keys.replace_from_jwk_set(set.as_bytes()) else {
            panic!("a key for {alg} is in the set");
        };
        assert!(report.skipped().eq([(SkipReason::Algorithm, 1)]));
        for header_alg in [alg, "RS256"] {
            let token = Signer::good().token(&format!(r#"{{"alg":"{header_alg}","kid":"k1"}}"#), claims(&[]));
            assert_ne!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED, "{alg}, {header_alg}");
        }
    }
}

#[test]
fn cve_2015_9235_unsecured_tokens() {
    let payload = encode(claims(&[]).as_bytes());
    for alg in ["none", "None", "NONE", "nOnE", "RS256"] {
        let header = encode(format!(r#"{{"alg":"{alg}","kid":"k1"}}"#).as_bytes());
        for (token, expected) in [
            (format!("{header}.{payload}."), "empty_signature"),
            (format!("{header}.{payload}"), "segment_count"),
        ] {
            assert_eq!(verdict(token), expected, "{alg}");
        }
        let expected = if alg == "RS256" {
            "invalid_signature"
        } else {
            "algorithm"
        };
        for signature in ["AA", "AAAA", &encode(&[0; 256])] {
            assert_eq!(verdict(format!("{header}.{payload}.{signature}")), expected, "{alg}");
        }
    }
}

#[test]
fn cve_2026_27962_no_key_comes_from_the_header() {
    let attacker = Signer::other();
    let jwk = attacker.jwk(r#""kid":"k1""#);
    let x5c = encode(&read("tests/data/keys/certificate.der"));
    let sources = format!(
        r#""jwk":{jwk},"jku":"https://evil.example/keys","x5u":"https://evil.example/cert","x5c":["{x5c}"],"jwks":{{"keys":[{jwk}]}}"#
    );
    let members: [&str; 5] = [
        &sources,
        &format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/keys""#,
        r#""x5u":"https://evil.example/cert""#,
        &format!(r#""x5c":["{x5c}"]"#),
    ];
    for members in members {
        for (kid, expected) in [
            (r#""kid":"k1","#, "invalid_signature"),
            (r#""kid":"evil","#, "unknown_key"),
            // one key in the set: it is tried, the attacker's is not
            ("", "invalid_signature"),
        ] {
            let header = format!(r#"{{"alg":"RS256",{kid}{members}}}"#);
            assert_eq!(verdict(attacker.token(&header, claims(&[]))), expected, "{kid}");
        }
        // Without keys of its own the verifier has none at all.
        let token = attacker.token(&format!(r#"{{"alg":"RS256","kid":"k1",{members}}}"#), claims(&[]));
        assert_eq!(verdict_at(&KeySet::<4>::new(), &POLICY, &token, NOW), "no_keys");
        // A good token may carry such members: they are ignored.
        assert_eq!(with_members(members), ACCEPTED);
    }
}

#[test]
fn members_that_are_read_have_their_type_or_the_token_is_refused() {
    for value in ["null", "true", "0", "[]", r#"["k1"]"#, "{}", r#"{"k1":1}"#] {
        for name in ["typ", "cty", "x5t"] {
            let member = format!(r#""{name}":{value}"#);
            assert_eq!(with_members(&member), "header_wrong_type", "{member}");
        }
        let header = format!(r#"{{"alg":"RS256","kid":{value}}}"#);
        assert_eq!(with_header(&header), "header_wrong_type", "kid: {value}");
    }
}

#[test]
fn cve_2024_28176_b64_and_zip() {
    for (members, expected) in [
        (r#""b64":true"#, ACCEPTED),
        (r#""b64":false"#, "unencoded_payload"),
        (r#""b64":null"#, "unencoded_payload"),
        (r#""b64":"true""#, "unencoded_payload"),
        (r#""b64":1"#, "unencoded_payload"),
        (r#""b64":[]"#, "unencoded_payload"),
        // `zip` is a member of JWE and means nothing in a JWS: the payload is taken for what it is
        (r#""zip":"DEF""#, ACCEPTED),
    ] {
        assert_eq!(with_members(members), expected, "{members}");
    }
    // A payload that is not encoded (RFC 7797), signed as it stands.
    let header = encode(br#"{"alg":"RS256","kid":"k1","b64":false,"crit":["b64"]}"#);
    let token = Signer::good().seal(&format!("{header}.{{}}"));
    assert_ne!(verdict(token), ACCEPTED);
    // DEFLATE of "{}", which nobody inflates.
    let header = r#"{"alg":"RS256","kid":"k1","zip":"DEF"}"#;
    let token = Signer::good().token(header, b"\xab\xae\x05\x00");
    assert_eq!(verdict(token), "claims_not_utf8");
}

#[test]
fn cve_2025_55241_nested_tokens_are_not_unwrapped() {
    for cty in ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT", r"\u004aWT"] {
        assert_eq!(with_members(&format!(r#""cty":"{cty}""#)), "nested_token", "{cty}");
    }
    for cty in ["", "json", "JWTX", "application/x/jwt", "text/jwt"] {
        assert_eq!(with_members(&format!(r#""cty":"{cty}""#)), ACCEPTED, "{cty}");
    }
    // A signed token as the payload of a signed token, said and unsaid; and an unsigned wrapper around a signed one.
    let inner = Signer::good().token(HEADER, claims(&[]));
    let said = Signer::good().token(r#"{"alg":"RS256","kid":"k1","cty":"JWT"}"#, &inner);
    let unsaid = Signer::good().token(HEADER, &inner);
    let wrapper = encode(br#"{"alg":"none","cty":"JWT"}"#);
    let unsigned = format!("{wrapper}.{}.", encode(inner.as_bytes()));
    let actor = format!(r#"{{"actortoken":"{inner}","iss":"https://issuer.example/a"}}"#);
    let unsigned_actor = format!("{wrapper}.{}.{}", encode(actor.as_bytes()), encode(&[0; 256]));
    assert_eq!(
        [said, unsaid, unsigned, unsigned_actor].map(verdict),
        ["nested_token", "claims_syntax", "empty_signature", "nested_token"]
    );
}

#[test]
fn graph_609_a_nonce_in_the_header_is_seen_and_ignored() {
    let keys = keys();
    for (members, has_nonce) in [
        (r#","nonce":"a""#, true),
        (r#","nonce":null"#, true),
        ("", false),
        (r#","x":{"nonce":1}"#, false),
    ] {
        let token = Signer::good().token(&format!(r#"{{"alg":"RS256","kid":"k1"{members}}}"#), claims(&[]));
        let mut buf = [0; 2048];
        let verifier = Verifier::new(&keys, &POLICY);
        let pending = verifier.prepare(&token, &mut buf).unwrap();
        assert_eq!(pending.unverified_header().has_nonce(), has_nonce, "{members}");
        let token = pending.verify().unwrap().accept(NumericDate::from_secs(NOW)).unwrap();
        assert_eq!(token.header().has_nonce(), has_nonce, "{members}");
    }
}
