// SPDX-License-Identifier: MIT OR Apache-2.0

//! The token of an `Authorization` header field
//! ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).

use crate::error::AuthorizationError;

/// The token in the value of one `Authorization` header field: `Bearer` in any case, one or more spaces, one token of
/// the `b64token` alphabet, and nothing else.
///
/// A server must see to it that there is exactly one such field; [`bearer_only`] does.
///
/// # Errors
///
/// [`AuthorizationError::NoCredentials`] when the value is empty or names another scheme,
/// [`AuthorizationError::Malformed`] for everything else that is not as above: a comma, a second token, padding in the
/// middle, trailing octets.
///
/// # Examples
///
/// ```
/// assert_eq!(rs256::bearer(b"bearer  abc.def.ghi")?, b"abc.def.ghi");
/// assert!(rs256::bearer(b"Bearer abc, Bearer def").is_err());
/// # Ok::<(), rs256::AuthorizationError>(())
/// ```
pub fn bearer(value: &[u8]) -> Result<&[u8], AuthorizationError> {
    // credentials = "Bearer" 1*SP b64token. The scheme is compared without case: RFC 9110 section 11.1.
    if value.is_empty() {
        return Err(AuthorizationError::NoCredentials);
    }
    let scheme_len = value.iter().take_while(|&&octet| is_token_char(octet)).count();
    let Some((scheme, rest)) = value.split_at_checked(scheme_len) else {
        return Err(AuthorizationError::Malformed);
    };
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        let other_scheme = !scheme.is_empty() && rest.first().is_none_or(|&octet| octet == b' ');
        return Err(if other_scheme {
            AuthorizationError::NoCredentials
        } else {
            AuthorizationError::Malformed
        });
    }
    let token = skip_spaces(rest);
    if token.len() == rest.len() || !is_b64token(token) {
        return Err(AuthorizationError::Malformed);
    }
    Ok(token)
}

/// The token of a request, given the values of all its `Authorization` header fields: there must be exactly one.
///
/// # Errors
///
/// [`AuthorizationError::NoCredentials`] when there is none, [`AuthorizationError::Malformed`] when there are several,
/// and as for [`bearer`].
///
/// # Examples
///
/// ```
/// assert_eq!(rs256::bearer_only([b"Bearer abc".as_slice()])?, b"abc");
/// assert!(rs256::bearer_only([b"Bearer abc".as_slice(), b"Bearer abc"]).is_err());
/// # Ok::<(), rs256::AuthorizationError>(())
/// ```
pub fn bearer_only<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Result<&'v [u8], AuthorizationError> {
    let mut values = values.into_iter();
    let value = values.next().ok_or(AuthorizationError::NoCredentials)?;
    if values.next().is_some() {
        return Err(AuthorizationError::Malformed);
    }
    bearer(value)
}

/// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
fn is_b64token(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|&&octet| octet == b'=').count();
    let Some(body) = text.len().checked_sub(padding).and_then(|len| text.get(..len)) else {
        return false;
    };
    !body.is_empty()
        && body
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~' | b'+' | b'/'))
}

/// tchar of RFC 9110 section 5.6.2, of which the name of a scheme consists.
const fn is_token_char(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        )
}

/// `text` without leading spaces; SP alone, as `1*SP` asks, not tabs.
fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|&&octet| octet == b' ').count();
    text.get(spaces..).unwrap_or_default()
}
