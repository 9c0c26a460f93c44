// SPDX-License-Identifier: MIT OR Apache-2.0

//! What time it is. A trait, because the fault tests step the clock by a day and back.

use std::time::{SystemTime, UNIX_EPOCH};

use rs256::NumericDate;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> NumericDate;
}

/// The clock of the machine. Let NTP set it: whoever sets it decides which tokens have expired.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> NumericDate {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        NumericDate::from_secs(since_epoch.as_secs())
    }
}
