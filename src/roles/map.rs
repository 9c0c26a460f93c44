// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table, and its evaluation.

use super::decision::Held;
use super::grant::{Origin, SCOPES, Section, tail};
use super::set::RoleSet;
use crate::claims::Claims;
use crate::entra::GroupClaims;
use crate::entra::text::words;
use crate::json::{JsonArray, JsonStr, JsonValue};
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

    /// The roles that an accepted token gives, with one look at each claim that they name.
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
        let possible = held.roles | held.possible;
        held.roles = self.close(held.roles);
        held.possible = if held.groups_overage {
            self.close(possible)
        } else {
            held.roles
        };
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
    for claim in section.claims() {
        match claims.get(claim) {
            None => {}
            Some(JsonValue::String(text)) if claim == SCOPES => {
                // A scope has no character that must be escaped (RFC 6749 section 3.3).
                match text.as_str() {
                    Some(text) => words(text).for_each(|scope| look_up(section, origin, claim, scope, held)),
                    None => unknown(held),
                }
            }
            Some(JsonValue::String(text)) => look_up_string(section, origin, claim, text, held),
            Some(JsonValue::Array(array)) => {
                if let Some(elements) = guids(array) {
                    for (index, [_, _, .., a, b, c, d, e, f, g, h, _]) in elements.iter().enumerate() {
                        let start = 39 * index + 2;
                        match array.as_str().get(start..start + 36) {
                            Some(guid) if section.may_have(u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h])) => {
                                look_up(section, origin, claim, guid, held);
                            }
                            _ => unknown(held),
                        }
                    }
                } else {
                    for element in array.iter() {
                        match element {
                            JsonValue::String(text) => look_up_string(section, origin, claim, text, held),
                            _ => unknown(held),
                        }
                    }
                }
            }
            Some(_) => unknown(held),
        }
    }
    if section.reads_groups() && GroupClaims::of(claims).may_lack_some() {
        held.groups_overage = true;
        held.possible |= section.group_roles(origin);
    }
}

/// An element of an array of GUIDs: what separates it from the one before, and 36 octets between quotation marks.
type GuidElement = [u8; 39];

/// The elements of an array that holds nothing but strings of 36 octets, written without whitespace and escapes. That is
/// how groups come in by the hundred, and there the next one is always as far away.
fn guids(array: JsonArray<'_>) -> Option<&[GuidElement]> {
    let (elements, [b']']): (&[GuidElement], _) = array.as_str().as_bytes().as_chunks() else {
        return None;
    };
    let are_in_place = elements.iter().all(|element| matches!(element, [_, b'"', .., b'"']));
    // With no other quotation mark, and no escape that could make one of these a part of a string, strings begin and end
    // at these alone.
    let count = quotation_marks_and_backslashes(elements.as_flattened());
    (are_in_place && count == 2 * elements.len()).then_some(elements)
}

/// How many there are.
fn quotation_marks_and_backslashes(text: &[u8]) -> usize {
    // In parts whose count fits into an octet, so that compilers make it a sum of octets in vectors.
    let count = |part: &[u8]| {
        part.iter().fold(0_u8, |count, octet| {
            count.wrapping_add(u8::from(*octet == b'"') | u8::from(*octet == b'\\'))
        })
    };
    let (parts, rest) = text.as_chunks::<240>();
    let whole: usize = parts.iter().map(|part| usize::from(count(part))).sum();
    whole + usize::from(count(rest))
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
    let tail = tail(value);
    if section.may_have(tail) {
        for grant in section.grants() {
            if grant.is_value(value, tail) && grant.reads(claim) && grant.is_for(origin) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use std::{format, string::String, vec::Vec};

    use super::{guids, quotation_marks_and_backslashes};
    use crate::json::JsonValue;

    /// How many elements of 36 octets an array is seen to be made of at once.
    fn seen(text: &str) -> Option<usize> {
        match JsonValue::from_valid(text, true) {
            Some(JsonValue::Array(array)) => guids(array).map(<[_]>::len),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn arrays_of_guids_are_seen_as_such_and_no_others() {
        let guid = "\"98db240f-3b25-4a8f-a680-cb3046ec3045\"";
        for count in [1, 2, 6, 7, 8, 100, 200] {
            let elements: Vec<&str> = (0..count).map(|_| guid).collect();
            let text = format!("[{}]", elements.join(","));
            assert_eq!(seen(&text), Some(count));
            assert_eq!(seen(&text.replacen(',', ", ", 1)), (count == 1).then_some(1));
            assert_eq!(seen(&text.replacen("98db", "98d", 1)), None);
            // in the right places, but one of these is within a string
            assert_eq!(seen(&text.replacen("98db", "9\\\"b", 1)), None);
            assert_eq!(seen(&text.replacen("98db", "9\\\\b", 1)), None);
        }
        let (long, short) = ("a".repeat(17), "b".repeat(16));
        assert_eq!(seen(&format!("[\"{long}\",\"{short}\",{guid}]")), None);
        assert_eq!(seen(&format!("[[{guid}]]")), None);
    }

    #[test]
    fn quotation_marks_and_backslashes_are_counted() {
        for len in [0, 1, 239, 240, 241, 480, 1000] {
            assert_eq!(quotation_marks_and_backslashes(&std::vec![b'x'; len]), 0);
            assert_eq!(quotation_marks_and_backslashes(&std::vec![b'"'; len]), len);
            assert_eq!(quotation_marks_and_backslashes(&std::vec![b'\\'; len]), len);
        }
        let mixed: String = "a\"b\\c".repeat(100);
        assert_eq!(quotation_marks_and_backslashes(mixed.as_bytes()), 200);
    }
}
