// SPDX-License-Identifier: MIT OR Apache-2.0

//! The stages of the crate once more, with the same functions, none of which ends the walk.

use core::fmt;

use super::Report;
use super::explain::{Explain, NoPolicy};
use super::finding::{Compared, NotChecked, Rule, Value};
use super::findings::Findings;
use crate::candidates::Authorities;
use crate::claims::{Claims, NumericDate};
use crate::error::Error;
use crate::json;
use crate::jwk::{KeySetRef, SigningKey};
use crate::jws::{CompactJws, DecodedJws, JoseHeader};
use crate::limits::MAX_SIGNATURE_LEN;
use crate::policy::{Judge, TokenView};
use crate::rs256::{Rsa4096, RsaSize};
use crate::verifier::{Authority, find_signer, longest_signature, plain};

static NO_POLICY: NoPolicy = NoPolicy;

/// Makes [reports](super) about tokens, with whatever is at hand: keys and a policy, one of them, or neither.
pub struct Inspector<'k, S: RsaSize = Rsa4096> {
    keys: Option<KeySetRef<'k, S>>,
    policy: &'k (dyn Explain + Sync),
}

impl<'k, S: RsaSize> Inspector<'k, S> {
    /// No key is at hand: the signature is not checked, and a report says so. The size of keys does not matter then;
    /// `<Inspector>::without_keys()` leaves it at the default.
    #[must_use]
    pub const fn without_keys() -> Self {
        Self {
            keys: None,
            policy: &NO_POLICY,
        }
    }

    /// Checks signatures with these keys: a [`KeySet`](crate::KeySet), or one pinned key.
    pub fn new(keys: impl Into<KeySetRef<'k, S>>) -> Self {
        Self {
            keys: Some(keys.into()),
            policy: &NO_POLICY,
        }
    }

    /// Lists the rules of `policy` too; without a policy a report ends with the form of the claims.
    #[must_use]
    pub const fn policy(mut self, policy: &'k (dyn Explain + Sync)) -> Self {
        self.policy = policy;
        self
    }

    /// Makes every check of `token` at the time `now`.
    ///
    /// `buf` takes the decoded segments, as for [`Verifier::verify`](crate::Verifier::verify).
    pub fn report<'r, T>(&self, token: &T, now: NumericDate, buf: &'r mut [u8]) -> Report<'r>
    where
        T: AsRef<[u8]> + ?Sized,
        'k: 'r,
    {
        let mut report = Report {
            findings: Findings::new(),
            header: None,
            claims: None,
            header_octets: None,
            payload_octets: None,
            signature_len: None,
            key: None,
        };
        let longest = match self.keys {
            Some(_) => longest_signature::<S>(),
            None => MAX_SIGNATURE_LEN,
        };

        // 1 parse
        let segments = report
            .findings
            .step(Rule::Structure, (Some(token.as_ref()), Rule::Structure), |token| {
                let jws = CompactJws::parse(token)?;
                let rooms = jws.rooms(longest, buf)?;
                Ok::<_, Error>((jws, rooms))
            });
        let (jws, header, payload, signature) = match segments {
            Some((jws, (header, payload, signature))) => (Some(jws), Some(header), Some(payload), Some(signature)),
            None => (None, None, None, None),
        };

        // 2 decode
        let header = report.findings.step(
            Rule::HeaderEncoding,
            (jws.zip(header), Rule::Structure),
            |(jws, room)| jws.decode_header(room),
        );
        let header_text = header.map(canonical);
        report.header_octets = header_text;
        report.header = header_text.and_then(json::object);
        let header = report.findings.step(
            Rule::Header,
            (header_text, Rule::HeaderEncoding),
            JoseHeader::read_canonical,
        );
        let payload = report.findings.step(
            Rule::PayloadEncoding,
            (jws.zip(payload), Rule::Structure),
            |(jws, room)| jws.decode_payload(room),
        );
        let signature = self.decode_signature(jws.zip(signature), longest, &mut report.findings);
        report.signature_len = signature.map(<[u8]>::len);

        // 3 key lookup, 4 verify
        self.check_signature(jws.zip(signature), header, &mut report);

        // 5 claims and policy
        let payload_text = payload.map(canonical);
        report.payload_octets = payload_text;
        report.claims = payload_text.and_then(json::object);
        let claims = report.findings.step(
            Rule::Claims,
            (payload_text, Rule::PayloadEncoding),
            Claims::read_canonical,
        );
        report.findings.blocked = match claims {
            Some(_) => None,
            None => Some(Rule::Claims),
        };
        let token = TokenView::new(
            header.unwrap_or_else(JoseHeader::empty),
            claims.unwrap_or_else(Claims::empty),
            report.key.unwrap_or(SigningKey::pinned(0)),
        );
        self.policy.explain(&token, now, &mut report.findings);
        report
    }

    fn decode_signature<'r>(
        &self,
        input: Option<(CompactJws<'_>, &'r mut [u8])>,
        longest: usize,
        findings: &mut Findings<'r>,
    ) -> Option<&'r [u8]> {
        let Some((jws, room)) = input else {
            findings.skip(Rule::SignatureEncoding, NotChecked::NotReached(Rule::Structure));
            return None;
        };
        match jws.decode_signature(longest, room) {
            // Longer than any key makes: the verdict on the signature comes before the lookup of a key.
            Err(error @ Error::Signature(_)) => {
                findings.skip(Rule::SignatureEncoding, NotChecked::NotReached(Rule::Signature));
                findings.outcome::<&[u8], _>(Rule::Signature, Compared::NOTHING, Err(error))
            }
            decoded => findings.outcome(Rule::SignatureEncoding, Compared::NOTHING, decoded),
        }
    }

    fn check_signature<'r>(
        &self,
        input: Option<(CompactJws<'_>, &'r [u8])>,
        header: Option<JoseHeader<'r>>,
        report: &mut Report<'r>,
    ) where
        'k: 'r,
    {
        let findings = &mut report.findings;
        let has_verdict = findings.lines().iter().any(|line| line.rule() == Rule::Signature);
        let Some(header) = header else {
            findings.skip(Rule::Key, NotChecked::NotReached(Rule::Header));
            findings.blocked = Some(Rule::Header);
            self.policy.explain_header(&JoseHeader::empty(), findings);
            if !has_verdict {
                findings.skip(Rule::Signature, NotChecked::NotReached(Rule::Header));
            }
            return;
        };
        // The policy of this authority is asked apart, so that it does not stand in the way of the signature.
        let authorities = self.keys.map(|keys| Authorities::One(Authority::new(keys, &NO_POLICY)));
        let candidate = match &authorities {
            Some(authorities) => {
                let selected = authorities.candidate_from(&header, 0, 0);
                let compared = Compared::new(Value::text(header.kid().or(header.x5t())), Value::None);
                findings.outcome(Rule::Key, compared, selected)
            }
            None => {
                findings.skip(Rule::Key, NotChecked::NoKeysGiven);
                None
            }
        };
        self.policy.explain_header(&header, findings);
        let Some((authorities, mut candidate)) = authorities.zip(candidate) else {
            if !has_verdict {
                findings.skip(
                    Rule::Signature,
                    match self.keys {
                        Some(_) => NotChecked::NotReached(Rule::Key),
                        None => NotChecked::NoKeysGiven,
                    },
                );
            }
            return;
        };
        findings.key_is_known = true;
        report.key = Some(authorities.signing_key(&candidate));
        let Some((jws, signature)) = input else {
            if !has_verdict {
                findings.skip(Rule::Signature, NotChecked::NotReached(Rule::SignatureEncoding));
            }
            return;
        };
        let decoded = DecodedJws {
            signing_input: jws.signing_input(),
            header,
            payload: &mut [],
            signature,
        };
        let verdict = find_signer(&authorities, &mut candidate, &decoded, plain);
        if findings.outcome(Rule::Signature, Compared::NOTHING, verdict).is_some() {
            findings.signature_is_good = true;
            report.key = Some(authorities.signing_key(&candidate));
        }
    }
}

/// The JSON text with every escape replaced that may be written literally.
fn canonical(text: &mut [u8]) -> &[u8] {
    json::canonicalise(text).text
}

impl<S: RsaSize> Clone for Inspector<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Inspector<'_, S> {}

impl<S: RsaSize> fmt::Debug for Inspector<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
