// SPDX-License-Identifier: MIT OR Apache-2.0

//! The claims that decide about a token of Entra, collected in one walk.

use super::guid::Guid;
use super::tenant::Version;
use crate::claims::Claims;
use crate::error::{PolicyError, ProviderClaim};
use crate::json::{JsonStr, JsonValue};

/// What the checks of the Entra layer need to know, each claim of the type that it must have.
#[derive(Clone, Copy)]
pub(super) struct Facts<'b> {
    /// `tid` as it is written, for `iss` to be compared with, and what it means.
    pub(super) tid: (&'b str, Guid),
    pub(super) version: Version,
    pub(super) has_scopes: bool,
    pub(super) identity_type: Option<JsonStr<'b>>,
    pub(super) nonce: Option<JsonStr<'b>>,
    /// `azp`, or `appid` in version 1.0.
    pub(super) client: Option<JsonStr<'b>>,
    /// `at_hash` or `c_hash`, which belong to ID tokens alone.
    pub(super) has_hash: bool,
}

impl<'b> Facts<'b> {
    /// # Errors
    ///
    /// `ClaimType`, `ClaimMissing`, `TenantAmbiguous`, `TenantSyntax`, `TokenVersion`.
    pub(super) fn read(claims: &Claims<'b>) -> Result<Self, PolicyError> {
        let (mut tid, mut version, mut scopes) = (None, None, None);
        let (mut identity_type, mut nonce, mut azp, mut appid) = (None, None, None, None);
        let mut has_hash = false;
        for (name, value) in claims.iter() {
            // A name that still holds an escape is none of these.
            let Some(name) = name.as_str() else { continue };
            // Few claims have a name as long as one of these: the length alone tells most apart.
            match name.len() {
                3 => match name {
                    "tid" => tid = Some(value),
                    "ver" => version = Some(value),
                    "scp" => scopes = Some(value),
                    "azp" => azp = Some(value),
                    // STRICT: two readers of this token might take different claims for the tenant.
                    _ if name.eq_ignore_ascii_case("tid") => return Err(PolicyError::TenantAmbiguous),
                    _ => {}
                },
                5 => match name {
                    "idtyp" => identity_type = Some(value),
                    "nonce" => nonce = Some(value),
                    "appid" => appid = Some(value),
                    _ => {}
                },
                6 => has_hash |= name == "c_hash",
                7 => has_hash |= name == "at_hash",
                _ => {}
            }
        }

        let tid = plain(string(tid, ProviderClaim::TenantId)?.ok_or(missing(ProviderClaim::TenantId))?);
        let guid = Guid::parse(tid).ok_or(PolicyError::TenantSyntax)?;
        let version = match plain(string(version, ProviderClaim::Version)?.ok_or(missing(ProviderClaim::Version))?) {
            "1.0" => Version::V1,
            "2.0" => Version::V2,
            _ => return Err(PolicyError::TokenVersion),
        };
        let azp = string(azp, ProviderClaim::AuthorizedParty)?;
        let appid = string(appid, ProviderClaim::ApplicationId)?;
        Ok(Self {
            tid: (tid, guid),
            version,
            has_scopes: string(scopes, ProviderClaim::Scopes)?.is_some(),
            identity_type: string(identity_type, ProviderClaim::IdentityType)?,
            nonce: string(nonce, ProviderClaim::Nonce)?,
            client: match version {
                Version::V1 => appid,
                Version::V2 => azp,
            },
            has_hash,
        })
    }
}

/// The text of a claim that has to be a string.
pub(super) fn string(value: Option<JsonValue<'_>>, claim: ProviderClaim) -> Result<Option<JsonStr<'_>>, PolicyError> {
    match value {
        None => Ok(None),
        Some(JsonValue::String(text)) => Ok(Some(text)),
        Some(_) => Err(PolicyError::ClaimType(claim)),
    }
}

const fn missing(claim: ProviderClaim) -> PolicyError {
    PolicyError::ClaimMissing(claim)
}

/// The text, or the empty text when it holds an escape that had to stay: such a text is neither a GUID nor a version.
fn plain(text: JsonStr<'_>) -> &str {
    text.as_str().unwrap_or_default()
}
