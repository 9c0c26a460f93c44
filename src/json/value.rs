// SPDX-License-Identifier: MIT OR Apache-2.0

//! Views of validated JSON values.
//!
//! All of them are a pointer and a length into the text, `Copy`, and read again on every call: there is no tree.

use core::fmt;

use super::flags::{Flags, NO_WINDOW};
use super::scan::{Next, Scanner};
use super::string::JsonStr;
use crate::octets;

/// A JSON value that borrows the text it was read from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
// The kind takes a whole word, so that a value is copied in whole words.
#[repr(usize)]
pub enum JsonValue<'j> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written.
    Number(JsonNumber<'j>),
    /// A string.
    String(JsonStr<'j>),
    /// An array.
    Array(JsonArray<'j>),
    /// An object.
    Object(JsonObject<'j>),
}

impl<'j> JsonValue<'j> {
    /// The value that `text`, already validated, is. Where it is known that no escape is in it, none is looked for.
    #[inline]
    pub(crate) fn from_valid(text: &'j str, may_hold_escapes: bool) -> Option<Self> {
        Some(match text.as_bytes().first()? {
            b'"' if may_hold_escapes && octets::position(text.as_bytes(), b'\\').is_some() => {
                Self::String(JsonStr::escaped(text.strip_suffix('"')?))
            }
            b'"' => Self::String(JsonStr::plain(text.strip_prefix('"')?.strip_suffix('"')?)),
            b'[' => Self::Array(JsonArray::new(text)),
            b'{' => Self::Object(JsonObject::new(text)),
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            _ => Self::Number(JsonNumber::new(text)),
        })
    }
}

/// A JSON number, as it is written: a reader chooses its own precision.
#[derive(Clone, Copy)]
pub struct JsonNumber<'j> {
    // INVARIANT: `[ minus ] int [ frac ] [ exp ]` of RFC 8259 section 6.
    text: &'j str,
}

impl<'j> JsonNumber<'j> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) const fn new(text: &'j str) -> Self {
        Self { text }
    }

    /// The number as it is written: a minus or none, digits, and perhaps a fraction and an exponent.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[must_use]
    pub const fn as_str(&self) -> &'j str {
        self.text
    }

    /// The number, if it is written in digits alone and fits. `1.0`, `1e3` and `-0` are not.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.text.parse().ok()
    }

    /// The number, if it is written in digits alone, perhaps behind a minus, and fits. `1.0` and `1e3` are not.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }
}

/// Prints the length in octets, not the number.
impl fmt::Debug for JsonNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonNumber({} octets)", self.text.len())
    }
}

/// A JSON array.
#[derive(Clone, Copy)]
pub struct JsonArray<'j> {
    // INVARIANT: a valid array from bracket to bracket.
    text: &'j str,
}

impl<'j> JsonArray<'j> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) const fn new(text: &'j str) -> Self {
        Self { text }
    }

    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = JsonValue<'j>> + Clone + use<'j> {
        Elements {
            text: self.text,
            flags: Flags::new(),
            end: 0,
        }
    }

    /// The array as it is written, from bracket to bracket.
    #[inline]
    pub(crate) const fn as_str(&self) -> &'j str {
        self.text
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// Prints the length of the text in octets, not the elements.
impl fmt::Debug for JsonArray<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonArray({} octets)", self.text.len())
    }
}

/// A JSON object inside another value. Its names were not compared with each other.
#[derive(Clone, Copy)]
pub struct JsonObject<'j> {
    // INVARIANT: a valid object from brace to brace.
    text: &'j str,
}

impl<'j> JsonObject<'j> {
    /// `{}`
    pub(crate) const EMPTY: Self = Self::new("{}");

    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) const fn new(text: &'j str) -> Self {
        Self { text }
    }

    /// The members in order, duplicate names included.
    pub fn iter(&self) -> impl Iterator<Item = (JsonStr<'j>, JsonValue<'j>)> + Clone + use<'j> {
        let mut flags = Flags::new();
        let next = Scanner::new(self.text, flags.lend()).first_item(0, b'}').ok();
        Pairs {
            text: self.text,
            flags,
            next,
        }
    }

    /// The value of the first member called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<JsonValue<'j>> {
        self.iter().find_map(|(found, value)| (found == name).then_some(value))
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The object as it is written, from brace to brace.
    #[must_use]
    pub const fn as_str(&self) -> &'j str {
        self.text
    }

    /// The object as it is written, for [`Members`](super::Members) to read with its own rules.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn text(&self) -> &'j [u8] {
        self.text.as_bytes()
    }
}

/// Prints the length of the text in octets, not the members.
impl fmt::Debug for JsonObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonObject({} octets)", self.text.len())
    }
}

// A walk runs the scanner that validated the text over it once more. Should the scanner ever disagree with itself, the
// walk ends.

#[derive(Clone)]
struct Elements<'j> {
    text: &'j str,
    flags: Flags<NO_WINDOW>,
    /// Where the last element ended; 0 before the first one.
    end: usize,
}

impl<'j> Iterator for Elements<'j> {
    type Item = JsonValue<'j>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut scanner = Scanner::new(self.text, self.flags.lend());
        let next = match self.end {
            0 => scanner.first_item(0, b']'),
            end => scanner.next_item(end, b']'),
        };
        let Ok(Next::Item(start)) = next else {
            return None;
        };
        let (value, end) = scanner.value(start).ok()?;
        self.end = end;
        Some(value)
    }
}

#[derive(Clone)]
struct Pairs<'j> {
    text: &'j str,
    flags: Flags<NO_WINDOW>,
    next: Option<Next>,
}

impl<'j> Iterator for Pairs<'j> {
    type Item = (JsonStr<'j>, JsonValue<'j>);

    fn next(&mut self) -> Option<Self::Item> {
        let Next::Item(start) = self.next.take()? else {
            return None;
        };
        let mut scanner = Scanner::new(self.text, self.flags.lend());
        let (name, end) = scanner.string(start).ok()?;
        let (value, next) = scanner.value_of_name(end).ok()?;
        self.next = Some(next);
        Some((name, value))
    }
}
