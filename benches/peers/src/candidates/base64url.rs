// SPDX-License-Identifier: MIT OR Apache-2.0

//! The base64url decoders, each into a buffer that is kept.

use crate::measure::Candidate;
use base64::Engine;
use base64ct::Encoding;
use std::hint::black_box;

pub const REFERENCE: &str = "base64ct";

type Decode = fn(&[u8], &mut [u8]) -> Option<usize>;

const DECODERS: [(&str, Decode); 4] = [
    (REFERENCE, |text, buffer| {
        base64ct::Base64UrlUnpadded::decode(text, buffer).ok().map(<[u8]>::len)
    }),
    ("base64", |text, buffer| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode_slice_unchecked(text, buffer)
            .ok()
    }),
    ("base64-simd", |text, buffer| {
        base64_simd::URL_SAFE_NO_PAD
            .decode(text, base64_simd::Out::from_slice(buffer))
            .ok()
            .map(|octets| octets.len())
    }),
    ("base64-turbo", |text, buffer| {
        base64_turbo::URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()
    }),
];

pub fn candidates<'a>(text: &'a str, octets: &'a [u8]) -> Vec<Candidate<'a>> {
    DECODERS
        .iter()
        .map(|&(name, decode)| candidate(name, decode, text, octets))
        .collect()
}

/// `decode` as a candidate, after it has given the right octets and refused a character of the other alphabet.
pub fn candidate<'a>(name: &str, decode: Decode, text: &'a str, octets: &'a [u8]) -> Candidate<'a> {
    let mut buffer = vec![0; octets.len() + 64];
    let len = decode(text.as_bytes(), &mut buffer).unwrap();
    assert_eq!(&buffer[..len], octets, "{name}");
    assert_eq!(
        decode(text.replacen('a', "+", 1).as_bytes(), &mut buffer),
        None,
        "{name} took a character it must refuse"
    );
    Candidate::new(name, move || {
        decode(black_box(text.as_bytes()), black_box(&mut buffer)) == Some(octets.len())
    })
}
