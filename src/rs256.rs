// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 4, VERIFY: RS256, which is RSASSA-PKCS1-v1_5 with SHA-256
//! ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3),
//! [RFC 8017 section 8.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2)).
//!
//! Everything handled here is public: modulus, exponent, signature, message. So run time may depend on all of it; there
//! is no secret to protect.

pub(crate) mod emsa;
mod fingerprint;
pub(crate) mod message_hash;
pub(crate) mod public_key;
pub(crate) mod size;
mod words;

pub(crate) use fingerprint::KeyFingerprint;
pub(crate) use message_hash::{MessageHash, digest};
pub use public_key::RsaPublicKey;
pub use size::{Rsa2048, Rsa3072, Rsa4096, Rsa8192, RsaSize};

pub(crate) use crate::backend::KeyRef;
pub use crate::backend::PreparedKey;
use crate::backend::{self, LANES};
use crate::error::InvalidSignature;

/// RSASSA-PKCS1-V1_5-VERIFY: whether the holder of `key` made `signature` over `message`.
///
/// # Errors
///
/// [`InvalidSignature`] for every reason alike.
#[cfg_attr(target_pointer_width = "64", inline(never))]
#[cfg_attr(not(target_pointer_width = "64"), inline(always))]
pub(crate) fn verify<S: RsaSize>(key: KeyRef<'_, S>, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
    if backend::HASH_FIRST {
        let mut digest = [0; 32];
        message_hash::digest_of_blocks(message, &mut digest);
        verify_hash(key, MessageHash::Known(&digest), signature)
    } else {
        verify_hash(key, MessageHash::Of(message), signature)
    }
}

/// [`verify`] for a message of which the hash may be known.
pub(crate) fn verify_hash<S: RsaSize>(
    key: KeyRef<'_, S>,
    hash: MessageHash<'_>,
    signature: &[u8],
) -> Result<(), InvalidSignature> {
    // 1. Length checking: S must be exactly k octets. Without this step a signature with zero octets in front would be
    //    a second valid text for the same token.
    if signature.len() != key.public_key().modulus_len() {
        return Err(InvalidSignature);
    }
    // 2. RSA verification:
    //    a. s = OS2IP(S): in the backend.
    //    b. m = RSAVP1((n, e), s), which refuses s ≥ n: in the backend.
    //    c. EM = I2OSP(m, k): not needed, since m is compared as a number.
    // 3. EM' = EMSA-PKCS1-V1_5-ENCODE(M, k): the backend encodes the hash that it is given. k is at least 256, so
    //    "intended encoded message length too short" cannot happen.
    // 4. m = OS2IP(EM'): both are below n, so this is EM = EM' for all k octets. Nothing of EM is ever parsed.
    let good = backend::verify(key, signature, hash);
    good.then_some(()).ok_or(InvalidSignature)
}

/// [`verify`] for eight signatures at once; which of them are good. The steps are the same, in the backend.
pub(crate) fn verify8<S: RsaSize>(
    keys: [KeyRef<'_, S>; LANES],
    messages: [&[u8]; LANES],
    signatures: [&[u8]; LANES],
) -> [bool; LANES] {
    let digests = backend::digest8(messages).unwrap_or_else(|| messages.map(digest));
    backend::verify8(keys, signatures, &digests)
}

impl<S: RsaSize> PreparedKey<S> {
    /// Whether `signature` is one over `message` by the holder of this key: RS256 alone, without a token around it.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] for every reason alike.
    pub fn verify_rs256(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        verify(KeyRef::Prepared(self), message, signature)
    }
}

impl<S: RsaSize> RsaPublicKey<S> {
    /// As [`PreparedKey::verify_rs256`], on the portable path and without preparation: for a key in flash that is used
    /// seldom.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] for every reason alike.
    pub fn verify_rs256(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        verify(KeyRef::Static(self), message, signature)
    }
}
