// SPDX-License-Identifier: MIT OR Apache-2.0

//! All columns of one block row, see `portable/kernel.rs`, in a naked function: it needs every register there is, and
//! the operands of inline assembly may not be r6, r7 or r11.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::backend::Block;

/// The four multipliers and the four pending limbs, as the assembly finds them.
#[repr(C)]
struct Row {
    q: Block<u32>,
    s: Block<u32>,
}

/// `t += q·b` from the pending limbs `s` on, for as many blocks as both slices have; returns the limbs then pending.
pub(crate) fn multiply_columns(t: &mut [Block<u32>], q: Block<u32>, b: &[Block<u32>], s: Block<u32>) -> Block<u32> {
    let blocks = t.len().min(b.len());
    let mut row = Row { q, s };
    // SAFETY: `t` and `b` have at least `blocks` blocks of four limbs, and `row` is laid out as the function reads it.
    unsafe { columns(t.as_mut_ptr(), b.as_ptr(), blocks, &mut row) };
    row.s
}

/// One block of b at a time. r4 to r7 hold q; s and the carry go round through r8 to r12, one register for each column,
/// and the limb of t is loaded into the one that is free. r3 and lr hold two limbs of b.
///
/// # Safety
///
/// `t` and `b` point to `blocks` blocks each, of which those of `t` may be written.
// BOUND: UMAAL is a·b + x + y <= (2^32 - 1)² + 2(2^32 - 1) = 2^64 - 1.
#[unsafe(naked)]
unsafe extern "C" fn columns(t: *mut Block<u32>, b: *const Block<u32>, blocks: usize, row: *mut Row) {
    naked_asm!(
        "push {{r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}}",
        "ldm r3, {{r4, r5, r6, r7, r8, r9, r10, r11}}",
        "cmp r2, #0",
        "beq 3f",
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
        "3:",
        "pop {{r3}}",
        "add r3, r3, #16",
        "stm r3, {{r8, r9, r10, r11}}",
        "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}",
    )
}
