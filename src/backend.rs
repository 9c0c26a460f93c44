// SPDX-License-Identifier: MIT OR Apache-2.0

//! The only door to RSA arithmetic.

/// A SHA-256 computation that a backend may advance while it multiplies, and finishes when it needs the hash.
pub(crate) trait Digest256 {
    /// Hashes one more block, if any is left.
    fn step(&mut self);
    /// Hashes the rest and gives the digest.
    fn finish(self) -> [u8; 32];
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod ifma;
