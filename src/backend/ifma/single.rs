// SPDX-License-Identifier: MIT OR Apache-2.0

//! One signature, its limbs spread over the lanes. The layouts and bounds are explained in `NOTES.md`.

use core::arch::x86_64::{
    __m512i, _mm_cvtsi64_si128, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_broadcastq_epi64,
    _mm512_castsi512_si128, _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_mask_add_epi64, _mm512_mask_permutexvar_epi64, _mm512_or_si512,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64,
    _mm512_sub_epi64, _mm512_test_epi64_mask, _mm512_zextsi128_si512,
};

use super::key::{IfmaKey, Modulus};
use super::lanes::{load, store};
use super::limbs::{LIMB_MASK, Limbs};
use crate::backend::Digest256;

/// A number and its double, both normalised.
struct Operand<const V: usize> {
    a: Limbs<V>,
    d: Limbs<V>,
}

/// A product of two numbers: `16 V` lanes that are not normalised, in contiguous order.
#[repr(align(64))]
struct Product<const V: usize> {
    /// The lower `8 V` lanes, then zeros. The longest is 10 vectors with two of zeros.
    low: [[u64; 8]; MAX_V + 2],
    high: [[u64; 8]; V],
}

/// The largest `V`.
const MAX_V: usize = 10;

/// Whether `s`, big-endian, has the length of the modulus, is below it, and is a signature of the digest.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn verify<const V: usize, D: Digest256>(key: &IfmaKey<V>, s: &[u8], mut digest: D) -> bool {
    let n = &key.modulus.n;
    // RFC 8017 section 8.2.2, step 1: the length of the signature is k.
    if s.len() != key.k {
        return false;
    }
    // Section 5.2.2 (RSAVP1), step 1: the signature representative is below n.
    let s = Limbs::from_be_bytes(s);
    if !s.is_below(n) {
        return false;
    }
    let x = raise(&key.modulus, &s, &mut digest);
    let mut t = Product::ZERO;
    multiply(&x, &s, &mut t);
    add_encoded_message(key, &digest.finish(), &mut t);
    // BOUND: the residue is above 0, because −P · D is at least 1, and below 3n: a multiple of n is n or 2n.
    let residue = reduce(&key.modulus, &t).a;
    residue == *n || residue == n.doubled()
}

/// s^65536 / R^65535 mod n, below 3n.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn raise<const V: usize, D: Digest256>(modulus: &Modulus<V>, s: &Limbs<V>, digest: &mut D) -> Limbs<V> {
    let mut x = Operand { a: *s, d: s.doubled() };
    let mut t = Product::ZERO;
    for _ in 0..16 {
        digest.step();
        square(&x, &mut t);
        digest.step();
        x = reduce(modulus, &t);
    }
    x.a
}

/// x · y / R mod n, below 3n, for x and y below 3n or one of them below n and the other any number.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn multiply_redc<const V: usize>(modulus: &Modulus<V>, x: &Limbs<V>, y: &Limbs<V>) -> Limbs<V> {
    let mut t = Product::ZERO;
    multiply(x, y, &mut t);
    reduce(modulus, &t).a
}

impl<const V: usize> Product<V> {
    const ZERO: Self = Self { low: [[0; 8]; MAX_V + 2], high: [[0; 8]; V] };
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

/// `x` in lane 0, zeros elsewhere.
#[inline]
#[target_feature(enable = "avx512f")]
fn lane0(x: u64) -> __m512i {
    _mm512_zextsi128_si512(_mm_cvtsi64_si128(x.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_all<const V: usize>(limbs: &Limbs<V>) -> [__m512i; V] {
    let mut out = [_mm512_setzero_si512(); V];
    for (to, from) in out.iter_mut().zip(&limbs.0) {
        *to = load(from);
    }
    out
}

/// T = x^2.
#[target_feature(enable = "avx512f,avx512ifma")]
fn square<const V: usize>(x: &Operand<V>, t: &mut Product<V>) {
    let zero = _mm512_setzero_si512();
    let a = load_all(&x.a);
    let d = load_all(&x.d);
    // In E_v the bit that doubling carried out of block v − 1 is cleared.
    let keep = _mm512_sub_epi64(_mm512_set1_epi64(-1), lane0(1));
    let mut e = d;
    for v in &mut e {
        *v = _mm512_and_si512(*v, keep);
    }
    let mut acc = [zero; 2 * MAX_V];
    for r in (0..8).rev() {
        for k in 0..V {
            let b = splat(x.a.0[k][r]);
            for v in k..V {
                let y = if v == k { a[v] } else if v == k + 1 { e[v] } else { d[v] };
                acc[k + v] = _mm512_madd52hi_epu64(acc[k + v], b, y);
            }
        }
        for i in (1..2 * V).rev() {
            acc[i] = _mm512_alignr_epi64::<7>(acc[i], acc[i - 1]);
        }
        acc[0] = _mm512_alignr_epi64::<7>(acc[0], zero);
        for k in 0..V {
            let b = splat(x.a.0[k][r]);
            for v in k..V {
                let y = if v == k { a[v] } else if v == k + 1 { e[v] } else { d[v] };
                acc[k + v] = _mm512_madd52lo_epu64(acc[k + v], b, y);
            }
        }
    }
    for v in 0..V {
        store(&mut t.low[v], acc[v]);
        store(&mut t.high[v], acc[V + v]);
    }
}

/// T = x · y.
#[target_feature(enable = "avx512f,avx512ifma")]
fn multiply<const V: usize>(x: &Limbs<V>, y: &Limbs<V>, t: &mut Product<V>) {
    let zero = _mm512_setzero_si512();
    let mut acc = [zero; 2 * MAX_V];
    for r in (0..8).rev() {
        for k in 0..V {
            let b = splat(x.0[k][r]);
            for v in 0..V {
                acc[k + v] = _mm512_madd52hi_epu64(acc[k + v], b, load(&y.0[v]));
            }
        }
        for i in (1..2 * V).rev() {
            acc[i] = _mm512_alignr_epi64::<7>(acc[i], acc[i - 1]);
        }
        acc[0] = _mm512_alignr_epi64::<7>(acc[0], zero);
        for k in 0..V {
            let b = splat(x.0[k][r]);
            for v in 0..V {
                acc[k + v] = _mm512_madd52lo_epu64(acc[k + v], b, load(&y.0[v]));
            }
        }
    }
    for v in 0..V {
        store(&mut t.low[v], acc[v]);
        store(&mut t.high[v], acc[V + v]);
    }
}

/// T += H · (−D) + (−P · D), for the hash H.
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_encoded_message<const V: usize>(key: &IfmaKey<V>, hash: &[u8; 32], t: &mut Product<V>) {
    let zero = _mm512_setzero_si512();
    // 256 bits are five limbs.
    let Limbs([h]) = Limbs::<1>::from_be_bytes(hash);
    let mut acc = [zero; MAX_V + 1];
    for limb in h.into_iter().take(5).rev() {
        let b = splat(limb);
        for v in 0..V {
            acc[v] = _mm512_madd52hi_epu64(acc[v], b, load(&key.neg_d.0[v]));
        }
        for i in (1..=V).rev() {
            acc[i] = _mm512_alignr_epi64::<7>(acc[i], acc[i - 1]);
        }
        acc[0] = _mm512_alignr_epi64::<7>(acc[0], zero);
        for v in 0..V {
            acc[v] = _mm512_madd52lo_epu64(acc[v], b, load(&key.neg_d.0[v]));
        }
    }
    for v in 0..V {
        let sum = _mm512_add_epi64(acc[v], load(&key.neg_pd.0[v]));
        let sum = _mm512_add_epi64(sum, load(&t.low[v]));
        store(&mut t.low[v], sum);
    }
    let sum = _mm512_add_epi64(acc[V], load(&t.high[0]));
    store(&mut t.high[0], sum);
}

/// T / R mod n, normalised, below T / R + 2n.
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduce<const V: usize>(modulus: &Modulus<V>, t: &Product<V>) -> Operand<V> {
    let zero = _mm512_setzero_si512();
    let friendly = load_all(&modulus.friendly);
    let low = t.low.as_flattened();

    let mut acc = [zero; MAX_V + 2];
    for (to, from) in acc.iter_mut().zip(low).take(V + 2) {
        *to = lane0(*from);
    }
    let (pairs, _) = low.split_at(V + 2).1.as_chunks::<2>();
    for pair in pairs.iter().take(4 * V - 1) {
        let q0 = _mm512_broadcastq_epi64(_mm512_castsi512_si128(acc[0]));
        acc[1] = carry_lane0(acc[1], acc[0]);
        let q1 = _mm512_broadcastq_epi64(_mm512_castsi512_si128(acc[1]));
        acc[2] = carry_lane0(acc[2], acc[1]);
        acc[V] = _mm512_add_epi64(acc[V], _mm512_alignr_epi64::<1>(zero, acc[0]));
        acc[V + 1] = _mm512_add_epi64(acc[V + 1], _mm512_alignr_epi64::<1>(zero, acc[1]));
        for i in 0..V {
            acc[i] = acc[i + 2];
        }
        acc[V] = lane0(pair[0]);
        acc[V + 1] = lane0(pair[1]);
        for i in 0..V {
            acc[i] = _mm512_madd52lo_epu64(acc[i], q0, friendly[i]);
        }
        for i in 0..V {
            acc[i + 1] = _mm512_madd52lo_epu64(acc[i + 1], q1, friendly[i]);
        }
        for i in 0..V {
            acc[i + 1] = _mm512_madd52hi_epu64(acc[i + 1], q0, friendly[i]);
        }
        for i in 0..V {
            acc[i + 2] = _mm512_madd52hi_epu64(acc[i + 2], q1, friendly[i]);
        }
    }

    let n0 = splat(modulus.n0);
    for _ in 0..2 {
        let q = _mm512_madd52lo_epu64(zero, acc[0], n0);
        let q = _mm512_broadcastq_epi64(_mm512_castsi512_si128(q));
        for i in 0..V {
            acc[i] = _mm512_madd52lo_epu64(acc[i], q, load(&modulus.strided.0[i]));
        }
        acc[1] = carry_lane0(acc[1], acc[0]);
        acc[V] = _mm512_add_epi64(acc[V], _mm512_alignr_epi64::<1>(zero, acc[0]));
        for i in 0..=V {
            acc[i] = acc[i + 1];
        }
        acc[V + 1] = zero;
        for i in 0..V {
            acc[i] = _mm512_madd52hi_epu64(acc[i], q, load(&modulus.strided.0[i]));
        }
    }

    let mut sum = contiguous::<V>(&acc);
    for (x, high) in sum.iter_mut().zip(&t.high) {
        *x = _mm512_add_epi64(*x, load(high));
    }
    normalise(sum)
}

/// `x` plus what lane 0 of `from` holds above its low 52 bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn carry_lane0(x: __m512i, from: __m512i) -> __m512i {
    _mm512_mask_add_epi64(x, 1, x, _mm512_srli_epi64::<52>(from))
}

/// Strided to contiguous order.
#[inline]
#[target_feature(enable = "avx512f")]
fn contiguous<const V: usize>(strided: &[__m512i; MAX_V + 2]) -> [__m512i; V] {
    let mut out = [_mm512_setzero_si512(); V];
    for (c, to) in out.iter_mut().enumerate() {
        for v in 0..V {
            let (mask, index) = const { &Gather::<V>::TABLE }[c][v];
            if mask != 0 {
                *to = _mm512_mask_permutexvar_epi64(*to, mask, load(&index), strided[v]);
            }
        }
    }
    out
}

struct Gather<const V: usize>;

impl<const V: usize> Gather<V> {
    /// For each contiguous vector and each strided one: which lanes come from it, and from which of its lanes.
    const TABLE: [[(u8, [u64; 8]); V]; V] = {
        let mut table = [[(0, [0; 8]); V]; V];
        let mut limb = 0;
        let mut lane = 0u64;
        let mut v = 0;
        while limb < 8 * V {
            let (mask, index) = &mut table[limb / 8][v];
            *mask |= 1 << (limb % 8);
            index[limb % 8] = lane;
            limb += 1;
            v += 1;
            if v == V {
                v = 0;
                lane += 1;
            }
        }
        table
    };
}

/// The lanes of `t` made limbs below 2^52, and their double.
#[inline]
#[target_feature(enable = "avx512f")]
fn normalise<const V: usize>(t: [__m512i; V]) -> Operand<V> {
    let zero = _mm512_setzero_si512();
    let mask = splat(LIMB_MASK);
    let mut a = [zero; V];
    let mut d = [zero; V];
    let mut all = zero;
    let (mut below, mut below_d) = (zero, zero);
    for v in 0..V {
        let carry = _mm512_srli_epi64::<52>(t[v]);
        let carry_d = _mm512_srli_epi64::<51>(t[v]);
        let low = _mm512_and_si512(t[v], mask);
        let low_d = _mm512_and_si512(_mm512_slli_epi64::<1>(t[v]), mask);
        a[v] = _mm512_add_epi64(low, _mm512_alignr_epi64::<7>(carry, below));
        d[v] = _mm512_add_epi64(low_d, _mm512_alignr_epi64::<7>(carry_d, below_d));
        all = _mm512_or_si512(all, _mm512_or_si512(a[v], d[v]));
        (below, below_d) = (carry, carry_d);
    }
    if _mm512_test_epi64_mask(all, splat(LIMB_MASK + 1)) != 0 {
        a = ripple(a);
        d = ripple(d);
    }
    let mut out = Operand { a: Limbs::ZERO, d: Limbs::ZERO };
    for v in 0..V {
        store(&mut out.a.0[v], a[v]);
        store(&mut out.d.0[v], d[v]);
    }
    out
}

/// Carries bit 52 of each lane, however far it goes.
///
/// A lane with bit 52 set generates a carry, a lane of 52 ones passes one on, and no lane does both. With a bit for
/// each lane, adding the carries that arrive to the lanes that pass lets the adder of the CPU do the rippling.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx512f")]
fn ripple<const V: usize>(x: [__m512i; V]) -> [__m512i; V] {
    let mask = splat(LIMB_MASK);
    let (mut generates, mut passes) = (0u128, 0u128);
    for v in x.iter().rev() {
        generates = generates << 8 | u128::from(_mm512_test_epi64_mask(*v, splat(LIMB_MASK + 1)));
        passes = passes << 8 | u128::from(_mm512_cmpeq_epi64_mask(*v, mask));
    }
    // BOUND: 8 V <= 80 lanes, so neither the shift nor the sum leaves 128 bits.
    let arrives = generates << 1;
    let mut carries = (passes + arrives) ^ passes;
    x.map(|v| {
        let [octet, ..] = carries.to_le_bytes();
        carries >>= 8;
        _mm512_and_si512(_mm512_mask_add_epi64(v, octet, v, splat(1)), mask)
    })
}
