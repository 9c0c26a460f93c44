// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where each claim is, so that looking one up does not walk through all of them.
//!
//! A small table with open addressing: one `u32` for each claim says where it and the next one begin.
//! Whether a place holds the claim asked for is decided by comparing the name in the text, so the hash may be as cheap
//! as it likes; it takes letters without their case, so that names which differ in case alone are met on one search.
//!
//! What the table cannot hold (claims beyond its room, names with an escape) is found by walking. Smaller machines, for
//! which a walk is little beside an RSA operation and a stack is little altogether, have no table.

use crate::json::{JsonStr, JsonValue};

/// Places of the table: a token of Entra has 20 to 45 claims.
#[cfg(target_pointer_width = "64")]
const PLACES: usize = 64;

/// The table.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy)]
pub(super) struct Index {
    // INVARIANT: 0 is a free place, and there always is one; no name begins where the object does. Above, the offset of
    // the name's quotation mark in 16 bits, and in the lower 16 bits that of the next name in the text, or 0.
    places: [u32; PLACES],
    count: usize,
    /// The place of the claim that was remembered last; none of the table's at first.
    last: usize,
    /// Whether some claim is not in the table.
    is_partial: bool,
}

#[cfg(target_pointer_width = "64")]
#[expect(clippy::indexing_slicing, reason = "an index modulo the length")]
impl Index {
    pub(super) const fn new() -> Self {
        Self {
            places: [0; PLACES],
            count: 0,
            last: PLACES,
            is_partial: false,
        }
    }

    /// Remembers the next claim of `text`. One that the table cannot hold ends it: its value would be taken for a part
    /// of the one before.
    #[inline(always)]
    pub(super) fn insert(&mut self, text: &[u8], name: JsonStr<'_>) {
        let Some(plain) = name.as_str().filter(|_| self.count + 1 < PLACES && !self.is_partial) else {
            return self.end(text, name);
        };
        let start = offset_in(text, plain);
        let mut place = hash(plain.as_bytes());
        // BOUND: a place is free, so this ends within a round.
        while self.places[place % PLACES] != 0 {
            place += 1;
        }
        self.places[place % PLACES] = start << 16;
        self.end_last(start);
        self.last = place % PLACES;
        self.count += 1;
        self.is_partial = start > 0xffff;
    }

    /// Gives the claim that came last its end, the name of the first that the table does not hold.
    #[cold]
    fn end(&mut self, text: &[u8], name: JsonStr<'_>) {
        if !self.is_partial {
            self.is_partial = true;
            self.end_last(offset_in(text, name.raw()));
        }
    }

    /// Says where the claim after the last one begins.
    #[inline(always)]
    fn end_last(&mut self, next: u32) {
        if let Some(last) = self.places.get_mut(self.last) {
            *last |= next & 0xffff;
        }
    }

    /// The claim `name`, or how far the table knows of it.
    #[inline]
    pub(super) fn find<'b>(&self, text: &'b str, name: &str) -> Found<'b> {
        let mut place = hash(name.as_bytes());
        // BOUND: a place is free, so this ends within a round.
        loop {
            let entry = self.places[place % PLACES];
            if entry == 0 {
                return if self.is_partial {
                    Found::Unknown
                } else {
                    Found::Nothing
                };
            }
            let (found, behind) = name_at(text, entry, name.len());
            // Names are short: octet by octet is as fast as it gets.
            if found.iter().eq(name.as_bytes()) && behind.first() == Some(&b'"') {
                return value_at(text, entry, behind.len()).map_or(Found::Unknown, Found::Value);
            }
            place += 1;
        }
    }

    /// Whether a claim's name differs from `name` in case alone, as far as the table knows.
    pub(super) fn has_case_variant(&self, text: &str, name: &str) -> Option<bool> {
        let mut place = hash(name.as_bytes());
        // BOUND: a place is free, so this ends within a round.
        loop {
            let entry = self.places[place % PLACES];
            if entry == 0 {
                return (!self.is_partial).then_some(false);
            }
            let (found, behind) = name_at(text, entry, name.len());
            if found != name.as_bytes() && found.eq_ignore_ascii_case(name.as_bytes()) && behind.first() == Some(&b'"')
            {
                return Some(true);
            }
            place += 1;
        }
    }
}

/// What a table says about a claim.
#[cfg_attr(
    not(target_pointer_width = "64"),
    expect(dead_code, reason = "without a table all is unknown")
)]
pub(super) enum Found<'b> {
    Value(JsonValue<'b>),
    Nothing,
    /// The claim may be there all the same: walk.
    Unknown,
}

/// The octets of the name at an entry, if it is as long as `len`, and what follows them.
#[cfg(target_pointer_width = "64")]
#[inline]
#[expect(clippy::as_conversions, reason = "16 bits")]
fn name_at(text: &str, entry: u32, len: usize) -> (&[u8], &[u8]) {
    text.as_bytes()
        .get((entry >> 16) as usize + 1..)
        .and_then(|rest| rest.split_at_checked(len))
        .unwrap_or_default()
}

/// The value of the entry behind whose name `left` octets are left, the first of them a quotation mark.
#[cfg(target_pointer_width = "64")]
#[inline]
#[expect(clippy::as_conversions, reason = "16 bits")]
fn value_at(text: &str, entry: u32, left: usize) -> Option<JsonValue<'_>> {
    let whitespace = [' ', '\t', '\n', '\r'];
    let before_next = match (entry & 0xffff) as usize {
        // The closing brace of the object is its last octet.
        0 => text.strip_suffix('}')?,
        next => text.get(..next)?.trim_end_matches(whitespace).strip_suffix(',')?,
    };
    let behind_name = before_next.get(text.len().checked_sub(left)?.checked_add(1)?..)?;
    let value = behind_name.trim_start_matches(whitespace).strip_prefix(':')?;
    JsonValue::from_valid(value.trim_matches(whitespace))
}

/// Where the quotation mark before `name` is in `text`, which it is a part of. No text of claims has 2^32 octets.
#[cfg(target_pointer_width = "64")]
#[inline]
#[expect(clippy::as_conversions, reason = "see above")]
fn offset_in(text: &[u8], name: &str) -> u32 {
    name.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).wrapping_sub(1) as u32
}

/// A place by the first, the middle and the last octet without their case. The weights make few of the names collide
/// that Entra's and AD FS's tokens have.
#[cfg(target_pointer_width = "64")]
#[inline]
fn hash(name: &[u8]) -> usize {
    let octet = |index: usize| usize::from(name.get(index).copied().unwrap_or(0) | 0x20);
    let (first, middle, last) = (octet(0), octet(name.len() / 2), octet(name.len().saturating_sub(1)));
    (first * 39 + last * 23 + middle * 37) % PLACES
}

/// No table.
#[cfg(not(target_pointer_width = "64"))]
#[derive(Clone, Copy)]
pub(super) struct Index;

#[cfg(not(target_pointer_width = "64"))]
impl Index {
    pub(super) const fn new() -> Self {
        Self
    }

    pub(super) const fn insert(&mut self, _text: &[u8], _name: JsonStr<'_>) {}

    pub(super) const fn find<'b>(&self, _text: &'b str, _name: &str) -> Found<'b> {
        Found::Unknown
    }

    pub(super) const fn has_case_variant(&self, _text: &str, _name: &str) -> Option<bool> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use crate::claims::Claims;
    use crate::json::JsonValue;

    fn claims<R>(text: &str, look: impl FnOnce(&Claims<'_>) -> R) -> R {
        let mut text = text.as_bytes().to_vec();
        look(&Claims::read(&mut text).unwrap())
    }

    fn written(value: JsonValue<'_>) -> String {
        match value {
            JsonValue::Null => "null".into(),
            JsonValue::Bool(flag) => format!("{flag}"),
            JsonValue::Number(number) => number.as_str().into(),
            JsonValue::String(text) => format!("\"{}\"", text.raw()),
            JsonValue::Array(array) => format!("array of {}", array.iter().count()),
            JsonValue::Object(object) => object.as_str().into(),
        }
    }

    #[test]
    fn finds_what_a_walk_finds() {
        let many: Vec<String> = (0..200).map(|n| format!("\"claim{n}\":{n}")).collect();
        for text in [
            "{}".into(),
            r#"{"a":"b"}"#.into(),
            r#" { "tid" : "x" , "ver" : [ 1 , "]" ] , "x" : { "y" : "}" } , "t":true,"f" :false , "n":null, "d": -1.5e3 } "#.into(),
            r#"{"e\"s\\c":1,"s":"q\"q","\u0061":"\u0062","":0,"TID":1,"tId":2}"#.into(),
            // alike in the octets that the hash takes, and one the beginning of the other
            r#"{"aaa":1,"aaaaa":2,"ab":3}"#.into(),
            format!("{{{}}}", many.join(",")),
            format!("{{{},\"e\\n\":0,\"zzz\":[1]}}", many[..62].join(",")),
        ] {
            claims(&text, |claims| {
                let mut count = 0;
                for (name, value) in claims.iter() {
                    let name: String = name.chars().collect();
                    assert_eq!(written(claims.get(&name).unwrap()), written(value), "{name} in {text}");
                    count += 1;
                }
                for absent in ["", "a", "aa", "aaaa", "absent", "claim200", "clai", "laim1", "tid\"", "e", "x ", "TID"] {
                    let walked = claims.iter().any(|(name, _)| name == *absent);
                    assert_eq!(claims.get(absent).is_some(), walked, "{absent} in {text}");
                }
                assert_eq!(count, claims.iter().count());
            });
        }
    }

    #[test]
    fn finds_names_that_differ_in_case_alone() {
        let many: String = (0..80).map(|n| format!("\"claim{n}\":{n},")).collect();
        for (text, expected) in [
            (r#"{"tid":1,"Tid":2}"#, true),
            (r#"{"tID":1}"#, true),
            (r#"{"tid":1,"tidy":2,"Ti":3,"aTid":4}"#, false),
            (r#"{"t\u0049d":1}"#, true),
            (r#"{"t\"d":1,"T\"D":1}"#, false),
            (r#"{"tid":1,"TIDID":2,"tIdid":3}"#, false),
        ] {
            assert_eq!(
                claims(text, |claims| claims.has_case_variant("tid")),
                expected,
                "{text}"
            );
            let long = text.replacen('{', &format!("{{{many}"), 1);
            assert_eq!(
                claims(&long, |claims| claims.has_case_variant("tid")),
                expected,
                "{long}"
            );
        }
    }
}
