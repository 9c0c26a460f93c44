// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a token was refused before any claim was read.

use core::fmt;

use super::{JsonError, JsonErrorKind};

/// Text that is not strict base64url: a character outside the alphabet, padding, an impossible length, or non-zero
/// trailing bits ([RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InvalidBase64url;

impl fmt::Display for InvalidBase64url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected unpadded canonical base64url")
    }
}

impl core::error::Error for InvalidBase64url {}

/// Why text is not a token in JWS Compact Serialization
/// ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JwsError {
    /// The token is longer than [`MAX_TOKEN_LEN`](crate::limits::MAX_TOKEN_LEN).
    TokenTooLong,
    /// The token has fewer or more than three segments.
    SegmentCount,
    /// The header segment is empty.
    EmptyHeader,
    /// The signature segment is empty.
    EmptySignature,
    /// The decoded header is longer than [`MAX_HEADER_LEN`](crate::limits::MAX_HEADER_LEN).
    HeaderTooLong,
    /// A segment is not strict base64url.
    Base64url(InvalidBase64url),
    /// The caller's buffer is too small; it must have at least `needed` octets.
    BufferTooSmall {
        /// Octets that this token needs, as [`CompactJws::buffer_len`](crate::CompactJws::buffer_len) tells.
        needed: u32,
    },
}

impl JwsError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::TokenTooLong => "token_too_long",
            Self::SegmentCount => "segment_count",
            Self::EmptyHeader => "empty_header",
            Self::EmptySignature => "empty_signature",
            Self::HeaderTooLong => "header_too_long",
            Self::Base64url(_) => "base64url",
            Self::BufferTooSmall { .. } => "buffer_too_small",
        }
    }
}

impl fmt::Display for JwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenTooLong => "expected a token of at most 65536 octets",
            Self::SegmentCount => "expected exactly three segments",
            Self::EmptyHeader => "expected a header, found an empty segment",
            Self::EmptySignature => "expected a signature, found an empty segment",
            Self::HeaderTooLong => "expected a decoded header of at most 8192 octets",
            Self::Base64url(inner) => return inner.fmt(f),
            Self::BufferTooSmall { needed } => return write!(f, "expected a buffer of at least {needed} octets"),
        })
    }
}

impl core::error::Error for JwsError {}

impl From<InvalidBase64url> for JwsError {
    fn from(inner: InvalidBase64url) -> Self {
        Self::Base64url(inner)
    }
}

/// Why a JOSE header was refused ([RFC 7515 section 4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HeaderError {
    /// The header is not one JSON object as [`JsonErrorKind`] demands.
    Json(JsonError),
    /// `alg` is missing, not a string, or anything but `RS256`.
    Algorithm,
    /// `crit` is present: no extension is understood
    /// ([RFC 7515 section 4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
    Critical,
    /// `b64` is present with a value other than `true` ([RFC 7797](https://www.rfc-editor.org/rfc/rfc7797)).
    UnencodedPayload,
    /// `kid`, `x5t`, `typ` or `cty` is not a string.
    WrongType,
    /// `cty` is `JWT`: the payload is itself a token.
    NestedToken,
}

impl HeaderError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Json(inner) => match inner.kind() {
                JsonErrorKind::TooLong => "header_json_too_long",
                JsonErrorKind::NotUtf8 => "header_not_utf8",
                JsonErrorKind::Syntax => "header_syntax",
                JsonErrorKind::NotAnObject => "header_not_an_object",
                JsonErrorKind::TrailingData => "header_trailing_data",
                JsonErrorKind::TooDeep => "header_too_deep",
                JsonErrorKind::TooManyMembers => "header_too_many_members",
                JsonErrorKind::DuplicateName => "header_duplicate_name",
            },
            Self::Algorithm => "algorithm",
            Self::Critical => "critical",
            Self::UnencodedPayload => "unencoded_payload",
            Self::WrongType => "header_wrong_type",
            Self::NestedToken => "nested_token",
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json(inner) => return write!(f, "JOSE header: {inner}"),
            Self::Algorithm => "expected the algorithm RS256",
            Self::Critical => "expected no critical header extension",
            Self::UnencodedPayload => "expected a base64url payload, found `b64`",
            Self::WrongType => "expected a string for `kid`, `x5t`, `typ` and `cty`",
            Self::NestedToken => "expected claims, found a nested token",
        })
    }
}

impl core::error::Error for HeaderError {}

impl From<JsonError> for HeaderError {
    fn from(inner: JsonError) -> Self {
        Self::Json(inner)
    }
}

/// Why no key was selected for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
// A whole word, so that errors are copied in whole words.
#[repr(u32)]
pub enum KeySelectionError {
    /// No key has the `kid` (or, without a `kid`, the `x5t`) of the token.
    UnknownKey,
    /// The token names no key and the key set does not hold exactly one.
    Ambiguous,
    /// The key set holds no key: none was loaded yet.
    NoKeys,
    /// The keys are older than the longest time without a fetch that [`rotation`](crate::rotation) allows: the issuer may
    /// have withdrawn them, so they verify nothing.
    KeysStale,
}

impl KeySelectionError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::Ambiguous => "ambiguous_key",
            Self::NoKeys => "no_keys",
            Self::KeysStale => "keys_stale",
        }
    }
}

impl fmt::Display for KeySelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownKey => "expected a key of the key set, found an unknown key identifier",
            Self::Ambiguous => "expected a key identifier, since the key set holds several keys",
            Self::NoKeys => "expected a key set with keys, found an empty one",
            Self::KeysStale => "expected keys fetched lately, found stale ones",
        })
    }
}

impl core::error::Error for KeySelectionError {}

/// A signature that is not valid.
///
/// One answer for everything from the length check to the comparison of the encoded message: there is nothing a caller
/// could do better with more detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid signature")
    }
}

impl core::error::Error for InvalidSignature {}

/// Why an `Authorization` header field gives no token
/// ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AuthorizationError {
    /// There is no `Authorization` field, or its scheme is not `Bearer`.
    NoCredentials,
    /// The field is malformed, or there is more than one.
    Malformed,
}

impl AuthorizationError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::NoCredentials => "no_credentials",
            Self::Malformed => "malformed_authorization",
        }
    }
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCredentials => "expected a bearer token, found none",
            Self::Malformed => "expected one `Authorization` field with `Bearer` and one token",
        })
    }
}

impl core::error::Error for AuthorizationError {}
