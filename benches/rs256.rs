// SPDX-License-Identifier: MIT OR Apache-2.0

//! RS256 alone, by key size and by the form of the key: a prepared key goes to the backend of this machine, a key in a
//! `static` goes the portable way. `RUSTFLAGS='--cfg rs256_backend="portable64"'` times another backend for prepared
//! keys, and with `--cfg rs256_internals` in `RUSTFLAGS` there are rows for each. Each bench asserts its answer.
#![allow(missing_docs, clippy::expect_used, reason = "a bench fails by panicking")]

mod common;

use std::hint::black_box;

use common::fixtures;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rs256::{CompactJws, PreparedKey, RsaPublicKey};

/// The backends that this machine would take if it had less.
#[cfg(rs256_internals)]
fn backends(
    group: &mut BenchmarkGroup<'_, WallTime>,
    bits: u32,
    public: &RsaPublicKey,
    message: &[u8],
    signature: &[u8],
) {
    use rs256::internals::backend::{prepare_avx2, prepare_portable};

    for (name, key) in [
        ("avx2", prepare_avx2(public)),
        ("portable", Some(prepare_portable(public))),
    ] {
        let Some(key) = key else {
            eprintln!("SKIPPED: this machine has no {name}");
            continue;
        };
        group.bench_function(BenchmarkId::new(format!("prepared key, {name}"), bits), |b| {
            b.iter(|| assert!(key.verify_rs256(black_box(message), signature).is_ok()));
        });
    }
    group.bench_function(BenchmarkId::new("prepare a key, avx2", bits), |b| {
        b.iter(|| prepare_avx2(black_box(public)).map(|key| assert_eq!(key.modulus_bits(), bits)));
    });
}

#[cfg(not(rs256_internals))]
fn backends(_: &mut BenchmarkGroup<'_, WallTime>, _: u32, _: &RsaPublicKey, _: &[u8], _: &[u8]) {
    eprintln!("SKIPPED: single backends need RUSTFLAGS=\"--cfg rs256_internals\"");
}

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
        backends(&mut group, fixture.bits, &public, message, &signature);
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
