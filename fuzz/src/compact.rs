// SPDX-License-Identifier: MIT OR Apache-2.0

//! `CompactJws::parse` against `split('.')`.

use rs256::limits::{MAX_HEADER_LEN, MAX_SIGNATURE_LEN, MAX_TOKEN_LEN};
use rs256::{CompactJws, JwsError};

/// The text as it is, and with its first octet as a count of repetitions, to come near the caps.
pub fn run(data: &[u8]) {
    agree(data);
    if let [count, rest @ ..] = data
        && rest.len() < 2048
    {
        agree(&rest.repeat(usize::from(*count)));
    }
}

fn agree(text: &[u8]) {
    let segments: Vec<&[u8]> = text.split(|octet| *octet == b'.').collect();
    let parsed = CompactJws::parse(text);
    crate::verdicts::note(parsed.is_ok());
    let decoded_len = |segment: &[u8]| (segment.len() % 4 != 1).then_some(segment.len() * 6 / 8);
    let expected = match segments.as_slice() {
        _ if text.len() > MAX_TOKEN_LEN => Err(JwsError::TokenTooLong),
        [b"", _, _] => Err(JwsError::EmptyHeader),
        [_, _, b""] => Err(JwsError::EmptySignature),
        [header, payload, signature] => match (decoded_len(header), decoded_len(payload)) {
            (Some(header_len), _) if header_len > MAX_HEADER_LEN => Err(JwsError::HeaderTooLong),
            (Some(header_len), Some(payload_len)) => {
                let signature_len = decoded_len(signature).filter(|len| *len <= MAX_SIGNATURE_LEN);
                Ok(header_len + payload_len + signature_len.unwrap_or(0))
            }
            _ => Err(rs256::InvalidBase64url.into()),
        },
        _ => Err(JwsError::SegmentCount),
    };
    assert_eq!(parsed.map(|jws| jws.buffer_len()), expected);
    if let Ok(jws) = parsed {
        assert_eq!(jws.signing_input(), [segments[0], segments[1]].join(&b'.'));
    }
}
