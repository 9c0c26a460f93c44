// SPDX-License-Identifier: MIT OR Apache-2.0

//! The best that can be put together by hand from today's libraries: aws-lc-rs with a parsed key, base64-turbo into
//! buffers that are kept, sonic-rs into borrowed claims.

use super::json::BorrowedClaims;
use super::{TokensOf, VerifyToken, aws_lc, now};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES};
use serde::Deserialize;
use std::cell::RefCell;
use std::hint::black_box;

pub const NAME: &str = "by hand: aws-lc-rs, base64-turbo, sonic-rs";
pub const TOKENS: TokensOf = (NAME, tokens);

const LEEWAY: u64 = 60;

#[derive(Deserialize)]
struct Header<'a> {
    alg: &'a str,
}

fn tokens(key: &PublicKey) -> VerifyToken {
    let key = aws_lc::parsed(key);
    let buffers = RefCell::new(([0; 512], [0; 512], [0; 2048]));
    Box::new(move |token| {
        let (header, signature, payload) = &mut *buffers.borrow_mut();
        verify(token, &key, header, signature, payload).is_some()
    })
}

fn verify(
    token: &str,
    key: &aws_lc_rs::signature::ParsedPublicKey,
    header: &mut [u8],
    signature: &mut [u8],
    payload: &mut [u8],
) -> Option<()> {
    let (input, signature_text) = token.rsplit_once('.')?;
    let (header_text, payload_text) = input.split_once('.')?;
    let header = sonic_rs::from_slice::<Header>(decode(header_text, header)?).ok()?;
    if header.alg != "RS256" {
        return None;
    }
    key.verify_sig(input.as_bytes(), decode(signature_text, signature)?)
        .ok()?;
    let claims: BorrowedClaims = sonic_rs::from_slice(decode(payload_text, payload)?).ok()?;
    let (claims, now) = (black_box(claims), now());
    let good = claims.iss == ISSUER
        && claims.aud == AUDIENCE
        && now < claims.exp + LEEWAY
        && claims.nbf <= now + LEEWAY
        && claims.roles.len() == ROLES;
    good.then_some(())
}

fn decode<'b>(text: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let len = base64_turbo::URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()?;
    buffer.get(..len)
}
