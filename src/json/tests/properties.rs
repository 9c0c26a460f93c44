// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generated and damaged documents, held against serde_json.

use std::collections::HashSet;
use std::fmt;
use std::format;
use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::{canonical, read};
use crate::error::JsonErrorKind;

/// An object with its members in order, duplicates included, as serde_json reads it.
#[derive(Debug)]
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Pairs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// One answer from both, where the rules are the same; and canonicalising changes neither answer nor meaning.
fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    let ours = read(text);
    match serde_json::from_slice::<Pairs>(text) {
        Ok(Pairs(theirs)) => {
            let names: HashSet<_> = theirs.iter().map(|(name, _)| name).collect();
            if names.len() < theirs.len() {
                prop_assert_eq!(&ours, &Err(JsonErrorKind::DuplicateName));
            } else {
                prop_assert_eq!(&ours, &Ok(theirs));
            }
        }
        // serde_json reads numbers into a double and refuses what does not fit; we leave that to who reads them.
        Err(error) if format!("{error}").starts_with("number out of range") => {}
        Err(error) => prop_assert!(ours.is_err(), "{}", error),
    }
    let canonical_form = canonical(text);
    prop_assert!(canonical_form.len() <= text.len());
    prop_assert_eq!(&canonical(&canonical_form), &canonical_form, "idempotent");
    match (&ours, read(&canonical_form)) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, &theirs, "one meaning"),
        (Err(ours), Err(theirs)) => prop_assert_eq!(ours, &theirs, "one fault"),
        (ours, theirs) => prop_assert!(false, "{:?} became {:?}", ours, theirs),
    }
    Ok(())
}

/// Writes values in one of the many ways that JSON leaves, chosen by a generator of numbers.
struct Writer {
    state: u64,
    text: String,
}

impl Writer {
    fn choose(&mut self, below: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    fn space(&mut self) {
        if self.choose(4) == 0 {
            let spaces = ["", " ", "\n", "\t", "\r\n", "    "];
            let index = self.choose(6) as usize;
            self.text += spaces[index];
        }
    }

    fn string(&mut self, string: &str) {
        self.text.push('"');
        let density = [1, 4, 50][self.choose(3) as usize];
        for c in string.chars() {
            let short = match c {
                '"' => "\\\"",
                '\\' => "\\\\",
                '/' => "\\/",
                '\u{8}' => "\\b",
                '\u{c}' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => "",
            };
            let must = c < ' ' || c == '"' || c == '\\';
            if !must && self.choose(density) != 0 {
                self.text.push(c);
            } else if !short.is_empty() && self.choose(2) == 0 {
                self.text += short;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let lower = self.choose(2) == 0;
                    self.text += &if lower {
                        format!("\\u{unit:04x}")
                    } else {
                        format!("\\u{unit:04X}")
                    };
                }
            }
        }
        self.text.push('"');
    }

    fn value(&mut self, value: &Value) {
        self.space();
        match value {
            Value::String(string) => self.string(string),
            Value::Array(array) => {
                self.text.push('[');
                for (index, element) in array.iter().enumerate() {
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.value(element);
                }
                self.space();
                self.text.push(']');
            }
            Value::Object(object) => {
                let members: Vec<_> = object
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                self.object(&members);
            }
            scalar => self.text += &format!("{scalar}"),
        }
        self.space();
    }

    fn object(&mut self, members: &[(String, Value)]) {
        self.text.push('{');
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.space();
            self.string(name);
            self.space();
            self.text.push(':');
            self.value(value);
        }
        self.space();
        self.text.push('}');
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,4}",
        "[a-z:/._]{0,40}",
        "(iss|aud|exp|roles|http://schemas\\.example/role)",
        "\\PC{0,20}",
        "[\\x00-\\x2f\"\\\\a-f]{0,12}",
        proptest::collection::vec(any::<char>(), 0..70).prop_map(String::from_iter),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A document as somebody might write it, now and then with a name twice.
fn document() -> impl Strategy<Value = String> {
    (proptest::collection::vec((text(), value()), 0..12), any::<u64>()).prop_map(|(members, state)| {
        let mut writer = Writer {
            state,
            text: String::new(),
        };
        writer.space();
        writer.object(&members);
        writer.space();
        writer.text
    })
}

/// A document with a few octets changed, cut out, repeated or put in.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&[u8]; 24] = [
        b"\"",
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b" ",
        b"\n",
        b"\0",
        b"\x1f",
        b"0",
        b"-",
        b".",
        b"e",
        b"null",
        b"\\u0041",
        b"\\ud83d",
        b"\\ude00",
        b"\\u",
        b"\xc3",
        b"\xa9",
        b"\xef\xbb\xbf",
    ];
    let damage = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..4,
        any::<u8>(),
    );
    (document(), proptest::collection::vec(damage, 1..4)).prop_map(|(document, damages)| {
        let mut text = document.into_bytes();
        for (at, length, kind, octet) in damages {
            let start = at.index(text.len() + 1);
            let end = text.len().min(start + length.index(9));
            match kind {
                0 => drop(text.drain(start..end)),
                1 => drop(text.splice(start..start, text.get(start..end).unwrap().to_vec())),
                2 => drop(text.splice(start..start, PIECES[octet as usize % PIECES.len()].iter().copied())),
                _ => text.iter_mut().skip(start).take(1).for_each(|changed| *changed = octet),
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_documents(document in document()) {
        let ours = read(document.as_bytes());
        prop_assert!(matches!(ours, Ok(_) | Err(JsonErrorKind::DuplicateName)), "{:?}", ours);
        agree(document.as_bytes())?;
    }

    #[test]
    fn damaged_documents(document in damaged()) {
        agree(&document)?;
    }

    #[test]
    fn any_octets(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        agree(&octets)?;
        agree(&[b"{\"a\":\"", octets.as_slice(), b"\"}"].concat())?;
    }

    /// After canonicalising, a string is plain unless it holds what cannot be written otherwise.
    #[test]
    fn canonical_strings_are_plain(string in text(), state in any::<u64>()) {
        let mut writer = Writer { state, text: String::new() };
        writer.object(&[("x".into(), string.clone().into())]);
        let text = canonical(writer.text.as_bytes());
        let mut scratch = crate::json::Scratch::<1>::new();
        let (_, value) = crate::json::Members::new(&text, &mut scratch).unwrap().next_member().unwrap().unwrap();
        let crate::JsonValue::String(read) = value else { panic!() };
        let must = |c| c < ' ' || c == '"' || c == '\\';
        prop_assert_eq!(read.as_str().is_none(), string.chars().any(must));
        prop_assert!(read == string.as_str());
        prop_assert_eq!(read.len(), string.len());
        let mut buffer = std::vec![0; string.len()];
        prop_assert_eq!(read.copy_to(&mut buffer), Ok(string.as_str()));
    }
}
