// SPDX-License-Identifier: MIT OR Apache-2.0

//! The vectors of `tests/vectors` through the public API.
//!
//! Two promises. A case that the standards decide must answer as its file says. And every case, those included that
//! the standards leave open, answers what `tests/vectors/verdicts.tsv` has pinned: verdict and error code, for the
//! default key type and for the largest one. A change of behaviour is then a change of that table, which a reader sees.
//!
//! `RS256_BLESS=1 cargo test --test vectors` writes the table anew and fails, so that no run is green by accident.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fmt::Write;
use std::sync::OnceLock;
use std::{env, fs};

use common::{base64, base64url, hex, str_of, strings, vectors};
use rs256::{
    AcceptedToken, Error, Issuer, JsonValue, KeySet, Leeway, LoadError, NumericDate, Policy, PreparedKey, Rsa4096,
    Rsa8192, RsaPublicKey, Verifier,
};
use serde_json::Value;

const VERDICTS: &str = "tests/vectors/verdicts.tsv";
const ACCEPT: &str = "accept";

/// What a case should answer and what it did answer.
struct Row {
    file: &'static str,
    id: String,
    /// `None` where the standards leave room.
    accept: Option<bool>,
    /// With `Rsa4096` and with `Rsa8192`.
    verdicts: [String; 2],
}

impl Row {
    fn line(&self) -> String {
        let [default, large] = &self.verdicts;
        let firm = if self.accept.is_some() { "firm" } else { "open" };
        format!("{}\t{}\t{firm}\t{default}\t{large}", self.file, self.id)
    }
}

/// Every case of every file, run once for all tests.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows = Vec::new();
        for (file, count) in [("tokens", 398), ("tokens-json", 161)] {
            rows.extend(vectors(file, count).iter().map(|case| {
                let verdicts = [default_size::token(case), large_size::token(case)];
                Row {
                    file,
                    id: str_of(case, "id").into(),
                    accept: firm(case),
                    verdicts,
                }
            }));
        }
        rows.extend(vectors("rsa-raw", 634).iter().map(|case| {
            let verdicts = [default_size::raw(case), large_size::raw(case)];
            Row {
                file: "rsa-raw",
                id: str_of(case, "id").into(),
                accept: firm(case),
                verdicts,
            }
        }));
        rows.extend(vectors("json", 161).iter().map(|case| {
            let verdicts = [default_size::json(case), large_size::json(case)];
            Row {
                file: "json",
                id: str_of(case, "id").into(),
                accept: firm(case),
                verdicts,
            }
        }));
        rows
    })
}

/// The answer that the standards ask for, if they decide.
fn firm(case: &Value) -> Option<bool> {
    match (str_of(case, "expect"), case.get("latitude")) {
        ("either", None) | (_, Some(Value::Bool(true))) => None,
        ("accept", None) => Some(true),
        ("reject", None) => Some(false),
        other => panic!("expectation {other:?}"),
    }
}

/// The octets of a case's JWK Set.
fn jwk_set(case: &Value) -> Vec<u8> {
    match (case.get("jwks"), case.get("jwks_file"), case.get("jwks_text")) {
        (Some(set), None, None) => serde_json::to_vec(set).unwrap(),
        (None, Some(file), None) => common::read(&format!("tests/vectors/{}", file.as_str().unwrap())),
        (None, None, Some(text)) => text.as_str().unwrap().as_bytes().to_vec(),
        _ => panic!("not exactly one JWK Set in {}", str_of(case, "id")),
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

/// Compares the claims that a case lists.
fn compare_claims(case: &Value, token: &AcceptedToken<'_>) {
    let Some(expected) = case.get("claims") else { return };
    let claims = token.claims();
    for (name, expected) in expected.as_object().unwrap() {
        let equal = claims.get(name).is_some_and(|found| same(found, expected));
        assert!(equal, "{}: claim {name:?} should be {expected}", str_of(case, "id"));
    }
}

/// The runners for one size of key; the constructors of keys are not generic over it.
macro_rules! runners {
    ($module:ident, $size:ty) => {
        mod $module {
            use super::*;

            /// Verdict and error code of a case of `tokens*.jsonl`.
            pub(super) fn token(case: &Value) -> String {
                let mut keys = KeySet::<8, $size>::new();
                if let Err(error) = keys.replace_from_jwk_set(&jwk_set(case)) {
                    // Without keys no token is accepted, whatever it is.
                    let policy = Policy::new(Issuer::exact("unused"), &[]).any_audience();
                    let verifier = Verifier::new(&keys, &policy);
                    let mut buf = vec![0; 1 << 16];
                    assert!(
                        verifier
                            .verify(str_of(case, "token"), NumericDate::from_secs(0), &mut buf)
                            .is_err()
                    );
                    return refused_set(&error);
                }
                let verdict = token_with(case, &keys, 0);
                // What the buffer held before takes no part, nor does a run before.
                assert_eq!(token_with(case, &keys, b'}'), verdict, "{}", str_of(case, "id"));
                verdict
            }

            fn token_with(case: &Value, keys: &KeySet<8, $size>, fill: u8) -> String {
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

            /// Verdict and reason of a case of `rsa-raw.jsonl`.
            pub(super) fn raw(case: &Value) -> String {
                let [n, e, message, signature] = ["n", "e", "msg_hex", "sig_hex"].map(|name| hex(str_of(case, name)));
                let key = match RsaPublicKey::<$size>::from_be_bytes(&n, &e) {
                    Ok(key) => PreparedKey::new(&key),
                    Err(error) => return format!("key: {}", variant(&error)),
                };
                match key.verify_rs256(&message, &signature) {
                    Ok(()) => ACCEPT.into(),
                    Err(error) => Error::from(error).code().into(),
                }
            }

            /// Verdict on a case of `json.jsonl`, as a member of a JWK Set that nobody asks for.
            pub(super) fn json(case: &Value) -> String {
                let mut set = br#"{"document":"#.to_vec();
                set.extend(base64(str_of(case, "data_b64")));
                set.extend(b",");
                set.extend(&common::read("tests/vectors/jwks/one.json")[1..]);
                let mut keys = KeySet::<8, $size>::new();
                match keys.replace_from_jwk_set(&set) {
                    Ok(_) => ACCEPT.into(),
                    Err(error) => refused_set(&error),
                }
            }
        }
    };
}
runners!(default_size, Rsa4096);
runners!(large_size, Rsa8192);

/// Why a JWK Set was refused, without offsets and numbers.
fn refused_set(error: &LoadError) -> String {
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
fn variant(error: &impl std::fmt::Debug) -> String {
    let name = format!("{error:?}");
    match name.split_once("(JsonError") {
        Some((name, _)) => name.into(),
        None => name,
    }
}

#[test]
fn cases_that_the_standards_decide_answer_so() {
    let mut wrong = String::new();
    let mut decided = 0;
    for row in rows() {
        let Some(accept) = row.accept else { continue };
        decided += 1;
        for verdict in &row.verdicts {
            if (verdict == ACCEPT) != accept {
                writeln!(wrong, "{} {}: {verdict}", row.file, row.id).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!((rows().len(), decided), (1354, 1354 - 68 - 25 - 8 - 24));
}

#[test]
fn every_verdict_is_the_pinned_one() {
    let mut found = String::from("file\tcase\tby the standards\tRsa4096\tRsa8192\n");
    for row in rows() {
        writeln!(found, "{}", row.line()).unwrap();
    }
    if env::var_os("RS256_BLESS").is_some() {
        fs::write(common::path(VERDICTS), &found).unwrap();
        panic!("wrote {VERDICTS}; read its diff, then run without RS256_BLESS");
    }
    let pinned = common::read(VERDICTS);
    let pinned = std::str::from_utf8(&pinned).unwrap();
    let mut diff = String::new();
    for line in pinned.lines().filter(|line| !found.lines().any(|other| other == *line)) {
        writeln!(diff, "- {line}").unwrap();
    }
    for line in found.lines().filter(|line| !pinned.lines().any(|other| other == *line)) {
        writeln!(diff, "+ {line}").unwrap();
    }
    assert!(diff.is_empty(), "pinned (-) and found (+):\n{diff}");
    assert_eq!(pinned, found, "the same lines in another order");
}

#[test]
fn token_cases_reach_the_layers_they_are_about() {
    // A table of nothing but early refusals would satisfy the test above.
    let accepted = rows().iter().filter(|row| row.verdicts[0] == ACCEPT).count();
    let mut codes: Vec<&str> = rows().iter().map(|row| row.verdicts[0].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(accepted >= 7 + 7 + 40 + 2 + 45 + 44 + 75, "{accepted} accepted");
    assert!(codes.len() >= 20, "{codes:?}");
}

#[test]
fn jwk_sets_hold_the_listed_rsa_keys() {
    // Their numbers are compared where they can be seen, in `src/jwk/tests.rs`.
    for case in vectors("jwks", 5) {
        let id = str_of(&case, "id");
        let mut keys = KeySet::<8>::new();
        let report = keys
            .replace_from_jwk_set(&serde_json::to_vec(&case["jwks"]).unwrap())
            .unwrap();
        let listed = case["rsa_keys"].as_array().unwrap();
        assert_eq!(usize::from(report.kept()), listed.len(), "{id}");
        let kids: Vec<Option<&str>> = keys.iter().map(|key| key.kid()).collect();
        let listed: Vec<Option<&str>> = listed.iter().map(|key| key["kid"].as_str()).collect();
        assert_eq!(kids, listed, "{id}");
    }
}
