// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why claims were refused.

use core::fmt;

use super::{JsonError, JsonErrorKind};
use crate::claims::NumericDate;
use crate::json;

/// A claim registered by [RFC 7519 section 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
// A whole word, so that errors are copied in whole words.
#[repr(u32)]
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
    /// The claim called `name`.
    #[inline(always)]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        if cfg!(target_pointer_width = "64") {
            // By octets, from which the compiler makes a tree; of strings it makes a chain.
            return Some(match name.as_bytes() {
                [b'i', b's', b's'] => Self::Issuer,
                [b's', b'u', b'b'] => Self::Subject,
                [b'a', b'u', b'd'] => Self::Audience,
                [b'e', b'x', b'p'] => Self::Expiration,
                [b'n', b'b', b'f'] => Self::NotBefore,
                [b'i', b'a', b't'] => Self::IssuedAt,
                [b'j', b't', b'i'] => Self::JwtId,
                _ => return None,
            });
        }
        // Less code than a comparison for each.
        Some(match json::place_of(name, "iss sub aud exp nbf iat jti ")? {
            0 => Self::Issuer,
            1 => Self::Subject,
            2 => Self::Audience,
            3 => Self::Expiration,
            4 => Self::NotBefore,
            5 => Self::IssuedAt,
            _ => Self::JwtId,
        })
    }

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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClaimsError {
    /// The payload is not one JSON object as [`JsonErrorKind`] demands.
    Json(JsonError),
    /// A registered claim has a value of the wrong JSON type, or a date outside 0 ≤ t < 2^53.
    WrongType(RegisteredClaim),
}

impl ClaimsError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Json(inner) => match inner.kind() {
                JsonErrorKind::TooLong => "claims_json_too_long",
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

/// A claim of Microsoft Entra ID or AD FS that a check reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
// As above.
#[repr(u32)]
pub enum ProviderClaim {
    /// `tid`
    TenantId,
    /// `oid`
    ObjectId,
    /// `ver`
    Version,
    /// `scp`
    Scopes,
    /// `idtyp`
    IdentityType,
    /// `azp`
    AuthorizedParty,
    /// `appid`
    ApplicationId,
    /// `nonce`
    Nonce,
    /// `groups`, `hasgroups` or `_claim_names`
    Groups,
    /// Another one that [`EntraClaims`](crate::entra::EntraClaims) reads.
    Other,
}

impl fmt::Display for ProviderClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TenantId => "`tid`",
            Self::ObjectId => "`oid`",
            Self::Version => "`ver`",
            Self::Scopes => "`scp`",
            Self::IdentityType => "`idtyp`",
            Self::AuthorizedParty => "`azp`",
            Self::ApplicationId => "`appid`",
            Self::Nonce => "`nonce`",
            Self::Groups => "`groups`, `hasgroups` or `_claim_names`",
            Self::Other => "of the provider",
        })
    }
}

/// The rule of a policy that a token broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
// The kind takes a whole word, so that an error is copied in whole words.
#[repr(u32)]
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
    /// The header has a member `nonce`: a token for Microsoft Graph, which nobody else can verify and which is not for
    /// this application. The client asked for the wrong resource.
    GraphToken,
    /// A claim that the provider's tokens always have, and that the policy needs, is absent.
    ClaimMissing(ProviderClaim),
    /// A claim of the provider's has a value of the wrong JSON type.
    ClaimType(ProviderClaim),
    /// A claim's name differs from `tid` in case alone.
    TenantAmbiguous,
    /// `tid` is not a GUID.
    TenantSyntax,
    /// `tid` is not an accepted tenant.
    Tenant,
    /// `ver` is not the version that `iss` stands for, or not one that is accepted.
    TokenVersion,
    /// An access token was expected and this is none, or an ID token; or a user's token and this is an application's, or
    /// the reverse.
    TokenKind,
    /// The key's own `issuer` is not that of the token.
    SigningKeyIssuer,
    /// The key is one of another cloud.
    SigningKeyCloud,
    /// `nonce` is not the one that the client sent.
    Nonce,
    /// The application that acts by itself (`azp`, `appid`) is not an accepted one.
    Client,
    /// The caller's [`Revocation`](crate::Revocation) withdrew the token.
    Revoked,
    /// A scope or role that the request needs is not held.
    InsufficientScope,
    /// A role that the request needs is not held, but the token does not list all groups, so it might be held through
    /// one: ask the directory.
    GroupsOverage,
    /// A caller's own [`Check`](crate::Check) refused the token, with a code of its own.
    Other(&'static str),
}

impl PolicyError {
    pub(super) const fn code(self) -> &'static str {
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
            Self::GraphToken => "graph_token",
            Self::ClaimMissing(claim) => match claim {
                ProviderClaim::TenantId => "tid_missing",
                ProviderClaim::ObjectId => "oid_missing",
                ProviderClaim::Version => "ver_missing",
                ProviderClaim::Scopes => "scp_missing",
                ProviderClaim::IdentityType => "idtyp_missing",
                ProviderClaim::AuthorizedParty => "azp_missing",
                ProviderClaim::ApplicationId => "appid_missing",
                ProviderClaim::Nonce => "nonce_missing",
                ProviderClaim::Groups => "groups_missing",
                ProviderClaim::Other => "provider_claim_missing",
            },
            Self::ClaimType(claim) => match claim {
                ProviderClaim::TenantId => "tid_wrong_type",
                ProviderClaim::ObjectId => "oid_wrong_type",
                ProviderClaim::Version => "ver_wrong_type",
                ProviderClaim::Scopes => "scp_wrong_type",
                ProviderClaim::IdentityType => "idtyp_wrong_type",
                ProviderClaim::AuthorizedParty => "azp_wrong_type",
                ProviderClaim::ApplicationId => "appid_wrong_type",
                ProviderClaim::Nonce => "nonce_wrong_type",
                ProviderClaim::Groups => "groups_wrong_type",
                ProviderClaim::Other => "provider_claim_wrong_type",
            },
            Self::TenantAmbiguous => "tid_ambiguous",
            Self::TenantSyntax => "tid_not_a_guid",
            Self::Tenant => "tenant",
            Self::TokenVersion => "token_version",
            Self::TokenKind => "token_kind",
            Self::SigningKeyIssuer => "signing_key_issuer",
            Self::SigningKeyCloud => "signing_key_cloud",
            Self::Nonce => "nonce",
            Self::Client => "client",
            Self::Revoked => "revoked",
            Self::InsufficientScope => "insufficient_scope",
            Self::GroupsOverage => "groups_overage",
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
            Self::GraphToken => f.write_str("expected a token for this application, found one for Microsoft Graph"),
            Self::ClaimMissing(claim) => write!(f, "expected the claim {claim}, found none"),
            Self::ClaimType(claim) => write!(f, "expected another JSON type for the claim {claim}"),
            Self::TenantAmbiguous => f.write_str("expected one tenant, found a second spelling of `tid`"),
            Self::TenantSyntax => f.write_str("expected a GUID for `tid`"),
            Self::Tenant => f.write_str("expected another tenant (`tid`)"),
            Self::TokenVersion => f.write_str("expected another version (`ver`) for this issuer and audience"),
            Self::TokenKind => f.write_str("expected another kind of token"),
            Self::SigningKeyIssuer => f.write_str("expected a key that signs for this issuer"),
            Self::SigningKeyCloud => f.write_str("expected a key of this cloud, found one of another"),
            Self::Nonce => f.write_str("expected another nonce"),
            Self::Client => f.write_str("expected another client application"),
            Self::Revoked => f.write_str("revoked"),
            Self::GroupsOverage => {
                f.write_str("expected a role that the token does not hold, and its groups are not listed")
            }
            Self::InsufficientScope => f.write_str("expected a scope or role that the token does not hold"),
            Self::Other(code) => write!(f, "refused by a check of the application: {code}"),
        }
    }
}

impl core::error::Error for PolicyError {}
