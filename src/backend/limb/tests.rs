// SPDX-License-Identifier: MIT OR Apache-2.0

//! The arithmetic of 32-bit limbs is held against 128-bit integers; 64-bit limbs are the same code.
#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::indexing_slicing)]

use std::vec::Vec;

use super::*;

const EDGES: [u32; 11] = [
    0,
    1,
    2,
    3,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_fffd,
    0xffff_fffe,
    0xffff_ffff,
    0x1234_5678,
];

fn wide(limbs: &[u32]) -> u128 {
    limbs.iter().fold(0, |number, &limb| number << 32 | u128::from(limb))
}

#[test]
fn sums_and_products_of_edges() {
    for (x, y) in EDGES.into_iter().flat_map(|x| EDGES.map(|y| (x, y))) {
        for (a, c) in EDGES.into_iter().flat_map(|a| EDGES.map(|c| (a, c))) {
            let (low, high) = Limb::mac(x, a, y, c);
            assert_eq!(wide(&[high, low]), wide(&[a]) * wide(&[y]) + wide(&[x]) + wide(&[c]));
            let (low, high) = Limb::mac(u64::from(x) << 32, u64::from(a) << 32 | 5, u64::MAX, u64::from(c));
            let expected = u128::from(u64::from(a) << 32 | 5) * u128::from(u64::MAX);
            assert_eq!(
                u128::from(high) << 64 | u128::from(low),
                expected + (u128::from(x) << 32) + u128::from(c)
            );
        }
        for carry in [0, 1] {
            let (low, high) = Limb::add(x, y, carry);
            assert_eq!(wide(&[high, low]), wide(&[x]) + wide(&[y]) + wide(&[carry]));
            let (difference, borrow) = Limb::sub(x, y, carry == 1);
            let exact = i128::from(x) - i128::from(y) - i128::from(carry);
            assert_eq!((i128::from(difference), borrow), (exact.rem_euclid(1 << 32), exact < 0));
        }
        for shift in 0..32 {
            assert_eq!(
                wide(&[<u32 as Limb>::shift_in(x, y, shift)]),
                wide(&[x, y]) << shift >> 32 & 0xffff_ffff
            );
        }
        assert_eq!(
            wide(&[x.double(y >> 31)]),
            (wide(&[x]) * 2) % (1 << 32) + wide(&[y]) / (1 << 31)
        );
    }
}

#[test]
fn runs_of_ones() {
    for count in 0..=130 {
        assert_eq!(<u32 as Limb>::low_ones(count), ((1u128 << count.min(32)) - 1) as u32);
        assert_eq!(<u64 as Limb>::low_ones(count), ((1u128 << count.min(64)) - 1) as u64);
    }
}

/// u limbs over two d limbs, over all edges; u up to d·B, as in a long division.
#[test]
fn quotients_of_edges() {
    let mut quotients = 0;
    for (d1, d0) in EDGES
        .into_iter()
        .filter(|d1| d1 >> 31 == 1)
        .flat_map(|d1| EDGES.map(|d0| (d1, d0)))
    {
        let d = wide(&[d1, d0]);
        let v = <u32 as Limb>::reciprocal(d1, d0);
        assert_eq!(u128::from(v), ((1 << 96) - 1) / d - (1 << 32), "{d:x}");
        let mut dividends: Vec<[u32; 3]> = Vec::new();
        for (u2, u1) in EDGES.into_iter().flat_map(|u2| EDGES.map(|u1| (u2, u1))) {
            dividends.extend(EDGES.map(|u0| [u2, u1, u0]));
        }
        // Multiples of d and their neighbours are where a wrong quotient shows.
        for q in EDGES {
            for near in [
                (u128::from(q) * d).saturating_sub(1),
                u128::from(q) * d,
                u128::from(q) * d + d - 1,
            ] {
                dividends.push([(near >> 64) as u32, (near >> 32) as u32, near as u32]);
            }
        }
        for u in dividends.into_iter().filter(|u| wide(&u[..2]) <= d) {
            let expected = (wide(&u) / d).min(0xffff_ffff);
            assert_eq!(
                u128::from(<u32 as Limb>::quotient(u, [d1, d0], v)),
                expected,
                "{u:x?} / {d:x}"
            );
            quotients += 1;
        }
    }
    assert!(quotients > 10_000, "{quotients}");
}

#[test]
fn octets_in_and_out() {
    let octets = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    let (low, rest) = <u32 as Limb>::pop(&octets);
    let (middle, rest) = <u32 as Limb>::pop(rest);
    let (high, rest) = <u32 as Limb>::pop(rest);
    assert_eq!((low, middle, high), (0x0809_0a0b, 0x0405_0607, 0x0001_0203));
    assert_eq!(<u32 as Limb>::pop(rest), (0, &[][..]));
    let (long, rest) = <u64 as Limb>::pop(&octets);
    assert_eq!(
        (long, <u64 as Limb>::pop(rest)),
        (0x0405_0607_0809_0a0b, (0x01_0203, &[][..]))
    );

    let mut out = [0xaa; 11];
    let rest = high.push(middle.push(low.push(&mut out)));
    assert!(rest.is_empty());
    assert_eq!(out, octets);
    assert!(5u64.push(&mut []).is_empty());
}

#[test]
fn products_by_halves() {
    for (a, b) in EDGES.into_iter().flat_map(|a| EDGES.map(|b| (a, b))) {
        assert_eq!(w32::product_by_halves(a, b), u64::from(a) * u64::from(b), "{a:x} {b:x}");
    }
}
