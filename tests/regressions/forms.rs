// SPDX-License-Identifier: MIT OR Apache-2.0

//! Texts that are not the one spelling of a token in JWS Compact Serialization, and texts that cost too much.

use crate::common::setting::{
    ACCEPTED, HEADER, NOW, POLICY, claims, jwk_set, key_set, keys, verdict, verdict_at, verdict_on_claims,
};
use crate::common::signer::Signer;
use crate::common::{encode, read};
use rs256::limits::{MAX_HEADER_LEN, MAX_TOKEN_LEN};
use rs256::{CompactJws, JwsError, KeySet, NumericDate, Verifier};

fn good_token() -> String {
    Signer::good().token(HEADER, claims(&[]))
}

fn segments(token: &str) -> [&str; 3] {
    let segments: Vec<&str> = token.split('.').collect();
    segments.try_into().unwrap()
}

#[test]
fn cve_2026_96760_json_serializations() {
    let token = good_token();
    let [h, p, s] = segments(&token);
    for text in [
        format!(r#"{{"payload":"{p}","protected":"{h}","signature":"{s}"}}"#),
        format!(r#"{{"payload":"{p}","signatures":[{{"protected":"{h}","signature":"{s}"}}]}}"#),
        format!(r#"{{"payload":"{p}","protected":"{h}"}}"#),
        format!(r#"{{"payload":"{p}","signatures":[]}}"#),
        format!("[{token:?}]"),
        format!("{token:?}"),
        // with two dots somewhere
        format!(r#"{{"payload":"{p}","protected":"{h}","signature":"{s}","header":{{"a":"x.y.z"}}}}"#),
        format!(r#"{{"payload":"{p}","signatures":[],"header":{{"a":".."}}}}"#),
    ] {
        assert!(matches!(verdict(&text), "segment_count" | "base64url"), "{text}");
    }
    assert_eq!(verdict(format!("{h}.{p}.")), "empty_signature");
}

#[test]
fn cve_2025_30204_a_megabyte_of_dots() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let dots = vec![b'.'; 1 << 20];
    for _ in 0..10_000 {
        for (len, expected) in [
            (1 << 20, JwsError::TokenTooLong),
            (MAX_TOKEN_LEN + 1, JwsError::TokenTooLong),
            (MAX_TOKEN_LEN, JwsError::SegmentCount),
            (3, JwsError::SegmentCount),
            (2, JwsError::EmptyHeader),
            (1, JwsError::SegmentCount),
            (0, JwsError::SegmentCount),
        ] {
            let refused = verifier.verify(&dots[..len], NumericDate::from_secs(NOW), &mut []);
            assert_eq!(refused.err(), Some(expected.into()), "{len} dots");
        }
    }
    // That the megabyte is not even read, `tests/bounds` shows by counting instructions.
}

/// A good token of exactly `len` octets.
fn token_of(len: usize) -> String {
    let signature_len = encode(&[0; 256]).len();
    for spaces in 0..4 {
        let header = format!("{HEADER}{}", " ".repeat(spaces));
        let payload_chars = len - 2 - signature_len - encode(header.as_bytes()).len();
        if payload_chars % 4 == 1 {
            continue;
        }
        let empty = claims(&[("x", r#""""#)]);
        let filler = "x".repeat(payload_chars * 3 / 4 - empty.len());
        let token = Signer::good().token(&header, claims(&[("x", &format!("\"{filler}\""))]));
        assert_eq!(token.len(), len);
        return token;
    }
    unreachable!("one of the header lengths fits")
}

#[test]
fn cve_2025_61920_the_caps_on_tokens_and_headers_are_exact() {
    for (len, expected) in [
        (1000, ACCEPTED),
        (MAX_TOKEN_LEN - 1, ACCEPTED),
        (MAX_TOKEN_LEN, ACCEPTED),
        (MAX_TOKEN_LEN + 1, "token_too_long"),
        (MAX_TOKEN_LEN * 4, "token_too_long"),
    ] {
        assert_eq!(verdict(token_of(len)), expected, "a token of {len} octets");
    }
    for (len, expected) in [
        (MAX_HEADER_LEN, ACCEPTED),
        (MAX_HEADER_LEN + 1, "header_too_long"),
        (40_000, "header_too_long"),
    ] {
        let header = format!("{HEADER:len$}");
        assert_eq!(header.len(), len);
        assert_eq!(
            verdict(Signer::good().token(&header, claims(&[]))),
            expected,
            "a header of {len} octets"
        );
    }
}

#[test]
fn cve_2024_21319_five_segments_and_other_counts() {
    let token = good_token();
    let [h, p, s] = segments(&token);
    let jwe_header = encode(br#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"zip":"DEF"}"#);
    for (text, expected) in [
        (format!("{jwe_header}.{p}.{p}.{p}.{s}"), "segment_count"),
        (format!("{jwe_header}....{s}"), "segment_count"),
        (format!("{jwe_header}..."), "segment_count"),
        (format!("{token}.{s}.{s}"), "segment_count"),
        (format!("{token}.{s}"), "segment_count"),
        (format!("{h}.{s}"), "segment_count"),
        (h.to_owned(), "segment_count"),
        (String::new(), "segment_count"),
        (format!(".{p}.{s}"), "empty_header"),
        (format!("{h}.{p}."), "empty_signature"),
        (format!("..{s}"), "empty_header"),
        // a segment of nothing is an empty payload, which nobody signed
        (format!("{h}..{s}"), "invalid_signature"),
    ] {
        assert_eq!(verdict(&text), expected, "{text}");
    }
    // Somebody did sign this one.
    assert_eq!(verdict(Signer::good().token(HEADER, "")), "claims_syntax");
}

#[test]
fn envoy_extra_dots() {
    let token = good_token();
    let [h, p, s] = segments(&token);
    for text in [
        format!("{h}..{p}.{s}"),
        format!("{h}.{p}..{s}"),
        format!("{h}.{p}.{s}."),
        format!(".{h}.{p}.{s}"),
        format!("{h}.{p}.{}.{}", &s[..100], &s[100..]),
    ] {
        assert_eq!(verdict(&text), "segment_count", "{text}");
    }
}

/// `text` with `insert` at `at`.
fn with(text: &str, at: usize, insert: &str) -> String {
    format!("{}{insert}{}", &text[..at], &text[at..])
}

/// Texts that a lenient decoder takes for `segment`, which must have spare bits in its last character.
fn spellings(segment: &str) -> Vec<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let len = segment.len();
    let mut out = Vec::new();
    for insert in [
        "=", "==", " ", "\t", "\n", "\r\n", "\0", "%", "!", "+", "/", ",", "é", "\u{200b}",
    ] {
        for at in [0, 1, 4, len / 2, len - 1, len] {
            out.push(with(segment, at, insert));
        }
    }
    let spare = match len % 4 {
        2 => 4,
        3 => 2,
        _ => panic!("no spare bits in {segment}"),
    };
    let last = segment.as_bytes()[len - 1];
    let value = ALPHABET.iter().position(|&octet| octet == last).unwrap();
    for bits in 1..1 << spare {
        let last = char::from(ALPHABET[value | bits]);
        out.push(format!("{}{last}", &segment[..len - 1]));
    }
    // a character more that adds no octet
    out.push(format!("{segment}{}", if spare == 4 { "AAA" } else { "AA" }));
    out
}

#[test]
fn cve_2022_25898_spellings_of_the_signature() {
    let token = good_token();
    let [h, p, s] = segments(&token);
    let mut tried = 0;
    for text in spellings(s) {
        let token = format!("{h}.{p}.{text}");
        assert!(matches!(verdict(&token), "base64url" | "invalid_signature"), "{text:?}");
        tried += 1;
    }
    // standard base64, of a signature that holds one of the two characters that differ
    let standard = s.replace('-', "+").replace('_', "/");
    assert_ne!(standard, s);
    assert_eq!(verdict(format!("{h}.{p}.{standard}")), "base64url");
    assert_eq!(verdict(token), ACCEPTED);
    assert_eq!(tried, 14 * 6 + 15 + 1);
}

#[test]
fn envoy_signed_segments_in_another_spelling() {
    // The signature covers the spelling, so it is good; the spelling alone is what refuses the token.
    let payload = |len: usize| {
        let mut text = claims(&[]);
        while text.len() % 3 != len {
            text.push(' ');
        }
        text
    };
    let header = |len: usize| {
        let mut text = HEADER.to_owned();
        while text.len() % 3 != len {
            text.push(' ');
        }
        text
    };
    let mut tried = 0;
    for len in [1, 2] {
        let (h, p) = (encode(header(len).as_bytes()), encode(payload(len).as_bytes()));
        assert_eq!(verdict(Signer::good().seal(&format!("{h}.{p}"))), ACCEPTED);
        for (h, p) in spellings(&h)
            .into_iter()
            .map(|h| (h, p.clone()))
            .chain(spellings(&p).into_iter().map(|p| (h.clone(), p)))
        {
            let verdict = verdict(Signer::good().seal(&format!("{h}.{p}")));
            let trailing_nul = h.ends_with("AA") || p.ends_with("AA");
            let expected = match verdict {
                // The last of the spellings is canonical: it has a NUL more.
                "header_trailing_data" | "claims_trailing_data" if trailing_nul => verdict,
                _ => "base64url",
            };
            assert_eq!(verdict, expected, "{h}.{p}");
            tried += 1;
        }
    }
    assert_eq!(tried, 2 * ((14 * 6 + 15 + 1) + (14 * 6 + 3 + 1)));
}

#[test]
fn text_around_a_token_is_not_dropped() {
    let token = good_token();
    for text in [
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("\u{feff}{token}"),
        format!("Bearer {token}"),
        format!("\"{token}\""),
        format!("{token}\0"),
        format!("{token},{token}"),
    ] {
        assert_ne!(verdict(&text), ACCEPTED, "{text:?}");
    }
}

#[test]
fn lax_json_is_not_json() {
    let good = claims(&[]);
    let inner = &good[1..good.len() - 1];
    for (text, expected) in [
        (good.clone(), ACCEPTED),
        (format!(" \t\r\n{good} \t\r\n"), ACCEPTED),
        (format!("{{{inner},}}"), "claims_syntax"),
        (format!("{{,{inner}}}"), "claims_syntax"),
        (format!("{{{inner},,\"a\":1}}"), "claims_syntax"),
        (good.replace('"', "'"), "claims_syntax"),
        (good.replace("\"iss\"", "iss"), "claims_syntax"),
        (good.replace("\"iss\":", "\"iss\"="), "claims_syntax"),
        (format!("/* */{good}"), "claims_syntax"),
        (format!("{{{inner}/* */}}"), "claims_syntax"),
        (format!("{{{inner} // \n}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":[1,]}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":{{\"b\":1,}}}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":01}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":TRUE}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":undefined}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":\"\t\"}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":\"\\x41\"}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":\"\\u12\"}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":\"\\u+041\"}}"), "claims_syntax"),
        (format!("{{{inner},\"a\":\"\\ud800\"}}"), "claims_not_utf8"),
        (format!("{{{inner},\"a\":\"\\udc00\\ud800\"}}"), "claims_not_utf8"),
        (format!("{{{inner},\"\\ud800\":1}}"), "claims_not_utf8"),
        (format!("{{{inner}"), "claims_syntax"),
        (format!("{good}}}"), "claims_trailing_data"),
        (format!("{good}{good}"), "claims_trailing_data"),
        (format!("{good},"), "claims_trailing_data"),
        (format!("{good}\0"), "claims_trailing_data"),
        (format!("\u{b}{good}"), "claims_syntax"),
        (format!("\u{a0}{good}"), "claims_syntax"),
        (format!("[{good}]"), "claims_not_an_object"),
        ("null".to_owned(), "claims_not_an_object"),
        ("\"text\"".to_owned(), "claims_not_an_object"),
        ("0".to_owned(), "claims_not_an_object"),
        ("{}".to_owned(), "iss_missing"),
        (" ".to_owned(), "claims_syntax"),
    ] {
        assert_eq!(verdict_on_claims(&text), expected, "{text}");
    }
}

#[test]
fn byte_order_marks_and_octets_that_are_no_utf_8() {
    let good = claims(&[]);
    assert_eq!(verdict_on_claims(format!("\u{feff}{good}")), "claims_syntax");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_ne!(verdict_on_claims(utf16), ACCEPTED);
    let bom_header = format!("\u{feff}{HEADER}");
    assert_eq!(verdict(Signer::good().token(&bom_header, claims(&[]))), "header_syntax");

    for octets in [
        &b"\xff"[..],
        b"\xfe",
        b"\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        // an escape does not complete what an octet began
        b"\xc3\\u00a9",
        b"\xc3\\u0080",
        b"\\u00c3\xa9",
    ] {
        let payload = [good.trim_end_matches('}').as_bytes(), b",\"a\":\"", octets, b"\"}"].concat();
        assert_eq!(
            verdict_on_claims(payload),
            "claims_not_utf8",
            "{octets:x?} in the claims"
        );

        let header = [&b"{\"alg\":\"RS256\",\"kid\":\"k1\",\"a\":\""[..], octets, b"\"}"].concat();
        let input = format!("{}.{}", encode(&header), encode(good.as_bytes()));
        assert_eq!(
            verdict(Signer::good().seal(&input)),
            "header_not_utf8",
            "{octets:x?} in the header"
        );
    }
}

#[test]
fn cve_2026_35040_the_same_token_gets_the_same_answer_each_time() {
    let keys = keys();
    let (good, bad) = (good_token(), Signer::other().token(HEADER, claims(&[])));
    let catastrophic = format!("{}.{}.!", "a".repeat(30_000), "a".repeat(30_000));
    for turn in 0..200 {
        for (token, expected) in [
            (&good, ACCEPTED),
            (&bad, "invalid_signature"),
            (&catastrophic, "header_too_long"),
        ] {
            assert_eq!(verdict_at(&keys, &POLICY, token, NOW), expected, "turn {turn}");
        }
    }
}

#[test]
fn cve_2026_48524_a_failed_refresh_between_two_tokens() {
    let mut keys = keys();
    let token = good_token();
    let random_kid = Signer::good().token(r#"{"alg":"RS256","kid":"a-random-one"}"#, claims(&[]));
    let other = jwk_set(&[Signer::other().jwk(r#""kid":"k2""#)]);
    let five: Vec<String> = (0..5)
        .map(|i| Signer::other().jwk(&format!(r#""kid":"{i}""#)))
        .collect();
    let too_long = format!("{other}{}", " ".repeat(1 << 20));
    for garbage in [
        "",
        "null",
        "{}",
        r#"{"keys":[]}"#,
        r#"{"keys":null}"#,
        r#"{"error":"temporarily unavailable"}"#,
        "<html>502 Bad Gateway</html>",
        &other[..other.len() - 1],
        &format!("{other}x"),
        &jwk_set(&five),
        &too_long,
        &jwk_set(&[Signer::weak().jwk(r#""kid":"k1""#)]),
    ] {
        assert!(keys.replace_from_jwk_set(garbage.as_bytes()).is_err());
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
        assert_eq!(verdict_at(&keys, &POLICY, &random_kid, NOW), "unknown_key");
    }
    // A refresh that succeeds does take the old key away.
    keys.replace_from_jwk_set(other.as_bytes()).unwrap();
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "unknown_key");
}

#[test]
fn cve_2026_31837_there_are_no_keys_but_those_loaded() {
    let mut keys = KeySet::<4>::new();
    for token in [
        good_token(),
        text_of("benches/data/entra-2048.jwt"),
        text_of("tests/data/doc/token.jwt"),
    ] {
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "no_keys");
    }
    assert!(keys.replace_from_jwk_set(b"{\"keys\":[]}").is_err());
    assert_eq!(verdict_at(&keys, &POLICY, good_token(), NOW), "no_keys");
    assert_eq!(
        verdict_at(
            &key_set(&[Signer::other().jwk(r#""kid":"k1""#)]),
            &POLICY,
            good_token(),
            NOW
        ),
        "invalid_signature"
    );
}

fn text_of(name: &str) -> String {
    String::from_utf8(read(name)).unwrap().trim().to_owned()
}

#[test]
fn parsing_alone_never_looks_at_what_the_segments_hold() {
    let jws = CompactJws::parse(b"!!!.???.###").unwrap();
    assert_eq!(jws.signing_input(), b"!!!.???");
    assert_eq!(verdict("!!!.???.###"), "base64url");
}
