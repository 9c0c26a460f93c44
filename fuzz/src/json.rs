// SPDX-License-Identifier: MIT OR Apache-2.0

//! The JSON scanner against `serde_json`, on the strict subset: same verdict, same names and values, and canonicalising
//! changes neither.

use rs256::internals::{canonicalise, read_canonical_json, read_json, read_short_json};
use rs256::{JsonObject, JsonStr, JsonValue};

use crate::model::{Node, Object, assert_object, assert_str, assert_value};

/// The document as it is.
pub fn run(data: &[u8]) {
    let expected = match Node::read(data) {
        Some(Node::Object(members)) => Some(members),
        _ => None,
    };
    agree::<256>(data, expected.as_deref());
    agree::<32>(data, expected.as_deref());

    let mut canonical = data.to_vec();
    let len = canonicalise(&mut canonical);
    assert!(len <= data.len());
    canonical.truncate(len);
    agree::<256>(&canonical, expected.as_deref());
    // Where equal names are equal octets, comparing octets finds the same duplicates.
    let by_octets = read_canonical_json::<256>(&canonical).map(|object| object.as_str());
    let by_characters = read_json::<256>(&canonical, |_, _| {}).map(|object| object.as_str());
    assert_eq!(by_octets, by_characters);
    let mut again = canonical.clone();
    let len = canonicalise(&mut again);
    assert_eq!(&again[..len], canonical, "idempotent");
    if expected.is_some_and(|members| Object::strict(members, 256).is_some()) {
        let one_spelling = |name: JsonStr<'_>, value| {
            spelt(name);
            spelt_inside(value);
        };
        assert!(read_json::<256>(&canonical, one_spelling).is_ok());
    }
}

/// A canonical string is written the one way: an escape only where there has to be one.
fn spelt(text: JsonStr<'_>) {
    let mut spelling = String::new();
    for c in text.chars() {
        match c {
            '"' => spelling += "\\\"",
            '\\' => spelling += "\\\\",
            '\u{8}' => spelling += "\\b",
            '\t' => spelling += "\\t",
            '\n' => spelling += "\\n",
            '\u{c}' => spelling += "\\f",
            '\r' => spelling += "\\r",
            '\0'..'\u{20}' => spelling += &format!("\\u{:04x}", u32::from(c)),
            _ => spelling.push(c),
        }
    }
    assert_eq!(text.raw(), spelling);
    assert_eq!(text.as_str().is_some(), !spelling.contains('\\'));
}

fn spelt_inside(value: JsonValue<'_>) {
    match value {
        JsonValue::String(text) => spelt(text),
        JsonValue::Array(array) => array.iter().for_each(spelt_inside),
        JsonValue::Object(object) => object.iter().for_each(|(name, value)| {
            spelt(name);
            spelt_inside(value);
        }),
        _ => {}
    }
}

fn agree<const CAP: usize>(text: &[u8], members: Option<&[(String, Node)]>) {
    let expected = members.and_then(|members| Object::strict(members.to_vec(), CAP));
    crate::verdicts::note(expected.is_some());
    let mut seen = Vec::new();
    let object = read_json::<CAP>(text, |name, value| seen.push((name, value)));
    match (&expected, object) {
        (Some(Object(members)), Ok(object)) => {
            assert_object(object, members);
            assert_eq!(seen.len(), members.len());
            for ((name, value), (their_name, their_value)) in seen.iter().zip(members) {
                assert_str(*name, their_name);
                assert_value(*value, their_value);
            }
            let found = members.first().map(|(name, _)| object.get(name).is_some());
            assert_ne!(found, Some(false));
            assert_eq!(
                Node::read(object.as_str().as_bytes()),
                Some(Node::Object(members.clone()))
            );
        }
        (None, Err(_)) => {}
        (expected, object) => panic!("{object:?} but serde_json says {expected:?}"),
    }
    // The smaller table of names answers the same.
    if text.len() <= 0xffff {
        let kinds = |object: Result<JsonObject<'_>, rs256::JsonError>| object.map(|object| object.as_str().to_owned());
        let wide = kinds(read_json::<CAP>(text, |_, _| {}));
        let short = kinds(read_short_json::<CAP>(text, |_, _| {}));
        assert_eq!(wide, short);
    }
}
