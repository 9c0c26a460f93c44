// SPDX-License-Identifier: MIT OR Apache-2.0

//! Eight signatures at once, one in each 64-bit lane, under any keys of one size class.
//!
//! Limb i of all eight numbers is one vector, so that nothing ever moves between lanes. Products are computed column by
//! column in tiles of four limbs by four. The bounds are explained in `NOTES.md`.

#![expect(
    clippy::out_of_bounds_indexing,
    reason = "every index is a constant; `each!` writes out branches, never taken, in which it is too large"
)]

use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_permutex2var_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64,
};

use super::key::IfmaKey;
use super::lanes::{self, load, store};
use super::limbs::{LIMB_MASK, Limbs};
use super::os2ip::{hash_limbs, os2ip};
use super::single::splat;
use crate::rs256::MessageHash;

/// One limb of eight numbers.
type Lanes = [u64; 8];

/// Four limbs of eight numbers.
type Block = [Lanes; 4];

/// Eight numbers of `8 V` limbs: `2 V` blocks, in pairs because an array length cannot be computed from `V`.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Wide<const V: usize>([[Block; 2]; V]);

// INVARIANT: in the functions below all slices of blocks have the same length, and `t` twice that.

/// Whether each `s` is a signature of its digest under its key. All keys may differ.
///
/// Together only if their reductions have equally many rows; otherwise one by one.
#[must_use]
pub(crate) fn verify8<const V: usize>(keys: [&IfmaKey<V>; 8], s: [&[u8]; 8], digests: &[[u8; 32]; 8]) -> [bool; 8] {
    let [first, ..] = keys;
    if keys.iter().all(|key| key.modulus.rows == first.modulus.rows) {
        return lanes::enter_verify8(first.token, keys, s, digests);
    }
    let mut good = [false; 8];
    for (((good, key), s), digest) in good.iter_mut().zip(keys).zip(s).zip(digests) {
        *good = key.verify(s, MessageHash::Known(digest));
    }
    good
}

/// [`verify8`] for keys with equally many rows.
#[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi,sha")]
pub(super) fn verify<const V: usize>(keys: [&IfmaKey<V>; 8], s: [&[u8]; 8], digests: &[[u8; 32]; 8]) -> [bool; 8] {
    let mut good = [false; 8];
    let mut numbers = [Limbs::ZERO; 8];
    for (((good, number), key), s) in good.iter_mut().zip(&mut numbers).zip(keys).zip(s) {
        // RFC 8017 section 8.2.2, step 1: the length of the signature is k.
        // Section 5.2.2 (RSAVP1), step 1: the signature representative is below n.
        // A lane that fails computes with s = 0.
        let read = os2ip(s);
        if s.len() == key.k && read.is_below(&key.modulus.n) {
            *good = true;
            *number = read;
        }
    }
    let s = Wide::from_lanes(numbers.each_ref());
    let mut x = s;
    let n = Wide::from_lanes(keys.map(|key| &key.modulus.n));
    let n0 = load(&keys.map(|key| key.modulus.n0));

    // 256 bits are five limbs, which eight hold.
    let mut hashes = [Limbs::ZERO; 8];
    for (limbs, hash) in hashes.iter_mut().zip(digests) {
        *limbs = hash_limbs(hash);
    }
    let hash = Wide::from_lanes(hashes.each_ref());
    let neg_d = Wide::from_lanes(keys.map(|key| &key.neg_d));
    let neg_pd = Wide::from_lanes(keys.map(|key| &key.neg_pd));

    // Above the rows of a reduction all limbs are zero, and nobody looks at them.
    let [first, ..] = keys;
    let blocks = first.modulus.rows / 4;
    let (s, n, neg_d, neg_pd) = (
        s.lowest(blocks),
        n.lowest(blocks),
        neg_d.lowest(blocks),
        neg_pd.lowest(blocks),
    );
    let (mut q, mut t) = (Wide::<V>::ZERO, [Wide::<V>::ZERO.0; 2]);
    let (x, q) = (x.lowest_mut(blocks), q.lowest_mut(blocks));
    let (t, _) = t
        .as_flattened_mut()
        .as_flattened_mut()
        .split_at_mut_checked(2 * blocks)
        .unwrap_or_default();
    for _ in 0..16 {
        square(x, t);
        reduce(n, n0, t, q, x);
    }
    finish(x, s, hash.0.as_flattened(), neg_d, neg_pd, t);
    reduce(n, n0, t, q, x);

    // BOUND: the residue is above 0, because −P · D is at least 1, and below 2n: a multiple of n is n.
    let mut equal = 0xff;
    for (x, n) in x.as_flattened().iter().zip(n.as_flattened()) {
        equal &= _mm512_cmpeq_epi64_mask(load(x), load(n));
    }
    for good in &mut good {
        *good &= equal & 1 == 1;
        equal >>= 1;
    }
    good
}

impl<const V: usize> Wide<V> {
    const ZERO: Self = Self([[[[0; 8]; 4]; 2]; V]);

    /// The lowest `count` blocks.
    fn lowest(&self, count: usize) -> &[Block] {
        self.0.as_flattened().get(..count).unwrap_or_default()
    }

    /// The lowest `count` blocks.
    fn lowest_mut(&mut self, count: usize) -> &mut [Block] {
        self.0.as_flattened_mut().get_mut(..count).unwrap_or_default()
    }

    /// Puts each number into its lane.
    #[target_feature(enable = "avx512f")]
    fn from_lanes(numbers: [&Limbs<V>; 8]) -> Self {
        let mut out = Self::ZERO;
        let [a, b, c, d, e, f, g, h] = numbers;
        each!(I < V, {
            let (a, b, c, d) = (load(&a.0[I]), load(&b.0[I]), load(&c.0[I]), load(&d.0[I]));
            let (e, f, g, h) = (load(&e.0[I]), load(&f.0[I]), load(&g.0[I]), load(&h.0[I]));
            let [a, b, c, d, e, f, g, h] = transpose([a, b, c, d, e, f, g, h]);
            let [low, high] = &mut out.0[I];
            store_block(low, [a, b, c, d]);
            store_block(high, [e, f, g, h]);
        });
        out
    }
}

/// Exchanges rows and lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(x: [__m512i; 8]) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = x;
    // Lanes 0, 2, 4, 6 of two rows, and lanes 1, 3, 5, 7.
    let even = [
        _mm512_unpacklo_epi64(a, b),
        _mm512_unpacklo_epi64(c, d),
        _mm512_unpacklo_epi64(e, f),
        _mm512_unpacklo_epi64(g, h),
    ];
    let odd = [
        _mm512_unpackhi_epi64(a, b),
        _mm512_unpackhi_epi64(c, d),
        _mm512_unpackhi_epi64(e, f),
        _mm512_unpackhi_epi64(g, h),
    ];
    let [r0, r2, r4, r6] = transpose_pairs(even);
    let [r1, r3, r5, r7] = transpose_pairs(odd);
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// Exchanges rows and pairs of lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_pairs(x: [__m512i; 4]) -> [__m512i; 4] {
    let low = load(&[0, 1, 8, 9, 2, 3, 10, 11]);
    let high = load(&[4, 5, 12, 13, 6, 7, 14, 15]);
    let first = load(&[0, 1, 2, 3, 8, 9, 10, 11]);
    let second = load(&[4, 5, 6, 7, 12, 13, 14, 15]);
    let [ab, cd, ef, gh] = x;
    let (l0, l1) = (
        _mm512_permutex2var_epi64(ab, low, cd),
        _mm512_permutex2var_epi64(ef, low, gh),
    );
    let (h0, h1) = (
        _mm512_permutex2var_epi64(ab, high, cd),
        _mm512_permutex2var_epi64(ef, high, gh),
    );
    [
        _mm512_permutex2var_epi64(l0, first, l1),
        _mm512_permutex2var_epi64(l0, second, l1),
        _mm512_permutex2var_epi64(h0, first, h1),
        _mm512_permutex2var_epi64(h0, second, h1),
    ]
}

/// The accumulators of a column of tiles: low and high halves apart, so that fewer additions wait for each other.
#[derive(Clone, Copy)]
struct Column {
    low: [__m512i; 8],
    high: [__m512i; 8],
}

impl Column {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn zero() -> Self {
        Self {
            low: [_mm512_setzero_si512(); 8],
            high: [_mm512_setzero_si512(); 8],
        }
    }

    /// Adds the sixteen products of two blocks.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma,sha")]
    fn tile(&mut self, a: &Block, b: &Block) {
        let [a0, a1, a2, a3] = a;
        let (a0, a1, a2, a3) = (load(a0), load(a1), load(a2), load(a3));
        let Self {
            low: [l0, l1, l2, l3, l4, l5, l6, _],
            high: [h0, h1, h2, h3, h4, h5, h6, _],
        } = self;
        macro_rules! row {
            ($b:expr, $($low:ident $high:ident $a:ident),*) => {
                let b = load($b);
                $(
                    *$low = _mm512_madd52lo_epu64(*$low, $a, b);
                    *$high = _mm512_madd52hi_epu64(*$high, $a, b);
                )*
            };
        }
        let [b0, b1, b2, b3] = b;
        row!(b0, l0 h0 a0, l1 h1 a1, l2 h2 a2, l3 h3 a3);
        row!(b1, l1 h1 a0, l2 h2 a1, l3 h3 a2, l4 h4 a3);
        row!(b2, l2 h2 a0, l3 h3 a1, l4 h4 a2, l5 h5 a3);
        row!(b3, l3 h3 a0, l4 h4 a1, l5 h5 a2, l6 h6 a3);
    }

    /// Adds the six products of different limbs of one block.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma,sha")]
    fn triangle(&mut self, a: &Block) {
        let [a0, a1, a2, a3] = a;
        let (a0, a1, a2, a3) = (load(a0), load(a1), load(a2), load(a3));
        let Self {
            low: [_, l1, l2, l3, l4, l5, ..],
            high: [_, h1, h2, h3, h4, h5, ..],
        } = self;
        macro_rules! products {
            ($($low:ident $high:ident $a:ident $b:ident),*) => {
                $(
                    *$low = _mm512_madd52lo_epu64(*$low, $a, $b);
                    *$high = _mm512_madd52hi_epu64(*$high, $a, $b);
                )*
            };
        }
        products!(l1 h1 a0 a1, l2 h2 a0 a2, l3 h3 a0 a3, l3 h3 a1 a2, l4 h4 a1 a3, l5 h5 a2 a3);
    }

    /// The sums of the eight columns.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn sums(self) -> [__m512i; 8] {
        let mut out = self.low;
        each!(I < 7, { out[I + 1] = _mm512_add_epi64(out[I + 1], self.high[I]) });
        out
    }
}

/// Adds the products of the first block of `a` and the last of `b`, the second and the last but one, and so on.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn add_tiles(to: &mut Column, a: &[Block], b: &[Block]) {
    for (a, b) in a.iter().zip(b.iter().rev()) {
        to.tile(a, b);
    }
}

/// Sets `t` to x^2.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn square(x: &[Block], t: &mut [Block]) {
    let mut carried = [_mm512_setzero_si512(); 4];
    for (column, t) in t.iter_mut().enumerate() {
        // The blocks whose indices add up to `column`: the first with the last, and so on to the middle.
        let first = (column + 1).saturating_sub(x.len());
        let in_column = x.get(first..x.len().min(column + 1)).unwrap_or_default();
        let (half, middle) = (in_column.len() / 2, in_column.len() % 2);
        let mut sum = Column::zero();
        for (a, b) in in_column.iter().zip(in_column.iter().rev()).take(half) {
            sum.tile(a, b);
        }
        let square_of = if middle == 1 { in_column.get(half) } else { None };
        if let Some(a) = square_of {
            sum.triangle(a);
        }
        let mut total = sum.sums();
        each!(I < 8, { total[I] = _mm512_slli_epi64::<1>(total[I]) });
        each!(I < 4, { total[I] = _mm512_add_epi64(total[I], carried[I]) });
        if let Some(a) = square_of {
            each!(I < 4, {
                let x = load(&a[I]);
                total[2 * I] = _mm512_madd52lo_epu64(total[2 * I], x, x);
                total[2 * I + 1] = _mm512_madd52hi_epu64(total[2 * I + 1], x, x);
            });
        }
        let [t0, t1, t2, t3, c0, c1, c2, c3] = total;
        store_block(t, [t0, t1, t2, t3]);
        carried = [c0, c1, c2, c3];
    }
}

/// Sets `t` to x · s + H · (−D) + (−P · D).
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn finish(x: &[Block], s: &[Block], hash: &[Block], neg_d: &[Block], neg_pd: &[Block], t: &mut [Block]) {
    let mut neg_pd = neg_pd.iter();
    let mut carried = [_mm512_setzero_si512(); 4];
    for (column, t) in t.iter_mut().enumerate() {
        let mut sum = Column::zero();
        for (a, b) in [(x, s), (hash, neg_d)] {
            // Block i of `a` goes with block `column − i` of `b`.
            let first = (column + 1).saturating_sub(b.len());
            let a = a.get(first..).unwrap_or_default();
            add_tiles(&mut sum, a, b.get(..b.len().min(column + 1)).unwrap_or_default());
        }
        let mut total = sum.sums();
        each!(I < 4, { total[I] = _mm512_add_epi64(total[I], carried[I]) });
        if let Some(block) = neg_pd.next() {
            each!(I < 4, { total[I] = _mm512_add_epi64(total[I], load(&block[I])) });
        }
        let [t0, t1, t2, t3, c0, c1, c2, c3] = total;
        store_block(t, [t0, t1, t2, t3]);
        carried = [c0, c1, c2, c3];
    }
}

/// Sets `x` to T / R mod n, normalised, below T / R + n. `quotient` is scratch.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn reduce(n: &[Block], n0: __m512i, t: &[Block], quotient: &mut [Block], x: &mut [Block]) {
    let zero = _mm512_setzero_si512();
    let Some(n_lowest) = n.first() else { return };
    let (low, high) = t.split_at_checked(n.len()).unwrap_or_default();
    let mut carried = [zero; 4];

    // The lower columns: each gives four limbs of the quotient, chosen so that the column becomes zero.
    for (column, t) in low.iter().enumerate() {
        let (known, unknown) = quotient.split_at_mut_checked(column).unwrap_or_default();
        let mut sum = Column::zero();
        add_tiles(&mut sum, known, n.get(1..=column).unwrap_or_default());
        let mut total = sum.sums();
        each!(I < 4, {
            total[I] = _mm512_add_epi64(total[I], _mm512_add_epi64(carried[I], load(&t[I])));
        });
        let mut q = [zero; 4];
        each!(I < 4, {
            q[I] = _mm512_madd52lo_epu64(zero, total[I], n0);
            each!(J < 4, {
                total[I + J] = _mm512_madd52lo_epu64(total[I + J], q[I], load(&n_lowest[J]))
            });
            // The low 52 bits of total[I] are zero now.
            total[I + 1] = _mm512_add_epi64(total[I + 1], _mm512_srli_epi64::<52>(total[I]));
            each!(J < 4, {
                total[I + J + 1] = _mm512_madd52hi_epu64(total[I + J + 1], q[I], load(&n_lowest[J]))
            });
        });
        if let Some(to) = unknown.first_mut() {
            store_block(to, q);
        }
        let [_, _, _, _, c0, c1, c2, c3] = total;
        carried = [c0, c1, c2, c3];
    }

    // The upper columns are the result.
    let mask = splat(LIMB_MASK);
    let mut carry = zero;
    for (column, (t, x)) in high.iter().zip(x).enumerate() {
        let mut sum = Column::zero();
        let quotient = quotient.get(column + 1..).unwrap_or_default();
        add_tiles(&mut sum, quotient, n.get(column + 1..).unwrap_or_default());
        let mut total = sum.sums();
        let mut limbs = [zero; 4];
        each!(I < 4, {
            let sum = _mm512_add_epi64(total[I], _mm512_add_epi64(carried[I], load(&t[I])));
            total[I] = _mm512_add_epi64(sum, carry);
            limbs[I] = _mm512_and_si512(total[I], mask);
            carry = _mm512_srli_epi64::<52>(total[I]);
        });
        store_block(x, limbs);
        let [_, _, _, _, c0, c1, c2, c3] = total;
        carried = [c0, c1, c2, c3];
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_block(to: &mut Block, limbs: [__m512i; 4]) {
    let [to0, to1, to2, to3] = to;
    let [x0, x1, x2, x3] = limbs;
    store(to0, x0);
    store(to1, x1);
    store(to2, x2);
    store(to3, x3);
}
