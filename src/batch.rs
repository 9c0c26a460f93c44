// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 4, VERIFY, for many tokens: independent verifications carried out together.
//!
//! This is not the randomised combined check that "batch verification" means for Ed25519: each signature is raised to
//! its own power and compared on its own, so a batch accepts exactly what [`PendingJws::verify`] accepts, and one bad
//! token never affects another. Together they are only faster, where the CPU can work on eight at once; elsewhere they
//! are verified one by one.

use crate::backend::{self, LANES, LaneClass};
use crate::rs256;
use crate::rs256::RsaSize;
use crate::verifier::PendingJws;

/// Checks the signatures of all `pending` tokens, whose keys may differ. Each token remembers its verdict:
/// [`PendingJws::verify`] then returns it without further work.
///
/// # Examples
///
/// ```
/// # use rs256::{Error, NumericDate, Verifier};
/// # fn example(verifier: Verifier<'_>, tokens: [&str; 2], now: NumericDate) -> Result<(), Error> {
/// let mut bufs = [[0; 2048]; 2];
/// let [first, second] = &mut bufs;
/// let mut pending = [verifier.prepare(tokens[0], first)?, verifier.prepare(tokens[1], second)?];
/// rs256::batch::verify(&mut pending);
/// for token in pending {
///     let accepted = token.verify()?.accept(now)?;
///     # let _ = accepted;
/// }
/// # Ok(())
/// # }
/// ```
pub fn verify<S: RsaSize>(pending: &mut [PendingJws<'_, '_, '_, S>]) {
    let mut groups = LaneClass::ALL.map(|class| (class, Group::EMPTY));
    for index in 0..pending.len() {
        let Some(token) = pending.get_mut(index) else { continue };
        let group =
            backend::lane_class(token.candidate_key()).and_then(|class| groups.iter_mut().find(|(of, _)| *of == class));
        match group {
            // No kernel takes eight signatures under such a key.
            None => {
                let _ = token.settle();
            }
            Some((_, group)) => {
                if group.push(index) == LANES {
                    group.flush(pending);
                }
            }
        }
    }
    for (class, group) in &mut groups {
        if group.len >= class.fewest_lanes_that_pay() {
            group.flush(pending);
        }
        for &index in group.indexes() {
            if let Some(token) = pending.get_mut(index) {
                let _ = token.settle();
            }
        }
    }
}

/// Tokens that wait until eight of a kind are there.
#[derive(Clone, Copy)]
struct Group {
    indexes: [usize; LANES],
    // INVARIANT: at most LANES
    len: usize,
}

impl Group {
    const EMPTY: Self = Self {
        indexes: [0; LANES],
        len: 0,
    };

    /// Adds a token; how many there are now.
    fn push(&mut self, index: usize) -> usize {
        if let Some(slot) = self.indexes.get_mut(self.len) {
            *slot = index;
            self.len = self.len.saturating_add(1);
        }
        self.len
    }

    fn indexes(&self) -> &[usize] {
        self.indexes.get(..self.len).unwrap_or_default()
    }

    /// Verifies the waiting tokens together. Lanes without a token of their own repeat the first one.
    fn flush<S: RsaSize>(&mut self, pending: &mut [PendingJws<'_, '_, '_, S>]) {
        let Some(first) = self.indexes().first().and_then(|&index| pending.get(index)) else {
            return;
        };
        let mut tokens = [first; LANES];
        for (token, &index) in tokens.iter_mut().zip(self.indexes()) {
            *token = pending.get(index).unwrap_or(first);
        }
        let good = rs256::verify8(
            tokens.map(PendingJws::candidate_key),
            tokens.map(PendingJws::signing_input),
            tokens.map(PendingJws::signature),
        );
        for (&index, good) in self.indexes().iter().zip(good) {
            if let Some(token) = pending.get_mut(index) {
                let _ = token.settle_candidate(good);
            }
        }
        self.len = 0;
    }
}
