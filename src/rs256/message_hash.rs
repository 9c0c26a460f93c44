// SPDX-License-Identifier: MIT OR Apache-2.0

//! SHA-256 of the signing input, known or still to be computed.
//!
//! The power s^e needs the hash only at its very end, and where SHA-256 has instructions of its own they wait for each
//! other most of the time. So a backend gets the message, and may hash it in the gaps of its own arithmetic.

use sha2::{Digest, Sha256};

/// The hash that a signature is checked against.
#[derive(Clone, Copy)]
pub(crate) enum MessageHash<'m> {
    /// That of this message, to be computed.
    Of(&'m [u8]),
    Known([u8; 32]),
}

impl MessageHash<'_> {
    pub(crate) fn get(self) -> [u8; 32] {
        match self {
            Self::Of(message) => digest(message),
            Self::Known(hash) => hash,
        }
    }
}

/// The whole digest at once.
#[inline(never)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}
