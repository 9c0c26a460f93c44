// SPDX-License-Identifier: MIT OR Apache-2.0

//! Squares, products and reductions, on vectors of four columns. Layouts and bounds are explained in `NOTES.md`.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_alignr_epi8, _mm256_and_si256, _mm256_permute2x128_si256, _mm256_set_epi64x,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_srli_epi64,
};

use super::limbs::{LIMB_BITS, LIMB_MASK, Lanes};
use crate::lanes::{load_u64x4 as load, multiply_u32x4 as multiply, store_u64x4 as store};

/// Rows of a reduction that are done at once.
pub(super) const ROWS: usize = 8;

/// Limbs above which a column cannot hold the products of a square and of a reduction.
// BOUND: 120 products below (2^28 + 2^8)², 120 below 2^56 and in the last multiplication 11 more are below 252 · 2^56.
const MOST_UNSETTLED: usize = 120;

/// A modulus as the kernels read it.
#[derive(Clone, Copy)]
pub(super) struct Modulus<'m> {
    /// n, and two blocks of zeros above it.
    pub(super) n: &'m [Lanes],
    /// Two blocks of zeros, (N + 1) / 2^224, and two blocks of zeros.
    pub(super) friendly: &'m [Lanes],
    /// -1/n modulo 2^28.
    pub(super) n0: u64,
    /// Blocks of rows in a reduction: R = 2^(224 row_blocks).
    pub(super) row_blocks: usize,
}

/// A number and its double. Limbs of the number are below 2^28 + 2^8.
pub(super) struct Operand<'x> {
    pub(super) a: &'x mut [Lanes],
    /// One block of zeros longer.
    pub(super) d: &'x mut [Lanes],
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(x: u64) -> __m256i {
    _mm256_set1_epi64x(x.cast_signed())
}

/// `x + a · b`, of `a` and `b` the low 32 bits of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn mac(x: __m256i, a: __m256i, b: __m256i) -> __m256i {
    _mm256_add_epi64(x, multiply(a, b))
}

/// The upper two lanes of `below` and the lower two of `x`.
#[inline]
#[target_feature(enable = "avx2")]
fn up_two(x: __m256i, below: __m256i) -> __m256i {
    _mm256_permute2x128_si256::<0x21>(below, x)
}

/// The uppermost lane of `below` and the lower three of `x`.
#[inline]
#[target_feature(enable = "avx2")]
fn up_one(x: __m256i, below: __m256i) -> __m256i {
    _mm256_alignr_epi8::<8>(x, up_two(x, below))
}

/// Sums of products of one block of columns, by r: those of limb 4 k + r belong r lanes further up.
#[derive(Clone, Copy)]
struct Sums(__m256i, __m256i, __m256i, __m256i);

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn zero() -> Self {
        let zero = _mm256_setzero_si256();
        Self(zero, zero, zero, zero)
    }

    /// Adds the products of four limbs and a vector.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add(self, b: Multipliers, x: __m256i) -> Self {
        Self(
            mac(self.0, b.0, x),
            mac(self.1, b.1, x),
            mac(self.2, b.2, x),
            mac(self.3, b.3, x),
        )
    }

    /// The columns, `below` being the sums of the block below.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn columns(self, below: &mut Spill) -> __m256i {
        let Self(s0, s1, s2, s3) = self;
        let even = _mm256_add_epi64(s0, up_two(s2, below.s2));
        let odd = _mm256_add_epi64(s1, up_two(s3, below.s3));
        let columns = _mm256_add_epi64(even, up_one(odd, below.odd));
        *below = Spill { s2, s3, odd };
        columns
    }
}

/// What reaches from one block of columns into the next.
struct Spill {
    s2: __m256i,
    s3: __m256i,
    odd: __m256i,
}

impl Spill {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn none() -> Self {
        let zero = _mm256_setzero_si256();
        Self {
            s2: zero,
            s3: zero,
            odd: zero,
        }
    }
}

/// Four limbs, each in all lanes.
#[derive(Clone, Copy)]
struct Multipliers(__m256i, __m256i, __m256i, __m256i);

impl Multipliers {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(limbs: &Lanes) -> Self {
        let [b0, b1, b2, b3] = *limbs;
        Self(splat(b0), splat(b1), splat(b2), splat(b3))
    }
}

/// Two neighbouring blocks of sums, w and w + 1.
struct Pair(Sums, Sums);

impl Pair {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn zero() -> Self {
        Self(Sums::zero(), Sums::zero())
    }

    /// Adds the products of block k of one number and of blocks w − k and w + 1 − k of another.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add(self, b: &Lanes, lower: &Lanes, upper: &Lanes) -> Self {
        let b = Multipliers::new(b);
        Self(self.0.add(b, load(lower)), self.1.add(b, load(upper)))
    }
}

/// T = x², in twice as many blocks as x has.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) fn square(t: &mut [Lanes], x: &Operand<'_>) {
    let (a, d) = (&*x.a, &*x.d);
    let mut spill = Spill::none();
    for (middle, [low, high]) in t.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        // Blocks 2 middle and 2 middle + 1 of the columns: products of blocks k < middle and, doubled, of those as far
        // above `middle` as k is below, as long as there are both; then of block `middle` with itself, not doubled.
        let Some((below, [diagonal, ..])) = a.split_at_checked(middle) else {
            return;
        };
        let Some((_, above)) = d.split_at_checked(middle + 1) else {
            return;
        };
        let [next, ..] = above else { return };
        let mut sums = Pair::zero();
        for (b, x) in below.iter().rev().zip(above.windows(2)) {
            let [lower, upper] = x else { break };
            sums = sums.add(b, lower, upper);
        }
        let Pair(lower, upper) = sums.add(diagonal, diagonal, next);
        store(low, lower.columns(&mut spill));
        store(high, upper.columns(&mut spill));
    }
}

/// T += b · x, where `x` is a number between two blocks of zeros.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) fn multiply_add(t: &mut [Lanes], b: &[Lanes], x: &[Lanes]) {
    let blocks = x.len().saturating_sub(2);
    let mut spill = Spill::none();
    for (half, [low, high]) in t.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        // Blocks w = 2 half and w + 1: products of blocks k and w − k, w + 1 − k, and block 0 is x[1].
        let w = 2 * half;
        let first = (w + 1).saturating_sub(blocks);
        let end = (w + 2).min(b.len());
        let top = (w + 2).saturating_sub(first);
        let b = b.get(first..end).unwrap_or_default();
        let x = x.get((w + 2).saturating_sub(end)..top + 1).unwrap_or_default();
        let mut sums = Pair::zero();
        for (b, x) in b.iter().zip(x.windows(2).rev()) {
            let [lower, upper] = x else { break };
            sums = sums.add(b, lower, upper);
        }
        let Pair(lower, upper) = sums;
        store(low, _mm256_add_epi64(load(low), lower.columns(&mut spill)));
        store(high, _mm256_add_epi64(load(high), upper.columns(&mut spill)));
    }
}

/// The lanes of `x` cut to 28 bits, with what was cut off added one lane further up. `below` is what was cut off below.
#[inline]
#[target_feature(enable = "avx2")]
fn carry_once(x: __m256i, below: &mut __m256i) -> __m256i {
    let carry = _mm256_srli_epi64::<28>(x);
    let low = _mm256_and_si256(x, splat(LIMB_MASK));
    let sum = _mm256_add_epi64(low, up_one(carry, *below));
    *below = carry;
    sum
}

/// Brings the columns of a large T below 2^37, so that a reduction can add to them.
#[inline(never)]
#[target_feature(enable = "avx2")]
fn settle(t: &mut [Lanes]) {
    let mut below = _mm256_setzero_si256();
    for columns in t {
        let sum = carry_once(load(columns), &mut below);
        store(columns, sum);
    }
}

/// The next limbs of the quotient, which are the lowest of what is left. `carry` is what was carried out of the columns
/// below, and then out of these.
#[inline]
fn quotient(low: &Lanes, high: &Lanes, carry: &mut u64) -> [u64; ROWS] {
    let mut q = [0; ROWS];
    for (q, column) in q.iter_mut().zip(low.iter().chain(high)) {
        let x = column + *carry;
        *q = x & LIMB_MASK;
        *carry = x >> LIMB_BITS;
    }
    q
}

/// Eight steps of Montgomery's reduction as far as they touch the lowest eight columns: the limbs of the quotient. `n`
/// are the lowest limbs of n. `carry` is what was carried out of the columns below, and then out of these.
#[inline]
pub(super) fn montgomery_quotient(
    [low, high]: [&Lanes; 2],
    [n_low, n_high]: [&Lanes; 2],
    n0: u64,
    carry: &mut u64,
) -> [u64; ROWS] {
    let ([c0, mut c1, mut c2, mut c3], [mut c4, mut c5, mut c6, mut c7]) = (*low, *high);
    let ([l0, l1, l2, l3], [l4, l5, l6, l7]) = (*n_low, *n_high);
    macro_rules! row {
        ($column:ident $(, $above:ident += $limb:ident)*) => {{
            let x = $column + *carry;
            let q = x.wrapping_mul(n0) & LIMB_MASK;
            $($above += q * $limb;)*
            // The low 28 bits of the sum are zeros.
            *carry = (x + q * l0) >> LIMB_BITS;
            q
        }};
    }
    [
        row!(c0, c1 += l1, c2 += l2, c3 += l3, c4 += l4, c5 += l5, c6 += l6, c7 += l7),
        row!(c1, c2 += l1, c3 += l2, c4 += l3, c5 += l4, c6 += l5, c7 += l6),
        row!(c2, c3 += l1, c4 += l2, c5 += l3, c6 += l4, c7 += l5),
        row!(c3, c4 += l1, c5 += l2, c6 += l3, c7 += l4),
        row!(c4, c5 += l1, c6 += l2, c7 += l3),
        row!(c5, c6 += l1, c7 += l2),
        row!(c6, c7 += l1),
        row!(c7),
    ]
}

/// `t += Σ q_r · m_(8 + c − r)` for each column c of t, where `m` are limbs. Calls `then` with the lowest two blocks as
/// soon as they are complete.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn add_rows<T>(
    t: &mut [Lanes],
    q: &[u64; ROWS],
    m: &[Lanes],
    then: impl FnOnce(&Lanes, &Lanes) -> T,
) -> Option<T> {
    let m = m.as_flattened();
    let from = |limb: usize| m.get(limb..).unwrap_or_default().as_chunks::<4>().0.iter();
    let (mut m0, mut m1, mut m2, mut m3) = (from(4), from(3), from(2), from(1));
    let [q0, q1, q2, q3, q4, q5, q6, q7] = q.map(|q| splat(q));
    // The vectors of rows 4 to 7 are those of rows 0 to 3 one block before.
    let mut older = (load(m0.next()?), load(m1.next()?), load(m2.next()?), load(m3.next()?));
    let mut columns = t.iter_mut().zip(m0.zip(m1).zip(m2.zip(m3)));
    let mut add = |t: &mut Lanes, ((m0, m1), (m2, m3)): ((&Lanes, &Lanes), (&Lanes, &Lanes))| {
        let x = mac(load(t), q4, older.0);
        let x = mac(x, q5, older.1);
        let x = mac(x, q6, older.2);
        let x = mac(x, q7, older.3);
        older = (load(m0), load(m1), load(m2), load(m3));
        let x = mac(x, q0, older.0);
        let x = mac(x, q1, older.1);
        let x = mac(x, q2, older.2);
        let x = mac(x, q3, older.3);
        store(t, x);
    };
    let (low, m) = columns.next()?;
    add(low, m);
    let (high, m) = columns.next()?;
    add(high, m);
    let out = then(low, high);
    for (t, m) in columns {
        add(t, m);
    }
    Some(out)
}

/// Sets `x` to T / R mod n, below T / R + 2n, and leaves something else in T.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) fn reduce(t: &mut [Lanes], modulus: &Modulus<'_>, x: &mut Operand<'_>) {
    if 4 * x.a.len() > MOST_UNSETTLED {
        settle(t);
    }
    let mut carry = 0;
    let ([low, high, ..], [n_low, n_high, ..]) = (&mut *t, modulus.n) else {
        return;
    };
    let mut q = quotient(low, high, &mut carry);
    let mut t = t;
    for left in (1..modulus.row_blocks).rev() {
        let [_, _, above @ ..] = t else { return };
        t = above;
        let next = add_rows(t, &q, modulus.friendly, |low, high| {
            if left > 1 {
                quotient(low, high, &mut carry)
            } else {
                montgomery_quotient([low, high], [n_low, n_high], modulus.n0, &mut carry)
            }
        });
        let Some(next) = next else { return };
        q = next;
    }
    let [_, _, t @ ..] = t else { return };
    let _ = add_rows(t, &q, modulus.n, |_, _| ());
    normalise(t, carry, x);
}

/// Sets `x` to the number that is `t` in radix 2^28, `carry` added to the lowest column.
// BOUND: a column is below 2^64 and what is carried out of it below 2^36, so after the first pass it is below 2^36 +
// 2^28, and after the second below 2^28 + 2^8 + 1. The number is below 3n and has no more limbs than `x`, so nothing is
// carried out at the top.
#[inline]
#[target_feature(enable = "avx2")]
fn normalise(t: &[Lanes], carry: u64, x: &mut Operand<'_>) {
    let mut first = _mm256_set_epi64x(carry.cast_signed(), 0, 0, 0);
    let mut second = _mm256_setzero_si256();
    for ((a, d), t) in x.a.iter_mut().zip(x.d.iter_mut()).zip(t) {
        let once = carry_once(load(t), &mut first);
        let twice = carry_once(once, &mut second);
        store(a, twice);
        store(d, _mm256_add_epi64(twice, twice));
    }
}

/// [`square`] from memory.
#[cfg(test)]
#[target_feature(enable = "avx2")]
pub(crate) fn square_alone(t: &mut [Lanes], a: &mut [Lanes]) {
    let mut d: std::vec::Vec<Lanes> = a.iter().map(|lanes| lanes.map(|limb| 2 * limb)).collect();
    d.push([0; 4]);
    square(t, &Operand { a, d: &mut d });
}
