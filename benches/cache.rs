// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a token costs with the cache: `cargo bench --bench cache`. Every measured call asserts its answer.
//!
//! `hash` is what no hit can do without: SHA-256 of the whole token.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a bench")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rs256::cache::VerifiedCache;
use rs256::{Issuer, KeySet, NumericDate, Policy, Verifier};
use sha2::{Digest, Sha256};

const NOW: NumericDate = NumericDate::from_secs(1_760_000_000);

static ENTRA: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);
static SMALL: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"]);

fn cache(criterion: &mut Criterion) {
    let mut keys = KeySet::<4>::new();
    keys.replace_from_jwk_set(include_bytes!("data/entra-2048.jwks.json"))
        .unwrap();
    let entra = include_bytes!("data/entra-2048.jwt").trim_ascii_end();
    let small = include_bytes!("data/small-2048.jwt").trim_ascii_end();

    for (name, token, policy) in [("entra", entra, &ENTRA), ("small", small, &SMALL)] {
        let verifier = Verifier::new(&keys, policy);
        let mut group = criterion.benchmark_group(name);
        let mut buf = [0_u8; 2048];

        group.bench_function("plain", |bench| {
            bench.iter(|| assert!(verifier.verify(black_box(token), NOW, &mut buf).is_ok()));
        });

        let mut cache = VerifiedCache::<1024>::new();
        group.bench_function("hit", |bench| {
            bench.iter(|| {
                let pending = verifier.prepare(black_box(token), &mut buf).expect("a good token");
                assert!(cache.verify(pending).expect("a good signature").accept(NOW).is_ok());
            });
        });
        assert_eq!(cache.misses(), 1);

        let mut cold = VerifiedCache::<16>::new();
        group.bench_function("miss", |bench| {
            bench.iter(|| {
                // Two sets: clearing costs next to nothing.
                cold.clear();
                let pending = verifier.prepare(black_box(token), &mut buf).expect("a good token");
                assert!(cold.verify(pending).expect("a good signature").accept(NOW).is_ok());
            });
        });
        assert_eq!(cold.hits(), 0);

        group.bench_function("parse, decode, key lookup", |bench| {
            bench.iter(|| assert!(verifier.prepare(black_box(token), &mut buf).is_ok()));
        });
        let digest = Sha256::digest(token);
        group.bench_function("hash", |bench| {
            bench.iter(|| assert_eq!(Sha256::digest(black_box(token)), digest));
        });
        group.finish();
    }
}

criterion_group!(benches, cache);
criterion_main!(benches);
