// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finding the next octet that matters inside a string: `"`, `\` or a control character.
//!
//! Where a word has 64 bits, the text is looked at in blocks of 64 octets, each once, one bit an octet; strings then end
//! a shift and a bit count away from their beginning. The compiler makes vector code of it. Smaller machines look at one
//! octet after the other.

/// Whether an octet ends a run of plain text in a string.
#[cfg_attr(target_pointer_width = "64", inline(always))]
const fn is_special(octet: u8) -> bool {
    // With bit 1 flipped the quotation mark (0x22) joins the control characters below 0x20.
    (octet ^ 2 <= 0x20) | (octet == b'\\')
}

/// The flags of two blocks: one bit for each octet, the first lowest, set where the octet is special or the text has
/// ended.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    /// Where the first of the two blocks begins, a multiple of 64.
    base: usize,
    bits: u64,
    /// Those of the second block, so that they are ready when a string reaches it.
    ahead: u64,
}

#[cfg(target_pointer_width = "64")]
impl Flags {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn new(text: &[u8]) -> Self {
        Self {
            base: 0,
            bits: flags_from(text, 0),
            ahead: flags_from(text, 64),
        }
    }

    /// Position of the first special octet of `text` at or after `start`; at least `text.len()` if there is none.
    ///
    /// Goes forward only: `start` is never before an earlier answer.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[expect(clippy::as_conversions, reason = "a bit count below 64")]
    pub(super) fn next(&mut self, text: &[u8], start: usize) -> usize {
        let within = start.wrapping_sub(self.base);
        if within < 64 && self.bits >> within != 0 {
            return start + (self.bits >> within).trailing_zeros() as usize;
        }
        self.next_in_later_block(text, start)
    }

    #[inline(never)]
    #[expect(clippy::as_conversions, reason = "a bit count below 64")]
    fn next_in_later_block(&mut self, text: &[u8], start: usize) -> usize {
        // BOUND: all bits of the block after the text are set, and `start` is not behind it: at most a turn a block.
        loop {
            self.base += 64;
            self.bits = self.ahead;
            self.ahead = flags_from(text, self.base + 64);
            let within = start.saturating_sub(self.base);
            if within < 64 && self.bits >> within != 0 {
                return self.base + within + (self.bits >> within).trailing_zeros() as usize;
            }
        }
    }
}

/// The flags of the block that begins at `base`.
#[cfg(target_pointer_width = "64")]
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn flags_from(text: &[u8], base: usize) -> u64 {
    let rest = text.get(base..).unwrap_or_default();
    rest.first_chunk()
        .map_or_else(|| flags_of_rest(text, rest.len()), flags_of)
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

#[cfg(target_pointer_width = "64")]
#[cfg_attr(target_pointer_width = "64", inline(always))]
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags;

#[cfg(not(target_pointer_width = "64"))]
impl Flags {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) const fn new(_: &[u8]) -> Self {
        Self
    }

    /// Position of the first special octet of `text` at or after `start`; at least `text.len()` if there is none.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn next(&mut self, text: &[u8], start: usize) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        start + rest.iter().position(|octet| is_special(*octet)).unwrap_or(rest.len())
    }
}
