// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finding octets. Where words have 64 bits they are looked at by the block: a search that may end at any octet looks at
//! one after the other, which over a whole token is a microsecond of difference.

#[cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
pub(crate) mod avx512;

#[cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
use {crate::lanes, avx512::Avx512};

/// Octets that are looked at in one go where there are many, and where there are few.
const FAR: usize = 256;
const NEAR: usize = 32;

/// Position of the first octet of `text` that is `wanted`.
pub(crate) fn position(text: &[u8], wanted: u8) -> Option<usize> {
    #[cfg(all(
        target_arch = "x86_64",
        target_pointer_width = "64",
        not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
    ))]
    if let Some(avx512) = Avx512::detect() {
        return lanes::enter_position(avx512, text, wanted);
    }
    position_by_blocks(text, wanted)
}

fn position_by_blocks(text: &[u8], wanted: u8) -> Option<usize> {
    let mut passed = 0;
    if cfg!(target_pointer_width = "64") {
        passed += FAR * blocks_without::<FAR>(text, wanted);
        passed += NEAR * blocks_without::<NEAR>(text.get(passed..)?, wanted);
    }
    let rest = text.get(passed..)?;
    rest.iter()
        .position(|octet| *octet == wanted)
        .map(|index| passed + index)
}

/// How many of the first blocks of `N` octets do not hold `octet`.
fn blocks_without<const N: usize>(text: &[u8], octet: u8) -> usize {
    let (blocks, _) = text.as_chunks::<N>();
    blocks.iter().take_while(|block| !holds(block, octet)).count()
}

/// Whether a block holds an octet: without an early exit, so that it compiles to vector code.
pub(crate) fn holds<const N: usize>(block: &[u8; N], octet: u8) -> bool {
    block.iter().fold(false, |found, other| found | (*other == octet))
}

/// From where to where in `text` there may be octets that are not ASCII: before and behind there are none, on which
/// [`lanes::utf8`](crate::lanes::utf8) relies.
#[cfg(target_arch = "x86_64")]
pub(crate) fn beyond_ascii(text: &[u8]) -> (usize, usize) {
    #[cfg(all(
        target_pointer_width = "64",
        not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
    ))]
    if let Some(avx512) = Avx512::detect() {
        return lanes::enter_beyond_ascii(avx512, text);
    }
    beyond_ascii_by_blocks(text)
}

#[cfg(target_arch = "x86_64")]
fn beyond_ascii_by_blocks(text: &[u8]) -> (usize, usize) {
    let is_ascii = |block: &&[u8]| block.is_ascii();
    let before: usize = text.chunks(64).take_while(is_ascii).map(<[u8]>::len).sum();
    let rest = text.get(before..).unwrap_or_default();
    let behind: usize = rest.rchunks(64).take_while(is_ascii).map(<[u8]>::len).sum();
    (before, text.len() - behind)
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::{position, position_by_blocks};

    #[test]
    fn the_first_one_is_found_wherever_it_is() {
        for len in (0..100).chain([255, 256, 257, 288, 600]) {
            for at in 0..=len {
                let mut text = vec![b'A'; len];
                text[at..].fill(b'.'); // and none after it is taken for it
                let expected = (at < len).then_some(at);
                assert_eq!(position(&text, b'.'), expected, "{at} of {len}");
                assert_eq!(position_by_blocks(&text, b'.'), expected, "{at} of {len}");
            }
        }
    }

    /// Two octets that are not ASCII, at all distances.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn what_is_not_ascii_is_within() {
        for len in [1, 63, 64, 65, 128, 200] {
            for at in 0..len {
                for other in at..len {
                    let mut text = vec![0x7f; len];
                    text[at] = 0x80;
                    text[other] = 0xff;
                    for (first, end) in [super::beyond_ascii(&text), super::beyond_ascii_by_blocks(&text)] {
                        assert!(first <= at && other < end && end <= len, "{at} {other} of {len}");
                    }
                }
            }
        }
    }
}
