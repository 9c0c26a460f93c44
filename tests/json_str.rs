// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claims as their readers see them: strings with and without escapes, numbers, arrays, objects.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::setting::{HEADER, NOW, POLICY, claims, keys};
use common::signer::Signer;
use rs256::{AcceptedToken, JsonNumber, JsonStr, JsonValue, NumericDate, StringOrArray, Verifier};

/// Shows an accepted token with these claims beside the usual ones.
fn with_claims(changes: &[(&str, &str)], look: impl FnOnce(&AcceptedToken<'_>)) {
    let keys = keys();
    let token = Signer::good().token(HEADER, claims(changes));
    let mut buf = vec![0; 1 << 14];
    let token = Verifier::new(&keys, &POLICY).verify(&token, NumericDate::from_secs(NOW), &mut buf);
    look(&token.unwrap());
}

fn string(value: Option<JsonValue<'_>>) -> JsonStr<'_> {
    match value {
        Some(JsonValue::String(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn number(value: Option<JsonValue<'_>>) -> JsonNumber<'_> {
    match value {
        Some(JsonValue::Number(number)) => number,
        other => panic!("{other:?}"),
    }
}

/// How a string is written, how it stands in an accepted token, what it means.
const STRINGS: [(&str, &str, &str); 16] = [
    ("", "", ""),
    ("plain", "plain", "plain"),
    ("Zoë 😀", "Zoë 😀", "Zoë 😀"),
    (r"Zo\u00eb \ud83d\ude00", "Zoë 😀", "Zoë 😀"),
    (r"a\/b", "a/b", "a/b"),
    (r"\u0041\u00DF\u20AC\uD834\uDD1E", "Aß€𝄞", "Aß€𝄞"),
    (r"\u007f", "\u{7f}", "\u{7f}"),
    // escapes that have to stay, in one spelling
    (r#"\""#, r#"\""#, "\""),
    (r"\u0022", r#"\""#, "\""),
    (r"\\", r"\\", "\\"),
    (r"\u005C", r"\\", "\\"),
    (r"\n\u000a\u000A", r"\n\n\n", "\n\n\n"),
    (r"\b\f\r\t", r"\b\f\r\t", "\u{8}\u{c}\r\t"),
    (r"\u0000\u001F", r"\u0000\u001f", "\0\u{1f}"),
    (r#"\"\ud83d\ude00\\\u00e4"#, r#"\"😀\\ä"#, "\"😀\\ä"),
    (r"\\u0041\\n", r"\\u0041\\n", r"\u0041\n"),
];

#[test]
fn strings_read_as_what_they_mean() {
    for (written, stands, means) in STRINGS {
        with_claims(&[("x", &format!("\"{written}\""))], |token| {
            let text = string(token.claims().get("x"));
            assert_eq!(text.raw(), stands, "{written}");
            assert_eq!(text.as_str(), (stands == means).then_some(means), "{written}");
            assert_eq!(text.chars().collect::<String>(), means, "{written}");
            assert_eq!(text.to_string(), means, "{written}");
            assert_eq!(
                (text.len(), text.is_empty()),
                (means.len(), means.is_empty()),
                "{written}"
            );
            assert_eq!(format!("{text:?}"), format!("JsonStr({} octets)", means.len()));
            assert!(text == *means && text == means && text == text);
            assert!(text != *format!("{means}x") && text != *format!("x{means}"));
            assert!(means.is_empty() || text != means[..means.len() - means.chars().last().unwrap().len_utf8()]);

            // Copying out takes exactly its length.
            let mut buf = vec![0xff; means.len() + 1];
            assert_eq!(text.copy_to(&mut buf).unwrap(), means);
            assert_eq!(buf[means.len()], 0xff, "no octet more is written");
            assert_eq!(text.copy_to(&mut buf[..means.len()]).unwrap(), means);
            if let Some(short) = means.len().checked_sub(1) {
                let error = text.copy_to(&mut buf[..short]).unwrap_err();
                assert_eq!(error.needed(), means.len());
                assert_eq!(
                    error.to_string(),
                    format!("expected a buffer of at least {} octets", means.len())
                );
            }
        });
    }
}

#[test]
fn strings_are_compared_with_each_other_by_what_they_mean() {
    let array: Vec<String> = STRINGS.iter().map(|(written, ..)| format!("\"{written}\"")).collect();
    with_claims(&[("x", &format!("[{}]", array.join(",")))], |token| {
        let strings: Vec<JsonStr<'_>> = token.claims().strings("x").unwrap().iter().collect();
        assert_eq!(strings.len(), STRINGS.len());
        for (a, (.., means_a)) in strings.iter().zip(STRINGS) {
            for (b, (.., means_b)) in strings.iter().zip(STRINGS) {
                assert_eq!(a == b, means_a == means_b, "{means_a:?} {means_b:?}");
            }
        }
    });
}

#[test]
fn ascii_letters_may_be_compared_without_case() {
    for (written, other, equal) in [
        ("Bearer", "bEARER", true),
        ("", "", true),
        ("a", "b", false),
        ("a", "ab", false),
        ("ab", "a", false),
        ("Ä", "ä", false),
        (r"A\n\u0022b", "a\n\"B", true),
        (r"A\n\u0022b", "a\n\"Bc", false),
        (r"A\nb", "a\nc", false),
        (r"\u212a\n", "k\n", false),
        // 0x20 apart, but no letters
        (r"@[\n", "`{\n", false),
    ] {
        with_claims(&[("x", &format!("\"{written}\""))], |token| {
            let text = string(token.claims().get("x"));
            assert_eq!(text.eq_ignore_ascii_case(other), equal, "{written}");
        });
    }
}

#[test]
fn registered_claims() {
    with_claims(&[], |token| {
        let claims = token.claims();
        assert!(claims.subject().is_none() && claims.jwt_id().is_none());
        assert!(claims.not_before().is_none() && claims.issued_at().is_none());
        assert!(claims.issuer().unwrap() == "https://issuer.example/a");
        assert!(claims.audience().unwrap().contains("api://orders"));
        assert_eq!(claims.expiration(), Some(NumericDate::from_secs(NOW + 3600)));
    });
    let changes = [
        ("sub", r#""\u0000\u00e9""#),
        ("jti", r#""""#),
        ("aud", r#"["a","api:\/\/orders"]"#),
        ("nbf", "0"),
        ("iat", "1.76e9"),
    ];
    with_claims(&changes, |token| {
        let claims = token.claims();
        assert!(claims.subject().unwrap() == "\0é");
        assert!(claims.jwt_id().unwrap().is_empty());
        assert_eq!(claims.not_before(), Some(NumericDate::from_secs(0)));
        assert_eq!(claims.issued_at(), Some(NumericDate::from_secs(NOW)));
        let audience = claims.audience().unwrap();
        assert!(audience.contains("a") && !audience.contains("api:") && !audience.contains(""));
        let audience: Vec<_> = audience.iter().map(|text| text.as_str()).collect();
        assert_eq!(audience, [Some("a"), Some("api://orders")]);
    });
}

#[test]
fn numbers_stand_as_they_are_written() {
    for (written, unsigned, signed) in [
        ("0", Some(0), Some(0)),
        ("-0", None, Some(0)),
        ("7", Some(7), Some(7)),
        ("-7", None, Some(-7)),
        ("18446744073709551615", Some(u64::MAX), None),
        ("18446744073709551616", None, None),
        ("9223372036854775807", Some(i64::MAX as u64), Some(i64::MAX)),
        ("-9223372036854775808", None, Some(i64::MIN)),
        ("-9223372036854775809", None, None),
        ("1.0", None, None),
        ("1e3", None, None),
        ("1E+3", None, None),
        ("123456789012345678901234567890.5e-10", None, None),
    ] {
        with_claims(&[("x", written)], |token| {
            let number = number(token.claims().get("x"));
            assert_eq!(number.as_str(), written);
            assert_eq!((number.as_u64(), number.as_i64()), (unsigned, signed), "{written}");
            assert_eq!(format!("{number:?}"), format!("JsonNumber({} octets)", written.len()));
        });
    }
}

#[test]
fn a_string_or_an_array_of_strings() {
    for (written, expected) in [
        (r#""a""#, Some(&["a"][..])),
        (r#""""#, Some(&[""])),
        ("[]", Some(&[])),
        (r#"["a","b","a"]"#, Some(&["a", "b", "a"])),
        (r#"[ "a" , "\"" ]"#, Some(&["a", "\""])),
        (r#"["a",1]"#, None),
        (r#"[null]"#, None),
        (r#"[["a"]]"#, None),
        (r#"{"a":"b"}"#, None),
        ("1", None),
        ("null", None),
        ("true", None),
    ] {
        with_claims(&[("x", written)], |token| {
            let found = token.claims().strings("x");
            let list = |found: StringOrArray<'_>| found.iter().map(|text| text.to_string()).collect::<Vec<_>>();
            let expected = expected.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
            assert_eq!(found.map(list), expected, "{written}");
            let by_value = StringOrArray::from_json(token.claims().get("x").unwrap());
            assert_eq!(by_value.map(list), expected, "{written}");
            for text in expected.iter().flatten() {
                assert!(found.unwrap().contains(text));
                assert!(!found.unwrap().contains(&format!("{text} ")));
            }
            assert!(token.claims().strings("y").is_none());
        });
    }
}

#[test]
fn arrays_and_objects_are_walked_in_order() {
    let value =
        r#" { "b" : [ 1 , "two" , null , true , [ ] , { } , [ 3 ] ] , "a" : { "c" : { "\u0064\n" : false } } } "#;
    with_claims(&[("x", value)], |token| {
        let Some(JsonValue::Object(object)) = token.claims().get("x") else {
            panic!()
        };
        assert!(!object.is_empty());
        let names: Vec<_> = object.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["b", "a"]);
        let Some(JsonValue::Array(array)) = object.get("b") else {
            panic!()
        };
        let kinds: Vec<_> = array
            .iter()
            .map(|element| match element {
                JsonValue::Null => "null".to_owned(),
                JsonValue::Bool(value) => value.to_string(),
                JsonValue::Number(number) => number.as_str().to_owned(),
                JsonValue::String(text) => text.to_string(),
                JsonValue::Array(array) => format!("array, empty: {}", array.is_empty()),
                JsonValue::Object(object) => format!("object, empty: {}", object.is_empty()),
                _ => "something new".to_owned(),
            })
            .collect();
        assert_eq!(
            kinds,
            [
                "1",
                "two",
                "null",
                "true",
                "array, empty: true",
                "object, empty: true",
                "array, empty: false"
            ]
        );
        let Some(JsonValue::Object(inner)) = object.get("a") else {
            panic!()
        };
        let Some(JsonValue::Object(innermost)) = inner.get("c") else {
            panic!()
        };
        assert!(matches!(innermost.get("d\n"), Some(JsonValue::Bool(false))));
        assert!(object.get("c").is_none() && innermost.get("d").is_none() && inner.get("").is_none());
        assert!(object.as_str().starts_with('{') && object.as_str().ends_with('}'));
    });
}

#[test]
fn duplicate_names_inside_a_claim_are_shown_as_they_are() {
    with_claims(&[("x", r#"{"a":1,"\u0061":2,"b":3}"#)], |token| {
        let Some(JsonValue::Object(object)) = token.claims().get("x") else {
            panic!()
        };
        assert_eq!(number(object.get("a")).as_u64(), Some(1));
        assert_eq!(object.iter().filter(|(name, _)| *name == "a").count(), 2);
    });
}

#[test]
fn all_claims_in_the_order_of_the_token() {
    let changes = [
        ("z", "1"),
        (r"\u0079", "2"),
        (r"a\nb", "3"),
        ("", "4"),
        ("http://x/y.z", "5"),
    ];
    with_claims(&changes, |token| {
        let claims = token.claims();
        let names: Vec<_> = claims.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["iss", "aud", "exp", "z", "y", "a\nb", "", "http://x/y.z"]);
        for (index, name) in names.iter().enumerate().skip(3) {
            assert_eq!(number(claims.get(name)).as_u64(), Some(index as u64 - 2), "{name}");
        }
        assert!(claims.get("x").is_none() && claims.get("Z").is_none() && claims.get("a").is_none());
        // As text: still JSON, one spelling for each string.
        let json = claims.json();
        assert!(json.starts_with("{\"iss\":") && json.contains("\"y\":2") && json.contains(r#""a\nb":3"#));
        assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
    });
}

#[test]
fn claims_outlive_the_token_text_and_the_verifier() {
    let mut buf = [0; 2048];
    let subject = {
        let keys = keys();
        let token = Signer::good().token(HEADER, claims(&[("sub", r#""a""#)]));
        let token = Verifier::new(&keys, &POLICY)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        token.claims().subject()
    };
    assert!(subject.unwrap() == "a");
}

#[test]
fn as_many_claims_as_there_may_be() {
    for (count, accepted) in [(253, true), (254, false)] {
        let names: Vec<String> = (0..count).map(|i| format!("c{i}")).collect();
        let members: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "0")).collect();
        let token = Signer::good().token(HEADER, claims(&members));
        let (keys, mut buf) = (keys(), vec![0; 1 << 14]);
        let verdict = Verifier::new(&keys, &POLICY).verify(&token, NumericDate::from_secs(NOW), &mut buf);
        assert_eq!(verdict.is_ok(), accepted, "{count} and three more");
    }
}
