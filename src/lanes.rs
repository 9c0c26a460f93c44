// SPDX-License-Identifier: MIT OR Apache-2.0

//! Vector registers on x86-64: the things that the compiler cannot check, which are reading octets or numbers into
//! lanes, writing lanes out, one instruction that it would replace, entering code that is compiled for more than the
//! caller is, and taking for text what vectors have looked at. Every function here is safe to call.
#![allow(
    unsafe_code,
    reason = "vector loads and stores, an instruction, the entry into code for a CPU feature, and text of ASCII"
)]

#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
use core::arch::x86_64::{__m512i, _mm512_mask_loadu_epi8, _mm512_mask_storeu_epi8, _mm512_set1_epi8};

#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
use crate::base64url::vbmi::{self, Vbmi};

#[cfg(all(
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
use crate::octets::avx512::{self, Avx512};

#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
use core::arch::asm;
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
use core::arch::x86_64::{__m256i, _mm256_loadu_si256, _mm256_storeu_si256};

#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
use crate::backend::avx2::{self, Avx2, Avx2Key, Lanes};

use crate::octets;

/// One bit for each of the first `len` lanes; all of them from 64 on.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
fn first(len: usize) -> u64 {
    match len {
        0..64 => (1 << len) - 1,
        _ => u64::MAX,
    }
}

/// The first 64 octets, in as many lanes as there are; `fill` in the others.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn load(octets: &[u8], fill: u8) -> __m512i {
    let fill = _mm512_set1_epi8(fill.cast_signed());
    // SAFETY: a masked load touches no memory of a lane whose bit is clear, and `first` sets bits below the slice's
    // length alone.
    unsafe { _mm512_mask_loadu_epi8(fill, first(octets.len()), octets.as_ptr().cast()) }
}

/// Writes as many lanes as there are octets.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn store(octets: &mut [u8], lanes: __m512i) {
    // SAFETY: a masked store touches no memory of a lane whose bit is clear, and `first` sets bits below the slice's
    // length alone.
    unsafe { _mm512_mask_storeu_epi8(octets.as_mut_ptr().cast(), first(octets.len()), lanes) }
}

/// Enters [`vbmi::translate`].
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2")))]
pub(crate) fn enter_translate(_: Vbmi, src: &[u8], out: &mut [u8]) -> bool {
    // SAFETY: `translate` is compiled for the features of `Vbmi`, and the token exists only where `Vbmi::detect` found
    // them.
    unsafe { vbmi::translate(src, out) }
}

/// Enters [`flags::of_block`](crate::json::flags::of_block).
#[cfg(target_feature = "sse2")]
#[inline(always)]
pub(crate) fn enter_flags_of_block(block: &[u8; 64]) -> u64 {
    // SAFETY: `of_block` is compiled for SSE2, which this whole build may use.
    unsafe { crate::json::flags::of_block(block) }
}

/// Enters [`avx512::fill`].
#[cfg(all(
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
#[inline(always)]
pub(crate) fn enter_fill(_: Avx512, flags: &mut [[u8; 8]], text: &[u8]) {
    // SAFETY: `fill` is compiled for the features of `Avx512`, and the token exists only where `Avx512::detect` found
    // them.
    unsafe { avx512::fill(flags, text) }
}

/// Enters [`avx512::position`].
#[cfg(all(
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
#[inline(always)]
pub(crate) fn enter_position(_: Avx512, text: &[u8], wanted: u8) -> Option<usize> {
    // SAFETY: `position` is compiled for the features of `Avx512`, and the token exists only where `Avx512::detect` found
    // them.
    unsafe { avx512::position(text, wanted) }
}

/// Enters [`avx512::beyond_ascii`].
#[cfg(all(
    target_pointer_width = "64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
#[inline(always)]
pub(crate) fn enter_beyond_ascii(_: Avx512, text: &[u8]) -> (usize, usize) {
    // SAFETY: `beyond_ascii` is compiled for the features of `Avx512`, and the token exists only where `Avx512::detect`
    // found them.
    unsafe { avx512::beyond_ascii(text) }
}

/// The octets as text, or how many of the first ones are UTF-8. Most texts are ASCII but for a name or two, and what is
/// ASCII at either end is passed by at a glance.
pub(crate) fn utf8(text: &[u8]) -> Result<&str, usize> {
    let (first, end) = octets::beyond_ascii(text);
    let (before, rest) = text.split_at_checked(first).unwrap_or((&[], text));
    let (between, behind) = rest.split_at_checked(end.wrapping_sub(first)).unwrap_or((rest, &[]));
    debug_assert!(before.is_ascii() && behind.is_ascii(), "what `beyond_ascii` promises");
    match str::from_utf8(between) {
        // SAFETY: `before` and `behind` are ASCII, as `beyond_ascii` promises, and `between` is valid UTF-8. Each ends where
        // a character ends, so all three in a row are UTF-8.
        Ok(_) => Ok(unsafe { str::from_utf8_unchecked(text) }),
        Err(error) => Err(before.len() + error.valid_up_to()),
    }
}

/// Reads four lanes.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load_u64x4(lanes: &[u64; 4]) -> __m256i {
    // SAFETY: `lanes` is 32 readable octets, and this load asks for no alignment.
    unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
}

/// Writes four lanes.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store_u64x4(lanes: &mut [u64; 4], value: __m256i) {
    // SAFETY: `lanes` is 32 writable octets, borrowed for us alone, and this store asks for no alignment.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), value) }
}

/// The products of the low 32 bits of each lane.
///
/// `_mm256_mul_epu32` is the same, but LLVM takes it for a multiplication of whole lanes by operands with zeros above,
/// forgets the zeros where an operand comes from outside a loop, and then multiplies three times.
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn multiply_u32x4(a: __m256i, b: __m256i) -> __m256i {
    let product;
    // SAFETY: the instruction is one of AVX2, which this function is compiled for; it reads and writes registers alone.
    unsafe {
        asm!("vpmuludq {}, {}, {}", lateout(ymm_reg) product, in(ymm_reg) a, in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    product
}

/// Enters [`avx2::make_friendly`].
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
pub(crate) fn enter_avx2_friendly<const B: usize>(_: Avx2, key: &mut Avx2Key<B>) {
    // SAFETY: `make_friendly` is compiled for AVX2, and the token exists only where `Avx2::detect` found that.
    unsafe { avx2::make_friendly(key) }
}

/// Enters [`avx2::raise`].
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
pub(crate) fn enter_avx2_raise<const B: usize>(_: Avx2, key: &Avx2Key<B>, s: &[Lanes]) -> [Lanes; B] {
    // SAFETY: `raise` is compiled for AVX2, and the token exists only where `Avx2::detect` found that.
    unsafe { avx2::raise(key, s) }
}

/// Enters [`avx2::verify`].
#[cfg(not(any(rs256_backend = "portable64", rs256_backend = "portable32")))]
pub(crate) fn enter_avx2_verify<const B: usize>(_: Avx2, key: &Avx2Key<B>, s: &[u8], digest: &[u8; 32]) -> bool {
    // SAFETY: `verify` is compiled for AVX2, and the token exists only where `Avx2::detect` found that.
    unsafe { avx2::verify(key, s, digest) }
}

/// Enters [`avx2::square_alone`].
#[cfg(all(test, not(any(rs256_backend = "portable64", rs256_backend = "portable32"))))]
pub(crate) fn enter_avx2_square(_: Avx2, t: &mut [Lanes], a: &mut [Lanes]) {
    // SAFETY: `square_alone` is compiled for AVX2, and the token exists only where `Avx2::detect` found that.
    unsafe { avx2::square_alone(t, a) }
}

/// Enters [`avx2::reduce_alone`].
#[cfg(all(test, not(any(rs256_backend = "portable64", rs256_backend = "portable32"))))]
pub(crate) fn enter_avx2_reduce<const B: usize>(_: Avx2, key: &Avx2Key<B>, t: &[Lanes]) -> ([Lanes; B], [Lanes; B]) {
    // SAFETY: `reduce_alone` is compiled for AVX2, and the token exists only where `Avx2::detect` found that.
    unsafe { avx2::reduce_alone(key, t) }
}
