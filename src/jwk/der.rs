// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA public keys from DER: a bare key, a key with its algorithm, a key inside a certificate.
//!
//! ```text
//! Certificate          ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }      RFC 5280 section 4.1
//!   SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING }           RFC 5280 section 4.1
//!     RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }        RFC 8017 appendix A.1.1
//! ```
//!
//! What is read here is a shape, not a key: the sizes of the two numbers are judged where every other key's are, by
//! the constructor of the key. Work is linear in the length of the input and nothing is copied.

use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{ErrorKind, Reader, Tag, TagNumber};

use self::octets::Octets;
use crate::error::DerError;

mod octets;

/// `AlgorithmIdentifier { rsaEncryption, NULL }`, the whole of it. DER has one spelling for each value, so it is
/// compared and never parsed; that leaves no room for other parameters, or none.
/// SOURCE: RFC 8017 appendix A.1, OID 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// The two numbers of an RSA public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RsaParts<'d> {
    /// The modulus, big-endian.
    // INVARIANT: at least one octet; the first is zero only when it is the only one.
    pub(crate) n: &'d [u8],
    /// The public exponent, big-endian.
    // INVARIANT: as `n`.
    pub(crate) e: &'d [u8],
}

/// Our error on its way out of the closures of `der`, which want `From<der::Error>`. Implemented on `DerError` itself,
/// that conversion would make `der` part of the public face.
struct Fault(DerError);

impl From<der::Error> for Fault {
    fn from(error: der::Error) -> Self {
        Self(match error.kind() {
            ErrorKind::TrailingData { .. } => DerError::TrailingData,
            _ => DerError::Malformed,
        })
    }
}

/// Reads a `SubjectPublicKeyInfo`.
pub(crate) fn spki(der: &[u8]) -> Result<RsaParts<'_>, DerError> {
    whole(der, read_spki)
}

/// Reads an `RSAPublicKey`, a key without its algorithm.
pub(crate) fn pkcs1(der: &[u8]) -> Result<RsaParts<'_>, DerError> {
    whole(der, |reader| {
        reader.sequence(|fields| {
            // `UintRef` refuses negative and non-minimal INTEGERs, and takes the sign octet away.
            let n = fields.decode::<UintRef<'_>>()?.as_bytes();
            let e = fields.decode::<UintRef<'_>>()?.as_bytes();
            Ok(RsaParts { n, e })
        })
    })
}

/// Reads the key inside an X.509 certificate and nothing else.
///
/// Not checked: the certificate's signature, validity, issuer, subject, usage and extensions. A certificate is only the
/// wrapper that the key came in; whoever supplies it vouches for the key.
pub(crate) fn certificate(der: &[u8]) -> Result<RsaParts<'_>, DerError> {
    whole(der, |reader| {
        reader.sequence(|certificate| {
            let parts = certificate.sequence(|tbs| {
                // version [0] EXPLICIT DEFAULT v1, so it is absent from a certificate of version 1.
                let first = tbs.decode::<AnyRef<'_>>()?;
                let serial = if first.header().tag() == context(0, true) {
                    tbs.decode::<AnyRef<'_>>()?
                } else {
                    first
                };
                expect(serial, Tag::Integer)?;
                // signature, issuer, validity, subject
                for _ in 0..4 {
                    expect(tbs.decode()?, Tag::Sequence)?;
                }
                let parts = read_spki(tbs)?;
                // issuerUniqueID [1], subjectUniqueID [2], both IMPLICIT BIT STRING, and extensions [3] EXPLICIT.
                let mut below = 1;
                while !tbs.is_finished() {
                    let Some(number) = optional_field(tbs.decode()?).filter(|number| *number >= below) else {
                        return Err(Fault(DerError::Malformed));
                    };
                    below = number.saturating_add(1);
                }
                Ok(parts)
            })?;
            expect(certificate.decode()?, Tag::Sequence)?;
            certificate.decode::<BitStringRef<'_>>()?;
            Ok(parts)
        })
    })
}

/// Runs `read` on `der` and refuses what it leaves behind.
fn whole<'d>(
    der: &'d [u8],
    read: impl FnOnce(&mut Octets<'d>) -> Result<RsaParts<'d>, Fault>,
) -> Result<RsaParts<'d>, DerError> {
    let run = || {
        let mut reader = Octets::new(der)?;
        let parts = read(&mut reader)?;
        reader.finish()?;
        Ok(parts)
    };
    run().map_err(|Fault(error)| error)
}

fn read_spki<'d>(reader: &mut Octets<'d>) -> Result<RsaParts<'d>, Fault> {
    reader.sequence(|fields| {
        // STRICT: id-RSASSA-PSS and rsaEncryption without the NULL are refused although the key inside might be used.
        if fields.tlv_bytes()? != RSA_ENCRYPTION {
            return Err(Fault(DerError::Algorithm));
        }
        let bits = fields.decode::<BitStringRef<'_>>()?;
        let key = bits.as_bytes().ok_or(Fault(DerError::Malformed))?;
        pkcs1(key).map_err(Fault)
    })
}

fn expect(value: AnyRef<'_>, tag: Tag) -> Result<(), Fault> {
    if value.header().tag() == tag {
        Ok(())
    } else {
        Err(Fault(DerError::Malformed))
    }
}

/// The number of a field that may follow the key in a `TBSCertificate`.
fn optional_field(value: AnyRef<'_>) -> Option<u8> {
    let tag = value.header().tag();
    [(1, false), (2, false), (3, true)]
        .into_iter()
        .find_map(|(number, constructed)| (tag == context(u32::from(number), constructed)).then_some(number))
}

const fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific {
        constructed,
        number: TagNumber(number),
    }
}

#[cfg(test)]
mod tests;
