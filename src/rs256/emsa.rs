// SPDX-License-Identifier: MIT OR Apache-2.0

//! EMSA-PKCS1-v1_5 for SHA-256, [RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2), as limbs.
//!
//! ```text
//! EM = 00 01 FF .. FF 00 DigestInfo digest        k octets, k >= 256
//! ```
//!
//! Read as a number, EM is a run of one-bits (from the 1 of the octet 01 through PS) above 52 octets, and it is produced
//! one limb after the other, so no one needs a buffer for it.

use crate::backend::limb::Limb;

/// DER of a SHA-256 `DigestInfo` up to the digest: the algorithm identifier has the NULL parameter
/// ([RFC 8017 section 9.2, note 1](https://www.rfc-editor.org/rfc/rfc8017#section-9.2)).
// STRICT: the encoding without NULL, which some verifiers accept, is not accepted.
pub(crate) const DIGEST_INFO_SHA256: [u8; 19] = [
    0x30, 0x31, // SEQUENCE
    0x30, 0x0d, // SEQUENCE
    0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, // OBJECT IDENTIFIER id-sha256
    0x05, 0x00, // NULL
    0x04, 0x20, // OCTET STRING, 32 octets
];

/// The last octets of EM, topped up from PS to a multiple of eight, which is a whole number of limbs of either width.
const TAIL: usize = 4 + 1 + DIGEST_INFO_SHA256.len() + 32;

/// EM for a modulus of `k` octets (256 at least) as limbs, lowest first, and zeros without end after it.
pub(crate) fn limbs<L: Limb>(digest: &[u8; 32], k: usize) -> impl Iterator<Item = L> {
    let mut tail = [0xff; TAIL];
    let t = digest.iter().rev().chain(DIGEST_INFO_SHA256.iter().rev());
    for (octet, &value) in tail.iter_mut().rev().zip(t.chain(&[0x00])) {
        *octet = value;
    }

    let mut left = TAIL;
    // EM without its octets 00 01 has k - 2 octets, and of 01 one bit is set.
    let mut ones = u32::try_from(k).unwrap_or(0).saturating_mul(8).saturating_sub(15);
    core::iter::from_fn(move || {
        let run = L::low_ones(ones);
        ones = ones.saturating_sub(L::BITS);
        if left == 0 {
            return Some(run);
        }
        let limb = L::pop(tail.get(..left).unwrap_or(&[])).0;
        left = left.saturating_sub(size_of::<L>());
        Some(limb)
    })
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn octets<L: Limb>(digest: &[u8; 32], k: usize) -> Vec<u8> {
        let mut out = std::vec![0xaa; k.next_multiple_of(32) + 32];
        let mut rest = &mut out[..];
        let mut limbs = limbs::<L>(digest, k);
        while !rest.is_empty() {
            rest = limbs.next().unwrap().push(rest);
        }
        out
    }

    #[test]
    fn limbs_are_the_octets_of_the_rfc() {
        let digest: [u8; 32] = core::array::from_fn(|i| u8::try_from(i * 7 + 1).unwrap());
        for k in (256..=300).chain([375, 384, 511, 512, 513, 1024]) {
            let mut em = std::vec![0x00, 0x01];
            em.resize(k - 19 - 32 - 1, 0xff);
            em.push(0x00);
            em.extend(DIGEST_INFO_SHA256);
            em.extend(digest);
            assert_eq!(em.len(), k);
            for octets in [octets::<u32>(&digest, k), octets::<u64>(&digest, k)] {
                let (above, low) = octets.split_at(octets.len() - k);
                assert_eq!(low, em, "k = {k}");
                assert!(above.iter().all(|&octet| octet == 0), "k = {k}");
            }
        }
    }
}
