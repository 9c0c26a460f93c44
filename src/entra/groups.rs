// SPDX-License-Identifier: MIT OR Apache-2.0

//! Groups, in three states: all of them, too many to list, or none asked for.
//!
//! SOURCE: Microsoft Entra documentation, "ID token claims reference" and "Access token claims reference", section
//! "Groups overage claim".

use crate::claims::{Claims, StringOrArray};
use crate::error::{PolicyError, ProviderClaim};
use crate::json::{JsonObject, JsonValue, Members, Scratch};
use crate::limits::MAX_MEMBERS;

/// What a token says about its user's groups.
///
/// There is no way to read a list of groups out of this without meeting the other two states.
#[derive(Clone, Copy, Debug)]
pub enum Groups<'b> {
    /// The token lists all of them.
    Complete(StringOrArray<'b>),
    /// The user is in more groups than fit into a token (200). Whether in a certain one, only the directory can say;
    /// the token's `_claim_sources` names an address for that, which is not to be trusted: ask Microsoft Graph for the
    /// groups of `oid`.
    Overage,
    /// The token says nothing about groups, which is not the same as none: the registration may not ask for them.
    Absent,
}

/// The three claims that decide, as they were found.
#[derive(Clone, Copy)]
pub(crate) struct GroupClaims<'b> {
    groups: Option<JsonValue<'b>>,
    has_groups: Option<JsonValue<'b>>,
    claim_names: Option<JsonValue<'b>>,
}

impl<'b> GroupClaims<'b> {
    pub(crate) fn of(claims: &Claims<'b>) -> Self {
        Self {
            groups: claims.get("groups"),
            has_groups: claims.get("hasgroups"),
            claim_names: claims.get("_claim_names"),
        }
    }

    /// # Errors
    ///
    /// `ClaimType` when one of them is not what Entra writes: it must not be taken for absent.
    pub(crate) fn read(&self) -> Result<Groups<'b>, PolicyError> {
        let malformed = PolicyError::ClaimType(ProviderClaim::Groups);
        let groups = match self.groups {
            None => None,
            Some(value) => Some(StringOrArray::from_json(value).ok_or(malformed)?),
        };
        // Overage wins over a list: a list beside it cannot be complete.
        if self.is_overage()? {
            return Ok(Groups::Overage);
        }
        Ok(groups.map_or(Groups::Absent, Groups::Complete))
    }

    /// Whether groups may be missing: the token says so, or what it says cannot be read.
    pub(crate) fn may_lack_some(&self) -> bool {
        let is_list = matches!(self.groups, None | Some(JsonValue::String(_) | JsonValue::Array(_)));
        !is_list || self.is_overage().unwrap_or(true)
    }

    /// Whether the token says that it does not list all groups.
    fn is_overage(&self) -> Result<bool, PolicyError> {
        let malformed = PolicyError::ClaimType(ProviderClaim::Groups);
        let has_groups = match self.has_groups {
            None | Some(JsonValue::Bool(false)) => false,
            Some(JsonValue::Bool(true)) => true,
            Some(JsonValue::String(text)) if text == "true" => true,
            Some(_) => return Err(malformed),
        };
        let elsewhere = match self.claim_names {
            None => false,
            Some(JsonValue::Object(names)) => names_groups(names)?,
            Some(_) => return Err(malformed),
        };
        Ok(has_groups || elsewhere)
    }
}

/// Whether `_claim_names` says that the groups are to be found elsewhere. An object with duplicate names says nothing
/// for certain and is refused.
fn names_groups(names: JsonObject<'_>) -> Result<bool, PolicyError> {
    let malformed = PolicyError::ClaimType(ProviderClaim::Groups);
    // The claims set that it is a part of went through `canonicalise`.
    let mut scratch = Scratch::<MAX_MEMBERS>::new();
    let mut members = Members::of_canonical(names.text(), &mut scratch);
    let mut found = false;
    while let Some((name, _)) = members.next_member().map_err(|_| malformed)? {
        found |= name == *"groups";
    }
    Ok(found)
}
