// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens to send, good ones and bad ones of every kind.

use std::sync::OnceLock;

use rs256_gateway::synthetic::{Issuer, SyntheticKey, Token};

/// Long before the tests run, and long after.
pub const YEAR_2000: u64 = 946_684_800;
pub const YEAR_2100: u64 = 4_102_444_800;

/// Four keys, which guard nothing; made once, since that takes seconds.
pub fn keys() -> &'static [SyntheticKey; 4] {
    static KEYS: OnceLock<[SyntheticKey; 4]> = OnceLock::new();
    KEYS.get_or_init(|| {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../benches/data/private-keys-that-guard-nothing/2048.pem"
        );
        let pem = std::fs::read_to_string(path).unwrap();
        let mut blocks = pem.split_inclusive("-----END PRIVATE KEY-----\n");
        ["a", "b", "c", "d"].map(|kid| SyntheticKey::from_pkcs8_pem(kid, blocks.next().unwrap()).unwrap())
    })
}

/// Claims that are good for longer than any clock here is stepped.
pub fn claims(issuer: &Issuer) -> Token {
    Token::new(issuer.url(), issuer.audience(), YEAR_2000)
        .claim("exp", YEAR_2100)
        .claim("scp", "orders.read")
        .claim("roles", ["Orders.Read"].as_slice())
}

/// Good tokens under `key`, which differ.
pub fn good(issuer: &Issuer, key: &SyntheticKey, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| claims(issuer).claim("jti", format!("good-{number}")).sign(key))
        .collect()
}

/// Tokens that nobody may ever accept, whatever the state of the keys, where `key` is one of the issuer's.
pub fn bad(issuer: &Issuer, key: &SyntheticKey) -> Vec<String> {
    let good = claims(issuer);
    let other = &keys()[3];
    let text = good.sign(key);
    let (input, signature) = text.rsplit_once('.').unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let admin = claims(issuer).claim("roles", ["Orders.Approve"].as_slice()).sign(key);
    let admin_payload = admin.split('.').nth(1).unwrap();
    let none = good.clone().header("alg", "none").sign(key);
    vec![
        flipped(&text),
        // claims that were not signed
        format!("{header}.{admin_payload}.{signature}"),
        // another's key under the name of this one
        good.sign(&other.renamed(&key.kid)),
        // a key that nobody knows
        good.sign(&other.renamed("nobody-knows-this")),
        // its own key
        good.clone()
            .header("jwk", other.jwk().clone())
            .sign(&other.renamed(&key.kid)),
        good.clone().claim("exp", YEAR_2000 + 1).sign(key),
        good.clone().claim("nbf", YEAR_2100 - 1).sign(key),
        good.clone().claim("aud", "api://another").sign(key),
        good.clone().claim("iss", "https://127.0.0.1:1").sign(key),
        good.clone().claim("exp", "never").sign(key),
        good.clone().header("alg", "HS256").sign(key),
        good.clone().header("crit", ["exp"].as_slice()).sign(key),
        none.clone(),
        format!("{}.", none.rsplit_once('.').unwrap().0),
        input.to_owned(),
        format!("{text}.{signature}"),
    ]
}

/// The token with one bit of its signature flipped.
pub fn flipped(token: &str) -> String {
    let at = token.rfind('.').unwrap() + 20;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}
