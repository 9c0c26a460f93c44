// SPDX-License-Identifier: MIT OR Apache-2.0

//! One token, looked at: everything that a terminal, a program or a page shows of it, as safe text.
//!
//! The verdict comes from [`Verifier::verify`] and from nowhere else; the lines come from a report.

mod hints;
mod names;
mod notes;
pub(crate) mod paste;
pub(crate) mod text;
pub(crate) mod time;
mod value;

use rs256::report::{Inspector, NotChecked, Outcome, Report, Rule};
use rs256::{
    AuthorizationError, Error, Issuer, JsonValue, KeySet, Leeway, NumericDate, Policy, PolicyError, Rsa8192,
    SigningKey, Verifier,
};
use serde::Serialize;

use names::Kind;
use value::Show;

/// More keys than any issuer publishes.
pub(crate) const CAPACITY: usize = 64;

/// Keys of any size and number.
pub(crate) type Keys = KeySet<CAPACITY, Rsa8192>;

/// What is asked about a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) required: Vec<String>,
    pub(crate) any_audience: bool,
    pub(crate) no_exp: bool,
    pub(crate) leeway: Option<Leeway>,
    /// Nothing about claims.
    pub(crate) none: bool,
    /// A copy that may be shown to others.
    pub(crate) redact: bool,
    pub(crate) now: u64,
}

/// What was said about the token as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Accepted,
    Refused,
    /// The signature is good, and nobody asked about the claims.
    SignatureGood,
    /// Without keys there is none.
    NotVerified,
}

/// A member of the header or a claim.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// JSON, safe to look at; what it is instead when masked.
    pub(crate) value: String,
    pub(crate) masked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<Date>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Date {
    pub(crate) secs: u64,
    pub(crate) utc: String,
    pub(crate) age: String,
}

impl Date {
    fn new(secs: u64, now: u64) -> Self {
        Self {
            secs,
            utc: time::utc(secs),
            age: time::age(secs, now),
        }
    }
}

/// The key that made the signature, or was the first to be tried.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    pub(crate) modulus_bits: u32,
    pub(crate) issuer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    Passed,
    Failed,
    NotChecked,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) outcome: Mark,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    /// What is wrong, or why it was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<String>,
}

/// The dates of a token, for drawing them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Timeline {
    pub(crate) iat: Option<u64>,
    pub(crate) nbf: Option<u64>,
    pub(crate) exp: Option<u64>,
    pub(crate) now: u64,
    pub(crate) leeway: u16,
}

/// Everything there is to see.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Inspection {
    /// Of this form; a larger number when members change their meaning.
    pub(crate) format: u8,
    pub(crate) verdict: Verdict,
    /// The error of verifying: stable.
    pub(crate) code: Option<&'static str>,
    pub(crate) error: Option<String>,
    pub(crate) redacted: bool,
    pub(crate) now: Date,
    pub(crate) token_octets: usize,
    /// Whether a known key made the signature. Claims of another token are nobody's word.
    pub(crate) signature_verified: bool,
    /// Whether header and claims are what the crate reads as such.
    pub(crate) is_readable: bool,
    pub(crate) header: Vec<Member>,
    pub(crate) claims: Vec<Member>,
    /// A header and a payload that are no JSON objects.
    pub(crate) unreadable_header: Option<String>,
    pub(crate) unreadable_payload: Option<String>,
    pub(crate) key: Option<Key>,
    pub(crate) checks: Vec<Check>,
    /// What to do next.
    pub(crate) hints: Vec<String>,
    /// What to think about, whatever the verdict.
    pub(crate) notes: Vec<String>,
    pub(crate) timeline: Timeline,
}

/// Looks at a token.
pub(crate) fn inspect(token: &[u8], keys: Option<&Keys>, rules: &Rules) -> Inspection {
    let [issuers, audiences, required] = [&rules.issuers, &rules.audiences, &rules.required]
        .map(|texts| texts.iter().map(String::as_str).collect::<Vec<&str>>());
    let mut policy = Policy::new(Issuer::any_of(&issuers), &audiences).require(&required);
    if rules.any_audience {
        policy = policy.any_audience();
    }
    if rules.no_exp {
        policy = policy.waive_expiration();
    }
    if let Some(leeway) = rules.leeway {
        policy = policy.leeway(leeway);
    }

    let now = NumericDate::from_secs(rules.now);
    let mut buf = vec![0; token.len()];
    let (verdict, error, signature_verified) = verify(token, keys, &policy, rules.none, now, &mut buf);
    let mut inspector: Inspector<'_, Rsa8192> = match keys {
        Some(keys) => Inspector::new(keys),
        None => Inspector::without_keys(),
    };
    if !rules.none {
        inspector = inspector.policy(&policy);
    }
    let report = inspector.report(token, now, &mut buf);
    let show = if rules.redact {
        Show::WhatIsPublic
    } else {
        Show::Everything
    };
    Look {
        token,
        keys,
        rules,
        report,
        show,
    }
    .inspection(verdict, error, signature_verified)
}

/// A request without a token in it.
pub(crate) fn no_token(error: AuthorizationError, octets: usize, rules: &Rules) -> Inspection {
    let mut inspection = inspect(
        b"",
        None,
        &Rules {
            none: true,
            ..rules.clone()
        },
    );
    let error = Error::from(error);
    inspection.verdict = Verdict::Refused;
    inspection.token_octets = octets;
    inspection.code = Some(error.code());
    inspection.error = Some(error.to_string());
    inspection.checks.clear();
    inspection.hints = vec!["Paste one line `Authorization: Bearer` with one token and nothing behind it.".to_owned()];
    inspection
}

/// The verdict, its error, and whether the signature is good.
fn verify(
    token: &[u8],
    keys: Option<&Keys>,
    policy: &Policy<'_>,
    signature_only: bool,
    now: NumericDate,
    buf: &mut [u8],
) -> (Verdict, Option<Error>, bool) {
    let Some(keys) = keys else {
        return (Verdict::NotVerified, None, false);
    };
    let verifier = Verifier::new(keys, policy);
    let signature = verifier
        .prepare(token, buf)
        .and_then(|pending| Ok(pending.verify().map(|_| ())?));
    let outcome = match signature {
        Ok(()) if !signature_only => verifier.verify(token, now, buf).map(|_| ()),
        signature => signature,
    };
    match outcome {
        Ok(()) if signature_only => (Verdict::SignatureGood, None, true),
        Ok(()) => (Verdict::Accepted, None, true),
        Err(error) => (Verdict::Refused, Some(error), signature.is_ok()),
    }
}

/// Everything that hints and notes look at.
struct Look<'l> {
    token: &'l [u8],
    keys: Option<&'l Keys>,
    rules: &'l Rules,
    report: Report<'l>,
    show: Show,
}

impl Look<'_> {
    fn inspection(&self, verdict: Verdict, error: Option<Error>, signature_verified: bool) -> Inspection {
        let report = &self.report;
        let unreadable = |octets: Option<&[u8]>, is_json: bool| match octets {
            Some(octets) if !is_json => Some(match self.show {
                Show::Everything => text::safe_octets(octets),
                Show::WhatIsPublic => format!("‹{} octets›", octets.len()),
            }),
            _ => None,
        };
        Inspection {
            format: 1,
            verdict,
            code: error.map(|error| error.code()),
            error: error.map(|error| self.words(&error)),
            redacted: self.rules.redact,
            now: Date::new(self.rules.now, self.rules.now),
            token_octets: self.token.len(),
            signature_verified,
            is_readable: report.unverified_header().is_some() && report.unverified_claims().is_some(),
            header: self.members(report.unverified_header(), names::header_member),
            claims: self.members(report.unverified_claims(), names::claim),
            unreadable_header: unreadable(report.unverified_header_octets(), report.unverified_header().is_some()),
            unreadable_payload: unreadable(report.unverified_payload_octets(), report.unverified_claims().is_some()),
            key: report.key().map(|key| self.key(&key)),
            checks: report
                .findings()
                .map(|finding| {
                    let (outcome, code, detail) = match finding.outcome() {
                        Outcome::Passed => (Mark::Passed, None, None),
                        Outcome::Failed(error) => (Mark::Failed, Some(error.code()), Some(self.words(&error))),
                        Outcome::NotChecked(why) => (Mark::NotChecked, None, Some(reason(why))),
                        _ => (Mark::NotChecked, None, None),
                    };
                    Check {
                        name: finding.rule().name(),
                        what: finding.rule().description(),
                        outcome,
                        code,
                        detail,
                        found: self.show.compared(finding.found()),
                        expected: self.show.compared(finding.expected()),
                    }
                })
                .collect(),
            hints: hints::hints(self),
            notes: notes::notes(self),
            timeline: Timeline {
                iat: self.date("iat"),
                nbf: self.date("nbf"),
                exp: self.date("exp"),
                now: self.rules.now,
                leeway: self.rules.leeway.unwrap_or(Leeway::DEFAULT).as_secs(),
            },
        }
    }

    fn members(
        &self,
        object: Option<rs256::JsonObject<'_>>,
        known: fn(&str) -> Option<(&'static str, Kind)>,
    ) -> Vec<Member> {
        let Some(object) = object else { return Vec::new() };
        object
            .iter()
            .map(|(name, value)| {
                let known = name.as_str().and_then(known);
                let kind = known.map_or(Kind::Masked, |(_, kind)| kind);
                let (text, masked) = self.show.json(value, kind);
                let secs = match value {
                    JsonValue::Number(number) if kind == Kind::Date => whole_secs(number.as_str()),
                    _ => None,
                };
                Member {
                    name: self.show.text(&name.to_string()),
                    value: text,
                    masked,
                    meaning: known.map(|(meaning, _)| meaning),
                    date: secs.map(|secs| Date::new(secs, self.rules.now)),
                }
            })
            .collect()
    }

    fn key(&self, key: &SigningKey<'_>) -> Key {
        Key {
            kid: key.kid().map(text::safe),
            modulus_bits: key.modulus_bits(),
            issuer: key.issuer().map(text::safe),
        }
    }

    /// The error's own words, with names and dates as people read them.
    fn words(&self, error: &Error) -> String {
        let now = self.rules.now;
        match error {
            Error::Policy(PolicyError::Expired { exp, .. }) => {
                format!(
                    "expired {}, at {}",
                    time::age(exp.as_secs(), now),
                    time::utc(exp.as_secs())
                )
            }
            Error::Policy(PolicyError::NotYetValid { nbf, .. }) => {
                format!(
                    "valid {}, from {}",
                    time::age(nbf.as_secs(), now),
                    time::utc(nbf.as_secs())
                )
            }
            Error::Policy(PolicyError::MissingRequired { index }) => {
                let name = self.rules.required.get(usize::from(*index)).map_or("?", String::as_str);
                format!("expected the claim `{}`, found none", text::safe(name))
            }
            other => other.to_string(),
        }
    }

    /// A claim as a text without escapes.
    fn claim(&self, name: &str) -> Option<&str> {
        text_of(self.report.unverified_claims()?.get(name)?)
    }

    fn has_claim(&self, name: &str) -> bool {
        self.report
            .unverified_claims()
            .is_some_and(|claims| claims.get(name).is_some())
    }

    fn header(&self, name: &str) -> Option<&str> {
        text_of(self.report.unverified_header()?.get(name)?)
    }

    fn has_header(&self, name: &str) -> bool {
        self.report
            .unverified_header()
            .is_some_and(|header| header.get(name).is_some())
    }

    /// A claim that is a date, in whole seconds.
    fn date(&self, name: &str) -> Option<u64> {
        match self.report.unverified_claims()?.get(name)? {
            JsonValue::Number(number) => whole_secs(number.as_str()),
            _ => None,
        }
    }

    /// The first error of a check.
    fn error_of(&self, rule: Rule) -> Option<Error> {
        self.report.findings().find_map(|finding| match finding.outcome() {
            Outcome::Failed(error) if finding.rule() == rule => Some(error),
            _ => None,
        })
    }
}

fn text_of(value: JsonValue<'_>) -> Option<&str> {
    match value {
        JsonValue::String(text) => text.as_str(),
        _ => None,
    }
}

/// The whole seconds of a date; for showing only, so an odd form is no matter.
fn whole_secs(number: &str) -> Option<u64> {
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    whole.parse().ok()
}

fn reason(why: NotChecked) -> String {
    match why {
        NotChecked::NotReached(rule) => format!("not reached, because this was not passed: {}", rule.description()),
        NotChecked::NoKeysGiven => "NOT CHECKED, no keys were given: the token may be forged".to_owned(),
        NotChecked::NotAskedFor => "not asked for".to_owned(),
        NotChecked::Absent => "absent, and not required".to_owned(),
        _ => "not checked".to_owned(),
    }
}
