// SPDX-License-Identifier: MIT OR Apache-2.0

//! What holds for every token: one bit more or less is another token, a claims set means the same however it is written,
//! and no date is so far away that the arithmetic of leeways wraps.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::setting::{ACCEPTED, AUDIENCE, HEADER, ISSUER, NOW, POLICY, claims, key_set, keys, object, verdict_at};
use common::signer::Signer;
use common::{base64url, encode};
use proptest::prelude::*;
use rs256::{JsonValue, Leeway, NumericDate, Policy, Verifier};

#[test]
fn any_single_bit_change_is_refused() {
    let cases = [
        (Signer::good(), key_set(&[Signer::good().jwk(r#""kid":"k1""#)])),
        (Signer::odd(), key_set(&[Signer::odd().jwk(r#""kid":"k1""#)])),
        (Signer::e3(), key_set(&[Signer::e3().jwk(r#""kid":"k1""#)])),
    ];
    for (signer, keys) in cases {
        let token = signer.token(HEADER, claims(&[]));
        let verdict = |token: &[u8]| verdict_at(&keys, &POLICY, token, NOW);
        assert_eq!(verdict(token.as_bytes()), ACCEPTED);

        // Of the text.
        let mut text = token.clone().into_bytes();
        for bit in 0..text.len() * 8 {
            text[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(verdict(&text), ACCEPTED, "bit {bit} of the text");
            text[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(text, token.as_bytes());

        // Of what the segments stand for.
        let mut segments: Vec<Vec<u8>> = token.split('.').map(base64url).collect();
        for segment in 0..3 {
            for bit in 0..segments[segment].len() * 8 {
                segments[segment][bit / 8] ^= 1 << (bit % 8);
                let changed: Vec<String> = segments.iter().map(|segment| encode(segment)).collect();
                let verdict = verdict(changed.join(".").as_bytes());
                assert_ne!(verdict, ACCEPTED, "bit {bit} of segment {segment}");
                segments[segment][bit / 8] ^= 1 << (bit % 8);
            }
        }
    }
}

/// `text` as a JSON string; a character is escaped where the next of `choices` says so.
fn quoted(text: &str, choices: &mut impl Iterator<Item = u8>) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match (choices.next().unwrap(), c) {
            (0..=3, _) => {
                let mut units = [0; 2];
                out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")));
            }
            (4, '/') => out += "\\/",
            (_, '"' | '\\') => out.extend(['\\', c]),
            (_, '\0'..' ') => out += &format!("\\u{:04x}", u32::from(c)),
            _ => out.push(c),
        }
    }
    out + "\""
}

/// A claims set in one of its spellings: order, whitespace and escapes by `choices`.
fn written(members: &[(String, String)], choices: &[u8]) -> String {
    let mut choices = choices.iter().copied().cycle();
    let mut order: Vec<(u8, &(String, String))> =
        members.iter().map(|member| (choices.next().unwrap(), member)).collect();
    order.sort_by_key(|(key, _)| *key);
    let mut text = String::new();
    for (index, (_, (name, value))) in order.into_iter().enumerate() {
        let mut space = || ["", "", " ", "\n", "\t", "\r\n  "][usize::from(choices.next().unwrap() % 6)];
        let spaces = [space(), space(), space(), space()];
        text += if index == 0 { "{" } else { "," };
        text += spaces[0];
        text += &quoted(name, &mut choices);
        text += spaces[1];
        text += ":";
        text += spaces[2];
        match value.strip_prefix('$') {
            Some(string) => text += &quoted(string, &mut choices),
            None => text += value,
        }
        text += spaces[3];
    }
    text + "}"
}

/// Text as strings hold it, and a value as JSON or, behind `$`, as a string.
fn member() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![
        "\\$\\PC{0,12}",
        "\\$[\\x00-\\x2f\"\\\\/]{0,8}",
        "[1-9][0-9]{0,9}",
        Just("[\"a\",{}]".to_owned())
    ];
    ("x\\PC{0,6}", value)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn claims_mean_the_same_however_they_are_written(
        mut more in proptest::collection::vec(member(), 0..6),
        spellings in proptest::array::uniform2(proptest::collection::vec(any::<u8>(), 1..60)),
        is_late in any::<bool>(),
    ) {
        more.sort();
        more.dedup_by(|one, other| one.0 == other.0);
        more.extend([("iss", format!("${ISSUER}")), ("aud", format!("${AUDIENCE}")), ("exp", (NOW + 60).to_string())]
            .map(|(name, value)| (name.to_owned(), value)));
        let now = NOW + if is_late { 120 } else { 0 };
        let expected = if is_late { "expired" } else { ACCEPTED };
        let keys = keys();
        for choices in &spellings {
            let token = Signer::good().token(HEADER, written(&more, choices));
            prop_assert_eq!(verdict_at(&keys, &POLICY, &token, now), expected);
            let mut buf = vec![0; 1 << 16];
            let accepted = Verifier::new(&keys, &POLICY).verify(&token, NumericDate::from_secs(NOW), &mut buf).unwrap();
            prop_assert_eq!(accepted.claims().iter().count(), more.len());
            for (name, value) in &more {
                match (accepted.claims().get(name), value.strip_prefix('$')) {
                    (Some(JsonValue::String(found)), Some(string)) => prop_assert!(found == *string),
                    (Some(JsonValue::Number(found)), None) => prop_assert_eq!(found.as_str(), value),
                    (Some(JsonValue::Array(found)), None) => prop_assert_eq!(found.iter().count(), 2),
                    (found, _) => prop_assert!(false, "{name:?}: {found:?}"),
                }
            }
        }
    }
}

/// Dates at the ends of what a claim and a clock can hold, and around one in the middle.
const DATES: [u64; 11] = [
    0,
    1,
    59,
    60,
    61,
    600,
    NOW - 1,
    NOW,
    NOW + 1,
    (1 << 53) - 2,
    (1 << 53) - 1,
];

#[test]
fn no_date_and_no_leeway_wraps() {
    let keys = keys();
    let clocks = DATES.into_iter().chain([
        u64::MAX,
        u64::MAX - 1,
        u64::MAX - 600,
        u64::MAX - 601,
        1 << 53,
        (1 << 53) + 600,
    ]);
    let clocks: Vec<u64> = clocks
        .flat_map(|date| [-601, -600, -1, 0, 1, 599, 600].map(|by| date.saturating_add_signed(by)))
        .collect();
    let mut count = 0;
    for date in DATES {
        let text = date.to_string();
        for name in ["exp", "nbf", "iat"] {
            let exp = if name == "exp" {
                text.as_str()
            } else {
                "9007199254740991"
            };
            let (issuer, audience) = (format!("\"{ISSUER}\""), format!("\"{AUDIENCE}\""));
            let members: [(&str, &str); 4] = [("iss", &issuer), ("aud", &audience), ("exp", exp), (name, &text)];
            let payload = object(&members[..if name == "exp" { 3 } else { 4 }]);
            let token = Signer::good().token(HEADER, payload);
            let mut buf = vec![0; 4096];
            for &now in &clocks {
                for secs in [0, 1, 60, 600] {
                    let leeway = Leeway::from_secs(secs).unwrap();
                    let policy: Policy<'_> = if name == "iat" {
                        POLICY.leeway(leeway).max_age(300)
                    } else {
                        POLICY.leeway(leeway)
                    };
                    let found = Verifier::new(&keys, &policy).prepare(&token, &mut buf);
                    // The signature is the same each time; what is asked for is the policy's arithmetic.
                    let found = found
                        .unwrap()
                        .verify()
                        .unwrap()
                        .check(&policy, NumericDate::from_secs(now))
                        .is_ok();
                    let (date, now, secs) = (i128::from(date), i128::from(now), i128::from(secs));
                    let is_alive = now < if name == "exp" { date } else { (1 << 53) - 1 } + secs;
                    let has_begun = match name {
                        "nbf" => date <= now + secs,
                        "iat" => date <= now + secs && now <= date + 300 + secs,
                        _ => true,
                    };
                    assert_eq!(found, is_alive && has_begun, "{name} {date}, now {now}, leeway {secs}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, DATES.len() * 3 * 17 * 7 * 4);
}
