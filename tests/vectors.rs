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
#[path = "common/token_case.rs"]
mod token_case;

use std::fmt::Write;
use std::sync::OnceLock;
use std::{env, fs};

use common::{base64, hex, str_of, vectors};
use rs256::{Error, KeySet, PreparedKey, Rsa4096, Rsa8192, RsaPublicKey};
use serde_json::Value;
use token_case::{ACCEPT, refused_set, variant};

const VERDICTS: &str = "tests/vectors/verdicts.tsv";

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
                let verdicts = [
                    token_case::verdict::<Rsa4096>(case),
                    token_case::verdict::<Rsa8192>(case),
                ];
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

/// The runners for one size of key; the constructors of keys are not generic over it.
macro_rules! runners {
    ($module:ident, $size:ty) => {
        mod $module {
            use super::*;

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
