// SPDX-License-Identifier: MIT OR Apache-2.0

//! jwt-simple: `RS256PublicKey::verify_token` with `VerificationOptions`, its clock given as `artificial_time`.
//!
//! The library knows single JWKs, not sets: the set is read by serde_json, and the key is the first with the header's
//! `kid`, or the only one. It has no option that requires `exp`, and none that leaves an `iat` in the future alone without
//! leaving `nbf` alone.

use std::collections::{BTreeMap, HashSet};

use jwt_simple::prelude::*;
use jwt_simple::{Error, JWTError};
use serde_json::Value;

use crate::case::Case;

pub fn ask(case: &Case) -> Result<(), String> {
    // The signature alone is not to be had.
    let policy = case.policy.as_ref().ok_or("-")?;
    let set: Value = serde_json::from_str(&case.jwk_set).map_err(|_| "JwkSet".to_owned())?;
    let keys = set["keys"].as_array().ok_or("JwkSet")?;
    let metadata = Token::decode_metadata(&case.token).map_err(|error| name(&error))?;
    let jwk = match (metadata.key_id(), &keys[..]) {
        (Some(kid), _) => keys.iter().find(|key| key["kid"] == kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let key = RS256PublicKey::from_jwk(&jwk.ok_or("NoKey")?.to_string()).map_err(|error| name(&error))?;

    let options = VerificationOptions {
        allowed_issuers: Some(policy.issuers.iter().cloned().collect()),
        allowed_audiences: policy
            .audiences
            .as_ref()
            .map(|audiences| audiences.iter().cloned().collect::<HashSet<_>>()),
        time_tolerance: Some(Duration::from_secs(policy.leeway)),
        artificial_time: Some(UnixTimeStamp::from_secs(policy.now)),
        ..VerificationOptions::default()
    };
    match key.verify_token::<BTreeMap<String, Value>>(&case.token, Some(options)) {
        Ok(_) => Ok(()),
        Err(error) => Err(name(&error)),
    }
}

/// The name of an error's variant.
fn name(error: &Error) -> String {
    let text = match error.downcast_ref::<JWTError>() {
        Some(error) => format!("{error:?}"),
        None if error.is::<serde_json::Error>() => "Json".to_owned(),
        None => format!("{error:?}"),
    };
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text[..end].to_owned()
}
