// SPDX-License-Identifier: MIT OR Apache-2.0

//! jwt-simple, built without C.

use super::json::CustomClaims;
use super::{TokensOf, VerifyToken};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES};
use jwt_simple::prelude::{Duration, RS256PublicKey, RSAPublicKeyLike, VerificationOptions};
use std::collections::HashSet;
use std::hint::black_box;

pub const TOKENS: TokensOf = ("jwt-simple 0.15 (pure-rust)", tokens);

fn tokens(key: &PublicKey) -> VerifyToken {
    let key = RS256PublicKey::from_components(&key.n, &key.e).unwrap();
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_owned()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_owned()])),
        time_tolerance: Some(Duration::from_secs(60)),
        ..VerificationOptions::default()
    };
    Box::new(move |token| {
        key.verify_token::<CustomClaims>(token, Some(options.clone()))
            .is_ok_and(|claims| black_box(claims).custom.roles.len() == ROLES)
    })
}
