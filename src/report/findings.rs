// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lines of a report as they are written down, in fixed storage.

use core::fmt;

use super::finding::{Compared, Finding, NotChecked, Outcome, Rule};
use crate::error::{Error, PolicyError};
use crate::limits::MAX_FINDINGS;
use crate::policy::Judge;

/// Where an [`Explain`](super::Explain) writes the outcome of each of its rules.
pub struct Findings<'r> {
    // An array, which unlike a vector needs no destructor: a caller's buffer is free again with the last use.
    lines: [Finding<'r>; MAX_FINDINGS],
    len: usize,
    omitted: u16,
    has_failure: bool,
    /// Why there are no claims to look at.
    pub(super) blocked: Option<Rule>,
    pub(super) signature_is_good: bool,
    pub(super) key_is_known: bool,
}

impl<'r> Findings<'r> {
    pub(super) const fn new() -> Self {
        Self {
            lines: [Finding::NONE; MAX_FINDINGS],
            len: 0,
            omitted: 0,
            has_failure: false,
            blocked: None,
            signature_is_good: false,
            key_is_known: false,
        }
    }

    pub(super) fn lines(&self) -> &[Finding<'r>] {
        self.lines.get(..self.len).unwrap_or_default()
    }

    pub(super) const fn omitted(&self) -> u16 {
        self.omitted
    }

    /// Makes a check of the application's own and writes down its outcome. One that expects a verified token is not made
    /// unless the signature is good.
    pub fn application(&mut self, check: impl FnOnce() -> Result<(), PolicyError>) {
        if let Some(because) = self.blocked {
            self.skip(Rule::Application, NotChecked::NotReached(because));
        } else if !self.signature_is_good {
            self.skip(Rule::Application, NotChecked::NotReached(Rule::Signature));
        } else {
            self.outcome(Rule::Application, Compared::NOTHING, check());
        }
    }

    /// Makes a check of the application's own on the header alone, which nobody vouches for yet.
    pub fn application_header(&mut self, check: impl FnOnce() -> Result<(), PolicyError>) {
        match self.blocked {
            Some(because) => self.skip(Rule::ApplicationHeader, NotChecked::NotReached(because)),
            None => {
                self.outcome(Rule::ApplicationHeader, Compared::NOTHING, check());
            }
        }
    }

    /// Walks over the rules of a policy, which a report does to the end.
    pub(crate) fn walked(&mut self, walk: impl FnOnce(&mut Self) -> Result<(), PolicyError>) {
        // `Judge::rule` of a report never is an error.
        let _ = walk(self);
    }

    /// One step of a stage: what `check` makes of `input`, which the rule `from` found.
    pub(super) fn step<I, T, E: Into<Error>>(
        &mut self,
        rule: Rule,
        (input, from): (Option<I>, Rule),
        check: impl FnOnce(I) -> Result<T, E>,
    ) -> Option<T> {
        match input {
            Some(input) => self.outcome(rule, Compared::NOTHING, check(input)),
            None => {
                self.push(
                    rule,
                    Outcome::NotChecked(NotChecked::NotReached(from)),
                    Compared::NOTHING,
                );
                None
            }
        }
    }

    pub(super) fn outcome<T, E: Into<Error>>(
        &mut self,
        rule: Rule,
        compared: Compared<'r>,
        result: Result<T, E>,
    ) -> Option<T> {
        let (outcome, value) = match result {
            Ok(value) => (Outcome::Passed, Some(value)),
            Err(error) => (Outcome::Failed(error.into()), None),
        };
        self.push(rule, outcome, compared);
        value
    }

    fn push(&mut self, rule: Rule, outcome: Outcome, compared: Compared<'r>) {
        let finding = Finding {
            rule,
            outcome,
            compared,
        };
        let fails = matches!(outcome, Outcome::Failed(_));
        if let Some(line) = self.lines.get_mut(self.len) {
            *line = finding;
            self.len = self.len.saturating_add(1);
        } else {
            self.omitted = self.omitted.saturating_add(1);
            // A report that is full never hides that something failed.
            if fails
                && !self.has_failure
                && let Some(last) = self.lines.last_mut()
            {
                *last = finding;
            }
        }
        self.has_failure |= fails;
    }
}

impl<'r> Judge<'r> for Findings<'r> {
    fn rule<T>(
        &mut self,
        rule: Rule,
        compared: impl FnOnce() -> Compared<'r>,
        check: impl FnOnce() -> Result<T, PolicyError>,
    ) -> Result<Option<T>, PolicyError> {
        let because = match self.blocked {
            None if rule == Rule::SigningKey && !self.key_is_known => Some(Rule::Key),
            because => because,
        };
        Ok(if let Some(because) = because {
            self.skip(rule, NotChecked::NotReached(because));
            None
        } else {
            self.outcome(rule, compared(), check())
        })
    }

    fn skip(&mut self, rule: Rule, why: NotChecked) {
        let why = match (self.blocked, why) {
            // Whether the claim is there is not known.
            (Some(because), NotChecked::Absent | NotChecked::NotReached(_)) => NotChecked::NotReached(because),
            (_, why) => why,
        };
        self.push(rule, Outcome::NotChecked(why), Compared::NOTHING);
    }
}

impl fmt::Debug for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines()).finish()
    }
}
