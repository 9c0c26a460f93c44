// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keys in force, for all authorities together, read without a lock.
//!
//! A request loads one pointer and sees one state of all keys, however long it takes. A refresher replaces the part of
//! its authority.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use rs256::rotation::{Freshness, Rotation};
use rs256::{KeySet, KeySetRef, NumericDate};

/// Room for the largest key sets of Entra; one with more keys is refused as a whole, and said so in the log.
pub const MAX_KEYS: usize = 32;

/// What one authority's refresher has published.
#[derive(Clone)]
pub struct Published {
    keys: Arc<KeySet<MAX_KEYS>>,
    /// A copy of the refresher's machine, which knows how old the keys are.
    rotation: Rotation,
    /// When they were fetched; for the metric alone.
    pub fetched_at: Option<NumericDate>,
}

impl Published {
    pub fn new(keys: Arc<KeySet<MAX_KEYS>>, rotation: Rotation, fetched_at: Option<NumericDate>) -> Self {
        Self {
            keys,
            rotation,
            fetched_at,
        }
    }

    /// The keys for a verifier: when they are stale, those that refuse everything.
    pub fn keys(&self, now: NumericDate) -> KeySetRef<'_> {
        self.rotation.while_fresh(&*self.keys, now)
    }

    pub fn is_fresh(&self, now: NumericDate) -> bool {
        self.rotation.freshness(now) == Freshness::Fresh
    }

    pub fn count(&self) -> usize {
        self.keys.len()
    }
}

pub struct Keyring(ArcSwap<Vec<Published>>);

impl Keyring {
    /// No keys yet, for this many authorities.
    pub fn new(authorities: usize) -> Self {
        let nothing = Published::new(Arc::new(KeySet::new()), Rotation::new(0), None);
        Self(ArcSwap::from_pointee(vec![nothing; authorities]))
    }

    /// What every authority has published, in the order of the configuration.
    pub fn load(&self) -> Guard<Arc<Vec<Published>>> {
        self.0.load()
    }

    pub fn publish(&self, authority: usize, published: &Published) {
        self.0.rcu(|all| {
            let mut all = Vec::clone(all);
            all[authority] = published.clone();
            all
        });
    }
}
