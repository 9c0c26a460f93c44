// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("entra/GUIDE.md")]

mod audience;
mod claims;
mod facts;
mod groups;
mod guid;
mod policy;
mod signing_key;
pub(crate) mod template;
mod tenant;
pub(crate) mod text;

pub use crate::__guid as guid;
pub use audience::Audience;
pub use claims::{EntraClaims, Identity};
pub(crate) use groups::GroupClaims;
pub use groups::Groups;
pub use guid::Guid;
pub use policy::{AccessTokenPolicy, IdTokenPolicy};
pub(crate) use policy::{check_audience_has, check_nonce};
pub use tenant::{Cloud, Tenant, Version};

/// The policy for access tokens of `tenant` meant for `audience`: see [`AccessTokenPolicy`] for what it checks.
///
/// # Examples
///
/// ```
/// use rs256::entra::{self, AccessTokenPolicy, Audience, Tenant, guid};
///
/// static POLICY: AccessTokenPolicy<'static> = entra::access_token(
///     Tenant::single(guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14")),
///     Audience::v2(guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31")),
/// );
/// ```
#[must_use]
pub const fn access_token<'p>(tenant: Tenant<'p>, audience: Audience<'p>) -> AccessTokenPolicy<'p> {
    AccessTokenPolicy::new(tenant, audience)
}

/// The policy for ID tokens of `tenant` meant for the client `client_id`, which sent `nonce` with its request for
/// sign-in: see [`IdTokenPolicy`] for what it checks.
///
/// # Examples
///
/// ```
/// use rs256::entra::{self, Tenant, guid};
///
/// # let session_nonce = "n-0S6_WzA2Mj";
/// let policy = entra::id_token(
///     Tenant::single(guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14")),
///     guid!("e84f6b12-9d07-4c3a-b5e8-0f2a7c6d1b95"),
///     session_nonce, // new for each sign-in, kept in the session
/// );
/// # let _ = policy;
/// ```
#[must_use]
pub const fn id_token<'p>(tenant: Tenant<'p>, client_id: Guid, nonce: &'p str) -> IdTokenPolicy<'p> {
    IdTokenPolicy::new(tenant, client_id, nonce)
}
