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
//! | `digits` | eight digits in one go |
//! | `flags` | find the next octet that matters inside a string |
//! | `scan` | the grammar |
//! | `names` | no name twice |
//! | `string`, `value` | the views |

mod canonical;
mod digits;
pub(crate) mod flags;
mod names;
mod scan;
mod string;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use canonical::{Canonical, canonicalise};
pub(crate) use digits::value_of_eight;
pub(crate) use names::NameHash;
pub use string::JsonStr;
pub use value::{JsonArray, JsonNumber, JsonObject, JsonValue};

use flags::{Flags, WINDOW};
use names::{Names, Place, Spelling};
use scan::{Next, Scanner};

use crate::error::{JsonError, JsonErrorKind};
#[cfg(target_arch = "x86_64")]
use crate::lanes::utf8;
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

/// The members of the outermost object of a JSON text, in order, and at most as many as its [`Scratch`] has room for.
///
/// A pull parser: nothing is known about the text beyond the member handed out last, until `None` says that all of it
/// is valid.
#[derive(Debug)]
pub(crate) struct Members<'j, 's, P = u32> {
    scanner: Scanner<'j, 's, WINDOW>,
    progress: Progress,
    last_name: LastName,
    names: Names<'s, P>,
}

/// The memory that [`Members`] needs for a text with at most `CAP` members: apart from the rest of its state, which is
/// small and stays in registers.
#[derive(Debug)]
pub(crate) struct Scratch<const CAP: usize, P = u32> {
    flags: Flags<WINDOW>,
    places: [P; CAP],
}

impl<const CAP: usize, P: Place> Scratch<CAP, P> {
    // Inlined everywhere: it is large, and must not be made in one place and moved to another.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        const {
            assert!(
                CAP.is_power_of_two() && CAP <= 256,
                "eight bits of a hash choose the place"
            )
        };
        Self {
            flags: Flags::new(),
            places: [P::default(); CAP],
        }
    }
}

/// What is known of the name of the member handed out last beyond its text. Nothing on small machines, which have no use
/// for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LastName {
    /// Where its opening quotation mark is.
    #[cfg(target_pointer_width = "64")]
    pub(crate) open: usize,
    /// Whether it is written without escapes.
    #[cfg(target_pointer_width = "64")]
    pub(crate) is_plain: bool,
    #[cfg(target_pointer_width = "64")]
    pub(crate) hash: NameHash,
}

impl LastName {
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    const fn new(open: usize, is_plain: bool, hash: NameHash) -> Self {
        Self { open, is_plain, hash }
    }

    #[cfg(not(target_pointer_width = "64"))]
    #[inline(always)]
    const fn new(_open: usize, _is_plain: bool, _hash: NameHash) -> Self {
        Self {}
    }
}

#[derive(Clone, Copy, Debug)]
enum Progress {
    /// The next member begins here.
    Member(usize),
    /// There are no more members, and the text is valid to its end; the object ends before this position.
    Valid(usize),
    Refused(JsonError),
}

impl<'j, 's, P: Place> Members<'j, 's, P> {
    /// Starts to read `text`, in which a string may be spelled in any way. The scratch is new: what is left of another text
    /// would be taken for this one's.
    ///
    /// # Errors
    ///
    /// `TooLong`, `NotUtf8`, `NotAnObject`; `Syntax` if no JSON value begins here (a byte order mark included).
    #[inline(always)]
    pub(crate) fn new<const CAP: usize>(text: &'j [u8], scratch: &'s mut Scratch<CAP, P>) -> Result<Self, JsonError> {
        let members = Self::start(text, scratch, Spelling::ANY);
        match members.progress {
            Progress::Refused(error) => Err(error),
            _ => Ok(members),
        }
    }

    /// As [`Members::new`] for a text that [`canonicalise`] has rewritten; an error waits for the first call of
    /// `next_member`.
    #[inline(always)]
    pub(crate) fn of_canonical<const CAP: usize>(text: &'j [u8], scratch: &'s mut Scratch<CAP, P>) -> Self {
        Self::start(text, scratch, Spelling::Canonical)
    }

    #[inline(always)]
    fn start<const CAP: usize>(text: &'j [u8], scratch: &'s mut Scratch<CAP, P>, spelling: Spelling) -> Self {
        let (text, progress) = match begin(text, P::MAX_TEXT_LEN, &mut scratch.flags) {
            Ok(begun) => begun,
            Err(error) => ("", Progress::Refused(error)),
        };
        Self {
            scanner: Scanner::new(text, scratch.flags.lend()),
            progress,
            last_name: LastName::default(),
            names: Names::new(&mut scratch.places, spelling),
        }
    }

    /// More about the name of the member handed out last.
    #[inline(always)]
    pub(crate) const fn last_name(&self) -> LastName {
        self.last_name
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
        let Progress::Valid(end) = self.progress else {
            return JsonObject::EMPTY;
        };
        // What stands before the object is whitespace.
        let (_, start) = self.scanner.token(0);
        self.scanner
            .slice(start, end)
            .map_or(JsonObject::EMPTY, JsonObject::new)
    }

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
        let (name, is_plain, end) = self.scanner.name(start)?;
        let hash = self.names.insert(self.scanner.text(), (start, end), (name, is_plain))?;
        self.last_name = LastName::new(start, is_plain, hash);
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
    let mut scratch = Scratch::<MAX_CLAIMS>::new();
    let mut members = Members::of_canonical(text, &mut scratch);
    while members.next_member().ok()?.is_some() {}
    Some(members.object())
}

/// Looks at the text up to its first member.
fn begin<'j>(text: &'j [u8], longest: usize, flags: &mut Flags<WINDOW>) -> Result<(&'j str, Progress), JsonError> {
    if text.len() > longest {
        return Err(JsonError::new(JsonErrorKind::TooLong, longest));
    }
    let text = utf8(text).map_err(|valid| JsonError::new(JsonErrorKind::NotUtf8, valid))?;
    let scanner = Scanner::new(text, flags.lend());
    match scanner.token(0) {
        (b'{', open) => Ok((text, progress(&scanner, scanner.first_item(open, b'}')?)?)),
        #[expect(clippy::manual_contains, reason = "`contains` is a good deal of code")]
        (octet, start) if b"[\"-0123456789tfn".iter().any(|first| *first == octet) => {
            Err(JsonError::new(JsonErrorKind::NotAnObject, start))
        }
        (_, start) => Err(JsonError::new(JsonErrorKind::Syntax, start)),
    }
}

/// The octets as text, or how many of the first ones are UTF-8.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn utf8(octets: &[u8]) -> Result<&str, usize> {
    core::str::from_utf8(octets).map_err(|error| error.valid_up_to())
}

/// Expects the end of the text after the end of the outermost object.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn progress(scanner: &Scanner<'_, '_, WINDOW>, next: Next) -> Result<Progress, JsonError> {
    match next {
        Next::Item(start) => Ok(Progress::Member(start)),
        Next::End(end) => match scanner.token(end) {
            (_, after) if after == scanner.text().len() => Ok(Progress::Valid(end)),
            (_, end) => Err(JsonError::new(JsonErrorKind::TrailingData, end)),
        },
    }
}
