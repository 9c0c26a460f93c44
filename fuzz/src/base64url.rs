// SPDX-License-Identifier: MIT OR Apache-2.0

//! `base64url::decode` against `base64ct`, which has to agree once the text is also the one that encoding gives.

use base64ct::{Base64UrlUnpadded, Encoding};
use rs256::internals::{decode_base64url, decode_base64url_portable};

/// What the octets behind the decoded ones hold before and after.
const UNTOUCHED: u8 = 0xa5;

/// The text, and its beginning at every place in a vector.
pub fn run(data: &[u8]) {
    agree(data);
    // Raw octets are rarely base64url: their encoding is, and so is that with one character changed.
    let mut text = Base64UrlUnpadded::encode_string(data).into_bytes();
    agree(&text);
    if let (Some(&[at, change]), false) = (data.first_chunk::<2>(), text.is_empty()) {
        let at = usize::from(at) % text.len();
        text[at] ^= change;
        agree(&text);
        text.truncate(at);
        agree(&text);
    }
}

fn agree(text: &[u8]) {
    // RULE canonical: base64ct lets spare bits of the last character pass, so the encoding has to give the text back.
    let expected = core::str::from_utf8(text)
        .ok()
        .and_then(|text| Base64UrlUnpadded::decode_vec(text).ok())
        .filter(|octets| Base64UrlUnpadded::encode_string(octets).as_bytes() == text);
    let decoders: [fn(&[u8], &mut [u8]) -> Option<Vec<u8>>; 2] = [
        |src, dst| decode_base64url(src, dst).ok().map(|octets| octets.to_vec()),
        |src, dst| decode_base64url_portable(src, dst).ok().map(|octets| octets.to_vec()),
    ];
    crate::verdicts::note(expected.is_some());
    for decode in decoders {
        let room = text.len() * 3 / 4;
        let mut buf = vec![UNTOUCHED; room + 40];
        assert_eq!(decode(text, &mut buf), expected);
        assert!(buf[room..].iter().all(|&octet| octet == UNTOUCHED), "wrote too much");
        if let Some(expected) = &expected {
            assert_eq!(decode(text, &mut buf[..expected.len()]).as_ref(), Some(expected));
            if let Some(short) = expected.len().checked_sub(1) {
                assert_eq!(decode(text, &mut buf[..short]), None, "one octet short");
            }
        }
    }
}
