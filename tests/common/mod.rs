// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the tests of this folder share: a signer, one setting that accepts its tokens, vectors as JSON Lines, and fixtures
//! by name.
#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(unreachable_pub, reason = "a module of several crates")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

pub mod setting;
pub mod signer;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A path below the root of the crate.
pub fn path(name: &str) -> PathBuf {
    // The package whose test this is may lie in a folder of this repository.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = here.into_iter().find(|folder| folder.join("CHANGELOG.md").is_file());
    root.expect("a folder of the repository").join(name)
}

/// The octets of a file below the root of the crate.
pub fn read(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The text of a file below the root of the crate, without the whitespace around it.
pub fn text(name: &str) -> String {
    String::from_utf8(read(name)).unwrap().trim().to_owned()
}

/// The objects of a JSON Lines file in `tests/vectors`, which must be `count`: a file that lost lines is a failure.
pub fn vectors(name: &str, count: usize) -> Vec<Value> {
    let file = text(&format!("tests/vectors/{name}.jsonl"));
    let cases: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), count, "cases of {name}");
    let mut ids: Vec<&str> = cases.iter().map(|case| str_of(case, "id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids of {name} that differ");
    cases
}

/// The string member `name`, which must be there.
pub fn str_of<'v>(case: &'v Value, name: &str) -> &'v str {
    case.get(name)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no string {name} in {case}"))
}

/// A value that is a string, a list of strings, or null, as a list.
pub fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().map(|one| one.as_str().unwrap()).collect(),
        other => panic!("neither text nor a list: {other}"),
    }
}

/// Octets from hexadecimal digits.
pub fn hex(digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes();
    assert!(digits.len().is_multiple_of(2), "half an octet");
    let nibble = |digit: u8| u8::try_from(char::from(digit).to_digit(16).unwrap()).unwrap();
    digits
        .chunks(2)
        .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1]))
        .collect()
}

/// Octets from standard base64, padded.
pub fn base64(text: &str) -> Vec<u8> {
    use base64ct::Encoding;
    let mut buf = vec![0; text.len()];
    base64ct::Base64::decode(text, &mut buf).unwrap().to_vec()
}

/// Octets from base64url, unpadded.
pub fn base64url(text: &str) -> Vec<u8> {
    use base64ct::Encoding;
    let mut buf = vec![0; text.len()];
    base64ct::Base64UrlUnpadded::decode(text, &mut buf).unwrap().to_vec()
}

/// The base64url of octets, unpadded.
pub fn encode(octets: &[u8]) -> String {
    use base64ct::Encoding;
    base64ct::Base64UrlUnpadded::encode_string(octets)
}
