// SPDX-License-Identifier: MIT OR Apache-2.0

//! The JOSE header ([RFC 7515 section 4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).
//!
//! The crate is the algorithm: `alg` is compared with `RS256` and never dispatched on. No key is ever taken from a
//! header, so `jwk`, `jku`, `x5u` and `x5c` are ignored like any other unknown member.

use core::fmt;

use crate::error::HeaderError;
use crate::json::{self, JsonStr, JsonValue, Members, Scratch, TokenPlace};
use crate::limits::MAX_MEMBERS;

/// The members of a JOSE header that matter, borrowed from the caller's buffer.
#[derive(Clone, Copy)]
pub struct JoseHeader<'b> {
    kid: Option<JsonStr<'b>>,
    x5t: Option<JsonStr<'b>>,
    typ: Option<JsonStr<'b>>,
    has_nonce: bool,
}

impl<'b> JoseHeader<'b> {
    /// Without any member.
    #[inline(always)]
    pub(crate) const fn empty() -> Self {
        Self {
            kid: None,
            x5t: None,
            typ: None,
            has_nonce: false,
        }
    }

    /// Reads the decoded header and refuses what the crate does not verify.
    ///
    /// # Errors
    ///
    /// Each variant of [`HeaderError`] by its own description.
    #[cfg(any(rs256_internals, fuzzing))]
    pub(crate) fn read(text: &'b mut [u8]) -> Result<Self, HeaderError> {
        let mut header = Self::empty();
        header.read_into(text)?;
        Ok(header)
    }

    /// [`JoseHeader::read`] for a text that went through `canonicalise`.
    pub(crate) fn read_canonical(text: &'b [u8]) -> Result<Self, HeaderError> {
        let mut header = Self::empty();
        header.fill(text)?;
        Ok(header)
    }

    /// Reads the decoded header into a new one, replacing escapes in place.
    pub(crate) fn read_into(&mut self, text: &'b mut [u8]) -> Result<(), HeaderError> {
        self.fill(json::canonicalise(text).text)
    }

    // Not inlined where the stack is dear: the names are on it while this runs, and only then.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn fill(&mut self, text: &'b [u8]) -> Result<(), HeaderError> {
        let mut scratch = Scratch::<MAX_MEMBERS, TokenPlace>::new();
        let mut members = Members::of_canonical(text, &mut scratch);
        let mut algorithm_is_rs256 = false;
        while let Some((name, value)) = members.next_member()? {
            // After `canonicalise` a name that still holds an escape is none of these.
            match name.as_str().and_then(Member::of_name) {
                Some(Member::Alg) => {
                    algorithm_is_rs256 = matches!(value, JsonValue::String(alg) if alg == "RS256");
                }
                // RFC 7515 section 4.1.11: a recipient that does not understand an extension refuses the token. We
                // understand none, so every form of `crit`, well-formed or not, is refused alike.
                Some(Member::Crit) => return Err(HeaderError::Critical),
                Some(Member::B64) if !matches!(value, JsonValue::Bool(true)) => {
                    return Err(HeaderError::UnencodedPayload);
                }
                Some(Member::Kid) => self.kid = Some(string(value)?),
                Some(Member::X5t) => self.x5t = Some(string(value)?),
                Some(Member::Typ) => self.typ = Some(string(value)?),
                // STRICT: a nested token is not unwrapped, and its claims are not ours to check.
                Some(Member::Cty) if is_media_type(string(value)?, "JWT") => return Err(HeaderError::NestedToken),
                Some(Member::Nonce) => self.has_nonce = true,
                _ => {}
            }
        }
        if algorithm_is_rs256 {
            Ok(())
        } else {
            Err(HeaderError::Algorithm)
        }
    }

    /// `kid`, the key identifier ([RFC 7515 section 4.1.4](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.4)).
    #[must_use]
    pub const fn kid(&self) -> Option<JsonStr<'b>> {
        self.kid
    }

    /// `x5t`, the SHA-1 thumbprint of the key's certificate
    /// ([RFC 7515 section 4.1.7](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.7)).
    #[must_use]
    pub const fn x5t(&self) -> Option<JsonStr<'b>> {
        self.x5t
    }

    /// `typ`, the media type of the token
    /// ([RFC 7515 section 4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9)).
    #[must_use]
    pub const fn typ(&self) -> Option<JsonStr<'b>> {
        self.typ
    }

    /// Whether `typ` is the media type `expected`: ASCII case-insensitive, the prefix `application/` optional on both
    /// sides ([RFC 7515 section 4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9)).
    #[must_use]
    pub fn is_typ(&self, expected: &str) -> bool {
        self.typ.is_some_and(|typ| is_media_type(typ, expected))
    }

    /// Whether the header has a member `nonce`, which marks a Microsoft Graph token: its signature covers another
    /// header than the one sent, so nobody but Microsoft Graph can verify it.
    #[must_use]
    pub const fn has_nonce(&self) -> bool {
        self.has_nonce
    }
}

/// The members that matter.
#[derive(Clone, Copy)]
enum Member {
    Alg,
    Kid,
    X5t,
    Typ,
    Cty,
    B64,
    Crit,
    Nonce,
}

impl Member {
    #[inline(always)]
    fn of_name(name: &str) -> Option<Self> {
        if cfg!(not(target_pointer_width = "64")) {
            // Less code than a comparison for each.
            return Some(match json::place_of(name, "alg kid x5t typ cty b64 crit nonce ")? {
                0 => Self::Alg,
                1 => Self::Kid,
                2 => Self::X5t,
                3 => Self::Typ,
                4 => Self::Cty,
                5 => Self::B64,
                6 => Self::Crit,
                _ => Self::Nonce,
            });
        }
        // By octets, from which the compiler makes a tree; of strings it makes a chain.
        Some(match name.as_bytes() {
            [b'a', b'l', b'g'] => Self::Alg,
            [b'k', b'i', b'd'] => Self::Kid,
            [b'x', b'5', b't'] => Self::X5t,
            [b't', b'y', b'p'] => Self::Typ,
            [b'c', b't', b'y'] => Self::Cty,
            [b'b', b'6', b'4'] => Self::B64,
            [b'c', b'r', b'i', b't'] => Self::Crit,
            [b'n', b'o', b'n', b'c', b'e'] => Self::Nonce,
            _ => return None,
        })
    }
}

fn string(value: JsonValue<'_>) -> Result<JsonStr<'_>, HeaderError> {
    match value {
        JsonValue::String(text) => Ok(text),
        _ => Err(HeaderError::WrongType),
    }
}

/// Whether a media type of a header equals `expected`, each with or without `application/`.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn is_media_type(found: JsonStr<'_>, expected: &str) -> bool {
    // A type with an escape left in it is no media type.
    found
        .as_str()
        .is_some_and(|found| is_equal_without_case(short_form(found.as_bytes()), short_form(expected.as_bytes())))
}

/// The media type without `application/`, where that is the only slash.
fn short_form(media_type: &[u8]) -> &[u8] {
    const PREFIX: &[u8] = b"application/";
    match media_type.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if is_equal_without_case(prefix, PREFIX) && rest.iter().all(|octet| *octet != b'/') => {
            rest
        }
        _ => media_type,
    }
}

// One copy of it where code is dear.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn is_equal_without_case(some: &[u8], other: &[u8]) -> bool {
    some.eq_ignore_ascii_case(other)
}

/// Prints which members are there, never their text.
impl fmt::Debug for JoseHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoseHeader")
            .field("kid", &self.kid)
            .field("x5t", &self.x5t)
            .field("typ", &self.typ)
            .field("has_nonce", &self.has_nonce)
            .finish()
    }
}
