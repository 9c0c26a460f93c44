// SPDX-License-Identifier: MIT OR Apache-2.0

//! An authority as configured: the policy for its tokens, the check of its metadata, and what its claims mean here.
//!
//! The policies of rs256 borrow what they compare with. Configuration is read once and lives as long as the process, so
//! its strings are leaked here, on purpose and in this file alone.

use rs256::adfs::{self, Farm};
use rs256::discovery::{DiscoveryError, Document};
use rs256::entra::{self, Guid, Tenant, Version};
use rs256::roles::{Grant, Section};
use rs256::{Check, Issuer, Policy};

use crate::config::{self, ConfigError, Trust};
use crate::roles;

pub struct Authority {
    pub name: &'static str,
    /// The address of the openid-configuration document.
    pub metadata: reqwest::Url,
    kind: Kind,
    policy: Box<dyn Check + Send + Sync>,
    grants: &'static [Grant<'static>],
}

#[derive(Clone, Copy)]
enum Kind {
    Entra(Guid),
    Adfs(Farm<'static>),
    Issuer(&'static str),
}

impl Authority {
    pub fn new(config: &config::Authority) -> Result<Self, ConfigError> {
        let place = |member: &str| format!("authorities.{}.{member}", config.name);
        let guid = |member: &str, text: &str| {
            Guid::parse(text).ok_or_else(|| ConfigError::invalid(place(member), "expected a GUID"))
        };
        let (kind, policy): (_, Box<dyn Check + Send + Sync>) = match &config.trust {
            Trust::Entra { tenant, client_id } => {
                let tenant = guid("trust.entra.tenant", tenant)?;
                let audience = entra::Audience::v2(guid("trust.entra.client_id", client_id)?);
                let policy = entra::access_token(Tenant::single(tenant), audience);
                (Kind::Entra(tenant), Box::new(policy))
            }
            Trust::Adfs {
                issuer,
                access_token_issuer,
                relying_party,
            } => {
                let farm = Farm::new(leak(issuer), leak(access_token_issuer));
                let policy = adfs::access_token(farm, adfs::Audience::relying_party(leak(relying_party)));
                (Kind::Adfs(farm), Box::new(policy))
            }
            Trust::Issuer { issuer, audiences } => {
                if audiences.is_empty() {
                    return Err(ConfigError::invalid(
                        place("trust.issuer.audiences"),
                        "expected at least one",
                    ));
                }
                let issuer = leak(issuer);
                let audiences = audiences.iter().map(|audience| leak(audience)).collect::<Vec<_>>();
                let policy = Policy::new(Issuer::exact(issuer), audiences.leak());
                (Kind::Issuer(issuer), Box::new(policy))
            }
        };
        let metadata = config
            .metadata
            .parse()
            .map_err(|error| ConfigError::invalid(place("metadata"), format!("expected a URL: {error}")))?;
        let grants = config.grants.iter().map(|grant| kind.grant(grant, &place("grants")));
        Ok(Self {
            name: leak(&config.name),
            metadata,
            kind,
            policy,
            grants: grants.collect::<Result<Vec<_>, _>>()?.leak(),
        })
    }

    /// What its tokens have to claim.
    pub fn policy(&self) -> &(dyn Check + Sync) {
        &*self.policy
    }

    /// What its claims mean here.
    pub fn section(&self) -> Section<'static> {
        match self.kind {
            Kind::Entra(tenant) => Section::entra(Tenant::single(tenant), self.grants),
            Kind::Adfs(farm) => Section::adfs(farm, self.grants),
            Kind::Issuer(issuer) => Section::issuer(issuer, self.grants),
        }
    }

    /// Whether `document` is this authority's, and its keys are where they should be.
    pub fn check_metadata(&self, document: &Document<'_>) -> Result<(), DiscoveryError> {
        match self.kind {
            Kind::Entra(tenant) => document.check_entra(&Tenant::single(tenant), Version::V2),
            Kind::Adfs(farm) => document.check_adfs(&farm),
            Kind::Issuer(issuer) => document.check_issuer(issuer),
        }
    }
}

impl Kind {
    fn grant(self, config: &config::Grant, place: &str) -> Result<Grant<'static>, ConfigError> {
        let unknown = || ConfigError::invalid(place, format!("expected a role, found `{}`", config.role));
        let role = roles::by_name(&config.role).ok_or_else(unknown)?;
        let guid = || {
            let problem = format!("expected a GUID for `{}`", config.claim);
            Guid::parse(&config.value).ok_or_else(|| ConfigError::invalid(place, problem))
        };
        Ok(match (self, config.claim.as_str()) {
            (Self::Entra(tenant), "groups") => Grant::group(tenant, guid()?, role),
            (Self::Entra(tenant), "wids") => Grant::directory_role(tenant, guid()?, role),
            (_, claim) => Grant::claim(leak(claim), leak(&config.value), role),
        })
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}
