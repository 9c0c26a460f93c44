// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table, and its evaluation.

use super::decision::Held;
use super::grant::{Origin, Section};
use super::set::RoleSet;
use crate::claims::Claims;
use crate::entra::GroupClaims;
use crate::json::{JsonStr, JsonValue};
use crate::verifier::AcceptedToken;

/// Which values of which claims of which authority stand for which roles of the application.
///
/// See [the module](crate::roles) for an example.
#[derive(Clone, Copy, Debug)]
pub struct RoleMap<'m> {
    sections: &'m [Section<'m>],
    implications: &'m [(RoleSet, RoleSet)],
}

impl<'m> RoleMap<'m> {
    /// The map of these sections.
    #[must_use]
    pub const fn new(sections: &'m [Section<'m>]) -> Self {
        Self {
            sections,
            implications: &[],
        }
    }

    /// A hierarchy: whoever holds all roles of the first set of a pair holds those of the second as well, and what
    /// those imply in turn.
    #[must_use]
    pub const fn implies(mut self, implications: &'m [(RoleSet, RoleSet)]) -> Self {
        self.implications = implications;
        self
    }

    /// The roles that an accepted token gives, in one walk over its claims.
    #[must_use]
    pub fn evaluate(&self, token: &AcceptedToken<'_>) -> Held {
        let claims = token.claims();
        let mut held = Held::NOTHING;
        // An issuer that had to be written with an escape is none of Entra's or AD FS's.
        let issuer = claims.issuer().and_then(|issuer| issuer.as_str()).unwrap_or_default();
        for section in self.sections {
            if let Some(origin) = section.origin(issuer) {
                collect(section, &origin, claims, &mut held);
            }
        }
        held.roles = self.close(held.roles);
        held
    }

    /// Adds what the roles imply.
    fn close(&self, roles: RoleSet) -> RoleSet {
        let mut closed = roles;
        // BOUND: every round but the last adds one of 64 roles.
        for _ in 0..u64::BITS {
            let before = closed;
            for (role, implied) in self.implications {
                if closed.contains_all(*role) && !role.is_empty() {
                    closed |= *implied;
                }
            }
            if closed == before {
                break;
            }
        }
        closed
    }
}

/// Collects what one section says about the claims.
fn collect(section: &Section<'_>, origin: &Origin, claims: &Claims<'_>, held: &mut Held) {
    let mut groups = GroupClaims::default();
    for (name, value) in claims.iter() {
        // A name that still holds an escape is not found in a table.
        let Some(name) = name.as_str() else { continue };
        if !section.may_read(name) {
            continue;
        }
        match name {
            "groups" => groups.groups = Some(value),
            "hasgroups" => groups.has_groups = Some(value),
            "_claim_names" => groups.claim_names = Some(value),
            _ => {}
        }
        let mut readers = section.grants().iter().filter(|grant| grant.reads(name));
        let Some(first) = readers.next() else { continue };
        let is_scope = first.is_scope() || readers.any(|grant| grant.is_scope());
        match value {
            JsonValue::String(text) if is_scope => {
                // A scope has no character that must be escaped (RFC 6749 section 3.3).
                for scope in text.as_str().unwrap_or_default().split(' ') {
                    if !scope.is_empty() {
                        look_up(section, origin, name, scope, held);
                    }
                }
            }
            JsonValue::String(text) => look_up_string(section, origin, name, text, held),
            JsonValue::Array(array) => {
                for element in array.iter() {
                    match element {
                        JsonValue::String(text) => look_up_string(section, origin, name, text, held),
                        _ => unknown(held),
                    }
                }
            }
            _ => unknown(held),
        }
    }
    if section.reads_groups() {
        // What cannot be read as a list of groups is as good as a list that is not there.
        let malformed = matches!(
            groups.groups,
            Some(JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::Object(_))
        );
        held.groups_overage |= malformed || groups.is_overage().unwrap_or(true);
    }
}

fn look_up_string(section: &Section<'_>, origin: &Origin, claim: &str, value: JsonStr<'_>, held: &mut Held) {
    match value.as_str() {
        Some(value) => look_up(section, origin, claim, value, held),
        None => look_up_escaped(section, origin, claim, value, held),
    }
}

/// Looks up a value as it is.
fn look_up(section: &Section<'_>, origin: &Origin, claim: &str, value: &str, held: &mut Held) {
    let mut is_known = false;
    if section.may_have(value) {
        for grant in section.grants() {
            if value == grant.value() && grant.reads(claim) && grant.is_for(origin) {
                held.roles |= grant.roles();
                is_known = true;
            }
        }
    }
    if !is_known {
        unknown(held);
    }
}

/// Looks up a value with an escape that had to stay, such as the backslash of `DOMAIN\group`.
#[cold]
fn look_up_escaped(section: &Section<'_>, origin: &Origin, claim: &str, value: JsonStr<'_>, held: &mut Held) {
    let mut is_known = false;
    for grant in section.grants() {
        if value == *grant.value() && grant.reads(claim) && grant.is_for(origin) {
            held.roles |= grant.roles();
            is_known = true;
        }
    }
    if !is_known {
        unknown(held);
    }
}

fn unknown(held: &mut Held) {
    held.unknown_values = held.unknown_values.saturating_add(1);
}
