// SPDX-License-Identifier: MIT OR Apache-2.0

//! One error type for each stage, and [`Error`], their union.
//!
//! Errors are `Copy` and hold no octet of a token: what an attacker wrote never reaches a log through them. Each has a
//! stable code for metrics ([`Error::code`]), the answer a server owes its client ([`Error::http_status`],
//! [`Error::challenge`]), and says whether fetching the issuer's keys again could help
//! ([`Error::key_refresh_could_help`]).

mod accelerator;
mod claims;
mod json;
mod key;
mod token;

use core::fmt;

pub use accelerator::AcceleratorError;
pub use claims::{ClaimsError, PolicyError, ProviderClaim, RegisteredClaim};
pub use json::{BufferTooSmall, JsonError, JsonErrorKind};
pub use key::{DerError, KeyError, PemError};
pub use token::{AuthorizationError, HeaderError, InvalidBase64url, InvalidSignature, JwsError, KeySelectionError};

/// Everything that can refuse a request, from the `Authorization` field to the policy.
///
/// | stage | variant | HTTP status | refresh the keys? |
/// | --- | --- | --- | --- |
/// | `Authorization` | [`Authorization`](Self::Authorization) | 401 without credentials, 400 when malformed | no |
/// | parse, decode | [`Jws`](Self::Jws) | 401; 431 when the buffer is too small | no |
/// | header | [`Header`](Self::Header) | 401 | no |
/// | key lookup | [`KeySelection`](Self::KeySelection) | 401; 503 without any key or with stale ones | yes, for an unknown key, an empty set or stale keys |
/// | signature | [`Signature`](Self::Signature) | 401 | no |
/// | | [`Accelerator`](Self::Accelerator) | 503 | no |
/// | claims | [`Claims`](Self::Claims) | 401 | no |
/// | policy | [`Policy`](Self::Policy) | 401; 403 for a missing scope or role | no |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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
    /// The device that should have checked the signature failed. Nothing is known of the token.
    Accelerator(AcceleratorError),
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
            Self::Accelerator(inner) => inner.code(),
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
            Self::Policy(PolicyError::InsufficientScope | PolicyError::GroupsOverage) => 403,
            Self::Jws(JwsError::BufferTooSmall { .. }) => 431,
            Self::KeySelection(KeySelectionError::NoKeys | KeySelectionError::KeysStale) | Self::Accelerator(_) => 503,
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
            Self::Policy(PolicyError::InsufficientScope | PolicyError::GroupsOverage) => {
                Some("Bearer error=\"insufficient_scope\"")
            }
            Self::Jws(JwsError::BufferTooSmall { .. })
            | Self::KeySelection(KeySelectionError::NoKeys | KeySelectionError::KeysStale)
            | Self::Accelerator(_) => None,
            _ => Some("Bearer error=\"invalid_token\""),
        }
    }

    /// Whether fetching the issuer's keys again could change the verdict.
    #[must_use]
    pub const fn key_refresh_could_help(&self) -> bool {
        matches!(
            self,
            Self::KeySelection(
                KeySelectionError::UnknownKey | KeySelectionError::NoKeys | KeySelectionError::KeysStale
            )
        )
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
            Self::Accelerator(inner) => inner.fmt(f),
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
            Self::Accelerator(inner) => inner,
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
    Accelerator(AcceleratorError),
    Claims(ClaimsError),
    Policy(PolicyError),
);

impl From<InvalidBase64url> for Error {
    fn from(inner: InvalidBase64url) -> Self {
        Self::Jws(JwsError::Base64url(inner))
    }
}
