// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signs what Microsoft Entra ID and AD FS would, with keys that guard nothing, and asks a policy about it.

#![allow(dead_code, unreachable_pub, reason = "no test file uses all of it")]

use std::sync::OnceLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use rs256::{Check, KeySet, NumericDate, Verifier};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::common::text;

/// What the fixtures' clock says.
pub const NOW: u64 = 1_760_000_000;

/// DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2, note 1).
const DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// A signing key of 2048 bits; `index` chooses one of six.
pub fn key(index: usize) -> &'static RsaPrivateKey {
    static KEYS: OnceLock<Vec<RsaPrivateKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let pem = text("benches/data/private-keys-that-guard-nothing/2048.pem");
        pem.split("-----BEGIN PRIVATE KEY-----")
            .skip(1)
            .map(|block| {
                let body: String = block.lines().filter(|line| !line.starts_with('-')).collect();
                RsaPrivateKey::from_pkcs8_der(&Base64::decode_vec(&body).unwrap()).unwrap()
            })
            .collect()
    });
    assert_eq!(keys.len(), 6);
    &keys[index]
}

/// The JWK of a key, named `kid`, with more members.
pub fn jwk(index: usize, kid: &str, more: &Value) -> Value {
    let mut jwk = json!({
        "kty": "RSA", "use": "sig", "kid": kid, "x5t": kid,
        "n": Base64UrlUnpadded::encode_string(&key(index).n().to_bytes_be()),
        "e": Base64UrlUnpadded::encode_string(&key(index).e().to_bytes_be()),
    });
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

/// A key set of these JWKs.
pub fn key_set(jwks: &[Value]) -> KeySet<8> {
    let mut keys = KeySet::new();
    let report = keys
        .replace_from_jwk_set(json!({ "keys": jwks }).to_string().as_bytes())
        .unwrap();
    assert_eq!(usize::from(report.kept()), jwks.len());
    keys
}

/// The token of a header's and a payload's text.
pub fn sign_text(index: usize, header: &str, payload: &str) -> String {
    let input = format!(
        "{}.{}",
        Base64UrlUnpadded::encode_string(header.as_bytes()),
        Base64UrlUnpadded::encode_string(payload.as_bytes())
    );
    let digest_info = [DIGEST_INFO, &Sha256::digest(&input)].concat();
    let signature = key(index).sign(Pkcs1v15Sign::new_unprefixed(), &digest_info).unwrap();
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature))
}

/// The token of a header and a payload.
pub fn sign(index: usize, header: &Value, payload: &Value) -> String {
    sign_text(index, &header.to_string(), &payload.to_string())
}

/// `claims` with `changes`: each replaces or adds a claim, and `null` takes it away.
pub fn with(claims: &Value, changes: &Value) -> Value {
    let mut changed: Map<String, Value> = claims.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            changed.remove(name);
        } else {
            changed.insert(name.clone(), value.clone());
        }
    }
    Value::Object(changed)
}

/// `accepted`, or the code of the error.
pub fn verdict<const N: usize>(keys: &KeySet<N>, policy: &(dyn Check + Sync), token: &str) -> &'static str {
    let mut buf = vec![0; 1 << 16];
    match Verifier::new(keys, policy).verify(token, NumericDate::from_secs(NOW), &mut buf) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}
