// SPDX-License-Identifier: MIT OR Apache-2.0

//! From what the reduction leaves to what the squaring wants: strided lanes to contiguous order, and lanes with carries
//! to limbs below 2^52.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is a constant; `each!` writes out branches, never taken, in which it is too large"
)]

use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_mask_add_epi64,
    _mm512_mask_blend_epi64, _mm512_mask_permutexvar_epi64, _mm512_or_si512, _mm512_permutex2var_epi64,
    _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_test_epi64_mask,
};

use super::lanes::{load, store};
use super::limbs::{LIMB_MASK, Limbs};
use super::single::{Operand, ROOM, splat};

/// Strided to contiguous order: the first `V` vectors.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn contiguous<const V: usize>(strided: &[__m512i; ROOM]) -> [__m512i; V] {
    // First two vectors become the pairs of neighbouring limbs of their lower lanes and those of their upper lanes.
    let mut pairs = *strided;
    each!(I < V / 2, {
        let (even, odd) = (strided[2 * I], strided[2 * I + 1]);
        pairs[2 * I] = _mm512_permutex2var_epi64(even, load(&[0, 8, 1, 9, 2, 10, 3, 11]), odd);
        pairs[2 * I + 1] = _mm512_permutex2var_epi64(even, load(&[4, 12, 5, 13, 6, 14, 7, 15]), odd);
    });
    // Then each result takes what it needs, from two vectors at once as long as two are left.
    let mut out = [_mm512_setzero_si512(); V];
    each!(C < V, {
        each!(I < V, {
            each!(J < V, {
                let (mask, index) = const { &Gather::<V>::TABLE }[C][I][J];
                if mask != 0 && I == J {
                    out[C] = _mm512_mask_permutexvar_epi64(out[C], mask, load(&index), pairs[I]);
                } else if mask != 0 {
                    let both = _mm512_permutex2var_epi64(pairs[I], load(&index), pairs[J]);
                    out[C] = _mm512_mask_blend_epi64(mask, out[C], both);
                }
            });
        });
    });
    out
}

/// Which lanes of a vector come from elsewhere, and from which lane there.
type Lanes = (u8, [u64; 8]);

struct Gather<const V: usize>;

impl<const V: usize> Gather<V> {
    /// For each contiguous vector and each two vectors of pairs, or one and itself: which lanes are theirs, and from
    /// which of their lanes (8 and up: of the second).
    const TABLE: [[[Lanes; V]; V]; V] = {
        let mut table = [[[(0, [0; 8]); V]; V]; V];
        let mut c = 0;
        while c < V {
            // The vectors that this one needs, two by two.
            let mut first = V;
            let mut v = 0;
            while v <= V {
                if v < V && Self::takes(c, v) {
                    if first == V {
                        first = v;
                    } else {
                        table[c][first][v] = Self::from(c, first, v);
                        first = V;
                    }
                } else if v == V && first < V {
                    table[c][first][first] = Self::from(c, first, first);
                }
                v += 1;
            }
            c += 1;
        }
        table
    };

    /// The vector of pairs that holds limb `limb`, and its lane.
    const fn place(limb: usize) -> (usize, usize) {
        let (lane, v) = (limb / V, limb % V);
        if v + 1 == V && V % 2 == 1 {
            (v, lane)
        } else {
            (v - v % 2 + lane / 4, lane % 4 * 2 + v % 2)
        }
    }

    /// Whether contiguous vector `c` holds a limb of vector `v` of pairs.
    const fn takes(c: usize, v: usize) -> bool {
        let mut limb = 8 * c;
        while limb < 8 * c + 8 {
            if Self::place(limb).0 == v {
                return true;
            }
            limb += 1;
        }
        false
    }

    /// The lanes of contiguous vector `c` that are in vector `a` or `b` of pairs.
    const fn from(c: usize, a: usize, b: usize) -> Lanes {
        let (mut mask, mut index) = (0, [0; 8]);
        let mut limb = 8 * c;
        while limb < 8 * c + 8 {
            let (v, mut lane) = Self::place(limb);
            if v == a || v == b {
                if v != a {
                    lane += 8;
                }
                mask |= 1 << (limb % 8);
                while lane > 0 {
                    index[limb % 8] += 1;
                    lane -= 1;
                }
            }
            limb += 1;
        }
        (mask, index)
    }
}

/// Sets `x` to the lanes of `t` made limbs below 2^52, and their double.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn normalise<const V: usize>(t: [__m512i; V], x: &mut Operand<V>) {
    let zero = _mm512_setzero_si512();
    let mask = splat(LIMB_MASK);
    let mut a = t;
    let mut d = t;
    let mut all = zero;
    let (mut below, mut below_d) = (zero, zero);
    each!(I < V, {
        let carry = _mm512_srli_epi64::<52>(t[I]);
        let carry_d = _mm512_srli_epi64::<51>(t[I]);
        let low = _mm512_and_si512(t[I], mask);
        let low_d = _mm512_and_si512(_mm512_slli_epi64::<1>(t[I]), mask);
        a[I] = _mm512_add_epi64(low, _mm512_alignr_epi64::<7>(carry, below));
        d[I] = _mm512_add_epi64(low_d, _mm512_alignr_epi64::<7>(carry_d, below_d));
        all = _mm512_or_si512(all, _mm512_or_si512(a[I], d[I]));
        (below, below_d) = (carry, carry_d);
    });
    let _ = (below, below_d);
    each!(I < V, {
        store(&mut x.a.0[I], a[I]);
        store(&mut x.d.0[I], d[I]);
    });
    if _mm512_test_epi64_mask(all, splat(LIMB_MASK + 1)) != 0 {
        ripple(&mut x.a);
        ripple(&mut x.d);
    }
}

/// Carries bit 52 of each lane, however far it goes.
///
/// A lane with bit 52 set generates a carry, a lane of 52 ones passes one on, and no lane does both. With a bit for
/// each lane, adding the carries that arrive to the lanes that pass lets the adder of the CPU do the rippling.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx512f")]
fn ripple<const V: usize>(x: &mut Limbs<V>) {
    let mask = splat(LIMB_MASK);
    let (mut generates, mut passes) = (0u128, 0u128);
    for lanes in x.0.iter().rev() {
        let v = load(lanes);
        generates = generates << 8 | u128::from(_mm512_test_epi64_mask(v, splat(LIMB_MASK + 1)));
        passes = passes << 8 | u128::from(_mm512_cmpeq_epi64_mask(v, mask));
    }
    // BOUND: 8 V <= 80 lanes, so neither the shift nor the sum leaves 128 bits.
    let arrives = generates << 1;
    let mut carries = (passes + arrives) ^ passes;
    for lanes in &mut x.0 {
        let [octet, ..] = carries.to_le_bytes();
        carries >>= 8;
        let v = load(lanes);
        store(
            lanes,
            _mm512_and_si512(_mm512_mask_add_epi64(v, octet, v, splat(1)), mask),
        );
    }
}

/// [`normalise`] from memory.
#[cfg(test)]
#[target_feature(enable = "avx512f")]
pub(super) fn normalise_lanes<const V: usize>(lanes: &[[u64; 8]; V], x: &mut Operand<V>) {
    let mut t = [_mm512_setzero_si512(); V];
    each!(I < V, { t[I] = load(&lanes[I]) });
    normalise(t, x);
}
