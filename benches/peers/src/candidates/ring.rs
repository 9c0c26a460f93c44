// SPDX-License-Identifier: MIT OR Apache-2.0

//! ring, which parses the key each time: its public API keeps no parsed form.

use super::{Signatures, VerifySignature};
use crate::fixtures::PublicKey;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

pub const SIGNATURES: Signatures = ("ring", signatures);

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pkcs1_der());
    Box::new(move |message, signature| key.verify(message, signature).is_ok())
}
