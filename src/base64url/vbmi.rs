// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decoding with AVX-512 VBMI, 64 characters a step.
//!
//! `vpermi2b` looks 64 characters up in a table of 128 octets at once, two multiply-adds join the symbols, and `vpermb`
//! moves the octets together:
//!
//! ```text
//! octets    00aaaaaa 00bbbbbb 00cccccc 00dddddd     symbols, a first in memory
//! vpmaddubsw         a·64 + b          c·64 + d     two words of 12 bits
//! vpmaddwd                   (a·64 + b)·4096 + …    one double word of 24 bits
//! vpermb             its octets 2, 1, 0             big-endian, 16 times three octets
//! ```
//!
//! The end of the text needs no second decoder: a load fills the lanes past it with the character for zero, and a store
//! writes just the octets there are.

use super::ALPHABET;
use crate::lanes::{self, load, store};
use core::arch::x86_64::{
    _mm512_madd_epi16, _mm512_maddubs_epi16, _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8,
    _mm512_set1_epi16, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_ternarylogic_epi32,
};

cpufeatures::new!(cpu, "avx512f", "avx512bw", "avx512vbmi");

/// Proof that this CPU, and the operating system's context switch, know AVX-512 F, BW and VBMI.
// INVARIANT: only `detect` makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vbmi(());

impl Vbmi {
    /// The proof, where there is one. Asks the CPU once and remembers.
    pub(super) fn detect() -> Option<Self> {
        cpu::get().then_some(Self(()))
    }

    /// Writes the octets that `src` stands for; false when a character is outside the alphabet.
    pub(super) fn translate(self, src: &[u8], out: &mut [u8]) -> bool {
        lanes::enter_translate(self, src, out)
    }
}

/// Set in the symbol of a character outside the alphabet: the sign bit of its lane.
const BAD: u8 = 0x80;

/// The symbols of the characters 0 to 63 and 64 to 127.
static SYMBOLS: [[u8; 64]; 2] = symbols();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "runs at compile time, where a mistake is an error"
)]
const fn symbols() -> [[u8; 64]; 2] {
    let mut table = [[BAD; 64]; 2];
    let mut i = 0;
    while i < ALPHABET.len() {
        let character = ALPHABET[i] as usize;
        table[character / 64][character % 64] = i as u8;
        i += 1;
    }
    table
}

/// For each of the 48 octets, the lane it comes from. The last 16 lanes are never stored.
static PACK: [u8; 64] = pack();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "runs at compile time, where a mistake is an error"
)]
const fn pack() -> [u8; 64] {
    let mut lanes = [0; 64];
    let mut i = 0;
    while i < 48 {
        lanes[i] = (i / 3 * 4 + 2 - i % 3) as u8;
        i += 1;
    }
    lanes
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub(crate) fn translate(src: &[u8], out: &mut [u8]) -> bool {
    let [low, high] = &SYMBOLS;
    let load = |octets: &[u8]| load(octets, ZERO);
    let (low, high, pack) = (load(low), load(high), load(&PACK));
    let mut bad = _mm512_setzero_si512();
    // A closure has the features of the function around it.
    let mut step = |characters: &[u8], octets: &mut [u8]| {
        let characters = load(characters);
        // The lookup uses seven bits of a character; the eighth makes the lane bad all the same.
        let symbols = _mm512_permutex2var_epi8(low, characters, high);
        bad = _mm512_ternarylogic_epi32::<OR>(bad, symbols, characters);
        let twelve_bits = _mm512_maddubs_epi16(symbols, _mm512_set1_epi16(0x0140));
        let block = _mm512_madd_epi16(twelve_bits, _mm512_set1_epi32(0x0001_1000));
        store(octets, _mm512_permutexvar_epi8(pack, block));
    };
    let (whole, rest) = src.as_chunks::<64>();
    let (packed, end) = out.as_chunks_mut::<48>();
    for (characters, octets) in whole.iter().zip(packed) {
        step(characters, octets);
    }
    step(rest, end);
    _mm512_movepi8_mask(bad) == 0
}

/// The character for zero.
const ZERO: u8 = b'A';

/// The truth table of `a | b | c`.
const OR: i32 = 0xfe;
