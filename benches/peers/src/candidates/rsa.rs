// SPDX-License-Identifier: MIT OR Apache-2.0

//! The crate rsa: the version that everybody has, and the next.

use super::{Signatures, VerifySignature};
use crate::fixtures::PublicKey;

pub const SIGNATURES_09: Signatures = ("rsa 0.9", signatures_09);
pub const SIGNATURES_010: Signatures = ("rsa 0.10.0-rc.20", signatures_010);

fn signatures_09(key: &PublicKey) -> VerifySignature {
    use rsa09::pkcs1v15::{Signature, VerifyingKey};
    use rsa09::{pkcs1::DecodeRsaPublicKey, sha2::Sha256, signature::Verifier};

    let key = VerifyingKey::<Sha256>::new(rsa09::RsaPublicKey::from_pkcs1_der(&key.pkcs1_der()).unwrap());
    Box::new(move |message, signature| {
        Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    })
}

fn signatures_010(key: &PublicKey) -> VerifySignature {
    use rsa010::pkcs1v15::{Signature, VerifyingKey};
    use rsa010::{pkcs1::DecodeRsaPublicKey, signature::Verifier};
    use sha2::Sha256;

    let key = VerifyingKey::<Sha256>::new(rsa010::RsaPublicKey::from_pkcs1_der(&key.pkcs1_der()).unwrap());
    Box::new(move |message, signature| {
        Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    })
}
