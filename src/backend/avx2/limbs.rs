// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers in radix 2^28 in memory: 32 bits for each limb in a key, 64 in the kernels.

/// The number of bits of one limb.
pub(super) const LIMB_BITS: u32 = 28;

/// The largest limb.
pub(super) const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// Four limbs or four columns, lowest first: one vector.
pub(crate) type Lanes = [u64; 4];

/// The limbs of one vector as a key holds them.
pub(super) type Packed = [u32; 4];

/// The low 32 bits of what has no more.
#[expect(clippy::as_conversions, reason = "cut to 28 bits before")]
const fn narrow(x: u64) -> u32 {
    (x & LIMB_MASK) as u32
}

/// Sets `to` to the number that is `columns` in radix 2^28, `carry` added to the lowest, as limbs below 2^28. Columns
/// that are missing are zeros; what does not fit is dropped.
// BOUND: columns are below 2^64 - 2^36, and a carry is below 2^36.
pub(super) fn pack(to: &mut [Packed], columns: &[Lanes], mut carry: u64) {
    let columns = columns.as_flattened().iter().chain(core::iter::repeat(&0));
    for (to, column) in to.as_flattened_mut().iter_mut().zip(columns) {
        let x = column + carry;
        *to = narrow(x);
        carry = x >> LIMB_BITS;
    }
}

/// `x mod n` for x below 3n.
pub(super) fn reduce_below(x: &mut [Packed], n: &[Packed]) {
    let (x, n) = (x.as_flattened_mut(), n.as_flattened());
    for _ in 0..2 {
        if !x.iter().rev().lt(n.iter().rev()) {
            let mut borrow = 0;
            for (x, n) in x.iter_mut().zip(n) {
                let difference = u64::from(*x).wrapping_sub(u64::from(*n)).wrapping_sub(borrow);
                *x = narrow(difference);
                borrow = difference >> 63;
            }
        }
    }
}

/// Sets `to` to the limbs of a number in a key, and zeros above them.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unpack(to: &mut [Lanes], limbs: &[Packed]) {
    let (low, high) = to.split_at_mut(limbs.len().min(to.len()));
    for (to, limb) in low.as_flattened_mut().iter_mut().zip(limbs.as_flattened()) {
        *to = u64::from(*limb);
    }
    high.fill([0; 4]);
}

/// OS2IP ([RFC 8017 section 4.2](https://www.rfc-editor.org/rfc/rfc8017#section-4.2)): big-endian octets to limbs, and
/// zeros above them. Seven octets are two limbs.
pub(super) fn os2ip(to: &mut [Lanes], octets: &[u8]) {
    let mut rest = octets;
    for two in to.as_flattened_mut().as_chunks_mut::<2>().0 {
        let x = if let Some((before, end)) = rest.split_last_chunk::<8>() {
            // One octet too many is read, and cut off by the mask.
            let _ = before;
            u64::from_be_bytes(*end)
        } else {
            rest.iter().fold(0, |x, octet| x << 8 | u64::from(*octet))
        };
        rest = rest.split_at(rest.len().saturating_sub(7)).0;
        *two = [x & LIMB_MASK, x >> LIMB_BITS & LIMB_MASK];
    }
}

/// Limbs from 64-bit words, lowest first, and zeros above them.
pub(super) fn from_words(to: &mut [Packed], words: &[u64]) {
    let mut words = words.iter().copied();
    let (mut held, mut bits) = (0_u128, 0);
    for limb in to.as_flattened_mut() {
        if bits < LIMB_BITS {
            // BOUND: fewer than 28 bits are held, so at most 28 + 64 = 92 are in use now.
            held |= u128::from(words.next().unwrap_or(0)) << bits;
            bits += u64::BITS;
        }
        let [low, _] = halves(held);
        *limb = narrow(low);
        held >>= LIMB_BITS;
        bits -= LIMB_BITS;
    }
}

/// 64-bit words, lowest first, from limbs. What does not fit is dropped.
pub(super) fn to_words(to: &mut [u64], limbs: &[Packed]) {
    let mut limbs = limbs.as_flattened().iter();
    let (mut held, mut bits) = (0_u128, 0);
    for word in to {
        while bits < u64::BITS {
            // BOUND: fewer than 64 bits are held, so at most 64 + 28 = 92 are in use now.
            held |= u128::from(*limbs.next().unwrap_or(&0)) << bits;
            bits += LIMB_BITS;
        }
        [*word, _] = halves(held);
        held >>= u64::BITS;
        bits -= u64::BITS;
    }
}

#[expect(clippy::as_conversions, reason = "cuts a double word into its halves")]
const fn halves(x: u128) -> [u64; 2] {
    [x as u64, (x >> 64) as u64]
}
