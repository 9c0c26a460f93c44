// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keeps the keys of one authority fresh, in a task of its own.
//!
//! [`Rotation`] makes every decision: when to fetch, when to wait, when an answer is too late to count, when keys are
//! stale. This task has the clock and the network that the machine lacks, and publishes what came of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, OptionFuture};
use rs256::rotation::{Action, Fetch, Outcome, Rotation};
use rs256::{KeySet, LoadError, LoadReport, NumericDate};
use tracing::{info, warn};

use crate::fetch::FetchError;
use crate::gate::Gate;
use crate::keyring::{MAX_KEYS, Published};

/// Longest time between two looks at the clock, which may have been set in the meantime. A look costs nanoseconds.
const TICK: Duration = Duration::from_millis(200);

/// A fetch under way and, in the end, its answer.
type Fetching = BoxFuture<'static, (Fetch, NumericDate, Result<Vec<u8>, FetchError>)>;

pub struct Refresher {
    gate: Arc<Gate>,
    /// The place of the authority in the gate.
    index: usize,
    rotation: Rotation,
    keys: Arc<KeySet<MAX_KEYS>>,
    fetched_at: Option<NumericDate>,
}

impl Refresher {
    pub fn new(gate: Arc<Gate>, index: usize, rotation: Rotation) -> Self {
        Self {
            gate,
            index,
            rotation,
            keys: Arc::new(KeySet::new()),
            fetched_at: None,
        }
    }

    /// Runs until it is dropped.
    pub async fn run(mut self) {
        let mut fetching: OptionFuture<Fetching> = None.into();
        let mut is_unknown_kid = false;
        loop {
            let now = self.gate.now();
            let action = if is_unknown_kid {
                self.rotation.on_unknown_kid(now)
            } else {
                self.rotation.poll(now)
            };
            let pause = match action {
                // Takes the place of a fetch that took too long; that one ends here.
                Action::Fetch(fetch) => {
                    fetching = Some(self.fetch(fetch, now)).into();
                    TICK
                }
                Action::Wait(until) => {
                    let left = until.as_secs().saturating_sub(now.as_secs());
                    Duration::from_secs(left).clamp(Duration::from_millis(1), TICK)
                }
            };
            self.publish();
            is_unknown_kid = tokio::select! {
                Some((fetch, started, answer)) = &mut fetching => {
                    fetching = None.into();
                    self.take(fetch, started, answer);
                    false
                }
                () = self.gate.unknown_kid(self.index) => true,
                () = tokio::time::sleep(pause) => false,
            };
        }
    }

    fn fetch(&self, fetch: Fetch, now: NumericDate) -> Fetching {
        let (gate, index) = (self.gate.clone(), self.index);
        async move {
            let answer = gate.fetch(index).await;
            (fetch, now, answer)
        }
        .boxed()
    }

    /// Takes an answer: new keys if it is good, otherwise none, and the old ones stay.
    fn take(&mut self, fetch: Fetch, started: NumericDate, answer: Result<Vec<u8>, FetchError>) {
        let authority = self.gate.authority_name(self.index);
        if !self.rotation.expects(&fetch) {
            warn!(authority, code = "late", "answer to an older fetch, not used");
            self.gate.metrics.fetched(authority, "late");
            return;
        }
        let code = match self.load(answer, started) {
            Ok(report) => {
                info!(authority, kept = report.kept(), "keys fetched");
                for (reason, count) in report.skipped().filter(|(reason, _)| !reason.is_other_use()) {
                    warn!(authority, ?reason, count, "keys passed over");
                }
                "ok"
            }
            Err(error) => {
                warn!(authority, code = error.code(), %error, "fetch failed, the old keys stay");
                error.code()
            }
        };
        let outcome = if code == "ok" { Outcome::Good } else { Outcome::Failed };
        self.rotation.on_fetched(fetch, outcome, self.gate.now());
        self.publish();
        self.gate.metrics.fetched(authority, code);
    }

    fn load(&mut self, answer: Result<Vec<u8>, FetchError>, started: NumericDate) -> Result<LoadReport, AnswerError> {
        let mut keys = Box::new(KeySet::new());
        let report = keys.replace_from_jwk_set(&answer?)?;
        self.keys = keys.into();
        self.fetched_at = Some(started);
        Ok(report)
    }

    /// Publishes the keys and, as often as the clock is looked at, how old they are.
    fn publish(&self) {
        let published = Published::new(self.keys.clone(), self.rotation, self.fetched_at);
        self.gate.keyring.publish(self.index, &published);
    }
}

/// Why an answer gives no keys.
#[derive(Debug, thiserror::Error)]
enum AnswerError {
    #[error("{0}")]
    Fetch(#[from] FetchError),
    #[error("{0}")]
    Load(#[from] LoadError),
}

impl AnswerError {
    const fn code(&self) -> &'static str {
        match self {
            Self::Fetch(inner) => inner.code(),
            Self::Load(_) => "jwk_set",
        }
    }
}
