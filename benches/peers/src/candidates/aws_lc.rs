// SPDX-License-Identifier: MIT OR Apache-2.0

//! aws-lc-rs, with the key parsed once.

use super::{Signatures, VerifySignature};
use crate::fixtures::PublicKey;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};

pub const NAME: &str = "aws-lc-rs, parsed key";
pub const SIGNATURES: Signatures = (NAME, signatures);

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = parsed(key);
    Box::new(move |message, signature| key.verify_sig(message, signature).is_ok())
}

pub fn parsed(key: &PublicKey) -> ParsedPublicKey {
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pkcs1_der()).unwrap()
}
