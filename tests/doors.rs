// SPDX-License-Identifier: MIT OR Apache-2.0

//! The two doors to claims, views and the caller's own struct, show the same text, however it was escaped.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::setting::{NOW, jwk_set};
use common::signer::Signer;
use proptest::prelude::*;
use rs256::{AcceptedToken, DeserializeError, Issuer, JsonValue, KeySet, NumericDate, Policy, Verifier};
use serde::Deserialize;

static ANYTHING: Policy<'static> = Policy::new(Issuer::any_of(&["i"]), &[])
    .any_audience()
    .waive_expiration();

/// The strings that both doors are asked for.
#[derive(Deserialize, Debug, PartialEq)]
struct Borrowed<'a> {
    iss: &'a str,
    a: Option<&'a str>,
    b: Option<&'a str>,
    #[serde(rename = "c:/ d")]
    c: Option<&'a str>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Owned {
    iss: String,
    a: Option<String>,
    b: Option<String>,
    #[serde(rename = "c:/ d")]
    c: Option<String>,
}

/// Verifies `claims`, signed as they are, and shows the token to `look`.
fn with_token<T>(claims: &str, look: impl FnOnce(&AcceptedToken<'_>) -> T) -> T {
    let mut keys = KeySet::<1>::new();
    keys.replace_from_jwk_set(jwk_set(&[Signer::good().jwk("")]).as_bytes())
        .unwrap();
    let token = Signer::good().token(r#"{"alg":"RS256"}"#, claims);
    let mut buf = vec![0; 1 << 16];
    let token = Verifier::new(&keys, &ANYTHING)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap_or_else(|error| panic!("{error}: {claims}"));
    look(&token)
}

/// How a character is written.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Literal,
    Short,
    LowerHex,
    UpperHex,
}

/// The JSON string of `text`, each character in the spelling that its turn asks for, where that is allowed.
fn spell(text: &str, spellings: &[Spelling]) -> String {
    let mut out = String::from("\"");
    for (c, spelling) in text.chars().zip(spellings.iter().cycle()) {
        let short = match c {
            '"' | '\\' | '/' => Some(c),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            _ => None,
        };
        let must_be_escaped = c < ' ' || c == '"' || c == '\\';
        let mut units = [0; 2];
        match (spelling, short) {
            (Spelling::Literal, _) if !must_be_escaped => out.push(c),
            (Spelling::Short | Spelling::Literal, Some(short)) => {
                out.push('\\');
                out.push(short);
            }
            (Spelling::UpperHex, _) => {
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            }
            _ => {
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

/// Holds both doors to what `claims` should say.
fn compare(claims: &str, expected: &Owned) {
    with_token(claims, |token| {
        for (name, expected) in [
            ("iss", &Some(expected.iss.clone())),
            ("a", &expected.a),
            ("b", &expected.b),
            ("c:/ d", &expected.c),
        ] {
            let found = match token.claims().get(name) {
                None => None,
                Some(JsonValue::String(text)) => {
                    let collected: String = text.chars().collect();
                    assert_eq!(collected, text.to_string());
                    assert!(text == *collected);
                    assert_eq!(text.as_str().is_none(), text.raw().contains('\\'), "{claims}");
                    Some(collected)
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(&found, expected, "{name}: {claims}");
        }
        let json = token.claims().json();
        let borrowed: Result<Borrowed<'_>, _> = token.deserialize();
        match borrowed {
            Ok(found) => {
                assert!(!json.contains('\\'), "{json}");
                let owned = |text: Option<&str>| text.map(str::to_owned);
                let found = Owned {
                    iss: found.iss.to_owned(),
                    a: owned(found.a),
                    b: owned(found.b),
                    c: owned(found.c),
                };
                assert_eq!(&found, expected, "{json}");
            }
            Err(error) => {
                assert_eq!(error, DeserializeError::EscapeRemains, "{json}");
                assert!(json.contains('\\'), "{json}");
            }
        }
        let found: Owned = token
            .deserialize_with_scratch(&mut [0; 8192])
            .unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!(&found, expected, "{json}");
        // An escape remains only where it has to.
        let needs_escape = serde_json::from_str::<serde_json::Value>(json).unwrap();
        let has_to = |text: &str| text.chars().any(|c| c < ' ' || c == '"' || c == '\\');
        let remains = needs_escape.as_object().unwrap().iter().any(|(name, value)| {
            has_to(name)
                || value.as_str().is_some_and(has_to)
                || value
                    .as_array()
                    .is_some_and(|array| array.iter().any(|value| value.as_str().is_some_and(has_to)))
        });
        assert_eq!(json.contains('\\'), remains, "{json}");
    });
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        // mostly what matters: escapes, quotation marks, control characters, both sides of the planes
        proptest::collection::vec(
            prop_oneof![
                3 => prop::sample::select(vec!['"', '\\', '/', 'u', 'n', '0', '{', '}', ':', ',', '[', ']']),
                2 => (0_u32..0x20).prop_map(|code| char::from_u32(code).unwrap()),
                2 => prop::sample::select(vec!['\u{7f}', '\u{80}', '\u{7ff}', '\u{800}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}', '\u{2028}', '\u{202e}', '\u{feff}']),
                2 => any::<char>(),
                3 => proptest::char::range(' ', '~'),
            ],
            0..40
        )
        .prop_map(|chars| chars.into_iter().collect()),
        "[a-z ]{0,80}",
    ]
}

fn spellings() -> impl Strategy<Value = Vec<Spelling>> {
    let one = prop::sample::select(vec![
        Spelling::Literal,
        Spelling::Literal,
        Spelling::Short,
        Spelling::LowerHex,
        Spelling::UpperHex,
    ]);
    proptest::collection::vec(one, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_string_reads_the_same_through_both_doors(
        a in proptest::option::of(text()),
        b in proptest::option::of(text()),
        c in proptest::option::of(text()),
        ignored in text(),
        other_name in text(),
        how in spellings(),
        space in prop::sample::select(vec!["", " ", "\n\t"]),
    ) {
        let mut members = vec![(spell("iss", &how), spell("i", &how))];
        for (name, value) in [("a", &a), ("b", &b), ("c:/ d", &c)] {
            if let Some(value) = value {
                members.push((spell(name, &how), spell(value, &how)));
            }
        }
        // A claim that nobody asks for, under a name that none of the others has, and one inside another.
        members.insert(0, (spell(&format!("~{other_name}"), &how), spell(&ignored, &how)));
        members.push((spell("~", &how), format!("[{}, 1, {{}}]", spell(&ignored, &how))));
        members.dedup_by(|one, other| one.0 == other.0);
        if other_name.is_empty() {
            members.remove(0);
        }
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("{space}{name}{space}:{space}{value}{space}"))
            .collect();
        let claims = format!("{{{}}}", members.join(","));
        compare(&claims, &Owned { iss: "i".to_owned(), a, b, c });
    }
}

#[test]
fn hostile_escapes() {
    let owned = |a: &str| Owned {
        iss: "i".to_owned(),
        a: Some(a.to_owned()),
        b: None,
        c: None,
    };
    for (written, meant) in [
        ("", ""),
        (r"\u0000", "\0"),
        (r"\u005c", "\\"),
        (r"\\", "\\"),
        (r"\u0022", "\""),
        (r#"\""#, "\""),
        (r"\/", "/"),
        // what is unescaped once is not unescaped again
        (r"\\u0041", r"\u0041"),
        (r"\u005cu0041", r"\u0041"),
        (r"\u005c\u0075\u0030041", r"\u0041"),
        (r"\\n", r"\n"),
        (r"\u005cn", r"\n"),
        (r"\u005c\u005c", r"\\"),
        (r"\\\\", r"\\"),
        (r#"\\\""#, r#"\""#),
        (r"\u005c\u0022", r#"\""#),
        // a quotation mark that would end the string, a member that would begin
        (r"\u0022,\u0022a\u0022:\u0022b", r#"","a":"b"#),
        (r#"\",\"iss\":\"evil"#, r#"","iss":"evil"#),
        // both halves of a pair, and what is beside them
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00", "😀"),
        (r"\ud800\udc00\udbff\udfff", "\u{10000}\u{10ffff}"),
        (r"\ud7ff\ue000", "\u{d7ff}\u{e000}"),
        (r"\ufeff\uffff", "\u{feff}\u{ffff}"),
        (r"\b\f\n\r\t", "\u{8}\u{c}\n\r\t"),
        (r"\u0008\u000C\u000a\u000D\u0009", "\u{8}\u{c}\n\r\t"),
        (r"\u001f\u007f\u0080", "\u{1f}\u{7f}\u{80}"),
    ] {
        compare(&format!(r#"{{"iss":"i","a":"{written}"}}"#), &owned(meant));
        // the same, in what is not asked for, and in a name
        let plain = Owned { a: None, ..owned("") };
        compare(&format!(r#"{{"x":"{written}","iss":"i","y":["{written}"]}}"#), &plain);
        compare(&format!(r#"{{"x{written}":1,"iss":"i"}}"#), &plain);
        compare(
            &format!(r#"{{"\u0061":"{written}","\u0069\u0073\u0073":"\u0069"}}"#),
            &owned(meant),
        );
    }
}

#[test]
fn scratch_of_every_size() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct One {
        a: String,
    }
    let claims = r#"{"iss":"i","a":"ab\"cd\\😀\u0000ef"}"#;
    let meant = "ab\"cd\\😀\0ef";
    with_token(claims, |token| {
        for size in 0..64 {
            let mut scratch = vec![0; size];
            match token.deserialize_with_scratch::<One>(&mut scratch) {
                Ok(one) => {
                    assert!(size >= meant.len(), "{size}");
                    assert_eq!(one.a, meant);
                }
                Err(DeserializeError::Form(_)) => assert!(size < 2 * meant.len(), "{size}"),
                Err(other) => panic!("{other}"),
            }
        }
    });
}

#[test]
fn claims_of_another_form_are_an_error() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "read by nobody")]
    struct Typed {
        n: u32,
    }
    for value in [
        "null",
        "true",
        "\"1\"",
        "[]",
        "{}",
        "-1",
        "4294967296",
        "1.5",
        "1e3",
        "99999999999999999999999",
        "[[[[1]]]]",
    ] {
        with_token(&format!(r#"{{"iss":"i","n":{value}}}"#), |token| {
            assert!(
                matches!(token.deserialize::<Typed>(), Err(DeserializeError::Form(_))),
                "{value}"
            );
            assert!(
                token.deserialize_with_scratch::<Typed>(&mut [0; 64]).is_err(),
                "{value}"
            );
            assert!(token.deserialize::<Borrowed<'_>>().is_ok(), "{value}");
        });
    }
    with_token(r#"{"iss":"i"}"#, |token| assert!(token.deserialize::<Typed>().is_err()));
    // What is not asked for may nest as deep as claims may.
    let deep = format!(r#"{{"x":{}{},"iss":"i"}}"#, "[".repeat(63), "]".repeat(63));
    with_token(&deep, |token| {
        assert_eq!(token.deserialize::<Borrowed<'_>>().unwrap().iss, "i");
        assert_eq!(token.deserialize_with_scratch::<Owned>(&mut [0; 64]).unwrap().iss, "i");
    });
}
