// SPDX-License-Identifier: MIT OR Apache-2.0

//! The emulator around the program: text out, exit code, and a counter that follows executed instructions exactly
//! because the emulator runs with `-icount`.

#[cfg(target_arch = "arm")]
mod machine {
    use core::arch::asm;
    use core::ptr::{read_volatile, write_volatile};
    use core::sync::atomic::{AtomicBool, Ordering};

    /// CMSDK TIMER0 of the MPS2 boards: 32 bits, counts down.
    #[cfg(not(board = "mps2-an505"))]
    const TIMER: usize = 0x4000_0000;
    #[cfg(board = "mps2-an505")]
    const TIMER: usize = 0x5000_0000;

    pub(crate) unsafe fn semihosting(operation: usize, argument: usize) -> usize {
        let result;
        // SAFETY: the caller gives an operation and its argument block; the emulator changes r0 alone.
        unsafe { asm!("bkpt #0xab", inlateout("r0") operation => result, in("r1") argument) };
        result
    }

    pub(crate) fn ticks() -> u32 {
        static RUNNING: AtomicBool = AtomicBool::new(false);
        // SAFETY: registers of a timer that nobody else uses.
        unsafe {
            if !RUNNING.load(Ordering::Relaxed) {
                write_volatile((TIMER + 8) as *mut u32, u32::MAX);
                write_volatile((TIMER + 4) as *mut u32, u32::MAX);
                write_volatile(TIMER as *mut u32, 1);
                RUNNING.store(true, Ordering::Relaxed);
            }
            !read_volatile((TIMER + 4) as *const u32)
        }
    }
}

#[cfg(target_arch = "riscv32")]
mod machine {
    use core::arch::asm;

    pub(crate) unsafe fn semihosting(operation: usize, argument: usize) -> usize {
        let result;
        // SAFETY: the caller gives an operation and its argument block; the emulator changes a0 alone. The three
        // instructions are the marker it looks for: uncompressed, and within one page.
        unsafe {
            asm!(
                ".balign 16", ".option push", ".option norvc",
                "slli x0, x0, 0x1f", "ebreak", "srai x0, x0, 7",
                ".option pop",
                inlateout("a0") operation => result, in("a1") argument,
            )
        };
        result
    }

    pub(crate) fn ticks() -> u32 {
        let count: u32;
        // SAFETY: reads a counter.
        unsafe { asm!("rdinstret {}", out(reg) count, options(nomem, nostack)) };
        count
    }
}

/// A WebAssembly host instead of a machine: it takes the same operations, and counts the fuel that was burnt.
#[cfg(target_arch = "wasm32")]
mod machine {
    mod imported {
        #[link(wasm_import_module = "host")]
        unsafe extern "C" {
            pub(super) fn print(octet: u32);
            pub(super) safe fn ticks() -> u32;
        }
    }

    pub(crate) unsafe fn semihosting(operation: usize, argument: usize) -> usize {
        if operation == super::SYS_WRITEC {
            // SAFETY: the caller gives the address of an octet.
            unsafe { imported::print(u32::from(*(argument as *const u8))) };
        }
        0
    }

    pub(crate) fn ticks() -> u32 {
        imported::ticks()
    }
}

#[cfg(not(any(target_arch = "arm", target_arch = "riscv32", target_arch = "wasm32")))]
mod machine {
    pub(crate) unsafe fn semihosting(_: usize, _: usize) -> usize {
        0
    }

    pub(crate) fn ticks() -> u32 {
        0
    }
}

/// The instruction counter, in the machine's own unit.
#[inline(never)]
pub fn ticks() -> u32 {
    machine::ticks()
}

const SYS_WRITEC: usize = 0x03;
const SYS_EXIT_EXTENDED: usize = 0x20;
const APPLICATION_EXIT: usize = 0x2_0026;

/// Prints text on the debugger's console.
pub fn print(text: &str) {
    for octet in text.bytes() {
        // SAFETY: SYS_WRITEC reads one octet.
        unsafe { machine::semihosting(SYS_WRITEC, &raw const octet as usize) };
    }
}

/// Prints a number in decimal.
pub fn print_u32(number: u32) {
    let mut divisor = 1_000_000_000;
    let mut started = false;
    while divisor > 0 {
        let digit = (number / divisor % 10) as u8;
        started |= digit != 0 || divisor == 1;
        if started {
            let octet = b'0' + digit;
            // SAFETY: as in `print`.
            unsafe { machine::semihosting(SYS_WRITEC, &raw const octet as usize) };
        }
        divisor /= 10;
    }
}

/// Ends the emulator, with 0 when all went well.
pub fn exit(good: bool) -> ! {
    let block = [APPLICATION_EXIT, usize::from(!good)];
    // SAFETY: SYS_EXIT_EXTENDED reads two words.
    unsafe { machine::semihosting(SYS_EXIT_EXTENDED, block.as_ptr() as usize) };
    loop {}
}
