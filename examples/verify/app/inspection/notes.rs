// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to think about, whatever the verdict.

use super::Look;
use super::names::{self, Kind};
use super::text;
use super::time;

/// Tokens with continuous access evaluation live for 20 to 28 hours; the usual lifetime is one hour.
const LONG_LIFE: u64 = 30 * 3600;

/// A common limit of HTTP servers for one header line.
const LARGE: usize = 8 * 1024;

/// Until 2030 (NIST SP 800-57 part 1).
const SMALL_KEY: u32 = 2048;

pub(super) fn notes(look: &Look<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: String| notes.push(text);
    let report = &look.report;
    if let Some(claims) = report.unverified_claims() {
        let personal: Vec<String> = claims
            .iter()
            .filter_map(|(name, _)| name.as_str())
            .filter(|name| names::claim(name).is_some_and(|(_, kind)| kind == Kind::Personal))
            .map(text::safe)
            .collect();
        if !personal.is_empty() {
            note(format!(
                "Carries personal data ({}): keep it out of tickets and logs; --redact makes a copy that is safe to \
                 pass on.",
                personal.join(", ")
            ));
        }
        match (look.date("exp"), look.date("nbf").or(look.date("iat"))) {
            (Some(exp), Some(start)) if exp.saturating_sub(start) > LONG_LIFE => {
                note(format!(
                    "Lives for {}: whoever steals it can use it for as long.",
                    time::span(exp.saturating_sub(start))
                ));
            }
            (None, _) if !look.has_claim("exp") => note("Never expires: it has no `exp`.".to_owned()),
            _ => {}
        }
        if !look.has_claim("nbf") && !look.has_claim("iat") {
            note("Has neither `nbf` nor `iat`: nothing tells how old it is.".to_owned());
        } else if !look.has_claim("nbf") {
            note("Has no `nbf`: it is valid as soon as it exists (usual for AD FS).".to_owned());
        }
    }
    if report.unverified_header().is_some() && !look.has_header("kid") {
        note("Has no `kid`: the key is found by `x5t`, or must be the only one.".to_owned());
    }
    if report.key().is_some_and(|key| key.modulus_bits() <= SMALL_KEY) {
        note(format!(
            "Signed with a key of {SMALL_KEY} bits, the least that RS256 allows; enough until about 2030."
        ));
    }
    for name in ["jku", "jwk", "x5u", "x5c"] {
        if look.has_header(name) {
            note(format!(
                "The header brings a key or its address (`{name}`). It is ignored; a service that uses it accepts \
                 forgeries."
            ));
        }
    }
    if look.token.len() > LARGE {
        note(format!(
            "{} octets long: many servers refuse header lines of more than 8 KiB.",
            look.token.len()
        ));
    }
    let all_octets = [report.unverified_header_octets(), report.unverified_payload_octets()];
    if all_octets
        .into_iter()
        .flatten()
        .any(|octets| text::hides_something(text::utf8(octets).trim()))
    {
        note("Holds invisible characters, or such that change the reading direction: shown as \\u{…}.".to_owned());
    }
    if look.keys.is_some() && !look.rules.none {
        if look.rules.any_audience {
            note("Every audience was accepted (--any-audience): a service must not do that.".to_owned());
        }
        if look.rules.no_exp {
            note("A missing `exp` was accepted (--no-exp).".to_owned());
        }
    }
    notes
}
