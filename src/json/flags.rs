// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finding the next octet that matters inside a string: `"`, `\` or a control character.
//!
//! Where a word has 64 bits, the text is looked at in blocks of 64 octets, one bit an octet, each block once and only
//! when a string reaches it; strings of usual length then end a shift and a bit count away from their beginning.
//! Smaller machines look at one octet after the other.

/// Octets that end a run of plain text in a string.
#[inline]
const fn is_special(octet: u8) -> bool {
    // With bit 1 flipped the quotation mark (0x22) joins the control characters below 0x20.
    octet ^ 2 <= 0x20 || octet == b'\\'
}

/// The flags of the block looked at last.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    block: usize,
    bits: u64,
}

#[cfg(target_pointer_width = "64")]
impl Flags {
    #[inline]
    pub(super) const fn new() -> Self {
        // No text has a block of this number.
        Self {
            block: usize::MAX,
            bits: 0,
        }
    }

    /// Position of the first special octet of `text` at or after `start`; at least `text.len()` if there is none.
    #[inline]
    #[expect(clippy::as_conversions, reason = "a bit count below 65 fits a usize")]
    pub(super) fn next(&mut self, text: &[u8], start: usize) -> usize {
        if start / 64 != self.block {
            self.load(text, start / 64);
        }
        let bits = self.bits >> (start % 64);
        if bits != 0 {
            return start + bits.trailing_zeros() as usize;
        }
        loop {
            // BOUND: ends with the block after the text at the latest, whose flags are all set.
            self.load(text, self.block + 1);
            if self.bits != 0 {
                return self.block * 64 + self.bits.trailing_zeros() as usize;
            }
        }
    }

    /// Looks at block number `block`. Octets after the end of the text count as special.
    #[inline]
    fn load(&mut self, text: &[u8], block: usize) {
        let (blocks, rest) = text.as_chunks::<64>();
        self.block = block;
        self.bits = match blocks.get(block) {
            Some(octets) => special_bits(octets),
            None if block == blocks.len() => {
                let mut octets = [0; 64];
                for (to, from) in octets.iter_mut().zip(rest) {
                    *to = *from;
                }
                special_bits(&octets)
            }
            None => u64::MAX,
        };
    }
}

/// One bit for each octet, the first lowest: set where it is special.
#[cfg(target_pointer_width = "64")]
#[inline]
fn special_bits(octets: &[u8; 64]) -> u64 {
    // The multiplication moves bit 8 i of its operand to bit 56 + i, for i from 0 to 7, and nothing else there.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let flags = octets.map(|octet| u8::from(is_special(octet)));
    let (eights, _) = flags.as_chunks::<8>();
    let mut bits = 0;
    for eight in eights.iter().rev() {
        bits = bits << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56;
    }
    bits
}

/// Holds nothing: the text is looked at octet by octet.
#[cfg(not(target_pointer_width = "64"))]
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags;

#[cfg(not(target_pointer_width = "64"))]
impl Flags {
    #[inline]
    pub(super) const fn new() -> Self {
        Self
    }

    /// Position of the first special octet of `text` at or after `start`; at least `text.len()` if there is none.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8], start: usize) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        start + rest.iter().position(|octet| is_special(*octet)).unwrap_or(rest.len())
    }
}
