// SPDX-License-Identifier: MIT OR Apache-2.0

//! A signing key of the synthetic issuer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, pkcs8};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct SyntheticKey {
    pub kid: String,
    private: SigningKey<Sha256>,
    jwk: Value,
}

impl SyntheticKey {
    /// A new key of 2048 bits. Takes a second or so.
    pub fn generate(kid: &str) -> rsa::Result<Self> {
        Ok(Self::new(kid, RsaPrivateKey::new(&mut rand::thread_rng(), 2048)?))
    }

    pub fn from_pkcs8_pem(kid: &str, pem: &str) -> pkcs8::Result<Self> {
        Ok(Self::new(kid, RsaPrivateKey::from_pkcs8_pem(pem)?))
    }

    fn new(kid: &str, private: RsaPrivateKey) -> Self {
        let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let jwk = json!({
            "kty": "RSA", "use": "sig", "kid": kid, "n": number(private.n()), "e": number(private.e()),
        });
        Self {
            kid: kid.into(),
            private: SigningKey::new(private),
            jwk,
        }
    }

    /// The same key under another name.
    #[must_use]
    pub fn renamed(&self, kid: &str) -> Self {
        let mut renamed = self.clone();
        renamed.kid = kid.into();
        renamed.jwk["kid"] = kid.into();
        renamed
    }

    /// The same key, published with one more member.
    #[must_use]
    pub fn with(&self, member: &str, value: &str) -> Self {
        let mut with = self.clone();
        with.jwk[member] = value.into();
        with
    }

    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// The token with this header and these claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.private.sign(input.as_bytes()).to_vec();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
