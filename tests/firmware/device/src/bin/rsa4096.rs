// SPDX-License-Identifier: MIT OR Apache-2.0

//! Flash of the RSA operation alone: a key from its octets, and the verification of a digest.
#![no_std]
#![no_main]

use core::hint::black_box;

use rs256::{Rsa4096, RsaPublicKey, internals};
use rs256_device::fixtures::rsa4096;

rs256_device::program!(run);

fn run() -> bool {
    let n = black_box(rsa4096::N.as_slice());
    let e = black_box([1, 0, 1].as_slice());
    let Ok(key) = RsaPublicKey::<Rsa4096>::from_be_bytes(n, e) else {
        return false;
    };
    let signature = black_box(rsa4096::SIGNATURE.as_slice());
    internals::backend::verify_static(&key, signature, black_box(&rsa4096::DIGEST))
}
