// SPDX-License-Identifier: MIT OR Apache-2.0

//! The entries of a role map, by authority.

use super::RoleSet;
use crate::adfs::Farm;
use crate::entra::{Guid, Tenant, template};

/// One entry: a value of a claim, and the roles that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'m> {
    claim: &'m str,
    value: Value<'m>,
    /// Whether the claim is one string with a space between two values.
    is_scope: bool,
    tenant: Option<Guid>,
    roles: RoleSet,
}

#[derive(Clone, Copy, Debug)]
enum Value<'m> {
    Text(&'m str),
    Guid(Guid),
}

impl Value<'_> {
    const fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Guid(guid) => guid.as_str(),
        }
    }
}

const GROUPS: &str = "groups";
const WIDS: &str = "wids";

impl<'m> Grant<'m> {
    /// The application role `value` of Entra's claim `roles`.
    #[must_use]
    pub const fn app_role(value: &'m str, roles: RoleSet) -> Self {
        Self::claim("roles", value, roles)
    }

    /// The delegated permission `scope` of the claim `scp`, which is one string with a space between two of them. What
    /// the *client* may do for a user; it says nothing about what the user may do.
    #[must_use]
    pub const fn scope(scope: &'m str, roles: RoleSet) -> Self {
        let mut grant = Self::claim("scp", scope, roles);
        grant.is_scope = true;
        grant
    }

    /// The group `group` of the tenant `tenant`, in Entra's claim `groups`.
    #[must_use]
    pub const fn group(tenant: Guid, group: Guid, roles: RoleSet) -> Self {
        Self::of_tenant(tenant, GROUPS, Value::Guid(group), roles)
    }

    /// The group with this name in the tenant `tenant`, where the registration asks for names instead of identifiers
    /// (groups that are synchronised from on-premises).
    #[must_use]
    pub const fn group_name(tenant: Guid, name: &'m str, roles: RoleSet) -> Self {
        Self::of_tenant(tenant, GROUPS, Value::Text(name), roles)
    }

    /// The directory role with this template identifier in the tenant `tenant`, in Entra's claim `wids`. The identifier
    /// is the same in every tenant, so an administrator of any tenant has it in a token of that one.
    #[must_use]
    pub const fn directory_role(tenant: Guid, template: Guid, roles: RoleSet) -> Self {
        Self::of_tenant(tenant, WIDS, Value::Guid(template), roles)
    }

    /// This value of this claim, which is a string or an array of strings. A name may hold dots and slashes: it is the
    /// whole name of one claim, not a path. In a section of Entra's, `groups` and `wids` never match this way, because
    /// they need a tenant.
    #[must_use]
    pub const fn claim(name: &'m str, value: &'m str, roles: RoleSet) -> Self {
        Self {
            claim: name,
            value: Value::Text(value),
            is_scope: false,
            tenant: None,
            roles,
        }
    }

    const fn of_tenant(tenant: Guid, claim: &'m str, value: Value<'m>, roles: RoleSet) -> Self {
        Self {
            claim,
            value,
            is_scope: false,
            tenant: Some(tenant),
            roles,
        }
    }

    pub(super) const fn roles(&self) -> RoleSet {
        self.roles
    }

    pub(super) const fn is_scope(&self) -> bool {
        self.is_scope
    }

    pub(super) fn reads(&self, claim: &str) -> bool {
        self.claim == claim
    }

    pub(super) const fn value(&self) -> &str {
        self.value.as_str()
    }

    /// Whether the entry is for tokens from `origin`.
    pub(super) fn is_for(&self, origin: &Origin) -> bool {
        match (self.tenant, origin.tenant) {
            (Some(own), Some(tenant)) => own == tenant,
            // an entry for a tenant, and an issuer without tenants
            (Some(_), None) => false,
            (None, Some(_)) => self.claim != GROUPS && self.claim != WIDS,
            (None, None) => true,
        }
    }
}

/// Where an accepted token comes from, as far as a section must know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    tenant: Option<Guid>,
}

/// The entries for the tokens of one authority.
#[derive(Clone, Copy, Debug)]
pub struct Section<'m> {
    authority: Authority<'m>,
    grants: &'m [Grant<'m>],
    /// A bit for each length of a claim's name that is to be looked at.
    name_lengths: u64,
    /// A bit for each hash of a value.
    value_hashes: u64,
    reads_groups: bool,
}

#[derive(Clone, Copy, Debug)]
enum Authority<'m> {
    Entra(Tenant<'m>),
    AdFs(Farm<'m>),
    Issuer(&'m str),
}

impl<'m> Section<'m> {
    /// Entries for tokens of Microsoft Entra ID that these tenants issue, in either version.
    #[must_use]
    pub const fn entra(tenant: Tenant<'m>, grants: &'m [Grant<'m>]) -> Self {
        Self::new(Authority::Entra(tenant), grants)
    }

    /// Entries for tokens of an AD FS farm, of either kind.
    #[must_use]
    pub const fn adfs(farm: Farm<'m>, grants: &'m [Grant<'m>]) -> Self {
        Self::new(Authority::AdFs(farm), grants)
    }

    /// Entries for tokens of any other issuer.
    #[must_use]
    pub const fn issuer(issuer: &'m str, grants: &'m [Grant<'m>]) -> Self {
        Self::new(Authority::Issuer(issuer), grants)
    }

    const fn new(authority: Authority<'m>, grants: &'m [Grant<'m>]) -> Self {
        let (mut name_lengths, mut value_hashes, mut reads_groups) = (0, 0, false);
        let mut left = grants;
        while let [grant, rest @ ..] = left {
            name_lengths |= length_bit(grant.claim);
            value_hashes |= hash_bit(grant.value.as_str());
            reads_groups |= grant.tenant.is_some() && grant.claim.len() == GROUPS.len();
            left = rest;
        }
        if reads_groups {
            name_lengths |= length_bit("hasgroups") | length_bit("_claim_names");
        }
        Self {
            authority,
            grants,
            name_lengths,
            value_hashes,
            reads_groups,
        }
    }

    /// What the section must know of a token with this `iss`; `None` when it is not one of its authority.
    ///
    /// The policy that accepted the token has bound `iss` to the authority whose key signed it, and `tid` to `iss`; so
    /// `iss` says all of it.
    pub(super) fn origin(&self, issuer: &str) -> Option<Origin> {
        match &self.authority {
            Authority::Entra(tenants) => {
                let tid = template::first_path_segment(issuer)?;
                let tenant = Guid::parse(tid)?;
                tenants.cloud().version_of(tid, issuer)?;
                tenants.accepts(&tenant).then_some(Origin { tenant: Some(tenant) })
            }
            Authority::AdFs(farm) => {
                (issuer == farm.access_token_issuer() || issuer == farm.issuer()).then_some(Origin { tenant: None })
            }
            Authority::Issuer(own) => (issuer == *own).then_some(Origin { tenant: None }),
        }
    }

    pub(super) const fn grants(&self) -> &'m [Grant<'m>] {
        self.grants
    }

    pub(super) const fn reads_groups(&self) -> bool {
        self.reads_groups
    }

    /// Whether a claim of this name may be one that the section reads.
    pub(super) const fn may_read(&self, claim: &str) -> bool {
        self.name_lengths & length_bit(claim) != 0
    }

    /// Whether some entry may have this value.
    pub(super) const fn may_have(&self, value: &str) -> bool {
        self.value_hashes & hash_bit(value) != 0
    }
}

#[expect(clippy::as_conversions, reason = "a shift by at most 63")]
const fn length_bit(name: &str) -> u64 {
    let length = name.len();
    1 << if length < 63 { length as u32 } else { 63 }
}

/// One of 64 bits, by the last octets of a value and its length: enough to tell most values of a token from those of a
/// table.
#[expect(clippy::as_conversions, reason = "a length, and the top six bits")]
const fn hash_bit(value: &str) -> u64 {
    let octets = value.as_bytes();
    let tail = match octets.last_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let (mut tail, mut left) = (0, octets);
            while let [octet, rest @ ..] = left {
                tail = tail << 8 | *octet as u64;
                left = rest;
            }
            tail
        }
    };
    1 << ((tail ^ octets.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}
