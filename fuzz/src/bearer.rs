// SPDX-License-Identifier: MIT OR Apache-2.0

//! `bearer` and `bearer_only` against the grammar of RFC 6750 section 2.1, matched from the end of the value to its
//! beginning.

use rs256::{AuthorizationError, bearer, bearer_only};

const B64TOKEN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
const TCHAR: &[u8] = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The value as it is, behind `Bearer `, and as the lines of several fields.
pub fn run(data: &[u8]) {
    agree(data);
    agree(&[b"bEARER ", data].concat());
    let fields: Vec<&[u8]> = data.split(|octet| *octet == b'\n').collect();
    let expected = match fields.as_slice() {
        [only] => model(only),
        _ => Err(AuthorizationError::Malformed),
    };
    assert_eq!(bearer_only(fields), expected);
    assert_eq!(bearer_only([]), Err(AuthorizationError::NoCredentials));
}

fn agree(value: &[u8]) {
    crate::verdicts::note(bearer(value).is_ok());
    assert_eq!(bearer(value), model(value));
}

fn model(value: &[u8]) -> Result<&[u8], AuthorizationError> {
    // The scheme is what stands before the first octet that no scheme has.
    let scheme_len = value
        .iter()
        .position(|octet| !TCHAR.contains(octet))
        .unwrap_or(value.len());
    let is_bearer = value[..scheme_len].to_ascii_lowercase() == b"bearer";
    let is_other = scheme_len > 0 && !is_bearer && value[scheme_len..].iter().take(1).all(|octet| *octet == b' ');
    if value.is_empty() || is_other {
        return Err(AuthorizationError::NoCredentials);
    }
    // b64token = 1*( ALPHA / … ) *"=", and before it at least one space
    let end_of_body = value
        .iter()
        .rposition(|octet| *octet != b'=')
        .map_or(0, |last| last + 1);
    let start = value[..end_of_body]
        .iter()
        .rposition(|octet| !B64TOKEN.contains(octet))
        .map_or(0, |before| before + 1);
    let spaces = value.get(scheme_len..start);
    match spaces {
        Some(spaces) if is_bearer && start < end_of_body && !spaces.is_empty() => {
            if spaces.iter().all(|octet| *octet == b' ') {
                Ok(&value[start..])
            } else {
                Err(AuthorizationError::Malformed)
            }
        }
        _ => Err(AuthorizationError::Malformed),
    }
}
