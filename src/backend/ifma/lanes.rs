// SPDX-License-Identifier: MIT OR Apache-2.0

//! The three things that the compiler cannot check: reading a vector from memory, writing one, and entering code that
//! is compiled for AVX-512. Every function here is safe to call.
#![allow(unsafe_code)]

use core::arch::x86_64::{__cpuid, __m128i, __m512i, _mm_loadu_si128, _mm512_loadu_si512, _mm512_storeu_si512};

#[cfg(test)]
use super::layout;
use super::limbs::Limbs;
use super::{Ifma, IfmaKey, batch8, key, sha256, single};
use crate::rs256::MessageHash;

/// Reads eight lanes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load(lanes: &[u64; 8]) -> __m512i {
    // SAFETY: `lanes` is 64 readable octets, and this load asks for no alignment.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

/// Reads 64 octets.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load_octets(octets: &[u8; 64]) -> __m512i {
    // SAFETY: `octets` is 64 readable octets, and this load asks for no alignment.
    unsafe { _mm512_loadu_si512(octets.as_ptr().cast()) }
}

/// Reads 16 octets.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn load_16(octets: &[u8; 16]) -> __m128i {
    // SAFETY: `octets` is 16 readable octets, and this load asks for no alignment.
    unsafe { _mm_loadu_si128(octets.as_ptr().cast()) }
}

/// Writes eight lanes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store(lanes: &mut [u64; 8], value: __m512i) {
    // SAFETY: `lanes` is 64 writable octets, borrowed for us alone, and this store asks for no alignment.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), value) }
}

/// The three words of the name by which a processor tells its maker, in the order in which they make it up.
#[allow(
    unused_unsafe,
    clippy::allow_attributes,
    reason = "later compilers than the oldest one supported call it safe"
)]
pub(super) fn vendor() -> [u32; 3] {
    // SAFETY: every processor that runs 64-bit code has the instruction, and leaf 0.
    let leaf = unsafe { __cpuid(0) };
    [leaf.ebx, leaf.edx, leaf.ecx]
}

/// Enters [`key::build`].
pub(super) fn enter_build<const V: usize>(token: Ifma, n: &Limbs<V>, rows: usize, k: usize) -> IfmaKey<V> {
    // SAFETY: `build` is compiled for the features of `Ifma`, and `token` exists only where `Ifma::detect` found them.
    unsafe { key::build(token, n, rows, k) }
}

/// Enters [`single::verify`].
pub(super) fn enter_verify<const V: usize>(_: Ifma, key: &IfmaKey<V>, s: &[u8], hash: MessageHash<'_>) -> bool {
    // SAFETY: `verify` needs the features of `Ifma`, and the token exists only where `Ifma::detect` found them.
    unsafe { single::verify(key, s, hash) }
}

/// Enters [`batch8::verify`].
pub(super) fn enter_verify8<const V: usize>(
    _: Ifma,
    keys: [&IfmaKey<V>; 8],
    s: [&[u8]; 8],
    digests: &[[u8; 32]; 8],
) -> [bool; 8] {
    // SAFETY: `verify` needs the features of `Ifma`, and the token exists only where `Ifma::detect` found them.
    unsafe { batch8::verify(keys, s, digests) }
}

/// Enters [`sha256::digest_pairs`].
pub(super) fn enter_digest8(_: Ifma, messages: [&[u8]; 8]) -> [[u8; 32]; 8] {
    // SAFETY: `digest_pairs` needs features of `Ifma`, and the token exists only where `Ifma::detect` found them.
    unsafe { sha256::digest_pairs(messages) }
}

/// Enters [`single::raise_alone`].
#[cfg(test)]
pub(super) fn enter_raise<const V: usize>(_: Ifma, modulus: &key::Modulus<V>, s: &Limbs<V>) -> Limbs<V> {
    // SAFETY: `raise_alone` needs the features of `Ifma`, and the token exists only where `Ifma::detect` found them.
    unsafe { single::raise_alone(modulus, s) }
}

/// Enters [`layout::normalise_lanes`]; gives the number and its double.
#[cfg(test)]
pub(super) fn enter_normalise<const V: usize>(_: Ifma, lanes: &[[u64; 8]; V]) -> (Limbs<V>, Limbs<V>) {
    let mut x = single::Operand::ZERO;
    // SAFETY: the kernel needs features of `Ifma`, and the token exists only where `Ifma::detect` found them.
    unsafe { layout::normalise_lanes(lanes, &mut x) };
    (x.a, x.d)
}
