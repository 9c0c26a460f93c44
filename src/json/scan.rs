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

/// What comes next in an array or object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// An item, which begins here.
    Item(usize),
    /// Nothing; the array or object ends before this position.
    End(usize),
}

/// Reads tokens of JSON anywhere in a text.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'j> {
    text: &'j str,
    flags: Flags,
}

impl<'j> Scanner<'j> {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn new(text: &'j str) -> Self {
        Self {
            text,
            flags: Flags::new(text.as_bytes()),
        }
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) const fn text(&self) -> &'j str {
        self.text
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn octet(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    /// The first octet at or after `position` that is not whitespace (RFC 8259 section 2), with its position; 0, which
    /// begins and ends nothing, where the text ends.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn token(&self, position: usize) -> (u8, usize) {
        match self.octet(position) {
            Some(octet) if octet > b' ' => (octet, position),
            _ => self.token_after_whitespace(position),
        }
    }

    fn token_after_whitespace(&self, mut position: usize) -> (u8, usize) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.octet(position) {
            position += 1;
        }
        (self.octet(position).unwrap_or(0), position)
    }

    /// Whether the text goes on with these two octets at `position`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn goes_on_with(&self, position: usize, octets: &[u8; 2]) -> bool {
        self.text.as_bytes().get(position..position + 2) == Some(octets)
    }

    /// What follows the bracket or brace at `open`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn first_item(&self, open: usize, close: u8) -> Next {
        let (octet, position) = self.token(open + 1);
        if octet == close {
            Next::End(position + 1)
        } else {
            Next::Item(position)
        }
    }

    /// What follows the item that ended before `end`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn next_item(&self, end: usize, close: u8) -> Result<Next, JsonError> {
        match self.token(end) {
            // A comma before the closing octet is refused when the item is read: neither `]` nor `}` begins one.
            (b',', comma) => Ok(Next::Item(self.token(comma + 1).1)),
            (octet, position) if octet == close => Ok(Next::End(position + 1)),
            (_, position) => Err(syntax(position)),
        }
    }

    /// Reads the name of a member, the colon and the whitespace around it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn name(&mut self, start: usize) -> Result<(JsonStr<'j>, usize), JsonError> {
        if self.octet(start) != Some(b'"') {
            return Err(syntax(start));
        }
        let (name, end) = self.string(start)?;
        Ok((name, self.colon(end)?))
    }

    /// Reads the colon behind a name that ended before `end`, and returns the position of the value.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn colon(&self, end: usize) -> Result<usize, JsonError> {
        match self.token(end) {
            (b':', colon) => Ok(self.token(colon + 1).1),
            (_, position) => Err(syntax(position)),
        }
    }

    /// Reads one value, with everything inside it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn value(&mut self, start: usize) -> Result<(JsonValue<'j>, usize), JsonError> {
        if self.octet(start) == Some(b'"') {
            let (string, end) = self.string(start)?;
            return Ok((JsonValue::String(string), end));
        }
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
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
    #[inline(never)]
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
                    match self.first_item(position, closing(object)) {
                        Next::Item(start) => {
                            kinds = kinds << 1 | u64::from(object);
                            position = if object { self.name(start)?.1 } else { start };
                            continue;
                        }
                        Next::End(end) => end,
                    }
                }
                _ => self.scalar(position)?.1,
            };
            // A value ended here, and perhaps those around it end with it.
            loop {
                if kinds == 1 {
                    return Ok(position);
                }
                let object = kinds & 1 == 1;
                match self.next_item(position, closing(object))? {
                    Next::Item(start) => {
                        position = if object { self.name(start)?.1 } else { start };
                        break;
                    }
                    Next::End(end) => {
                        kinds >>= 1;
                        position = end;
                    }
                }
            }
        }
    }

    /// Reads the string whose opening quotation mark is at `open` (RFC 8259 section 7).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn string(&mut self, open: usize) -> Result<(JsonStr<'j>, usize), JsonError> {
        let start = open + 1;
        let stop = self.flags.next(self.text.as_bytes(), start);
        if self.octet(stop) == Some(b'"') {
            return Ok((JsonStr::plain(self.slice(start, stop)?), stop + 1));
        }
        let close = self.escaped_string(stop)?;
        Ok((JsonStr::escaped(self.slice(open, close)?), close + 1))
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
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

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn literal(&self, start: usize, literal: &[u8]) -> Result<usize, JsonError> {
        let end = start + literal.len();
        if self.text.as_bytes().get(start..end) == Some(literal) {
            Ok(end)
        } else {
            Err(syntax(start))
        }
    }

    /// The text from `start` to before `end`; both are next to ASCII octets, so there always is one.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn slice(&self, start: usize, end: usize) -> Result<&'j str, JsonError> {
        self.text
            .get(..end)
            .and_then(|text| text.get(start..))
            .ok_or(syntax(start))
    }
}

const fn closing(object: bool) -> u8 {
    if object { b'}' } else { b']' }
}

const fn syntax(offset: usize) -> JsonError {
    JsonError::new(JsonErrorKind::Syntax, offset)
}
