// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a key was refused.

use core::fmt;

/// Why octets do not make a usable RSA public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum KeyError {
    /// The modulus has fewer than 2048 bits ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
    ModulusTooSmall,
    /// The modulus has more bits than the key type holds.
    ModulusTooLarge,
    /// The modulus is even.
    ModulusEven,
    /// The public exponent is even, below 3, or 2^33 and above.
    Exponent,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModulusTooSmall => "expected a modulus of at least 2048 bits",
            Self::ModulusTooLarge => "expected a modulus that fits the key type",
            Self::ModulusEven => "expected an odd modulus",
            Self::Exponent => "expected an odd public exponent from 3 to below 2^33",
        })
    }
}

impl core::error::Error for KeyError {}

/// Why octets are not the DER of an RSA public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DerError {
    /// The octets are not the DER of the expected structure: cut short, of another type, of a length that is
    /// indefinite or not minimal, or with an INTEGER that is negative or not minimal.
    Malformed,
    /// Octets follow the end of a structure.
    TrailingData,
    /// The algorithm is not `rsaEncryption` with `NULL` parameters
    /// ([RFC 8017 appendix A.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1)). Keys bound to RSASSA-PSS,
    /// elliptic curve keys and identifiers without the `NULL` end here.
    Algorithm,
}

impl fmt::Display for DerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "expected the DER of an RSA public key",
            Self::TrailingData => "expected nothing after the DER structure",
            Self::Algorithm => "expected the algorithm rsaEncryption with NULL parameters",
        })
    }
}

impl core::error::Error for DerError {}

/// Why a PEM text does not give an RSA public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PemError {
    /// The text is not one block from a `-----BEGIN` line to an `-----END` line of the same label, or there is other
    /// text around it.
    Boundary,
    /// The label is none of `PUBLIC KEY`, `RSA PUBLIC KEY`, `CERTIFICATE`.
    Label,
    /// The label says that the block holds a private key, which has no place where tokens are verified.
    PrivateKey,
    /// A second block follows the first.
    MoreThanOneBlock,
    /// The text between the boundaries is not strict base64 in lines of 64 characters.
    Base64,
    /// The buffer is too small for the decoded block.
    BufferTooSmall,
    /// The decoded block is not the DER that its label announces.
    Der(DerError),
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boundary => "expected one PEM block and no other text",
            Self::Label => "expected the PEM label PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE",
            Self::PrivateKey => "expected a public key, found the PEM label of a private key",
            Self::MoreThanOneBlock => "expected one PEM block, found a second",
            Self::Base64 => "expected canonical base64 in lines of 64 characters",
            Self::BufferTooSmall => "expected a larger buffer for the decoded PEM block",
            Self::Der(_) => "expected a PEM block that holds an RSA public key",
        })
    }
}

impl core::error::Error for PemError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Der(error) => Some(error),
            _ => None,
        }
    }
}
