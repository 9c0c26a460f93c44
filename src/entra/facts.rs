// SPDX-License-Identifier: MIT OR Apache-2.0

//! The claims that decide about a token of Entra, each looked up once.

use super::guid::Guid;
use super::tenant::Version;
use super::text::words;
use crate::claims::Claims;
use crate::error::{PolicyError, ProviderClaim};
use crate::json::{JsonStr, JsonValue};

/// What the checks of the Entra layer need to know, each claim of the type that it must have.
#[derive(Clone, Copy)]
pub(super) struct Facts<'b> {
    /// `tid` as it is written, for `iss` to be compared with, and what it means.
    pub(super) tid: (&'b str, Guid),
    pub(super) version: Version,
    /// `scp`, which may be there without a scope in it.
    pub(super) scp: Option<JsonStr<'b>>,
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
        // STRICT: two readers of this token might take different claims for the tenant.
        if claims.has_case_variant("tid") {
            return Err(PolicyError::TenantAmbiguous);
        }
        let text = |name: &str, claim| string(claims.get(name), claim);
        let tid = plain(text("tid", ProviderClaim::TenantId)?.ok_or(missing(ProviderClaim::TenantId))?);
        let guid = Guid::parse(tid).ok_or(PolicyError::TenantSyntax)?;
        let version = match plain(text("ver", ProviderClaim::Version)?.ok_or(missing(ProviderClaim::Version))?) {
            "1.0" => Version::V1,
            "2.0" => Version::V2,
            _ => return Err(PolicyError::TokenVersion),
        };
        let client = match version {
            Version::V1 => text("appid", ProviderClaim::ApplicationId)?,
            Version::V2 => text("azp", ProviderClaim::AuthorizedParty)?,
        };
        Ok(Self {
            tid: (tid, guid),
            version,
            scp: text("scp", ProviderClaim::Scopes)?,
            identity_type: text("idtyp", ProviderClaim::IdentityType)?,
            nonce: text("nonce", ProviderClaim::Nonce)?,
            client,
            has_hash: claims.get("at_hash").is_some() || claims.get("c_hash").is_some(),
        })
    }

    /// Whether `scp` names a scope.
    pub(super) fn has_scopes(&self) -> bool {
        // A scope has no character that must be escaped (RFC 6749 section 3.3).
        let text = self.scp.and_then(|scp| scp.as_str()).unwrap_or_default();
        words(text).next().is_some()
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
