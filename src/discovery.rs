// SPDX-License-Identifier: MIT OR Apache-2.0

//! The openid-configuration document of an authority: where its keys are, and whether it is its document at all.
//!
//! Fetching is the caller's. What came back is read here, strictly (one JSON object, no name twice, `https:\/\/…` the
//! same as `https://…`), and held against the authority that was asked: a document that names another issuer, or keys on
//! another host, is refused before a key is fetched from there
//! ([OpenID Connect Discovery 1.0 section 4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)).
//!
//! # Examples
//!
//! ```
//! use rs256::discovery::Document;
//! use rs256::entra::{Tenant, Version};
//!
//! let mut fetched = *br#"{
//!     "issuer": "https:\/\/login.microsoftonline.com\/{tenantid}\/v2.0",
//!     "jwks_uri": "https:\/\/login.microsoftonline.com\/common\/discovery\/v2.0\/keys",
//!     "id_token_signing_alg_values_supported": ["RS256"],
//!     "cloud_instance_name": "microsoftonline.com"
//! }"#;
//! let document = Document::read(&mut fetched)?;
//! document.check_entra(&Tenant::any(), Version::V2)?;
//! assert_eq!(document.jwks_uri(), "https://login.microsoftonline.com/common/discovery/v2.0/keys");
//! # Ok::<(), rs256::discovery::DiscoveryError>(())
//! ```

use core::fmt;

use crate::adfs::Farm;
use crate::claims::StringOrArray;
use crate::entra::template::{Template, https_host};
use crate::entra::{Tenant, Version};
use crate::error::JsonError;
use crate::json::{self, JsonValue, Members, Scratch};
use crate::limits::MAX_DISCOVERY_MEMBERS;

/// A member of an openid-configuration document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Member {
    /// `issuer`
    Issuer,
    /// `access_token_issuer`
    AccessTokenIssuer,
    /// `jwks_uri`
    JwksUri,
    /// `id_token_signing_alg_values_supported`
    SigningAlgorithms,
    /// `cloud_instance_name`
    CloudInstanceName,
}

impl Member {
    /// The member's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::AccessTokenIssuer => "access_token_issuer",
            Self::JwksUri => "jwks_uri",
            Self::SigningAlgorithms => "id_token_signing_alg_values_supported",
            Self::CloudInstanceName => "cloud_instance_name",
        }
    }
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The text is not one JSON object without duplicate names.
    Json(JsonError),
    /// A member that has to be there is missing.
    Missing(Member),
    /// A member has a value of the wrong JSON type, or text with a quotation mark, a backslash or a control character.
    WrongType(Member),
    /// The authority does not sign with RS256.
    Algorithm,
    /// `issuer` is not that of the authority asked.
    Issuer,
    /// `access_token_issuer` is not that of the authority asked.
    AccessTokenIssuer,
    /// `cloud_instance_name` is that of another cloud.
    Cloud,
    /// `jwks_uri` is not a URL with `https` on the authority's host.
    JwksUri,
}

impl DiscoveryError {
    /// A stable, machine-readable code for metrics and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "discovery_json",
            Self::Missing(_) => "discovery_member_missing",
            Self::WrongType(_) => "discovery_wrong_type",
            Self::Algorithm => "discovery_algorithm",
            Self::Issuer => "discovery_issuer",
            Self::AccessTokenIssuer => "discovery_access_token_issuer",
            Self::Cloud => "discovery_cloud",
            Self::JwksUri => "discovery_jwks_uri",
        }
    }
}

impl fmt::Display for DiscoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(inner) => write!(f, "openid-configuration: {inner}"),
            Self::Missing(member) => write!(f, "expected the member `{}`, found none", member.name()),
            Self::WrongType(member) => write!(f, "expected another value for the member `{}`", member.name()),
            Self::Algorithm => f.write_str("expected RS256 among the signing algorithms"),
            Self::Issuer => f.write_str("expected another `issuer`: not the document of this authority"),
            Self::AccessTokenIssuer => {
                f.write_str("expected another `access_token_issuer`: not the document of this authority")
            }
            Self::Cloud => f.write_str("expected another `cloud_instance_name`"),
            Self::JwksUri => f.write_str("expected a `jwks_uri` with https on the authority's host"),
        }
    }
}

impl core::error::Error for DiscoveryError {}

/// The members of an openid-configuration document that matter here, borrowed from its text.
#[derive(Clone, Copy, Debug)]
pub struct Document<'j> {
    issuer: &'j str,
    access_token_issuer: Option<&'j str>,
    jwks_uri: &'j str,
    cloud_instance_name: Option<&'j str>,
}

impl<'j> Document<'j> {
    /// Reads a document, replacing escapes in place.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError::Json`]; [`DiscoveryError::Missing`] without `issuer` or `jwks_uri`;
    /// [`DiscoveryError::WrongType`]; [`DiscoveryError::Algorithm`] when the signing algorithms are listed and RS256 is
    /// not among them.
    pub fn read(text: &'j mut [u8]) -> Result<Self, DiscoveryError> {
        let text = json::canonicalise(text).text;
        let mut scratch = Scratch::<MAX_DISCOVERY_MEMBERS>::new();
        let mut members = Members::of_canonical(text, &mut scratch);
        let (mut issuer, mut access_token_issuer, mut jwks_uri, mut cloud) = (None, None, None, None);
        while let Some((name, value)) = members.next_member().map_err(DiscoveryError::Json)? {
            match name.as_str() {
                Some("issuer") => issuer = Some(string(value, Member::Issuer)?),
                Some("access_token_issuer") => access_token_issuer = Some(string(value, Member::AccessTokenIssuer)?),
                Some("jwks_uri") => jwks_uri = Some(string(value, Member::JwksUri)?),
                Some("cloud_instance_name") => cloud = Some(string(value, Member::CloudInstanceName)?),
                Some("id_token_signing_alg_values_supported") => {
                    let wrong = DiscoveryError::WrongType(Member::SigningAlgorithms);
                    let JsonValue::Array(_) = value else { return Err(wrong) };
                    if !StringOrArray::from_json(value).ok_or(wrong)?.contains("RS256") {
                        return Err(DiscoveryError::Algorithm);
                    }
                }
                _ => {}
            }
        }
        Ok(Self {
            issuer: issuer.ok_or(DiscoveryError::Missing(Member::Issuer))?,
            access_token_issuer,
            jwks_uri: jwks_uri.ok_or(DiscoveryError::Missing(Member::JwksUri))?,
            cloud_instance_name: cloud,
        })
    }

    /// Checks that this is the document of a Microsoft cloud for these tenants and this version of tokens: `issuer` is
    /// the cloud's template as it is (what `common` and `organizations` give) or, for a single tenant, expanded;
    /// `cloud_instance_name`, if any, is the cloud's; the keys are on the cloud's host.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError::Issuer`], [`DiscoveryError::Cloud`], [`DiscoveryError::JwksUri`].
    pub fn check_entra(&self, tenant: &Tenant<'_>, version: Version) -> Result<(), DiscoveryError> {
        let cloud = tenant.cloud();
        let template = cloud.template(version).ok_or(DiscoveryError::Issuer)?;
        let is_issuer = match tenant.only() {
            // The document for one tenant, never the one for all.
            Some(only) => template.expands_to(only.as_str(), self.issuer),
            // As it is, but for the case of the placeholder.
            None => Template::new(self.issuer) == *template,
        };
        if !is_issuer {
            return Err(DiscoveryError::Issuer);
        }
        match (self.cloud_instance_name, cloud.instance_name()) {
            (Some(own), Some(expected)) if own != expected => return Err(DiscoveryError::Cloud),
            _ => {}
        }
        // The version 1.0 issuer is not on the host that serves documents and keys; that of version 2.0 is.
        let authority = cloud
            .issuer_template(Version::V2)
            .or(cloud.issuer_template(Version::V1))
            .and_then(https_host)
            .ok_or(DiscoveryError::JwksUri)?;
        let host = https_host(self.jwks_uri).ok_or(DiscoveryError::JwksUri)?;
        let is_host = match tenant.only() {
            Some(only) => Template::new(authority).expands_to(only.as_str(), host),
            None => host == authority,
        };
        if is_host { Ok(()) } else { Err(DiscoveryError::JwksUri) }
    }

    /// Checks that this is the document of an AD FS farm: both issuers are the farm's, and the keys are on the host of
    /// `issuer`.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError::Issuer`], [`DiscoveryError::AccessTokenIssuer`] (also when there is none),
    /// [`DiscoveryError::JwksUri`].
    pub fn check_adfs(&self, farm: &Farm<'_>) -> Result<(), DiscoveryError> {
        if self.access_token_issuer != Some(farm.access_token_issuer()) {
            return Err(DiscoveryError::AccessTokenIssuer);
        }
        self.check_issuer(farm.issuer())
    }

    /// Checks that this is the document of the authority with exactly this issuer, and that the keys are on its host.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError::Issuer`], [`DiscoveryError::JwksUri`].
    pub fn check_issuer(&self, issuer: &str) -> Result<(), DiscoveryError> {
        if self.issuer != issuer {
            return Err(DiscoveryError::Issuer);
        }
        match (https_host(issuer), https_host(self.jwks_uri)) {
            (Some(expected), Some(found)) if expected == found => Ok(()),
            _ => Err(DiscoveryError::JwksUri),
        }
    }

    /// `issuer`: whose document this is, and who issues ID tokens; for several tenants with the placeholder
    /// `{tenantid}`.
    #[must_use]
    pub const fn issuer(&self) -> &'j str {
        self.issuer
    }

    /// `access_token_issuer`, which AD FS has beside `issuer`.
    #[must_use]
    pub const fn access_token_issuer(&self) -> Option<&'j str> {
        self.access_token_issuer
    }

    /// `jwks_uri`: where the keys are. Fetch from it only after one of the checks. An Entra application with a signing
    /// key of its own (claims mapping) has it in the document that was asked for with `?appid=` and its client id.
    #[must_use]
    pub const fn jwks_uri(&self) -> &'j str {
        self.jwks_uri
    }

    /// `cloud_instance_name`, which Entra has.
    #[must_use]
    pub const fn cloud_instance_name(&self) -> Option<&'j str> {
        self.cloud_instance_name
    }
}

fn string(value: JsonValue<'_>, member: Member) -> Result<&str, DiscoveryError> {
    match value {
        JsonValue::String(text) => text.as_str(),
        _ => None,
    }
    .ok_or(DiscoveryError::WrongType(member))
}
