// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claims of a synthetic token: good ones to begin with.

use serde_json::{Map, Value, json};

use super::SyntheticKey;

#[derive(Clone, Debug)]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Token {
    /// A token of `issuer` for `audience`, valid from `now` for an hour.
    pub fn new(issuer: &str, audience: &str, now: u64) -> Self {
        let claims = json!({
            "iss": issuer, "aud": audience, "sub": "synthetic-subject", "iat": now, "nbf": now, "exp": now + 3600,
        });
        Self {
            header: object(json!({ "typ": "JWT", "alg": "RS256" })),
            claims: object(claims),
        }
    }

    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Signed, and the key is named by `x5t` alone, as AD FS has it.
    pub fn sign_by_thumbprint(&self, key: &SyntheticKey) -> String {
        let header = self.clone().header("x5t", key.kid.clone()).header;
        key.sign(&header.into(), &self.claims.clone().into())
    }

    /// The claim left out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Signed, with the `kid` of the key unless the header has one already.
    pub fn sign(&self, key: &SyntheticKey) -> String {
        let mut header = self.header.clone();
        header.entry("kid").or_insert_with(|| key.kid.clone().into());
        key.sign(&header.into(), &self.claims.clone().into())
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
