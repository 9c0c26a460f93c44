// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decoding with four tables, in safe code: the form for 64-bit CPUs, where four KiB of tables cost nothing.
//!
//! Each table holds the symbols already shifted to one of the four places in a block, so that a block of four
//! characters is four loads and three ORs. Eight characters a step fill one 64-bit word.

use super::{ALPHABET, table};

/// Set in the entries of characters outside the alphabet. A block of four symbols uses bits 0 to 23.
const BAD: u32 = 1 << 31;

/// The symbols of a block's first, second, third and last character, in place.
static FIRST: [u32; 256] = symbols(18);
static SECOND: [u32; 256] = symbols(12);
static THIRD: [u32; 256] = symbols(6);
static LAST: [u32; 256] = symbols(0);

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "runs at compile time, where a mistake is an error"
)]
const fn symbols(place: u32) -> [u32; 256] {
    let mut table = [BAD; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        table[ALPHABET[i] as usize] = (i as u32) << place;
        i += 1;
    }
    table
}

/// The 24 bits of a block, or [`BAD`] among them.
#[expect(
    clippy::indexing_slicing,
    reason = "a u8 cannot exceed the last index of 256 entries"
)]
fn block(a: u8, b: u8, c: u8, d: u8) -> u32 {
    FIRST[usize::from(a)] | SECOND[usize::from(b)] | THIRD[usize::from(c)] | LAST[usize::from(d)]
}

/// Writes the octets that `src` stands for; false when a character is outside the alphabet.
pub(super) fn translate(src: &[u8], out: &mut [u8]) -> bool {
    let (eights, rest) = src.as_chunks::<8>();
    let (sixes, end) = out.as_chunks_mut::<6>();
    // `rest` is shorter than eight characters, and at most five octets stand for that: `end` is where they belong.
    let mut bad = 0;
    for (&[a, b, c, d, e, f, g, h], six) in eights.iter().zip(sixes) {
        let (high, low) = (block(a, b, c, d), block(e, f, g, h));
        bad |= high | low;
        let [_, _, octets @ ..] = (u64::from(high) << 24 | u64::from(low)).to_be_bytes();
        *six = octets;
    }
    bad < BAD && table::translate(rest, end)
}
