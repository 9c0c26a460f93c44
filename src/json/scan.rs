// SPDX-License-Identifier: MIT OR Apache-2.0

//! The grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259) over UTF-8 text.
//!
//! Every method takes the position it starts at and returns the position after what it read, so that the state of a
//! parser is one number. Whoever calls a method for a second time on text that it accepted gets the same answer; this is
//! how arrays and objects are walked after validation, without a second, laxer parser that could disagree with the first.

use super::digits::value_of_eight;
use super::flags::FlagsOf;
use super::string::{JsonStr, decode_escape, escape_error};
use super::value::{JsonArray, JsonNumber, JsonObject, JsonValue};
use super::{WIDE, are_at};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_JSON_DEPTH;

/// What comes next in an array or object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// An element, or a member with its opening quotation mark, begins here.
    Item(usize),
    /// Nothing: the array or object ends before this position.
    End(usize),
}

/// Reads tokens of JSON, from the beginning of a text towards its end.
#[derive(Debug)]
pub(super) struct Scanner<'j, 'f, const BLOCKS: usize> {
    text: &'j str,
    flags: FlagsOf<'f, BLOCKS>,
}

impl<'j, 'f, const BLOCKS: usize> Scanner<'j, 'f, BLOCKS> {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) const fn new(text: &'j str, flags: FlagsOf<'f, BLOCKS>) -> Self {
        Self { text, flags }
    }

    /// The same once more, for a call that is not inlined: what it does cannot reach the state of this one, which may
    /// stay in registers.
    #[inline(always)]
    const fn lent(&mut self) -> Scanner<'j, '_, BLOCKS> {
        Scanner {
            text: self.text,
            flags: self.flags.lend(),
        }
    }

    #[inline]
    pub(super) const fn text(&self) -> &'j str {
        self.text
    }

    #[inline(always)]
    fn octet(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    /// The first octet at or after `position` that is not whitespace (RFC 8259 section 2), with its position; 0, which
    /// begins and ends nothing, where the text ends.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn token(&self, position: usize) -> (u8, usize) {
        match self.octet(position) {
            Some(octet) if WIDE && octet > b' ' => (octet, position),
            _ => self.token_after_whitespace(position),
        }
    }

    fn token_after_whitespace(&self, mut position: usize) -> (u8, usize) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.octet(position) {
            position += 1;
        }
        (self.octet(position).unwrap_or(0), position)
    }

    /// Whether these two octets are at `position`.
    #[inline(always)]
    fn goes_on_with(&self, position: usize, octets: &[u8; 2]) -> bool {
        let both = self.text.as_bytes().get(..position.wrapping_add(2));
        both.and_then(|both| both.last_chunk()) == Some(octets)
    }

    /// What comes after the bracket or brace at `open`, which `close` closes.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn first_item(&self, open: usize, close: u8) -> Result<Next, JsonError> {
        match self.token(open + 1) {
            (octet, position) if octet == close => Ok(Next::End(position + 1)),
            (octet, position) => item(octet, position, close),
        }
    }

    /// What comes after the item that ended before `end`, in what `close` closes.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn next_item(&self, end: usize, close: u8) -> Result<Next, JsonError> {
        // The commonest shape, between members and between strings.
        if WIDE && self.goes_on_with(end, b",\"") {
            return Ok(Next::Item(end + 1));
        }
        match self.token(end) {
            (b',', comma) => {
                // A closing octet behind a comma is refused when the item is read: it begins none.
                let (octet, position) = self.token(comma + 1);
                item(octet, position, close)
            }
            (octet, position) if octet == close => Ok(Next::End(position + 1)),
            (_, position) => Err(syntax(position)),
        }
    }

    /// Reads what comes after a name that ended before `end`: colon and value, and what follows the member.
    #[inline(always)]
    pub(super) fn value_of_name(&mut self, end: usize) -> Result<(JsonValue<'j>, Next), JsonError> {
        let (value, end) = if WIDE && self.goes_on_with(end, b":\"") {
            let (string, end) = self.string(end + 1)?;
            (JsonValue::String(string), end)
        } else {
            self.value(self.colon(end)?)?
        };
        Ok((value, self.next_item(end, b'}')?))
    }

    /// Reads one value with everything inside it, and returns the position after it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn value(&mut self, start: usize) -> Result<(JsonValue<'j>, usize), JsonError> {
        let octet = self.octet(start);
        let end = match octet {
            Some(b'"') => {
                let (string, end) = self.string(start)?;
                return Ok((JsonValue::String(string), end));
            }
            Some(b'-' | b'0'..=b'9') if WIDE => self.end_of_number(start)?,
            _ => self.lent().end_of_value(start)?,
        };
        let text = self.slice(start, end).ok_or(syntax(start))?;
        let value = match octet {
            Some(b'[') => JsonValue::Array(JsonArray::new(text)),
            Some(b'{') => JsonValue::Object(JsonObject::new(text)),
            Some(b't') => JsonValue::Bool(true),
            Some(b'f') => JsonValue::Bool(false),
            Some(b'n') => JsonValue::Null,
            _ => JsonValue::Number(JsonNumber::new(text)),
        };
        Ok((value, end))
    }

    /// Position after the value that begins at `start`, however deep it is.
    #[inline(never)]
    fn end_of_value(mut self, start: usize) -> Result<usize, JsonError> {
        // A stack of bits, the innermost container lowest: 1 for an object, 0 for an array. Below them lies a single 1,
        // so that the stack is empty at 1, and full when that 1 has reached the top bit.
        // BOUND: 63 containers here, within the outermost object: 64 levels.
        const _: () = assert!(MAX_JSON_DEPTH == 64, "one bit of a u64 for each level");
        let mut kinds = 1_u64;
        let mut position = start;
        loop {
            // A value begins here.
            position = match self.octet(position) {
                Some(octet @ (b'[' | b'{')) => {
                    if kinds >> 63 == 1 {
                        return Err(JsonError::new(JsonErrorKind::TooDeep, position));
                    }
                    let object = octet == b'{';
                    match self.first_item(position, closing(object))? {
                        Next::Item(item) => {
                            kinds = kinds << 1 | u64::from(object);
                            position = if object { self.value_of_member(item)? } else { item };
                            continue;
                        }
                        Next::End(end) => end,
                    }
                }
                Some(b'"') => self.end_of_string(position)?,
                Some(b'-' | b'0'..=b'9') => self.end_of_number(position)?,
                _ => self.end_of_literal(position)?,
            };
            // A value ended here, and perhaps containers around it end with it.
            loop {
                if kinds == 1 {
                    return Ok(position);
                }
                let object = kinds & 1 == 1;
                match self.next_item(position, closing(object))? {
                    Next::Item(item) => {
                        position = if object { self.value_of_member(item)? } else { item };
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

    /// Reads the name at `open` and the colon, and returns the position of the value.
    fn value_of_member(&mut self, open: usize) -> Result<usize, JsonError> {
        let end = self.end_of_string(open)?;
        self.colon(end)
    }

    /// Reads the colon after a name that ended before `end`, and returns the position of the value.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn colon(&self, end: usize) -> Result<usize, JsonError> {
        match self.token(end) {
            (b':', colon) => Ok(self.token(colon + 1).1),
            (_, position) => Err(syntax(position)),
        }
    }

    /// Reads the string whose opening quotation mark is at `open`, and returns the position after it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn string(&mut self, open: usize) -> Result<(JsonStr<'j>, usize), JsonError> {
        let (string, _, end) = self.name(open)?;
        Ok((string, end))
    }

    /// As [`Scanner::string`]; also whether the string is written without escapes.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn name(&mut self, open: usize) -> Result<(JsonStr<'j>, bool, usize), JsonError> {
        let stop = self.special(open + 1);
        let close = self.close_of_string(stop)?;
        let is_plain = close == stop;
        let string = if is_plain {
            JsonStr::plain(self.slice(open + 1, close).ok_or(syntax(open))?)
        } else {
            JsonStr::escaped(self.slice(open, close).ok_or(syntax(open))?)
        };
        Ok((string, is_plain, close + 1))
    }

    /// Position after the string whose opening quotation mark is at `open`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn end_of_string(&mut self, open: usize) -> Result<usize, JsonError> {
        let stop = self.special(open + 1);
        Ok(self.close_of_string(stop)? + 1)
    }

    /// Position of the first octet that matters in a string, at or after `start`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn special(&mut self, start: usize) -> usize {
        self.flags.next(self.text.as_bytes(), start)
    }

    /// Position of the closing quotation mark of a string (RFC 8259 section 7) of which `stop` is the first octet that
    /// matters: that is `stop` itself unless the string holds escapes.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn close_of_string(&mut self, stop: usize) -> Result<usize, JsonError> {
        if WIDE && self.octet(stop) == Some(b'"') {
            return Ok(stop);
        }
        self.lent().close_of_escaped_string(stop)
    }

    /// [`Scanner::close_of_string`] where there may be escapes.
    #[cold]
    fn close_of_escaped_string(mut self, mut stop: usize) -> Result<usize, JsonError> {
        loop {
            match self.octet(stop) {
                Some(b'"') => return Ok(stop),
                Some(b'\\') => {
                    let rest = self.text.as_bytes().get(stop..).unwrap_or_default();
                    let length = match rest {
                        // Most of those that are left in canonical text, and all there is in the worst of it.
                        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', b'\\', ..] if WIDE => {
                            // Another one behind it: no need to look where.
                            stop += 2;
                            continue;
                        }
                        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] if WIDE => 2,
                        _ => match decode_escape(rest) {
                            Some((_, length)) => length,
                            None => return Err(JsonError::new(escape_error(rest), stop)),
                        },
                    };
                    stop = self.special(stop + length);
                }
                // A control character, or the end of the text.
                _ => return Err(syntax(stop)),
            }
        }
    }

    /// Position after a number (RFC 8259 section 6): `[ minus ] int [ frac ] [ exp ]`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn end_of_number(&self, start: usize) -> Result<usize, JsonError> {
        let int = match self.octet(start) {
            Some(b'-') => start + 1,
            _ => start,
        };
        // int = zero / ( digit1-9 *DIGIT ). A digit after a leading zero is refused as no comma and no end.
        let end = match self.octet(int) {
            Some(b'0') => int + 1,
            _ => self.end_of_digits(int)?,
        };
        match self.octet(end) {
            Some(b'.' | b'e' | b'E') => self.end_of_fraction(end),
            _ => Ok(end),
        }
    }

    /// Position after `[ frac ] [ exp ]`.
    fn end_of_fraction(&self, start: usize) -> Result<usize, JsonError> {
        let mut position = start;
        if self.octet(position) == Some(b'.') {
            position = self.end_of_digits(position + 1)?;
        }
        if let Some(b'e' | b'E') = self.octet(position) {
            position += 1;
            if let Some(b'+' | b'-') = self.octet(position) {
                position += 1;
            }
            position = self.end_of_digits(position)?;
        }
        Ok(position)
    }

    /// Position after one or more digits.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn end_of_digits(&self, start: usize) -> Result<usize, JsonError> {
        let Some(b'0'..=b'9') = self.octet(start) else {
            return Err(syntax(start));
        };
        let mut position = start + 1;
        let Some(b'0'..=b'9') = self.octet(position) else {
            return Ok(position);
        };
        // Where the sixth and the eighth octet are digits, all of them may be; else looking at eight at once is lost labour,
        // which many short numbers in a row could be made of.
        if WIDE
            && let Some(b'0'..=b'9') = self.octet(start + 7)
            && let Some(b'0'..=b'9') = self.octet(start + 5)
        {
            let digits = self.text.as_bytes().get(start..).unwrap_or_default();
            let (eights, _) = digits.as_chunks();
            let count = eights
                .iter()
                .take_while(|eight| value_of_eight(**eight).is_some())
                .count();
            position = start + 8 * count;
        }
        while let Some(b'0'..=b'9') = self.octet(position) {
            position += 1;
        }
        Ok(position)
    }

    /// Position after `true`, `false` or `null`, which is all that is left to begin at `start`.
    fn end_of_literal(&self, start: usize) -> Result<usize, JsonError> {
        let literal = match self.octet(start) {
            Some(b't') => "true",
            Some(b'f') => "false",
            _ => "null",
        };
        if are_at(self.text.as_bytes(), start, literal.as_bytes()) {
            Ok(start + literal.len())
        } else {
            Err(syntax(start))
        }
    }

    /// The text from `start` to before `end`; both are next to ASCII octets, so there always is one. (In two steps, which
    /// the compiler sees through more easily than through a range.)
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn slice(&self, start: usize, end: usize) -> Option<&'j str> {
        self.text.get(..end).and_then(|text| text.get(start..))
    }
}

/// An item that begins with `octet` at `position`; in an object it has to begin with a name.
#[inline(always)]
const fn item(octet: u8, position: usize, close: u8) -> Result<Next, JsonError> {
    if close == b'}' && octet != b'"' {
        Err(syntax(position))
    } else {
        Ok(Next::Item(position))
    }
}

#[inline(always)]
const fn closing(object: bool) -> u8 {
    if object { b'}' } else { b']' }
}

const fn syntax(offset: usize) -> JsonError {
    JsonError::new(JsonErrorKind::Syntax, offset)
}

#[cfg(test)]
mod tests {
    use super::Scanner;
    use crate::json::flags::{Flags, WINDOW};

    #[test]
    fn two_octets_are_seen_where_they_are() {
        let text = r#"{"a":"b","c":1}"#;
        let mut flags = Flags::<WINDOW>::new();
        let scanner = Scanner::new(text, flags.lend());
        for position in 0..20 {
            assert_eq!(scanner.goes_on_with(position, b":\""), position == 4, "{position}");
            assert_eq!(scanner.goes_on_with(position, b",\""), position == 8, "{position}");
        }
    }
}
