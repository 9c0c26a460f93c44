// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claims that other verifiers took for absent, for another, or for good.

use crate::common::setting::{ACCEPTED, HEADER, ISSUER, KID, NOW, POLICY, claims, keys, verdict_at, verdict_on_claims};
use crate::common::signer::Signer;
use rs256::{Issuer, JsonValue, Leeway, NumericDate, Policy, Verifier};

/// One value of each JSON type and of each form that a lax reader mistakes for another.
const VALUES: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e9",
    "9007199254740991",
    "9007199254740992",
    "1e999",
    r#""""#,
    r#""text""#,
    r#""0""#,
    r#""1760003600""#,
    r#""2025-10-09T08:53:20Z""#,
    "[]",
    r#"["a"]"#,
    "[1760003600]",
    r#"["a",1]"#,
    "{}",
    r#"{"0":"a"}"#,
];

fn is_string(value: &str) -> bool {
    value.starts_with('"')
}

fn is_audience(value: &str) -> bool {
    is_string(value) || matches!(value, "[]" | r#"["a"]"#)
}

/// The date that a value of the table is, in whole seconds, rounded up.
fn date(value: &str) -> Option<u64> {
    match value {
        "0" | "-0" => Some(0),
        "1.5" => Some(2),
        "1e9" => Some(1_000_000_000),
        "9007199254740991" => Some(9_007_199_254_740_991),
        _ => None,
    }
}

#[test]
fn cve_2026_25537_every_registered_claim_of_every_json_type() {
    let keys = keys();
    // What is waived is waived for its absence, not for its type.
    let lax = Policy::new(Issuer::exact(ISSUER), &[])
        .any_audience()
        .waive_expiration();
    let mut refused_for_their_type = 0;
    for value in VALUES {
        for (name, wrong_type, right) in [
            ("iss", "iss_wrong_type", is_string(value)),
            ("sub", "sub_wrong_type", is_string(value)),
            ("aud", "aud_wrong_type", is_audience(value)),
            ("exp", "exp_wrong_type", date(value).is_some()),
            ("nbf", "nbf_wrong_type", date(value).is_some()),
            ("iat", "iat_wrong_type", date(value).is_some()),
            ("jti", "jti_wrong_type", is_string(value)),
        ] {
            let token = Signer::good().token(HEADER, claims(&[(name, value)]));
            let (strict, lax) = (
                verdict_at(&keys, &POLICY, &token, NOW),
                verdict_at(&keys, &lax, &token, NOW),
            );
            if right {
                let strict_answer = match (name, date(value)) {
                    ("iss", _) => "issuer",
                    ("aud", _) => "audience",
                    ("exp", Some(exp)) if exp + 60 <= NOW => "expired",
                    ("nbf", Some(nbf)) if nbf > NOW + 60 => "not_yet_valid",
                    _ => ACCEPTED,
                };
                let lax_answer = if name == "aud" { ACCEPTED } else { strict_answer };
                assert_eq!((strict, lax), (strict_answer, lax_answer), "{name}: {value}");
            } else {
                assert_eq!((strict, lax), (wrong_type, wrong_type), "{name}: {value}");
                refused_for_their_type += 1;
            }
        }
    }
    assert_eq!(refused_for_their_type, 3 * 17 + 15 + 3 * 17);
}

#[test]
fn jsonwebtoken_11_1_a_missing_claim_that_the_policy_needs() {
    let keys = keys();
    let needs_more = POLICY.require(&["sub", "https://claims.example/tier"]);
    for (changes, strict, with_more) in [
        (&[("iss", "")][..], "iss_missing", "iss_missing"),
        (&[("aud", "")], "aud_missing", "aud_missing"),
        (&[("exp", "")], "exp_missing", "exp_missing"),
        (&[], ACCEPTED, "required_claim_missing"),
        (&[("sub", r#""a""#)], ACCEPTED, "required_claim_missing"),
        (
            &[("sub", r#""a""#), ("https://claims.example/tier", "1")],
            ACCEPTED,
            ACCEPTED,
        ),
    ] {
        let token = Signer::good().token(HEADER, claims(changes));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), strict, "{changes:?}");
        assert_eq!(verdict_at(&keys, &needs_more, &token, NOW), with_more, "{changes:?}");
    }
}

#[test]
fn cve_2026_44459_numeric_dates() {
    const TYPE: &str = "wrong_type";
    // The value, then what becomes of it as `exp`, `nbf` and `iat` at NOW.
    for (value, exp, nbf, iat) in [
        ("0", "expired", ACCEPTED, ACCEPTED),
        ("-0", "expired", ACCEPTED, ACCEPTED),
        ("0.0", "expired", ACCEPTED, ACCEPTED),
        ("1e-999999999999", "expired", ACCEPTED, ACCEPTED),
        ("-1", TYPE, TYPE, TYPE),
        ("-0.1", TYPE, TYPE, TYPE),
        ("-1760000000", TYPE, TYPE, TYPE),
        ("1e999", TYPE, TYPE, TYPE),
        ("-1e999", TYPE, TYPE, TYPE),
        ("1e9999999999999999999999", TYPE, TYPE, TYPE),
        (r#""1""#, TYPE, TYPE, TYPE),
        ("null", TYPE, TYPE, TYPE),
        ("9223372036854775807", TYPE, TYPE, TYPE),
        ("9223372036854775808", TYPE, TYPE, TYPE),
        ("18446744073709551615", TYPE, TYPE, TYPE),
        ("18446744073709551616", TYPE, TYPE, TYPE),
        ("9007199254740992", TYPE, TYPE, TYPE),
        ("9007199254740991", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("9.007199254740991e15", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("1760003600", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("1760003600.0", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("1.7600036e9", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("17600036000000E-4", ACCEPTED, "not_yet_valid", ACCEPTED),
        ("NaN", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("Infinity", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("-Infinity", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("+1760003600", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("01760003600", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("1760003600.", "claims_syntax", "claims_syntax", "claims_syntax"),
        (".5", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("1e", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("0x68e8c210", "claims_syntax", "claims_syntax", "claims_syntax"),
        ("1_760_003_600", "claims_syntax", "claims_syntax", "claims_syntax"),
    ] {
        for (name, expected) in [("exp", exp), ("nbf", nbf), ("iat", iat)] {
            let expected = if expected == TYPE {
                format!("{name}_wrong_type")
            } else {
                expected.to_owned()
            };
            assert_eq!(verdict_on_claims(claims(&[(name, value)])), expected, "{name}: {value}");
        }
    }
}

#[test]
fn cve_2024_53861_issuers_that_are_nearly_the_right_one() {
    for (issuer, expected) in [
        (ISSUER, ACCEPTED),
        // another spelling of the same text
        (r"https:\/\/issuer.example\/a", ACCEPTED),
        (r"\u0068ttps://issuer.example/a", ACCEPTED),
        // prefixes, suffixes, infixes
        ("https://issuer.example/", "issuer"),
        ("https://issuer.example", "issuer"),
        ("h", "issuer"),
        ("", "issuer"),
        ("https://issuer.example/a/", "issuer"),
        ("https://issuer.example/ab", "issuer"),
        ("https://issuer.example/a#", "issuer"),
        ("https://issuer.example/a?", "issuer"),
        ("https://issuer.example/a\\u0000", "issuer"),
        ("https://issuer.example/a\\n", "issuer"),
        ("https://issuer.example/a ", "issuer"),
        (" https://issuer.example/a", "issuer"),
        ("xhttps://issuer.example/a", "issuer"),
        ("issuer.example", "issuer"),
        ("https://evil.example/?https://issuer.example/a", "issuer"),
        // what a lenient comparison would take for the same
        ("https://ISSUER.example/a", "issuer"),
        ("https://issuer.example:443/a", "issuer"),
        ("https://issuer.example/%61", "issuer"),
        ("https://issuer.example/./a", "issuer"),
        ("http://issuer.example/a", "issuer"),
        ("https://issuer.example/\\u0430", "issuer"),
        ("https://issuer.example/a\\u0301", "issuer"),
    ] {
        let issuer_json = format!("\"{issuer}\"");
        assert_eq!(
            verdict_on_claims(claims(&[("iss", &issuer_json)])),
            expected,
            "{issuer}"
        );
    }
}

#[test]
fn cve_2025_30144_an_array_of_issuers() {
    let good = format!("\"{ISSUER}\"");
    for issuers in [
        format!("[{good}]"),
        format!(r#"["https://evil.example",{good}]"#),
        format!("[[{good}]]"),
        format!(r#"{{"0":{good}}}"#),
    ] {
        assert_eq!(verdict_on_claims(claims(&[("iss", &issuers)])), "iss_wrong_type");
    }
}

#[test]
fn cve_2020_26160_forms_of_the_audience() {
    for (audience, expected) in [
        (r#""api://orders""#, ACCEPTED),
        (r#"["api://orders"]"#, ACCEPTED),
        (r#"["api://stock","api://orders"]"#, ACCEPTED),
        (r#"["api://orders","api://orders"]"#, ACCEPTED),
        (r#"["api:\/\/orders"]"#, ACCEPTED),
        ("[]", "audience"),
        (r#""""#, "audience"),
        (r#"[""]"#, "audience"),
        (r#"["api://stock"]"#, "audience"),
        (r#"["api://","orders"]"#, "audience"),
        (r#""api://stock api://orders""#, "audience"),
        (r#""api://stock,api://orders""#, "audience"),
        (r#"["API://ORDERS"]"#, "audience"),
        (r#""*""#, "audience"),
        (r#"["api://orders",1]"#, "aud_wrong_type"),
        (r#"["api://orders",null]"#, "aud_wrong_type"),
        (r#"[["api://orders"]]"#, "aud_wrong_type"),
        (r#"["api://orders",["api://orders"]]"#, "aud_wrong_type"),
        (r#"{"aud":"api://orders"}"#, "aud_wrong_type"),
        ("null", "aud_wrong_type"),
        ("true", "aud_wrong_type"),
        ("[null]", "aud_wrong_type"),
    ] {
        assert_eq!(verdict_on_claims(claims(&[("aud", audience)])), expected, "{audience}");
    }
}

#[test]
fn envoy_an_audience_with_a_slash_more_or_less() {
    let keys = keys();
    let slashed = Policy::new(Issuer::exact(ISSUER), &["api://orders/"]);
    for (audience, plain, with_slash) in [
        (r#""api://orders""#, ACCEPTED, "audience"),
        (r#""api://orders/""#, "audience", ACCEPTED),
        (r#"["api://orders//"]"#, "audience", "audience"),
    ] {
        let token = Signer::good().token(HEADER, claims(&[("aud", audience)]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), plain, "{audience}");
        assert_eq!(verdict_at(&keys, &slashed, &token, NOW), with_slash, "{audience}");
    }
}

#[test]
fn envoy_expiry_missing_or_zero_or_within_a_leeway_that_is_switched_off() {
    let keys = keys();
    let exact = POLICY.leeway(Leeway::ZERO);
    for (exp, expected) in [
        ("", "exp_missing"),
        ("0", "expired"),
        ("1759999999", "expired"),
        ("1760000000", "expired"),
        ("1760000001", ACCEPTED),
    ] {
        let token = Signer::good().token(HEADER, claims(&[("exp", exp)]));
        assert_eq!(verdict_at(&keys, &exact, &token, NOW), expected, "{exp}");
    }
}

#[test]
fn audiences_have_no_silent_default() {
    let keys = keys();
    let nobody = Policy::new(Issuer::exact(ISSUER), &[]);
    for audience in [r#""api://orders""#, r#""""#, "[]", ""] {
        let token = Signer::good().token(HEADER, claims(&[("aud", audience)]));
        assert_ne!(verdict_at(&keys, &nobody, &token, NOW), ACCEPTED, "{audience}");
        assert_eq!(verdict_at(&keys, &nobody.any_audience(), &token, NOW), ACCEPTED);
    }
}

#[test]
fn idx40011_names_that_differ_by_case_are_different_claims() {
    let token = Signer::good().token(
        HEADER,
        claims(&[
            ("tid", r#""good""#),
            ("TID", r#""evil""#),
            ("Tid", r#""worse""#),
            ("EXP", "0"),
            ("Iss", "1"),
            ("AUD", "null"),
        ]),
    );
    let keys = keys();
    let mut buf = [0; 2048];
    let token = Verifier::new(&keys, &POLICY)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    for (name, expected) in [("tid", "good"), ("TID", "evil"), ("Tid", "worse")] {
        assert!(matches!(token.claims().get(name), Some(JsonValue::String(text)) if text == expected));
    }
    assert!(token.claims().get("tId").is_none());
    // Nor do they stand in for a claim that is needed.
    for (name, other) in [("exp", "EXP"), ("iss", "Iss"), ("aud", "aud ")] {
        let code = format!("{name}_missing");
        let value = if name == "exp" {
            "1760003600"
        } else {
            "\"api://orders\""
        };
        assert_eq!(verdict_on_claims(claims(&[(name, ""), (other, value)])), code);
    }
}

#[test]
fn escaped_member_names_are_the_names_they_mean() {
    for (changes, expected) in [
        // the only one
        (
            &[("iss", ""), (r"\u0069ss", r#""https://issuer.example/a""#)][..],
            ACCEPTED,
        ),
        (&[("exp", ""), (r"\u0065\u0078\u0070", "1760003600")], ACCEPTED),
        (&[(r"n\u0062f", "1760003600")], "not_yet_valid"),
        (&[(r"n\u0062f", "\"1\"")], "nbf_wrong_type"),
        // a second one
        (
            &[(r"\u0069ss", r#""https://issuer.example/a""#)],
            "claims_duplicate_name",
        ),
        (&[(r"\u0065xp", "9007199254740991")], "claims_duplicate_name"),
        (&[("x", "1"), (r"\u0078", "1")], "claims_duplicate_name"),
        (&[(r"\/", "1"), ("/", "1")], "claims_duplicate_name"),
        (&[(r"\ud83d\ude00", "1"), ("😀", "1")], "claims_duplicate_name"),
        (&[(r"a\u0022", "1"), (r#"a\""#, "1")], "claims_duplicate_name"),
        (&[(r"a\u000a", "1"), (r"a\n", "1")], "claims_duplicate_name"),
        (&[(r"\u001F", "1"), (r"\u001f", "1")], "claims_duplicate_name"),
    ] {
        assert_eq!(verdict_on_claims(claims(changes)), expected, "{changes:?}");
    }
}

#[test]
fn string_or_array_claims_read_the_same_way_in_both_forms() {
    let keys = keys();
    for (roles, expected) in [
        (r#""admin""#, Some(&["admin"][..])),
        (r#"["admin"]"#, Some(&["admin"])),
        (r#"["admin","reader"]"#, Some(&["admin", "reader"])),
        ("[]", Some(&[])),
        (r#"["admin",1]"#, None),
        ("1", None),
        ("null", None),
        ("{}", None),
    ] {
        let name = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
        let token = Signer::good().token(HEADER, claims(&[(name, roles)]));
        let mut buf = [0; 2048];
        let token = Verifier::new(&keys, &POLICY)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        let found = token.claims().strings(name);
        let found: Option<Vec<&str>> = found.map(|roles| roles.iter().map(|role| role.as_str().unwrap()).collect());
        assert_eq!(found.as_deref(), expected, "{roles}");
    }
}

#[test]
fn the_clock_is_an_argument() {
    let keys = keys();
    let token = Signer::good().token(&format!(r#"{{"kid":"{KID}","alg":"RS256"}}"#), claims(&[]));
    // The same token, the same verifier, another time; and back.
    let exp = NOW + 3600;
    for (now, expected) in [
        (NOW, ACCEPTED),
        (exp + 60, "expired"),
        (exp + 59, ACCEPTED),
        (u64::MAX, "expired"),
        (0, ACCEPTED),
    ] {
        assert_eq!(verdict_at(&keys, &POLICY, &token, now), expected, "{now}");
    }
}
