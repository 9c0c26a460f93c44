// SPDX-License-Identifier: MIT OR Apache-2.0

//! Flash of whole-token verification, all five stages, with a key in flash.
#![no_std]
#![no_main]

use core::hint::black_box;

use rs256::{NumericDate, Verifier};
use rs256_device::fixtures::{NOW, SMALL_POLICY, rsa2048};

rs256_device::program!(run);

fn run() -> bool {
    let mut buf = [0; 1024];
    let verifier = Verifier::new(black_box(&rsa2048::KEY), black_box(&SMALL_POLICY));
    let token = black_box(rsa2048::TOKEN.as_slice());
    let now = NumericDate::from_secs(black_box(NOW));
    verifier.verify(token, now, black_box(&mut buf)).is_ok()
}
