// SPDX-License-Identifier: MIT OR Apache-2.0

//! A case of `tests/vectors/tokens*.jsonl`, or of another file of that form, through the public API: one word for what
//! became of its token.
#![allow(unreachable_pub, reason = "a module of several crates")]

use rs256::{
    AcceptedToken, Error, Issuer, JsonValue, KeySet, Leeway, LoadError, NumericDate, Policy, RsaSize, Verifier,
};
use serde_json::Value;

use super::common::{base64url, read, str_of, strings};

/// What an accepted token answers; a refused one answers with its error's code.
pub const ACCEPT: &str = "accept";

/// The octets of a case's JWK Set.
pub fn jwk_set(case: &Value) -> Vec<u8> {
    match (case.get("jwks"), case.get("jwks_file"), case.get("jwks_text")) {
        (Some(set), None, None) => serde_json::to_vec(set).unwrap(),
        (None, Some(file), None) => read(&format!("tests/vectors/{}", file.as_str().unwrap())),
        (None, None, Some(text)) => text.as_str().unwrap().as_bytes().to_vec(),
        _ => panic!("not exactly one JWK Set in {}", str_of(case, "id")),
    }
}

/// The verdict on a case's token, with keys of this size.
pub fn verdict<S: RsaSize>(case: &Value) -> String {
    let mut keys = KeySet::<8, S>::new();
    if let Err(error) = keys.replace_from_jwk_set(&jwk_set(case)) {
        // Without keys no token is accepted, whatever it is.
        let policy = Policy::new(Issuer::exact("unused"), &[]).any_audience();
        let mut buf = vec![0; 1 << 16];
        let verdict = Verifier::new(&keys, &policy).verify(str_of(case, "token"), NumericDate::from_secs(0), &mut buf);
        assert!(verdict.is_err());
        return refused_set(&error);
    }
    let verdict = with_keys(case, &keys, 0);
    // What the buffer held before takes no part, nor does a run before.
    assert_eq!(with_keys(case, &keys, b'}'), verdict, "{}", str_of(case, "id"));
    verdict
}

fn with_keys<S: RsaSize>(case: &Value, keys: &KeySet<8, S>, fill: u8) -> String {
    let token = str_of(case, "token");
    let mut buf = vec![fill; 1 << 16];
    if str_of(case, "level") == "jws" {
        let policy = Policy::new(Issuer::exact("unused"), &[]).any_audience();
        let pending = match Verifier::new(keys, &policy).prepare(token, &mut buf) {
            Ok(pending) => pending,
            Err(error) => return error.code().into(),
        };
        return match pending.verify() {
            Ok(verified) => {
                assert_eq!(verified.payload(), base64url(token.split('.').nth(1).unwrap()));
                ACCEPT.into()
            }
            Err(error) => Error::from(error).code().into(),
        };
    }

    let given = &case["policy"];
    let (issuers, audiences) = (strings(&given["iss"]), strings(&given["aud"]));
    let issuer = match &issuers[..] {
        [one] => Issuer::exact(one),
        many => Issuer::any_of(many),
    };
    let leeway = u16::try_from(given["leeway"].as_u64().unwrap()).unwrap();
    let leeway = Leeway::from_secs(leeway).unwrap();
    let mut policy = Policy::new(issuer, &audiences).leeway(leeway);
    if given["aud"].is_null() {
        policy = policy.any_audience();
    }
    match &strings(&given["require"])[..] {
        ["exp"] => {}
        [] => policy = policy.waive_expiration(),
        other => panic!("required claims {other:?}"),
    }
    let now = NumericDate::from_secs(case["now"].as_u64().unwrap());
    match Verifier::new(keys, &policy).verify(token, now, &mut buf) {
        Ok(token) => {
            compare_claims(case, &token);
            ACCEPT.into()
        }
        Err(error) => error.code().into(),
    }
}

/// Compares the claims that a case lists.
fn compare_claims(case: &Value, token: &AcceptedToken<'_>) {
    let Some(expected) = case.get("claims") else { return };
    let claims = token.claims();
    for (name, expected) in expected.as_object().unwrap() {
        let equal = claims.get(name).is_some_and(|found| same(found, expected));
        assert!(equal, "{}: claim {name:?} should be {expected}", str_of(case, "id"));
    }
}

/// Whether `found` is the JSON value `expected`.
fn same(found: JsonValue<'_>, expected: &Value) -> bool {
    match (found, expected) {
        (JsonValue::Null, Value::Null) => true,
        (JsonValue::Bool(found), Value::Bool(expected)) => found == *expected,
        (JsonValue::Number(found), Value::Number(expected)) => {
            serde_json::from_str::<serde_json::Number>(found.as_str()).unwrap() == *expected
        }
        (JsonValue::String(found), Value::String(expected)) => found.chars().eq(expected.chars()),
        (JsonValue::Array(found), Value::Array(expected)) => {
            found.iter().count() == expected.len()
                && found
                    .iter()
                    .zip(expected)
                    .all(|(found, expected)| same(found, expected))
        }
        (JsonValue::Object(found), Value::Object(expected)) => {
            found.iter().count() == expected.len()
                && expected
                    .iter()
                    .all(|(name, expected)| found.get(name).is_some_and(|found| same(found, expected)))
        }
        _ => false,
    }
}

/// Why a JWK Set was refused, without offsets and numbers.
pub fn refused_set(error: &LoadError) -> String {
    match error {
        LoadError::Json(error) => format!("jwk set: {}", variant(&error.kind())),
        LoadError::NoUsableKey(report) => {
            let reasons: Vec<String> = report.skipped().map(|(reason, _)| variant(&reason)).collect();
            format!("jwk set: no usable key: {}", reasons.join(", "))
        }
        other => format!("jwk set: {}", variant(other)),
    }
}

/// The names of an error's variants, without an offset that they carry.
pub fn variant(error: &impl std::fmt::Debug) -> String {
    let name = format!("{error:?}");
    match name.split_once("(JsonError") {
        Some((name, _)) => name.into(),
        None => name,
    }
}
