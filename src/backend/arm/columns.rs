// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rows of a window, see `portable/by_columns.rs`, for processors whose widest product has 32 bits.
//!
//! A naked function, because it needs r6 and r7, which inline assembly may not name.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::backend::portable::by_columns::Window;

/// For each limb a(i) of `a`, of which there are m, adds a(i) times the four limbs of `b` from b(m - 1 - i) on; `b` has
/// m + 3 limbs. If it has fewer, nothing happens.
#[inline(always)]
pub(crate) fn add_rows(window: &mut Window, a: &[u32], b: &[u32]) {
    if a.is_empty() || b.len() < a.len() + 3 {
        return;
    }
    // SAFETY: there is at least one row, all that `rows` reads is within `a` and `b`, and the window may be written.
    unsafe { rows(a.as_ptr(), b.as_ptr(), a.len(), window) }
}

/// [`add_rows`] for m >= 1 limbs at `a` and m + 3 limbs at `b`.
///
/// With limbs in halves, a = a' + a''·2^16 and b = b' + b''·2^16, a row is four chains of four products, and those of a
/// chain do not overlap: a'·b' and, a limb higher, a''·b'' in the even sums; a''·b' and a'·b'' in the odd sums, which
/// weigh 2^16 more. So there are four passes over all rows, each with its sums in r4 to r7 and the carries out of them
/// counted in r8. A product takes a load, MULS and ADCS; that C survives MULS is what makes it possible.
///
/// | | |
/// | --- | --- |
/// | r0, r1 | where the row is in a and in b |
/// | r2, r3 | half a limb of a, a product |
/// | r9 | where a ends |
/// | r10, r11 | where a pass begins in a and in b |
/// | r12 | where it begins in the loop, whose eight rows are not all in the first turn |
///
/// On the stack: r8 to r11, m, the window, r4 to r7 and lr.
// SOURCE: Arm, armasm User Guide (DUI 0801), MUL, "Condition flags": MULS sets N and Z, and does not affect C or V. (Before
// ARMv5 it left C undefined; there is no Cortex-M that old.)
// BOUND: a product is at most (2^16 - 1)² < 2^32, so it has its own place in a chain; a row carries at most 1 out of a
// chain, so r8 is at most m after one pass and 2m after two.
#[unsafe(naked)]
unsafe extern "C" fn rows(a: *const u32, b: *const u32, m: usize, window: *mut Window) {
    naked_asm!(
        "push {{r2, r3, r4, r5, r6, r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4, r5, r6, r7}}",
        // Of the first turn -m mod 8 rows are skipped. A row has fifteen instructions of two octets.
        "rsbs r4, r2, #0",
        "movs r5, #7",
        "ands r4, r5",
        "movs r5, #30",
        "muls r5, r4, r5",
        "adr r6, 2f",
        "adds r5, r5, r6",
        "adds r5, #1",
        "mov r12, r5",
        // Where a and b begin is so much earlier in a, and later in b: the last turn has the lowest eight rows of b.
        "mov r8, r2",
        "lsls r2, r2, #2",
        "lsls r4, r4, #2",
        "adds r5, r0, r2",
        "mov r9, r5",
        "subs r0, r0, r4",
        "mov r10, r0",
        "adds r1, r1, r2",
        "adds r1, r1, r4",
        "subs r1, #32",
        "mov r11, r1",
        // a'·b'. A row adds C - 1 to r8, which therefore begins with m.
        "ldm r3!, {{r4, r5, r6, r7}}",
        "bl 3f",
        // The lowest sum is complete, and a''·b'' begins a limb higher.
        "ldr r3, [sp, #20]",
        "str r4, [r3]",
        "mov r4, r5",
        "mov r5, r6",
        "mov r6, r7",
        "mov r2, r8",
        "ldr r7, [r3, #16]",
        "adds r7, r7, r2",
        "ldr r2, [sp, #16]",
        "ldr r1, [r3, #20]",
        "adcs r2, r1",
        "mov r8, r2",
        "movs r2, #2",
        "add r9, r2",
        "mov r0, r10",
        "mov r1, r11",
        "adds r0, #2",
        "adds r1, #2",
        "bl 3f",
        "ldr r3, [sp, #20]",
        "adds r3, #4",
        "mov r2, r8",
        "stm r3!, {{r4, r5, r6, r7}}",
        "str r2, [r3]",
        // a''·b', and on top of it a'·b''.
        "movs r4, #0",
        "movs r5, #0",
        "movs r6, #0",
        "movs r7, #0",
        "ldr r2, [sp, #16]",
        "lsls r2, r2, #1",
        "mov r8, r2",
        "mov r0, r10",
        "mov r1, r11",
        "adds r0, #2",
        "bl 3f",
        "movs r2, #2",
        "mov r0, r9",
        "subs r0, r0, r2",
        "mov r9, r0",
        "mov r0, r10",
        "mov r1, r11",
        "adds r1, #2",
        "bl 3f",
        // The odd sums, shifted by 16, are r0, r4 to r7 and r2.
        "lsls r0, r4, #16",
        "lsrs r4, r4, #16",
        "lsls r1, r5, #16",
        "orrs r4, r1",
        "lsrs r5, r5, #16",
        "lsls r1, r6, #16",
        "orrs r5, r1",
        "lsrs r6, r6, #16",
        "lsls r1, r7, #16",
        "orrs r6, r1",
        "lsrs r7, r7, #16",
        "mov r2, r8",
        "lsls r1, r2, #16",
        "orrs r7, r1",
        "lsrs r2, r2, #16",
        "ldr r3, [sp, #20]",
        "ldr r1, [r3]",
        "adds r1, r1, r0",
        "str r1, [r3]",
        "ldr r1, [r3, #4]",
        "adcs r1, r4",
        "str r1, [r3, #4]",
        "ldr r1, [r3, #8]",
        "adcs r1, r5",
        "str r1, [r3, #8]",
        "ldr r1, [r3, #12]",
        "adcs r1, r6",
        "str r1, [r3, #12]",
        "ldr r1, [r3, #16]",
        "adcs r1, r7",
        "str r1, [r3, #16]",
        "ldr r1, [r3, #20]",
        "adcs r1, r2",
        "str r1, [r3, #20]",
        "pop {{r4, r5, r6, r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "add sp, #8",
        "pop {{r4, r5, r6, r7, pc}}",
        // One pass.
        "3:",
        "bx r12",
        ".p2align 2",
        "2:",
        ".irp row, 0, 4, 8, 12, 16, 20, 24, 28",
        "ldrh r2, [r0, #\\row]",
        "ldrh r3, [r1, #28 - \\row]",
        "muls r3, r2, r3",
        "adds r4, r4, r3",
        "ldrh r3, [r1, #32 - \\row]",
        "muls r3, r2, r3",
        "adcs r5, r3",
        "ldrh r3, [r1, #36 - \\row]",
        "muls r3, r2, r3",
        "adcs r6, r3",
        "ldrh r3, [r1, #40 - \\row]",
        "muls r3, r2, r3",
        "adcs r7, r3",
        "sbcs r3, r3",
        "add r8, r3",
        ".endr",
        // Where instructions have other lengths, this does not assemble.
        ".org 2b + 240",
        "adds r0, #32",
        "subs r1, #32",
        "cmp r0, r9",
        "bne 2b",
        "bx lr",
    )
}
