// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in the place of `Gate::admit`: jsonwebtoken, used as its documentation says. The key is found by the
//! `kid` of the header, issuer, audience and dates are validated, the claims that the service needs are read into a
//! struct. The roles, which cost rs256 an evaluation of its table, are a gift.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderMap, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rs256::NumericDate;
use rs256::roles::Held;
use rs256_gateway::facts::Accepted;
use rs256_gateway::metrics::Metrics;
use serde::Deserialize;

use crate::service::{AUDIENCE, ISSUER};

pub struct Peer {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    held: Held,
    metrics: Arc<Metrics>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: u64,
    scp: String,
}

impl Peer {
    pub fn new(jwk_set: &str, held: Held, metrics: Arc<Metrics>) -> Result<Self, Box<dyn Error>> {
        let set: JwkSet = serde_json::from_str(jwk_set)?;
        let mut keys = HashMap::new();
        for jwk in &set.keys {
            let kid = jwk.common.key_id.clone().ok_or("a key without a name")?;
            keys.insert(kid, DecodingKey::from_jwk(jwk)?);
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        Ok(Self {
            keys,
            validation,
            held,
            metrics,
        })
    }

    pub fn admit(&self, headers: &HeaderMap) -> Option<Accepted> {
        let start = Instant::now();
        let accepted = self.verify(headers);
        let code = if accepted.is_some() { "accepted" } else { "refused" };
        self.metrics.verdict(code, start.elapsed());
        accepted
    }

    fn verify(&self, headers: &HeaderMap) -> Option<Accepted> {
        let token = headers
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?
            .strip_prefix("Bearer ")?;
        let kid = decode_header(token).ok()?.kid?;
        let Claims { iss, sub, exp, scp } = decode(token, self.keys.get(&kid)?, &self.validation).ok()?.claims;
        Some(Accepted::elsewhere(
            iss,
            sub,
            scp,
            NumericDate::from_secs(exp),
            self.held,
        ))
    }
}
