// SPDX-License-Identifier: MIT OR Apache-2.0

//! graviola.

use super::{Signatures, VerifySignature};
use crate::fixtures::PublicKey;
use graviola::signing::rsa::VerifyingKey;

pub const SIGNATURES: Signatures = ("graviola", signatures);

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = VerifyingKey::from_pkcs1_der(&key.pkcs1_der()).unwrap();
    Box::new(move |message, signature| key.verify_pkcs1_sha256(signature, message).is_ok())
}
