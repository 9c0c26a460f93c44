// SPDX-License-Identifier: MIT OR Apache-2.0

//! The harness alone, whose flash is taken off that of the other programs.
#![no_std]
#![no_main]

use core::hint::black_box;

rs256_device::program!(run);

fn run() -> bool {
    black_box(true)
}
