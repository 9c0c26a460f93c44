// SPDX-License-Identifier: MIT OR Apache-2.0

//! The inner loops: t += a·b, t = a², and Montgomery reduction, on limbs in blocks of four.
//!
//! A number is a slice of blocks, lowest first; its limb count is a multiple of four, topped up with zero limbs. Work
//! goes by *block rows*: one block q of four multipliers passes over a whole number b at once. Between two limbs of b
//! only four limbs s are pending, those of the columns that are not complete yet. A limb of b costs one load of b, one
//! load and one store of t, and four products:
//!
//! ```text
//!                 column j       j + 1       j + 2       j + 3       j + 4
//!   before        s0             s1          s2          s3
//!   add           t(j) + q0·b(j) q1·b(j)     q2·b(j)     q3·b(j)
//!   after         to t(j)        new s0      new s1      new s2      new s3
//! ```
//!
//! BOUND: with Q, S < B⁴ for q and s as numbers, S + t(j) + Q·b(j) <= (B⁴ - 1) + (B - 1) + (B⁴ - 1)(B - 1) = B⁵ - 1:
//! the column that leaves and four pending limbs hold everything, and each single step is a `mac`, which always fits.

#[cfg(all(feature = "cortex-m0", target_arch = "arm", not(target_has_atomic = "32")))]
use super::by_columns;
use crate::backend::limb::Limb;

/// Four limbs, lowest first.
pub(crate) type Block<L> = [L; 4];

/// One limb b of the number against four multipliers: completes the column t and moves the pending limbs on by one.
#[inline(always)]
fn column<L: Limb>(t: &mut L, q: Block<L>, b: L, s: &mut Block<L>) {
    let [q0, q1, q2, q3] = q;
    let [s0, s1, s2, s3] = *s;
    let (complete, carry) = L::mac(*t, q0, b, s0);
    let (s0, carry) = L::mac(s1, q1, b, carry);
    let (s1, carry) = L::mac(s2, q2, b, carry);
    let (s2, s3) = L::mac(s3, q3, b, carry);
    *t = complete;
    *s = [s0, s1, s2, s3];
}

/// How a limb width goes through a number: by rows, which may have one step in assembly, or by columns.
pub(crate) trait Columns: Copy {
    /// The blocks of `b` against four multipliers, in as many blocks of `t`; from the pending limbs `s` to those that
    /// are pending then.
    fn multiply_columns(t: &mut [Block<Self>], q: &Block<Self>, b: &[Block<Self>], s: &mut Block<Self>);

    /// See [`square`].
    #[inline(always)]
    fn square(t: &mut [Block<Self>], a: &[Block<Self>])
    where
        Self: Limb,
    {
        square_by_rows(t, a);
    }

    /// See [`multiply_upper_half`].
    #[inline(always)]
    fn multiply_upper_half(t: &mut [Block<Self>], b: &[Block<Self>])
    where
        Self: Limb,
    {
        multiply_upper_half_by_rows(t, b);
    }

    /// See [`reduce`].
    #[inline(always)]
    fn reduce(t: &mut [Block<Self>], n: &[Block<Self>], n0: Self) -> Self
    where
        Self: Limb,
    {
        reduce_by_rows(t, n, n0)
    }
}

/// `t = a²`, where t is twice as long as `a`.
#[inline(always)]
pub(super) fn square<L: Limb>(t: &mut [Block<L>], a: &[Block<L>]) {
    L::square(t, a);
}

/// `t = u·b` for the upper half u of t, where t is twice as long as `b`.
#[inline(always)]
pub(super) fn multiply_upper_half<L: Limb>(t: &mut [Block<L>], b: &[Block<L>]) {
    L::multiply_upper_half(t, b);
}

/// Montgomery reduction: makes t a multiple of R by adding a multiple of n; (t + q·n)/R is then the upper half of t and
/// the carry that is returned. `n0` is -1/n modulo B. The lower half of t is left undefined.
// BOUND: q <= R - 1, so the result is below t/R + n.
#[inline(always)]
pub(super) fn reduce<L: Limb>(t: &mut [Block<L>], n: &[Block<L>], n0: L) -> L {
    L::reduce(t, n, n0)
}

#[inline(always)]
pub(in crate::backend) fn columns<L: Limb>(t: &mut [Block<L>], q: &Block<L>, b: &[Block<L>], s: &mut Block<L>) {
    let (q, mut pending) = (*q, *s);
    for ([b0, b1, b2, b3], [t0, t1, t2, t3]) in b.iter().zip(t) {
        column(t0, q, *b0, &mut pending);
        column(t1, q, *b1, &mut pending);
        column(t2, q, *b2, &mut pending);
        column(t3, q, *b3, &mut pending);
    }
    *s = pending;
}

impl Columns for u64 {
    #[inline(always)]
    fn multiply_columns(t: &mut [Block<Self>], q: &Block<Self>, b: &[Block<Self>], s: &mut Block<Self>) {
        columns(t, q, b, s);
    }
}

#[cfg(not(all(
    target_arch = "arm",
    any(feature = "cortex-m-dsp", all(feature = "cortex-m0", not(target_has_atomic = "32")))
)))]
impl Columns for u32 {
    // The compiler decides: inlined for speed, one copy of it for size.
    #[inline]
    fn multiply_columns(t: &mut [Block<Self>], q: &Block<Self>, b: &[Block<Self>], s: &mut Block<Self>) {
        columns(t, q, b, s);
    }
}

#[cfg(all(feature = "cortex-m-dsp", target_arch = "arm"))]
impl Columns for u32 {
    fn multiply_columns(t: &mut [Block<Self>], q: &Block<Self>, b: &[Block<Self>], s: &mut Block<Self>) {
        crate::backend::arm::multiply_columns(t, q, b, s);
    }
}

#[cfg(all(feature = "cortex-m0", target_arch = "arm", not(target_has_atomic = "32")))]
impl Columns for u32 {
    fn multiply_columns(t: &mut [Block<Self>], q: &Block<Self>, b: &[Block<Self>], s: &mut Block<Self>) {
        columns(t, q, b, s);
    }

    #[inline(always)]
    fn square(t: &mut [Block<Self>], a: &[Block<Self>]) {
        by_columns::square(t, a);
    }

    #[inline(always)]
    fn multiply_upper_half(t: &mut [Block<Self>], b: &[Block<Self>]) {
        by_columns::multiply_upper_half(t, b);
    }

    #[inline(always)]
    fn reduce(t: &mut [Block<Self>], n: &[Block<Self>], n0: Self) -> Self {
        by_columns::reduce(t, n, n0)
    }
}

/// All of `b` against four multipliers, from the pending limbs `s` to those that are pending then. Returns the blocks
/// of t above: the pending limbs belong to the first of them.
#[inline(always)]
fn multiply_row<'t, L: Limb>(
    t: &'t mut [Block<L>],
    q: &Block<L>,
    b: &[Block<L>],
    s: &mut Block<L>,
) -> &'t mut [Block<L>] {
    let Some((below, above)) = t.split_at_mut_checked(b.len()) else {
        return &mut [];
    };
    L::multiply_columns(below, q, b, s);
    above
}

/// [`multiply_row`], and adds the pending limbs. `carry` comes from the row before, and the carry for the row after is
/// returned.
#[inline(always)]
fn add_row<L: Limb>(t: &mut [Block<L>], q: &Block<L>, b: &[Block<L>], s: &mut Block<L>, mut carry: L) -> L {
    if let [end, ..] = multiply_row(t, q, b, s) {
        for (t, s) in end.iter_mut().zip(s) {
            (*t, carry) = L::add(*t, *s, carry);
        }
    }
    carry
}

/// `t += a·b`, where `a` yields its blocks lowest first, and t is as long as both together. Returns the carry out of t.
#[inline(always)]
pub(super) fn add_product<L: Limb>(t: &mut [Block<L>], a: impl Iterator<Item = Block<L>>, b: &[Block<L>]) -> L {
    let mut carry = L::ZERO;
    let mut t = t;
    for q in a {
        carry = add_row(t, &q, b, &mut [L::ZERO; 4], carry);
        let [_, rest @ ..] = t else { break };
        t = rest;
    }
    carry
}

/// The block of u that a row takes as its multipliers lies where the row ends, so that the pending limbs replace it.
// BOUND: no row before has come as far as the end of this one, so the pending limbs are all there is.
#[inline(always)]
fn multiply_upper_half_by_rows<L: Limb>(t: &mut [Block<L>], b: &[Block<L>]) {
    clear_lower_half(t, b);
    let mut t = t;
    for _ in b {
        let Some(&q) = t.get(b.len()) else { break };
        let mut s = [L::ZERO; 4];
        if let [end, ..] = multiply_row(t, &q, b, &mut s) {
            *end = s;
        }
        let [_, rest @ ..] = t else { break };
        t = rest;
    }
}

/// `t = 0` in as many blocks as `half` has.
#[inline(always)]
fn clear_lower_half<L: Limb>(t: &mut [Block<L>], half: &[Block<L>]) {
    for (t, _) in t.iter_mut().zip(half) {
        *t = [L::ZERO; 4];
    }
}

/// Products of two different limbs are taken once; then one pass doubles them and adds the squares.
#[inline(always)]
fn square_by_rows<L: Limb>(t: &mut [Block<L>], a: &[Block<L>]) {
    clear_lower_half(t, a);
    let mut rows = &mut *t;
    let mut left = a;
    while let ([low, rest @ ..], [q, after @ ..]) = (rows, left) {
        // The block with itself: q0·q1, q0·q2, .., q2·q3, in columns 1 to 5 and a pending column 6.
        let [q0, q1, q2, q3] = *q;
        let (t1, s) = L::mac(low[1], q0, q1, L::ZERO);
        let (t2, s) = L::mac(low[2], q0, q2, s);
        let (t3, s0) = L::mac(low[3], q0, q3, s);
        let (t3, s) = L::mac(t3, q1, q2, L::ZERO);
        let (s0, s1) = L::mac(s0, q1, q3, s);
        let (s1, s2) = L::mac(s1, q2, q3, L::ZERO);
        [_, low[1], low[2], low[3]] = [L::ZERO, t1, t2, t3];
        // No row before has come as far as the end of this one, so there is nothing to add to.
        let mut s = [s0, s1, s2, L::ZERO];
        if let [end, ..] = multiply_row(rest, q, after, &mut s) {
            *end = s;
        }
        let [_, two_further @ ..] = rest else { break };
        rows = two_further;
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

#[inline(always)]
fn reduce_by_rows<L: Limb>(t: &mut [Block<L>], n: &[Block<L>], n0: L) -> L {
    let mut carry = L::ZERO;
    let [first, after @ ..] = n else { return carry };
    let [b0, b1, b2, b3] = *first;
    let mut t = t;
    for _ in n {
        let [low, rest @ ..] = t else { break };
        // Each multiplier is chosen so that its column becomes zero. The zeros are not stored, and what the multiplier
        // adds to the next four columns either is part of the next one's column or stays pending.
        let row = |v: [L; 4]| {
            let [v0, v1, v2, v3] = v;
            let q = v0.mul_low(n0);
            let (_, carry) = L::mac(v0, q, b0, L::ZERO);
            let (v0, carry) = L::mac(v1, q, b1, carry);
            let (v1, carry) = L::mac(v2, q, b2, carry);
            let (v2, v3) = L::mac(v3, q, b3, carry);
            (q, [v0, v1, v2, v3])
        };
        let mut s = *low;
        let mut q = [L::ZERO; 4];
        for q in &mut q {
            (*q, s) = row(s);
        }
        carry = add_row(rest, &q, after, &mut s, carry);
        t = rest;
    }
    carry
}

/// Whether `x < y`, for numbers of equal length.
#[inline(never)]
pub(super) fn is_below<L: Limb>(x: &[Block<L>], y: &[Block<L>]) -> bool {
    let (x, y) = (x.as_flattened().iter(), y.as_flattened().iter());
    // From the highest limbs on, and the first that differ decide.
    x.rev().lt(y.rev())
}

/// `x -= y` modulo R, for numbers of equal length; returns whether x was below y.
pub(super) fn subtract<L: Limb>(x: &mut [Block<L>], y: &[Block<L>]) -> bool {
    subtract_limbs(x.as_flattened_mut(), y.as_flattened())
}

/// [`subtract`] for any number of limbs.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn subtract_limbs<L: Limb>(x: &mut [L], y: &[L]) -> bool {
    let mut borrow = false;
    for (x, &y) in x.iter_mut().zip(y) {
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
