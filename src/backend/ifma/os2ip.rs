// SPDX-License-Identifier: MIT OR Apache-2.0

//! OS2IP ([RFC 8017 section 4.2](https://www.rfc-editor.org/rfc/rfc8017#section-4.2)): octets to limbs of 52 bits.
//!
//! Eight limbs are 52 octets, and limb `l` of them begins at octet 6.5 `l`. One permutation of octets brings the seven
//! octets of each limb into its lane and turns their order round; a shift by 0 or 4 bits and a mask do the rest.

use core::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_cmple_epu8_mask, _mm512_maskz_permutexvar_epi8, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_srlv_epi64, _mm512_sub_epi8,
};

use super::lanes::{load, load_octets, store};
use super::limbs::{LIMB_MASK, Limbs};
use super::single::splat;

/// For each octet of the lanes, its distance from the last of the 52 octets.
const DISTANCE: [[u8; 8]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [6, 7, 8, 9, 10, 11, 12, 13],
    [13, 14, 15, 16, 17, 18, 19, 20],
    [19, 20, 21, 22, 23, 24, 25, 26],
    [26, 27, 28, 29, 30, 31, 32, 33],
    [32, 33, 34, 35, 36, 37, 38, 39],
    [39, 40, 41, 42, 43, 44, 45, 46],
    [45, 46, 47, 48, 49, 50, 51, 52],
];

/// The number that at least 64 octets stand for, modulo 2^(416 V). Fewer octets give 0.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub(super) fn os2ip<const V: usize>(octets: &[u8]) -> Limbs<V> {
    let mut out = Limbs::ZERO;
    let mut rest = octets;
    for lanes in &mut out.0 {
        store(lanes, eight_limbs(rest, octets));
        rest = rest
            .split_at_checked(rest.len().saturating_sub(52))
            .map_or(&[], |(rest, _)| rest);
    }
    out
}

/// The last 52 octets of `rest`, where `all` begins with `rest` and has at least 64 octets.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn eight_limbs(rest: &[u8], all: &[u8]) -> __m512i {
    // The last 64 octets of `rest`, or if it has fewer, the first 64 of all.
    let Some(window) = rest.last_chunk::<64>().or(all.first_chunk()) else {
        return _mm512_setzero_si512();
    };
    let Some(last) = rest.len().min(64).checked_sub(1) else {
        return _mm512_setzero_si512();
    };
    let last = _mm512_set1_epi8(i8::try_from(last).unwrap_or(0));
    let distance = load(&DISTANCE.map(u64::from_le_bytes));
    // What would come before the first octet is zero.
    let there = _mm512_cmple_epu8_mask(distance, last);
    let lanes = _mm512_maskz_permutexvar_epi8(there, _mm512_sub_epi8(last, distance), load_octets(window));
    let lanes = _mm512_srlv_epi64(lanes, load(&[0, 4, 0, 4, 0, 4, 0, 4]));
    _mm512_and_si512(lanes, splat(LIMB_MASK))
}

/// The five limbs of a hash, and three zeros.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub(super) fn hash_limbs(hash: &[u8; 32]) -> Limbs<1> {
    let padded = [[0; 32], *hash];
    os2ip(padded.as_flattened())
}
