// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text for a person. Whatever comes from a token passes through [`safe`] before it reaches a terminal.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use rs256::{Error, PolicyError, SigningKey};
use serde_json::Value;

/// The text with every character that is not printable, or that changes the reading direction, as `\u{…}`.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_plain(char) {
            out.push(char);
        } else {
            let _ = write!(out, "{}", char.escape_unicode());
        }
    }
    out
}

/// Whether a terminal shows the character as itself and nothing else. `escape_debug` escapes what is not printable by
/// the Unicode tables of the standard library, quotes aside; marks of reading direction and other invisible formatting
/// are named here.
fn is_plain(char: char) -> bool {
    let is_invisible = matches!(char,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    let escapes = char.escape_debug().count() > 1 && !matches!(char, '"' | '\'' | '\\');
    !(is_invisible || escapes)
}

pub(crate) fn line(name: &str, text: &str) {
    println!("{name}: {text}");
}

/// Prints one segment's JSON object, member by member; dates also as people read them. For display only: what decides
/// is the crate, not this reading.
pub(crate) fn segment(name: &str, token: &[u8], index: usize) {
    let members = token
        .split(|&octet| octet == b'.')
        .nth(index)
        .and_then(|text| Base64UrlUnpadded::decode_vec(std::str::from_utf8(text).ok()?).ok())
        .and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    let Some(Value::Object(members)) = members else {
        println!("{name}: not readable");
        return;
    };
    println!("{name}");
    let width = members
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    for (member, value) in &members {
        let note = match (member.as_str(), value.as_u64()) {
            ("exp" | "nbf" | "iat", Some(secs)) => format!("  ({})", time(secs)),
            _ => String::new(),
        };
        println!("  {:width$}  {}{note}", safe(member), safe(&value.to_string()));
    }
}

/// A point in time as UTC.
pub(crate) fn time(secs: u64) -> String {
    // The formatter knows the years up to 9999.
    const LAST: u64 = 253_402_300_799;
    if secs > LAST {
        return format!("{secs} s after 1970");
    }
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(secs)).to_string()
}

pub(crate) fn key(key: &SigningKey<'_>) -> String {
    match key.kid() {
        Some(kid) => format!("RSA {} bits, kid {}", key.modulus_bits(), safe(kid)),
        None => format!("RSA {} bits", key.modulus_bits()),
    }
}

/// The error's own words, with dates as people read them.
pub(crate) fn refusal(error: &Error) -> String {
    match error {
        Error::Policy(PolicyError::Expired { exp, now }) => {
            let age = now.as_secs().saturating_sub(exp.as_secs());
            format!(
                "expired {} ago, at {}",
                humantime::format_duration(Duration::from_secs(age)),
                time(exp.as_secs())
            )
        }
        Error::Policy(PolicyError::NotYetValid { nbf, now }) => {
            let wait = nbf.as_secs().saturating_sub(now.as_secs());
            format!(
                "valid in {}, from {}",
                humantime::format_duration(Duration::from_secs(wait)),
                time(nbf.as_secs())
            )
        }
        other => other.to_string(),
    }
}
