// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stack use by painting: the free stack is filled with a pattern, the code runs, and the lowest word that changed
//! tells how deep it went.

#[cfg(not(target_arch = "wasm32"))]
use core::arch::asm;
use core::ptr::{read_volatile, write_volatile};

const PATTERN: u32 = 0xa5c3_5a3c;
const PAINTED_WORDS: usize = 48 * 1024;
/// Room for the frame of `paint` and `scan` themselves.
const MARGIN_WORDS: usize = 16;

/// On WebAssembly, the part of the stack that is in memory: what has an address. The rest is the host's affair.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn stack_pointer() -> *mut u32 {
    let mut here = 0;
    core::hint::black_box(&raw mut here)
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn stack_pointer() -> *mut u32 {
    let pointer: usize;
    // SAFETY: reads a register.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack))
    };
    // SAFETY: reads a register.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack))
    };
    pointer as *mut u32
}

/// Octets of stack below its own frame that `run` uses.
#[inline(never)]
pub fn painted(run: fn() -> bool) -> u32 {
    let top = stack_pointer().wrapping_sub(MARGIN_WORDS);
    for word in 1..=PAINTED_WORDS {
        // SAFETY: below the stack pointer nothing lives, and the machine has 2 MiB of RAM and more.
        unsafe { write_volatile(top.wrapping_sub(word), PATTERN) };
    }
    run();
    let mut unchanged = 0;
    // SAFETY: as above.
    while unchanged < PAINTED_WORDS
        && unsafe { read_volatile(top.wrapping_sub(PAINTED_WORDS).wrapping_add(unchanged)) } == PATTERN
    {
        unchanged += 1;
    }
    ((PAINTED_WORDS - unchanged + MARGIN_WORDS) * 4) as u32
}
