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
pub(crate) use names::NameHash;
pub use string::JsonStr;
pub use value::{JsonArray, JsonNumber, JsonObject, JsonValue};

use names::{Names, Place, Spelling, Table};
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
pub(crate) struct Members<'j, const CAP: usize, P = u32> {
    scanner: Scanner<'j>,
    progress: Progress,
    names: Names<CAP, P>,
    hash: NameHash,
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
        match members.progress {
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
        Self {
            scanner,
            progress,
            names: Names::new(spelling),
            hash: NameHash::default(),
        }
    }

    /// The hash of the name of the member handed out last.
    #[inline(always)]
    pub(crate) const fn hash(&self) -> NameHash {
        self.hash
    }

    /// Reads the next member. `None` after the closing brace, with nothing but whitespace behind it.
    ///
    /// # Errors
    ///
    /// Every [`JsonErrorKind`] but `NotAnObject` and `TooLong`. After an error the same error comes again.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn next_member(&mut self) -> Result<Option<(JsonStr<'j>, JsonValue<'j>)>, JsonError> {
        // Members and errors come by different ways, so that a member is handed over in whole words.
        let member = self.advance();
        match (member, self.progress) {
            (None, Progress::Refused(error)) => Err(error),
            (member, _) => Ok(member),
        }
    }

    /// The object as a whole, for reading again: valid once `next_member` has answered `None`, empty before.
    pub(crate) fn object(&self) -> JsonObject<'j> {
        let valid = match self.progress {
            Progress::Valid(end) => self.scanner.text().get(..end),
            _ => None,
        };
        // What stands before the object is whitespace.
        let object = valid.and_then(|text| text.get(self.scanner.token(0).1..));
        object.map_or(JsonObject::EMPTY, JsonObject::new)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn advance(&mut self) -> Option<(JsonStr<'j>, JsonValue<'j>)> {
        advance(
            &mut self.scanner,
            &mut self.progress,
            self.names.as_table(),
            &mut self.hash,
        )
    }
}

/// Reads the next member, for all capacities.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn advance<'j, P: Place>(
    scanner: &mut Scanner<'j>,
    progress: &mut Progress,
    names: Table<'_, P>,
    hash: &mut NameHash,
) -> Option<(JsonStr<'j>, JsonValue<'j>)> {
    let Progress::Member(start) = *progress else {
        return None;
    };
    match read(scanner, names, hash, start) {
        Ok((member, next)) => {
            *progress = next;
            Some(member)
        }
        Err(error) => {
            *progress = Progress::Refused(error);
            None
        }
    }
}

#[cfg_attr(target_pointer_width = "64", inline(always))]
fn read<'j, P: Place>(
    scanner: &mut Scanner<'j>,
    mut names: Table<'_, P>,
    hash: &mut NameHash,
    start: usize,
) -> Result<((JsonStr<'j>, JsonValue<'j>), Progress), JsonError> {
    let (name, end) = scanner.string(start)?;
    *hash = names.insert(scanner.text(), start, name)?;
    let (value, next) = scanner.value_of_name(end)?;
    Ok(((name, value), progress(scanner, next)?))
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
    let text = utf8(text).map_err(|valid| JsonError::new(JsonErrorKind::NotUtf8, valid))?;
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

#[cfg(target_arch = "x86_64")]
use crate::lanes::utf8;

/// The octets as text, or how many of the first ones are UTF-8.
#[cfg(not(target_arch = "x86_64"))]
fn utf8(octets: &[u8]) -> Result<&str, usize> {
    core::str::from_utf8(octets).map_err(|error| error.valid_up_to())
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
