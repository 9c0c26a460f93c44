// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where each claim is, so that looking one up does not walk through all of them.
//!
//! A list of where each name begins, and of one octet for each that tells most names apart; eight of these are compared
//! at once. Whether a place holds the claim asked for is decided by comparing the name in the text, so the octet may be as
//! cheap as it likes; it takes letters without their case, so that names which differ in case alone are met on one search.
//!
//! What the list cannot hold (claims beyond its room or beyond 65,535 octets, names with an escape) is found by walking.
//! Smaller machines, for which a walk is little beside an RSA operation and a stack is little altogether, have no list.

use crate::json::{JsonValue, LastName, NameHash};

/// Claims that the table has room for: a token of Entra has 20 to 45.
#[cfg(target_pointer_width = "64")]
const ROOM: usize = 64;

/// The table.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy)]
pub(super) struct Index {
    /// For each claim in the order of the text an octet of its name's hash; eight in a row are looked at in one go.
    tags: [[u8; 8]; ROOM / 8],
    /// Where the quotation mark before its name is.
    // INVARIANT: no name begins where the object does, so 0 is none.
    starts: [u16; ROOM],
    /// How many claims it holds, or all that it has room for once one was left out.
    count: usize,
    /// Where the name of the first claim is that the table does not hold, or 0. It holds none after that one.
    beyond: usize,
    /// False where no value is written with an escape.
    may_hold_escapes: bool,
}

#[cfg(target_pointer_width = "64")]
impl Index {
    pub(super) const fn new() -> Self {
        Self {
            tags: [[0; 8]; ROOM / 8],
            starts: [0; ROOM],
            count: 0,
            beyond: 0,
            may_hold_escapes: true,
        }
    }

    /// Takes note of whether there are escapes in the text.
    #[inline(always)]
    pub(super) const fn set_escapes(&mut self, may_hold_escapes: bool) {
        self.may_hold_escapes = may_hold_escapes;
    }

    /// Remembers the next claim, whose name is this, of an object that begins at `object_start` of the text.
    #[inline(always)]
    pub(super) fn insert(&mut self, object_start: usize, name: LastName) {
        let start = name.open.wrapping_sub(object_start);
        if name.is_plain
            && let Ok(short) = u16::try_from(start)
            && let Some(tag_here) = self.tags.as_flattened_mut().get_mut(self.count)
            && let Some(start_here) = self.starts.get_mut(self.count)
        {
            *tag_here = name.hash.octet();
            *start_here = short;
            self.count += 1;
        } else if self.beyond == 0 {
            self.beyond = start;
            // From now on there is no room.
            self.count = ROOM;
        }
    }

    /// The claim `name`, which has this hash, or how far the table knows of it.
    #[inline]
    pub(super) fn find<'b>(&self, text: &'b str, name: &str, hash: NameHash) -> Found<'b> {
        let found = self.first_named(text, (name, hash), |found| {
            // Names are short: octet by octet is as fast as it gets. What is asked for may hold a quotation mark, and then
            // be the octets of a name and of what follows it; no name without escapes holds one.
            found.iter().zip(name.as_bytes()).all(|(a, b)| a == b && *a != b'"')
        });
        match found {
            Some(place) => self
                .value_at(text, place, name.len())
                .and_then(|value| JsonValue::from_valid(value, self.may_hold_escapes))
                .map_or(Found::Unknown, Found::Value),
            None if self.beyond != 0 => Found::Unknown,
            None => Found::Nothing,
        }
    }

    /// Whether a claim's name differs from `name` in case alone, as far as the table knows. `name` holds no quotation mark.
    pub(super) fn has_case_variant(&self, text: &str, name: &str) -> Option<bool> {
        let variant = self.first_named(text, (name, NameHash::of(name)), |found| {
            found != name.as_bytes() && found.eq_ignore_ascii_case(name.as_bytes())
        });
        (variant.is_some() || self.beyond == 0).then_some(variant.is_some())
    }

    /// The first place of a name that may be `name` but for its case, and is as long as that, of which `is_it` holds.
    #[inline]
    fn first_named(&self, text: &str, (name, hash): (&str, NameHash), is_it: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let wanted = u64::from_ne_bytes([hash.octet(); 8]);
        for (eight, tags) in self.tags.iter().enumerate().take(self.count.div_ceil(8)) {
            let mut left = zero_octets(u64::from_le_bytes(*tags) ^ wanted);
            while left != 0 {
                let place = 8 * eight + index_of_lowest(left);
                if self.name_at(text, place, name.len()).is_some_and(&is_it) {
                    return Some(place);
                }
                left &= left - 1;
            }
        }
        None
    }

    /// The name at a place, if it has `len` octets.
    #[inline]
    fn name_at<'b>(&self, text: &'b str, place: usize, len: usize) -> Option<&'b [u8]> {
        let start = usize::from(*self.starts.get(place)?);
        let (name, behind) = text.as_bytes().get(start + 1..)?.split_at_checked(len)?;
        (start > 0 && behind.first() == Some(&b'"')).then_some(name)
    }

    /// The value of the claim at a place, whose name has `len` octets.
    #[inline]
    fn value_at<'b>(&self, text: &'b str, place: usize, len: usize) -> Option<&'b str> {
        // From behind the quotation mark after the name to the comma before the next name or the brace at the end.
        let start = usize::from(*self.starts.get(place)?) + len + 2;
        let end = match self.starts.get(place + 1) {
            Some(next) if *next != 0 => usize::from(*next),
            _ if self.beyond != 0 => self.beyond,
            _ => text.len(),
        };
        match text.as_bytes().get(start..end)? {
            [b':', first, .., last, b',' | b'}'] if *first > b' ' && *last > b' ' => text.get(start + 1..end - 1),
            _ => without_whitespace(text.get(start..end)?),
        }
    }
}

/// The value between colon and comma or brace, with whitespace around each of them.
#[cfg(target_pointer_width = "64")]
#[cold]
fn without_whitespace(text: &str) -> Option<&str> {
    let whitespace = [' ', '\t', '\n', '\r'];
    let value = text.trim_start_matches(whitespace).strip_prefix(':')?;
    let value = value.trim_end_matches(whitespace).strip_suffix([',', '}'])?;
    Some(value.trim_matches(whitespace))
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

/// The top bit of each octet that is zero.
#[cfg(target_pointer_width = "64")]
#[inline]
const fn zero_octets(octets: u64) -> u64 {
    const LOW_SEVEN: u64 = u64::MAX / 0xff * 0x7f;
    // An octet that is not zero carries into its top bit, or has it set.
    let not_zero = ((octets & LOW_SEVEN) + LOW_SEVEN) | octets;
    !not_zero & !LOW_SEVEN
}

/// Which octet holds the lowest bit that is set.
#[cfg(target_pointer_width = "64")]
#[inline]
#[expect(clippy::as_conversions, reason = "at most 8")]
const fn index_of_lowest(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
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

    pub(super) const fn set_escapes(&mut self, _may_hold_escapes: bool) {}

    pub(super) const fn insert(&mut self, _object_start: usize, _name: LastName) {}

    pub(super) const fn find<'b>(&self, _text: &'b str, _name: &str, _hash: NameHash) -> Found<'b> {
        Found::Unknown
    }

    pub(super) const fn has_case_variant(&self, _text: &str, _name: &str) -> Option<bool> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::Found;
    use crate::claims::Claims;
    use crate::json::{JsonValue, NameHash};

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
                for absent in ["x\" : { \"y", "tid\" : \"x\" , \"ver", "", "a", "aa", "aaaa", "absent", "claim200", "clai", "laim1", "tid\"", "e", "x ", "TID"] {
                    let walked = claims.iter().any(|(name, _)| name == *absent);
                    assert_eq!(claims.get(absent).is_some(), walked, "{absent} in {text}");
                }
                assert_eq!(count, claims.iter().count());
            });
        }
    }

    /// What the table holds of a name.
    fn tag(name: &str) -> u8 {
        NameHash::of(name).octet()
    }

    /// A name that is asked for may hold what stands between two names of the text; here it has the tag of the first.
    #[test]
    fn nothing_in_a_nested_object_is_a_claim() {
        let mut inner = (0..4096).map(|len| format!("{}a", "x".repeat(len)));
        let inner = inner
            .find(|inner| tag(&format!("a\":{{\"{inner}")) == tag("a"))
            .unwrap();
        let text = format!("{{\"a\":{{\"{inner}\":1}},\"zz\":2}}");
        claims(&text, |claims| {
            assert!(claims.get(&format!("a\":{{\"{inner}")).is_none());
            assert!(claims.get("a").is_some() && claims.get("zz").is_some());
        });
    }

    /// The space before the first name stands before a quotation mark, as a name does, and where places say that hold
    /// nothing; so much of it that it has the tag of such a place.
    #[test]
    fn nothing_before_the_first_name_is_a_claim() {
        let mut spaces = (1..=4096).map(|len| " ".repeat(len));
        let space = spaces.find(|space| tag(space) == 0).unwrap();
        claims(&format!(r#"{{{space}":":"1","b":"2"}}"#), |claims| {
            assert!(claims.get(&space).is_none());
            assert!(claims.get(":").is_some() && claims.get("b").is_some());
        });
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

    /// The table is there so that nothing is walked through that it knows: what it holds, and that a claim is absent.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn what_the_table_holds_is_found_without_a_walk() {
        /// The value of `name` as it is written, or how far the table knows of it.
        fn found(claims: &Claims<'_>, name: &str) -> String {
            match claims.index.find(claims.json(), name, NameHash::of(name)) {
                Found::Value(value) => written(value),
                Found::Nothing => "nothing".into(),
                Found::Unknown => "unknown".into(),
            }
        }
        let text = concat!(
            r#"{"tid":"x","e":"q\"q","a": 10,"b":[10] ,"c" : -1.5e3 , "list":"#,
            "\t[1, \"]\"]\n,\"o\":{ },\"one\":1,\"f\":\"q\\\\\",\"last\" : null\r}"
        );
        claims(text, |claims| {
            for (name, expected) in [
                ("tid", "\"x\""),
                ("e", r#""q\"q""#),
                ("a", "10"),
                ("b", "array of 1"),
                ("c", "-1.5e3"),
                ("list", "array of 2"),
                ("o", "{ }"),
                ("one", "1"),
                ("f", r#""q\\""#),
                ("last", "null"),
                ("x", "nothing"),
                ("Tid", "nothing"),
                ("", "nothing"),
            ] {
                assert_eq!(found(claims, name), expected, "{name}");
            }
            assert!(matches!(claims.get("last"), Some(JsonValue::Null)));
            for (name, meant, plain) in [("tid", "x", true), ("e", "q\"q", false), ("f", "q\\", false)] {
                let Some(JsonValue::String(value)) = claims.get(name) else {
                    panic!("{name} is a string");
                };
                assert_eq!((value.as_str().is_some(), value == *meant), (plain, true), "{name}");
            }
            let variant = |name| claims.index.has_case_variant(claims.json(), name);
            assert_eq!((variant("TID"), variant("tid")), (Some(true), Some(false)));
        });
        // more than it has room for
        let many: Vec<String> = (0..70).map(|n| format!("\"claim{n}\":\"{n}\\n\"")).collect();
        claims(&format!("{{{}}}", many.join(",")), |claims| {
            for n in 0..64 {
                let value = format!("\"{n}\\n\"");
                assert_eq!(found(claims, &format!("claim{n}")), value);
            }
            for name in ["claim64", "claim69", "absent"] {
                assert_eq!(found(claims, name), "unknown", "{name}");
            }
            let variant = |name| claims.index.has_case_variant(claims.json(), name);
            assert_eq!((variant("CLAIM7"), variant("claim7")), (Some(true), None));
        });
    }
}
