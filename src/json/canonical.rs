// SPDX-License-Identifier: MIT OR Apache-2.0

//! One spelling for each string, in place.

use super::WIDE;
use super::string::{decode_escape, letter_of, utf8};
use crate::octets;

/// A text in which every string is written the one way.
#[derive(Clone, Copy)]
pub(crate) struct Canonical<'b> {
    pub(crate) text: &'b [u8],
    /// False where there is no escape in it: nearly always.
    pub(crate) may_hold_escapes: bool,
}

/// Rewrites the strings of a JSON text so that equal strings are equal octets, and lends what it has become.
///
/// Every escape whose character may stand for itself gives way to that character in UTF-8, which is never longer. The
/// others stay, in one spelling: `\"`, `\\`, and control characters as `\b`, `\t`, `\n`, `\f`, `\r` or `\u00xx` in lower
/// case. Without a backslash in the text this is no more than a search for one.
///
/// An invalid text stays invalid. Nothing is touched from the first backslash on that does not begin a valid escape
/// inside a string: the scanner refuses the text there, or before.
#[inline]
pub(crate) fn canonicalise(text: &mut [u8]) -> Canonical<'_> {
    let first = octets::position(text, b'\\');
    let len = first.map_or(text.len(), |first| rewrite(text, first));
    Canonical {
        text: text.get(..len).unwrap_or_default(),
        may_hold_escapes: first.is_some(),
    }
}

/// [`canonicalise`] for a text whose first backslash is at `first`. Returns the new length.
#[expect(clippy::as_conversions, reason = "takes the lowest octet")]
fn rewrite(text: &mut [u8], first: usize) -> usize {
    // From the first one on, or where code is dear from the beginning, which comes to the same.
    let first = if WIDE { first } else { 0 };
    let (mut read, mut written) = (first, first);
    // Without a backslash before it, every quotation mark opens or closes a string.
    let mut in_string = odd_quotation_marks(text.get(..first).unwrap_or_default());
    let mut valid = true;
    // INVARIANT: `written <= read`, because no spelling is longer than what it stands for.
    while let Some(&octet) = text.get(read) {
        // Where escapes are dense, looking for a run at each of them would be most of the work.
        if WIDE
            && octet != b'\\'
            && let Some(run) = run_at(text, read)
        {
            // The whole run is in `run` before the first octet of it is written over.
            in_string ^= odd_quotation_marks(&run);
            overwrite(text, written, &run);
            read += RUN;
            written += RUN;
            continue;
        }
        // An escaped slash, and escapes that stay as they are. Taken apart like the others, they would be the dearest octets
        // of all: most escapes have six, these may have two.
        if WIDE && octet == b'\\' && in_string && valid {
            if text.get(read + 1) == Some(&b'/') {
                if let Some(to) = text.get_mut(written) {
                    *to = b'/';
                }
                read += 2;
                written += 1;
                continue;
            }
            let len = canonical_escapes(text.get(read..).unwrap_or_default());
            if len > 0 {
                move_back(text, read, written, len);
                read += len;
                written += len;
                continue;
            }
        }
        // Any octet but a backslash is copied; so is the text from the first invalid escape on.
        let mut spelling = u64::from(octet);
        read += 1;
        if octet == b'"' {
            in_string = !in_string;
        } else if octet == b'\\' && valid {
            match decode_escape(text.get(read - 1..).unwrap_or_default()) {
                Some((c, length)) if in_string => {
                    read += length - 1;
                    spelling = spell(c);
                }
                _ => valid = false,
            }
        }
        while let Some(to) = text.get_mut(written) {
            *to = spelling as u8;
            written += 1;
            spelling >>= u8::BITS;
            if spelling == 0 {
                break;
            }
        }
    }
    written
}

/// Octets that are looked at, and moved, in one go.
const RUN: usize = 32;

/// The next [`RUN`] octets if there are as many and no backslash is among them.
fn run_at(text: &[u8], start: usize) -> Option<[u8; RUN]> {
    if !WIDE {
        return None;
    }
    text.get(start..)?
        .first_chunk()
        .filter(|run| !octets::holds(run, b'\\'))
        .copied()
}

/// Length of the escape that `text` begins with, if it is spelled the one way.
fn canonical_escape(text: &[u8]) -> Option<usize> {
    match text {
        [b'\\', b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        // Control characters without a letter of their own.
        [b'\\', b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]
        | [b'\\', b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => Some(6),
        _ => None,
    }
}

/// Length of the escapes that `text` begins with and that are spelled the one way.
fn canonical_escapes(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some(len) = canonical_escape(rest) {
        rest = rest.get(len..).unwrap_or_default();
    }
    text.len() - rest.len()
}

/// Moves `len` octets from `from` to `to`, which is not behind it.
fn move_back(text: &mut [u8], from: usize, to: usize, len: usize) {
    if to < from {
        for (from, to) in (from..).zip(to..).take(len) {
            let octet = text.get(from).copied().unwrap_or_default();
            if let Some(to) = text.get_mut(to) {
                *to = octet;
            }
        }
    }
}

fn odd_quotation_marks(text: &[u8]) -> bool {
    text.iter().fold(false, |odd, octet| odd ^ (*octet == b'"'))
}

/// Writes `octets` at `start` of `text`.
fn overwrite(text: &mut [u8], start: usize, octets: &[u8]) {
    for (to, from) in text.get_mut(start..).unwrap_or_default().iter_mut().zip(octets) {
        *to = *from;
    }
}

/// The one spelling of `c` inside a string: its octets, the first one lowest, and zeros, which no spelling holds.
#[expect(clippy::as_conversions, reason = "a control character is below 0x20")]
fn spell(c: char) -> u64 {
    if let Some(letter) = letter_of(c) {
        return u64::from(u16::from_le_bytes([b'\\', letter]));
    }
    if c < ' ' {
        let code = c as u8;
        let ones = if code & 15 < 10 {
            b'0' + (code & 15)
        } else {
            b'a' - 10 + (code & 15)
        };
        return u64::from_le_bytes([b'\\', b'u', b'0', b'0', b'0' + (code >> 4), ones, 0, 0]);
    }
    u64::from(utf8(c))
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::{RUN, canonical_escape, run_at};
    use crate::json::string::decode_escape;

    #[test]
    fn a_run_is_as_long_as_it_must_be_and_without_a_backslash() {
        for backslash in 0..100 {
            let mut text = [b'x'; 100];
            text[backslash] = b'\\';
            for start in 0..=100 {
                let is_run = start + RUN <= 100 && !(start..start + RUN).contains(&backslash);
                assert_eq!(
                    run_at(&text, start),
                    is_run.then_some([b'x'; RUN]),
                    "{start} {backslash}"
                );
            }
        }
    }

    /// Those that stay are those whose spelling is that of their character.
    #[test]
    fn what_stays_is_spelled_the_one_way() {
        let mut stay = 0;
        for unit in 0..=0xffff_u32 {
            for escape in [std::format!("\\u{unit:04x}"), std::format!("\\u{unit:04X}")] {
                stay += usize::from(stays(escape.as_bytes()));
            }
        }
        for letter in 0..=u8::MAX {
            stay += usize::from(stays(&[b'\\', letter]));
        }
        // 27 control characters have no letter: 18 of them are spelled in digits alone, so alike in either case.
        assert_eq!(stay, 27 + 18 + 7);
    }

    fn stays(escape: &[u8]) -> bool {
        let Some((c, len)) = decode_escape(escape) else {
            assert_eq!(canonical_escape(escape), None);
            return false;
        };
        let spelling = super::spell(c).to_le_bytes();
        let is_canonical = spelling.starts_with(escape);
        assert_eq!(
            canonical_escape(escape),
            is_canonical.then_some(len),
            "{}",
            escape.escape_ascii()
        );
        is_canonical
    }
}
