// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the firmware programs share: start-up, output by semihosting, the instruction counter, the painted stack, and
//! the fixtures.
//!
//! The panic handler is `panic-never`, which refers to a symbol that does not exist: a program links only when the
//! optimiser has removed every path to a panic.
#![no_std]
#![allow(clippy::missing_safety_doc)]

use panic_never as _;

pub mod fixtures;
mod host;
mod stack;

pub use host::{exit, print, print_u32, ticks};
pub use stack::painted;

#[cfg(target_arch = "arm")]
#[doc(hidden)]
pub use cortex_m_rt;
#[cfg(target_arch = "riscv32")]
#[doc(hidden)]
pub use riscv_rt;

/// Makes `fn() -> bool` the program: the emulator exits with 0 when it answers true.
#[macro_export]
macro_rules! program {
    ($run:path) => {
        #[cfg(target_arch = "arm")]
        use $crate::cortex_m_rt;
        #[cfg(target_arch = "riscv32")]
        use $crate::riscv_rt;

        #[cfg_attr(target_arch = "arm", $crate::cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", $crate::riscv_rt::entry)]
        #[cfg(not(target_arch = "wasm32"))]
        fn main() -> ! {
            $crate::exit($run())
        }

        #[cfg(target_arch = "wasm32")]
        #[unsafe(no_mangle)]
        extern "C" fn run_program() -> u32 {
            u32::from($run())
        }
    };
}
