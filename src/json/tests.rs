// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the JSON layer, by what they hold it against: the rules, JSONTestSuite, and serde_json.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

mod properties;
mod rules;
mod vectors;
mod views;

use std::string::String;
use std::vec::Vec;

use super::{JsonValue, Members, Scratch, canonicalise, place_of};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_CLAIMS;

/// Reads a whole text as a claims set would be: every member, or what is wrong with it.
fn read(text: &[u8]) -> Result<Vec<(String, serde_json::Value)>, JsonErrorKind> {
    let by_characters = collect(Members::new(text, &mut Scratch::<MAX_CLAIMS>::new()));
    if canonical(text) == text {
        let by_octets = collect(Ok(Members::of_canonical(text, &mut Scratch::<MAX_CLAIMS>::new())));
        assert_eq!(by_octets, by_characters, "equal names are equal octets");
    }
    by_characters
}

fn collect(members: Result<Members<'_, '_>, JsonError>) -> Result<Vec<(String, serde_json::Value)>, JsonErrorKind> {
    let mut members = members.map_err(|error| error.kind())?;
    let mut read = Vec::new();
    while let Some((name, value)) = members.next_member().map_err(|error| error.kind())? {
        read.push((name.chars().collect(), tree(value)));
    }
    assert!(members.next_member().unwrap().is_none(), "stays at the end");
    Ok(read)
}

/// What `text` becomes when it is canonicalised.
fn canonical(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    let length = canonicalise(&mut text).text.len();
    text.truncate(length);
    text
}

/// Everything that the views tell about a value.
fn tree(value: JsonValue<'_>) -> serde_json::Value {
    match value {
        JsonValue::Null => serde_json::Value::Null,
        JsonValue::Bool(value) => value.into(),
        JsonValue::Number(number) => serde_json::from_str(number.as_str()).unwrap_or_else(|_| "out of range".into()),
        JsonValue::String(string) => string.chars().collect::<String>().into(),
        JsonValue::Array(array) => array.iter().map(tree).collect(),
        JsonValue::Object(object) => object
            .iter()
            .map(|(name, value)| (name.chars().collect::<String>(), tree(value)))
            .collect(),
    }
}

/// As smaller machines look the names of claims and of header members up.
#[test]
fn the_place_of_a_name_in_a_list() {
    let names = "iss xb ac ab a abc ";
    for (place, name) in names.split_terminator(' ').enumerate() {
        assert_eq!(place_of(name, names), Some(place), "{name}");
    }
    for name in ["", "is", "isss", "iss ", "iss xb", "xss", "b", "abd", "bc", " "] {
        assert_eq!(place_of(name, names), None, "{name}");
    }
}
