// SPDX-License-Identifier: MIT OR Apache-2.0

//! The `Authorization` field: exactly one of `Bearer`, spaces, and one token; everything else is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use rs256::AuthorizationError::{self, Malformed, NoCredentials};
use rs256::{Error, bearer, bearer_only};

/// The value of a field, and the token in it.
type Row = (&'static [u8], Result<&'static [u8], AuthorizationError>);

#[test]
fn authorization_fields() {
    let table: [Row; 60] = [
        (b"Bearer abc.def.ghi", Ok(b"abc.def.ghi")),
        // the scheme has no case (RFC 9110 section 11.1)
        (b"bearer abc", Ok(b"abc")),
        (b"BEARER abc", Ok(b"abc")),
        (b"bEaReR abc", Ok(b"abc")),
        // one or more spaces
        (b"Bearer  abc", Ok(b"abc")),
        (b"Bearer          abc", Ok(b"abc")),
        // the b64token alphabet is larger than that of a token; the parser of tokens refuses the rest
        (b"Bearer AZaz09-._~+/", Ok(b"AZaz09-._~+/")),
        (b"Bearer abc=", Ok(b"abc=")),
        (b"Bearer abc====", Ok(b"abc====")),
        (b"Bearer .", Ok(b".")),
        (b"Bearer Bearer", Ok(b"Bearer")),
        // no token
        (b"Bearer", Err(Malformed)),
        (b"Bearer ", Err(Malformed)),
        (b"Bearer    ", Err(Malformed)),
        (b"Bearer =", Err(Malformed)),
        (b"Bearer ====", Err(Malformed)),
        // no space, or another separator
        (b"Bearer=abc", Err(Malformed)),
        (b"Bearer,abc", Err(Malformed)),
        (b"Bearer:abc", Err(Malformed)),
        (b"Bearer\tabc", Err(Malformed)),
        (b"Bearer \tabc", Err(Malformed)),
        (b"Bearer\xa0abc", Err(Malformed)),
        (b"Bearer\0abc", Err(Malformed)),
        (b"Bearer\r\n abc", Err(Malformed)),
        (b"Bearer: abc", Err(Malformed)),
        (b"Bearer, abc", Err(Malformed)),
        // something before
        (b" Bearer abc", Err(Malformed)),
        (b"\tBearer abc", Err(Malformed)),
        (b",Bearer abc", Err(Malformed)),
        (b", Bearer abc", Err(Malformed)),
        (b"\"Bearer\" abc", Err(Malformed)),
        (b"\xef\xbb\xbfBearer abc", Err(Malformed)),
        (b"=", Err(Malformed)),
        (b" ", Err(Malformed)),
        (b"\0", Err(Malformed)),
        // something behind
        (b"Bearer abc ", Err(Malformed)),
        (b"Bearer abc\t", Err(Malformed)),
        (b"Bearer abc\r\n", Err(Malformed)),
        (b"Bearer abc\0", Err(Malformed)),
        (b"Bearer abc def", Err(Malformed)),
        (b"Bearer abc, def", Err(Malformed)),
        (b"Bearer abc,def", Err(Malformed)),
        (b"Bearer abc;def", Err(Malformed)),
        (b"Bearer abc, Bearer def", Err(Malformed)),
        (b"Bearer abc, Basic def", Err(Malformed)),
        (b"Bearer abc=def", Err(Malformed)),
        (b"Bearer token=\"abc\"", Err(Malformed)),
        (b"Bearer \"abc\"", Err(Malformed)),
        (b"Bearer abc\xc3\xa9", Err(Malformed)),
        // another scheme, or none
        (b"", Err(NoCredentials)),
        (b"Basic YTpi", Err(NoCredentials)),
        (b"Negotiate YTpi", Err(NoCredentials)),
        (b"DPoP abc", Err(NoCredentials)),
        (b"BearerX abc", Err(NoCredentials)),
        (b"XBearer abc", Err(NoCredentials)),
        (b"Bear er abc", Err(NoCredentials)),
        (b"abc.def.ghi", Err(NoCredentials)),
        // a gateway took the second of these
        (b"Basic x, Bearer abc", Err(NoCredentials)),
        (b"Basic x,Bearer abc", Err(NoCredentials)),
        (b"Basic Bearer abc", Err(NoCredentials)),
    ];
    for (value, expected) in table {
        let text = String::from_utf8_lossy(value);
        assert_eq!(bearer(value), expected, "{text:?}");
        assert_eq!(bearer_only([value]), expected, "{text:?}");
    }
}

#[test]
fn every_octet_in_a_token_and_after_the_scheme() {
    for octet in 0..=255_u8 {
        let in_alphabet = octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet);
        let middle = [&b"Bearer a"[..], &[octet], b"b"].concat();
        assert_eq!(bearer(&middle).is_ok(), in_alphabet, "{octet:#x} in the middle");
        let end = [&b"Bearer a"[..], &[octet]].concat();
        assert_eq!(
            bearer(&end).is_ok(),
            in_alphabet || octet == b'=',
            "{octet:#x} at the end"
        );
        let separator = [&b"Bearer"[..], &[octet], b"a"].concat();
        assert_eq!(bearer(&separator).is_ok(), octet == b' ', "{octet:#x} as the separator");
    }
}

#[test]
fn there_is_exactly_one_field() {
    let one: &[u8] = b"Bearer abc";
    for (values, expected) in [
        (&[][..], Err(NoCredentials)),
        (&[one], Ok(&b"abc"[..])),
        (&[one, one], Err(Malformed)),
        (&[one, b""], Err(Malformed)),
        (&[b"", one], Err(Malformed)),
        (&[b"Basic YTpi", one], Err(Malformed)),
        (&[one, b"Basic YTpi"], Err(Malformed)),
        (&[one, one, one], Err(Malformed)),
    ] {
        assert_eq!(bearer_only(values.iter().copied()), expected, "{} fields", values.len());
    }
}

#[test]
fn what_a_server_answers() {
    let answer = |value: &[u8]| {
        let error = Error::from(bearer(value).unwrap_err());
        (error.http_status(), error.challenge())
    };
    // RFC 6750 section 3.1: a client that sent no credentials learns no error code.
    assert_eq!(answer(b""), (401, Some("Bearer")));
    assert_eq!(answer(b"Basic YTpi"), (401, Some("Bearer")));
    assert_eq!(answer(b"Bearer a b"), (400, Some("Bearer error=\"invalid_request\"")));
}
