// SPDX-License-Identifier: MIT OR Apache-2.0

//! RS256 alone, by key size and by the form of the key: a prepared key goes to the backend of this machine, a key in a
//! `static` goes the portable way. `RUSTFLAGS='--cfg rs256_backend="portable64"'` times another backend for prepared
//! keys. Each bench asserts its answer.
#![allow(missing_docs, clippy::expect_used, reason = "a bench fails by panicking")]

mod common;

use std::hint::black_box;

use common::fixtures;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rs256::{CompactJws, PreparedKey};

fn rs256(c: &mut Criterion) {
    let mut group = c.benchmark_group("rs256");
    group.throughput(Throughput::Elements(1));
    for fixture in &fixtures() {
        let public = fixture.public_key();
        let prepared = PreparedKey::new(&public);
        let message = CompactJws::parse(fixture.entra).expect("a token").signing_input();
        let signature = fixture.signature();
        group.bench_function(BenchmarkId::new("prepared key", fixture.bits), |b| {
            b.iter(|| assert!(prepared.verify_rs256(black_box(message), &signature).is_ok()));
        });
        group.bench_function(BenchmarkId::new("static key", fixture.bits), |b| {
            b.iter(|| assert!(public.verify_rs256(black_box(message), &signature).is_ok()));
        });
        group.bench_function(BenchmarkId::new("prepare a key", fixture.bits), |b| {
            b.iter(|| assert_eq!(PreparedKey::new(black_box(&public)).modulus_bits(), fixture.bits));
        });
    }
    group.finish();
}

criterion_group!(benches, rs256);
criterion_main!(benches);
