// SPDX-License-Identifier: MIT OR Apache-2.0

//! For whom a token of Entra is.
//!
//! The version of an access token is the resource's choice and decides how `aud` is written, so the two go together.
//!
//! SOURCE: Microsoft Entra documentation, "Access token claims reference" (`aud`) and "Optional claims reference"
//! (additional properties of `aud`).

use super::guid::Guid;
use super::tenant::Version;
use crate::claims::StringOrArray;
use crate::report::Value;

/// The application that an access token must be for: its registration's client id, for tokens of version 1.0 also its
/// Application ID URIs.
///
/// # Examples
///
/// ```
/// use rs256::entra::{Audience, Guid, guid};
///
/// const ORDERS: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
/// const V2: Audience<'static> = Audience::v2(ORDERS);
/// const V1: Audience<'static> = Audience::v1(ORDERS, &["api://orders", "https://orders.contoso.example"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Audience<'p> {
    client_id: Guid,
    app_id_uris: &'p [&'p str],
    v1: bool,
    v2: bool,
}

impl<'p> Audience<'p> {
    /// A resource whose `requestedAccessTokenVersion` is 2: tokens of version 2.0, whose `aud` is the client id.
    #[must_use]
    pub const fn v2(client_id: Guid) -> Self {
        Self {
            client_id,
            app_id_uris: &[],
            v1: false,
            v2: true,
        }
    }

    /// A resource whose `requestedAccessTokenVersion` is 1 or null: tokens of version 1.0, whose `aud` is the client id
    /// or, as the client asked, one of the Application ID URIs with or without a slash at its end.
    #[must_use]
    pub const fn v1(client_id: Guid, app_id_uris: &'p [&'p str]) -> Self {
        Self {
            client_id,
            app_id_uris,
            v1: true,
            v2: false,
        }
    }

    /// Either version, for the time in which a resource changes from one to the other. The forms of `aud` stay bound to
    /// their version.
    #[must_use]
    pub const fn v1_or_v2(client_id: Guid, app_id_uris: &'p [&'p str]) -> Self {
        Self {
            client_id,
            app_id_uris,
            v1: true,
            v2: true,
        }
    }

    /// For a report: the versions.
    pub(super) const fn versions(&self) -> Value<'p> {
        match (self.v1, self.v2) {
            (true, true) => Value::Either(Version::V1.as_str(), Version::V2.as_str()),
            (true, false) => Value::Exactly(Version::V1.as_str()),
            (false, _) => Value::Exactly(Version::V2.as_str()),
        }
    }

    /// For a report: the audiences of tokens of this version.
    pub(super) const fn value(&self, version: Version) -> Value<'_> {
        match version {
            Version::V1 => Value::GuidOrOneOf(&self.client_id, self.app_id_uris),
            Version::V2 => Value::Exactly(self.client_id.as_str()),
        }
    }

    pub(super) const fn accepts(&self, version: Version) -> bool {
        match version {
            Version::V1 => self.v1,
            Version::V2 => self.v2,
        }
    }

    pub(super) fn matches(&self, version: Version, found: &StringOrArray<'_>) -> bool {
        found.any(|found| {
            found.as_str().is_some_and(|found| {
                self.client_id.is_written(found)
                    || version == Version::V1
                        && self
                            .app_id_uris
                            .iter()
                            .any(|uri| without_slash(uri) == without_slash(found))
            })
        })
    }
}

/// The URI without one slash at its end.
fn without_slash(uri: &str) -> &str {
    uri.strip_suffix('/').unwrap_or(uri)
}
