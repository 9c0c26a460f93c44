// SPDX-License-Identifier: MIT OR Apache-2.0

//! The arithmetic at its edges: assembly against safe code, and powers that are known. A program of its own, so that it
//! does not move the figures of `measure`.
#![no_std]
#![no_main]

use core::hint::black_box;

use rs256::{Rsa2048, Rsa3072, Rsa4096, RsaSize, internals};
use rs256_device::fixtures::{rsa2048, rsa3072, rsa4096};

rs256_device::program!(run);

/// Powers of 0, 1 and n - 1, which are themselves, and of n, which is refused.
fn powers<S: RsaSize>(n: &[u8]) -> bool {
    let Ok(key) = S::from_be_bytes(black_box(n), black_box(&[1, 0, 1])) else {
        return false;
    };
    let (mut s, mut out) = ([0; 512], [0; 512]);
    let (Some(s), Some(out)) = (s.get_mut(..n.len()), out.get_mut(..n.len())) else {
        return false;
    };
    let mut stays = |s: &[u8]| internals::backend::public_op(&key, s, out).then_some(&*out == s);
    let zero = stays(s);
    if let [.., last] = s {
        *last = 1;
    }
    let one = stays(s);
    for (s, n) in s.iter_mut().zip(n) {
        *s = *n;
    }
    let modulus = stays(s);
    if let [.., last] = s {
        // n is odd.
        *last ^= 1;
    }
    [zero, one, modulus, stays(s)] == [Some(true), Some(true), None, Some(true)]
}

fn run() -> bool {
    internals::backend::assembly_agrees()
        && powers::<Rsa2048>(&rsa2048::N)
        && powers::<Rsa3072>(&rsa3072::N)
        && powers::<Rsa4096>(&rsa4096::N)
}
