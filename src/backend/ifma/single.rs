// SPDX-License-Identifier: MIT OR Apache-2.0

//! One signature, its limbs spread over the lanes. The layouts and bounds are explained in `NOTES.md`.

#![expect(
    clippy::absurd_extreme_comparisons,
    clippy::indexing_slicing,
    clippy::out_of_bounds_indexing,
    reason = "every index is a constant; `each!` writes out branches that are never taken"
)]

use core::arch::x86_64::{
    __m128i, __m512i, _mm_add_epi64, _mm_cvtsi64_si128, _mm_move_epi64, _mm_setzero_si128, _mm_srli_epi64,
    _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_broadcastq_epi64, _mm512_castsi512_si128,
    _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_or_si512, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_sub_epi64, _mm512_zextsi128_si512,
};

use super::key::{IfmaKey, Modulus};
use super::lanes::{load, store};
use super::layout::{contiguous, normalise};
use super::limbs::{LIMB_MASK, Limbs};
use super::os2ip::{hash_limbs, os2ip};
use super::sha256::{Compression, GapHash, K};
use crate::rs256::MessageHash;

/// A number and its double, both normalised.
pub(super) struct Operand<const V: usize> {
    pub(super) a: Limbs<V>,
    pub(super) d: Limbs<V>,
}

/// A product of two numbers: `16 V` lanes that are not normalised, in contiguous order, lower half and upper half.
#[repr(align(64))]
struct Product<const V: usize>([[[u64; 8]; V]; 2]);

/// Accumulators in every kernel, most of them never used: more than any index that `each!` can form, even in a branch
/// that is not taken.
pub(super) const ROOM: usize = 24;

/// Whether `s`, big-endian, has the length of the modulus, is below it, and is a signature of the digest.
#[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi,sha")]
pub(super) fn verify<const V: usize>(key: &IfmaKey<V>, s: &[u8], hash: MessageHash<'_>) -> bool {
    let n = &key.modulus.n;
    // RFC 8017 section 8.2.2, step 1: the length of the signature is k.
    if s.len() != key.k {
        return false;
    }
    // Section 5.2.2 (RSAVP1), step 1: the signature representative is below n.
    let s = os2ip(s);
    if !s.is_below(n) {
        return false;
    }
    let mut hash = GapHash::new(hash);
    let x = raise(&key.modulus, &s, &mut hash);
    let mut t = Product::ZERO;
    multiply(&x, &s, &mut t);
    add_encoded_message(key, &hash.finish(), &mut t);
    // BOUND: the residue is above 0, because −P · D is at least 1, and below 3n: a multiple of n is n or 2n.
    let mut residue = Operand::ZERO;
    reduce(&key.modulus, &t, &mut residue, &mut None);
    is_once_or_twice(&residue.a, n)
}

/// Whether `x` is n or 2n.
#[target_feature(enable = "avx512f")]
fn is_once_or_twice<const V: usize>(x: &Limbs<V>, n: &Limbs<V>) -> bool {
    let (mut once, mut twice) = (0xff, 0xff);
    let mut below = _mm512_setzero_si512();
    for (x, n) in x.0.iter().zip(&n.0) {
        let (x, n) = (load(x), load(n));
        let carry = _mm512_srli_epi64::<51>(n);
        let double = _mm512_and_si512(_mm512_slli_epi64::<1>(n), splat(LIMB_MASK));
        let double = _mm512_or_si512(double, _mm512_alignr_epi64::<7>(carry, below));
        once &= _mm512_cmpeq_epi64_mask(x, n);
        twice &= _mm512_cmpeq_epi64_mask(x, double);
        below = carry;
    }
    once == 0xff || twice == 0xff
}

/// [`raise`] with nothing to hash.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
pub(super) fn raise_alone<const V: usize>(modulus: &Modulus<V>, s: &Limbs<V>) -> Limbs<V> {
    raise(modulus, s, &mut GapHash::new(MessageHash::Known(&[0; 32])))
}

/// s^65536 / R^65535 mod n, below 3n; on the way, as much of the hash as there are gaps for.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn raise<const V: usize>(modulus: &Modulus<V>, s: &Limbs<V>, hash: &mut GapHash<'_>) -> Limbs<V> {
    let mut x = Operand { a: *s, d: s.doubled() };
    let mut t = Product::ZERO;
    for _ in 0..16 {
        let mut block = hash.begin();
        square(&x, &mut t, &mut block);
        hash.end(block);
        let mut block = hash.begin();
        reduce(modulus, &t, &mut x, &mut block);
        hash.end(block);
    }
    x.a
}

/// x · y / R mod n, below 3n, for x and y below 3n.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
pub(super) fn multiply_redc<const V: usize>(modulus: &Modulus<V>, x: &Limbs<V>, y: &Limbs<V>) -> Limbs<V> {
    let mut t = Product::ZERO;
    multiply(x, y, &mut t);
    let mut out = Operand::ZERO;
    reduce(modulus, &t, &mut out, &mut None);
    out.a
}

impl<const V: usize> Operand<V> {
    pub(super) const ZERO: Self = Self {
        a: Limbs::ZERO,
        d: Limbs::ZERO,
    };
}

impl<const V: usize> Product<V> {
    const ZERO: Self = Self([[[0; 8]; V]; 2]);

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn set(&mut self, acc: &[__m512i; ROOM]) {
        let Self([low, high]) = self;
        each!(I < V, {
            store(&mut low[I], acc[I]);
            store(&mut high[I], acc[V + I]);
        });
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn splat(x: u64) -> __m512i {
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

/// One step of Horner's rule over the lanes: all accumulators move up by one limb.
macro_rules! up_one_limb {
    ($acc:ident, $count:expr) => {
        each!(I down from 10, {
            if 2 * I + 1 < $count {
                $acc[2 * I + 1] = _mm512_alignr_epi64::<7>($acc[2 * I + 1], $acc[2 * I]);
            }
            if 2 * I < $count {
                let below = if I == 0 { _mm512_setzero_si512() } else { $acc[(2 * I).saturating_sub(1)] };
                $acc[2 * I] = _mm512_alignr_epi64::<7>($acc[2 * I], below);
            }
        });
    };
}

/// T = x^2.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn square<const V: usize>(x: &Operand<V>, t: &mut Product<V>, hash: &mut Option<Compression>) {
    let a = load_all(&x.a);
    let d = load_all(&x.d);
    // In E_v the bit that doubling carried out of block v − 1 is cleared.
    let keep = _mm512_sub_epi64(_mm512_set1_epi64(-1), lane0(1));
    let mut e = d;
    each!(I < V, { e[I] = _mm512_and_si512(e[I], keep) });

    let mut acc = [_mm512_setzero_si512(); ROOM];
    macro_rules! add_products {
        ($multiply:ident, $r:ident) => {
            each!(K < V, {
                let b = splat(x.a.0[K][$r]);
                each!(I < V, {
                    if I == K {
                        acc[K + I] = $multiply(acc[K + I], b, a[I]);
                    } else if I == K + 1 {
                        acc[K + I] = $multiply(acc[K + I], b, e[I]);
                    } else if I > K {
                        acc[K + I] = $multiply(acc[K + I], b, d[I]);
                    }
                });
            });
        };
    }
    let mut block = *hash;
    for (r, k) in (0..8).rev().zip(K.as_chunks::<2>().0) {
        add_products!(_mm512_madd52hi_epu64, r);
        up_one_limb!(acc, 2 * V);
        add_products!(_mm512_madd52lo_epu64, r);
        if let Some(block) = &mut block {
            block.eight_rounds(k);
        }
    }
    *hash = block;
    t.set(&acc);
}

/// T = x · y.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn multiply<const V: usize>(x: &Limbs<V>, y: &Limbs<V>, t: &mut Product<V>) {
    let mut acc = [_mm512_setzero_si512(); ROOM];
    for r in (0..8).rev() {
        each!(K < V, {
            let b = splat(x.0[K][r]);
            each!(I < V, {
                acc[K + I] = _mm512_madd52hi_epu64(acc[K + I], b, load(&y.0[I]))
            });
        });
        up_one_limb!(acc, 2 * V);
        each!(K < V, {
            let b = splat(x.0[K][r]);
            each!(I < V, {
                acc[K + I] = _mm512_madd52lo_epu64(acc[K + I], b, load(&y.0[I]))
            });
        });
    }
    t.set(&acc);
}

/// T += H · (−D) + (−P · D), for the hash H.
#[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi,sha")]
fn add_encoded_message<const V: usize>(key: &IfmaKey<V>, hash: &[u8; 32], t: &mut Product<V>) {
    let Limbs([h]) = hash_limbs(hash);
    let mut acc = [_mm512_setzero_si512(); ROOM];
    for limb in h.into_iter().take(5).rev() {
        let b = splat(limb);
        each!(I < V, {
            acc[I] = _mm512_madd52hi_epu64(acc[I], b, load(&key.neg_d.0[I]))
        });
        up_one_limb!(acc, V + 1);
        each!(I < V, {
            acc[I] = _mm512_madd52lo_epu64(acc[I], b, load(&key.neg_d.0[I]))
        });
    }
    let Product([low, high]) = t;
    each!(I < V, {
        let sum = _mm512_add_epi64(acc[I], load(&key.neg_pd.0[I]));
        let sum = _mm512_add_epi64(sum, load(&low[I]));
        store(&mut low[I], sum);
    });
    let sum = _mm512_add_epi64(acc[V], load(&high[0]));
    store(&mut high[0], sum);
}

/// Sets `x` to T / R mod n, normalised, below T / R + 2n.
#[target_feature(enable = "avx512f,avx512ifma,sha")]
fn reduce<const V: usize>(modulus: &Modulus<V>, t: &Product<V>, x: &mut Operand<V>, hash: &mut Option<Compression>) {
    let zero = _mm512_setzero_si512();
    let friendly = load_all(&modulus.friendly);
    // The limbs of T enter one at a time, with the carries of the limbs that have left: both stay out of the vectors.
    let (low, high) =
        t.0.as_flattened()
            .as_flattened()
            .split_at_checked(modulus.rows)
            .unwrap_or_default();
    let (pairs, _) = low.as_chunks::<2>();
    let Some((last_pair, pairs)) = pairs.split_last() else {
        return;
    };
    let mut carry = _mm_setzero_si128();
    let mut acc = [zero; ROOM];
    let mut block = *hash;
    let mut constants = K.as_chunks::<2>().0.iter();
    for (i, [t0, t1]) in pairs.iter().enumerate() {
        if i % 2 == 0
            && let Some(block) = &mut block
            && let Some(k) = constants.next()
        {
            block.eight_rounds(k);
        }
        let x0 = _mm_add_epi64(lowest(acc[0]), _mm_add_epi64(carry, one(*t0)));
        let q0 = _mm512_broadcastq_epi64(x0);
        carry = _mm_srli_epi64::<52>(x0);
        let x1 = _mm_add_epi64(_mm_add_epi64(lowest(acc[1]), one(*t1)), carry);
        let q1 = _mm512_broadcastq_epi64(x1);
        carry = _mm_srli_epi64::<52>(x1);

        // Down by two limbs.
        acc[V] = _mm512_add_epi64(acc[V], _mm512_alignr_epi64::<1>(zero, acc[0]));
        acc[V + 1] = _mm512_add_epi64(acc[V + 1], _mm512_alignr_epi64::<1>(zero, acc[1]));
        each!(I < V, { acc[I] = acc[I + 2] });
        acc[V] = zero;
        acc[V + 1] = zero;

        // From the lowest limb up, because the next two quotients wait for the lowest two.
        each!(I < V + 2, {
            if I < V {
                acc[I] = _mm512_madd52lo_epu64(acc[I], q0, friendly[I]);
            }
            if I > 0 && I - 1 < V {
                acc[I] = _mm512_madd52hi_epu64(acc[I], q0, friendly[I - 1]);
                acc[I] = _mm512_madd52lo_epu64(acc[I], q1, friendly[I - 1]);
            }
            if I > 1 {
                acc[I] = _mm512_madd52hi_epu64(acc[I], q1, friendly[I - 2]);
            }
        });
    }
    if let Some(block) = &mut block {
        for k in constants {
            block.eight_rounds(k);
        }
    }
    *hash = block;

    let n = load_all(&modulus.strided);
    let n0 = splat(modulus.n0);
    each!(ROW < 2, {
        let x0 = _mm_add_epi64(lowest(acc[0]), _mm_add_epi64(carry, one(last_pair[ROW])));
        let q = _mm512_madd52lo_epu64(zero, _mm512_broadcastq_epi64(x0), n0);
        // q·n makes the low 52 bits of x0 zero: what is carried is x0 / 2^52, rounded up.
        carry = _mm_srli_epi64::<52>(_mm_add_epi64(x0, one(LIMB_MASK)));
        each!(I < V, { acc[I] = _mm512_madd52lo_epu64(acc[I], q, n[I]) });
        acc[V] = _mm512_add_epi64(acc[V], _mm512_alignr_epi64::<1>(zero, acc[0]));
        each!(I < V + 1, { acc[I] = acc[I + 1] });
        each!(I < V, { acc[I] = _mm512_madd52hi_epu64(acc[I], q, n[I]) });
    });

    let mut sum = contiguous::<V>(&acc);
    sum[0] = _mm512_add_epi64(sum[0], _mm512_zextsi128_si512(_mm_move_epi64(carry)));
    let (high, _) = high.as_chunks::<8>();
    let Some(high) = high.first_chunk::<V>() else { return };
    each!(I < V, { sum[I] = _mm512_add_epi64(sum[I], load(&high[I])) });
    normalise(sum, x);
}

/// Lanes 0 and 1, of which 0 is meant.
#[inline]
#[target_feature(enable = "avx512f")]
fn lowest(x: __m512i) -> __m128i {
    _mm512_castsi512_si128(x)
}

/// `x` in lane 0, zero in lane 1.
#[inline]
#[target_feature(enable = "avx512f")]
fn one(x: u64) -> __m128i {
    _mm_cvtsi64_si128(x.cast_signed())
}
