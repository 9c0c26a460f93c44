// SPDX-License-Identifier: MIT OR Apache-2.0

//! The entries of a role map, by authority.

use super::RoleSet;
use crate::adfs::Farm;
use crate::entra::{Guid, Tenant};

/// One entry: a value of a claim, and the roles that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'m> {
    claim: &'m str,
    value: Value<'m>,
    /// The last octets of the value: they tell most values apart.
    tail: u64,
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

    const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Guid(guid) => guid.as_bytes(),
        }
    }
}

/// The claim that is one string with a space between two values.
pub(super) const SCOPES: &str = "scp";

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
        Self::claim(SCOPES, scope, roles)
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
            tail: tail(value),
            tenant: None,
            roles,
        }
    }

    const fn of_tenant(tenant: Guid, claim: &'m str, value: Value<'m>, roles: RoleSet) -> Self {
        Self {
            claim,
            tail: tail(value.as_str()),
            value,
            tenant: Some(tenant),
            roles,
        }
    }

    pub(super) const fn roles(&self) -> RoleSet {
        self.roles
    }

    pub(super) fn reads(&self, claim: &str) -> bool {
        self.claim == claim
    }

    pub(super) const fn value(&self) -> &str {
        self.value.as_str()
    }

    /// Whether the entry's value is `value`, whose [`tail`] is this.
    pub(super) fn is_value(&self, value: &str, tail: u64) -> bool {
        self.tail == tail && self.value.as_bytes() == value.as_bytes()
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
    /// A bit for each of the first 64 entries that is the first one to name its claim.
    first_of_claim: u64,
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
        let (mut first_of_claim, mut value_hashes, mut reads_groups) = (0, 0, false);
        let (mut left, mut index) = (grants, 0);
        while let [grant, rest @ ..] = left {
            if index < 64 && !is_named_before(grants, index, grant.claim) {
                first_of_claim |= 1_u64 << index;
            }
            value_hashes |= hash_bit(grant.tail);
            reads_groups |= grant.tenant.is_some() && same(grant.claim, GROUPS);
            left = rest;
            index += 1;
        }
        Self {
            authority,
            grants,
            first_of_claim,
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
                let tenant = tenants.cloud().tenant_of(issuer)?;
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

    /// The claims that the entries name, each once.
    pub(super) fn claims(&self) -> impl Iterator<Item = &'m str> + use<'m> {
        let (grants, first_of_claim) = (self.grants, self.first_of_claim);
        grants
            .iter()
            .enumerate()
            .filter(
                move |(index, grant)| match 1_u64.checked_shl(u32::try_from(*index).unwrap_or(u32::MAX)) {
                    Some(bit) => first_of_claim & bit != 0,
                    None => !is_named_before(grants, *index, grant.claim),
                },
            )
            .map(|(_, grant)| grant.claim)
    }

    pub(super) const fn reads_groups(&self) -> bool {
        self.reads_groups
    }

    /// The roles of all groups that a token from `origin` may list.
    pub(super) fn group_roles(&self, origin: &Origin) -> RoleSet {
        self.grants
            .iter()
            .filter(|grant| grant.claim == GROUPS && grant.is_for(origin))
            .fold(RoleSet::EMPTY, |roles, grant| roles | grant.roles)
    }

    /// Whether some entry may have a value with this [`tail`].
    pub(super) const fn may_have(&self, tail: u64) -> bool {
        self.value_hashes & hash_bit(tail) != 0
    }
}

/// Whether one of the first `count` entries names this claim.
const fn is_named_before(grants: &[Grant<'_>], count: usize, claim: &str) -> bool {
    let (mut left, mut index) = (grants, 0);
    while let [grant, rest @ ..] = left {
        if index == count {
            return false;
        }
        if same(grant.claim, claim) {
            return true;
        }
        left = rest;
        index += 1;
    }
    false
}

/// `==`, in a `const fn`.
const fn same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    loop {
        match (one, other) {
            ([], []) => return true,
            ([a, one_rest @ ..], [b, other_rest @ ..]) if *a == *b => (one, other) = (one_rest, other_rest),
            _ => return false,
        }
    }
}

/// The last eight octets of a value, or all of them.
#[expect(clippy::as_conversions, reason = "widening")]
pub(super) const fn tail(value: &str) -> u64 {
    let octets = value.as_bytes();
    match octets.last_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let (mut tail, mut left) = (0, octets);
            while let [octet, rest @ ..] = left {
                tail = tail << 8 | *octet as u64;
                left = rest;
            }
            tail
        }
    }
}

/// One of 64 bits: enough to tell most values of a token from those of a table.
const fn hash_bit(tail: u64) -> u64 {
    1 << (tail.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}

#[cfg(test)]
mod tests {
    use super::{Grant, Section, same, tail};
    use crate::roles::RoleSet;

    #[test]
    fn texts_are_the_same_octet_for_octet() {
        assert!(same("", "") && same("groups", "groups"));
        for other in ["", "group", "groupz", "xroups", "grXups", "groupsx"] {
            assert!(!same("groups", other) && !same(other, "groups"), "{other}");
        }
    }

    /// Of 64 bits three are set, so most values that no entry has are told by them.
    #[test]
    fn a_section_tells_most_values_that_it_does_not_have() {
        let grants = ["Orders.Read", "Orders.Write", "x"].map(|value| Grant::app_role(value, RoleSet::EMPTY));
        let section = Section::issuer("https://issuer.example", &grants);
        for grant in &grants {
            assert!(section.may_have(tail(grant.value())), "{}", grant.value());
        }
        let others = (0..1000).filter(|n| section.may_have(tail(&std::format!("Value.{n}"))));
        let count = others.count();
        assert!(count < 100, "{count} of 1000");
    }
}
