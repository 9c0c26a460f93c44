// SPDX-License-Identifier: MIT OR Apache-2.0

//! What Microsoft Entra ID and AD FS would sign, written as JSON values, and what a policy says about it.

#![allow(dead_code, unreachable_pub, reason = "no test file uses all of it")]

use rs256::{Check, KeySet};
use serde_json::{Map, Value, json};

use crate::common::encode;
pub use crate::common::setting::NOW;
use crate::common::setting::verdict_at;
use crate::common::signer::Signer;

/// The JWK of one of six signers, named `kid`, with more members.
pub fn jwk(index: usize, kid: &str, more: &Value) -> Value {
    let signer = Signer::nth(index);
    let numbers = json!({ "n": encode(&signer.n()), "e": encode(&signer.e()) });
    let names = json!({ "kty": "RSA", "use": "sig", "kid": kid, "x5t": kid });
    with(&with(&names, &numbers), more)
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
    Signer::nth(index).token(header, payload)
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
    verdict_at(keys, policy, token, NOW)
}
