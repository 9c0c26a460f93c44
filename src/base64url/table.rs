// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decoding with one table of 256 octets, in safe code: the form for the ends that the wider decoders leave over.
//!
//! A character outside the alphabet is marked by a bit that no symbol uses, and that bit is gathered over the whole
//! text: one test at the end instead of one for each character.

use super::ALPHABET;

/// Set in the table entries of characters outside the alphabet. Symbols use bits 0 to 5.
const BAD: u8 = 0x80;

/// The symbol of each character, or [`BAD`].
static SYMBOLS: [u8; 256] = symbols();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "runs at compile time, where a mistake is an error"
)]
const fn symbols() -> [u8; 256] {
    let mut table = [BAD; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table
}

/// The symbol of `character`, or [`BAD`].
#[expect(
    clippy::indexing_slicing,
    reason = "a u8 cannot exceed the last index of 256 entries"
)]
pub(super) fn symbol(character: u8) -> u8 {
    SYMBOLS[usize::from(character)]
}

/// Writes the octets that `src` stands for; false when a character is outside the alphabet.
pub(super) fn translate(src: &[u8], mut out: &mut [u8]) -> bool {
    let (quads, rest) = src.as_chunks::<4>();
    let mut bad = 0;
    for &[a, b, c, d] in quads {
        let Some((triple, after)) = out.split_first_chunk_mut::<3>() else {
            return false;
        };
        let (a, b, c, d) = (symbol(a), symbol(b), symbol(c), symbol(d));
        bad |= a | b | c | d;
        *triple = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        out = after;
    }
    match (rest, out) {
        (&[a, b], [first]) => {
            let (a, b) = (symbol(a), symbol(b));
            bad |= a | b;
            *first = a << 2 | b >> 4;
        }
        (&[a, b, c], [first, second]) => {
            let (a, b, c) = (symbol(a), symbol(b), symbol(c));
            bad |= a | b | c;
            *first = a << 2 | b >> 4;
            *second = b << 4 | c >> 2;
        }
        _ => {}
    }
    bad < BAD
}
