// SPDX-License-Identifier: MIT OR Apache-2.0

//! 64 octets at a time, where the CPU has AVX-512: for an octet, for what is not ASCII, for what matters in a JSON string.

use core::arch::x86_64::{
    _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_movepi8_mask, _mm512_set1_epi8, _mm512_xor_si512,
};

use crate::json::flags;
use crate::lanes::load;

cpufeatures::new!(cpu, "avx512f", "avx512bw");

/// Proof that this CPU, and the operating system's context switch, know AVX-512 F and BW.
// INVARIANT: only `detect` makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, where there is one. Asks the CPU once and remembers.
    #[inline(always)]
    pub(crate) fn detect() -> Option<Self> {
        cpu::get().then_some(Self(()))
    }
}

/// Sets the flags of the blocks that `text` begins with, as in [`flags`].
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn fill(flags: &mut [[u8; 8]], text: &[u8]) {
    // What a load finds past the end is zero: a control character, and so the flags there are set.
    let flags_of = |octets| {
        // As in `is_special`.
        let flipped = _mm512_xor_si512(octets, _mm512_set1_epi8(2));
        _mm512_cmple_epu8_mask(flipped, _mm512_set1_epi8(0x20)) | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(0x5c))
    };
    flags::fill_by(
        |block| flags_of(load(block, 0)),
        |rest| flags_of(load(rest, 0)),
        flags,
        text,
    );
}

/// Position of the first octet of `text` that is `wanted`.
#[target_feature(enable = "avx512f,avx512bw")]
#[expect(clippy::as_conversions, reason = "a bit count of at most 64")]
pub(crate) fn position(text: &[u8], wanted: u8) -> Option<usize> {
    let wanted = _mm512_set1_epi8(wanted.cast_signed());
    let (blocks, rest) = text.as_chunks::<64>();
    for (index, block) in blocks.iter().enumerate() {
        let found = _mm512_cmpeq_epi8_mask(load(block, 0), wanted);
        if found != 0 {
            return Some(64 * index + found.trailing_zeros() as usize);
        }
    }
    // Past the end stands zero, which may be what is wanted.
    let found = _mm512_cmpeq_epi8_mask(load(rest, 0), wanted).trailing_zeros() as usize;
    (found < rest.len()).then_some(text.len() - rest.len() + found)
}

/// Where the first octet that is not ASCII stands, and where the last one ends; the end of the text twice without any.
#[target_feature(enable = "avx512f,avx512bw")]
#[expect(clippy::as_conversions, reason = "a bit count of at most 64")]
pub(crate) fn beyond_ascii(text: &[u8]) -> (usize, usize) {
    let (mut first, mut end) = (text.len(), text.len());
    let mut look = |octets, start: usize| {
        let high = _mm512_movepi8_mask(octets);
        if high != 0 {
            if first == text.len() {
                first = start + high.trailing_zeros() as usize;
            }
            end = start + 64 - high.leading_zeros() as usize;
        }
    };
    let (blocks, rest) = text.as_chunks::<64>();
    for (index, block) in blocks.iter().enumerate() {
        look(load(block, 0), 64 * index);
    }
    look(load(rest, 0), text.len() - rest.len());
    (first, end)
}

#[cfg(test)]
mod tests {
    use super::Avx512;
    use crate::lanes;

    /// Every length up to three blocks, with one octet of another kind at each place, or two.
    #[test]
    fn finds_what_a_walk_finds() {
        let Some(token) = Avx512::detect() else {
            std::eprintln!("SKIPPED: this CPU has no AVX-512");
            return;
        };
        for len in 0..=192_usize {
            let plain = std::vec![0x7f; len];
            assert_eq!(lanes::enter_beyond_ascii(token, &plain), (len, len));
            for at in 0..len {
                let mut text = plain.clone();
                text[at] = 0x80;
                assert_eq!(lanes::enter_beyond_ascii(token, &text), (at, at + 1), "{at} of {len}");
                text[len - 1] = 0xff;
                assert_eq!(lanes::enter_beyond_ascii(token, &text), (at, len), "{at} of {len}");
            }
        }
    }
}
