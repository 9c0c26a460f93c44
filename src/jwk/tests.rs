// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whole JWK Sets against numbers that others decoded.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, fs, vec};

use serde_json::Value;

use super::load::JwkSet;
use crate::rs256::Rsa8192;

/// Octets in hexadecimal digits.
fn digits(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn keys_of_the_rfcs_have_the_listed_numbers() {
    let file = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/jwks.jsonl")).unwrap();
    let cases: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let text = serde_json::to_vec(&case["jwks"]).unwrap();
        let set = JwkSet::read::<Rsa8192>(&text).unwrap();
        let found: Vec<[Option<String>; 3]> = set
            .usable::<Rsa8192>()
            .map(|jwk| {
                let mut n = vec![0; jwk.key.modulus_len()];
                assert!(jwk.key.write_modulus(&mut n));
                let e = jwk.key.exponent().to_be_bytes();
                let kid = jwk.kid.map(|kid| kid.chars().collect());
                [kid, Some(digits(&n)), Some(digits(&e[5..]))]
            })
            .collect();
        let listed = case["rsa_keys"].as_array().unwrap().iter();
        let listed: Vec<[Option<String>; 3]> = listed
            .map(|key| ["kid", "n_hex", "e_hex"].map(|name| key[name].as_str().map(ToString::to_string)))
            .collect();
        assert_eq!(found, listed, "{}", case["id"]);
    }
}
