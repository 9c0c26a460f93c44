// SPDX-License-Identifier: MIT OR Apache-2.0

//! Odd and hostile tokens, each in what it differs from the good one. The same authority, policy and clock for all of
//! them (`tests/common/setting.rs`); signed unless the case is about the signature.

mod claims;
mod header;
mod keys;

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::common::encode;
use crate::common::setting::{AUDIENCE, HEADER, ISSUER, NOW, claims, jwk_set};
use crate::common::signer::Signer;

/// Seconds of leeway. Another number than 0, so that a library that takes none is found out.
pub const LEEWAY: u64 = 60;

/// What the cases share: their authority, its key, and the clock.
pub fn setting() -> Value {
    json!({
        "level": "jwt",
        "jwks_text": jwk_set(&[Signer::good().jwk(r#""kid":"k1","use":"sig""#)]),
        "now": NOW,
        "policy": { "iss": ISSUER, "aud": AUDIENCE, "leeway": LEEWAY, "require": ["exp"] },
    })
}

/// The cases so far.
struct Cases(Vec<Value>);

impl Cases {
    fn add(&mut self, id: impl Into<String>, token: impl Into<String>) {
        self.0.push(json!({ "id": id.into(), "token": token.into() }));
    }

    /// A good token under another JWK Set.
    fn add_set(&mut self, id: &str, set: &str, token: String) {
        self.0.push(json!({ "id": id, "jwks_text": set, "token": token }));
    }

    fn header(&mut self, id: &str, header: impl AsRef<[u8]>) {
        let input = format!("{}.{}", encode(header.as_ref()), encode(claims(&[]).as_bytes()));
        self.add(format!("header/{id}"), Signer::good().seal(&input));
    }

    /// A header with further members behind `alg` and `kid`.
    fn member(&mut self, id: &str, members: &str) {
        self.header(id, format!(r#"{{"alg":"RS256","kid":"k1",{members}}}"#));
    }

    fn payload(&mut self, id: &str, payload: impl AsRef<[u8]>) {
        self.add(format!("payload/{id}"), Signer::good().token(HEADER, payload));
    }

    /// Good claims with one more, or with one that replaces a good one.
    fn claim(&mut self, id: &str, name: &str, value: &str) {
        self.add(
            format!("{name}/{id}"),
            Signer::good().token(HEADER, claims(&[(name, value)])),
        );
    }

    /// A good header and good claims under another signature.
    fn signature(&mut self, id: &str, signature: &[u8]) {
        self.add(format!("signature/{id}"), format!("{}.{}", input(), encode(signature)));
    }
}

/// The cases, without what they share.
pub fn cases() -> &'static [Value] {
    static CASES: OnceLock<Vec<Value>> = OnceLock::new();
    CASES.get_or_init(made)
}

fn made() -> Vec<Value> {
    let mut cases = Cases(Vec::new());
    forms(&mut cases);
    spellings(&mut cases);
    header::headers(&mut cases);
    header::kinds(&mut cases);
    claims::payloads(&mut cases);
    claims::dates(&mut cases);
    claims::names(&mut cases);
    keys::signatures(&mut cases);
    keys::keys(&mut cases);
    cases.0
}

/// The signing input of the good token.
fn input() -> String {
    format!("{}.{}", encode(HEADER.as_bytes()), encode(claims(&[]).as_bytes()))
}

fn good() -> String {
    Signer::good().token(HEADER, claims(&[]))
}

/// Texts around and instead of three segments.
fn forms(cases: &mut Cases) {
    let token = good();
    let [h, p, s] = segments(&token);
    for (id, text) in [
        ("good", token.clone()),
        ("empty", String::new()),
        ("two-dots", "..".into()),
        ("one-segment", h.to_owned()),
        ("two-segments", format!("{h}.{p}")),
        ("dot-behind", format!("{token}.")),
        ("dot-before", format!(".{token}")),
        ("four-segments", format!("{token}.{s}")),
        ("five-segments", format!("{h}.{p}.{p}.{p}.{s}")),
        ("no-header", format!(".{p}.{s}")),
        ("no-payload", format!("{h}..{s}")),
        ("no-signature", format!("{h}.{p}.")),
        ("blank-before", format!(" {token}")),
        ("blank-behind", format!("{token} ")),
        ("newline-behind", format!("{token}\n")),
        ("nul-behind", format!("{token}\0")),
        ("bom-before", format!("\u{feff}{token}")),
        ("bearer", format!("Bearer {token}")),
        ("quoted", format!("\"{token}\"")),
        ("blank-at-a-dot", format!("{h}. {p}.{s}")),
        ("newline-in-signature", format!("{h}.{p}.{}\n{}", &s[..64], &s[64..])),
        ("full-width-dots", token.replace('.', "\u{ff0e}")),
        (
            "flattened-json",
            format!(r#"{{"payload":"{p}","protected":"{h}","signature":"{s}"}}"#),
        ),
        ("doubled", format!("{token},{token}")),
    ] {
        cases.add(format!("form/{id}"), text);
    }
    cases.add("form/empty-payload-signed", Signer::good().token(HEADER, ""));
}

/// Text in whose base64url the last two characters of the alphabet occur.
const VARIED: &str = "???>>>~~~???>>>";

/// Segments that say the same in another alphabet or with more text; the signature covers the spelling.
fn spellings(cases: &mut Cases) {
    // With characters that differ between the alphabets, and of a length that leaves spare bits.
    let mut header = format!(r#"{},"x":"{VARIED}"}}"#, HEADER.trim_end_matches('}'));
    let mut payload = claims(&[("x", &format!("\"{VARIED}\""))]);
    for text in [&mut header, &mut payload] {
        while text.len() % 3 != 1 {
            text.push(' ');
        }
    }
    let (h, p) = (encode(header.as_bytes()), encode(payload.as_bytes()));
    assert!(h.contains(['-', '_']) && p.contains(['-', '_']));
    let s = encode(&Signer::good().sign(format!("{h}.{p}").as_bytes()));
    let standard = |text: &str| text.replace('-', "+").replace('_', "/");
    // The last character of a segment of 4 n + 2 carries two bits; this sets one of the four below.
    let spare = |text: &str| {
        let (rest, last) = text.split_at(text.len() - 1);
        let next = match last {
            "A" => "B",
            "Q" => "R",
            "g" => "h",
            "w" => "x",
            other => panic!("{other}"),
        };
        format!("{rest}{next}")
    };
    let split = |text: &str, with: &str| format!("{}{with}{}", &text[..8], &text[8..]);
    let mut both = |id: &str, change: &dyn Fn(&str) -> String| {
        cases.add(
            format!("spelling/header-{id}"),
            Signer::good().seal(&format!("{}.{p}", change(&h))),
        );
        cases.add(
            format!("spelling/payload-{id}"),
            Signer::good().seal(&format!("{h}.{}", change(&p))),
        );
        cases.add(format!("spelling/signature-{id}"), format!("{h}.{p}.{}", change(&s)));
    };
    both("as-it-is", &str::to_owned);
    both("padded", &|text| format!("{text}=="));
    both("padded-once", &|text| format!("{text}="));
    both("standard-alphabet", &standard);
    both("spare-bits", &spare);
    both("one-character-more", &|text| format!("{text}AAA"));
    both("blank-within", &|text| split(text, " "));
    both("newline-within", &|text| split(text, "\n"));
    both("tab-behind", &|text| format!("{text}\t"));
    both("nul-within", &|text| split(text, "\0"));
    both("tilde-within", &|text| split(text, "~"));
    both("padding-within", &|text| split(text, "="));
    both("letter-of-another-script", &|text| split(text, "\u{430}"));
}

/// `depth` arrays in one another.
fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

fn segments(token: &str) -> [&str; 3] {
    let segments: Vec<&str> = token.split('.').collect();
    segments.try_into().unwrap()
}
