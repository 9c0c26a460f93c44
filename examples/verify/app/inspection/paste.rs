// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens as people paste them: bare, as `Authorization` lines, several at once.

use rs256::{AuthorizationError, bearer};

/// One token, and where it came from.
pub(crate) struct Token {
    pub(crate) from: String,
    /// The token, or why an `Authorization` line holds none and how long that is.
    pub(crate) text: Result<Vec<u8>, (AuthorizationError, usize)>,
}

/// The token of a text, or several.
pub(crate) fn pasted(from: &str, octets: &[u8]) -> Vec<Token> {
    let lines: Vec<&[u8]> = octets
        .split(|octet| *octet == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .collect();
    if lines.len() > 1 && lines.iter().all(|line| is_a_token_of_its_own(line)) {
        let numbered = lines.iter().zip(1..);
        return numbered
            .map(|(line, number)| token(format!("{from}, token {number}"), line))
            .collect();
    }
    vec![token(from.to_owned(), octets)]
}

/// Whether a line is a whole token, and not a part of one that was wrapped.
fn is_a_token_of_its_own(line: &[u8]) -> bool {
    authorization(line).is_some() || line.iter().filter(|octet| **octet == b'.').count() == 2
}

fn token(from: String, octets: &[u8]) -> Token {
    let text = match authorization(octets) {
        Some(value) => bearer(value).map(<[u8]>::to_vec).map_err(|error| (error, octets.len())),
        None => Ok(octets.to_vec()),
    };
    Token { from, text }
}

/// The value of an `Authorization` field, if that is what the text is.
fn authorization(text: &[u8]) -> Option<&[u8]> {
    let after = |prefix: &str| {
        let (start, rest) = text.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
    };
    match after("authorization:") {
        Some(value) => Some(value.trim_ascii()),
        None => after("bearer ").map(|_| text.trim_ascii()),
    }
}
