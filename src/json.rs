// SPDX-License-Identifier: MIT OR Apache-2.0

//! Strict JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) without an allocator and without recursion.
//!
//! A token's JOSE header and claims set, a JWK Set and each JWK are one JSON object each. [`Members`] reads such an
//! object in one pass: it hands out the members in order, and every octet has been held against the grammar by the time
//! it answers `None`, the insides of nested arrays and objects included. What it hands out are views ([`JsonValue`]) that
//! borrow the text; they are made only from validated text, so that reading them cannot fail.
//!
//! What the RFC leaves open is decided the strict way:
//!
//! * STRICT: the outermost value is an object, without a byte order mark before it and with nothing but whitespace after;
//! * STRICT: two members of that object with one name are an error, names being compared after unescaping;
//! * STRICT: an escaped lone surrogate is an error, because it has no UTF-8;
//! * nesting, members and length are capped in [`limits`](crate::limits).
//!
//! Where the text lies in a buffer of the caller's, [`canonicalise`] first writes every string the one way, so that equal
//! strings are equal octets.
//!
//! | file | idea |
//! | --- | --- |
//! | `canonical` | one spelling for each string, in place |
//! | `flags` | find the next octet that matters inside a string |
//! | `scan` | the grammar |
//! | `names` | no name twice |
//! | `string`, `value` | the views |

mod canonical;
mod flags;
mod names;
mod scan;
mod string;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use canonical::canonicalise;
pub use string::JsonStr;
pub use value::{JsonArray, JsonNumber, JsonObject, JsonValue};

use names::Names;
use scan::Scanner;

use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_JWK_SET_LEN;

/// The members of the outermost object of a JSON text, at most `CAP` of them, in order.
///
/// A pull parser: nothing is known about the text beyond the member handed out last, until `None` says that all of it
/// is valid.
#[derive(Clone, Debug)]
pub(crate) struct Members<'j, const CAP: usize> {
    scanner: Scanner<'j>,
    /// Where the next member is looked for.
    position: usize,
    progress: Progress,
    names: Names<CAP>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    First,
    Later,
    Done,
}

impl<'j, const CAP: usize> Members<'j, CAP> {
    /// Starts to read `text`.
    ///
    /// # Errors
    ///
    /// `TooLong`, `NotUtf8`, `NotAnObject`; `Syntax` if no JSON value begins here (a byte order mark included).
    #[inline]
    pub(crate) fn new(text: &'j [u8]) -> Result<Self, JsonError> {
        // Offsets of names are held in 20 bits.
        if text.len() > MAX_JWK_SET_LEN {
            return Err(JsonError::new(JsonErrorKind::TooLong, MAX_JWK_SET_LEN));
        }
        let text =
            core::str::from_utf8(text).map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))?;
        let scanner = Scanner::new(text);
        let open = scanner.skip_whitespace(0);
        match scanner.octet(open) {
            Some(b'{') => Ok(Self {
                scanner,
                position: open + 1,
                progress: Progress::First,
                names: Names::new(),
            }),
            Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                Err(JsonError::new(JsonErrorKind::NotAnObject, open))
            }
            _ => Err(JsonError::new(JsonErrorKind::Syntax, open)),
        }
    }

    /// Reads the next member. `None` after the closing brace, with nothing but whitespace behind it.
    ///
    /// # Errors
    ///
    /// Every [`JsonErrorKind`] but `NotAnObject` and `TooLong`. After an error the same error comes again.
    #[inline]
    pub(crate) fn next_member(&mut self) -> Result<Option<(JsonStr<'j>, JsonValue<'j>)>, JsonError> {
        if self.progress == Progress::Done {
            return Ok(None);
        }
        let first = self.progress == Progress::First;
        let Some(start) = self.scanner.next_item(self.position, first, b'}')? else {
            return self.finish();
        };
        let (name, after_name) = self.scanner.name(start)?;
        let (value, after_value) = self.scanner.value(after_name)?;
        self.names.insert(self.scanner.text(), start, name)?;
        self.position = after_value;
        self.progress = Progress::Later;
        Ok(Some((name, value)))
    }

    /// The object as a whole, for reading again: valid once `next_member` has answered `None`, empty before.
    pub(crate) fn object(&self) -> JsonObject<'j> {
        JsonObject::new(if self.progress == Progress::Done {
            self.scanner.text().trim_ascii()
        } else {
            "{}"
        })
    }

    /// Expects the end of the text after the closing brace.
    fn finish(&mut self) -> Result<Option<(JsonStr<'j>, JsonValue<'j>)>, JsonError> {
        // `next_item` saw the closing brace behind whitespace.
        let close = self.scanner.skip_whitespace(self.position);
        let end = self.scanner.skip_whitespace(close + 1);
        if end < self.scanner.text().len() {
            return Err(JsonError::new(JsonErrorKind::TrailingData, end));
        }
        self.progress = Progress::Done;
        Ok(None)
    }
}
