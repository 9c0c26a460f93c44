// SPDX-License-Identifier: MIT OR Apache-2.0

//! The inner loops: t += a·b, t = a², and Montgomery reduction, on limbs in blocks of four.
//!
//! A number is a slice of blocks, lowest first; its limb count is a multiple of four, topped up with zero limbs. Work
//! goes by *block rows*: four multipliers q0..q3 (one block) pass over a whole number at once. Within a row a *tile* is
//! four columns of t against the four multipliers, so sixteen products for four limbs loaded and stored, with four
//! carries c0..c3 that do not depend on each other. Column i of t collects q0·b(i), q1·b(i-1), q2·b(i-2), q3·b(i-3):
//!
//! ```text
//!             start (triangle)            tiles                      end (three columns and a carry)
//!   q0    b0  b1  b2  b3   |  b4  b5  b6  b7  |                c0
//!   q1        b0  b1  b2   |  b3  b4  b5  b6  |   b7           c1
//!   q2            b0  b1   |  b2  b3  b4  b5  |   b6  b7       c2
//!   q3                b0   |  b1  b2  b3  b4  |   b5  b6  b7   c3
//! ```
//!
//! BOUND: every step is `mac`, whose result always fits two limbs, or `add`, whose carry is at most 1.

use crate::backend::limb::Limb;

/// Four limbs, lowest first.
pub(crate) type Block<L> = [L; 4];

/// Adds products to one column: `v + Σ q·b`, each with a carry of its own.
macro_rules! column {
    ($v:expr; $($c:ident: $q:ident * $b:ident),+) => {{
        let mut v = $v;
        $( (v, $c) = L::mac(v, $q, $b, $c); )+
        v
    }};
}

/// Four columns against four multipliers; `before` is the block that precedes `b`.
#[inline(always)]
fn tile<L: Limb>(t: &mut Block<L>, q: Block<L>, before: Block<L>, b: Block<L>, carries: &mut Block<L>) {
    let [q0, q1, q2, q3] = q;
    let [_, a1, a2, a3] = before;
    let [b0, b1, b2, b3] = b;
    let [mut c0, mut c1, mut c2, mut c3] = *carries;
    t[0] = column!(t[0]; c0: q0 * b0, c1: q1 * a3, c2: q2 * a2, c3: q3 * a1);
    t[1] = column!(t[1]; c0: q0 * b1, c1: q1 * b0, c2: q2 * a3, c3: q3 * a2);
    t[2] = column!(t[2]; c0: q0 * b2, c1: q1 * b1, c2: q2 * b0, c3: q3 * a3);
    t[3] = column!(t[3]; c0: q0 * b3, c1: q1 * b2, c2: q2 * b1, c3: q3 * b0);
    *carries = [c0, c1, c2, c3];
}

/// The rest of a row: tiles over `b`, then the three columns and the carries that stick out. `carry` comes from the
/// row before, and the carry for the row after is returned.
#[inline(always)]
fn finish_row<L: Limb>(
    t: &mut [Block<L>],
    q: Block<L>,
    mut before: Block<L>,
    b: &[Block<L>],
    mut carries: Block<L>,
    carry: L,
) -> L {
    let mut columns = t.iter_mut();
    // `b` is the first of the pair: the iterator over t must not move when `b` has ended.
    for (&block, t) in b.iter().zip(&mut columns) {
        tile(t, q, before, block, &mut carries);
        before = block;
    }
    match columns.next() {
        Some(t) => end_row(t, q, before, carries, carry),
        None => L::ZERO,
    }
}

#[inline(always)]
fn end_row<L: Limb>(t: &mut Block<L>, q: Block<L>, before: Block<L>, carries: Block<L>, carry: L) -> L {
    let [_, q1, q2, q3] = q;
    let [_, a1, a2, a3] = before;
    let [c0, mut c1, mut c2, mut c3] = carries;
    let (v, carry) = L::add(t[0], c0, carry);
    t[0] = column!(v; c1: q1 * a3, c2: q2 * a2, c3: q3 * a1);
    let (v, carry) = L::add(t[1], c1, carry);
    t[1] = column!(v; c2: q2 * a3, c3: q3 * a2);
    let (v, carry) = L::add(t[2], c2, carry);
    t[2] = column!(v; c3: q3 * a3);
    let (v, carry) = L::add(t[3], c3, carry);
    t[3] = v;
    carry
}

/// `t += a·b`, where `a` yields its blocks lowest first, and t is as long as both together. Returns the carry out of t.
#[inline(always)]
pub(super) fn add_product<L: Limb>(t: &mut [Block<L>], a: impl Iterator<Item = Block<L>>, b: &[Block<L>]) -> L {
    let mut carry = L::ZERO;
    let mut t = t;
    for q in a {
        carry = finish_row(t, q, [L::ZERO; 4], b, [L::ZERO; 4], carry);
        match t {
            [_, rest @ ..] => t = rest,
            [] => break,
        }
    }
    carry
}

/// `t = a²`, where t is twice as long as `a`.
///
/// Products of two different limbs are taken once; then one pass doubles them and adds the squares.
#[inline(always)]
pub(super) fn square<L: Limb>(t: &mut [Block<L>], a: &[Block<L>]) {
    t.fill([L::ZERO; 4]);
    let mut carry = L::ZERO;
    let mut rows = &mut *t;
    let mut left = a;
    while let ([low, rest @ ..], [q, after @ ..]) = (rows, left) {
        carry = square_row(low, rest, *q, after, carry);
        match rest {
            [_, two_further @ ..] => rows = two_further,
            [] => break,
        }
        left = after;
    }

    let mut carry = L::ZERO;
    let mut low_bit = L::ZERO;
    let (pairs, _) = t.as_flattened_mut().as_chunks_mut::<2>();
    for (pair, &limb) in pairs.iter_mut().zip(a.as_flattened()) {
        let [t0, t1] = *pair;
        let (low, high) = L::mac(t0.double(low_bit), limb, limb, carry);
        pair[0] = low;
        (pair[1], carry) = L::add(t1.double(t0.top_bit()), high, L::ZERO);
        low_bit = t1.top_bit();
    }
}

/// The products of the block `q` with itself (different limbs only) and with all blocks `after` it. `low` is the block
/// of t at twice the position of `q`, and `rest` what follows.
#[inline(always)]
fn square_row<L: Limb>(low: &mut Block<L>, rest: &mut [Block<L>], q: Block<L>, after: &[Block<L>], carry: L) -> L {
    let [q0, q1, q2, q3] = q;
    let (mut c0, mut c1, mut c2, mut c3) = (L::ZERO, L::ZERO, L::ZERO, L::ZERO);
    low[1] = column!(low[1]; c0: q0 * q1);
    low[2] = column!(low[2]; c0: q0 * q2);
    low[3] = column!(low[3]; c0: q0 * q3, c1: q1 * q2);
    let [t, rest @ ..] = rest else { return L::ZERO };
    match after {
        [b, after @ ..] => {
            let [b0, b1, b2, b3] = *b;
            t[0] = column!(t[0]; c0: q0 * b0, c1: q1 * q3);
            t[1] = column!(t[1]; c0: q0 * b1, c1: q1 * b0, c2: q2 * q3);
            t[2] = column!(t[2]; c0: q0 * b2, c1: q1 * b1, c2: q2 * b0);
            t[3] = column!(t[3]; c0: q0 * b3, c1: q1 * b2, c2: q2 * b1, c3: q3 * b0);
            finish_row(rest, q, *b, after, [c0, c1, c2, c3], carry)
        }
        [] => {
            let (v, carry) = L::add(t[0], c0, carry);
            t[0] = column!(v; c1: q1 * q3);
            let (v, carry) = L::add(t[1], c1, carry);
            t[1] = column!(v; c2: q2 * q3);
            let (v, carry) = L::add(t[2], c2, carry);
            t[2] = v;
            let (v, carry) = L::add(t[3], L::ZERO, carry);
            t[3] = v;
            carry
        }
    }
}

/// Montgomery reduction: makes t a multiple of R by adding a multiple of n; (t + q·n)/R is then the upper half of t and
/// the carry that is returned. `n0` is -1/n modulo B. The lower half of t is left undefined.
// BOUND: q <= R - 1, so the result is below t/R + n.
#[inline(always)]
pub(super) fn reduce<L: Limb>(t: &mut [Block<L>], n: &[Block<L>], n0: L) -> L {
    let mut carry = L::ZERO;
    let [first, after @ ..] = n else { return carry };
    let [b0, b1, b2, b3] = *first;
    let mut t = t;
    for _ in n {
        let [low, rest @ ..] = t else { break };
        let (mut c0, mut c1, mut c2, mut c3) = (L::ZERO, L::ZERO, L::ZERO, L::ZERO);
        // Each multiplier is chosen so that its column becomes zero; the zeros are not stored.
        let v = low[0];
        let q0 = v.mul_low(n0);
        column!(v; c0: q0 * b0);
        let v = column!(low[1]; c0: q0 * b1);
        let q1 = v.mul_low(n0);
        column!(v; c1: q1 * b0);
        let v = column!(low[2]; c0: q0 * b2, c1: q1 * b1);
        let q2 = v.mul_low(n0);
        column!(v; c2: q2 * b0);
        let v = column!(low[3]; c0: q0 * b3, c1: q1 * b2, c2: q2 * b1);
        let q3 = v.mul_low(n0);
        column!(v; c3: q3 * b0);
        carry = finish_row(rest, [q0, q1, q2, q3], *first, after, [c0, c1, c2, c3], carry);
        t = rest;
    }
    carry
}

/// Whether `x < y`, for numbers of equal length.
pub(super) fn is_below<L: Limb>(x: &[Block<L>], y: &[Block<L>]) -> bool {
    let mut borrow = false;
    for (&x, &y) in x.as_flattened().iter().zip(y.as_flattened()) {
        (_, borrow) = L::sub(x, y, borrow);
    }
    borrow
}

/// `x -= y` modulo R, for numbers of equal length; returns whether x was below y.
pub(super) fn subtract<L: Limb>(x: &mut [Block<L>], y: &[Block<L>]) -> bool {
    let mut borrow = false;
    for (x, &y) in x.as_flattened_mut().iter_mut().zip(y.as_flattened()) {
        (*x, borrow) = L::sub(*x, y, borrow);
    }
    borrow
}

/// The blocks of a number given as big-endian octets, lowest block first.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'o, L> {
    octets: &'o [u8],
    left: usize,
    limb: core::marker::PhantomData<L>,
}

impl<'o, L: Limb> Blocks<'o, L> {
    /// Yields `count` blocks; octets that are missing count as zeros.
    pub(super) const fn new(octets: &'o [u8], count: usize) -> Self {
        Self {
            octets,
            left: count,
            limb: core::marker::PhantomData,
        }
    }
}

impl<L: Limb> Iterator for Blocks<'_, L> {
    type Item = Block<L>;

    #[inline(always)]
    fn next(&mut self) -> Option<Block<L>> {
        self.left = self.left.checked_sub(1)?;
        let mut block = [L::ZERO; 4];
        for limb in &mut block {
            (*limb, self.octets) = L::pop(self.octets);
        }
        Some(block)
    }
}

/// Writes the low octets of a number, big-endian, as many as `out` has.
pub(crate) fn write_be<L: Limb>(blocks: &[Block<L>], out: &mut [u8]) {
    let mut rest = out;
    for limb in blocks.as_flattened() {
        rest = limb.push(rest);
    }
}
