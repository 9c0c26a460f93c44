// SPDX-License-Identifier: MIT OR Apache-2.0

//! Strict base64url ([RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5), without padding as
//! [RFC 7515 section 2](https://www.rfc-editor.org/rfc/rfc7515#section-2) wants it), decoded into the caller's buffer.
//!
//! One octet string has exactly one text here. Four things could give it a second one, and each is refused: padding,
//! anything outside the alphabet (whitespace and line breaks included), a length that no octet string encodes to, and
//! trailing bits that are not zero. The first two fall out of the translation. The third needs only the length and is
//! judged here, and so is the fourth, by the last character, unless a decoder has the trailing bits in its hands anyway.
//!
//! What is decoded is public, so tables may be indexed by it.

#[cfg(any(test, target_pointer_width = "32", rs256_backend = "portable32"))]
mod compact;
#[cfg(any(test, not(any(target_pointer_width = "32", rs256_backend = "portable32"))))]
mod table;

#[cfg(not(any(target_pointer_width = "32", rs256_backend = "portable32")))]
mod wide;

#[cfg(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
pub(crate) mod vbmi;

#[cfg(test)]
mod tests;

use crate::error::InvalidBase64url;

#[cfg(any(test, not(any(target_pointer_width = "32", rs256_backend = "portable32"))))]
/// The 64 characters of RFC 4648 section 5, at the index they stand for.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Octets that `n` characters decode to; `None` when no octet string has a text of that length (`n % 4 == 1`).
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) const fn decoded_len(n: usize) -> Option<usize> {
    // n / 4 blocks of three octets; two characters more hold one octet, three hold two.
    // BOUND: n / 4 * 3 + 2 <= n for n >= 2, so nothing overflows.
    let whole = n / 4 * 3;
    match n % 4 {
        0 => Some(whole),
        1 => None,
        left => Some(whole + left - 1),
    }
}

/// Decodes all of `src` into the front of `dst` and returns that part of `dst`.
///
/// Nothing past the decoded octets is written. When the text is refused, the front of `dst` may hold part of the
/// decoded octets and is not to be used.
///
/// # Errors
///
/// [`InvalidBase64url`] when `src` is not strict base64url, and also when `dst` is shorter than
/// [`decoded_len`]`(src.len())`: callers size `dst` first and report that as the different thing it is.
pub(crate) fn decode<'b>(src: &[u8], dst: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
    decode_by(translate, src, dst)
}

/// [`decode`] without vector code, for the crate's own fuzz targets.
#[cfg(any(rs256_internals, fuzzing))]
pub(crate) fn decode_portable<'b>(src: &[u8], dst: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
    decode_by(portable, src, dst)
}

/// [`decode`] with the translation given: the tests ask every translation of this build, not just the fastest.
fn decode_by<'b>(
    translate: impl FnOnce(&[u8], &mut [u8]) -> bool,
    src: &[u8],
    dst: &'b mut [u8],
) -> Result<&'b mut [u8], InvalidBase64url> {
    let len = decoded_len(src.len()).ok_or(InvalidBase64url)?;
    let out = dst.get_mut(..len).ok_or(InvalidBase64url)?;
    if translate(src, out) {
        Ok(out)
    } else {
        Err(InvalidBase64url)
    }
}

/// Writes the octets that `src` stands for, with the fastest decoder the CPU can run. False when a character is outside
/// the alphabet or a trailing bit is set. `out` has the length that [`decoded_len`] gives.
fn translate(src: &[u8], out: &mut [u8]) -> bool {
    #[cfg(all(
        target_arch = "x86_64",
        not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
    ))]
    if let Some(vbmi) = vbmi::Vbmi::detect() {
        return has_zero_trailing_bits(src) && vbmi.translate(src, out);
    }
    portable(src, out)
}

/// Where pointers have 64 bits, four KiB of tables are cheap.
#[cfg(not(any(target_pointer_width = "32", rs256_backend = "portable32")))]
fn portable(src: &[u8], out: &mut [u8]) -> bool {
    has_zero_trailing_bits(src) && wide::translate(src, out)
}

/// Elsewhere flash is dear.
#[cfg(any(target_pointer_width = "32", rs256_backend = "portable32"))]
use compact::translate as portable;

/// Whether the bits of the last character that reach no octet are zero. (A character outside the alphabet is left to the
/// translation.)
///
/// STRICT: RFC 4648 section 3.5 lets a decoder accept non-zero ones; then several texts would decode to one signature.
#[cfg(any(test, not(any(target_pointer_width = "32", rs256_backend = "portable32"))))]
fn has_zero_trailing_bits(src: &[u8]) -> bool {
    let trailing = match src.len() % 4 {
        // Two characters: 12 bits for one octet.
        2 => 0b1111,
        // Three characters: 18 bits for two octets.
        3 => 0b11,
        _ => 0,
    };
    src.last().is_none_or(|&last| table::symbol(last) & trailing == 0)
}
