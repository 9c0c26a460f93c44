// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 5, CLAIMS: the claims set as borrowed views
//! ([RFC 7519 section 4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).
//!
//! Read once the signature is known to be good, never before. A registered claim of the wrong JSON type refuses the
//! token: it is never treated as absent.

mod index;
mod numeric_date;

use core::fmt;

use index::{Found, Index};
pub(crate) use numeric_date::ClaimedDate;
pub use numeric_date::NumericDate;

use crate::error::{ClaimsError, RegisteredClaim};
use crate::json::{self, Canonical, JsonArray, JsonObject, JsonStr, JsonValue, Members, NameHash, Scratch, TokenPlace};
use crate::limits::MAX_CLAIMS;

/// A claims set: the registered claims, checked for their types, and every other claim by name.
///
/// Reached through [`AcceptedToken::claims`](crate::AcceptedToken::claims) once a policy has accepted the token, and by
/// a [`Check`](crate::Check) that decides that.
#[derive(Clone, Copy)]
pub struct Claims<'b> {
    object: JsonObject<'b>,
    registered: Registered<'b>,
    index: Index,
}

/// The claims of RFC 7519 section 4.1.
// By itself: up to 64 octets are copied without a call.
#[derive(Clone, Copy)]
struct Registered<'b> {
    issuer: Option<JsonStr<'b>>,
    subject: Option<JsonStr<'b>>,
    audience: Option<StringOrArray<'b>>,
    expiration: Option<ClaimedDate>,
    not_before: Option<ClaimedDate>,
    issued_at: Option<ClaimedDate>,
    jwt_id: Option<JsonStr<'b>>,
}

impl<'b> Claims<'b> {
    /// Without any claim.
    // A function, not a constant, which would be in flash to be copied from.
    #[inline(always)]
    pub(crate) const fn empty() -> Self {
        Self {
            object: JsonObject::EMPTY,
            registered: Registered {
                issuer: None,
                subject: None,
                audience: None,
                expiration: None,
                not_before: None,
                issued_at: None,
                jwt_id: None,
            },
            index: Index::new(),
        }
    }

    /// [`Claims::read_into`] into a new set.
    #[cfg(any(test, rs256_internals, fuzzing))]
    pub(crate) fn read(payload: &'b mut [u8]) -> Result<Self, ClaimsError> {
        let mut claims = Self::empty();
        claims.read_into(payload)?;
        Ok(claims)
    }

    /// The claims of a payload that went through `canonicalise`.
    pub(crate) fn read_canonical(text: &'b [u8]) -> Result<Self, ClaimsError> {
        let mut claims = Self::empty();
        claims.fill(Canonical {
            text,
            may_hold_escapes: true,
        })?;
        Ok(claims)
    }

    /// Reads the payload into a new set, replacing escapes in place.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::Json`] and [`ClaimsError::WrongType`] by their descriptions.
    pub(crate) fn read_into(&mut self, payload: &'b mut [u8]) -> Result<(), ClaimsError> {
        self.fill(json::canonicalise(payload))
    }

    // By reference: a set of claims that is built up and returned by value costs as much again as the scan. Not inlined:
    // the names are on the stack while it runs, and only then.
    #[inline(never)]
    fn fill(&mut self, canonical: Canonical<'b>) -> Result<(), ClaimsError> {
        let Canonical { text, may_hold_escapes } = canonical;
        self.index.set_escapes(may_hold_escapes);
        let mut scratch = Scratch::<MAX_CLAIMS, TokenPlace>::new();
        let mut members = Members::of_canonical(text, &mut scratch);
        // Where the object will begin that is kept.
        let object_start = text.len() - text.trim_ascii_start().len();
        while let Some((name, value)) = members.next_member()? {
            self.index.insert(object_start, members.last_name());
            // After `canonicalise` a name that still holds an escape is none of these.
            let Some(claim) = RegisteredClaim::of_name(name.plain_or_quoted()) else {
                continue;
            };
            self.set(claim, value).ok_or(ClaimsError::WrongType(claim))?;
        }
        self.object = members.object();
        Ok(())
    }

    /// Takes note of a registered claim; `None` when its value is of another type.
    #[inline(always)]
    fn set(&mut self, claim: RegisteredClaim, value: JsonValue<'b>) -> Option<()> {
        use RegisteredClaim::{Audience, Expiration, IssuedAt, Issuer, JwtId, NotBefore, Subject};
        match (claim, value) {
            (Issuer, JsonValue::String(text)) => self.registered.issuer = Some(text),
            (Subject, JsonValue::String(text)) => self.registered.subject = Some(text),
            (JwtId, JsonValue::String(text)) => self.registered.jwt_id = Some(text),
            (Audience, value) => self.registered.audience = Some(StringOrArray::from_json(value)?),
            (Expiration | NotBefore | IssuedAt, value) => {
                let date = Some(ClaimedDate::from_json(value)?);
                match claim {
                    Expiration => self.registered.expiration = date,
                    NotBefore => self.registered.not_before = date,
                    _ => self.registered.issued_at = date,
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// A copy in parts, each of which is short enough that no call is made for it.
    #[inline(always)]
    pub(crate) const fn copy_in_parts(&self) -> Self {
        Self {
            object: self.object,
            registered: self.registered,
            index: self.index,
        }
    }

    /// `iss`, who issued the token.
    #[must_use]
    pub const fn issuer(&self) -> Option<JsonStr<'b>> {
        self.registered.issuer
    }

    /// `sub`, whom the token is about. Unique for its issuer only.
    #[must_use]
    pub const fn subject(&self) -> Option<JsonStr<'b>> {
        self.registered.subject
    }

    /// `aud`, whom the token is for.
    #[must_use]
    pub const fn audience(&self) -> Option<StringOrArray<'b>> {
        self.registered.audience
    }

    /// `exp`, from when on the token is no longer to be accepted; rounded up to whole seconds.
    #[must_use]
    pub fn expiration(&self) -> Option<NumericDate> {
        self.registered.expiration.map(ClaimedDate::ceil)
    }

    /// `nbf`, before which the token is not yet to be accepted; rounded up to whole seconds.
    #[must_use]
    pub fn not_before(&self) -> Option<NumericDate> {
        self.registered.not_before.map(ClaimedDate::ceil)
    }

    /// `iat`, when the token was issued; rounded down to whole seconds.
    #[must_use]
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.registered.issued_at.map(ClaimedDate::floor)
    }

    /// `iat`, rounded up: what decides whether it lies in the future.
    pub(crate) fn issued_at_ceil(&self) -> Option<NumericDate> {
        self.registered.issued_at.map(ClaimedDate::ceil)
    }

    /// `jti`, the token's own identifier.
    #[must_use]
    pub const fn jwt_id(&self) -> Option<JsonStr<'b>> {
        self.registered.jwt_id
    }

    /// The claim `name`.
    #[must_use]
    #[inline]
    pub fn get(&self, name: &str) -> Option<JsonValue<'b>> {
        // Here, where the compiler often knows the name, and then its hash.
        self.get_hashed(name, NameHash::of(name))
    }

    fn get_hashed(&self, name: &str, hash: NameHash) -> Option<JsonValue<'b>> {
        match self.index.find(self.object.as_str(), name, hash) {
            Found::Value(value) => Some(value),
            Found::Nothing => None,
            Found::Unknown => self.object.get(name),
        }
    }

    /// Whether the name of a claim differs from `name` in ASCII case alone.
    pub(crate) fn has_case_variant(&self, name: &str) -> bool {
        self.index
            .has_case_variant(self.object.as_str(), name)
            .unwrap_or_else(|| {
                self.object
                    .iter()
                    .any(|(found, _)| found != name && found.eq_ignore_ascii_case(name))
            })
    }

    /// The claim `name` as a string or an array of strings: the two forms that roles, groups and audiences come in.
    /// `None` when it is absent or anything else.
    #[must_use]
    #[inline]
    pub fn strings(&self, name: &str) -> Option<StringOrArray<'b>> {
        self.get(name).and_then(StringOrArray::from_json)
    }

    /// All claims in the order of the token, each name once.
    pub fn iter(&self) -> impl Iterator<Item = (JsonStr<'b>, JsonValue<'b>)> + use<'b> {
        self.object.iter()
    }

    /// The claims set as JSON text: valid, without duplicate names at its outermost level, and with every escape that
    /// may be written literally replaced.
    #[must_use]
    pub fn json(&self) -> &'b str {
        self.object.as_str()
    }
}

/// Prints the length, never the text.
impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("len", &self.json().len())
            .finish_non_exhaustive()
    }
}

/// A string, or an array that holds nothing but strings.
#[derive(Clone, Copy, Debug)]
pub struct StringOrArray<'b>(Strings<'b>);

#[derive(Clone, Copy, Debug)]
enum Strings<'b> {
    One(JsonStr<'b>),
    // INVARIANT: every element is a string
    Many(JsonArray<'b>),
}

impl<'b> StringOrArray<'b> {
    /// The value as a string or an array of strings; `None` when it is anything else.
    #[must_use]
    pub fn from_json(value: JsonValue<'b>) -> Option<Self> {
        match value {
            JsonValue::String(text) => Some(Self(Strings::One(text))),
            JsonValue::Array(array) => array
                .iter()
                .all(|element| matches!(element, JsonValue::String(_)))
                .then_some(Self(Strings::Many(array))),
            _ => None,
        }
    }

    /// The string itself, or the array's elements in order.
    pub fn iter(&self) -> impl Iterator<Item = JsonStr<'b>> + use<'b> {
        let (one, many) = match self.0 {
            Strings::One(text) => (Some(text), None),
            Strings::Many(array) => (None, Some(array)),
        };
        one.into_iter().chain(
            many.into_iter()
                .flat_map(|array| array.iter())
                .filter_map(|element| match element {
                    JsonValue::String(text) => Some(text),
                    _ => None,
                }),
        )
    }

    /// Whether `wanted` is among the strings, octet for octet.
    #[must_use]
    pub fn contains(&self, wanted: &str) -> bool {
        self.any(|text| text == *wanted)
    }

    /// Whether `holds` is true of one of the strings. (An iterator over either form is several of them in a chain, which
    /// is a good deal of code.)
    pub(crate) fn any(&self, mut holds: impl FnMut(JsonStr<'b>) -> bool) -> bool {
        match self.0 {
            Strings::One(text) => holds(text),
            Strings::Many(array) => array
                .iter()
                .any(|element| matches!(element, JsonValue::String(text) if holds(text))),
        }
    }
}
