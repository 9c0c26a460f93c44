// SPDX-License-Identifier: MIT OR Apache-2.0

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rs256_fuzz::discovery::run(data));
