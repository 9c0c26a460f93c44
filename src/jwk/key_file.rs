// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys from the files that people keep them in: DER and PEM.

use core::fmt;

use super::{der, pem};
use crate::error::{DerError, KeyError, PemError};
use crate::rs256::{RsaPublicKey, RsaSize};

/// Why a key file gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum KeyFileError {
    /// The octets are not the DER expected.
    Der(DerError),
    /// The text is not the PEM expected.
    Pem(PemError),
    /// The numbers make no usable key.
    Key(KeyError),
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Der(inner) => inner.fmt(f),
            Self::Pem(PemError::Der(inner)) => inner.fmt(f),
            Self::Pem(inner) => inner.fmt(f),
            Self::Key(inner) => inner.fmt(f),
        }
    }
}

impl core::error::Error for KeyFileError {}

impl From<DerError> for KeyFileError {
    fn from(inner: DerError) -> Self {
        Self::Der(inner)
    }
}

impl From<PemError> for KeyFileError {
    fn from(inner: PemError) -> Self {
        Self::Pem(inner)
    }
}

impl From<KeyError> for KeyFileError {
    fn from(inner: KeyError) -> Self {
        Self::Key(inner)
    }
}

impl<S: RsaSize> RsaPublicKey<S> {
    /// The key of a `SubjectPublicKeyInfo` in DER
    /// ([RFC 5280 section 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)), what `openssl rsa -pubout` writes.
    ///
    /// The algorithm must be rsaEncryption with NULL parameters; a key for RSASSA-PSS is refused.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Der`] when the octets are anything else, [`KeyFileError::Key`] when the numbers make no usable
    /// key.
    ///
    /// # Examples
    ///
    /// ```
    /// use rs256::{Rsa2048, RsaPublicKey};
    ///
    /// let der = include_bytes!("../../tests/data/keys/spki.der");
    /// assert_eq!(RsaPublicKey::<Rsa2048>::from_spki_der(der)?.modulus_bits(), 2048);
    /// # Ok::<(), rs256::KeyFileError>(())
    /// ```
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyFileError> {
        Self::from_parts_of_file(der::spki(der)?)
    }

    /// The key of an `RSAPublicKey` in DER
    /// ([RFC 8017 appendix A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1)).
    ///
    /// # Errors
    ///
    /// As for [`RsaPublicKey::from_spki_der`].
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyFileError> {
        Self::from_parts_of_file(der::pkcs1(der)?)
    }

    /// The key of an X.509 certificate in DER ([RFC 5280](https://www.rfc-editor.org/rfc/rfc5280)).
    ///
    /// Only the key is taken: who issued the certificate, how long it is valid and what the key may be used for is
    /// **not** checked.
    ///
    /// # Errors
    ///
    /// As for [`RsaPublicKey::from_spki_der`].
    pub fn from_certificate_der(der: &[u8]) -> Result<Self, KeyFileError> {
        Self::from_parts_of_file(der::certificate(der)?)
    }

    /// The key of a PEM text ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)) with one block, labelled
    /// `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`. The label decides what the block is read as, and a private key
    /// is refused. Of a certificate only the key is taken, as by [`RsaPublicKey::from_certificate_der`].
    ///
    /// `buf` takes the decoded block: three octets for every four characters.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Pem`] when the text is anything else or `buf` too small, [`KeyFileError::Key`] when the numbers
    /// make no usable key.
    ///
    /// # Examples
    ///
    /// ```
    /// use rs256::{KeySet, RsaPublicKey};
    ///
    /// let pem = include_bytes!("../../tests/data/keys/certificate.pem");
    /// let mut buf = [0_u8; 2048];
    /// let key = RsaPublicKey::from_pem(pem, &mut buf)?;
    /// let keys = KeySet::<1>::pinned(&key);
    /// assert_eq!(keys.len(), 1);
    /// # Ok::<(), rs256::KeyFileError>(())
    /// ```
    pub fn from_pem(pem: &[u8], buf: &mut [u8]) -> Result<Self, KeyFileError> {
        Self::from_parts_of_file(pem::parse_pem(pem, buf)?)
    }

    fn from_parts_of_file(parts: der::RsaParts<'_>) -> Result<Self, KeyFileError> {
        Ok(S::from_be_bytes(parts.n, parts.e)?)
    }
}
