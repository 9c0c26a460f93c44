// SPDX-License-Identifier: MIT OR Apache-2.0

//! How large a modulus a key type holds: a marker type, never a number of limbs, because those differ by target.

use core::fmt::Debug;

use super::public_key::{self, RsaPublicKey};
use crate::backend::{Block, NativeLimb, avx2, ifma};
use crate::error::KeyError;
use crate::limits::MIN_MODULUS_BITS;

mod sealed {
    pub trait Sealed {}
}

/// The largest modulus that a key type holds: [`Rsa2048`], [`Rsa3072`], [`Rsa4096`] or
/// [`Rsa8192`].
///
/// It settles the memory of a key and of a verification; see the table at [`RsaPublicKey`]. Sealed: these markers are
/// all there are.
pub trait RsaSize: sealed::Sealed + Copy + Debug + Send + Sync + 'static {
    /// Bits of the largest modulus.
    const MAX_BITS: u32;

    /// A number of [`MAX_BITS`](Self::MAX_BITS) bits.
    #[doc(hidden)]
    type Limbs: Copy + Eq + AsRef<[Block<NativeLimb>]> + AsMut<[Block<NativeLimb>]> + Send + Sync + 'static;
    /// A number of twice as many bits.
    #[doc(hidden)]
    type DoubleLimbs: Copy + AsMut<[Block<NativeLimb>]>;
    /// As many octets as the largest modulus has.
    #[doc(hidden)]
    type Octets: Copy + AsRef<[u8]> + AsMut<[u8]> + Send + Sync + 'static;

    /// What the IFMA backend keeps of a key; without values where there is no such backend.
    #[doc(hidden)]
    type Ifma: ifma::Form;
    /// What the AVX2 backend keeps of a key; without values where there is no such backend.
    #[doc(hidden)]
    type Avx2: avx2::Form;

    #[doc(hidden)]
    const ZERO_LIMBS: Self::Limbs;
    #[doc(hidden)]
    const ZERO_DOUBLE_LIMBS: Self::DoubleLimbs;
    #[doc(hidden)]
    const ZERO_OCTETS: Self::Octets;

    /// [`RsaPublicKey::from_be_bytes`] for code that is generic over the size.
    #[doc(hidden)]
    fn from_be_bytes(n: &[u8], e: &[u8]) -> Result<RsaPublicKey<Self>, KeyError>;
}

macro_rules! size {
    ($(#[$doc:meta])* $name:ident, $bits:literal, $vector_keys:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl RsaSize for $name {
            const MAX_BITS: u32 = $bits;

            type Limbs = [Block<NativeLimb>; $bits / 8 / size_of::<Block<NativeLimb>>()];
            type DoubleLimbs = [Block<NativeLimb>; 2 * $bits / 8 / size_of::<Block<NativeLimb>>()];
            type Octets = [u8; $bits / 8];
            type Ifma = ifma::$vector_keys;
            type Avx2 = avx2::$vector_keys;

            const ZERO_LIMBS: Self::Limbs = [[0; 4]; $bits / 8 / size_of::<Block<NativeLimb>>()];
            const ZERO_DOUBLE_LIMBS: Self::DoubleLimbs = [[0; 4]; 2 * $bits / 8 / size_of::<Block<NativeLimb>>()];
            const ZERO_OCTETS: Self::Octets = [0; $bits / 8];

            fn from_be_bytes(n: &[u8], e: &[u8]) -> Result<RsaPublicKey<Self>, KeyError> {
                RsaPublicKey::<Self>::from_be_bytes(n, e)
            }
        }

        impl RsaPublicKey<$name> {
            /// Checks modulus and public exponent, both big-endian, and makes a key of them.
            ///
            /// Leading zero octets are ignored, for either number and for its size. A `const fn`, so that a key can be
            /// a `static`.
            ///
            /// # Errors
            ///
            /// The first of these that applies:
            ///
            /// * [`KeyError::ModulusTooSmall`]: the modulus has fewer than 2048 bits
            ///   ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
            #[doc = concat!(" * [`KeyError::ModulusTooLarge`]: the modulus has more than ", $bits, " bits.")]
            /// * [`KeyError::ModulusEven`]: the modulus is even.
            /// * [`KeyError::Exponent`]: the exponent is even, below 3, or 2^33 and above.
            pub const fn from_be_bytes(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
                let (n, bits) = match public_key::check_modulus(n, $bits) {
                    Ok(modulus) => modulus,
                    Err(error) => return Err(error),
                };
                let e = match public_key::parse_exponent(e) {
                    Ok(e) => e,
                    Err(error) => return Err(error),
                };
                Ok(Self::from_parts(n, bits, e))
            }
        }
    };
}

size!(
    /// Moduli of exactly 2048 bits.
    Rsa2048,
    2048,
    Key2048
);
size!(
    /// Moduli of 2048 to 3072 bits.
    Rsa3072,
    3072,
    Key4096
);
size!(
    /// Moduli of 2048 to 4096 bits; the default.
    Rsa4096,
    4096,
    Key4096
);
size!(
    /// Moduli of 2048 to 8192 bits.
    Rsa8192,
    8192,
    Key4096
);

const _: () = assert!(MIN_MODULUS_BITS == Rsa2048::MAX_BITS);
