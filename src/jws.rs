// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stages 1 and 2, PARSE and DECODE: a token in JWS Compact Serialization
//! ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) as three borrowed segments, and their
//! octets in the caller's buffer.
//!
//! Nothing here is believed. The header is readable under a name that says so, the payload is not readable at all.

mod authorization;
mod header;

use core::fmt;

pub use authorization::{bearer, bearer_only};
pub use header::JoseHeader;

use crate::base64url;
use crate::error::{Error, InvalidBase64url, InvalidSignature, JwsError};
use crate::limits::{MAX_HEADER_LEN, MAX_SIGNATURE_LEN, MAX_TOKEN_LEN};
use crate::octets;

/// A token split into its three segments, nothing decoded and nothing believed.
///
/// # Examples
///
/// ```
/// let jws = rs256::CompactJws::parse(b"aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl")?;
/// assert_eq!(jws.signing_input(), b"aGVhZGVy.cGF5bG9hZA");
/// assert_eq!(jws.buffer_len(), 6 + 7 + 9);
/// # Ok::<(), rs256::JwsError>(())
/// ```
#[derive(Clone, Copy)]
pub struct CompactJws<'t> {
    signing_input: &'t [u8],
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
    // INVARIANT: the octets that `header` and `payload` decode to
    header_len: usize,
    payload_len: usize,
}

impl<'t> CompactJws<'t> {
    /// Splits `token` at its two dots.
    ///
    /// # Errors
    ///
    /// [`JwsError::TokenTooLong`], [`JwsError::SegmentCount`] for anything but exactly two dots,
    /// [`JwsError::EmptyHeader`], [`JwsError::EmptySignature`], [`JwsError::HeaderTooLong`], and
    /// [`JwsError::Base64url`] for a header or payload whose length no encoding has.
    pub fn parse(token: &'t [u8]) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(JwsError::TokenTooLong);
        }
        let (header, rest) = split_at_dot(token).ok_or(JwsError::SegmentCount)?;
        let (payload, signature) = split_at_dot(rest).ok_or(JwsError::SegmentCount)?;
        if split_at_dot(signature).is_some() {
            return Err(JwsError::SegmentCount);
        }
        if header.is_empty() {
            return Err(JwsError::EmptyHeader);
        }
        if signature.is_empty() {
            return Err(JwsError::EmptySignature);
        }
        let header_len = base64url::decoded_len(header.len()).ok_or(InvalidBase64url)?;
        if header_len > MAX_HEADER_LEN {
            return Err(JwsError::HeaderTooLong);
        }
        let payload_len = base64url::decoded_len(payload.len()).ok_or(InvalidBase64url)?;
        // the signature and the dot before it are what follows the signing input
        let signing_input = token
            .get(..token.len().wrapping_sub(signature.len() + 1))
            .ok_or(JwsError::SegmentCount)?;
        Ok(Self {
            signing_input,
            header,
            payload,
            signature,
            header_len,
            payload_len,
        })
    }

    /// The JWS Signing Input: the octets before the last dot, which the signature covers.
    #[must_use]
    pub const fn signing_input(&self) -> &'t [u8] {
        self.signing_input
    }

    /// The octets that a buffer for this token must have: those of its three decoded segments. (A signature that is
    /// longer than any key makes counts as none; it is refused without being decoded.)
    #[must_use]
    pub const fn buffer_len(&self) -> usize {
        self.needed(MAX_SIGNATURE_LEN)
    }

    const fn needed(&self, longest_signature: usize) -> usize {
        // BOUND: all three together are below MAX_TOKEN_LEN
        self.header_len + self.payload_len + self.signature_room(longest_signature)
    }

    const fn signature_room(&self, longest_signature: usize) -> usize {
        match base64url::decoded_len(self.signature.len()) {
            Some(len) if len <= longest_signature => len,
            _ => 0,
        }
    }

    /// Decodes all three segments into `buf` and reads the header. A signature of more than `longest_signature` octets
    /// is invalid without any arithmetic.
    // Where the stack is dear, `Verifier::select` is the function that ends before the next stage begins, and that this
    // is a part of: the segments found are then nowhere in memory.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    pub(crate) fn decode<'b>(
        &self,
        longest_signature: usize,
        buf: &'b mut [u8],
        decoded: &mut DecodedJws<'t, 'b>,
    ) -> Result<(), Error> {
        let (header, payload, signature) = self.rooms(longest_signature, buf)?;
        decoded.header.read_into(self.decode_header(header)?)?;
        decoded.payload = self.decode_payload(payload)?;
        decoded.signature = self.decode_signature(longest_signature, signature)?;
        decoded.signing_input = self.signing_input;
        Ok(())
    }

    /// Where in `buf` the header, the payload and the signature go; the last room may be too large.
    #[inline(always)]
    pub(crate) fn rooms<'b>(&self, longest_signature: usize, buf: &'b mut [u8]) -> Result<Rooms<'b>, Error> {
        let needed = self.needed(longest_signature);
        if buf.len() < needed {
            return Err(too_small(needed));
        }
        // BOUND: both are part of what is needed, so the rooms are there.
        let (header, rest) = buf.split_at_mut_checked(self.header_len).unwrap_or_default();
        let (payload, rest) = rest.split_at_mut_checked(self.payload_len).unwrap_or_default();
        Ok((header, payload, rest))
    }

    #[inline(always)]
    pub(crate) fn decode_header<'b>(&self, room: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
        base64url::decode(self.header, room)
    }

    #[inline(always)]
    pub(crate) fn decode_payload<'b>(&self, room: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
        base64url::decode(self.payload, room)
    }

    #[inline(always)]
    pub(crate) fn decode_signature<'b>(&self, longest: usize, room: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let signature_len = base64url::decoded_len(self.signature.len()).ok_or(InvalidBase64url)?;
        if signature_len > longest {
            return Err(InvalidSignature.into());
        }
        Ok(base64url::decode(self.signature, room)?)
    }
}

/// The parts of a caller's buffer for the header, the payload and the signature.
pub(crate) type Rooms<'b> = (&'b mut [u8], &'b mut [u8], &'b mut [u8]);

/// A token whose segments are decoded and whose header is acceptable. Nothing is believed yet.
pub(crate) struct DecodedJws<'t, 'b> {
    pub(crate) signing_input: &'t [u8],
    pub(crate) header: JoseHeader<'b>,
    pub(crate) payload: &'b mut [u8],
    pub(crate) signature: &'b [u8],
}

impl DecodedJws<'_, '_> {
    /// Nothing, to be filled by [`CompactJws::decode`]: returned by value it would be copied from stage to stage.
    #[inline(always)]
    pub(crate) const fn empty() -> Self {
        Self {
            signing_input: &[],
            header: JoseHeader::empty(),
            payload: &mut [],
            signature: &[],
        }
    }
}

#[cold]
fn too_small(needed: usize) -> Error {
    // BOUND: `needed` is below MAX_TOKEN_LEN
    JwsError::BufferTooSmall {
        needed: u32::try_from(needed).unwrap_or(u32::MAX),
    }
    .into()
}

/// What stands before and after the first dot.
fn split_at_dot(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, from_dot) = text.split_at_checked(octets::position(text, b'.')?)?;
    Some((before, from_dot.get(1..)?))
}

/// Prints lengths, never text.
impl fmt::Debug for CompactJws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactJws")
            .field("header_len", &self.header_len)
            .field("payload_len", &self.payload_len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::split_at_dot;

    #[test]
    fn the_first_dot_is_found_wherever_it_is() {
        for dot in 0..100 {
            let mut text = [b'A'; 100];
            assert_eq!(split_at_dot(&text[..dot]), None, "no dot in {dot} octets");
            text[dot..].fill(b'.'); // and none after it is taken for it
            assert_eq!(split_at_dot(&text), Some((&text[..dot], &text[dot + 1..])));
        }
    }
}
