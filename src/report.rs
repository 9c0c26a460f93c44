// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a token is refused: every check and its outcome, for people.
//!
//! [`Verifier::verify`](crate::Verifier::verify) ends with the first check that fails. An [`Inspector`] makes all of them,
//! with the same functions in the same order, and writes each outcome down: passed, failed with which error and which
//! two values, or not checked and why. It works without keys, and then says that the signature is not checked.
//!
//! **A report is no verdict.** It has no method that says yes or no, and nothing turns it into an
//! [`AcceptedToken`](crate::AcceptedToken); what it shows of a token is readable under names that say that nobody vouches
//! for it. A program that lets somebody in calls `verify`:
//!
//! ```compile_fail
//! fn let_in(report: rs256::report::Report<'_>) -> rs256::AcceptedToken<'_> {
//!     report.into()
//! }
//! ```
//!
//! Where several authorities are trusted there is one report for each.
//!
//! # Examples
//!
//! ```
//! use rs256::report::{Inspector, Outcome, Rule};
//! use rs256::{Issuer, KeySet, NumericDate, Policy};
//!
//! # let jwk_set_json = include_bytes!("../tests/data/doc/jwks.json");
//! # let jwt = include_bytes!("../tests/data/doc/token.jwt").trim_ascii_end();
//! let mut keys = KeySet::<8>::new();
//! keys.replace_from_jwk_set(jwk_set_json)?;
//! let policy = Policy::new(Issuer::exact("https://login.example.com/contoso/v2.0"), &["api://invoices"]);
//!
//! let mut buf = [0; 2048];
//! let report = Inspector::new(&keys).policy(&policy).report(jwt, NumericDate::from_secs(1_800_000_000), &mut buf);
//! for finding in report.findings() {
//!     match finding.outcome() {
//!         Outcome::Passed => println!("✓ {}", finding.rule().description()),
//!         Outcome::Failed(error) => println!("✗ {}: {error}", finding.rule().description()),
//!         other => println!("– {}: {other:?}", finding.rule().description()),
//!     }
//! }
//! # let failed: Vec<Rule> = report.findings().filter(|f| matches!(f.outcome(), Outcome::Failed(_))).map(|f| f.rule()).collect();
//! # assert_eq!(failed, [Rule::Audience]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod explain;
mod finding;
mod findings;
mod inspector;

use core::fmt;

pub use explain::Explain;
pub use finding::{Compared, Finding, NotChecked, Outcome, Rule, Value};
pub use findings::Findings;
pub use inspector::Inspector;

use crate::json::JsonObject;
use crate::jwk::SigningKey;

/// Every check of one token and what came of it. Made by [`Inspector::report`]; for people, never for a decision.
pub struct Report<'r> {
    findings: Findings<'r>,
    header: Option<JsonObject<'r>>,
    claims: Option<JsonObject<'r>>,
    header_octets: Option<&'r [u8]>,
    payload_octets: Option<&'r [u8]>,
    signature_len: Option<usize>,
    key: Option<SigningKey<'r>>,
}

impl<'r> Report<'r> {
    /// The outcome of each check, in the order in which verifying makes them.
    pub fn findings(&self) -> impl Iterator<Item = &Finding<'r>> {
        self.findings.lines().iter()
    }

    /// How many outcomes there was no room for ([`MAX_FINDINGS`](crate::limits::MAX_FINDINGS)). Never those of the
    /// crate's own policies.
    #[must_use]
    pub const fn omitted(&self) -> u16 {
        self.findings.omitted()
    }

    /// The header, if it is JSON. Nobody vouches for it.
    #[must_use]
    pub const fn unverified_header(&self) -> Option<JsonObject<'r>> {
        self.header
    }

    /// The claims, if they are JSON. **Nobody vouches for them**, whatever the findings say.
    #[must_use]
    pub const fn unverified_claims(&self) -> Option<JsonObject<'r>> {
        self.claims
    }

    /// What the header segment decodes to, JSON or not; escapes that may be written literally are.
    #[must_use]
    pub const fn unverified_header_octets(&self) -> Option<&'r [u8]> {
        self.header_octets
    }

    /// What the payload segment decodes to, JSON or not; escapes that may be written literally are.
    #[must_use]
    pub const fn unverified_payload_octets(&self) -> Option<&'r [u8]> {
        self.payload_octets
    }

    /// Octets of the decoded signature.
    #[must_use]
    pub const fn signature_len(&self) -> Option<usize> {
        self.signature_len
    }

    /// The key that made the signature; if none did, the first that the header selects.
    #[must_use]
    pub const fn key(&self) -> Option<SigningKey<'r>> {
        self.key
    }
}

/// Prints rules and outcomes; of the token no more than lengths.
impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}
