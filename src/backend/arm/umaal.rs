// SPDX-License-Identifier: MIT OR Apache-2.0

//! All columns of one block row, see `portable/kernel.rs`. It needs every register there is.
//!
//! Inline assembly, not a naked function: only this way the assembler knows of `-C target-cpu`, without which the
//! target of the Cortex-M33 has no UMAAL.
#![allow(unsafe_code)]

use core::arch::asm;

use crate::backend::Block;

/// `t += q·b` from the pending limbs `s` on to those then pending, for as many blocks as both slices have.
// BOUND: UMAAL is a·b + x + y <= (2^32 - 1)² + 2(2^32 - 1) = 2^64 - 1.
#[inline(never)]
pub(crate) fn multiply_columns(t: &mut [Block<u32>], q: &Block<u32>, b: &[Block<u32>], s: &mut Block<u32>) {
    let blocks = t.len().min(b.len());
    if blocks == 0 {
        return;
    }
    // One block of b at a time. r4 to r7 hold q; s and the carry go round through r8 to r12, one register for each
    // column, and the limb of t is loaded into the one that is free. r3 and lr hold two limbs of b.
    //
    // SAFETY: `t` and `b` have at least `blocks` blocks of four limbs, those of `t` may be written, and
    // q and s are four limbs each, s writable. Registers that may not be operands are restored; the stack may be used.
    unsafe {
        asm!(
            "push {{r3, r6, r7, r11}}",
            "ldm r12, {{r4, r5, r6, r7}}",
            "ldm r3, {{r8, r9, r10, r11}}",
            "2:",
            "ldrd r3, lr, [r1], #8",
            "ldr r12, [r0]",
            "umaal r8, r12, r4, r3",
            "umaal r9, r12, r5, r3",
            "umaal r10, r12, r6, r3",
            "umaal r11, r12, r7, r3",
            "str r8, [r0], #4",
            "ldr r8, [r0]",
            "umaal r9, r8, r4, lr",
            "umaal r10, r8, r5, lr",
            "umaal r11, r8, r6, lr",
            "umaal r12, r8, r7, lr",
            "str r9, [r0], #4",
            "ldrd r3, lr, [r1], #8",
            "ldr r9, [r0]",
            "umaal r10, r9, r4, r3",
            "umaal r11, r9, r5, r3",
            "umaal r12, r9, r6, r3",
            "umaal r8, r9, r7, r3",
            "str r10, [r0], #4",
            "ldr r10, [r0]",
            "umaal r11, r10, r4, lr",
            "umaal r12, r10, r5, lr",
            "umaal r8, r10, r6, lr",
            "umaal r9, r10, r7, lr",
            "str r11, [r0], #4",
            // s is in r12, r8, r9, r10 now: back to where it started.
            "mov r11, r10",
            "mov r10, r9",
            "mov r9, r8",
            "mov r8, r12",
            "subs r2, r2, #1",
            "bne 2b",
            "pop {{r3}}",
            "stm r3, {{r8, r9, r10, r11}}",
            "pop {{r6, r7, r11}}",
            inout("r0") t.as_mut_ptr() => _,
            inout("r1") b.as_ptr() => _,
            inout("r2") blocks => _,
            inout("r3") s.as_mut_ptr() => _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            inout("r12") q.as_ptr() => _,
            out("lr") _,
        );
    }
}
