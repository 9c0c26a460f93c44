// SPDX-License-Identifier: MIT OR Apache-2.0

//! A JSON string, validated, as it is written.

use core::fmt::{self, Write};

use super::WIDE;
use crate::error::{BufferTooSmall, JsonErrorKind};

/// A JSON string that borrows the text it was read from.
///
/// It compares, counts and prints as the text that it means: `"\u0069ss"` equals `"iss"`. Nearly every string is plain,
/// that is, written without escapes, and then [`as_str`](Self::as_str) lends it.
#[derive(Clone, Copy)]
pub struct JsonStr<'j> {
    // INVARIANT: what is written between the quotation marks, every escape in it valid; where there is an escape, with
    // the opening quotation mark before it, by which escaped strings are known: no plain one begins so.
    written: &'j str,
}

impl<'j> JsonStr<'j> {
    /// A string without escapes, given without its quotation marks.
    #[inline]
    pub(super) const fn plain(written: &'j str) -> Self {
        Self { written }
    }

    /// A string with at least one escape, all of them valid, given with its opening quotation mark.
    #[inline]
    pub(super) const fn escaped(written: &'j str) -> Self {
        Self { written }
    }

    /// The text, if it is written without escapes.
    ///
    /// In a verified token `None` means that the text holds a quotation mark, a backslash or a control character: every
    /// other escape was replaced when the token was decoded.
    #[inline]
    #[must_use]
    pub const fn as_str(&self) -> Option<&'j str> {
        if let [b'"', ..] = self.written.as_bytes() {
            None
        } else {
            Some(self.written)
        }
    }

    /// The text if it is plain, else one that begins with a quotation mark: for looking it up among texts that do not.
    #[inline]
    pub(crate) const fn plain_or_quoted(&self) -> &'j str {
        self.written
    }

    /// The text as it is written between the quotation marks.
    #[must_use]
    pub fn raw(&self) -> &'j str {
        self.written.strip_prefix('"').unwrap_or(self.written)
    }

    /// The characters of the text, escapes resolved.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'j> {
        Chars { rest: self.raw() }
    }

    /// Length of the text in octets of UTF-8, escapes resolved.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_str()
            .map_or_else(|| self.chars().map(char::len_utf8).sum(), str::len)
    }

    /// Whether the text is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Whether the text equals `other` when the letters A to Z count as a to z.
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) => text.eq_ignore_ascii_case(other),
            None => {
                let folded = |c: char| c.to_ascii_lowercase();
                self.chars().map(folded).eq(other.chars().map(folded))
            }
        }
    }

    #[cfg_attr(target_pointer_width = "64", cold)]
    fn means(&self, other: &str) -> bool {
        let mut left = other.as_bytes();
        for octet in self.octets() {
            match left {
                [first, rest @ ..] if *first == octet => left = rest,
                _ => return false,
            }
        }
        left.is_empty()
    }

    /// The octets of the text, escapes resolved.
    fn octets(&self) -> Octets<'j> {
        Octets {
            rest: self.raw().as_bytes(),
            resolved: 0,
        }
    }

    /// Copies the text into `buffer`, escapes resolved, and lends it from there.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] if `buffer` is shorter than [`len`](Self::len) octets.
    pub fn copy_to<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        let needed = self.len();
        let too_small = BufferTooSmall::new(needed);
        let target = buffer.get_mut(..needed).ok_or(too_small)?;
        let mut free = target.iter_mut();
        for c in self.chars() {
            for (from, to) in c.encode_utf8(&mut [0; 4]).bytes().zip(free.by_ref()) {
                *to = from;
            }
        }
        core::str::from_utf8(target).map_err(|_| too_small)
    }
}

impl PartialEq for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        if !WIDE {
            // One way for all spellings, which takes less code.
            return self.octets().eq(other.octets());
        }
        match (self.as_str(), other.as_str()) {
            (Some(text), Some(other)) => text == other,
            (_, Some(other)) => self.means(other),
            (Some(text), _) => other.means(text),
            (None, None) => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for JsonStr<'_> {}

impl PartialEq<str> for JsonStr<'_> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn eq(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) if WIDE => text == other,
            _ => self.means(other),
        }
    }
}

impl PartialEq<&str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// Writes the text, escapes resolved.
impl fmt::Display for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.write_str(text),
            None => self.chars().try_for_each(|c| f.write_char(c)),
        }
    }
}

/// Prints the length in octets, not the text: it may be personal data.
impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonStr({} octets)", self.len())
    }
}

/// Resolves the escapes of a validated string, character by character.
#[derive(Clone)]
struct Chars<'j> {
    rest: &'j str,
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        if c != '\\' {
            self.rest = chars.as_str();
            return Some(c);
        }
        let (c, length) = decode_escape(self.rest.as_bytes())?;
        self.rest = self.rest.get(length..)?;
        Some(c)
    }
}

/// Resolves the escapes of a validated string, octet by octet: less code than by characters, which are put together and
/// taken apart again.
struct Octets<'j> {
    rest: &'j [u8],
    /// What is left of the last escape's character, as in [`utf8`].
    resolved: u32,
}

impl Iterator for Octets<'_> {
    type Item = u8;

    #[expect(clippy::as_conversions, reason = "takes the lowest octet")]
    fn next(&mut self) -> Option<u8> {
        if self.resolved == 0 {
            let mut length = 1;
            self.resolved = u32::from(*self.rest.first()?);
            if self.resolved == u32::from(b'\\') {
                let (c, length_of_escape) = decode_escape(self.rest)?;
                (self.resolved, length) = (utf8(c), length_of_escape);
            }
            self.rest = self.rest.get(length..)?;
        }
        let octet = self.resolved as u8;
        self.resolved >>= u8::BITS;
        Some(octet)
    }
}

/// The UTF-8 of `c`, its first octet lowest, and zeros above it.
pub(super) fn utf8(c: char) -> u32 {
    if WIDE {
        let mut octets = [0; 4];
        c.encode_utf8(&mut octets);
        u32::from_le_bytes(octets)
    } else {
        compact_utf8(c)
    }
}

/// [`utf8`] without a case for each length, which is half the code.
#[inline(never)]
fn compact_utf8(c: char) -> u32 {
    let mut rest = u32::from(c);
    if rest < 0x80 {
        return rest;
    }
    // Six bits to an octet, from the last one on, until what is left fits into the first one: below the ones that tell
    // how many octets there are, and a zero.
    let (mut octets, mut ones) = (0, 0xc0);
    loop {
        octets = octets << 8 | 0x80 | rest & 0x3f;
        rest >>= 6;
        // BOUND: at most three turns, because no character has more than 21 bits.
        if rest <= (0xff ^ ones) >> 1 {
            return octets << 8 | ones | rest;
        }
        ones = ones >> 1 | 0x80;
    }
}

/// Decodes the escape that `text` begins with, if it is one: its character and its length in octets, 2, 6, or 12 for a
/// pair of surrogates (RFC 8259 section 7).
pub(super) fn decode_escape(text: &[u8]) -> Option<(char, usize)> {
    match text {
        [b'\\', b'u', ..] => decode_unicode_escape(text),
        [b'\\', b'/', ..] => Some(('/', 2)),
        [b'\\', letter, ..] => {
            let (_, c) = ESCAPES.iter().find(|(with, _)| with == letter)?;
            Some((char::from(*c), 2))
        }
        _ => None,
    }
}

/// Why `text`, which begins with a backslash, begins with no escape: `NotUtf8` for a surrogate that stands alone,
/// `Syntax` for everything else.
#[cold]
pub(super) fn escape_error(text: &[u8]) -> JsonErrorKind {
    match code_unit(text) {
        Some(_) => JsonErrorKind::NotUtf8,
        None => JsonErrorKind::Syntax,
    }
}

/// What may be written as a backslash and a letter (RFC 8259 section 7), but for `\/`: the letter and its character.
const ESCAPES: [(u8, u8); 7] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'b', 0x08),
    (b'f', 0x0c),
    (b'n', b'\n'),
    (b'r', b'\r'),
    (b't', b'\t'),
];

/// The letter that stands for `c` behind a backslash, if `c` may not stand for itself and there is one.
pub(super) fn letter_of(c: char) -> Option<u8> {
    ESCAPES
        .iter()
        .find(|(_, escaped)| char::from(*escaped) == c)
        .map(|(letter, _)| *letter)
}

/// Decodes `\uXXXX`, or two of them that make a pair of surrogates.
fn decode_unicode_escape(text: &[u8]) -> Option<(char, usize)> {
    let first = code_unit(text)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    // Only surrogates are left: D800 to DBFF, which one of DC00 to DFFF has to follow.
    let high = first ^ 0xd800;
    let low = code_unit(text.get(6..)?)? ^ 0xdc00;
    if low > 0x3ff {
        return None;
    }
    // BOUND: `high` is above 0x3ff for a surrogate that may not come first, and the sum then no character.
    char::from_u32(0x1_0000 + (high << 10) + low).map(|c| (c, 12))
}

/// The UTF-16 code unit of the `\uXXXX` that `text` begins with.
fn code_unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text.first_chunk::<6>()? else {
        return None;
    };
    let mut unit = 0;
    for digit in digits {
        // STRICT: four hexadecimal digits and no sign, which the parsers of integers would let pass.
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    Some(unit)
}

#[cfg(test)]
mod tests {
    use super::compact_utf8;

    #[test]
    fn compact_utf8_is_utf8() {
        for c in '\0'..=char::MAX {
            let mut octets = [0; 4];
            c.encode_utf8(&mut octets);
            assert_eq!(compact_utf8(c).to_le_bytes(), octets, "{}", u32::from(c));
        }
    }
}
