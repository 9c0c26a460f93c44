// SPDX-License-Identifier: MIT OR Apache-2.0

//! The system's OpenSSL, with one context for all signatures.

use super::{Signatures, VerifySignature};
use crate::fixtures::PublicKey;
use openssl::md::Md;
use openssl::pkey::PKey;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa};
use std::cell::RefCell;

pub const SIGNATURES: Signatures = ("OpenSSL 3, context kept", signatures);

fn signatures(key: &PublicKey) -> VerifySignature {
    let key = PKey::from_rsa(Rsa::public_key_from_der_pkcs1(&key.pkcs1_der()).unwrap()).unwrap();
    let mut context = PkeyCtx::new(&key).unwrap();
    context.verify_init().unwrap();
    context.set_rsa_padding(Padding::PKCS1).unwrap();
    context.set_signature_md(Md::sha256()).unwrap();
    let context = RefCell::new(context);
    Box::new(move |message, signature| {
        let digest = openssl::sha::sha256(message);
        context.borrow_mut().verify(&digest, signature).unwrap_or(false)
    })
}
