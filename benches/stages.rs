// SPDX-License-Identifier: MIT OR Apache-2.0

//! What each stage of one verification costs, for the Entra-shaped token of each key size.
//!
//! Single stages are private; `RUSTFLAGS="--cfg rs256_internals" cargo bench --bench stages` opens them. Each bench
//! asserts its answer.
#![allow(missing_docs, clippy::expect_used, reason = "a bench fails by panicking")]

mod common;

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use common::{ENTRA, Fixture, NOW, SMALL, fixtures};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rs256::{CompactJws, KeySet, Verifier};

#[cfg(not(rs256_internals))]
fn stages(_: &mut Criterion, _: &Fixture) {
    eprintln!("SKIPPED: single stages need RUSTFLAGS=\"--cfg rs256_internals\"");
}

#[cfg(rs256_internals)]
fn stages(c: &mut Criterion, fixture: &Fixture) {
    use rs256::internals;

    let [header, payload, signature] = fixture.segments();
    let mut group = c.benchmark_group(format!("stages/{}", fixture.bits));
    let mut buf = [0_u8; 4096];

    group.bench_function("2 base64url", |b| {
        b.iter(|| {
            for segment in [header, payload, signature] {
                assert!(
                    !internals::decode_base64url(black_box(segment), &mut buf)
                        .expect("base64url")
                        .is_empty()
                );
            }
        });
    });
    let mut header = internals::decode_base64url(header, &mut buf)
        .expect("base64url")
        .to_vec();
    group.bench_function("2 header", |b| {
        b.iter(|| {
            assert!(
                internals::read_header(black_box(&mut header))
                    .expect("a header")
                    .kid()
                    .is_some()
            )
        });
    });
    let mut verifier_buf = [0_u8; 2048];
    let verifier = Verifier::new(&fixture.keys, &ENTRA);
    group.bench_function("1 to 3: up to the key", |b| {
        b.iter(|| assert!(verifier.prepare(black_box(fixture.entra), &mut verifier_buf).is_ok()));
    });
    let signing_input = CompactJws::parse(fixture.entra).expect("a token").signing_input();
    let digest = internals::sha256(signing_input);
    group.bench_function("4 SHA-256", |b| {
        b.iter(|| assert_eq!(internals::sha256(black_box(signing_input)), digest))
    });
    let key = rs256::PreparedKey::new(&fixture.public_key());
    let signature = internals::decode_base64url(signature, &mut buf)
        .expect("base64url")
        .to_vec();
    group.bench_function("4 RSA", |b| {
        b.iter(|| {
            assert!(internals::backend::verify_prepared(
                &key,
                black_box(&signature),
                &digest
            ))
        });
    });
    group.bench_function("4 SHA-256 and RSA", |b| {
        b.iter(|| assert!(key.verify_rs256(black_box(signing_input), &signature).is_ok()));
    });
    let mut payload = internals::decode_base64url(payload, &mut buf)
        .expect("base64url")
        .to_vec();
    group.bench_function("5 claims", |b| {
        b.iter(|| {
            assert!(
                internals::with_claims(black_box(&mut payload), |claims| claims.subject().is_some()).expect("claims")
            )
        });
    });
    group.finish();
}

fn parse(c: &mut Criterion, fixture: &Fixture) {
    let mut group = c.benchmark_group(format!("stages/{}", fixture.bits));
    group.bench_function("1 split", |b| {
        b.iter(|| assert!(CompactJws::parse(black_box(fixture.entra)).is_ok()));
    });
    group.finish();
}

fn load(c: &mut Criterion, fixture: &Fixture) {
    let mut group = c.benchmark_group(format!("stages/{}", fixture.bits));
    let mut keys = KeySet::<4>::new();
    group.bench_function("load a JWK Set of four keys", |b| {
        b.iter(|| {
            assert_eq!(
                keys.replace_from_jwk_set(black_box(fixture.jwk_set))
                    .expect("a JWK Set")
                    .kept(),
                4
            )
        });
    });
    group.finish();
}

fn whole_token(c: &mut Criterion, fixture: &Fixture) {
    let mut group = c.benchmark_group("token");
    group.throughput(Throughput::Elements(1));
    let mut buf = [0_u8; 2048];
    for (name, token, policy) in [("small", fixture.small, &SMALL), ("entra", fixture.entra, &ENTRA)] {
        let verifier = Verifier::new(&fixture.keys, policy);
        group.bench_function(BenchmarkId::new(name, fixture.bits), |b| {
            b.iter(|| {
                let accepted = verifier.verify(black_box(token), NOW, &mut buf).expect("a good token");
                assert!(accepted.claims().subject().is_some());
            });
        });
    }
    group.finish();
}

/// Two threads at once: the time of one token on either, which is that of one thread where nothing is shared.
fn two_threads(c: &mut Criterion, fixture: &Fixture) {
    let mut group = c.benchmark_group("token");
    group.throughput(Throughput::Elements(2));
    group.bench_function(BenchmarkId::new("entra, two threads", fixture.bits), |b| {
        b.iter_custom(|rounds| {
            let run = || {
                let verifier = Verifier::new(&fixture.keys, &ENTRA);
                let mut buf = [0_u8; 2048];
                let start = Instant::now();
                for _ in 0..rounds {
                    assert!(verifier.verify(black_box(fixture.entra), NOW, &mut buf).is_ok());
                }
                start.elapsed()
            };
            thread::scope(|scope| {
                let other = scope.spawn(run);
                let own = run();
                own.max(other.join().unwrap_or(Duration::MAX))
            })
        });
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    for fixture in &fixtures() {
        parse(c, fixture);
        stages(c, fixture);
        load(c, fixture);
        whole_token(c, fixture);
        two_threads(c, fixture);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
