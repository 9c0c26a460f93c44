// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which keys of a JWK Set are kept, and which of them a header selects.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::encode;
use common::setting::{ACCEPTED, NOW, POLICY, claims, jwk_set, key_set, verdict_at};
use common::signer::Signer;
use rs256::{JsonErrorKind, KeyError, KeySet, KeySetRef, LoadError, LoadReport, Rsa2048, Rsa4096, SkipReason};

/// Loads a set of these JWKs.
fn load(jwks: &[String]) -> Result<LoadReport, LoadError> {
    KeySet::<4>::new().replace_from_jwk_set(jwk_set(jwks).as_bytes())
}

#[test]
fn which_key_a_header_selects() {
    let keys = key_set(&[
        Signer::good().jwk(r#""kid":"k1","x5t":"t1""#),
        Signer::other().jwk(r#""kid":"k2","x5t":"t2""#),
        Signer::e3().jwk(r#""x5t":"t3""#),
        Signer::odd().jwk(r#""kid":"t1""#),
    ]);
    for (signer, members, expected) in [
        (Signer::good(), r#","kid":"k1""#, ACCEPTED),
        (Signer::other(), r#","kid":"k2""#, ACCEPTED),
        (Signer::odd(), r#","kid":"t1""#, ACCEPTED),
        // the key that is named, not one that would fit
        (Signer::good(), r#","kid":"k2""#, "invalid_signature"),
        (Signer::good(), r#","kid":"t1""#, "invalid_signature"),
        // no key of that name
        (Signer::good(), r#","kid":"k3""#, "unknown_key"),
        (Signer::good(), r#","kid":"K1""#, "unknown_key"),
        (Signer::good(), r#","kid":"k1 ""#, "unknown_key"),
        (Signer::good(), r#","kid":"""#, "unknown_key"),
        (Signer::good(), r#","kid":"t2""#, "unknown_key"),
        // `x5t` only where there is no `kid`, and against `x5t` alone
        (Signer::good(), r#","x5t":"t1""#, ACCEPTED),
        (Signer::e3(), r#","x5t":"t3""#, ACCEPTED),
        (Signer::good(), r#","x5t":"k1""#, "unknown_key"),
        (Signer::good(), r#","x5t":"T1""#, "unknown_key"),
        (Signer::good(), r#","x5t":"""#, "unknown_key"),
        (Signer::good(), r#","kid":"k1","x5t":"t2""#, ACCEPTED),
        (Signer::good(), r#","kid":"k3","x5t":"t1""#, "unknown_key"),
        (Signer::good(), r#","x5t#S256":"t1""#, "ambiguous_key"),
        // nothing is guessed among several
        (Signer::good(), "", "ambiguous_key"),
    ] {
        let token = signer.token(&format!(r#"{{"alg":"RS256"{members}}}"#), claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{members}");
    }
}

#[test]
fn a_clone_holds_the_same_keys() {
    let keys = key_set(&[
        Signer::good().jwk(r#""kid":"k1""#),
        Signer::other().jwk(r#""kid":"k2""#),
    ]);
    let clone = keys.clone();
    assert!(KeySet::<4>::new().is_empty() && !keys.is_empty() && !clone.is_empty());
    assert_eq!((clone.len(), format!("{clone:?}")), (2, format!("{keys:?}")));
    assert_eq!(format!("{:?}", KeySetRef::from(&clone)), format!("{keys:?}"));
    for (signer, kid) in [(Signer::good(), "k1"), (Signer::other(), "k2")] {
        let token = signer.token(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#), claims(&[]));
        assert_eq!(verdict_at(&clone, &POLICY, &token, NOW), ACCEPTED);
    }
    let pinned = KeySet::<1>::pinned(&Signer::good().public()).clone();
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"of no key"}"#, claims(&[]));
    assert_eq!(verdict_at(&pinned, &POLICY, &token, NOW), ACCEPTED);
}

#[test]
fn a_set_of_one_key() {
    for (members, kid_k1, kid_k2, x5t_t1, neither) in [
        (r#""kid":"k1""#, ACCEPTED, "unknown_key", "unknown_key", ACCEPTED),
        (r#""x5t":"t1""#, "unknown_key", "unknown_key", ACCEPTED, ACCEPTED),
        (r#""kid":"k1","x5t":"t1""#, ACCEPTED, "unknown_key", ACCEPTED, ACCEPTED),
        ("", "unknown_key", "unknown_key", "unknown_key", ACCEPTED),
    ] {
        let keys = key_set(&[Signer::good().jwk(members)]);
        for (header, expected) in [
            (r#","kid":"k1""#, kid_k1),
            (r#","kid":"k2""#, kid_k2),
            (r#","x5t":"t1""#, x5t_t1),
            ("", neither),
        ] {
            let token = Signer::good().token(&format!(r#"{{"alg":"RS256"{header}}}"#), claims(&[]));
            assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{members}; {header}");
        }
    }
    // Pinned, it is asked for by nobody's name.
    let pinned = KeySet::<1>::pinned(&Signer::good().public());
    for header in ["", r#","kid":"k1""#, r#","x5t":"t1""#, r#","kid":"""#] {
        let token = Signer::good().token(&format!(r#"{{"alg":"RS256"{header}}}"#), claims(&[]));
        assert_eq!(verdict_at(&pinned, &POLICY, &token, NOW), ACCEPTED, "{header}");
    }
}

#[test]
fn a_pinned_key_is_replaced_by_a_set_whose_kids_count() {
    let mut keys = KeySet::<1>::pinned(&Signer::good().public());
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"x"}"#, claims(&[]));
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
    assert!(keys.replace_from_jwk_set(b"{\"keys\":[]}").is_err());
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
    let set = jwk_set(&[Signer::good().jwk(r#""kid":"k1""#)]);
    keys.replace_from_jwk_set(set.as_bytes()).unwrap();
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "unknown_key");
}

#[test]
fn keys_as_entra_and_ad_fs_publish_them() {
    // Entra: kid and x5t alike, no `alg`, members of Microsoft's own. The token of version 1.0 carries both.
    let thumbprint = "7_Zuf1tvkwLxYaHS3q6lUjUYIGw";
    let entra = Signer::good().jwk(&format!(
        r#""use":"sig","kid":"{thumbprint}","x5t":"{thumbprint}","x5c":["MIIC"],"cloud_instance_name":"microsoftonline.com","issuer":"https:\/\/login.microsoftonline.com\/{{tenantid}}\/v2.0""#
    ));
    let adfs = Signer::other().jwk(r#""use":"sig","alg":"RS256","kid":"MjA","x5t":"MjA","x5c":["MIIC"]"#);
    let keys = key_set(&[entra, adfs]);
    let seen: Vec<_> = keys
        .iter()
        .map(|key| (key.kid(), key.issuer(), key.cloud_instance_name(), key.modulus_bits()))
        .collect();
    let issuer = "https://login.microsoftonline.com/{tenantid}/v2.0";
    assert_eq!(
        seen,
        [
            (Some(thumbprint), Some(issuer), Some("microsoftonline.com"), 2048),
            (Some("MjA"), None, None, 2048)
        ]
    );
    for (signer, members, expected) in [
        (Signer::good(), format!(r#""kid":"{thumbprint}""#), ACCEPTED),
        (
            Signer::good(),
            format!(r#""kid":"{thumbprint}","x5t":"{thumbprint}""#),
            ACCEPTED,
        ),
        // AD FS names its key by thumbprint alone
        (Signer::other(), r#""x5t":"MjA""#.to_owned(), ACCEPTED),
        (Signer::good(), r#""x5t":"MjA""#.to_owned(), "invalid_signature"),
    ] {
        let token = signer.token(&format!(r#"{{"typ":"JWT","alg":"RS256",{members}}}"#), claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{members}");
    }
}

/// `x5t` is optional, so one that cannot be kept costs the key that one way to be found and no more.
#[test]
fn an_x5t_too_long_to_keep_is_none() {
    let long = "a".repeat(41);
    let report = load(&[Signer::good().jwk(&format!(r#""kid":"k1","x5t":"{long}""#))]).unwrap();
    assert_eq!((report.kept(), report.skipped().count()), (1, 0));
    let keys = key_set(&[
        Signer::good().jwk(&format!(r#""kid":"k1","x5t":"{long}""#)),
        Signer::other().jwk(r#""kid":"k2","x5t":"t2""#),
    ]);
    for (members, expected) in [
        (r#","kid":"k1""#.to_owned(), ACCEPTED),
        (format!(r#","kid":"k1","x5t":"{long}""#), ACCEPTED),
        (format!(r#","x5t":"{long}""#), "unknown_key"),
        (format!(r#","x5t":"{}""#, &long[..40]), "unknown_key"),
        (r#","x5t":"""#.to_owned(), "unknown_key"),
        (String::new(), "ambiguous_key"),
    ] {
        let token = Signer::good().token(&format!(r#"{{"alg":"RS256"{members}}}"#), claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{members}");
    }
}

#[test]
fn which_jwks_are_usable() {
    let good = Signer::good();
    let (n, e) = (encode(&good.n()), encode(&good.e()));
    let raw = |members: &str| format!("{{{members}}}");
    for (jwk, expected) in [
        (good.jwk(""), None),
        (good.jwk(r#""use":"sig""#), None),
        (good.jwk(r#""alg":"RS256""#), None),
        (good.jwk(r#""key_ops":["verify"]"#), None),
        (good.jwk(r#""key_ops":["sign","verify"]"#), None),
        (
            good.jwk(r#""\u0075se":"s\u0069g","key\u005fops":["v\u0065rify"]"#),
            None,
        ),
        (
            good.jwk(r#""use":"sig","key_ops":["verify"],"alg":"RS256","ext":true,"d":"AQAB""#),
            None,
        ),
        (good.jwk(r#""use":"enc""#), Some(SkipReason::Use)),
        (good.jwk(r#""use":"SIG""#), Some(SkipReason::Use)),
        (good.jwk(r#""use":"""#), Some(SkipReason::Use)),
        (good.jwk(r#""use":"sig ""#), Some(SkipReason::Use)),
        (good.jwk(r#""use":"sig","\u0075se2":"enc""#), None),
        (good.jwk(r#""use":["sig"]"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""use":null"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""key_ops":[]"#), Some(SkipReason::KeyOperations)),
        (good.jwk(r#""key_ops":["sign"]"#), Some(SkipReason::KeyOperations)),
        (good.jwk(r#""key_ops":["Verify"]"#), Some(SkipReason::KeyOperations)),
        (good.jwk(r#""key_ops":"verify""#), Some(SkipReason::WrongType)),
        (good.jwk(r#""key_ops":["verify",1]"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""key_ops":null"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""alg":"RS384""#), Some(SkipReason::Algorithm)),
        (good.jwk(r#""alg":"rs256""#), Some(SkipReason::Algorithm)),
        (good.jwk(r#""alg":"RSA-OAEP""#), Some(SkipReason::Algorithm)),
        (good.jwk(r#""alg":null"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""kid":1"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""x5t":[]"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""issuer":{}"#), Some(SkipReason::WrongType)),
        (good.jwk(r#""cloud_instance_name":false"#), Some(SkipReason::WrongType)),
        (good.jwk(&format!(r#""kid":"{}""#, "ä".repeat(48))), None),
        (
            good.jwk(&format!(r#""kid":"{}a""#, "ä".repeat(48))),
            Some(SkipReason::MemberTooLong),
        ),
        (good.jwk(&format!(r#""kid":"{}""#, r"\u00e4".repeat(48))), None),
        (good.jwk(&format!(r#""x5t":"{}""#, "a".repeat(40))), None),
        (good.jwk(&format!(r#""x5t":"{}""#, "a".repeat(41))), None),
        (good.jwk(&format!(r#""issuer":"{}""#, "a".repeat(128))), None),
        (
            good.jwk(&format!(r#""issuer":"{}""#, "a".repeat(129))),
            Some(SkipReason::MemberTooLong),
        ),
        (
            good.jwk(&format!(r#""cloud_instance_name":"{}""#, "a".repeat(48))),
            None,
        ),
        (
            good.jwk(&format!(r#""cloud_instance_name":"{}""#, "a".repeat(49))),
            Some(SkipReason::MemberTooLong),
        ),
        (raw(&format!(r#""n":"{n}","e":"{e}""#)), Some(SkipReason::MissingMember)),
        (
            raw(&format!(r#""kty":"RSA","e":"{e}""#)),
            Some(SkipReason::MissingMember),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}""#)),
            Some(SkipReason::MissingMember),
        ),
        (raw(""), Some(SkipReason::MissingMember)),
        (
            raw(&format!(r#""kty":"rsa","n":"{n}","e":"{e}""#)),
            Some(SkipReason::KeyType),
        ),
        (
            raw(r#""kty":"EC","crv":"P-256","x":"AA","y":"AA""#),
            Some(SkipReason::KeyType),
        ),
        (raw(r#""kty":"oct","k":"AAAA""#), Some(SkipReason::KeyType)),
        (
            raw(r#""kty":"AKP","alg":"ML-DSA-65","pub":"AA""#),
            Some(SkipReason::KeyType),
        ),
        (
            raw(&format!(r#""kty":1,"n":"{n}","e":"{e}""#)),
            Some(SkipReason::WrongType),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}","e":65537"#)),
            Some(SkipReason::WrongType),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}=","e":"{e}""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n} ","e":"{e}""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}\n","e":"{e}""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"+{}","e":"{e}""#, &n[1..])),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}é","e":"{e}""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}","e":"AQAC=""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}","e":"AQA""#)),
            Some(SkipReason::Key(KeyError::Exponent)),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}","e":"A""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{n}","e":"AR""#)),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{}","e":"{e}""#, &n[..n.len() - 1])),
            Some(SkipReason::Base64url),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"{}","e":"{e}""#, &n[..n.len() - 2])),
            Some(SkipReason::Key(KeyError::ModulusTooSmall)),
        ),
        (
            raw(&format!(r#""kty":"RSA","n":"","e":"{e}""#)),
            Some(SkipReason::Key(KeyError::ModulusTooSmall)),
        ),
        ("null".to_owned(), Some(SkipReason::NotAnObject)),
        ("[]".to_owned(), Some(SkipReason::NotAnObject)),
        ("\"RSA\"".to_owned(), Some(SkipReason::NotAnObject)),
        (good.jwk("").replace("\"n\"", r#""\u006e""#), None),
    ] {
        let found = match load(core::slice::from_ref(&jwk)) {
            Ok(report) => {
                assert_eq!((report.kept(), report.skipped().count()), (1, 0));
                None
            }
            Err(LoadError::NoUsableKey(report)) => {
                assert_eq!((report.kept(), report.skipped().count()), (0, 1));
                report.skipped().next()
            }
            Err(other) => panic!("{other}: {jwk}"),
        };
        assert_eq!(found, expected.map(|reason| (reason, 1)), "{jwk}");
    }
}

#[test]
fn duplicate_names_in_a_key_take_that_key_out() {
    let good = Signer::good();
    for members in [
        r#""kid":"k1","kid":"k1""#,
        r#""kid":"k1","\u006bid":"k2""#,
        r#""use":"sig","use":"enc""#,
        r#""x":1,"x":1"#,
        r#""n":"AQAB""#,
    ] {
        let report = load(&[good.jwk(members), Signer::other().jwk("")]).unwrap();
        assert_eq!(report.kept(), 1, "{members}");
        let reasons: Vec<_> = report.skipped().collect();
        let [(SkipReason::Json(error), 1)] = reasons[..] else {
            panic!("{members}: {reasons:?}")
        };
        assert_eq!(error.kind(), JsonErrorKind::DuplicateName, "{members}");
    }
    // In the set itself they take the set out; in an object that nobody reads they do not.
    let jwk = good.jwk("");
    for (set, accepted) in [
        (format!(r#"{{"keys":[{jwk}],"keys":[{jwk}]}}"#), false),
        (format!(r#"{{"keys":[],"\u006beys":[{jwk}]}}"#), false),
        (format!(r#"{{"x":1,"x":1,"keys":[{jwk}]}}"#), false),
        (format!(r#"{{"x":{{"a":1,"a":1}},"keys":[{jwk}]}}"#), true),
        (format!(r#"{{"\u006beys":[{jwk}]}}"#), true),
        (format!(r#"{{"Keys":[{jwk}]}}"#), false),
    ] {
        let loaded = KeySet::<4>::new().replace_from_jwk_set(set.as_bytes());
        assert_eq!(loaded.is_ok(), accepted, "{set:.60}");
    }
}

#[test]
fn duplicate_names_of_every_length_are_found_in_every_spelling() {
    let jwk = Signer::good().jwk("");
    let escape = |name: &str| -> String { name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect() };
    for len in 0..=70 {
        // Many names of one length and one end, of which a table with a poor hash makes one.
        let name = |i: usize| format!("{}{}", char::from(b'a' + u8::try_from(i).unwrap()), "x".repeat(len));
        let names: Vec<String> = (0..20).map(name).collect();
        let set = |second: &str| {
            let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":0"#)).collect();
            format!(r#"{{{},"{second}":0,"keys":[{jwk}]}}"#, members.join(","))
        };
        let verdict = |second: &str| {
            let refused = KeySet::<1>::new().replace_from_jwk_set(set(second).as_bytes()).err();
            refused.map(|error| match error {
                LoadError::Json(error) => error.kind(),
                other => panic!("{other}"),
            })
        };
        assert_eq!(verdict(&name(20)), None, "{len}");
        assert_eq!(verdict(&escape(&name(20))), None, "{len}");
        for i in [0, 7, 19] {
            let (plain, escaped) = (name(i), escape(&name(i)));
            let half = format!("{}{}", escape(&plain[..1]), &plain[1..]);
            for second in [plain, escaped, half] {
                assert_eq!(verdict(&second), Some(JsonErrorKind::DuplicateName), "{second}");
            }
        }
    }
}

#[test]
fn one_odd_key_does_not_take_the_set_down() {
    let odd = [
        r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"sig","kid":"k1"}"#,
        r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
        r#"{"kty":"AKP","alg":"ML-DSA-65","pub":"AA"}"#,
        r#"{"kty":"oct","k":"c2VjcmV0"}"#,
        "null",
        "[]",
        "{}",
    ];
    let mut jwks: Vec<String> = odd.iter().map(|jwk| (*jwk).to_owned()).collect();
    jwks.push(Signer::good().jwk(r#""kid":"k1","use":"enc","alg":"RSA-OAEP""#));
    jwks.push(Signer::weak().jwk(r#""kid":"k1""#));
    jwks.push(Signer::e3().jwk(r#""kid":"k1","kid":"k1""#));
    jwks.push(Signer::good().jwk(r#""kid":"k1""#));
    for turn in 0..jwks.len() {
        jwks.rotate_left(1);
        let mut keys = KeySet::<1>::new();
        let report = keys.replace_from_jwk_set(jwk_set(&jwks).as_bytes()).unwrap();
        assert_eq!((report.kept(), keys.len()), (1, 1), "turn {turn}");
        let mut reasons: Vec<_> = report
            .skipped()
            .map(|(reason, count)| {
                let name = match reason {
                    SkipReason::Json(error) => format!("{:?}", error.kind()),
                    other => format!("{other:?}"),
                };
                (name, count, reason.is_other_use())
            })
            .collect();
        reasons.sort();
        assert_eq!(
            reasons,
            [
                ("DuplicateName".to_owned(), 1, false),
                ("Key(ModulusTooSmall)".to_owned(), 1, false),
                ("KeyType".to_owned(), 4, true),
                ("MissingMember".to_owned(), 1, false),
                ("NotAnObject".to_owned(), 2, false),
                ("Use".to_owned(), 1, true),
            ]
        );
        let token = Signer::good().token(r#"{"alg":"RS256","kid":"k1"}"#, claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
    }
}

#[test]
fn what_is_no_jwk_set() {
    let jwk = Signer::good().jwk("");
    let json = |set: &str, expected: JsonErrorKind| {
        let Err(LoadError::Json(error)) = KeySet::<4>::new().replace_from_jwk_set(set.as_bytes()) else {
            panic!("{set:.60}")
        };
        assert_eq!(error.kind(), expected, "{set:.60}");
    };
    json("", JsonErrorKind::Syntax);
    json("\u{feff}{\"keys\":[]}", JsonErrorKind::Syntax);
    json(&format!("[{jwk}]"), JsonErrorKind::NotAnObject);
    json(&format!(r#"{{"keys":[{jwk},]}}"#), JsonErrorKind::Syntax);
    json(&format!(r#"{{"keys":[{jwk}]"#), JsonErrorKind::Syntax);
    json(&format!(r#"{{"keys":[{jwk}]}} x"#), JsonErrorKind::TrailingData);
    json(&format!(r#"{{"a":"\ud800","keys":[{jwk}]}}"#), JsonErrorKind::NotUtf8);
    for set in [
        "{}",
        r#"{"keys":null}"#,
        r#"{"keys":{}}"#,
        r#"{"keys":"[]"}"#,
        // a JWK is not a set of itself
        &jwk,
    ] {
        assert_eq!(
            KeySet::<4>::new().replace_from_jwk_set(set.as_bytes()),
            Err(LoadError::NotAJwkSet),
            "{set:.60}"
        );
    }
    assert!(KeySet::<4>::new().replace_from_jwk_set(b"{\"keys\":[{}").is_err());
    let mut latin = jwk_set(&[jwk]).into_bytes();
    latin.insert(1, 0xe4);
    assert!(matches!(
        KeySet::<4>::new().replace_from_jwk_set(&latin),
        Err(LoadError::Json(error)) if error.kind() == JsonErrorKind::NotUtf8
    ));
}

#[test]
fn a_set_of_more_keys_than_there_is_room_for() {
    let jwks = |count: usize| -> Vec<String> {
        (0..count)
            .map(|i| Signer::good().jwk(&format!(r#""kid":"{i}""#)))
            .collect()
    };
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"old"}"#, claims(&[]));
    let mut keys = KeySet::<3>::new();
    keys.replace_from_jwk_set(jwk_set(&[Signer::good().jwk(r#""kid":"old""#)]).as_bytes())
        .unwrap();
    for (set, refused) in [
        (jwk_set(&jwks(4)), LoadError::Capacity { needed: 4 }),
        (jwk_set(&jwks(300)), LoadError::Capacity { needed: 300 }),
        ("{".to_owned(), keys.clone().replace_from_jwk_set(b"{").unwrap_err()),
        (jwk_set(&[]), LoadError::NoUsableKey(LoadReport::default())),
        (" ".repeat((1 << 20) + 1), LoadError::TooLong),
        ("{}".to_owned(), LoadError::NotAJwkSet),
    ] {
        assert_eq!(keys.replace_from_jwk_set(set.as_bytes()), Err(refused));
        // The old keys stay in force.
        assert_eq!(keys.iter().map(|key| key.kid()).collect::<Vec<_>>(), [Some("old")]);
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
    }
    // Keys that are passed over need no room.
    let mut set = jwks(3);
    set.extend((0..20).map(|_| r#"{"kty":"EC"}"#.to_owned()));
    let report = keys.replace_from_jwk_set(jwk_set(&set).as_bytes()).unwrap();
    assert_eq!((report.kept(), keys.len()), (3, 3));
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "unknown_key");
    // No room at all: every set is too large.
    let mut none = KeySet::<0>::new();
    assert_eq!(
        none.replace_from_jwk_set(jwk_set(&jwks(1)).as_bytes()),
        Err(LoadError::Capacity { needed: 1 })
    );
}

#[test]
fn the_longest_set_is_read_to_its_end() {
    let jwk = Signer::good().jwk("");
    let body = format!(r#"{{"keys":[{jwk}]}}"#);
    let padding = " ".repeat((1 << 20) - body.len());
    assert!(
        KeySet::<1>::new()
            .replace_from_jwk_set(format!("{body}{padding}").as_bytes())
            .is_ok()
    );
    assert!(matches!(
        KeySet::<1>::new().replace_from_jwk_set(format!("{body}{}x", &padding[1..]).as_bytes()),
        Err(LoadError::Json(error)) if error.kind() == JsonErrorKind::TrailingData
    ));
    assert_eq!(
        KeySet::<1>::new().replace_from_jwk_set(format!("{body}{padding} ").as_bytes()),
        Err(LoadError::TooLong)
    );
}

#[test]
fn keys_of_each_size_in_a_set_of_each_size() {
    let set = jwk_set(&[Signer::good().jwk(""), Signer::odd().jwk(""), Signer::large().jwk("")]);
    let report = KeySet::<4, Rsa2048>::new()
        .replace_from_jwk_set(set.as_bytes())
        .unwrap();
    assert_eq!(report.kept(), 1);
    assert!(report.skipped().eq([(SkipReason::Key(KeyError::ModulusTooLarge), 2)]));
    let report = KeySet::<4, Rsa4096>::new()
        .replace_from_jwk_set(set.as_bytes())
        .unwrap();
    assert_eq!((report.kept(), report.skipped().count()), (3, 0));
}
