// SPDX-License-Identifier: MIT OR Apache-2.0

//! Single stages, for the benches and fuzz targets of this repository. Built under a cfg, not a feature, so that nobody
//! comes to depend on it.

pub use crate::backend::internals as backend;

use crate::backend::KeyRef;
use crate::base64url;
use crate::claims::Claims;
use crate::error::{ClaimsError, HeaderError, InvalidBase64url};
use crate::jws::JoseHeader;
use crate::rs256::{self, MessageHash, PreparedKey, RsaSize};

/// Decodes strict base64url into the front of `dst` and returns that part.
///
/// # Errors
///
/// [`InvalidBase64url`] when `src` is not strict base64url or `dst` is too short.
pub fn decode_base64url<'b>(src: &[u8], dst: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
    base64url::decode(src, dst)
}

/// Reads a JOSE header.
///
/// # Errors
///
/// [`HeaderError`] when the header is not acceptable.
pub fn read_header(header: &mut [u8]) -> Result<JoseHeader<'_>, HeaderError> {
    JoseHeader::read(header)
}

/// SHA-256, as the backends get it.
#[must_use]
pub fn sha256(message: &[u8]) -> [u8; 32] {
    MessageHash::Of(message).with(|digest| *digest)
}

/// Reads a claims set: the strict JSON scan and the types of the registered claims.
///
/// # Errors
///
/// [`ClaimsError`] when the payload is no claims set.
pub fn read_claims(payload: &mut [u8]) -> Result<Claims<'_>, ClaimsError> {
    Claims::read(payload)
}

/// [`PreparedKey::verify_rs256`] for eight signatures by one key: what [`batch::verify`](crate::batch::verify) does with
/// them, without tokens.
pub fn verify_eight<S: RsaSize>(key: &PreparedKey<S>, messages: [&[u8]; 8], signatures: [&[u8]; 8]) -> [bool; 8] {
    rs256::verify8([KeyRef::Prepared(key); 8], messages, signatures)
}
