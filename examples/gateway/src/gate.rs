// SPDX-License-Identifier: MIT OR Apache-2.0

//! The gate: everything that one request needs to be let in, shared by all of them.
//!
//! Verification takes microseconds, so it is done where the request is, without a thread or a queue in between. Nothing
//! here waits for the issuer: a request is answered by the keys that are there.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use axum::http::{HeaderMap, HeaderValue, header};
use rs256::roles::{RoleMap, Section};
use rs256::{CompactJws, Error, KeySelectionError, NumericDate, Verifier, bearer_only};
use tokio::sync::Notify;
use tracing::{debug, info};

use crate::authority::Authority;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::facts::Accepted;
use crate::fetch::{FetchError, Fetcher};
use crate::keyring::Keyring;
use crate::metrics::Metrics;
use crate::revocation::RevocationList;
use crate::roles;

pub struct Gate {
    authorities: Vec<Authority>,
    roles: RoleMap<'static>,
    pub keyring: Keyring,
    cache: Option<Cache>,
    revocation: ArcSwap<RevocationList>,
    fetcher: Fetcher,
    /// One for each authority's refresher: a token named a key that nobody has.
    bells: Vec<Notify>,
    clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
}

impl Gate {
    pub fn new(authorities: Vec<Authority>, cache: Option<Cache>, fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        let sections: Vec<Section<'static>> = authorities.iter().map(Authority::section).collect();
        Self {
            // As long as the process, like the configuration that it is made from.
            roles: RoleMap::new(sections.leak()).implies(roles::IMPLIED),
            keyring: Keyring::new(authorities.len()),
            cache,
            revocation: ArcSwap::default(),
            fetcher,
            bells: authorities.iter().map(|_| Notify::new()).collect(),
            clock,
            metrics: Arc::default(),
            authorities,
        }
    }

    /// Whether a request with these header fields carries a good token: the facts of it, or why not.
    pub fn admit(&self, headers: &HeaderMap) -> Result<Accepted, Error> {
        let start = Instant::now();
        let verdict = self.verify(headers);
        let code = verdict.as_ref().map_or_else(Error::code, |_| "accepted");
        self.metrics.verdict(code, start.elapsed());
        match verdict {
            Ok(_) => debug!(code, "token accepted"),
            Err(_) => info!(code, "token refused"),
        }
        if verdict.as_ref().err() == Some(&KeySelectionError::UnknownKey.into()) {
            // It may be a new key of any of them. Each one's `Rotation` says what follows from that.
            self.bells.iter().for_each(Notify::notify_one);
        }
        verdict
    }

    fn verify(&self, headers: &HeaderMap) -> Result<Accepted, Error> {
        let token = bearer_only(headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes))?;
        let now = self.now();
        let published = self.keyring.load();
        let authorities: Vec<_> = (self.authorities.iter().zip(published.iter()))
            .map(|(authority, published)| rs256::Authority::new(published.keys(now), authority.policy()))
            .collect();

        let mut buf = vec![0; CompactJws::parse(token)?.buffer_len()];
        let pending = Verifier::any(&authorities).prepare(token, &mut buf)?;
        let verified = match &self.cache {
            Some(cache) => cache.verify(token, pending)?,
            None => pending.verify()?,
        };
        let accepted = verified.accept(now)?.unless_revoked(&**self.revocation.load())?;
        Ok(Accepted::new(&accepted, &self.roles))
    }

    pub fn now(&self) -> NumericDate {
        self.clock.now()
    }

    /// Whether somebody's tokens can be accepted now.
    pub fn is_ready(&self) -> bool {
        let now = self.now();
        self.keyring.load().iter().any(|published| published.is_fresh(now))
    }

    /// Puts `list` into the place of the revocation list.
    pub fn revoke(&self, list: RevocationList) {
        self.revocation.store(Arc::new(list));
    }

    pub fn revoked(&self) -> usize {
        self.revocation.load().len()
    }

    pub fn cache_hits_and_misses(&self) -> (u64, u64) {
        self.cache.as_ref().map_or((0, 0), Cache::hits_and_misses)
    }

    pub fn authority_name(&self, index: usize) -> &'static str {
        self.authorities[index].name
    }

    /// Waits until a token names a key that nobody has; what was rung before counts.
    pub async fn unknown_kid(&self, index: usize) {
        self.bells[index].notified().await;
    }

    pub async fn fetch(&self, index: usize) -> Result<Vec<u8>, FetchError> {
        self.fetcher.jwk_set(&self.authorities[index]).await
    }
}
