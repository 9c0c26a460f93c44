// SPDX-License-Identifier: MIT OR Apache-2.0

//! Who hears the outcome of each rule of a policy.
//!
//! A policy is written once, as a walk over its rules in their order. Verifying stops at the first broken one
//! ([`FirstFailure`]); a [report](crate::report) writes all of them down ([`Findings`](crate::report::Findings)).

use crate::error::PolicyError;
use crate::report::{Compared, NotChecked, Rule};

pub(crate) trait Judge<'r> {
    /// Applies `rule`: what `check` finds, `None` when the walk goes on without it. `compared` is asked for a report
    /// alone.
    ///
    /// # Errors
    ///
    /// That of `check`, where the walk ends with it.
    fn rule<T>(
        &mut self,
        rule: Rule,
        compared: impl FnOnce() -> Compared<'r>,
        check: impl FnOnce() -> Result<T, PolicyError>,
    ) -> Result<Option<T>, PolicyError>;

    /// [`Judge::rule`] for one that finds nothing for others to need: the error comes back as `check` made it, and does
    /// not have to be taken apart.
    ///
    /// # Errors
    ///
    /// As for [`Judge::rule`].
    #[inline(always)]
    fn demand(
        &mut self,
        rule: Rule,
        compared: impl FnOnce() -> Compared<'r>,
        check: impl FnOnce() -> Result<(), PolicyError>,
    ) -> Result<(), PolicyError> {
        self.rule(rule, compared, check).map(|_| ())
    }

    /// Passes over a rule for which there is nothing to do.
    fn skip(&mut self, rule: Rule, why: NotChecked);

    /// [`Judge::rule`] for one that needs what the rule `from` found.
    ///
    /// # Errors
    ///
    /// As for [`Judge::rule`].
    #[inline(always)]
    fn rule_on<I: Copy, T>(
        &mut self,
        (input, from): (Option<I>, Rule),
        rule: Rule,
        compared: impl FnOnce(I) -> Compared<'r>,
        check: impl FnOnce(I) -> Result<T, PolicyError>,
    ) -> Result<Option<T>, PolicyError> {
        match input {
            Some(input) => self.rule(rule, || compared(input), || check(input)),
            None => {
                self.skip(rule, NotChecked::NotReached(from));
                Ok(None)
            }
        }
    }
}

/// Ends with the first rule that is broken: how a token is verified.
pub(crate) struct FirstFailure;

impl<'r> Judge<'r> for FirstFailure {
    #[inline(always)]
    fn rule<T>(
        &mut self,
        _rule: Rule,
        _compared: impl FnOnce() -> Compared<'r>,
        check: impl FnOnce() -> Result<T, PolicyError>,
    ) -> Result<Option<T>, PolicyError> {
        check().map(Some)
    }

    #[inline(always)]
    fn demand(
        &mut self,
        _rule: Rule,
        _compared: impl FnOnce() -> Compared<'r>,
        check: impl FnOnce() -> Result<(), PolicyError>,
    ) -> Result<(), PolicyError> {
        check()
    }

    #[inline(always)]
    fn skip(&mut self, _rule: Rule, _why: NotChecked) {}
}
