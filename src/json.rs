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
pub(crate) mod flags;
mod names;
mod scan;
mod string;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use canonical::canonicalise;
pub use string::JsonStr;
pub use value::{JsonArray, JsonNumber, JsonObject, JsonValue};

use names::{Names, Place, Spelling};
use scan::{Next, Scanner};

use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_CLAIMS;

/// What is remembered of each name in a document of a token, whose length is capped; half the stack where that is dear.
#[cfg(target_pointer_width = "64")]
pub(crate) type TokenPlace = u32;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type TokenPlace = u16;

/// Whether to spend code on speed. Where words have 64 bits, all that a member passes through is inlined into one
/// function, the commonest shapes are tested first, and octets are looked at by the block; smaller targets keep one copy
/// of each rule and go octet by octet.
const WIDE: bool = cfg!(target_pointer_width = "64");

/// The members of the outermost object of a JSON text, at most `CAP` of them, in order.
///
/// A pull parser: nothing is known about the text beyond the member handed out last, until `None` says that all of it
/// is valid.
#[derive(Clone, Debug)]
pub(crate) struct Members<'j, const CAP: usize, P = u32>(Reader<'j, [P; CAP]>);

/// [`Members`], by its names.
#[derive(Clone, Debug)]
struct Reader<'j, T: ?Sized> {
    scanner: Scanner<'j>,
    progress: Progress,
    names: Names<T>,
}

#[derive(Clone, Copy, Debug)]
enum Progress {
    /// The next member begins here.
    Member(usize),
    /// There are no more members, and the text is valid to its end; the object ends before this position.
    Valid(usize),
    Refused(JsonError),
}

impl<'j, const CAP: usize, P: Place> Members<'j, CAP, P> {
    /// Starts to read `text`, in which a string may be spelled in any way.
    ///
    /// # Errors
    ///
    /// `TooLong`, `NotUtf8`, `NotAnObject`; `Syntax` if no JSON value begins here (a byte order mark included).
    #[inline(always)]
    pub(crate) fn new(text: &'j [u8]) -> Result<Self, JsonError> {
        let members = Self::start(text, Spelling::ANY);
        match members.0.progress {
            Progress::Refused(error) => Err(error),
            _ => Ok(members),
        }
    }

    /// As [`Members::new`] for a text that [`canonicalise`] has rewritten; an error waits for the first call of
    /// `next_member`.
    #[inline(always)]
    pub(crate) fn of_canonical(text: &'j [u8]) -> Self {
        Self::start(text, Spelling::Canonical)
    }

    // Nothing this large should travel in a `Result`: it would be on the stack twice.
    #[inline(always)]
    fn start(text: &'j [u8], spelling: Spelling) -> Self {
        let (scanner, progress) = match begin(text, P::MAX_TEXT_LEN) {
            Ok(begun) => begun,
            Err(error) => (Scanner::new(""), Progress::Refused(error)),
        };
        Self(Reader {
            scanner,
            progress,
            names: Names::new(spelling),
        })
    }

    /// Reads the next member. `None` after the closing brace, with nothing but whitespace behind it.
    ///
    /// # Errors
    ///
    /// Every [`JsonErrorKind`] but `NotAnObject` and `TooLong`. After an error the same error comes again.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn next_member(&mut self) -> Result<Option<(JsonStr<'j>, JsonValue<'j>)>, JsonError> {
        // Members and errors come by different ways, so that a member is handed over in whole words.
        let reader: &mut Reader<'j, [P]> = &mut self.0;
        let member = reader.advance();
        match (member, reader.progress) {
            (None, Progress::Refused(error)) => Err(error),
            (member, _) => Ok(member),
        }
    }

    /// The object as a whole, for reading again: valid once `next_member` has answered `None`, empty before.
    pub(crate) fn object(&self) -> JsonObject<'j> {
        let Progress::Valid(end) = self.0.progress else {
            return JsonObject::EMPTY;
        };
        // What stands before the object is whitespace.
        let (_, start) = self.0.scanner.token(0);
        self.0
            .scanner
            .slice(start, end)
            .map_or(JsonObject::EMPTY, JsonObject::new)
    }
}

impl<'j, P: Place> Reader<'j, [P]> {
    /// Reads the next member, for all capacities.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn advance(&mut self) -> Option<(JsonStr<'j>, JsonValue<'j>)> {
        let Progress::Member(start) = self.progress else {
            return None;
        };
        match self.read(start) {
            Ok(member) => Some(member),
            Err(error) => {
                self.progress = Progress::Refused(error);
                None
            }
        }
    }

    /// Reads the member whose name begins at `start`, and takes note of what follows it.
    #[inline(always)]
    fn read(&mut self, start: usize) -> Result<(JsonStr<'j>, JsonValue<'j>), JsonError> {
        let (name, end) = self.scanner.string(start)?;
        self.names.insert(self.scanner.text(), (start, end), name)?;
        let (value, next) = self.scanner.value_of_name(end)?;
        self.progress = progress(&self.scanner, next)?;
        Ok((name, value))
    }
}

/// Whether `octets` come at `position` of `text`.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn are_at(text: &[u8], position: usize, octets: &[u8]) -> bool {
    if WIDE {
        return text.get(position..).is_some_and(|rest| rest.starts_with(octets));
    }
    // What is compared is short, and a loop over it less code than `memcmp` and its calls.
    (position..)
        .zip(octets)
        .all(|(place, octet)| text.get(place) == Some(octet))
}

/// The place of `name` in a list of names, each with a space behind it. For small machines: one copy of it serves all
/// lists, and they hold no pointers.
#[inline(never)]
pub(crate) fn place_of(name: &str, names: &str) -> Option<usize> {
    let (name, mut place, mut matched) = (name.as_bytes(), 0, 0);
    for octet in names.bytes() {
        if octet == b' ' {
            if matched == name.len() {
                return Some(place);
            }
            (place, matched) = (place + 1, 0);
        } else if name.get(matched) == Some(&octet) {
            matched += 1;
        } else {
            matched = name.len() + 1;
        }
    }
    None
}

/// The object that a text is, if it is one with no more members than claims may have: only for showing what is in it.
#[inline(never)]
pub(crate) fn object(text: &[u8]) -> Option<JsonObject<'_>> {
    let mut members = Members::<MAX_CLAIMS>::of_canonical(text);
    while members.next_member().ok()?.is_some() {}
    Some(members.object())
}

/// Looks at the text up to its first member.
fn begin(text: &[u8], longest: usize) -> Result<(Scanner<'_>, Progress), JsonError> {
    if text.len() > longest {
        return Err(JsonError::new(JsonErrorKind::TooLong, longest));
    }
    let text =
        core::str::from_utf8(text).map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))?;
    let scanner = Scanner::new(text);
    match scanner.token(0) {
        (b'{', open) => {
            let progress = progress(&scanner, scanner.first_item(open, b'}')?)?;
            Ok((scanner, progress))
        }
        #[expect(clippy::manual_contains, reason = "`contains` is a good deal of code")]
        (octet, start) if b"[\"-0123456789tfn".iter().any(|first| *first == octet) => {
            Err(JsonError::new(JsonErrorKind::NotAnObject, start))
        }
        (_, start) => Err(JsonError::new(JsonErrorKind::Syntax, start)),
    }
}

/// Expects the end of the text after the end of the outermost object.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn progress(scanner: &Scanner<'_>, next: Next) -> Result<Progress, JsonError> {
    match next {
        Next::Item(start) => Ok(Progress::Member(start)),
        Next::End(end) => match scanner.token(end) {
            (_, after) if after == scanner.text().len() => Ok(Progress::Valid(end)),
            (_, end) => Err(JsonError::new(JsonErrorKind::TrailingData, end)),
        },
    }
}
