// SPDX-License-Identifier: MIT OR Apache-2.0

//! The audit itself: blocks of lines spread over the cores, the tokens of a block verified together.
//!
//! There is no cache: each line costs an RSA operation, so the figures are those of tokens that are all different.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use indicatif::ProgressBar;
use rayon::iter::{ParallelBridge, ParallelIterator};
use rs256::{CompactJws, Error, NumericDate, PendingJws, Verifier, batch};

use crate::blocks::Blocks;

/// How many tokens got which verdict, by its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts(pub BTreeMap<&'static str, u64>);

impl Verdicts {
    fn count(&mut self, verdict: Result<(), Error>) {
        let code = verdict.map_or_else(|error| error.code(), |()| "accepted");
        *self.0.entry(code).or_default() += 1;
    }

    fn and(mut self, other: Self) -> Self {
        for (code, count) in other.0 {
            *self.0.entry(code).or_default() += count;
        }
        self
    }

    pub fn tokens(&self) -> u64 {
        self.0.values().sum()
    }
}

/// Verifies every line of `text` at the time `now`. Empty lines do not count.
pub fn audit(
    verifier: &Verifier<'_>,
    now: NumericDate,
    text: impl BufRead + Send,
    bar: &ProgressBar,
) -> io::Result<Verdicts> {
    Blocks::new(text)
        .par_bridge()
        .map(|block| {
            let block = block?;
            let verdicts = audit_block(verifier, now, &block);
            bar.inc(block.len() as u64);
            Ok(verdicts)
        })
        .try_reduce(Verdicts::default, |one, other| Ok(one.and(other)))
}

fn audit_block(verifier: &Verifier<'_>, now: NumericDate, block: &[u8]) -> Verdicts {
    let mut verdicts = Verdicts::default();
    // Decoded tokens are shorter than their text, so one buffer of that length is enough for all of them.
    let mut memory = vec![0; block.len()];
    let mut memory = memory.as_mut_slice();
    let mut pending = Vec::new();
    let lines = block.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
    for token in lines.filter(|line| !line.is_empty()) {
        match prepare(verifier, token, &mut memory) {
            Ok(token) => pending.push(token),
            Err(error) => verdicts.count(Err(error)),
        }
    }
    batch::verify(&mut pending);
    for token in pending {
        let verdict = token.verify().map_err(Error::from).and_then(|token| token.accept(now));
        verdicts.count(verdict.map(|_| ()));
    }
    verdicts
}

/// Prepares a token, with as much of `memory` as it takes.
fn prepare<'t, 'b, 'k>(
    verifier: &Verifier<'k>,
    token: &'t [u8],
    memory: &mut &'b mut [u8],
) -> Result<PendingJws<'t, 'b, 'k>, Error> {
    let needed = CompactJws::parse(token)?.buffer_len();
    let (own, rest) = std::mem::take(memory).split_at_mut(needed);
    *memory = rest;
    verifier.prepare(token, own)
}
