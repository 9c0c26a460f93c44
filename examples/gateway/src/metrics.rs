// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is counted and measured, for Prometheus.
//!
//! Labels are codes and configured names, never anything a client wrote, so that their number is bounded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::gate::Gate;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Authority {
    authority: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FetchLabels {
    authority: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

pub struct Metrics {
    registry: Registry,
    verdicts: Family<Code, Counter>,
    decisions: Family<Code, Counter>,
    verify_seconds: Histogram,
    request_seconds: Histogram,
    responses: Family<Status, Counter>,
    cache_hits: Counter,
    cache_misses: Counter,
    fetches: Family<FetchLabels, Counter>,
    keys: Family<Authority, Gauge>,
    keys_fresh: Family<Authority, Gauge>,
    key_age: Family<Authority, Gauge<f64, AtomicU64>>,
    revocation_reads: Family<Code, Counter>,
    revoked: Gauge,
}

impl Metrics {
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("gateway"),
            verdicts: Family::default(),
            decisions: Family::default(),
            // From a hit in the cache to RSA on a slow machine.
            verify_seconds: Histogram::new(exponential_buckets(1e-6, 2.0, 14)),
            request_seconds: Histogram::new(exponential_buckets(16e-6, 2.0, 20)),
            responses: Family::default(),
            cache_hits: Counter::default(),
            cache_misses: Counter::default(),
            fetches: Family::default(),
            keys: Family::default(),
            keys_fresh: Family::default(),
            key_age: Family::default(),
            revocation_reads: Family::default(),
            revoked: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("verdicts", "Tokens by verdict", self.verdicts.clone());
        registry.register("decisions", "Decisions about scopes and roles", self.decisions.clone());
        registry.register(
            "verify_seconds",
            "Time from header field to verdict",
            self.verify_seconds.clone(),
        );
        registry.register(
            "request_seconds",
            "Time from request to answer",
            self.request_seconds.clone(),
        );
        registry.register("responses", "Answers by status", self.responses.clone());
        registry.register(
            "cache_hits",
            "RSA operations that the cache saved",
            self.cache_hits.clone(),
        );
        registry.register("cache_misses", "RSA operations", self.cache_misses.clone());
        registry.register("fetches", "Fetches of keys by outcome", self.fetches.clone());
        registry.register("keys", "Keys in force", self.keys.clone());
        registry.register("keys_fresh", "1 while the keys may be used", self.keys_fresh.clone());
        registry.register(
            "key_age_seconds",
            "Time since the keys were fetched",
            self.key_age.clone(),
        );
        registry.register(
            "revocation_reads",
            "Readings of the revocation list",
            self.revocation_reads.clone(),
        );
        registry.register("revoked", "Entries of the revocation list", self.revoked.clone());
    }

    pub fn verdict(&self, code: &'static str, time: Duration) {
        self.verdicts.get_or_create(&Code { code }).inc();
        self.verify_seconds.observe(time.as_secs_f64());
    }

    pub fn decision(&self, code: &'static str) {
        self.decisions.get_or_create(&Code { code }).inc();
    }

    pub fn response(&self, status: u16, time: Duration) {
        self.responses.get_or_create(&Status { status }).inc();
        self.request_seconds.observe(time.as_secs_f64());
    }

    pub fn fetched(&self, authority: &'static str, code: &'static str) {
        self.fetches.get_or_create(&FetchLabels { authority, code }).inc();
    }

    pub fn revocation_read(&self, is_good: bool) {
        let code = if is_good { "ok" } else { "failed" };
        self.revocation_reads.get_or_create(&Code { code }).inc();
    }

    /// The text that Prometheus asks for. What `gate` knows by itself is read now.
    pub fn text(&self, gate: &Gate) -> String {
        let (hits, misses) = gate.cache_hits_and_misses();
        self.cache_hits.inner().store(hits, Ordering::Relaxed);
        self.cache_misses.inner().store(misses, Ordering::Relaxed);
        self.revoked.set(i64::try_from(gate.revoked()).unwrap_or(i64::MAX));
        let now = gate.now();
        for (index, published) in gate.keyring.load().iter().enumerate() {
            let label = Authority {
                authority: gate.authority_name(index),
            };
            let count = i64::try_from(published.count()).unwrap_or(i64::MAX);
            self.keys.get_or_create(&label).set(count);
            self.keys_fresh
                .get_or_create(&label)
                .set(published.is_fresh(now).into());
            if let Some(at) = published.fetched_at {
                let age = now.as_secs().saturating_sub(at.as_secs());
                self.key_age.get_or_create(&label).set(age as f64);
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
