// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the candidates of a group in turns.

use crate::alloc::{self, Allocations};
use std::time::{Duration, Instant};

/// How long one candidate runs before the next has its turn.
const TURN: Duration = Duration::from_millis(5);

/// One thing to time. `run` does it once and says whether the answer was right.
pub struct Candidate<'a> {
    pub name: String,
    /// Verifications that one `run` does; times and allocations are divided by it.
    pub per_run: u32,
    pub run: Box<dyn FnMut() -> bool + 'a>,
}

impl<'a> Candidate<'a> {
    pub fn new(name: impl Into<String>, run: impl FnMut() -> bool + 'a) -> Self {
        Self {
            name: name.into(),
            per_run: 1,
            run: Box::new(run),
        }
    }
}

/// Candidates that do the same, and the name of the one that the others are compared with.
pub struct Group<'a> {
    pub title: &'static str,
    pub reference: &'static str,
    pub candidates: Vec<Candidate<'a>>,
}

/// What was measured of one candidate, for one verification.
pub struct Row {
    pub name: String,
    pub min_ns: f64,
    pub median_ns: f64,
    /// How many times as fast as the reference, by the minima.
    pub speed: f64,
    pub allocations: Allocations,
}

/// What was measured of a group.
pub struct Measured {
    pub title: &'static str,
    pub reference: &'static str,
    pub rows: Vec<Row>,
}

/// Runs the candidates of `group` in turns, `rounds` times, each round beginning with another candidate.
pub fn interleaved(group: Group<'_>, rounds: usize) -> Measured {
    let Group {
        title,
        reference,
        mut candidates,
    } = group;
    let runs_per_turn: Vec<u32> = candidates.iter_mut().map(runs_per_turn).collect();
    let mut samples = vec![Vec::with_capacity(rounds); candidates.len()];
    for round in 0..rounds {
        for place in 0..candidates.len() {
            let i = (round + place) % candidates.len();
            let runs = runs_per_turn[i];
            let ns = time(&mut candidates[i], runs).as_nanos() as f64 / f64::from(runs * candidates[i].per_run);
            samples[i].push(ns);
        }
    }
    let mut rows: Vec<Row> = candidates
        .iter_mut()
        .zip(samples)
        .map(|(candidate, samples)| row(candidate, samples))
        .collect();
    let reference_ns = rows
        .iter()
        .find(|row| row.name == reference)
        .map_or(f64::NAN, |row| row.min_ns);
    for row in &mut rows {
        row.speed = reference_ns / row.min_ns;
    }
    Measured { title, reference, rows }
}

/// The runs that fill a turn. Warms the candidate up on the way.
fn runs_per_turn(candidate: &mut Candidate<'_>) -> u32 {
    let mut runs = 1;
    loop {
        let took = time(candidate, runs);
        if took >= TURN / 2 {
            return u32::try_from(u128::from(runs) * TURN.as_nanos() / took.as_nanos())
                .unwrap()
                .max(1);
        }
        runs *= 2;
    }
}

fn time(candidate: &mut Candidate<'_>, runs: u32) -> Duration {
    let mut right = true;
    let start = Instant::now();
    for _ in 0..runs {
        right &= (candidate.run)();
    }
    let took = start.elapsed();
    assert!(right, "{} gave a wrong answer", candidate.name);
    took
}

fn row(candidate: &mut Candidate<'_>, mut samples: Vec<f64>) -> Row {
    samples.sort_by(f64::total_cmp);
    let Allocations { count, octets } = alloc::during(|| assert!((candidate.run)()));
    let per_run = u64::from(candidate.per_run);
    Row {
        name: candidate.name.clone(),
        min_ns: samples[0],
        median_ns: samples[samples.len() / 2],
        speed: f64::NAN,
        allocations: Allocations {
            count: count.div_ceil(per_run),
            octets: octets.div_ceil(per_run),
        },
    }
}
