// SPDX-License-Identifier: MIT OR Apache-2.0

//! When to fetch an issuer's keys again, and when the old ones are too old to be used.
//!
//! [`Rotation`] is a state machine without input and output: it is told what happened and at what time, and says what to
//! do next. The caller has the clock, the network and the thread or task or interrupt, so that it serves async services,
//! threads and an RTOS alike. One machine serves one authority; who trusts several has several, and none delays another.
//!
//! * A fetch is due at the start, [`REFRESH_SECS`] after a good one, and [`UNKNOWN_KID_SECS`] after the start of the last
//!   one if a token names an unknown key.
//! * One fetch at a time. A fetch without an answer counts as failed after [`FETCH_TIMEOUT_SECS`].
//! * A failure is followed by a pause, [`FIRST_RETRY_SECS`] first, doubled each time up to [`LAST_RETRY_SECS`]; nothing
//!   shortens it.
//! * Keys without a good fetch for [`MAX_STALE_SECS`] verify nothing any more: every token is refused with
//!   [`KeySelectionError::KeysStale`](crate::KeySelectionError::KeysStale), a 503.
//!
//! [`RotatingKeys`] joins the machine to a [`KeySet`](crate::KeySet). A failed, empty, oversized or garbage answer changes
//! no key; a key that the issuer has removed goes with the next good answer.
//!
//! # Examples
//!
//! ```
//! use rs256::rotation::{Action, RotatingKeys, Rotation};
//! use rs256::{Error, KeySelectionError, NumericDate, Verifier};
//! # use rs256::{Issuer, Policy};
//! # static POLICY: Policy<'static> =
//! #     Policy::new(Issuer::exact("https://login.example.com/contoso/v2.0"), &["api://orders"]);
//! # let jwt = include_bytes!("../tests/data/doc/token.jwt").trim_ascii_end();
//! # fn http_get(url: &str) -> Option<Vec<u8>> {
//! #     Some(include_bytes!("../tests/data/doc/jwks.json").to_vec())
//! # }
//! # let (random, mut now) = (0x9e37_79b9, NumericDate::from_secs(1_800_000_000));
//!
//! let mut keys = RotatingKeys::<8>::new(Rotation::new(random));
//!
//! // In the background: whenever the time that the last `Wait` named has come, or somebody rings.
//! if let Action::Fetch(fetch) = keys.poll(now) {
//!     // Outside of any lock. An answer of whatever length and content, or none.
//!     let answer = http_get("https://login.example.com/contoso/discovery/keys");
//!     match keys.on_fetched(fetch, answer.as_deref(), now) {
//!         Ok(report) => println!("{} keys", report.kept()),
//!         Err(error) => println!("the old keys stay: {error}"),
//!     }
//! }
//!
//! // For every request.
//! let mut buf = [0; 2048];
//! let verdict = Verifier::new(keys.keys(now), &POLICY).verify(jwt, now, &mut buf).map(|_| ());
//! if verdict == Err(Error::KeySelection(KeySelectionError::UnknownKey)) {
//!     // Perhaps the issuer has a new key. What comes back says whether, or when, to fetch: ring the background.
//!     let _action = keys.on_unknown_kid(now);
//! }
//! # assert_eq!(verdict, Ok(()));
//!
//! // A day without a good answer later:
//! now = NumericDate::from_secs(now.as_secs() + 86_401);
//! let verdict = Verifier::new(keys.keys(now), &POLICY).verify(jwt, now, &mut buf).map(|_| ());
//! assert_eq!(verdict, Err(Error::KeySelection(KeySelectionError::KeysStale)));
//! ```
//!
//! Several authorities: an array of `RotatingKeys`, each polled by itself, and for each request
//!
//! ```
//! # use rs256::rotation::{RotatingKeys, Rotation};
//! # use rs256::{Authority, Issuer, NumericDate, Policy, Verifier};
//! # let now = NumericDate::from_secs(1_800_000_000);
//! # let keys = [1, 2].map(|random| RotatingKeys::<8>::new(Rotation::new(random)));
//! # let policies = [Policy::new(Issuer::exact("a"), &["x"]), Policy::new(Issuer::exact("b"), &["x"])];
//! let [entra, adfs] = &keys;
//! let authorities = [
//!     Authority::new(entra.keys(now), &policies[0]),
//!     Authority::new(adfs.keys(now), &policies[1]),
//! ];
//! let verifier = Verifier::any(&authorities);
//! ```
//!
//! Where one authority's keys are stale, the others' tokens are accepted as ever; a token of a key that nobody has is
//! then refused with `KeysStale`, since it may be one of theirs. An unknown `kid` is reported to every machine.
//!
//! A service with a snapshot of keys that threads read without a lock puts a copy of the [`Rotation`] into the snapshot,
//! beside the `KeySet`, when it replaces the keys: [`Rotation::while_fresh`] needs nothing else.
//!
//! # Attacks considered
//!
//! | attack | answer |
//! | --- | --- |
//! | tokens with random `kid`s, however many | one fetch in each interval for unknown keys, and it is shared by all |
//! | one random `kid` spends the fetch of an interval just before a rotation | **remains**: tokens of the new key are refused for up to the rest of that interval, five minutes. The unknown `kid` is remembered, so that no second token is needed |
//! | the issuer answers with an error, garbage, an empty set, ten megabytes, too many keys | counts as failed: pause, the old keys stay |
//! | the issuer never answers | the fetch times out. One more may then be under way, on the caller's side, than is known here: give the HTTP client a timeout below [`FETCH_TIMEOUT_SECS`] |
//! | an old answer arrives after a newer one and would bring a withdrawn key back | every fetch has a number; only the answer to the newest one counts, and once |
//! | the fetch is blocked to keep a withdrawn key alive | `max_stale`, counted from the start of the last good fetch |
//! | the clock steps back | no time has passed: no pause becomes shorter or longer, and no key younger than at the last call. Polling at the times named keeps that recent |
//! | the clock steps forward | that time has passed: at most one fetch is due, and keys may be stale until it is answered. Who sets the clock also decides which tokens have expired |
//! | many instances that start, or lose the issuer, at the same time | intervals and pauses are lengthened by up to an eighth, by a number that the caller draws for each instance |
//! | the machine is stuck | from every state, polling at the times named leads to a fetch |

mod keys;

pub use keys::{AnswerError, RotatingKeys};

use crate::claims::NumericDate;
use crate::jwk::KeySetRef;
use crate::limits::{
    FETCH_TIMEOUT_SECS, FIRST_RETRY_SECS, LAST_RETRY_SECS, MAX_STALE_SECS, MIN_INTERVAL_SECS, REFRESH_SECS,
    UNKNOWN_KID_SECS,
};
use crate::rs256::RsaSize;

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a fetch that is not made counts as failed after a while"]
pub enum Action {
    /// Fetch the keys, now, and report to [`Rotation::on_fetched`]. Until then, or until it has taken too long, there is
    /// no other fetch.
    Fetch(Fetch),
    /// Nothing until this time; then [`poll`](Rotation::poll).
    Wait(NumericDate),
}

/// A fetch under way: whoever holds it owes the answer.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a fetch that is not answered counts as failed after a while"]
#[expect(missing_copy_implementations, reason = "a fetch is answered once")]
pub struct Fetch(u32);

/// How a fetch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer was a JWK Set that is in force now, or the issuer said that the keys in force are its present ones.
    Good,
    /// Anything else.
    Failed,
}

/// Whether keys may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// They may.
    Fresh,
    /// They are too old, or there are none yet.
    Stale,
}

/// Says when to fetch the keys of one authority. See the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    refresh: u32,
    unknown_kid_interval: u32,
    max_stale: Option<u32>,
    jitter: u32,

    // Durations, in seconds, not dates: whatever a clock does, a duration only grows by what has passed, and saturates.
    /// The latest reading of the caller's clock.
    clock: Option<NumericDate>,
    /// Until the next fetch is due.
    until_due: u32,
    /// Since the last fetch was started.
    since_start: u32,
    /// Since the start of the fetch that gave the keys in force.
    keys_age: Option<u32>,
    is_in_flight: bool,
    /// Failures in a row.
    failures: u8,
    /// The number of the last fetch.
    number: u32,
}

impl Rotation {
    /// A machine with the intervals of [`limits`](crate::limits). A fetch is due at once.
    ///
    /// `jitter` is a random number, drawn for each instance: see [the attacks considered](self#attacks-considered).
    #[must_use]
    pub const fn new(jitter: u32) -> Self {
        Self {
            refresh: REFRESH_SECS,
            unknown_kid_interval: UNKNOWN_KID_SECS,
            max_stale: Some(MAX_STALE_SECS),
            jitter,
            clock: None,
            until_due: 0,
            since_start: 0,
            keys_age: None,
            is_in_flight: false,
            failures: 0,
            number: 0,
        }
    }

    /// Fetches `secs` seconds after a good fetch instead of [`REFRESH_SECS`]; at least [`MIN_INTERVAL_SECS`], and no
    /// later than half of the time after which keys are stale.
    #[must_use]
    pub const fn refresh(mut self, secs: u32) -> Self {
        self.refresh = at_least_the_minimum(secs);
        self
    }

    /// Fetches for an unknown `kid` `secs` seconds after the start of the last fetch instead of [`UNKNOWN_KID_SECS`]; at
    /// least [`MIN_INTERVAL_SECS`].
    #[must_use]
    pub const fn unknown_kid_interval(mut self, secs: u32) -> Self {
        self.unknown_kid_interval = at_least_the_minimum(secs);
        self
    }

    /// Keys are stale `secs` seconds after the start of the last good fetch instead of [`MAX_STALE_SECS`]; at least
    /// [`MIN_INTERVAL_SECS`].
    #[must_use]
    pub const fn max_stale(mut self, secs: u32) -> Self {
        self.max_stale = Some(at_least_the_minimum(secs));
        self
    }

    /// RELAXES: keys are never stale. Whoever can block the fetch then keeps a withdrawn key alive for ever.
    #[must_use]
    pub const fn unlimited_staleness(mut self) -> Self {
        self.max_stale = None;
        self
    }

    /// What to do at the time `now`.
    pub fn poll(&mut self, now: NumericDate) -> Action {
        self.advance(now);
        if self.is_in_flight {
            match FETCH_TIMEOUT_SECS.checked_sub(self.since_start) {
                None | Some(0) => self.fail(),
                Some(left) => return Action::Wait(now.plus(u64::from(left))),
            }
        }
        if self.until_due > 0 {
            return Action::Wait(now.plus(u64::from(self.until_due)));
        }
        self.is_in_flight = true;
        self.since_start = 0;
        self.number = self.number.wrapping_add(1);
        Action::Fetch(Fetch(self.number))
    }

    /// Takes note that a token named a key that is not in the set ([`KeySelectionError::UnknownKey`]), and says what to
    /// do, as [`poll`](Self::poll) does.
    ///
    /// [`KeySelectionError::UnknownKey`]: crate::KeySelectionError::UnknownKey
    pub fn on_unknown_kid(&mut self, now: NumericDate) -> Action {
        self.advance(now);
        // After a failure the next fetch is due soon enough, and its pause must not become shorter.
        if self.failures == 0 {
            self.until_due = self
                .until_due
                .min(self.unknown_kid_interval.saturating_sub(self.since_start));
        }
        self.poll(now)
    }

    /// Whether the answer to `fetch` counts: false when a newer fetch was started since.
    #[must_use]
    pub const fn expects(&self, fetch: &Fetch) -> bool {
        fetch.0 == self.number
    }

    /// Takes note of how a fetch ended. An answer that no longer [counts](Self::expects) changes nothing; whoever calls
    /// this asks before using the keys in it.
    pub fn on_fetched(&mut self, fetch: Fetch, outcome: Outcome, now: NumericDate) {
        self.advance(now);
        match outcome {
            _ if !self.expects(&fetch) => {}
            Outcome::Good => {
                self.is_in_flight = false;
                self.failures = 0;
                self.keys_age = Some(self.since_start);
                let refresh = match self.max_stale {
                    Some(max_stale) => self.refresh.min(max_stale / 2),
                    None => self.refresh,
                };
                self.until_due = self.lengthened(at_least_the_minimum(refresh));
            }
            Outcome::Failed if self.is_in_flight => self.fail(),
            // It has failed before, by taking too long.
            Outcome::Failed => {}
        }
    }

    /// Takes note of keys that do not come from a fetch, such as those that were saved at `fetched_at`, before a restart.
    /// A date after `now` says that one of the two clocks was wrong: the keys are then stale.
    pub fn on_restored(&mut self, fetched_at: NumericDate, now: NumericDate) {
        self.advance(now);
        let age = now.as_secs().checked_sub(fetched_at.as_secs());
        self.keys_age = Some(age.map_or(u32::MAX, saturated));
    }

    /// Whether the keys in force may be used at the time `now`.
    #[must_use]
    pub fn freshness(&self, now: NumericDate) -> Freshness {
        match (self.keys_age, self.max_stale) {
            (Some(_), None) => Freshness::Fresh,
            (Some(age), Some(max_stale)) if age.saturating_add(self.passed(now)) <= max_stale => Freshness::Fresh,
            _ => Freshness::Stale,
        }
    }

    /// `keys` while they are fresh at the time `now`; after that, keys that refuse every token with
    /// [`KeySelectionError::KeysStale`](crate::KeySelectionError::KeysStale).
    pub fn while_fresh<'k, S: RsaSize>(&self, keys: impl Into<KeySetRef<'k, S>>, now: NumericDate) -> KeySetRef<'k, S> {
        match self.freshness(now) {
            Freshness::Fresh => keys.into(),
            Freshness::Stale => KeySetRef::STALE,
        }
    }

    /// Seconds from the last reading of the clock to `now`; none if it was set back.
    fn passed(&self, now: NumericDate) -> u32 {
        self.clock
            .map_or(0, |last| saturated(now.as_secs().saturating_sub(last.as_secs())))
    }

    fn advance(&mut self, now: NumericDate) {
        let passed = self.passed(now);
        self.clock = Some(now);
        self.until_due = self.until_due.saturating_sub(passed);
        self.since_start = self.since_start.saturating_add(passed);
        self.keys_age = self.keys_age.map(|age| age.saturating_add(passed));
    }

    fn fail(&mut self) {
        self.is_in_flight = false;
        // BOUND: FIRST_RETRY_SECS · 2^15 < 2^18
        let doubled = FIRST_RETRY_SECS.saturating_mul(1 << self.failures.min(15));
        self.until_due = self.lengthened(doubled.min(LAST_RETRY_SECS));
        self.failures = self.failures.saturating_add(1);
    }

    /// `secs` and up to an eighth more, by the jitter.
    fn lengthened(&self, secs: u32) -> u32 {
        // BOUND: (2^32 - 1)^2 / 8 < 2^61
        let more = (u64::from(secs) * u64::from(self.jitter)) >> 35;
        secs.saturating_add(saturated(more))
    }
}

fn saturated(secs: u64) -> u32 {
    u32::try_from(secs).unwrap_or(u32::MAX)
}

const fn at_least_the_minimum(secs: u32) -> u32 {
    if secs < MIN_INTERVAL_SECS {
        MIN_INTERVAL_SECS
    } else {
        secs
    }
}

#[cfg(test)]
mod tests;
