// SPDX-License-Identifier: MIT OR Apache-2.0

//! Single stages, for the benches and fuzz targets of this repository. Built under a cfg, not a feature, so that nobody
//! comes to depend on it.

pub use crate::backend::internals as backend;

use crate::backend::KeyRef;
use crate::base64url;
use crate::claims::Claims;
use crate::error::{ClaimsError, HeaderError, InvalidBase64url, JsonError};
use crate::json::{self, JsonObject, JsonStr, JsonValue, Members, Scratch};
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

/// [`decode_base64url`] as a machine without vector code does it.
///
/// # Errors
///
/// As [`decode_base64url`].
pub fn decode_base64url_portable<'b>(src: &[u8], dst: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
    base64url::decode_portable(src, dst)
}

/// Writes the strings of a JSON text the one way, in place, and returns the new length.
pub fn canonicalise(text: &mut [u8]) -> usize {
    json::canonicalise(text).text.len()
}

/// Reads the members of the object that `text` is, at most `CAP` of them, and returns the object for reading again.
///
/// # Errors
///
/// [`JsonError`] when the text is not such an object.
pub fn read_json<'j, const CAP: usize>(
    text: &'j [u8],
    mut visit: impl FnMut(JsonStr<'j>, JsonValue<'j>),
) -> Result<JsonObject<'j>, JsonError> {
    let mut scratch = Scratch::<CAP>::new();
    let mut members = Members::new(text, &mut scratch)?;
    while let Some((name, value)) = members.next_member()? {
        visit(name, value);
    }
    Ok(members.object())
}

/// [`read_json`] for a text that went through [`canonicalise`].
///
/// # Errors
///
/// As [`read_json`].
pub fn read_canonical_json<const CAP: usize>(text: &[u8]) -> Result<JsonObject<'_>, JsonError> {
    let mut scratch = Scratch::<CAP>::new();
    let mut members = Members::of_canonical(text, &mut scratch);
    while members.next_member()?.is_some() {}
    Ok(members.object())
}

/// [`read_json`] with the smaller table of names, as machines with little memory read claims: texts below 64 KiB.
///
/// # Errors
///
/// As [`read_json`].
pub fn read_short_json<'j, const CAP: usize>(
    text: &'j [u8],
    mut visit: impl FnMut(JsonStr<'j>, JsonValue<'j>),
) -> Result<JsonObject<'j>, JsonError> {
    let mut scratch = Scratch::<CAP, u16>::new();
    let mut members = Members::new(text, &mut scratch)?;
    while let Some((name, value)) = members.next_member()? {
        visit(name, value);
    }
    Ok(members.object())
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

/// [`read_claims`] for a look at the claims where they lie, as the pipeline does it.
///
/// # Errors
///
/// As [`read_claims`].
pub fn with_claims<T>(payload: &mut [u8], visit: impl FnOnce(&Claims<'_>) -> T) -> Result<T, ClaimsError> {
    let mut claims = Claims::empty();
    claims.read_into(payload)?;
    Ok(visit(&claims))
}

/// [`PreparedKey::verify_rs256`] for eight signatures by one key: what [`batch::verify`](crate::batch::verify) does with
/// them, without tokens.
pub fn verify_eight<S: RsaSize>(key: &PreparedKey<S>, messages: [&[u8]; 8], signatures: [&[u8]; 8]) -> [bool; 8] {
    rs256::verify8([KeyRef::Prepared(key); 8], messages, signatures)
}
