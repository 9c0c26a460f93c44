// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a JSON document means, by `serde_json` and by rules written down once more.
//!
//! Each value is read as raw text first and taken apart from there, so that members keep their order, duplicates stay
//! visible and numbers keep their digits.

use std::collections::HashSet;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use rs256::{JsonObject, JsonStr, JsonValue};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Deepest nesting that is accepted.
const DEEPEST: usize = 64;

/// Longest JSON text of any kind.
pub const LONGEST: usize = 1 << 20;

impl Node {
    /// The value that `text` is; `None` where `serde_json` refuses it, or where it is nested deeper than 64 levels.
    pub fn read(text: &[u8]) -> Option<Self> {
        let raw: &RawValue = serde_json::from_slice(text).ok()?;
        Self::from_raw(raw.get(), 1)
    }

    fn from_raw(text: &str, depth: usize) -> Option<Self> {
        Some(match text.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::String(serde_json::from_str(text).ok()?),
            // RULE depth: at most 64 levels
            b'[' | b'{' if depth > DEEPEST => return None,
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let elements = elements.iter().map(|raw| Self::from_raw(raw.get(), depth + 1));
                Self::Array(elements.collect::<Option<_>>()?)
            }
            b'{' => {
                let members = serde_json::Deserializer::from_str(text).deserialize_map(Members).ok()?;
                let members = members
                    .into_iter()
                    .map(|(name, raw)| Some((name, Self::from_raw(raw.get(), depth + 1)?)));
                Self::Object(members.collect::<Option<_>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A string or an array of nothing but strings.
    pub fn strings(&self) -> Option<Vec<&str>> {
        match self {
            Self::String(text) => Some(vec![text]),
            Self::Array(elements) => elements.iter().map(Self::as_str).collect(),
            _ => None,
        }
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// An object that obeys the strict rules: its members in order, no name twice.
#[derive(Clone, Debug)]
pub struct Object(pub Vec<(String, Node)>);

impl Object {
    /// The object that `text` is by the strict rules, with at most `cap` members.
    pub fn read(text: &[u8], cap: usize) -> Option<Self> {
        // RULE length
        if text.len() > LONGEST {
            return None;
        }
        // RULE object: the outermost value is one
        match Node::read(text)? {
            Node::Object(members) => Self::strict(members, cap),
            _ => None,
        }
    }

    /// These members by the strict rules.
    pub fn strict(members: Vec<(String, Node)>, cap: usize) -> Option<Self> {
        let names: HashSet<_> = members.iter().map(|(name, _)| name).collect();
        // RULE cap, RULE duplicates
        (members.len() <= cap && names.len() == members.len()).then_some(Self(members))
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find_map(|(own, value)| (own == name).then_some(value))
    }

    /// The string `name`; the outer `None` when it is there and no string.
    #[expect(clippy::option_option, reason = "wrong, absent and present are three things")]
    pub fn string(&self, name: &str) -> Option<Option<&str>> {
        match self.get(name) {
            None => Some(None),
            Some(Node::String(text)) => Some(Some(text)),
            Some(_) => None,
        }
    }
}

/// Asserts that two views of one document are equal.
pub fn assert_object(ours: JsonObject<'_>, theirs: &[(String, Node)]) {
    assert_eq!(ours.iter().count(), theirs.len());
    assert_eq!(ours.is_empty(), theirs.is_empty());
    for ((name, value), (their_name, their_value)) in ours.iter().zip(theirs) {
        assert_str(name, their_name);
        assert_value(value, their_value);
    }
}

/// As [`assert_object`], for any value.
pub fn assert_value(ours: JsonValue<'_>, theirs: &Node) {
    match (ours, theirs) {
        (JsonValue::Null, Node::Null) => {}
        (JsonValue::Bool(ours), Node::Bool(theirs)) => assert_eq!(ours, *theirs),
        (JsonValue::Number(ours), Node::Number(theirs)) => {
            assert_eq!(ours.as_str(), theirs);
            assert_eq!(ours.as_u64(), theirs.parse().ok());
            assert_eq!(ours.as_i64(), theirs.parse().ok());
        }
        (JsonValue::String(ours), Node::String(theirs)) => assert_str(ours, theirs),
        (JsonValue::Array(ours), Node::Array(theirs)) => {
            assert_eq!(ours.iter().count(), theirs.len());
            assert_eq!(ours.is_empty(), theirs.is_empty());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert_value(ours, theirs);
            }
        }
        (JsonValue::Object(ours), Node::Object(theirs)) => assert_object(ours, theirs),
        (ours, theirs) => panic!("{ours:?} is not {theirs:?}"),
    }
}

/// As [`assert_object`], for strings, by every way of reading one.
pub fn assert_str(ours: JsonStr<'_>, theirs: &str) {
    assert!(ours == theirs, "{:?} is not {theirs:?}", ours.raw());
    assert_eq!(ours.len(), theirs.len());
    assert_eq!(ours.is_empty(), theirs.is_empty());
    assert!(ours.chars().eq(theirs.chars()));
    assert!(ours.eq_ignore_ascii_case(&theirs.to_ascii_uppercase()));
    if let Some(plain) = ours.as_str() {
        assert_eq!(plain, theirs);
    }
    let mut buf = vec![0; theirs.len()];
    assert_eq!(ours.copy_to(&mut buf), Ok(theirs));
    if let Some(short) = theirs.len().checked_sub(1) {
        assert!(ours.copy_to(&mut buf[..short]).is_err());
    }
}
