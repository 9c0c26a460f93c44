// SPDX-License-Identifier: MIT OR Apache-2.0

//! A key set and the machine that keeps it fresh.

use core::fmt;

use super::{Action, Fetch, Freshness, Outcome, Rotation};
use crate::claims::NumericDate;
use crate::jwk::{KeySet, KeySetRef, LoadError, LoadReport};
use crate::rs256::{Rsa4096, RsaSize};

/// The keys of one authority, which are fetched again and again. See the [module](super) for an example.
#[derive(Clone, Debug)]
pub struct RotatingKeys<const N: usize, S: RsaSize = Rsa4096> {
    keys: KeySet<N, S>,
    rotation: Rotation,
}

impl<const N: usize, S: RsaSize> RotatingKeys<N, S> {
    /// No keys yet; a fetch is due at once.
    #[must_use]
    pub const fn new(rotation: Rotation) -> Self {
        Self {
            keys: KeySet::new(),
            rotation,
        }
    }

    /// What to do at the time `now`: [`Rotation::poll`].
    pub fn poll(&mut self, now: NumericDate) -> Action {
        self.rotation.poll(now)
    }

    /// Takes note that a token named an unknown key, and says what to do: [`Rotation::on_unknown_kid`].
    pub fn on_unknown_kid(&mut self, now: NumericDate) -> Action {
        self.rotation.on_unknown_kid(now)
    }

    /// Takes the answer to `fetch`, `None` if there was none, and replaces the keys by those in it.
    ///
    /// # Errors
    ///
    /// Whatever the error, the keys stay as they are: [`AnswerError::Late`] when a newer fetch was started since, which
    /// goes on; [`AnswerError::NoAnswer`] and [`AnswerError::Load`] when there is nothing usable, and the next fetch is
    /// made after a pause.
    pub fn on_fetched(
        &mut self,
        fetch: Fetch,
        answer: Option<&[u8]>,
        now: NumericDate,
    ) -> Result<LoadReport, AnswerError> {
        if !self.rotation.expects(&fetch) {
            return Err(AnswerError::Late);
        }
        let result = match answer {
            Some(json) => self.keys.replace_from_jwk_set(json).map_err(AnswerError::Load),
            None => Err(AnswerError::NoAnswer),
        };
        let outcome = if result.is_ok() { Outcome::Good } else { Outcome::Failed };
        self.rotation.on_fetched(fetch, outcome, now);
        result
    }

    /// Loads keys that were fetched at `fetched_at` and saved, so that tokens can be verified before the first fetch.
    ///
    /// # Errors
    ///
    /// Those of [`KeySet::replace_from_jwk_set`]; the keys stay as they are.
    pub fn restore(&mut self, json: &[u8], fetched_at: NumericDate, now: NumericDate) -> Result<LoadReport, LoadError> {
        let report = self.keys.replace_from_jwk_set(json)?;
        self.rotation.on_restored(fetched_at, now);
        Ok(report)
    }

    /// The keys for a [`Verifier`](crate::Verifier) or an [`Authority`](crate::Authority) at the time `now`. They verify
    /// nothing when they are stale: every token is refused with
    /// [`KeySelectionError::KeysStale`](crate::KeySelectionError::KeysStale).
    pub fn keys(&self, now: NumericDate) -> KeySetRef<'_, S> {
        self.rotation.while_fresh(&self.keys, now)
    }

    /// Whether the keys may be used at the time `now`.
    #[must_use]
    pub fn freshness(&self, now: NumericDate) -> Freshness {
        self.rotation.freshness(now)
    }
}

/// Why an answer gave no keys. Those in force before stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AnswerError {
    /// A newer fetch was started since; its answer counts.
    Late,
    /// There was no answer.
    NoAnswer,
    /// The answer is no usable JWK Set.
    Load(LoadError),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("expected the answer to the newest fetch, found one to an older fetch"),
            Self::NoAnswer => f.write_str("expected an answer of the issuer, found none"),
            Self::Load(inner) => inner.fmt(f),
        }
    }
}

impl core::error::Error for AnswerError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Load(inner) => Some(inner),
            Self::Late | Self::NoAnswer => None,
        }
    }
}
