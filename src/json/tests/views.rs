// SPDX-License-Identifier: MIT OR Apache-2.0

//! The views over validated text, and the one spelling of strings.

use std::format;
use std::string::String;
use std::string::ToString;
use std::vec::Vec;

use super::{canonical, read};
use crate::json::{JsonStr, JsonValue, Members, Scratch};

/// The value of the only member of `text`.
fn only(text: &str) -> JsonValue<'_> {
    Members::new(text.as_bytes(), &mut Scratch::<1>::new())
        .unwrap()
        .next_member()
        .unwrap()
        .unwrap()
        .1
}

fn string(text: &str) -> JsonStr<'_> {
    match only(text) {
        JsonValue::String(string) => string,
        other => panic!("{other:?}"),
    }
}

#[test]
fn plain_string() {
    let text = string(r#"{"x":"Grüße"}"#);
    assert_eq!(text.as_str(), Some("Grüße"));
    assert_eq!(text.raw(), "Grüße");
    assert_eq!(text.len(), 7);
    assert!(!text.is_empty());
    assert!(string(r#"{"x":""}"#).is_empty());
    assert_eq!(text.to_string(), "Grüße");
    assert!(text == "Grüße" && text == *"Grüße" && text != "Grüß" && text != "grüße");
    assert!(text.eq_ignore_ascii_case("gRüße") && !text.eq_ignore_ascii_case("GRÜSSE"));
    let mut buffer = [0; 7];
    assert_eq!(text.copy_to(&mut buffer), Ok("Grüße"));
    assert_eq!(text.copy_to(&mut [0; 6]).unwrap_err().needed(), 7);
}

#[test]
fn escaped_string() {
    let text = string(r#"{"x":"\u0047r\u00fc\u00DFe \ud83d\uDE00\/\"\\\b\f\n\r\t"}"#);
    let meant = "Grüße 😀/\"\\\u{8}\u{c}\n\r\t";
    assert_eq!(text.as_str(), None);
    assert_eq!(text.raw().len(), 49);
    assert_eq!(text.chars().collect::<String>(), meant);
    assert_eq!(text.len(), meant.len());
    assert_eq!(text.to_string(), meant);
    assert!(text == meant && text != "G");
    assert!(text.eq_ignore_ascii_case(&meant.to_uppercase().replace("ÜSS", "üß")));
    assert!(!text.eq_ignore_ascii_case("G"));
    let mut buffer = [0; 64];
    assert_eq!(text.copy_to(&mut buffer), Ok(meant));
    assert_eq!(text.copy_to(&mut buffer[..meant.len()]), Ok(meant));
    assert_eq!(
        text.copy_to(&mut buffer[..meant.len() - 1]).unwrap_err().needed(),
        meant.len()
    );

    let twin = string(r#"{"x":"\u0047rüße 😀/\u0022\u005c\u0008\u000c\u000a\u000d\u0009"}"#);
    assert!(text == twin);
    assert!(
        string(r#"{"x":"a"}"#) == string(r#"{"x":"\u0061"}"#) && string(r#"{"x":"\u0061"}"#) == string(r#"{"x":"a"}"#)
    );
    assert!(string(r#"{"x":"a"}"#) != string(r#"{"x":"\u0062"}"#));
}

#[test]
fn numbers() {
    let number = |text: &str| match only(&format!("{{\"x\":{text}}}")) {
        JsonValue::Number(number) => (number.as_str() == text, number.as_u64(), number.as_i64()),
        other => panic!("{other:?}"),
    };
    assert_eq!(number("0"), (true, Some(0), Some(0)));
    assert_eq!(number("-0"), (true, None, Some(0)));
    assert_eq!(number("18446744073709551615"), (true, Some(u64::MAX), None));
    assert_eq!(number("18446744073709551616"), (true, None, None));
    assert_eq!(
        number("9223372036854775807"),
        (true, Some(1 << 63).map(|n: u64| n - 1), Some(i64::MAX))
    );
    assert_eq!(number("-9223372036854775808"), (true, None, Some(i64::MIN)));
    assert_eq!(number("-9223372036854775809"), (true, None, None));
    for text in ["1.0", "1e3", "1E-3", "-1.5e+7", "1e999"] {
        assert_eq!(number(text), (true, None, None), "{text}");
    }
}

#[test]
fn arrays_and_objects() {
    let JsonValue::Array(array) = only(r#"{"x": [ "a,]" , [1,[2]] , {"b":"}"} , null,true, -1.5 ] }"#) else {
        panic!()
    };
    assert!(!array.is_empty());
    let kinds: Vec<_> = array.iter().map(|value| format!("{value:?}")).collect();
    assert_eq!(
        kinds,
        [
            "String(JsonStr(3 octets))",
            "Array(JsonArray(7 octets))",
            "Object(JsonObject(9 octets))",
            "Null",
            "Bool(true)",
            "Number(JsonNumber(4 octets))",
        ]
    );
    let JsonValue::Object(object) = only(r#"{"x":{"a":1,"\u0062":{"c":[]},"a":2, "d":"" }}"#) else {
        panic!()
    };
    assert!(!object.is_empty());
    assert_eq!(
        object.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>(),
        ["a", "b", "a", "d"]
    );
    assert!(
        matches!(object.get("a"), Some(JsonValue::Number(n)) if n.as_u64() == Some(1)),
        "the first one"
    );
    assert!(matches!(object.get("b"), Some(JsonValue::Object(b)) if b.text() == br#"{"c":[]}"#));
    assert!(object.get("e").is_none());
    assert!(Members::new(object.text(), &mut Scratch::<4>::new()).is_ok());
    for empty in ["[]", "[ ]", "[\n]"] {
        assert!(matches!(only(&format!("{{\"x\":{empty}}}")), JsonValue::Array(array) if array.is_empty()));
    }
    for empty in ["{}", "{ }"] {
        assert!(matches!(only(&format!("{{\"x\":{empty}}}")), JsonValue::Object(object) if object.is_empty()));
    }
    // A walk can be left, copied and resumed, and stays at its end.
    let mut walk = array.iter();
    walk.next();
    assert_eq!(walk.clone().count(), 5);
    assert_eq!(walk.by_ref().count(), 5);
    assert!(walk.next().is_none());
}

#[test]
fn debug_prints_no_text() {
    let secret = r#"{"x":["secret", {"secret":12345}, 12345, "\u0073ecret"]}"#;
    let value = only(secret);
    let JsonValue::Array(array) = value else { panic!() };
    let mut printed = format!("{value:?} {array:?}");
    for value in array.iter() {
        printed += &format!("{value:?} {value:#?}");
    }
    assert!(
        !printed.contains("secret") && !printed.contains("12345") && !printed.contains("0073"),
        "{printed}"
    );
}

#[test]
fn sizes() {
    assert!(size_of::<JsonStr<'_>>() <= 3 * size_of::<usize>());
    assert!(size_of::<JsonValue<'_>>() <= 4 * size_of::<usize>());
    assert!(size_of::<Members<'_, '_>>() + size_of::<Scratch<32>>() <= 420);
}

#[test]
fn canonical_spelling() {
    for (written, canonical_form) in [
        ("{}", "{}"),
        (r#"{"a":"\/"}"#, r#"{"a":"/"}"#),
        (r#"{"\u0069ss":"\u0041\u00e9\u20AC\uD83D\uDE00"}"#, r#"{"iss":"Aé€😀"}"#),
        (r#"{"a":"\u0022\"\u005C\\\u005c"}"#, r#"{"a":"\"\"\\\\\\"}"#),
        (
            r#"{"a":"\u0008\b\u0009\t\u000A\n\u000c\f\u000D\r"}"#,
            r#"{"a":"\b\b\t\t\n\n\f\f\r\r"}"#,
        ),
        (
            r#"{"a":"\u0000\u0001\u000B\u000f\u0010\u001A\u001f\u0020\u007f"}"#,
            "{\"a\":\"\\u0000\\u0001\\u000b\\u000f\\u0010\\u001a\\u001f \u{7f}\"}",
        ),
        (
            r#"{"a":"\\u0041","b":"\\\u0041","c":"\\"}"#,
            r#"{"a":"\\u0041","b":"\\A","c":"\\"}"#,
        ),
        (
            r#"{"a":["\u0041",{"\u0041":["\u0041"]}]}"#,
            r#"{"a":["A",{"A":["A"]}]}"#,
        ),
    ] {
        assert_eq!(
            canonical(written.as_bytes()).escape_ascii().to_string(),
            canonical_form.as_bytes().escape_ascii().to_string()
        );
        assert_eq!(read(written.as_bytes()), read(canonical_form.as_bytes()));
        assert!(read(written.as_bytes()).is_ok());
        // With runs of every length before and behind.
        for length in 0..70 {
            let pad = "p".repeat(length);
            let long = |middle: &str| format!("{{\"{pad}\":\"{pad}\",\"m\":{middle},\"q{pad}\":\"{pad}\\n{pad}\"}}");
            assert_eq!(canonical(long(written).as_bytes()), long(canonical_form).as_bytes());
        }
    }
}

/// A mending of broken text would let a document in that the scanner has to refuse.
#[test]
fn canonicalise_mends_nothing() {
    for broken in [
        r#"{"a":"\u12\u0041B"}"#,
        r#"{"a":"\u00\u0030\u0030"}"#,
        r#"{"a":"\u\u0030041"}"#,
        r#"{"a":"\q\u0041"}"#,
        r#"{"a":"\ud83d\u005cude00"}"#,
        r#"{"a":"\ud83d\u0041"}"#,
        r#"{"a":"\ude00\u0041"}"#,
        r#"{"a":\u0031}"#,
        r#"{"a"\u003a1}"#,
        r#"\u007b"a":1}"#,
        r#"{\"a":1}"#,
        r#"{"a":"b\"#,
        r#"{"a":"b\u"#,
        r#"{"a":"b\u004"#,
        "{\"a\":\"\\\n\"}",
        "{\"a\":\"\n\\u0041\"}",
    ] {
        assert!(read(broken.as_bytes()).is_err(), "{broken}");
        let canonical_form = canonical(broken.as_bytes());
        assert!(
            read(&canonical_form).is_err(),
            "{broken} became {}",
            canonical_form.escape_ascii()
        );
        assert_eq!(canonical(&canonical_form), canonical_form);
    }
    // Octets that are no UTF-8 do not come together over a removed escape.
    let broken = b"{\"a\":\"\xc3\\u0041\xa9\\/\xc3\"}";
    assert!(read(&canonical(broken)).is_err());
}
