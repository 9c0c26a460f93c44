// SPDX-License-Identifier: MIT OR Apache-2.0

//! `Claims::read` and its look-ups against RFC 7519 section 4.1, written over `serde_json`; dates with decimal arithmetic
//! on their digits.

use rs256::internals::read_claims;
use rs256::limits::MAX_CLAIMS;

use crate::model::{Node, Object, assert_str, assert_value};

/// 2^53, in digits.
const LIMIT: u64 = 9_007_199_254_740_992;

/// A date rounded down and up; `None` when it is no date.
pub fn date(value: &Node) -> Option<(u64, u64)> {
    let Node::Number(text) = value else { return None };
    let text = text.to_ascii_lowercase();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (mantissa, negative) = mantissa
        .strip_prefix('-')
        .map_or((mantissa, false), |rest| (rest, true));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    let zeros_behind = significant.len() - significant.trim_end_matches('0').len();
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() {
        return Some((0, 0));
    }
    if negative {
        return None;
    }
    // The number is `significant` · 10^`power`.
    let exponent = match exponent.trim_start_matches('+').parse::<i64>() {
        Ok(exponent) => exponent.clamp(-(1 << 40), 1 << 40),
        Err(_) if exponent.starts_with('-') => -(1 << 40),
        Err(_) => 1 << 40,
    };
    let power = exponent - fraction.len() as i64 + zeros_behind as i64;
    let whole_digits = significant.len() as i64 + power;
    if whole_digits > 16 {
        return None;
    }
    if whole_digits <= 0 {
        return Some((0, 1));
    }
    let (floor, has_fraction) = if power >= 0 {
        (format!("{significant}{}", "0".repeat(power as usize)), false)
    } else {
        (significant[..whole_digits as usize].to_owned(), true)
    };
    let floor: u64 = floor.parse().unwrap();
    (floor < LIMIT).then_some((floor, floor + u64::from(has_fraction)))
}

/// The claims set by the rules; `None` where it is refused.
pub fn read(payload: &[u8]) -> Option<Object> {
    let object = Object::read(payload, MAX_CLAIMS)?;
    // RULE types: a registered claim of the wrong type refuses the token
    for name in ["iss", "sub", "jti"] {
        object.string(name)?;
    }
    if object.get("aud").is_some_and(|aud| aud.strings().is_none()) {
        return None;
    }
    for name in ["exp", "nbf", "iat"] {
        if object.get(name).is_some_and(|value| date(value).is_none()) {
            return None;
        }
    }
    Some(object)
}

/// The payload as it is.
pub fn run(data: &[u8]) {
    if data.len() > 0xffff {
        return;
    }
    let mut text = data.to_vec();
    crate::verdicts::note(read(data).is_some());
    let (claims, expected) = match (read_claims(&mut text), read(data)) {
        (Ok(claims), Some(expected)) => (claims, expected),
        (Err(_), None) => return,
        (ours, expected) => panic!("{ours:?} instead of {expected:?}"),
    };
    for (ours, name) in [
        (claims.issuer(), "iss"),
        (claims.subject(), "sub"),
        (claims.jwt_id(), "jti"),
    ] {
        let theirs = expected.get(name).and_then(Node::as_str);
        assert_eq!(ours.is_some(), theirs.is_some(), "{name}");
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            assert_str(ours, theirs);
        }
    }
    let dates = |name| expected.get(name).and_then(date);
    assert_eq!(
        claims.expiration().map(|date| date.as_secs()),
        dates("exp").map(|(_, ceil)| ceil)
    );
    assert_eq!(
        claims.not_before().map(|date| date.as_secs()),
        dates("nbf").map(|(_, ceil)| ceil)
    );
    assert_eq!(
        claims.issued_at().map(|date| date.as_secs()),
        dates("iat").map(|(floor, _)| floor)
    );
    let audience = expected.get("aud").and_then(Node::strings);
    assert_eq!(claims.audience().is_some(), audience.is_some());
    if let (Some(ours), Some(theirs)) = (claims.audience(), audience) {
        assert_eq!(ours.iter().count(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_str(ours, theirs);
        }
        assert!(theirs.iter().all(|one| ours.contains(one)));
    }

    // Every claim by name, by order, and as text.
    assert_eq!(claims.iter().count(), expected.0.len());
    for ((name, value), (their_name, their_value)) in claims.iter().zip(&expected.0) {
        assert_str(name, their_name);
        assert_value(value, their_value);
        let found = claims.get(their_name).expect("there is a claim of this name");
        assert_value(found, their_value);
        assert_eq!(claims.strings(their_name).is_some(), their_value.strings().is_some());
        for other in [
            format!("{their_name}x"),
            their_name.to_uppercase(),
            their_name.replace('a', "b"),
        ] {
            assert_eq!(claims.get(&other).is_some(), expected.get(&other).is_some(), "{other}");
        }
    }
    for absent in ["", "nobody", "roles", "groups", "tid"] {
        assert_eq!(claims.get(absent).is_some(), expected.get(absent).is_some(), "{absent}");
    }
    assert_eq!(Node::read(claims.json().as_bytes()), Some(Node::Object(expected.0)));
}
