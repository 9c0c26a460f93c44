// SPDX-License-Identifier: MIT OR Apache-2.0

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::format;

use super::super::size::{Rsa2048, Rsa3072, Rsa4096, Rsa8192};
use super::*;

const N: [u8; 256] = {
    let mut n = [0xa5; 256];
    n[0] = 0x80;
    n
};

static KEY: RsaPublicKey = match RsaPublicKey::<Rsa4096>::from_be_bytes(&N, &[1, 0, 1]) {
    Ok(key) => key,
    Err(_) => panic!(),
};

#[test]
fn a_key_can_be_a_static() {
    assert_eq!(
        (KEY.modulus_bits(), KEY.modulus_len(), KEY.exponent()),
        (2048, 256, 65537)
    );
    assert_eq!(KEY, Rsa4096::from_be_bytes(&N, &[1, 0, 1]).unwrap());
    assert_ne!(KEY, Rsa4096::from_be_bytes(&N, &[3]).unwrap());
    let mut other = N;
    other[200] ^= 1;
    assert_ne!(KEY, Rsa4096::from_be_bytes(&other, &[1, 0, 1]).unwrap());
}

#[test]
fn debug_prints_size_and_exponent() {
    assert_eq!(
        format!("{KEY:?}"),
        "RsaPublicKey { modulus_bits: 2048, exponent: 65537 }"
    );
}

fn modulus(bits: usize) -> std::vec::Vec<u8> {
    let mut n = std::vec![0x11; bits.div_ceil(8)];
    let top = (bits + 7) % 8;
    n[0] = 1 << top;
    n
}

/// The arithmetic takes as long as there are blocks, so a small number in a large type must not bring its zeros along.
#[test]
fn blocks_above_the_modulus_are_not_in_use() {
    for bits in [2048, 2049, 2304, 2305, 3072, 4095, 4096] {
        let key = Rsa4096::from_be_bytes(&modulus(bits), &[3]).unwrap();
        let block = 4 * usize::try_from(NativeLimb::BITS).unwrap();
        assert_eq!(key.modulus().blocks.len(), bits.div_ceil(block), "{bits}");
    }
    assert_eq!(Rsa2048::from_be_bytes(&N, &[3]).unwrap().modulus().bits, 2048);
}

fn accepts<S: RsaSize>(bits: usize) -> Result<u32, KeyError> {
    S::from_be_bytes(&modulus(bits), &[3]).map(|key| key.modulus_bits())
}

#[test]
fn sizes_are_bounded_by_bits() {
    use KeyError::{ModulusTooLarge, ModulusTooSmall};

    for bits in [1, 8, 1024, 2040, 2047] {
        assert_eq!(accepts::<Rsa2048>(bits), Err(ModulusTooSmall), "{bits}");
        assert_eq!(accepts::<Rsa3072>(bits), Err(ModulusTooSmall), "{bits}");
        assert_eq!(accepts::<Rsa4096>(bits), Err(ModulusTooSmall), "{bits}");
        assert_eq!(accepts::<Rsa8192>(bits), Err(ModulusTooSmall), "{bits}");
    }
    for bits in [
        2048, 2049, 2055, 2056, 2057, 3000, 3072, 3073, 4095, 4096, 4097, 8191, 8192, 8193, 70_000, 600_000,
    ] {
        let within = |max| {
            if bits <= max {
                Ok(u32::try_from(bits).unwrap())
            } else {
                Err(ModulusTooLarge)
            }
        };
        assert_eq!(accepts::<Rsa2048>(bits), within(2048), "{bits}");
        assert_eq!(accepts::<Rsa3072>(bits), within(3072), "{bits}");
        assert_eq!(accepts::<Rsa4096>(bits), within(4096), "{bits}");
        assert_eq!(accepts::<Rsa8192>(bits), within(8192), "{bits}");
    }
}

#[test]
fn leading_zeros_do_not_count() {
    let mut long = std::vec![0; 300];
    long.extend(N);
    assert_eq!(
        Rsa2048::from_be_bytes(&long, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]).unwrap(),
        { Rsa2048::from_be_bytes(&N, &[1, 0, 1]).unwrap() }
    );
    // They never make a short modulus long enough.
    let mut short = std::vec![0; 300];
    short.extend(modulus(2047));
    assert_eq!(
        Rsa4096::from_be_bytes(&short, &[3]).unwrap_err(),
        KeyError::ModulusTooSmall
    );
}

#[test]
fn no_modulus_and_even_moduli_are_refused() {
    for none in [&[][..], &[0], &[0; 256], &[1], &[0; 5000]] {
        assert_eq!(
            Rsa4096::from_be_bytes(none, &[3]).unwrap_err(),
            KeyError::ModulusTooSmall
        );
    }
    let mut even = N;
    even[255] = 0xa4;
    assert_eq!(Rsa4096::from_be_bytes(&even, &[3]).unwrap_err(), KeyError::ModulusEven);
}

#[test]
fn exponents_are_odd_and_within_bounds() {
    let exponent = |e: &[u8]| Rsa2048::from_be_bytes(&N, e).map(|key| key.exponent());
    for (e, value) in [
        (&[3][..], 3),
        (&[5], 5),
        (&[0, 17], 17),
        (&[1, 0, 1], 65537),
        (&[0xff; 4], 0xffff_ffff),
        (&[1, 0, 0, 0, 1], 0x1_0000_0001),
        (&[1, 0xff, 0xff, 0xff, 0xff], MAX_EXPONENT),
    ] {
        assert_eq!(exponent(e), Ok(value));
    }
    let mut wraps_to_three = [0; 9];
    (wraps_to_three[0], wraps_to_three[8]) = (1, 3);
    for e in [
        &[][..],
        &[0],
        &[0, 0],
        &[1],
        &[2],
        &[4],
        &[1, 0, 0],
        &[2, 0, 0, 0, 0],
        &[2, 0, 0, 0, 1],
        &[0xff; 5],
        &[0xff; 8],
        &wraps_to_three,
        &[0xff; 256],
        &N,
    ] {
        assert_eq!(exponent(e), Err(KeyError::Exponent), "{e:02x?}");
    }
}

#[test]
fn the_modulus_comes_back() {
    for bits in [2048, 2049, 2056, 3000, 4095, 4096] {
        let n = modulus(bits);
        let key = Rsa4096::from_be_bytes(&n, &[3]).unwrap();
        assert_eq!(key.modulus_len(), n.len());
        let mut out = std::vec![0xaa; n.len()];
        assert!(key.write_modulus(&mut out));
        assert_eq!(out, n);
        let mut wrong = std::vec![0xaa; n.len() + 1];
        assert!(!key.write_modulus(&mut wrong));
        assert!(!key.write_modulus(&mut wrong[..n.len() - 1]));
        assert!(wrong.iter().all(|&octet| octet == 0xaa));
    }
}

#[test]
fn the_negative_inverse_is_one() {
    for n in [
        1,
        3,
        5,
        7,
        9,
        11,
        0x8000_0001,
        0xffff_ffff,
        NativeLimb::MAX,
        NativeLimb::MAX - 2,
        0x1234_5677,
    ] {
        assert_eq!(n.wrapping_mul(negative_inverse(n)), NativeLimb::MAX, "{n}");
    }
}
