// SPDX-License-Identifier: MIT OR Apache-2.0

//! How often a target saw the crate accept and refuse, so that a test can tell a target that tests nothing.

use std::cell::Cell;

thread_local! {
    static COUNTS: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Takes note of a verdict.
pub fn note(is_accepted: bool) {
    COUNTS.with(|counts| {
        let (accepted, refused) = counts.get();
        counts.set((accepted + u64::from(is_accepted), refused + u64::from(!is_accepted)));
    });
}

/// How many were accepted and refused since the last call, in this thread.
pub fn take() -> (u64, u64) {
    COUNTS.with(Cell::take)
}
