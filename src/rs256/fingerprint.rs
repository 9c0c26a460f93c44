// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a cache remembers a key by.
//!
//! The first half of SHA-256 over n, big-endian without leading zeros, and e in eight octets. The exponent has a fixed
//! width and stands last, so two keys never give the same octets to the hash.
//!
//! 128 bits are enough. Whoever wants the verdict of his own key to pass for one of another's must find a key of his own
//! with the fingerprint of that given key: a second preimage, 2^128 hashes (less the few bits of there being several
//! keys to aim at). Two keys of his own with one fingerprint, which cost 2^64, serve nothing: with either he can sign
//! whatever he likes. No other text of his enters the hash.

use core::fmt;

use sha2::{Digest, Sha256};

use super::{RsaPublicKey, RsaSize};

/// Octets of a fingerprint. Kept with every prepared key and every entry of a cache.
const LEN: usize = 16;

/// A short name of (n, e) that nobody else's key has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyFingerprint([u8; LEN]);

impl KeyFingerprint {
    /// The fingerprint of no key: fills memory that is not in use.
    pub(crate) const UNUSED: Self = Self([0; LEN]);

    /// Five blocks of SHA-256 for a modulus of 2048 bits.
    pub(crate) fn of<S: RsaSize>(key: &RsaPublicKey<S>) -> Self {
        let mut octets = S::ZERO_OCTETS;
        let n = octets.as_mut().get_mut(..key.modulus_len()).unwrap_or_default();
        // There is room for every n of size S.
        let _ = key.write_modulus(n);
        let digest: [u8; 32] = Sha256::new()
            .chain_update(n)
            .chain_update(key.exponent().to_be_bytes())
            .finalize()
            .into();
        Self(digest.first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFingerprint")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sha2::{Digest, Sha256};

    use super::KeyFingerprint;
    use crate::rs256::{PreparedKey, Rsa2048, Rsa4096, RsaPublicKey};

    const N: [u8; 256] = [0xa7; 256];

    #[test]
    fn is_the_first_half_of_the_hash_of_n_and_e() {
        let key = RsaPublicKey::<Rsa4096>::from_be_bytes(&N, &[1, 0, 1]).unwrap();
        let digest = Sha256::digest([&N[..], &[0, 0, 0, 0, 0, 1, 0, 1]].concat());
        assert_eq!(KeyFingerprint::of(&key).0, digest[..16]);
    }

    #[test]
    fn debug_prints_no_octets() {
        assert_eq!(std::format!("{:?}", KeyFingerprint::UNUSED), "KeyFingerprint");
    }

    #[test]
    fn depends_on_n_and_e_and_on_nothing_else() {
        let of = |n: &[u8], e: &[u8]| KeyFingerprint::of(&RsaPublicKey::<Rsa4096>::from_be_bytes(n, e).unwrap());
        let fingerprint = of(&N, &[1, 0, 1]);
        assert_eq!(fingerprint, of(&[&[0, 0], &N[..]].concat(), &[0, 1, 0, 1]));

        let smaller = RsaPublicKey::<Rsa2048>::from_be_bytes(&N, &[1, 0, 1]).unwrap();
        assert_eq!(fingerprint, KeyFingerprint::of(&smaller));
        assert_eq!(fingerprint, PreparedKey::new(&smaller).fingerprint());

        let mut others = std::vec![of(&N, &[3]), of(&N, &[1, 1]), of(&[&N[..], &N].concat(), &[1, 0, 1])];
        for octet in [0, 100, 255] {
            let mut n = N;
            n[octet] ^= 2;
            others.push(of(&n, &[1, 0, 1]));
        }
        for other in others {
            assert_ne!(fingerprint, other);
        }
    }
}
