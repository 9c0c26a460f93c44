// SPDX-License-Identifier: MIT OR Apache-2.0

//! The oracle: big integers as schools teach them, one bit at a time, with nothing to get wrong.
//!
//! Numbers are `Vec<u32>`, lowest limb first.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::vec::Vec;

pub(crate) fn from_be(octets: &[u8]) -> Vec<u32> {
    octets
        .rchunks(4)
        .map(|chunk| chunk.iter().fold(0, |limb, &octet| limb << 8 | u32::from(octet)))
        .collect()
}

/// Big-endian, in exactly `len` octets; the number must fit.
pub(crate) fn to_be(x: &[u32], len: usize) -> Vec<u8> {
    let mut octets: Vec<u8> = x.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    while octets.len() > len {
        assert_eq!(octets.pop(), Some(0), "number too large");
    }
    octets.resize(len, 0);
    octets.reverse();
    octets
}

fn limb(x: &[u32], i: usize) -> u32 {
    x.get(i).copied().unwrap_or(0)
}

pub(crate) fn is_below(x: &[u32], y: &[u32]) -> bool {
    for i in (0..x.len().max(y.len())).rev() {
        if limb(x, i) != limb(y, i) {
            return limb(x, i) < limb(y, i);
        }
    }
    false
}

/// x + y, one limb longer than the longer of the two.
pub(crate) fn add(x: &[u32], y: &[u32]) -> Vec<u32> {
    let mut carry = 0;
    (0..=x.len().max(y.len()))
        .map(|i| {
            let sum = u64::from(limb(x, i)) + u64::from(limb(y, i)) + carry;
            carry = sum >> 32;
            u32::try_from(sum & 0xffff_ffff).unwrap()
        })
        .collect()
}

/// x - y for y <= x.
pub(crate) fn sub(x: &[u32], y: &[u32]) -> Vec<u32> {
    let mut borrow = 0;
    let difference = (0..x.len())
        .map(|i| {
            let difference = i64::from(limb(x, i)) - i64::from(limb(y, i)) - borrow;
            borrow = i64::from(difference < 0);
            u32::try_from(difference.rem_euclid(1 << 32)).unwrap()
        })
        .collect();
    assert_eq!(borrow, 0, "subtraction below zero");
    difference
}

/// x·y.
pub(crate) fn mul(x: &[u32], y: &[u32]) -> Vec<u32> {
    let mut product = std::vec![0; x.len() + y.len()];
    for (i, &x) in x.iter().enumerate() {
        let mut carry = 0;
        for (j, &y) in y.iter().enumerate() {
            let sum = u64::from(x) * u64::from(y) + u64::from(product[i + j]) + carry;
            product[i + j] = u32::try_from(sum & 0xffff_ffff).unwrap();
            carry = sum >> 32;
        }
        product[i + y.len()] = u32::try_from(carry).unwrap();
    }
    product
}

/// x mod n, by appending the bits of x to a remainder, highest first.
pub(crate) fn rem(x: &[u32], n: &[u32]) -> Vec<u32> {
    let mut remainder = std::vec![0; n.len() + 1];
    for &limb in x.iter().rev() {
        for bit in (0..32).rev() {
            let mut low = limb >> bit & 1;
            for limb in &mut remainder {
                (*limb, low) = (*limb << 1 | low, *limb >> 31);
            }
            if !is_below(&remainder, n) {
                let mut borrow = false;
                for (limb, n) in remainder.iter_mut().zip(n.iter().chain([&0])) {
                    let (difference, below) = limb.overflowing_sub(*n);
                    let (difference, below_again) = difference.overflowing_sub(u32::from(borrow));
                    (*limb, borrow) = (difference, below || below_again);
                }
            }
        }
    }
    remainder.truncate(n.len());
    remainder
}

/// s^e mod n as octets of n's length, or nothing when s is not below n.
pub(crate) fn power(n: &[u8], e: u64, s: &[u8]) -> Option<Vec<u8>> {
    let (modulus, s) = (from_be(n), from_be(s));
    if !is_below(&s, &modulus) {
        return None;
    }
    let mut power = s.clone();
    for bit in (0..e.ilog2()).rev() {
        power = rem(&mul(&power, &power), &modulus);
        if e >> bit & 1 == 1 {
            power = rem(&mul(&power, &s), &modulus);
        }
    }
    Some(to_be(&power, n.len()))
}
