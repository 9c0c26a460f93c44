// SPDX-License-Identifier: MIT OR Apache-2.0

//! Counts allocations, those of C libraries included.
//!
//! The executable defines `malloc` and its relatives, and the linker lets Rust's allocator, statically linked C and
//! shared libraries such as libcrypto all meet these definitions in place of glibc's, which stay reachable under their
//! `__libc_` names. So one counter sees everything, and nothing is counted twice. Needs glibc.
//!
//! Counting is a plain load, add and store: the process has one thread, and a locked add would slow down the candidates
//! that allocate.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static COUNT: AtomicU64 = AtomicU64::new(0);
static OCTETS: AtomicU64 = AtomicU64::new(0);

/// Allocations made, and octets asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Allocations {
    pub count: u64,
    pub octets: u64,
}

/// What `work` allocates.
pub fn during(work: impl FnOnce()) -> Allocations {
    let before = (COUNT.load(Relaxed), OCTETS.load(Relaxed));
    work();
    Allocations {
        count: COUNT.load(Relaxed) - before.0,
        octets: OCTETS.load(Relaxed) - before.1,
    }
}

fn record(octets: usize) {
    COUNT.store(COUNT.load(Relaxed) + 1, Relaxed);
    OCTETS.store(OCTETS.load(Relaxed) + octets as u64, Relaxed);
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(old: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(align: usize, size: usize) -> *mut c_void;
}

/// Counts, then allocates.
#[unsafe(no_mangle)]
pub extern "C" fn malloc(size: usize) -> *mut c_void {
    record(size);
    // SAFETY: glibc's malloc takes any size.
    unsafe { __libc_malloc(size) }
}

/// Counts, then allocates.
#[unsafe(no_mangle)]
pub extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    record(count.saturating_mul(size));
    // SAFETY: glibc's calloc takes any count and size.
    unsafe { __libc_calloc(count, size) }
}

/// Counts as one allocation more, then reallocates.
///
/// # Safety
///
/// As C's `realloc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    record(size);
    // SAFETY: the caller's pointer came from one of the functions here, all of which are glibc's.
    unsafe { __libc_realloc(old, size) }
}

/// Counts, then allocates.
#[unsafe(no_mangle)]
pub extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
    record(size);
    // SAFETY: glibc's memalign takes any size and rounds the alignment up.
    unsafe { __libc_memalign(align, size) }
}

/// Counts, then allocates.
///
/// # Safety
///
/// As POSIX says: `out` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, align: usize, size: usize) -> i32 {
    const ENOMEM: i32 = 12;
    let memory = aligned_alloc(align, size);
    if memory.is_null() {
        return ENOMEM;
    }
    // SAFETY: the caller lends `out`.
    unsafe { *out = memory };
    0
}
