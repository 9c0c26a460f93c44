// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a token costs with the cache of verified signatures. Each bench asserts its answer.
//!
//! `no hit can do without`: SHA-256 of the whole token, and everything that is not stage 4.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::allow_attributes,
    reason = "a bench fails by panicking"
)]

mod common;

use std::hint::black_box;

use common::{ENTRA, NOW, SMALL, fixtures};
use criterion::{Criterion, criterion_group, criterion_main};
use rs256::Verifier;
use rs256::cache::VerifiedCache;
use sha2::{Digest, Sha256};

fn cache(c: &mut Criterion) {
    for fixture in &fixtures() {
        for (name, token, policy) in [("entra", fixture.entra, &ENTRA), ("small", fixture.small, &SMALL)] {
            let verifier = Verifier::new(&fixture.keys, policy);
            let mut group = c.benchmark_group(format!("cache/{}/{name}", fixture.bits));
            let mut buf = [0_u8; 2048];

            group.bench_function("without a cache", |b| {
                b.iter(|| assert!(verifier.verify(black_box(token), NOW, &mut buf).is_ok()));
            });

            let mut cache = VerifiedCache::<1024>::new();
            group.bench_function("hit", |b| {
                b.iter(|| {
                    let pending = verifier.prepare(black_box(token), &mut buf).expect("a good token");
                    assert!(cache.verify(pending).expect("a good signature").accept(NOW).is_ok());
                });
            });
            assert!(cache.misses() <= 1, "every call but the first is a hit");

            // One set, so that forgetting costs next to nothing.
            let mut cache = VerifiedCache::<8>::new();
            group.bench_function("miss", |b| {
                b.iter(|| {
                    cache.clear();
                    let pending = verifier.prepare(black_box(token), &mut buf).expect("a good token");
                    assert!(cache.verify(pending).expect("a good signature").accept(NOW).is_ok());
                });
            });
            assert_eq!(cache.hits(), 0, "no call is a hit");

            let digest = Sha256::digest(token);
            group.bench_function("no hit can do without: hash", |b| {
                b.iter(|| assert_eq!(Sha256::digest(black_box(token)), digest));
            });
            group.bench_function("no hit can do without: parse, decode, key lookup", |b| {
                b.iter(|| assert!(verifier.prepare(black_box(token), &mut buf).is_ok()));
            });
            group.finish();
        }
    }
}

criterion_group!(benches, cache);
criterion_main!(benches);
