// SPDX-License-Identifier: MIT OR Apache-2.0

//! x·R mod n without R² mod n: a long division of which only the remainder is kept.
//!
//! Each step appends one zero limb to x and takes away q·n, where the quotient limb q is estimated from the three
//! highest limbs of x and a reciprocal of the two highest limbs of n. As many steps as R has limbs make x·R mod n, at
//! the price of one multiplication, and the key needs no constant for it.
//!
//! A modulus does not always fill its highest limb, and R may be some limbs longer than n. Only the estimate looks at
//! limbs shifted up until the highest bit is set; all other arithmetic is on n as it is.

use super::Modulus;
use super::kernel::{Block, subtract_limbs};
use crate::backend::limb::Limb;

/// `x = x·R mod n`, for x below n. `scratch` is at least as long as x.
// Not inlined: it is done once, and needs much of the stack for a short time.
#[inline(never)]
pub(super) fn enter<L: Limb>(x: &mut [Block<L>], n: &Modulus<'_, L>, scratch: &mut [Block<L>]) {
    let steps = x.as_flattened().len();
    let limbs = usize::try_from(n.bits.div_ceil(L::BITS)).unwrap_or(0);
    let shift = (L::BITS - n.bits % L::BITS) % L::BITS;
    let (Some(x), Some(n), Some(negated)) = (
        x.as_flattened_mut().get_mut(..limbs),
        n.blocks.as_flattened().get(..limbs),
        scratch.as_flattened_mut().get_mut(..limbs),
    ) else {
        return;
    };
    let [.., n2, n1, n0] = *n else { return };
    let d = [L::shift_in(n0, n1, shift), L::shift_in(n1, n2, shift)];
    let v = L::reciprocal(d[0], d[1]);

    // With m = B^limbs, x·B - q·n is computed as x·B + q·(m - n): its part below m is the new x, and the part above is
    // q exactly when the difference is not negative.
    negated.fill(L::ZERO);
    subtract_limbs(negated, n);
    for _ in 0..steps {
        let [.., x3, x2, x1, x0] = *x else { return };
        let u = [
            L::shift_in(x0, x1, shift),
            L::shift_in(x1, x2, shift),
            L::shift_in(x2, x3, shift),
        ];
        let q = L::quotient(u, d, v);
        let above = shift_and_add(x, negated, q);
        // BOUND: the estimate is q or q + 1 (Knuth, The Art of Computer Programming, volume 2, section 4.3.1: two
        // limbs of a normalised divisor), so adding n back once is enough, which modulo m is taking m - n away.
        if above != q {
            subtract_limbs(x, negated);
        }
    }
}

/// `x = x·B + q·y` without the limb that comes out at the top, which is returned.
#[inline(always)]
fn shift_and_add<L: Limb>(x: &mut [L], y: &[L], q: L) -> L {
    let (mut below, mut carry) = (L::ZERO, L::ZERO);
    let mut step = |x: &mut L, y: L| {
        let shifted = below;
        below = *x;
        (*x, carry) = L::mac(shifted, q, y, carry);
    };
    // Unrolled where code is cheap; for short limbs the optimiser knows when it is.
    let unrolled = if L::BITS == u64::BITS { x.len() & !3 } else { 0 };
    let (x_blocks, x_rest) = x.split_at_mut_checked(unrolled).unwrap_or_default();
    let (y_blocks, y_rest) = y.split_at_checked(unrolled).unwrap_or_default();
    for ([x0, x1, x2, x3], &[y0, y1, y2, y3]) in x_blocks.as_chunks_mut().0.iter_mut().zip(y_blocks.as_chunks().0) {
        step(x0, y0);
        step(x1, y1);
        step(x2, y2);
        step(x3, y3);
    }
    for (x, &y) in x_rest.iter_mut().zip(y_rest) {
        step(x, y);
    }
    L::add(below, carry, L::ZERO).0
}
