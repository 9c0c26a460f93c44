// SPDX-License-Identifier: MIT OR Apache-2.0

//! jsonwebtoken, as its documentation shows it: `JwkSet::find` by the header's `kid`, `decode` with a `Validation`.
//!
//! `nbf` is looked at and `iss`, `aud` are required, which is not the default. Without a `kid` the set's only key is
//! taken: the library leaves that to its user.

use std::collections::BTreeMap;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, crypto, decode, decode_header};
use serde_json::Value;

use crate::case::Case;
use crate::clock;

pub fn ask(case: &Case) -> Result<(), String> {
    verify(case).map_err(|reason| match reason.split_once(['(', ' ', '{']) {
        Some((name, _)) => name.to_owned(),
        None => reason,
    })
}

fn verify(case: &Case) -> Result<(), String> {
    let set: JwkSet = serde_json::from_str(&case.jwk_set).map_err(|_| "JwkSet".to_owned())?;
    let header = decode_header(&case.token).map_err(|error| format!("{:?}", error.kind()))?;
    let jwk = match (&header.kid, &set.keys[..]) {
        (Some(kid), _) => set.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let key = DecodingKey::from_jwk(jwk.ok_or("NoKey")?).map_err(|error| format!("{:?}", error.kind()))?;

    let Some(policy) = &case.policy else {
        let (input, signature) = case.token.rsplit_once('.').ok_or("InvalidToken")?;
        return match crypto::verify(signature, input.as_bytes(), &key, Algorithm::RS256) {
            Ok(true) => Ok(()),
            Ok(false) => Err("InvalidSignature".to_owned()),
            Err(error) => Err(format!("{:?}", error.kind())),
        };
    };
    let mut validation = Validation::new(Algorithm::RS256);
    validation.leeway = policy.leeway;
    validation.validate_nbf = true;
    validation.set_issuer(&policy.issuers);
    let mut required: Vec<&str> = policy.required.iter().map(String::as_str).collect();
    required.push("iss");
    match &policy.audiences {
        Some(audiences) => {
            validation.set_audience(audiences);
            required.push("aud");
        }
        None => validation.validate_aud = false,
    }
    validation.set_required_spec_claims(&required);
    clock::set(policy.now);
    match decode::<BTreeMap<String, Value>>(&case.token, &key, &validation) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{:?}", error.kind())),
    }
}
