// SPDX-License-Identifier: MIT OR Apache-2.0

//! EMSA-PKCS1-v1_5 for SHA-256, [RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2), as limbs.
//!
//! ```text
//! EM = 00 01 FF .. FF 00 DigestInfo digest        k octets, k >= 256
//! ```
//!
//! Read as a number, EM is a run of one-bits (from the 1 of the octet 01 through PS) above 52 octets, so it can be written
//! as limbs at once, without octets in between.

use crate::backend::limb::{Limb, read_be};

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

/// The octets of EM before the digest, topped up from PS to a whole number of limbs of either width.
const BEFORE_DIGEST: [u8; 4 + 1 + DIGEST_INFO_SHA256.len()] = {
    let mut octets = [0; 24];
    let (ps, rest) = octets.split_at_mut(4);
    ps.copy_from_slice(&[0xff; 4]);
    let (_, digest_info) = rest.split_at_mut(1);
    digest_info.copy_from_slice(&DIGEST_INFO_SHA256);
    octets
};

/// Writes EM for a modulus of `k` octets (256 at least) as limbs, lowest first, and zeros above it.
pub(crate) fn encode<L: Limb>(em: &mut [L], digest: &[u8; 32], k: usize) {
    // EM without its octets 00 01 has k - 2 octets, and of 01 one bit is set.
    let mut ones = u32::try_from(k).unwrap_or(0).saturating_mul(8).saturating_sub(15);
    for limb in em.iter_mut() {
        *limb = L::low_ones(ones);
        ones = ones.saturating_sub(L::BITS);
    }
    let digest_limbs = digest.len() / size_of::<L>();
    let Some((low, above)) = em.split_at_mut_checked(digest_limbs) else {
        return;
    };
    read_be(low, digest);
    if let Some(limbs) = above.get_mut(..BEFORE_DIGEST.len() / size_of::<L>()) {
        read_be(limbs, &BEFORE_DIGEST);
    }
}

/// Whether the k octets `em` (256 at least) are EM for `digest`. Every octet has its place; nothing is searched for.
pub(crate) fn is_encoding(em: &[u8], digest: &[u8; 32]) -> bool {
    let Some((rest, end)) = em.split_last_chunk::<32>() else {
        return false;
    };
    let Some((rest, digest_info)) = rest.split_last_chunk() else {
        return false;
    };
    let [0, 1, ps @ .., 0] = rest else { return false };
    end == digest && *digest_info == DIGEST_INFO_SHA256 && ps.iter().all(|&octet| octet == 0xff)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::vec::Vec;

    use super::*;

    fn octets<L: Limb>(digest: &[u8; 32], k: usize) -> Vec<u8> {
        let out_len = k.next_multiple_of(32) + 32;
        let mut out = std::vec![0xaa; out_len];
        let mut rest = &mut out[..];
        let mut em = std::vec![L::low_ones(3); out_len / size_of::<L>()];
        encode::<L>(&mut em, digest, k);
        for limb in em {
            rest = limb.push(rest);
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
