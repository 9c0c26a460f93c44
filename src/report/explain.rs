// SPDX-License-Identifier: MIT OR Apache-2.0

//! Policies that say what came of each of their rules.

use super::findings::Findings;
use crate::claims::NumericDate;
use crate::error::PolicyError;
use crate::jws::JoseHeader;
use crate::policy::{Check, TokenView};

/// A [`Check`] whose rules a [report](super) lists one by one.
///
/// The crate's own policies do. A check of the application's own is one line: `impl Explain for Department {}`. It is
/// made only where the signature is good, as a [`Check`] expects. A pair lists the rules of the first, then the second.
// Not part of `Check`: a policy that is used through `dyn Check` would bring the report into every firmware.
pub trait Explain: Check {
    /// Writes down what [`Check::check_header`] finds.
    fn explain_header<'r>(&'r self, header: &JoseHeader<'r>, findings: &mut Findings<'r>) {
        findings.application_header(|| self.check_header(header));
    }

    /// Writes down what [`Check::check`] finds.
    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        findings.application(|| self.check(token, now));
    }
}

impl<A: Explain + ?Sized, B: Explain + ?Sized> Explain for (&A, &B) {
    fn explain_header<'r>(&'r self, header: &JoseHeader<'r>, findings: &mut Findings<'r>) {
        self.0.explain_header(header, findings);
        self.1.explain_header(header, findings);
    }

    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        self.0.explain(token, now, findings);
        self.1.explain(token, now, findings);
    }
}

/// No rule at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoPolicy;

impl Check for NoPolicy {
    fn check(&self, _token: &TokenView<'_, '_>, _now: NumericDate) -> Result<(), PolicyError> {
        Ok(())
    }
}

impl Explain for NoPolicy {
    fn explain_header<'r>(&'r self, _header: &JoseHeader<'r>, _findings: &mut Findings<'r>) {}

    fn explain<'r>(&'r self, _token: &TokenView<'r, 'r>, _now: NumericDate, _findings: &mut Findings<'r>) {}
}
