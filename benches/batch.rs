// SPDX-License-Identifier: MIT OR Apache-2.0

//! Batches of Entra-shaped tokens: from prepared tokens to verdicts. Each bench asserts its answers.
#![allow(missing_docs, clippy::expect_used, reason = "a bench fails by panicking")]

mod common;

use common::{ENTRA, NOW, fixtures};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rs256::{Verifier, batch};

fn batches(c: &mut Criterion) {
    for fixture in &fixtures() {
        let verifier = Verifier::new(&fixture.keys, &ENTRA);
        let mut group = c.benchmark_group(format!("batch/{}", fixture.bits));
        for count in [1, 2, 4, 8, 16, 32, 64, 256] {
            group.throughput(Throughput::Elements(count));
            let size = usize::try_from(count).expect("a small number");
            group.bench_function(BenchmarkId::from_parameter(count), |b| {
                let mut bufs = vec![[0_u8; 2048]; size];
                b.iter_batched_ref(
                    || (),
                    |()| {
                        let mut pending: Vec<_> = bufs
                            .iter_mut()
                            .map(|buf| verifier.prepare(fixture.entra, buf).expect("a good token"))
                            .collect();
                        batch::verify(&mut pending);
                        for token in pending {
                            assert!(token.verify().expect("a good signature").accept(NOW).is_ok());
                        }
                    },
                    BatchSize::SmallInput,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(benches, batches);
criterion_main!(benches);
