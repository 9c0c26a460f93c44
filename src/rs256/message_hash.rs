// SPDX-License-Identifier: MIT OR Apache-2.0

//! SHA-256 of the signing input, computed a block at a time between the steps of the RSA operation.
//!
//! The power s^e needs the hash only at its very end, and where SHA-256 has instructions of its own they wait for each
//! other most of the time. A backend that calls [`Digest256::step`] between its squarings fills those gaps.

use sha2::{Digest, Sha256};

use crate::backend::Digest256;

/// The whole digest at once.
#[inline(never)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// Octets of one SHA-256 block.
const BLOCK: usize = 64;

/// The calls of [`Digest256::step`] that a backend makes; a message of more blocks has its surplus hashed first.
const STEPS: usize = 32;

/// A SHA-256 that is under way.
pub(crate) struct MessageHash<'m> {
    hasher: Sha256,
    rest: &'m [u8],
}

impl<'m> MessageHash<'m> {
    /// Begins to hash `message`.
    pub(crate) fn new(message: &'m [u8]) -> Self {
        let mut hasher = Sha256::new();
        // the last `STEPS` blocks stay, counted from a block boundary
        let surplus = message.len().saturating_sub(STEPS * BLOCK).next_multiple_of(BLOCK);
        let (first, rest) = message.split_at_checked(surplus).unwrap_or((message, &[]));
        hasher.update(first);
        Self { hasher, rest }
    }
}

impl Digest256 for MessageHash<'_> {
    #[inline]
    fn step(&mut self) {
        if let Some((block, rest)) = self.rest.split_first_chunk::<BLOCK>() {
            self.hasher.update(block);
            self.rest = rest;
        }
    }

    #[inline]
    fn finish(mut self) -> [u8; 32] {
        self.hasher.update(self.rest);
        self.hasher.finalize().into()
    }
}
