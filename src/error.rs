// SPDX-License-Identifier: MIT OR Apache-2.0

//! One error type for each stage, and [`Error`], their union.
//!
//! Errors are `Copy` and hold no octet of a token: what an attacker wrote never reaches a log through them. Each has a
//! stable code for metrics ([`Error::code`]), the answer a server owes its client ([`Error::http_status`],
//! [`Error::challenge`]), and says whether fetching the issuer's keys again could help
//! ([`Error::key_refresh_could_help`]).

use core::fmt;

use crate::claims::NumericDate;

/// Text that is not strict base64url: a character outside the alphabet, padding, an impossible length, or non-zero
/// trailing bits ([RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvalidBase64url;

impl fmt::Display for InvalidBase64url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected unpadded canonical base64url")
    }
}

impl core::error::Error for InvalidBase64url {}

/// Why a JSON text was refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JsonError {
    kind: JsonErrorKind,
    offset: u32,
}

impl JsonError {
    /// Makes the error `kind` at octet `offset` of the text.
    #[allow(clippy::as_conversions, reason = "saturates first")]
    pub(crate) const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        let offset = if offset > 0xffff_ffff { u32::MAX } else { offset as u32 };
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// Where, in octets from the start of the text that was read (after escapes were replaced, for a token's parts).
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.offset
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.kind, self.offset)
    }
}

impl core::error::Error for JsonError {}

/// The rule that a JSON text broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is not UTF-8, or holds an escaped lone surrogate.
    NotUtf8,
    /// The text breaks the grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259), or ends early.
    Syntax,
    /// The outermost value is not an object.
    NotAnObject,
    /// Something other than whitespace follows the outermost value.
    TrailingData,
    /// Arrays and objects nest deeper than [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH).
    TooDeep,
    /// An object has more members than its cap.
    TooManyMembers,
    /// Two members of one object have the same name.
    DuplicateName,
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUtf8 => "expected UTF-8 without lone surrogates",
            Self::Syntax => "expected JSON, found a syntax error",
            Self::NotAnObject => "expected a JSON object",
            Self::TrailingData => "expected nothing after the JSON object",
            Self::TooDeep => "JSON nested too deeply",
            Self::TooManyMembers => "too many members in a JSON object",
            Self::DuplicateName => "duplicate member name in a JSON object",
        })
    }
}

/// Why octets do not make a usable RSA public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyError {
    /// The modulus has fewer than 2048 bits ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
    ModulusTooSmall,
    /// The modulus has more bits than the key type holds.
    ModulusTooLarge,
    /// The modulus is even.
    ModulusEven,
    /// The public exponent is even, below 3, or 2^33 and above.
    Exponent,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModulusTooSmall => "expected a modulus of at least 2048 bits",
            Self::ModulusTooLarge => "expected a modulus that fits the key type",
            Self::ModulusEven => "expected an odd modulus",
            Self::Exponent => "expected an odd public exponent from 3 to below 2^33",
        })
    }
}

impl core::error::Error for KeyError {}

/// Why text is not a token in JWS Compact Serialization
/// ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    const fn code(self) -> &'static str {
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
    const fn code(self) -> &'static str {
        match self {
            Self::Json(inner) => match inner.kind {
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
#[non_exhaustive]
pub enum KeySelectionError {
    /// No key has the `kid` (or, without a `kid`, the `x5t`) of the token.
    UnknownKey,
    /// The token names no key and the key set does not hold exactly one.
    Ambiguous,
    /// The key set holds no key: none was loaded yet.
    NoKeys,
}

impl KeySelectionError {
    const fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::Ambiguous => "ambiguous_key",
            Self::NoKeys => "no_keys",
        }
    }
}

impl fmt::Display for KeySelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownKey => "expected a key of the key set, found an unknown key identifier",
            Self::Ambiguous => "expected a key identifier, since the key set holds several keys",
            Self::NoKeys => "expected a key set with keys, found an empty one",
        })
    }
}

impl core::error::Error for KeySelectionError {}

/// A signature that is not valid.
///
/// One answer for everything from the length check to the comparison of the encoded message: there is nothing a caller
/// could do better with more detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid signature")
    }
}

impl core::error::Error for InvalidSignature {}

/// A claim registered by [RFC 7519 section 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisteredClaim {
    /// `iss`
    Issuer,
    /// `sub`
    Subject,
    /// `aud`
    Audience,
    /// `exp`
    Expiration,
    /// `nbf`
    NotBefore,
    /// `iat`
    IssuedAt,
    /// `jti`
    JwtId,
}

impl RegisteredClaim {
    /// The claim's name in a token, such as `exp`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Subject => "sub",
            Self::Audience => "aud",
            Self::Expiration => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::JwtId => "jti",
        }
    }
}

/// Why a payload is not a claims set ([RFC 7519 section 4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The payload is not one JSON object as [`JsonErrorKind`] demands.
    Json(JsonError),
    /// A registered claim has a value of the wrong JSON type, or a date outside 0 ≤ t < 2^53.
    WrongType(RegisteredClaim),
}

impl ClaimsError {
    const fn code(self) -> &'static str {
        match self {
            Self::Json(inner) => match inner.kind {
                JsonErrorKind::NotUtf8 => "claims_not_utf8",
                JsonErrorKind::Syntax => "claims_syntax",
                JsonErrorKind::NotAnObject => "claims_not_an_object",
                JsonErrorKind::TrailingData => "claims_trailing_data",
                JsonErrorKind::TooDeep => "claims_too_deep",
                JsonErrorKind::TooManyMembers => "claims_too_many_members",
                JsonErrorKind::DuplicateName => "claims_duplicate_name",
            },
            Self::WrongType(claim) => match claim {
                RegisteredClaim::Issuer => "iss_wrong_type",
                RegisteredClaim::Subject => "sub_wrong_type",
                RegisteredClaim::Audience => "aud_wrong_type",
                RegisteredClaim::Expiration => "exp_wrong_type",
                RegisteredClaim::NotBefore => "nbf_wrong_type",
                RegisteredClaim::IssuedAt => "iat_wrong_type",
                RegisteredClaim::JwtId => "jti_wrong_type",
            },
        }
    }
}

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(inner) => write!(f, "claims set: {inner}"),
            Self::WrongType(claim) => {
                f.write_str("expected ")?;
                f.write_str(match claim {
                    RegisteredClaim::Audience => "a string or an array of strings",
                    RegisteredClaim::Expiration | RegisteredClaim::NotBefore | RegisteredClaim::IssuedAt => {
                        "a number of seconds from 0 to below 2^53"
                    }
                    RegisteredClaim::Issuer | RegisteredClaim::Subject | RegisteredClaim::JwtId => "a string",
                })?;
                write!(f, " for `{}`", claim.name())
            }
        }
    }
}

impl core::error::Error for ClaimsError {}

impl From<JsonError> for ClaimsError {
    fn from(inner: JsonError) -> Self {
        Self::Json(inner)
    }
}

/// The rule of a policy that a token broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyError {
    /// A registered claim that the policy needs is absent.
    MissingClaim(RegisteredClaim),
    /// A claim that [`Policy::require`](crate::Policy::require) lists is absent.
    MissingRequired {
        /// Its place in that list.
        index: u16,
    },
    /// `typ` of the JOSE header is absent or not the one expected.
    TokenType,
    /// `iss` equals none of the policy's issuers.
    Issuer,
    /// No entry of `aud` equals one of the policy's audiences.
    Audience,
    /// `now` ≥ `exp` + leeway.
    Expired {
        /// The claim, rounded up to whole seconds.
        exp: NumericDate,
        /// The clock that was given.
        now: NumericDate,
    },
    /// `now` + leeway < `nbf`.
    NotYetValid {
        /// The claim, rounded up to whole seconds.
        nbf: NumericDate,
        /// The clock that was given.
        now: NumericDate,
    },
    /// A maximum age is set and `now` + leeway < `iat`.
    IssuedInFuture {
        /// The claim, rounded up to whole seconds.
        iat: NumericDate,
        /// The clock that was given.
        now: NumericDate,
    },
    /// A maximum age is set and `now` > `iat` + maximum age + leeway.
    TooOld {
        /// The claim, rounded down to whole seconds.
        iat: NumericDate,
        /// The clock that was given.
        now: NumericDate,
    },
    /// The caller's [`Revocation`](crate::Revocation) withdrew the token.
    Revoked,
    /// A scope or role that the request needs is not held.
    InsufficientScope,
    /// A caller's own [`Check`](crate::Check) refused the token, with a code of its own.
    Other(&'static str),
}

impl PolicyError {
    const fn code(self) -> &'static str {
        match self {
            Self::MissingClaim(claim) => match claim {
                RegisteredClaim::Issuer => "iss_missing",
                RegisteredClaim::Subject => "sub_missing",
                RegisteredClaim::Audience => "aud_missing",
                RegisteredClaim::Expiration => "exp_missing",
                RegisteredClaim::NotBefore => "nbf_missing",
                RegisteredClaim::IssuedAt => "iat_missing",
                RegisteredClaim::JwtId => "jti_missing",
            },
            Self::MissingRequired { .. } => "required_claim_missing",
            Self::TokenType => "token_type",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::TooOld { .. } => "too_old",
            Self::Revoked => "revoked",
            Self::InsufficientScope => "insufficient_scope",
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingClaim(claim) => write!(f, "expected the claim `{}`, found none", claim.name()),
            Self::MissingRequired { index } => write!(f, "required claim number {index} is missing"),
            Self::TokenType => f.write_str("expected another token type (`typ`)"),
            Self::Issuer => f.write_str("expected another issuer (`iss`)"),
            Self::Audience => f.write_str("expected another audience (`aud`)"),
            Self::Expired { exp, now } => write!(f, "expired: `exp` is {exp}, the time is {now}"),
            Self::NotYetValid { nbf, now } => write!(f, "not yet valid: `nbf` is {nbf}, the time is {now}"),
            Self::IssuedInFuture { iat, now } => write!(f, "issued in the future: `iat` is {iat}, the time is {now}"),
            Self::TooOld { iat, now } => write!(f, "issued too long ago: `iat` is {iat}, the time is {now}"),
            Self::Revoked => f.write_str("revoked"),
            Self::InsufficientScope => f.write_str("expected a scope or role that the token does not hold"),
            Self::Other(code) => write!(f, "refused by a check of the application: {code}"),
        }
    }
}

impl core::error::Error for PolicyError {}

/// Why an `Authorization` header field gives no token
/// ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// There is no `Authorization` field, or its scheme is not `Bearer`.
    NoCredentials,
    /// The field is malformed, or there is more than one.
    Malformed,
}

impl AuthorizationError {
    const fn code(self) -> &'static str {
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

/// Everything that can refuse a request, from the `Authorization` field to the policy.
///
/// | stage | variant | HTTP status | refresh the keys? |
/// | --- | --- | --- | --- |
/// | `Authorization` | [`Authorization`](Self::Authorization) | 401 without credentials, 400 when malformed | no |
/// | parse, decode | [`Jws`](Self::Jws) | 401; 431 when the buffer is too small | no |
/// | header | [`Header`](Self::Header) | 401 | no |
/// | key lookup | [`KeySelection`](Self::KeySelection) | 401; 503 without any key | yes, for an unknown key or an empty set |
/// | signature | [`Signature`](Self::Signature) | 401 | no |
/// | claims | [`Claims`](Self::Claims) | 401 | no |
/// | policy | [`Policy`](Self::Policy) | 401; 403 for a missing scope or role | no |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// The `Authorization` field gives no token.
    Authorization(AuthorizationError),
    /// The text is not a token in JWS Compact Serialization.
    Jws(JwsError),
    /// The JOSE header was refused.
    Header(HeaderError),
    /// No key was selected.
    KeySelection(KeySelectionError),
    /// The signature is not valid.
    Signature(InvalidSignature),
    /// The payload is not a claims set.
    Claims(ClaimsError),
    /// The policy refused the token.
    Policy(PolicyError),
}

// Returned through every stage, so it stays within three words.
const _: () = assert!(size_of::<Error>() <= 24);

impl Error {
    /// A stable, machine-readable code for metrics and logs, such as `expired`; `snake_case` ASCII.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Authorization(inner) => inner.code(),
            Self::Jws(inner) => inner.code(),
            Self::Header(inner) => inner.code(),
            Self::KeySelection(inner) => inner.code(),
            Self::Signature(InvalidSignature) => "invalid_signature",
            Self::Claims(inner) => inner.code(),
            Self::Policy(inner) => inner.code(),
        }
    }

    /// The HTTP status that a server answers with
    /// ([RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)): never 401 for a fault of our own.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Authorization(AuthorizationError::Malformed) => 400,
            Self::Policy(PolicyError::InsufficientScope) => 403,
            Self::Jws(JwsError::BufferTooSmall { .. }) => 431,
            Self::KeySelection(KeySelectionError::NoKeys) => 503,
            _ => 401,
        }
    }

    /// The value of the `WWW-Authenticate` field that goes with [`Error::http_status`]
    /// ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)); `None` for a fault of our own.
    #[must_use]
    pub const fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::Authorization(AuthorizationError::NoCredentials) => Some("Bearer"),
            Self::Authorization(AuthorizationError::Malformed) => Some("Bearer error=\"invalid_request\""),
            Self::Policy(PolicyError::InsufficientScope) => Some("Bearer error=\"insufficient_scope\""),
            Self::Jws(JwsError::BufferTooSmall { .. }) | Self::KeySelection(KeySelectionError::NoKeys) => None,
            _ => Some("Bearer error=\"invalid_token\""),
        }
    }

    /// Whether fetching the issuer's keys again could change the verdict.
    #[must_use]
    pub const fn key_refresh_could_help(&self) -> bool {
        matches!(self, Self::KeySelection(KeySelectionError::UnknownKey | KeySelectionError::NoKeys))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorization(inner) => inner.fmt(f),
            Self::Jws(inner) => inner.fmt(f),
            Self::Header(inner) => inner.fmt(f),
            Self::KeySelection(inner) => inner.fmt(f),
            Self::Signature(inner) => inner.fmt(f),
            Self::Claims(inner) => inner.fmt(f),
            Self::Policy(inner) => inner.fmt(f),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(match self {
            Self::Authorization(inner) => inner,
            Self::Jws(inner) => inner,
            Self::Header(inner) => inner,
            Self::KeySelection(inner) => inner,
            Self::Signature(inner) => inner,
            Self::Claims(inner) => inner,
            Self::Policy(inner) => inner,
        })
    }
}

macro_rules! from_stage {
    ($($variant:ident($stage:ident)),+ $(,)?) => {$(
        impl From<$stage> for Error {
            fn from(inner: $stage) -> Self {
                Self::$variant(inner)
            }
        }
    )+};
}

from_stage!(
    Authorization(AuthorizationError),
    Jws(JwsError),
    Header(HeaderError),
    KeySelection(KeySelectionError),
    Signature(InvalidSignature),
    Claims(ClaimsError),
    Policy(PolicyError),
);

impl From<InvalidBase64url> for Error {
    fn from(inner: InvalidBase64url) -> Self {
        Self::Jws(JwsError::Base64url(inner))
    }
}
