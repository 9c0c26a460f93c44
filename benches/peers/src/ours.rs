// SPDX-License-Identifier: MIT OR Apache-2.0

//! rs256 itself. Names begin with `rs256`, which colours the bars.

use crate::candidates::{Signatures, TokensOf, base64url};
use crate::fixtures::{Signed, Tokens};
use crate::measure::Candidate;

/// One signature at a time.
pub const SIGNATURES: &[Signatures] = &[];

/// One token at a time.
pub const TOKENS: &[TokensOf] = &[];

/// Eight signatures at a time.
pub fn batch(_signed: &Signed) -> Vec<Candidate<'_>> {
    vec![]
}

/// Eight tokens at a time.
pub fn token_batch(_tokens: &Tokens) -> Vec<Candidate<'_>> {
    vec![]
}

/// The decoder of one segment.
pub fn base64url(tokens: &Tokens) -> Vec<Candidate<'_>> {
    vec![base64url::candidate(
        "rs256",
        |text, buffer| rs256::internals::decode_base64url(text, buffer).ok().map(|octets| octets.len()),
        &tokens.payload_base64url,
        &tokens.payload,
    )]
}

/// The claims scan.
pub fn json(_tokens: &Tokens) -> Vec<Candidate<'_>> {
    vec![]
}
