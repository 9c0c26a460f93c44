// SPDX-License-Identifier: MIT OR Apache-2.0

//! The octets of one signature in fixed storage.

use super::RsaSize;

/// A signature of at most the octets that a modulus of size `S` has.
pub(crate) struct Signature<S: RsaSize> {
    octets: S::Octets,
    // INVARIANT: at most the length of `octets`
    len: usize,
}

impl<S: RsaSize> Signature<S> {
    /// Room for a signature of `len` octets; `None` when no modulus of size `S` is that long.
    pub(crate) fn with_len(len: usize) -> Option<Self> {
        (len <= S::ZERO_OCTETS.as_ref().len()).then_some(Self {
            octets: S::ZERO_OCTETS,
            len,
        })
    }
}

impl<S: RsaSize> AsRef<[u8]> for Signature<S> {
    fn as_ref(&self) -> &[u8] {
        self.octets.as_ref().get(..self.len).unwrap_or_default()
    }
}

impl<S: RsaSize> AsMut<[u8]> for Signature<S> {
    fn as_mut(&mut self) -> &mut [u8] {
        self.octets.as_mut().get_mut(..self.len).unwrap_or_default()
    }
}
