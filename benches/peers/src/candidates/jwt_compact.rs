// SPDX-License-Identifier: MIT OR Apache-2.0

//! jwt-compact. Issuer and audience are compared here: it leaves them to its caller.

use super::{TokensOf, VerifyToken};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES};
use jwt_compact::alg::{Rsa, RsaPublicKey};
use jwt_compact::{AlgorithmExt, TimeOptions, UntrustedToken};
use rsa09::pkcs1::DecodeRsaPublicKey;
use serde::Deserialize;
use std::hint::black_box;

pub const TOKENS: TokensOf = ("jwt-compact 0.9.0-beta.1", tokens);

/// What jwt-compact does not read itself.
#[derive(Deserialize)]
struct Custom {
    iss: String,
    aud: String,
    sub: String,
    tid: String,
    roles: Vec<String>,
}

fn tokens(key: &PublicKey) -> VerifyToken {
    let key = RsaPublicKey::from_pkcs1_der(&key.pkcs1_der()).unwrap();
    let algorithm = Rsa::rs256();
    Box::new(move |token| {
        let Ok(token) = UntrustedToken::new(token) else {
            return false;
        };
        let Ok(token) = algorithm.validator::<Custom>(&key).validate(&token) else {
            return false;
        };
        let times = TimeOptions::default();
        let claims = token.claims();
        let custom = black_box(&claims.custom);
        claims.validate_expiration(&times).is_ok()
            && (claims.not_before.is_none() || claims.validate_maturity(&times).is_ok())
            && custom.iss == ISSUER
            && custom.aud == AUDIENCE
            && !custom.sub.is_empty()
            && !custom.tid.is_empty()
            && custom.roles.len() == ROLES
    })
}
