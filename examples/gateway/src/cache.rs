// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache of verified signatures, in shards with a lock each.
//!
//! A token belongs to one shard, so it is verified once for the whole process; there are several shards for each core, so
//! that two requests seldom want the same lock. It is held for the look-up alone, never while something is hashed or
//! RSA computes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use rs256::cache::VerifiedCache;
use rs256::{InvalidSignature, PendingJws, VerifiedJws};

/// 200 kB each.
type Shard = VerifiedCache<4096>;

/// So that a thread that waits for a lock is rare, whatever the load.
const SHARDS_FOR_EACH_CORE: usize = 4;

pub struct Cache(Vec<Mutex<Shard>>);

impl Cache {
    pub fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let shards = (cores * SHARDS_FOR_EACH_CORE).next_power_of_two();
        Self((0..shards).map(|_| Mutex::default()).collect())
    }

    /// Checks the signature of `token`, which `pending` was prepared from.
    pub fn verify<'b, 'k>(
        &self,
        token: &[u8],
        pending: PendingJws<'_, 'b, 'k>,
    ) -> Result<VerifiedJws<'b, 'k>, InvalidSignature> {
        let shard = &self.0[self.index(token)];
        VerifiedCache::verify_locked(pending, || lock(shard))
    }

    /// RSA operations saved, and RSA operations.
    pub fn hits_and_misses(&self) -> (u64, u64) {
        self.0.iter().map(lock).fold((0, 0), |(hits, misses), shard| {
            (hits + shard.hits(), misses + shard.misses())
        })
    }

    /// By some characters of the signature, which are as good as random for every token that will be kept. Who sends bad
    /// ones to a shard of his choice gains nothing: they are not kept.
    fn index(&self, token: &[u8]) -> usize {
        let sample = token.iter().rev().skip(8).take(8);
        let number = sample.fold(0_usize, |number, octet| {
            number.wrapping_mul(31).wrapping_add((*octet).into())
        });
        number & (self.0.len() - 1)
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self::new()
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    // Nothing panics while it is held.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
