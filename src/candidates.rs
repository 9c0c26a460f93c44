// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 3, KEY LOOKUP, across authorities: which keys may have made a signature, in which order.

use core::slice;

use crate::error::{Error, KeySelectionError};
use crate::jwk::SigningKey;
use crate::jws::JoseHeader;
use crate::policy::Check;
use crate::rs256::{KeyRef, RsaSize};
use crate::verifier::Authority;

/// One authority held here, or several held elsewhere.
pub(crate) enum Authorities<'k, S: RsaSize> {
    One(Authority<'k, S>),
    Many(&'k [Authority<'k, S>]),
}

/// A key that the header of a token selects, and where it stands, so that the search can go on behind it.
// Small, because tokens under way hold it.
pub(crate) struct Candidate<'k, S: RsaSize> {
    pub(crate) key: KeyRef<'k, S>,
    /// The policy of the key's authority.
    pub(crate) policy: &'k (dyn Check + Sync),
    authority_index: usize,
    key_index: usize,
}

impl<'k, S: RsaSize> Authorities<'k, S> {
    pub(crate) const fn as_slice(&self) -> &[Authority<'k, S>] {
        match self {
            Self::One(authority) => slice::from_ref(authority),
            Self::Many(authorities) => authorities,
        }
    }

    /// The next key that the header selects, behind `previous`.
    pub(crate) fn candidate_after(
        &self,
        previous: &Candidate<'k, S>,
        header: &JoseHeader<'_>,
    ) -> Option<Candidate<'k, S>> {
        self.candidate_from(header, previous.authority_index, previous.key_index.saturating_add(1))
            .ok()
    }

    /// What is known of the key.
    pub(crate) fn signing_key(&self, candidate: &Candidate<'k, S>) -> SigningKey<'k> {
        let mut key = SigningKey::pinned(0);
        self.describe(candidate, &mut key);
        key
    }

    /// Writes what is known of the key into `key`: where it is to be, because on the way there it would be copied.
    pub(crate) fn describe(&self, candidate: &Candidate<'k, S>, key: &mut SigningKey<'k>) {
        key.modulus_bits = candidate.key.public_key().modulus_bits();
        if let Some(authority) = self.as_slice().get(candidate.authority_index) {
            authority.keys.describe(candidate.key_index, key);
        }
    }

    /// The first key, from the one at `first_key` of the authority at `first_authority` on, that the header selects and
    /// whose authority's policy does not refuse the header.
    ///
    /// # Errors
    ///
    /// [`Error::KeySelection`] when no authority has such a key: of several reasons the most telling one.
    /// [`Error::Policy`], the first, when the policies that have one refuse the header.
    pub(crate) fn candidate_from(
        &self,
        header: &JoseHeader<'_>,
        first_authority: usize,
        first_key: usize,
    ) -> Result<Candidate<'k, S>, Error> {
        let mut first_key = first_key;
        let mut outcome = Error::from(KeySelectionError::NoKeys);
        // The precedence of the outcome, which every other one goes before; a refusal goes before every reason.
        let mut told = 0;
        let authorities = self.as_slice().get(first_authority..).unwrap_or_default();
        for (authority_index, authority) in (first_authority..).zip(authorities) {
            let (found, precedence) = match authority.keys.select(header, first_key) {
                Ok((key_index, key)) => match authority.policy.check_header(header) {
                    Ok(()) => {
                        return Ok(Candidate {
                            key,
                            policy: authority.policy,
                            authority_index,
                            key_index,
                        });
                    }
                    Err(refusal) => (Error::from(refusal), u8::MAX),
                },
                Err(reason) => (reason.into(), precedence(reason)),
            };
            if precedence > told {
                (outcome, told) = (found, precedence);
            }
            first_key = 0;
        }
        Err(outcome)
    }
}

/// Of the reasons of several authorities the highest is told, which is the last in the order of their definition. Whether
/// keys that are stale or not there yet had the right one among them nobody knows: that is no fault of the token's, so it
/// goes before all others.
#[expect(clippy::as_conversions, reason = "a number of the enumeration")]
const fn precedence(reason: KeySelectionError) -> u8 {
    reason as u8 + 1
}

impl<S: RsaSize> Clone for Authorities<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Authorities<'_, S> {}

impl<S: RsaSize> Clone for Candidate<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Candidate<'_, S> {}
