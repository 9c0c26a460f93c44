// SPDX-License-Identifier: MIT OR Apache-2.0

//! Values of a token and of a policy as text: safe to look at, and on request safe to hand to others.

use rs256::report::Value;
use rs256::{JsonValue, StringOrArray};

use super::names::Kind;
use super::text::safe;
use super::time;

/// How much of a token is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Everything,
    /// Known values that say nothing about a person; of all others the length.
    WhatIsPublic,
}

impl Show {
    /// A member's value. Whether it is masked comes with it.
    pub(crate) fn json(self, value: JsonValue<'_>, kind: Kind) -> (String, bool) {
        if self == Self::Everything || self.may_show(value, kind) {
            return (json(value), false);
        }
        let masked = match value {
            JsonValue::Null => "null".to_owned(),
            JsonValue::Bool(_) => "‹true or false›".to_owned(),
            JsonValue::Number(number) => format!("‹number, {}›", counted(number.as_str().len(), "character")),
            JsonValue::String(text) => mask(&text.to_string()),
            JsonValue::Array(array) => format!("‹array, {}›", counted(array.iter().count(), "element")),
            JsonValue::Object(object) => format!("‹object, {}›", counted(object.iter().count(), "member")),
            _ => "‹value›".to_owned(),
        };
        (masked, true)
    }

    fn may_show(self, value: JsonValue<'_>, kind: Kind) -> bool {
        match (kind, value) {
            (Kind::Date, JsonValue::Number(_)) | (Kind::Public, JsonValue::Bool(_) | JsonValue::Null) => true,
            (Kind::Public, JsonValue::String(text)) => is_unsuspicious(&text.to_string()),
            (Kind::Public, JsonValue::Array(array)) => array
                .iter()
                .all(|element| matches!(element, JsonValue::String(text) if is_unsuspicious(&text.to_string()))),
            _ => false,
        }
    }

    /// Text of the token's that is public by its meaning: the name of a member, what a check compared. It can carry
    /// something else all the same.
    pub(crate) fn text(self, text: &str) -> String {
        if self == Self::Everything || is_unsuspicious(text) {
            safe(text)
        } else {
            mask(text)
        }
    }

    pub(crate) fn texts(self, texts: StringOrArray<'_>) -> String {
        let all: Vec<String> = texts.iter().map(|text| self.text(&text.to_string())).collect();
        all.join(" or ")
    }

    /// One of the two values of a check; `None` where there is none to show.
    pub(crate) fn compared(self, value: Value<'_>) -> Option<String> {
        let list = |texts: &[&str]| match texts {
            [] => "none".to_owned(),
            texts => texts.iter().map(|text| safe(text)).collect::<Vec<_>>().join(" or "),
        };
        Some(match value {
            Value::Text(text) => self.text(&text.to_string()),
            Value::Texts(texts) => self.texts(texts),
            Value::Exactly(text) => safe(text),
            Value::OneOf(texts) => list(texts),
            Value::Either(one, other) => list(&[one, other]),
            Value::Joined(prefix, rest) => safe(&format!("{prefix}{rest}")),
            Value::OneOfGuids(guids) => list(&guids.iter().map(|guid| guid.as_str()).collect::<Vec<_>>()),
            Value::GuidOrOneOf(guid, texts) => list(
                &[guid.as_str()]
                    .into_iter()
                    .chain(texts.iter().copied())
                    .collect::<Vec<_>>(),
            ),
            Value::Date(date) => time::utc(date.as_secs()),
            Value::Clock { now, leeway } => format!("now {}, leeway {leeway} s", time::utc(now.as_secs())),
            Value::MaxAge { now, secs, leeway } => {
                format!(
                    "at most {} old at {}, leeway {leeway} s",
                    time::span(secs.into()),
                    time::utc(now.as_secs())
                )
            }
            _ => return None,
        })
    }
}

/// The value as JSON.
fn json(value: JsonValue<'_>) -> String {
    match value {
        JsonValue::Null => "null".to_owned(),
        JsonValue::Bool(yes) => yes.to_string(),
        JsonValue::Number(number) => safe(number.as_str()),
        JsonValue::String(text) => format!("\"{}\"", safe(text.raw())),
        JsonValue::Array(array) => {
            let all: Vec<String> = array.iter().map(json).collect();
            format!("[{}]", all.join(", "))
        }
        JsonValue::Object(object) => safe(object.as_str()),
        _ => "?".to_owned(),
    }
}

fn mask(text: &str) -> String {
    format!("‹{}›", counted(text.chars().count(), "character"))
}

fn counted(count: usize, of: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {of}{plural}")
}

/// Whether a text looks like a name of a service, a scope or an identifier, not like an address of a person: of short
/// length, from the characters that such names consist of.
fn is_unsuspicious(text: &str) -> bool {
    text.len() <= 200
        && text.chars().all(|char| {
            char.is_ascii_alphanumeric() || matches!(char, ' ' | '-' | '.' | '_' | ':' | '/' | '~' | '+' | '=')
        })
}
