// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cases, read from the files.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub struct Case {
    pub file: &'static str,
    pub id: String,
    pub token: String,
    /// The text of the JWK Set.
    pub jwk_set: String,
    /// `None`: the signature alone, over a payload that need not be JSON.
    pub policy: Option<Policy>,
}

pub struct Policy {
    pub now: u64,
    pub issuers: Vec<String>,
    /// `None`: not checked.
    pub audiences: Option<Vec<String>>,
    pub leeway: u64,
    pub required: Vec<String>,
}

/// A path below the root of the repository.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn strings(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    match value {
        Value::Array(many) => many.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

impl Case {
    fn new(file: &'static str, case: &Value) -> Self {
        let text = |name: &str| {
            case[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name} in {case}"))
                .to_owned()
        };
        let jwk_set = match (&case["jwks"], &case["jwks_file"], &case["jwks_text"]) {
            (set @ Value::Object(_), Value::Null, Value::Null) => set.to_string(),
            (Value::Null, Value::String(file), Value::Null) => read(&format!("tests/vectors/{file}")),
            (Value::Null, Value::Null, Value::String(text)) => text.clone(),
            _ => panic!("not exactly one JWK Set in {case}"),
        };
        let given = &case["policy"];
        let policy = given.is_object().then(|| Policy {
            now: case["now"].as_u64().expect("a clock"),
            issuers: strings(&given["iss"]),
            audiences: (!given["aud"].is_null()).then(|| strings(&given["aud"])),
            leeway: given["leeway"].as_u64().expect("a leeway"),
            required: strings(&given["require"]),
        });
        Self {
            file,
            id: text("id"),
            token: text("token"),
            jwk_set,
            policy,
        }
    }
}

/// Every case of every file.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for file in ["tokens", "tokens-json"] {
        let lines = read(&format!("tests/vectors/{file}.jsonl"));
        let values = lines.lines().map(|line| serde_json::from_str(line).expect(line));
        cases.extend(values.map(|value: Value| Case::new(file, &value)));
    }
    let lines = read("tests/differential/tokens.jsonl");
    let mut values = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect(line));
    // The first line is what the others share.
    let setting = values.next().expect("a first line");
    for value in values {
        let mut case = setting.as_object().expect("an object").clone();
        case.extend(value.as_object().expect("an object").clone());
        cases.push(Case::new("odd", &Value::Object(case)));
    }
    cases
}
