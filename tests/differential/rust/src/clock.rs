// SPDX-License-Identifier: MIT OR Apache-2.0

//! The clock of this process, for a library that reads it and takes no other.
//!
//! The standard library asks the C library's `clock_gettime`. A function of that name in the program itself comes
//! first, so the time is what [`set`] has set it to.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static NOW: AtomicI64 = AtomicI64::new(0);

/// Sets the clock, and makes sure that it is read.
pub fn set(now: u64) {
    NOW.store(
        i64::try_from(now).expect("a date before the end of time"),
        Ordering::Relaxed,
    );
    let read = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    assert_eq!(read, now, "the clock of this platform cannot be set so");
}

/// Takes the place of the C library's.
///
/// # Safety
///
/// `out` points to a `timespec` that may be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(_: libc::clockid_t, out: *mut libc::timespec) -> libc::c_int {
    let now = libc::timespec {
        tv_sec: NOW.load(Ordering::Relaxed),
        tv_nsec: 0,
    };
    // SAFETY: callers of this POSIX function give it a place for a `timespec`.
    unsafe { out.write(now) };
    0
}
