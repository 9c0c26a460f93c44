// SPDX-License-Identifier: MIT OR Apache-2.0

//! The inner loops of `kernel.rs` by columns, for the feature `cortex-m0`.
//!
//! Work goes by *windows* of four columns. A window is complete before the next one begins, so its sums stay in
//! registers while many rows add to them: the limb a(i) of a row adds a(i)·b(c - i) to each column c. Rows that reach
//! all four columns go through one routine, [`add_rows`]. What is left are triangles of at most ten products, where a
//! number begins or ends within the window:
//!
//! ```text
//!     b below its first limb          all four columns           b above its last limb
//!     a3·b0 only in column 3   ...    a(i)·b(c-i .. c-i+3)  ...  a1·b(top) only in column 0
//! ```
//!
//! Tests run it on every machine, with [`add_rows`] in safe code.

#[cfg(not(all(feature = "cortex-m0", target_arch = "arm", not(target_has_atomic = "32"))))]
use self::add_rows_in_safe_code as add_rows;
use super::kernel::Block;
#[cfg(all(feature = "cortex-m0", target_arch = "arm", not(target_has_atomic = "32")))]
use crate::backend::arm::add_rows;
use crate::backend::limb::Limb;

/// Sums of a window: four limbs, one for each column, and what belongs above them.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::backend) struct Window {
    pub(in crate::backend) columns: Block<u32>,
    pub(in crate::backend) above: u64,
}

impl Window {
    /// Begins with what the window below has left, and one more number.
    // BOUND: the carry is below 2^63, see `add_rows`, so nothing overflows.
    #[inline(always)]
    fn new(carry: u64, addend: &Block<u32>) -> Self {
        let mut sum = carry;
        let columns = addend.map(|limb| {
            sum += u64::from(limb);
            let column = low(sum);
            sum >>= u32::BITS;
            column
        });
        Self { columns, above: sum }
    }

    #[inline(always)]
    fn carry_into_above(&mut self, carry: u32) {
        self.above += u64::from(carry);
    }

    /// `self += a·b` where only columns of this window are met: a0·(b0 .. b3), a1·(b0 .. b2), a2·(b0, b1), a3·b0.
    fn add_lower_triangle(&mut self, &[a0, a1, a2, a3]: &Block<u32>, &[b0, b1, b2, b3]: &Block<u32>) {
        let [v0, v1, v2, v3] = self.columns;
        let (v0, carry) = Limb::mac(v0, a0, b0, 0);
        let (v1, carry) = Limb::mac(v1, a0, b1, carry);
        let (v2, carry) = Limb::mac(v2, a0, b2, carry);
        let (v3, carry) = Limb::mac(v3, a0, b3, carry);
        self.carry_into_above(carry);
        let (v1, carry) = Limb::mac(v1, a1, b0, 0);
        let (v2, carry) = Limb::mac(v2, a1, b1, carry);
        let (v3, carry) = Limb::mac(v3, a1, b2, carry);
        self.carry_into_above(carry);
        let (v2, carry) = Limb::mac(v2, a2, b0, 0);
        let (v3, carry) = Limb::mac(v3, a2, b1, carry);
        self.carry_into_above(carry);
        let (v3, carry) = Limb::mac(v3, a3, b0, 0);
        self.carry_into_above(carry);
        self.columns = [v0, v1, v2, v3];
    }

    /// `self += a·b` of the columns from the fourth on: a1·b3, a2·(b2, b3), a3·(b1, b2, b3).
    fn add_upper_triangle(&mut self, &[_, a1, a2, a3]: &Block<u32>, &[_, b1, b2, b3]: &Block<u32>) {
        let [v0, v1, v2, v3] = self.columns;
        let (v0, carry) = Limb::mac(v0, a3, b1, 0);
        let (v1, carry) = Limb::mac(v1, a3, b2, carry);
        let (v2, carry) = Limb::mac(v2, a3, b3, carry);
        let (v3, carry_3) = Limb::add(v3, carry, 0);
        let (v0, carry) = Limb::mac(v0, a2, b2, 0);
        let (v1, carry) = Limb::mac(v1, a2, b3, carry);
        let (v2, carry) = Limb::add(v2, carry, 0);
        let (v0, carry_1) = Limb::mac(v0, a1, b3, 0);
        let (v1, carry_1) = Limb::add(v1, carry_1, 0);
        let (v2, carry_2) = Limb::add(v2, carry_1, 0);
        let (v3, carry) = Limb::add(v3, carry, carry_2);
        self.carry_into_above(carry + carry_3);
        self.columns = [v0, v1, v2, v3];
    }

    /// Makes the four columns zero by multiples of n, whose lowest limbs are `b`, and returns the multipliers.
    fn add_multiples(&mut self, &[b0, b1, b2, b3]: &Block<u32>, n0: u32) -> Block<u32> {
        let [v0, v1, v2, v3] = self.columns;
        let q0 = v0.wrapping_mul(n0);
        let (_, carry) = Limb::mac(v0, q0, b0, 0);
        let (v1, carry) = Limb::mac(v1, q0, b1, carry);
        let (v2, carry) = Limb::mac(v2, q0, b2, carry);
        let (v3, carry) = Limb::mac(v3, q0, b3, carry);
        self.carry_into_above(carry);
        let q1 = v1.wrapping_mul(n0);
        let (_, carry) = Limb::mac(v1, q1, b0, 0);
        let (v2, carry) = Limb::mac(v2, q1, b1, carry);
        let (v3, carry) = Limb::mac(v3, q1, b2, carry);
        self.carry_into_above(carry);
        let q2 = v2.wrapping_mul(n0);
        let (_, carry) = Limb::mac(v2, q2, b0, 0);
        let (v3, carry) = Limb::mac(v3, q2, b1, carry);
        self.carry_into_above(carry);
        let q3 = v3.wrapping_mul(n0);
        let (_, carry) = Limb::mac(v3, q3, b0, 0);
        self.carry_into_above(carry);
        [q0, q1, q2, q3]
    }

    /// Writes `t`, twice the window with the squares of a0 and a1 in its columns 0 and 2, after the last products of
    /// two limbs from those `left`: a0·(a1, a2, a3) from column 1 on, and a1·a2 in column 3. There are two limbs left in
    /// the last window, and four or more before. Returns the carry.
    // BOUND: the carry is below 2^62, see `add_rows`, so nothing overflows.
    fn finish_square(&self, t: &mut Block<u32>, carry: u64, left: &[u32]) -> u64 {
        let limb = |i: usize| left.get(i).copied().unwrap_or(0);
        let (a0, a1, a2, a3) = (limb(0), limb(1), limb(2), limb(3));
        let [v0, v1, v2, v3] = self.columns;
        let (v1, above) = Limb::mac(v1, a0, a1, 0);
        let (v2, above) = Limb::mac(v2, a0, a2, above);
        let (v3, above) = Limb::mac(v3, a0, a3, above);
        let (v3, above_too) = Limb::mac(v3, a1, a2, 0);
        let (s0, s1) = Limb::mac(0, a0, a0, 0);
        let (s2, s3) = Limb::mac(0, a1, a1, 0);
        let mut sum = carry;
        for (t, (v, s)) in t.iter_mut().zip([(v0, s0), (v1, s1), (v2, s2), (v3, s3)]) {
            sum += (u64::from(v) << 1) + u64::from(s);
            *t = low(sum);
            sum >>= u32::BITS;
        }
        sum + ((self.above + u64::from(above) + u64::from(above_too)) << 1)
    }
}

#[inline(always)]
#[expect(clippy::as_conversions, reason = "cuts off the limb")]
fn low(sum: u64) -> u32 {
    sum as u32
}

/// For each limb a(i) of `a`, of which there are m, adds a(i) times the four limbs of `b` from b(m - 1 - i) on; `b` has
/// m + 3 limbs.
// BOUND: with m < 2^20 rows, each below B⁵, the sum is below 2^52·B⁴.
#[cfg_attr(not(any(test, rs256_internals)), allow(dead_code))]
pub(in crate::backend) fn add_rows_in_safe_code(window: &mut Window, a: &[u32], b: &[u32]) {
    for (&a, b) in a.iter().rev().zip(b.windows(4)) {
        let mut carry = 0;
        for (column, &b) in window.columns.iter_mut().zip(b) {
            (*column, carry) = Limb::mac(*column, a, b, carry);
        }
        window.carry_into_above(carry);
    }
}

/// `t = a²`, where t is twice as long as `a`.
///
/// Products of two different limbs are taken once, and a window is doubled before it gets its squares. In the window
/// from column 2h on, rows end at a(h), where their two factors would change places.
pub(super) fn square(t: &mut [Block<u32>], a: &[Block<u32>]) {
    let limbs = a.as_flattened();
    let [.., top] = a else { return };
    let (lower, upper) = t.split_at_mut_checked(a.len()).unwrap_or_default();
    let (mut carry, mut half) = (0, 0);
    for t in lower {
        let mut window = Window::default();
        add_rows(
            &mut window,
            limbs.get(..half).unwrap_or_default(),
            limbs.get(half + 1..2 * half + 4).unwrap_or_default(),
        );
        carry = window.finish_square(t, carry, limbs.get(half..).unwrap_or_default());
        half += 2;
    }
    let mut first = 0;
    for (t, a) in upper.iter_mut().zip(a) {
        let mut window = Window::default();
        first += 4;
        add_rows(
            &mut window,
            limbs.get(first..half).unwrap_or_default(),
            limbs.get(half + 1..).unwrap_or_default(),
        );
        if first < limbs.len() {
            window.add_upper_triangle(a, top);
        } else {
            // Both factors are from the top block, and this is the one pair that `finish_square` does not take.
            window.add_upper_triangle(&[0, a[1], 0, 0], top);
        }
        carry = window.finish_square(t, carry, limbs.get(half..).unwrap_or_default());
        half += 2;
    }
}

/// `t = u·b` for the upper half u of t, where t is twice as long as `b`.
pub(super) fn multiply_upper_half(t: &mut [Block<u32>], b: &[Block<u32>]) {
    let (lower, upper) = t.split_at_mut_checked(b.len()).unwrap_or_default();
    let limbs = b.as_flattened();
    let ([lowest, ..], [.., top]) = (b, b) else { return };
    let mut carry = 0;
    for (i, (t, u)) in lower.iter_mut().zip(&*upper).enumerate() {
        let below = upper.get(..i).unwrap_or_default().as_flattened();
        let mut window = Window::new(carry, &[0; 4]);
        add_rows(&mut window, below, limbs.get(1..below.len() + 4).unwrap_or_default());
        window.add_lower_triangle(u, lowest);
        (*t, carry) = (window.columns, window.above);
    }
    let mut left = upper;
    let mut limbs = limbs;
    while let [t, rest @ ..] = left {
        let mut window = Window::new(carry, &[0; 4]);
        add_rows(&mut window, rest.as_flattened(), limbs.get(1..).unwrap_or_default());
        window.add_upper_triangle(t, top);
        (*t, carry) = (window.columns, window.above);
        left = rest;
        limbs = limbs.get(4..).unwrap_or_default();
    }
}

/// Montgomery reduction, as `kernel::reduce`. The multipliers are left in the lower half of t.
pub(super) fn reduce(t: &mut [Block<u32>], n: &[Block<u32>], n0: u32) -> u32 {
    let (q, upper) = t.split_at_mut_checked(n.len()).unwrap_or_default();
    let limbs = n.as_flattened();
    let ([lowest, ..], [.., top]) = (n, n) else { return 0 };
    let mut carry = 0;
    for i in 0..q.len() {
        let (known, left) = q.split_at_mut_checked(i).unwrap_or_default();
        let [t, ..] = left else { break };
        let known = known.as_flattened();
        let mut window = Window::new(carry, t);
        add_rows(&mut window, known, limbs.get(1..known.len() + 4).unwrap_or_default());
        *t = window.add_multiples(lowest, n0);
        carry = window.above;
    }
    let (mut q, mut limbs) = (&*q, limbs);
    for t in upper {
        let [first, rest @ ..] = q else { break };
        let mut window = Window::new(carry, t);
        add_rows(&mut window, rest.as_flattened(), limbs.get(1..).unwrap_or_default());
        window.add_upper_triangle(first, top);
        (*t, carry) = (window.columns, window.above);
        q = rest;
        limbs = limbs.get(4..).unwrap_or_default();
    }
    low(carry)
}
