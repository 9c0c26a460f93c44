// SPDX-License-Identifier: MIT OR Apache-2.0

//! An RSA public key, validated, in a form that no backend owns.

use core::{fmt, slice};

use super::size::{Rsa4096, RsaSize};
use crate::backend::{Block, Modulus, NativeLimb, read_be_native};
use crate::error::KeyError;
use crate::limits::{MAX_EXPONENT, MIN_MODULUS_BITS};

/// A validated RSA public key with a modulus of at most `S::MAX_BITS` bits.
///
/// It can be a `static` in flash and verify from there; a [`PreparedKey`](crate::PreparedKey) made of it verifies
/// faster where the backend has something to prepare.
///
/// | `S` | modulus | octets of a key | octets of stack for the arithmetic |
/// | --- | --- | ---: | ---: |
/// | [`Rsa2048`](crate::Rsa2048) | 2048 bits | 256 + 24 | 768 |
/// | [`Rsa3072`](crate::Rsa3072) | 2048 to 3072 bits | 384 + 24 | 1152 |
/// | [`Rsa4096`] | 2048 to 4096 bits | 512 + 24 | 1536 |
/// | [`Rsa8192`](crate::Rsa8192) | 2048 to 8192 bits | 1024 + 24 | 3072 |
///
/// # Examples
///
/// ```
/// use rs256::{KeyError, Rsa2048, RsaPublicKey};
///
/// let n = [0xff; 256];
/// let e = [1, 0, 1];
/// let key = RsaPublicKey::<Rsa2048>::from_be_bytes(&n, &e)?;
/// assert_eq!((key.modulus_bits(), key.exponent()), (2048, 65537));
/// # Ok::<(), KeyError>(())
/// ```
#[derive(Clone)]
pub struct RsaPublicKey<S: RsaSize = Rsa4096> {
    // INVARIANT: odd, MIN_MODULUS_BITS to S::MAX_BITS bits.
    n: S::Limbs,
    // INVARIANT: odd, 3 to MAX_EXPONENT.
    e: u64,
    /// -1/n modulo one limb.
    n0: NativeLimb,
    // INVARIANT: the position of the highest bit of n, counted from 1.
    bits: u32,
}

impl<S: RsaSize> RsaPublicKey<S> {
    /// Makes a key of what `check_modulus` and `parse_exponent` have accepted.
    pub(super) const fn from_parts<const BLOCKS: usize>(n: &[u8], bits: u32, e: u64) -> Self
    where
        S: RsaSize<Limbs = [Block<NativeLimb>; BLOCKS]>,
    {
        let mut lowest = 0;
        read_be_native(slice::from_mut(&mut lowest), n);
        Self {
            n: load(n),
            e,
            n0: negative_inverse(lowest),
            bits,
        }
    }

    /// Length of the modulus in octets, k in
    /// [RFC 8017](https://www.rfc-editor.org/rfc/rfc8017#section-2): every signature has exactly this length.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.modulus().octets()
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub const fn modulus_bits(&self) -> u32 {
        self.bits
    }

    /// The public exponent.
    #[must_use]
    pub const fn exponent(&self) -> u64 {
        self.e
    }

    /// Writes the modulus, big-endian, into `out`, which must have exactly [`modulus_len`](Self::modulus_len) octets;
    /// otherwise returns `false` and leaves `out` as it is.
    #[must_use]
    pub fn write_modulus(&self, out: &mut [u8]) -> bool {
        let fits = out.len() == self.modulus_len();
        if fits {
            crate::backend::write_be(self.modulus().blocks, out);
        }
        fits
    }

    /// The modulus as the arithmetic reads it: the blocks in use.
    pub(crate) fn modulus(&self) -> Modulus<'_, NativeLimb> {
        let all = self.n.as_ref();
        // A type for one size only has nothing to cut off, which the optimiser then knows as well.
        let blocks = if S::MAX_BITS == MIN_MODULUS_BITS {
            all
        } else {
            let in_use = usize::try_from(self.bits.div_ceil(4 * NativeLimb::BITS)).unwrap_or(0);
            all.get(..in_use).unwrap_or(all)
        };
        let bits = if S::MAX_BITS == MIN_MODULUS_BITS {
            MIN_MODULUS_BITS
        } else {
            self.bits
        };
        Modulus {
            blocks,
            n0: self.n0,
            bits,
        }
    }
}

impl<S: RsaSize> PartialEq for RsaPublicKey<S> {
    fn eq(&self, other: &Self) -> bool {
        self.n == other.n && self.e == other.e
    }
}

impl<S: RsaSize> Eq for RsaPublicKey<S> {}

impl<S: RsaSize> fmt::Debug for RsaPublicKey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaPublicKey")
            .field("modulus_bits", &self.bits)
            .field("exponent", &self.e)
            .finish()
    }
}

/// The modulus without leading zeros, and its length in bits.
// STRICT: RFC 8017 section 3.1 allows any product of odd primes. Whether n is one cannot be seen; odd is necessary for
// Montgomery's arithmetic, and with e <= MAX_EXPONENT < n the other bounds of the section hold as well.
pub(super) const fn check_modulus(n: &[u8], max_bits: u32) -> Result<(&[u8], u32), KeyError> {
    let n = strip_leading_zeros(n);
    let bits = bit_length(n);
    if bits < MIN_MODULUS_BITS {
        return Err(KeyError::ModulusTooSmall);
    }
    if bits > max_bits {
        return Err(KeyError::ModulusTooLarge);
    }
    match n {
        [.., last] if *last & 1 == 1 => Ok((n, bits)),
        _ => Err(KeyError::ModulusEven),
    }
}

/// Big-endian octets as limbs.
const fn load<const BLOCKS: usize>(octets: &[u8]) -> [Block<NativeLimb>; BLOCKS] {
    let mut blocks = [[0; 4]; BLOCKS];
    read_be_native(blocks.as_flattened_mut(), octets);
    blocks
}

/// The public exponent.
pub(super) const fn parse_exponent(e: &[u8]) -> Result<u64, KeyError> {
    let e = strip_leading_zeros(e);
    // Checked before the value is, which a u64 would not hold.
    if bit_length(e) > u64::BITS {
        return Err(KeyError::Exponent);
    }
    let mut value = 0;
    let mut left = e;
    while let [first, rest @ ..] = left {
        value = value << 8 | widen(*first);
        left = rest;
    }
    if value < 3 || value > MAX_EXPONENT || value & 1 == 0 {
        return Err(KeyError::Exponent);
    }
    Ok(value)
}

const fn strip_leading_zeros(octets: &[u8]) -> &[u8] {
    let mut octets = octets;
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

/// Bits of a big-endian number without leading zero octets; saturates far above every cap.
#[expect(clippy::as_conversions, reason = "bounded before; `TryFrom` is not const")]
const fn bit_length(octets: &[u8]) -> u32 {
    match octets {
        [] => 0,
        [first, ..] if octets.len() <= 0xffff => octets.len() as u32 * 8 - first.leading_zeros(),
        _ => u32::MAX,
    }
}

#[expect(clippy::as_conversions, reason = "widens; `From` is not const")]
const fn widen(octet: u8) -> u64 {
    octet as u64
}

/// -1/n modulo one limb, for odd n, by Newton's iteration x ← x·(2 - n·x).
// BOUND: n·n ≡ 1 (mod 8), so x = n starts with 3 correct bits; each turn doubles them: 6, 12, 24, 48, 96 >= 64.
const fn negative_inverse(n: NativeLimb) -> NativeLimb {
    let mut x = n;
    let mut turn = 0;
    while turn < 5 {
        x = x.wrapping_mul(n.wrapping_mul(x).wrapping_neg().wrapping_add(2));
        turn += 1;
    }
    x.wrapping_neg()
}

#[cfg(test)]
mod tests;
