// SPDX-License-Identifier: MIT OR Apache-2.0

//! The system's clock, and how far it was stepped.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::SeqCst;

use rs256::NumericDate;
use rs256_gateway::clock::{Clock, SystemClock};

#[derive(Default)]
pub struct SteppedClock(AtomicI64);

impl SteppedClock {
    pub fn step(&self, secs: i64) {
        self.0.fetch_add(secs, SeqCst);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(SystemClock.now().as_secs().saturating_add_signed(self.0.load(SeqCst)))
    }
}
