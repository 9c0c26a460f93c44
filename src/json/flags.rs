// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finding the next octet that matters inside a string: `"`, `\` or a control character.
//!
//! Where a word has 64 bits, the text is looked at in blocks of 64 octets, one bit an octet, by a window of 1 KiB at a
//! time; strings then end a shift and a bit count away from their beginning. The compiler makes vector code of it. A view
//! of one array or object looks at eight octets after the other, and smaller machines at one.

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use core::arch::x86_64::{
    _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_xor_si128,
};

#[cfg(target_arch = "x86_64")]
use crate::lanes;
#[cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
use crate::octets::avx512::Avx512;

#[cfg(not(target_pointer_width = "64"))]
use core::marker::PhantomData;

/// Whether an octet ends a run of plain text in a string.
#[cfg_attr(target_pointer_width = "64", inline(always))]
const fn is_special(octet: u8) -> bool {
    // With bit 1 flipped the quotation mark (0x22) joins the control characters below 0x20.
    (octet ^ 2 <= 0x20) | (octet == b'\\')
}

/// Blocks of 64 octets whose flags are kept: a window of 1 KiB, of which most claims sets need one or two.
pub(crate) const WINDOW: usize = 16;

/// No window, for a view: a view is made anew for every look at an array or object, and most of these are shorter than
/// what a window would take in. (Small machines have no window at all, and one copy of the scanner for all.)
pub(super) const NO_WINDOW: usize = if cfg!(target_pointer_width = "64") { 0 } else { WINDOW };

/// The flags of the octets in a window: one bit for each octet, the first lowest, set where the octet is special or the
/// text has ended.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Debug)]
pub(crate) struct Flags<const BLOCKS: usize> {
    /// Where the window begins, a multiple of 8.
    base: usize,
    bits: [[u8; 8]; BLOCKS],
}

/// What a scanner holds of its flags: where they are. Apart from it, they leave the rest of its state to registers.
#[cfg(target_pointer_width = "64")]
pub(super) type FlagsOf<'f, const BLOCKS: usize> = &'f mut Flags<BLOCKS>;

#[cfg(target_pointer_width = "64")]
impl<const BLOCKS: usize> Flags<BLOCKS> {
    /// Those of a text that nobody has looked at yet.
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self {
            // Behind all text there is: nothing is in sight.
            base: 1 << 63,
            bits: [[0; 8]; BLOCKS],
        }
    }

    /// What a scanner holds, for the text that the flags are of.
    #[inline(always)]
    pub(super) const fn lend(&mut self) -> FlagsOf<'_, BLOCKS> {
        self
    }

    /// Position of the first special octet of `text`, which is the same each time, at or after `start`; at least
    /// `text.len()` if there is none.
    ///
    /// Made for going forward; a `start` before the window fills it anew.
    #[inline(always)]
    pub(super) fn next(&mut self, text: &[u8], start: usize) -> usize {
        if BLOCKS == NO_WINDOW {
            return next_by_eights(text, start);
        }
        // At least 57 octets are in sight from wherever the window is looked at: nearly every string ends there.
        match self.in_sight(start) {
            Some(bits) if bits != 0 => start + trailing_zeros(bits),
            _ => self.next_out_of_sight(text, start),
        }
    }

    /// The flags from `start` on, 57 or more of them.
    #[inline(always)]
    fn in_sight(&self, start: usize) -> Option<u64> {
        let within = start.wrapping_sub(self.base);
        let bits = self.bits.as_flattened().get(within / 8..)?.first_chunk()?;
        Some(u64::from_le_bytes(*bits) >> (within % 8))
    }

    #[inline(never)]
    fn next_out_of_sight(&mut self, text: &[u8], mut start: usize) -> usize {
        // BOUND: all bits after the text are set, and `start` is not far behind it: a turn for every 57 octets or more.
        loop {
            match self.in_sight(start) {
                Some(0) => start += 64 - start % 8,
                Some(bits) => return start + trailing_zeros(bits),
                None => {
                    self.base = start / 8 * 8;
                    fill(&mut self.bits, text.get(self.base..).unwrap_or_default());
                }
            }
        }
    }
}

/// [`Flags::next`] without a window: eight octets at a time.
#[cfg(target_pointer_width = "64")]
#[inline]
fn next_by_eights(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let (eights, last) = rest.as_chunks();
    for (index, eight) in eights.iter().enumerate() {
        let flags = flags_of_eight(*eight);
        if flags != 0 {
            return start + 8 * index + trailing_zeros(flags) / 8;
        }
    }
    let found = last.iter().position(|octet| is_special(*octet)).unwrap_or(last.len());
    start + 8 * eights.len() + found
}

/// The top bit of each octet that is special, the first octet lowest; above the first one that is set they mean nothing.
#[cfg(target_pointer_width = "64")]
#[inline]
const fn flags_of_eight(eight: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let octets = u64::from_le_bytes(eight);
    // As in `is_special`. Below 0x80 the top bit of a difference is set where it is negative, and only there it borrows
    // from the next octet.
    let flipped = octets ^ (ONES * 2);
    let is_backslash = octets ^ u64::from_ne_bytes([b'\\'; 8]);
    let quotation_mark_or_control = flipped.wrapping_sub(ONES * 0x21) & !flipped;
    (quotation_mark_or_control | is_backslash.wrapping_sub(ONES) & !is_backslash) & (ONES * 0x80)
}

#[cfg(target_pointer_width = "64")]
#[inline(always)]
#[expect(clippy::as_conversions, reason = "at most 64")]
fn trailing_zeros(bits: u64) -> usize {
    bits.trailing_zeros() as usize
}

/// Sets the flags of the blocks that `text` begins with.
// By itself: its constants would be loaded wherever a string is longer than what is in sight.
#[cfg(target_pointer_width = "64")]
#[inline(never)]
fn fill(flags: &mut [[u8; 8]], text: &[u8]) {
    #[cfg(all(
        target_arch = "x86_64",
        not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
    ))]
    if let Some(avx512) = Avx512::detect() {
        return lanes::enter_fill(avx512, flags, text);
    }
    fill_by(flags_of, |rest| flags_of_rest(text, rest.len()), flags, text);
}

/// [`fill`] with the flags of a block by `of_block`, and those of the last one, which is not full, by `of_rest`.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
pub(crate) fn fill_by(
    of_block: impl Fn(&[u8; 64]) -> u64,
    of_rest: impl Fn(&[u8]) -> u64,
    flags: &mut [[u8; 8]],
    text: &[u8],
) {
    let (blocks, rest) = text.as_chunks();
    for (flags, block) in flags.iter_mut().zip(blocks) {
        *flags = of_block(block).to_le_bytes();
    }
    let mut after = flags.iter_mut().skip(blocks.len());
    if let Some(flags) = after.next() {
        *flags = of_rest(rest).to_le_bytes();
    }
    for flags in after {
        *flags = [u8::MAX; 8];
    }
}

/// The flags of a block of which the text fills only the first `length` octets, with its last ones.
#[cfg(target_pointer_width = "64")]
#[cold]
fn flags_of_rest(text: &[u8], length: usize) -> u64 {
    let ended = u64::MAX << length;
    match text.last_chunk() {
        _ if length == 0 => ended,
        Some(last) => flags_of(last) >> (64 - length) | ended,
        None => {
            let mut block = [0; 64];
            for (to, from) in block.iter_mut().zip(text) {
                *to = *from;
            }
            flags_of(&block) | ended
        }
    }
}

/// The flags of a block.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline(always)]
fn flags_of(block: &[u8; 64]) -> u64 {
    lanes::enter_flags_of_block(block)
}

/// See [`flags_of`]; sixteen octets at a time. Every x86-64 that has vectors at all has SSE2.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn of_block(block: &[u8; 64]) -> u64 {
    let mut flags = 0;
    for (index, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
        let (eights, _) = sixteen.as_chunks::<8>();
        let [low, high] = [0, 1].map(|half| eights.get(half).copied().map_or(0, i64::from_le_bytes));
        let octets = _mm_set_epi64x(high, low);
        // As in `is_special`, where "at most 0x20" becomes "equal to the lesser of it and 0x20".
        let flipped = _mm_xor_si128(octets, _mm_set1_epi8(2));
        let quotation_mark_or_control = _mm_cmpeq_epi8(_mm_min_epu8(flipped, _mm_set1_epi8(0x20)), flipped);
        let backslash = _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x5c));
        let special = _mm_movemask_epi8(_mm_or_si128(quotation_mark_or_control, backslash));
        flags |= u64::from(special.cast_unsigned()) << (16 * index);
    }
    flags
}

#[cfg(all(
    target_pointer_width = "64",
    not(all(target_arch = "x86_64", target_feature = "sse2"))
))]
#[inline(always)]
fn flags_of(block: &[u8; 64]) -> u64 {
    // Eight octets at a time, each flag has a weight of its own, and their sum is an octet of the result: the shape that
    // compilers turn into vector code (on x86-64 `psadbw` makes the sums).
    let mut weights = [0_u8; 64];
    for (index, (weight, octet)) in weights.iter_mut().zip(block).enumerate() {
        *weight = if is_special(*octet) { 1 << (index % 8) } else { 0 };
    }
    let (eights, _) = weights.as_chunks::<8>();
    let mut flags = 0;
    for (index, eight) in eights.iter().enumerate() {
        let sum = eight.iter().fold(0_u8, |sum, weight| sum.wrapping_add(*weight));
        flags |= u64::from(sum) << (8 * index);
    }
    flags
}

/// Holds nothing: the text is looked at octet by octet.
#[cfg(not(target_pointer_width = "64"))]
#[derive(Clone, Debug)]
pub(crate) struct Flags<const BLOCKS: usize>;

/// What a scanner holds of its flags.
#[cfg(not(target_pointer_width = "64"))]
#[derive(Debug)]
pub(super) struct FlagsOf<'f, const BLOCKS: usize>(PhantomData<&'f mut Flags<BLOCKS>>);

#[cfg(not(target_pointer_width = "64"))]
impl<const BLOCKS: usize> Flags<BLOCKS> {
    pub(super) const fn new() -> Self {
        Self
    }

    pub(super) const fn lend(&mut self) -> FlagsOf<'_, BLOCKS> {
        FlagsOf(PhantomData)
    }
}

#[cfg(not(target_pointer_width = "64"))]
impl<const BLOCKS: usize> FlagsOf<'_, BLOCKS> {
    pub(super) const fn lend(&mut self) -> FlagsOf<'_, BLOCKS> {
        FlagsOf(PhantomData)
    }

    /// Position of the first special octet of `text` at or after `start`; at least `text.len()` if there is none.
    pub(super) fn next(&self, text: &[u8], start: usize) -> usize {
        let mut position = start;
        while text.get(position).is_some_and(|octet| !is_special(*octet)) {
            position += 1;
        }
        position
    }
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use std::vec::Vec;

    use super::{fill_by, flags_of, flags_of_rest, is_special};

    #[test]
    fn a_block_has_a_bit_for_each_special_octet() {
        for octet in 0..=u8::MAX {
            for position in 0..64 {
                let mut block = [b'x'; 64];
                block[position] = octet;
                let expected = u64::from(is_special(octet)) << position;
                assert_eq!(flags_of(&block), expected, "octet {octet:#x} at {position}");
                let mut others = [b'"'; 64];
                others[position] = octet;
                let expected = u64::MAX ^ u64::from(!is_special(octet)) << position;
                assert_eq!(flags_of(&others), expected, "octet {octet:#x} at {position}");
            }
        }
    }

    /// Without vector code of its own, which `fill` has on some machines: what is behind the text is flagged.
    #[test]
    fn a_window_is_filled_to_its_end() {
        for len in 0..=260 {
            let text: Vec<u8> = (0..len).map(|at| if at % 7 == 3 { b'"' } else { b'x' }).collect();
            let mut flags = [[0; 8]; 4];
            fill_by(flags_of, |rest| flags_of_rest(&text, rest.len()), &mut flags, &text);
            for (block, found) in flags.iter().enumerate() {
                let expected = (0..64).fold(0, |flags, bit| {
                    let is_flagged = text.get(64 * block + bit).is_none_or(|octet| is_special(*octet));
                    flags | u64::from(is_flagged) << bit
                });
                assert_eq!(u64::from_le_bytes(*found), expected, "block {block} of {len}");
            }
        }
    }
}
