// SPDX-License-Identifier: MIT OR Apache-2.0

//! The grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259) over UTF-8 text.
//!
//! Every method takes the position it starts at and returns the position after what it read, so that the state of a
//! parser is one number. Whoever calls a method for a second time on text that it accepted gets the same answer; this is
//! how arrays and objects are walked after validation, without a second, laxer parser that could disagree with the first.

use super::flags::Flags;
use super::string::{JsonStr, decode_escape};
use super::value::{JsonArray, JsonNumber, JsonObject, JsonValue};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_JSON_DEPTH;

/// Reads tokens of JSON anywhere in a text.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'j> {
    text: &'j str,
    flags: Flags,
}

impl<'j> Scanner<'j> {
    #[inline]
    pub(super) const fn new(text: &'j str) -> Self {
        Self {
            text,
            flags: Flags::new(),
        }
    }

    #[inline]
    pub(super) const fn text(&self) -> &'j str {
        self.text
    }

    #[inline]
    pub(super) fn octet(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    /// Position of the first octet at or after `position` that is not whitespace (RFC 8259 section 2).
    #[inline]
    pub(super) fn skip_whitespace(&self, mut position: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.octet(position) {
            position += 1;
        }
        position
    }

    /// Position of the next element of an array or member of an object, `None` before the octet that closes it.
    #[inline]
    pub(super) fn next_item(&self, position: usize, first: bool, close: u8) -> Result<Option<usize>, JsonError> {
        let position = self.skip_whitespace(position);
        match self.octet(position) {
            Some(octet) if octet == close => Ok(None),
            Some(_) if first => Ok(Some(position)),
            // A comma before the closing octet is refused when the item is read: neither `]` nor `}` begins one.
            Some(b',') => Ok(Some(self.skip_whitespace(position + 1))),
            _ => Err(syntax(position)),
        }
    }

    /// Reads the name of a member, the colon and the whitespace around it.
    #[inline]
    pub(super) fn name(&mut self, start: usize) -> Result<(JsonStr<'j>, usize), JsonError> {
        if self.octet(start) != Some(b'"') {
            return Err(syntax(start));
        }
        let (name, after) = self.string(start)?;
        let colon = self.skip_whitespace(after);
        if self.octet(colon) != Some(b':') {
            return Err(syntax(colon));
        }
        Ok((name, self.skip_whitespace(colon + 1)))
    }

    /// Reads one value, with everything inside it.
    #[inline]
    pub(super) fn value(&mut self, start: usize) -> Result<(JsonValue<'j>, usize), JsonError> {
        match self.octet(start) {
            Some(b'[') => {
                let end = self.container(start)?;
                Ok((JsonValue::Array(JsonArray::new(self.slice(start, end)?)), end))
            }
            Some(b'{') => {
                let end = self.container(start)?;
                Ok((JsonValue::Object(JsonObject::new(self.slice(start, end)?)), end))
            }
            _ => self.scalar(start),
        }
    }

    /// Reads a value that holds no others.
    #[inline]
    fn scalar(&mut self, start: usize) -> Result<(JsonValue<'j>, usize), JsonError> {
        match self.octet(start) {
            Some(b'"') => {
                let (string, end) = self.string(start)?;
                Ok((JsonValue::String(string), end))
            }
            Some(b'-' | b'0'..=b'9') => {
                let end = self.number(start)?;
                Ok((JsonValue::Number(JsonNumber::new(self.slice(start, end)?)), end))
            }
            Some(b't') => Ok((JsonValue::Bool(true), self.literal(start, b"true")?)),
            Some(b'f') => Ok((JsonValue::Bool(false), self.literal(start, b"false")?)),
            Some(b'n') => Ok((JsonValue::Null, self.literal(start, b"null")?)),
            _ => Err(syntax(start)),
        }
    }

    /// Reads the array or object that opens at `open`, however deep, and returns the position after it.
    fn container(&mut self, open: usize) -> Result<usize, JsonError> {
        // A stack of bits, the innermost container lowest: 1 for an object, 0 for an array. Below them lies a single 1,
        // so that the stack is empty at 1 and full when that 1 has reached the top bit.
        // BOUND: 63 containers here, within the outermost object: 64 levels.
        const _: () = assert!(MAX_JSON_DEPTH == 64, "one bit of a u64 for each level");
        let mut kinds = 1_u64;
        let mut position = open;
        loop {
            // A value begins here.
            position = match self.octet(position) {
                Some(octet @ (b'[' | b'{')) => {
                    if kinds >> 63 == 1 {
                        return Err(JsonError::new(JsonErrorKind::TooDeep, position));
                    }
                    let object = octet == b'{';
                    kinds = kinds << 1 | u64::from(object);
                    let inside = self.skip_whitespace(position + 1);
                    if self.octet(inside) != Some(closing(object)) {
                        position = if object { self.name(inside)?.1 } else { inside };
                        continue;
                    }
                    inside
                }
                _ => self.scalar(position)?.1,
            };
            // A value ended here, or an empty container is about to be closed.
            loop {
                position = self.skip_whitespace(position);
                let object = kinds & 1 == 1;
                match self.octet(position) {
                    Some(b',') => {
                        position = self.skip_whitespace(position + 1);
                        if object {
                            position = self.name(position)?.1;
                        }
                        break;
                    }
                    Some(octet) if octet == closing(object) => {
                        position += 1;
                        kinds >>= 1;
                        if kinds == 1 {
                            return Ok(position);
                        }
                    }
                    _ => return Err(syntax(position)),
                }
            }
        }
    }

    /// Reads the string whose opening quotation mark is at `open` (RFC 8259 section 7).
    #[inline]
    pub(super) fn string(&mut self, open: usize) -> Result<(JsonStr<'j>, usize), JsonError> {
        let start = open + 1;
        let stop = self.flags.next(self.text.as_bytes(), start);
        if self.octet(stop) == Some(b'"') {
            return Ok((JsonStr::plain(self.slice(start, stop)?), stop + 1));
        }
        let close = self.escaped_string(stop)?;
        Ok((JsonStr::escaped(self.slice(start, close)?), close + 1))
    }

    /// Position of the closing quotation mark of a string that goes on at `stop` with something else than plain text.
    #[cold]
    fn escaped_string(&mut self, mut stop: usize) -> Result<usize, JsonError> {
        loop {
            match self.octet(stop) {
                Some(b'"') => return Ok(stop),
                Some(b'\\') => {
                    let rest = self.text.as_bytes().get(stop..).unwrap_or_default();
                    let (_, length) = decode_escape(rest).map_err(|kind| JsonError::new(kind, stop))?;
                    stop = self.flags.next(self.text.as_bytes(), stop + length);
                }
                // A control character, or the end of the text.
                _ => return Err(syntax(stop)),
            }
        }
    }

    /// Reads a number (RFC 8259 section 6): `[ minus ] int [ frac ] [ exp ]`.
    #[inline]
    fn number(&self, start: usize) -> Result<usize, JsonError> {
        let mut position = start;
        if self.octet(position) == Some(b'-') {
            position += 1;
        }
        // int = zero / ( digit1-9 *DIGIT ). A digit after a leading zero is no comma and no end, hence refused later.
        position = if self.octet(position) == Some(b'0') {
            position + 1
        } else {
            self.digits(position)?
        };
        if self.octet(position) == Some(b'.') {
            position = self.digits(position + 1)?;
        }
        if let Some(b'e' | b'E') = self.octet(position) {
            position += 1;
            if let Some(b'+' | b'-') = self.octet(position) {
                position += 1;
            }
            position = self.digits(position)?;
        }
        Ok(position)
    }

    /// Reads one or more digits.
    #[inline]
    fn digits(&self, start: usize) -> Result<usize, JsonError> {
        let mut position = start;
        while let Some(b'0'..=b'9') = self.octet(position) {
            position += 1;
        }
        if position == start {
            Err(syntax(start))
        } else {
            Ok(position)
        }
    }

    #[inline]
    fn literal(&self, start: usize, literal: &[u8]) -> Result<usize, JsonError> {
        let end = start + literal.len();
        if self.text.as_bytes().get(start..end) == Some(literal) {
            Ok(end)
        } else {
            Err(syntax(start))
        }
    }

    /// The text from `start` to before `end`; both are next to ASCII octets, so there always is one.
    #[inline]
    fn slice(&self, start: usize, end: usize) -> Result<&'j str, JsonError> {
        self.text.get(start..end).ok_or(syntax(start))
    }
}

const fn closing(object: bool) -> u8 {
    if object { b'}' } else { b']' }
}

const fn syntax(offset: usize) -> JsonError {
    JsonError::new(JsonErrorKind::Syntax, offset)
}
