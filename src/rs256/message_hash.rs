// SPDX-License-Identifier: MIT OR Apache-2.0

//! SHA-256 of the signing input, known or still to be computed.
//!
//! The power s^e needs the hash only at its very end, and where SHA-256 has instructions of its own they wait for each
//! other most of the time. So a backend gets the message, and may hash it in the gaps of its own arithmetic.

use core::slice;

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

use crate::backend::HASH_FIRST;

/// Octets of one SHA-256 block.
const BLOCK: usize = 64;

/// The hash that a signature is checked against.
#[derive(Clone, Copy)]
pub(crate) enum MessageHash<'m> {
    /// That of this message, to be computed.
    Of(&'m [u8]),
    Known(&'m [u8; 32]),
}

impl MessageHash<'_> {
    /// Hands it to `check`. By reference: on small machines every copy is on the stack together with the numbers.
    #[inline(always)]
    pub(crate) fn with<T>(self, check: impl Fn(&[u8; 32]) -> T) -> T {
        match self {
            Self::Of(message) => check(&digest(message)),
            Self::Known(hash) => check(hash),
        }
    }
}

/// The whole digest at once.
#[inline(never)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    if HASH_FIRST {
        let mut digest = [0; 32];
        digest_of_blocks(message, &mut digest);
        digest
    } else {
        Sha256::digest(message).into()
    }
}

/// What a SHA-256 begins with ([FIPS 180-4 section 5.3.3](https://doi.org/10.6028/NIST.FIPS.180-4)).
pub(crate) const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// SHA-256 of a message that is there as a whole: without the buffer of a hasher that takes it in parts, which costs
/// 600 octets of flash. Into `digest`, because octets returned by value are copied by a call.
#[inline(never)]
pub(crate) fn digest_of_blocks(message: &[u8], digest: &mut [u8; 32]) {
    Midstate::START.finish(message, digest);
}

/// The state of SHA-256 between two blocks of a message. It can go on to the end of the message, and to that of a longer
/// one with the same beginning.
#[derive(Clone, Copy)]
pub(crate) struct Midstate {
    state: [u32; 8],
    /// How many octets are in: a multiple of [`BLOCK`].
    len: usize,
}

impl Midstate {
    const START: Self = Self { state: INITIAL, len: 0 };

    /// That after the last whole block of `message`.
    #[inline]
    pub(crate) fn of(message: &[u8]) -> Self {
        let (blocks, _) = message.as_chunks::<BLOCK>();
        let mut state = INITIAL;
        compress256(&mut state, blocks);
        Self {
            state,
            len: blocks.as_flattened().len(),
        }
    }

    /// Writes the hash of `message`, which begins with what is in.
    #[inline(always)]
    pub(crate) fn finish(&self, message: &[u8], digest: &mut [u8; 32]) {
        let mut state = self.state;
        let (blocks, rest) = message.get(self.len..).unwrap_or_default().as_chunks::<BLOCK>();
        compress256(&mut state, blocks);
        // FIPS 180-4 section 5.1.1: a one-bit, zero-bits, and the length in bits in the last eight octets of a block.
        let mut last = followed_by_one_bit(rest);
        if rest.len() >= BLOCK - size_of::<u64>() {
            compress256(&mut state, slice::from_ref(&last));
            last = [0; BLOCK];
        }
        // BOUND: no slice has 2^61 octets.
        let bits = u64::try_from(message.len()).unwrap_or(0) << 3;
        if let Some(end) = last.last_chunk_mut() {
            *end = bits.to_be_bytes();
        }
        compress256(&mut state, slice::from_ref(&last));
        for (to, word) in digest.as_chunks_mut().0.iter_mut().zip(&state) {
            *to = word.to_be_bytes();
        }
    }
}

/// A block of `rest`, which is less than a block, then a one-bit and zero-bits.
#[inline(always)]
fn followed_by_one_bit(rest: &[u8]) -> [u8; BLOCK] {
    if cfg!(not(target_pointer_width = "64")) {
        // Without a copy of any length, which would be all the flash that a copy function takes.
        return core::array::from_fn(|index| match rest.get(index) {
            Some(octet) => *octet,
            None if index == rest.len() => 0x80,
            None => 0,
        });
    }
    let mut block = [0; BLOCK];
    if let Some((begin, [one_bit, ..])) = block.split_at_mut_checked(rest.len()) {
        begin.copy_from_slice(rest);
        *one_bit = 0x80;
    }
    block
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;

    /// Every length around the ends of blocks, and a long one.
    #[test]
    fn digest_of_blocks_is_sha256() {
        for len in (0..260).chain([4095, 4096, 65_535]) {
            let message: std::vec::Vec<u8> = (0..len).map(|i: u32| i.to_le_bytes()[0] ^ 0x5a).collect();
            let expected: [u8; 32] = Sha256::digest(&message).into();
            let mut digest = [0xaa; 32];
            digest_of_blocks(&message, &mut digest);
            assert_eq!(digest, expected, "{len} octets");
        }
    }

    /// From the same state to the end of the message, and of longer ones.
    #[test]
    fn a_midstate_goes_on_to_any_end() {
        let message: std::vec::Vec<u8> = (0..400).map(|i: u32| i.to_le_bytes()[0] ^ 0x5a).collect();
        for len in 0..200 {
            let midstate = Midstate::of(&message[..len]);
            for end in (len..len + 130).chain([400]) {
                let expected: [u8; 32] = Sha256::digest(&message[..end]).into();
                let mut digest = [0xaa; 32];
                midstate.finish(&message[..end], &mut digest);
                assert_eq!(digest, expected, "{len} octets of {end}");
            }
        }
    }
}
