// SPDX-License-Identifier: MIT OR Apache-2.0

//! The steps of the portable backend one by one, for both widths, against the oracle.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::vec::Vec;
use std::{format, vec};

use super::kernel::{Blocks, add_product, is_below, reduce, square, subtract, write_be};
use super::*;
use crate::backend::naive;

/// Octets of the numbers here: eight blocks of 64-bit limbs, sixteen of 32-bit limbs.
const LEN: usize = 256;

fn blocks<L: Limb>(x: &[u32], octets: usize) -> Vec<Block<L>> {
    let octets = naive::to_be(x, octets);
    Blocks::new(&octets, octets.len() / size_of::<Block<L>>()).collect()
}

fn number<L: Limb>(x: &[Block<L>]) -> Vec<u32> {
    let mut octets = vec![0; size_of_val(x)];
    write_be(x, &mut octets);
    naive::from_be(&octets)
}

fn equal(x: &[u32], y: &[u32]) -> bool {
    !naive::is_below(x, y) && !naive::is_below(y, x)
}

/// Numbers of LEN octets in which carries run far, and some without pattern.
fn operands() -> Vec<Vec<u32>> {
    let limbs = LEN / 4;
    let mut operands = vec![vec![0; limbs], vec![u32::MAX; limbs]];
    for position in [0, 1, 3, 4, 7, 8, 9, 31, 32, 33, 62, 63] {
        let mut one_bit = vec![0; limbs];
        one_bit[position] = 1 << (position % 32);
        operands.push(one_bit.clone());
        operands.push(one_bit.iter().map(|limb| !limb).collect());
        operands.push((0..limbs).map(|i| if i < position { u32::MAX } else { 0 }).collect());
        operands.push((0..limbs).map(|i| if i < position { 0 } else { u32::MAX }).collect());
    }
    let mut state = 1u32;
    for _ in 0..4 {
        operands.push(
            (0..limbs)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state ^ state >> 15
                })
                .collect(),
        );
    }
    operands
}

/// Of `kernel::reduce`.
type Reduce<L> = fn(&mut [Block<L>], &[Block<L>], L) -> L;

/// The steps that go by rows or by columns.
struct Steps<L> {
    square: fn(&mut [Block<L>], &[Block<L>]),
    multiply_upper_half: fn(&mut [Block<L>], &[Block<L>]),
    reduce: Reduce<L>,
}

const fn by_rows<L: Limb>() -> Steps<L> {
    Steps {
        square: square::<L>,
        multiply_upper_half: multiply_upper_half::<L>,
        reduce: reduce::<L>,
    }
}

const BY_COLUMNS: Steps<u32> = Steps {
    square: by_columns::square,
    multiply_upper_half: by_columns::multiply_upper_half,
    reduce: by_columns::reduce,
};

fn products_match<L: Limb>(steps: &Steps<L>) {
    let operands = operands();
    for (i, x) in operands.iter().enumerate() {
        let a = blocks::<L>(x, LEN);
        let mut t = vec![[L::low_ones(5); 4]; 2 * a.len()];
        (steps.square)(&mut t, &a);
        assert!(equal(&number(&t), &naive::mul(x, x)), "square of operand {i}");

        for (j, y) in operands.iter().enumerate().skip(i % 5).step_by(5) {
            let (mut t, b) = (vec![[L::low_ones(5); 4]; a.len()], blocks::<L>(y, LEN));
            t.extend(&a);
            (steps.multiply_upper_half)(&mut t, &b);
            assert!(equal(&number(&t), &naive::mul(x, y)), "operands {i}, {j}");

            // The largest addend makes the carry out of t appear.
            for addend in [vec![0; LEN / 2], vec![u32::MAX; LEN / 2]] {
                let mut t = blocks::<L>(&addend, 2 * LEN);
                let carry = add_product(&mut t, a.iter().copied(), &blocks::<L>(y, LEN));
                let sum = naive::add(&naive::mul(x, y), &addend);
                let (low, high) = sum.split_at(LEN / 2);
                assert!(equal(&number(&t), low), "operands {i}, {j}");
                assert_eq!(carry == L::low_ones(1), high[0] == 1, "operands {i}, {j}");
                assert!(carry <= L::low_ones(1), "operands {i}, {j}");
            }
        }
    }
}

#[test]
fn squares_and_products_match_the_oracle() {
    products_match::<u64>(&by_rows());
    products_match::<u32>(&by_rows());
    products_match::<u32>(&BY_COLUMNS);
}

/// -1/n modulo one limb, bit by bit: bit i is set when n·x + 1 is not yet zero there.
pub(in crate::backend) fn negative_inverse<L: Limb>(n: &[u32]) -> L {
    let n = u64::from(n[0]) | u64::from(n[1]) << 32;
    let mut x = 0u64;
    for bit in 0..64 {
        if n.wrapping_mul(x).wrapping_add(1) >> bit & 1 == 1 {
            x |= 1 << bit;
        }
    }
    L::pop(&x.to_be_bytes()).0
}

fn reductions_match<L: Limb>(steps: &Steps<L>) {
    let operands = operands();
    for (i, n) in operands.iter().enumerate().filter(|(_, n)| n[0] & 1 == 1) {
        let modulus = blocks::<L>(n, LEN);
        let n0 = negative_inverse(n);
        for (j, x) in operands.iter().enumerate().skip(i % 17).step_by(17) {
            let t = naive::mul(x, &operands[(i + j) % operands.len()]);
            let mut reduced = blocks::<L>(&t, 2 * LEN);
            let carry = (steps.reduce)(&mut reduced, &modulus, n0);
            // Result·R and t differ by q·n with q < R: congruent, and the result is below t/R + n.
            let mut result = number(&reduced[modulus.len()..]);
            result.push(u32::from(carry != L::ZERO));
            let mut times_r = vec![0; LEN / 4];
            times_r.extend(&result);
            assert!(!naive::is_below(&times_r, &t), "operands {i}, {j}");
            let difference = naive::sub(&times_r, &t);
            assert!(
                naive::rem(&difference, n).iter().all(|&limb| limb == 0),
                "operands {i}, {j}"
            );
            let mut n_times_r = vec![0; LEN / 4];
            n_times_r.extend(n);
            assert!(naive::is_below(&difference, &n_times_r), "operands {i}, {j}");
        }
    }
}

#[test]
fn reductions_match_the_oracle() {
    reductions_match::<u64>(&by_rows());
    reductions_match::<u32>(&by_rows());
    reductions_match::<u32>(&BY_COLUMNS);
}

fn subtractions_match<L: Limb>() {
    let operands = operands();
    let mut r = vec![0; LEN / 4];
    r.push(1);
    for (x, y) in operands.iter().flat_map(|x| operands.iter().map(move |y| (x, y))) {
        let (mut difference, y_blocks) = (blocks::<L>(x, LEN), blocks::<L>(y, LEN));
        let below = naive::is_below(x, y);
        assert_eq!(is_below(&difference, &y_blocks), below);
        assert_eq!(subtract(&mut difference, &y_blocks), below);
        let minuend = if below { naive::add(x, &r) } else { x.clone() };
        assert!(equal(&number(&difference), &naive::sub(&minuend, y)));
    }
}

#[test]
fn differences_match_the_oracle() {
    subtractions_match::<u64>();
    subtractions_match::<u32>();
}

fn multiples_are_found<L: Limb>() {
    let mut r = vec![0; LEN / 4];
    r.push(1);
    for n in operands().iter().filter(|n| n[0] & 1 == 1 && n[LEN / 4 - 1] != 0) {
        let modulus = blocks::<L>(n, LEN);
        let twice = naive::add(n, n);
        let thrice = naive::add(&twice, n);
        let one = [1];
        for (value, expected) in [
            (vec![0], false),
            (vec![1], false),
            (n.clone(), true),
            (twice.clone(), true),
            (thrice, false),
            (naive::sub(n, &one), false),
            (naive::add(n, &one), false),
            (naive::sub(&twice, &one), false),
            (naive::add(&twice, &one), false),
        ] {
            // The value is x, or R + x.
            let carry = !naive::is_below(&value, &r);
            let x = if carry { naive::sub(&value, &r) } else { value.clone() };
            if !naive::is_below(&x, &r) {
                continue;
            }
            for carries in [[carry, false], [false, carry]] {
                let mut x = blocks::<L>(&x, LEN);
                assert_eq!(is_n_or_2n(&mut x, carries, &modulus), expected, "{value:x?} for {n:x?}");
            }
            // Another R makes it something else: 2R + x is above 2n, and R + x is one of them for no value here.
            let mut other = blocks::<L>(&x, LEN);
            assert!(!is_n_or_2n(&mut other, [true, true], &modulus), "{value:x?} for {n:x?}");
        }
    }
}

#[test]
fn n_and_2n_are_told_from_their_neighbours() {
    multiples_are_found::<u64>();
    multiples_are_found::<u32>();
}

#[test]
fn exponents_with_a_chain() {
    assert_eq!([3, 5, 17, 257, 65537].map(chain_squarings), [1, 2, 4, 8, 16].map(Some));
    assert_eq!(chain_squarings((1 << 32) + 1), Some(32));
    assert_eq!([7, 37, 65539, (1 << 33) - 1].map(chain_squarings), [None; 4]);
}

#[test]
fn columns_do_as_rows_for_every_number_of_blocks() {
    let operands: Vec<Vec<Block<u32>>> = operands().iter().map(|x| blocks::<u32>(x, LEN)).collect();
    let (rows, columns) = (by_rows::<u32>(), BY_COLUMNS);
    for count in 1..=operands[0].len() {
        for (i, a) in operands.iter().enumerate() {
            // From the top, so that the windows at both ends have something in them.
            let a = &a[a.len() - count..];
            let b = &operands[(7 * i + count) % operands.len()][..count];
            let case = format!("{count} blocks, operand {i}");

            let mut squares = [vec![[5; 4]; 2 * count], vec![[9; 4]; 2 * count]];
            (rows.square)(&mut squares[0], a);
            (columns.square)(&mut squares[1], a);
            assert_eq!(squares[0], squares[1], "square, {case}");

            let mut products = [[b, a].concat(), [b, a].concat()];
            (rows.multiply_upper_half)(&mut products[0], b);
            (columns.multiply_upper_half)(&mut products[1], b);
            assert_eq!(products[0], products[1], "product, {case}");

            let mut n = b.to_vec();
            n[0][0] |= 1;
            let n0 = negative_inverse(&[n[0][0], n[0][1]]);
            let [mut by_rows, mut by_columns] = squares;
            let carries = (
                (rows.reduce)(&mut by_rows, &n, n0),
                (columns.reduce)(&mut by_columns, &n, n0),
            );
            assert_eq!(carries.0, carries.1, "reduction, {case}");
            assert_eq!(by_rows[count..], by_columns[count..], "reduction, {case}");
        }
    }
}
