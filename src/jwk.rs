// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 3, KEY LOOKUP: from what an issuer publishes to keys that are ready to verify.
//!
//! A JSON Web Key ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)) is usable when `kty` is
//! `RSA`, `use` is absent or `sig`, `key_ops` is absent or has `verify`, and `alg` is absent or `RS256`. Other keys are
//! passed over, never an error: one odd key must not take the set down.

mod der;
mod key_file;
mod load;
mod pem;
mod set;

use core::fmt;

pub use key_file::KeyFileError;
pub use load::{LoadError, LoadReport, SkipReason};
pub use set::{KeySet, KeySetRef};

use crate::base64url;
use crate::claims::StringOrArray;
use crate::error::KeyError;
use crate::json::{JsonArray, JsonObject, JsonStr, JsonValue, Members, Scratch};
use crate::limits::{MAX_CLOUD_INSTANCE_NAME_LEN, MAX_KEY_ISSUER_LEN, MAX_KID_LEN, MAX_MEMBERS, MAX_X5T_LEN};
use crate::rs256::{RsaPublicKey, RsaSize};

/// What the key set knows of a key beside its numbers.
#[derive(Clone, Copy)]
pub struct SigningKey<'k> {
    pub(crate) kid: Option<&'k str>,
    pub(crate) issuer: Option<&'k str>,
    pub(crate) cloud_instance_name: Option<&'k str>,
    pub(crate) modulus_bits: u32,
}

impl<'k> SigningKey<'k> {
    /// A key of which nothing but the numbers is known.
    pub(crate) const fn pinned(modulus_bits: u32) -> Self {
        Self {
            kid: None,
            issuer: None,
            cloud_instance_name: None,
            modulus_bits,
        }
    }

    /// The key's `kid`; `None` for a pinned key and a JWK without one.
    #[must_use]
    pub const fn kid(&self) -> Option<&'k str> {
        self.kid
    }

    /// The JWK's own member `issuer`, which Microsoft Entra ID publishes: whose tokens the key may sign, exact or with
    /// the placeholder `{tenantid}`.
    #[must_use]
    pub const fn issuer(&self) -> Option<&'k str> {
        self.issuer
    }

    /// The JWK's own member `cloud_instance_name`, which Microsoft Entra ID publishes.
    #[must_use]
    pub const fn cloud_instance_name(&self) -> Option<&'k str> {
        self.cloud_instance_name
    }

    /// The size of the modulus in bits.
    #[must_use]
    pub const fn modulus_bits(&self) -> u32 {
        self.modulus_bits
    }
}

impl fmt::Debug for SigningKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("modulus_bits", &self.modulus_bits)
            .finish_non_exhaustive()
    }
}

/// A usable JSON Web Key, borrowed from the text of its set.
pub(crate) struct Jwk<'j, S: RsaSize> {
    pub(crate) key: RsaPublicKey<S>,
    pub(crate) kid: Option<JsonStr<'j>>,
    pub(crate) x5t: Option<JsonStr<'j>>,
    pub(crate) issuer: Option<JsonStr<'j>>,
    pub(crate) cloud_instance_name: Option<JsonStr<'j>>,
    pub(crate) has_leading_zeros: bool,
}

/// The members of one JWK that matter, as they stand in the text.
#[derive(Default)]
struct JwkMembers<'j> {
    kty: Option<JsonStr<'j>>,
    usage: Option<JsonStr<'j>>,
    alg: Option<JsonStr<'j>>,
    key_ops: Option<JsonArray<'j>>,
    n: Option<JsonStr<'j>>,
    e: Option<JsonStr<'j>>,
    kid: Option<JsonStr<'j>>,
    x5t: Option<JsonStr<'j>>,
    issuer: Option<JsonStr<'j>>,
    cloud_instance_name: Option<JsonStr<'j>>,
}

impl<'j> JwkMembers<'j> {
    fn read(object: JsonObject<'j>) -> Result<Self, SkipReason> {
        let mut scratch = Scratch::<MAX_MEMBERS>::new();
        let mut members = Members::new(object.text(), &mut scratch).map_err(SkipReason::Json)?;
        let mut jwk = Self::default();
        while let Some((name, value)) = members.next_member().map_err(SkipReason::Json)? {
            // The set is not canonicalised: a name may hold escapes. One that does not fit is none of these.
            let mut name_buf = [0_u8; LONGEST_NAME];
            let slot = match name.copy_to(&mut name_buf).unwrap_or_default() {
                "kty" => &mut jwk.kty,
                "use" => &mut jwk.usage,
                "alg" => &mut jwk.alg,
                "n" => &mut jwk.n,
                "e" => &mut jwk.e,
                "kid" => &mut jwk.kid,
                "x5t" => &mut jwk.x5t,
                "issuer" => &mut jwk.issuer,
                "cloud_instance_name" => &mut jwk.cloud_instance_name,
                "key_ops" => {
                    let JsonValue::Array(array) = value else {
                        return Err(SkipReason::WrongType);
                    };
                    jwk.key_ops = Some(array);
                    continue;
                }
                _ => continue,
            };
            let JsonValue::String(text) = value else {
                return Err(SkipReason::WrongType);
            };
            *slot = Some(text);
        }
        Ok(jwk)
    }
}

/// Octets of `cloud_instance_name`, the longest of the names that are read.
const LONGEST_NAME: usize = 19;

impl<'j, S: RsaSize> Jwk<'j, S> {
    /// Reads one element of `keys`; the reason to pass it over when it is not usable.
    pub(crate) fn read(value: JsonValue<'j>) -> Result<Self, SkipReason> {
        let JsonValue::Object(object) = value else {
            return Err(SkipReason::NotAnObject);
        };
        let jwk = JwkMembers::read(object)?;

        // RFC 7517 section 4.1: `kty` decides what the other members mean, so it comes first.
        if jwk.kty.ok_or(SkipReason::MissingMember)? != *"RSA" {
            return Err(SkipReason::KeyType);
        }
        // RFC 7517 section 4.2
        if jwk.usage.is_some_and(|usage| usage != *"sig") {
            return Err(SkipReason::Use);
        }
        // RFC 7517 section 4.3
        if let Some(operations) = jwk.key_ops {
            let operations = StringOrArray::from_json(JsonValue::Array(operations)).ok_or(SkipReason::WrongType)?;
            if !operations.contains("verify") {
                return Err(SkipReason::KeyOperations);
            }
        }
        // RFC 7517 section 4.4
        if jwk.alg.is_some_and(|alg| alg != *"RS256") {
            return Err(SkipReason::Algorithm);
        }
        for (member, longest) in [
            (jwk.kid, MAX_KID_LEN),
            (jwk.issuer, MAX_KEY_ISSUER_LEN),
            (jwk.cloud_instance_name, MAX_CLOUD_INSTANCE_NAME_LEN),
        ] {
            if member.is_some_and(|text| text.len() > longest) {
                return Err(SkipReason::MemberTooLong);
            }
        }

        // RFC 7518 section 6.3.1
        let (n, e) = jwk.n.zip(jwk.e).ok_or(SkipReason::MissingMember)?;
        let mut e_octets = [0_u8; size_of::<u64>()];
        let e = decode_uint(e, &mut e_octets)?.ok_or(SkipReason::Key(KeyError::Exponent))?;
        let mut n_octets = S::ZERO_OCTETS;
        let n = decode_uint(n, n_octets.as_mut())?.ok_or(SkipReason::Key(KeyError::ModulusTooLarge))?;
        let key = S::from_be_bytes(n.octets, e.octets).map_err(SkipReason::Key)?;
        Ok(Self {
            key,
            kid: jwk.kid,
            // Optional (RFC 7517 section 4.8), and only one way to find the key: one that cannot be kept is none.
            x5t: jwk.x5t.filter(|x5t| x5t.len() <= MAX_X5T_LEN),
            issuer: jwk.issuer,
            cloud_instance_name: jwk.cloud_instance_name,
            has_leading_zeros: n.has_leading_zeros || e.has_leading_zeros,
        })
    }
}

/// A Base64urlUInt ([RFC 7518 section 2](https://www.rfc-editor.org/rfc/rfc7518#section-2)) without its leading zeros.
struct Uint<'o> {
    octets: &'o [u8],
    has_leading_zeros: bool,
}

/// Decodes a Base64urlUInt into `octets`; `None` when it does not fit without its leading zeros.
///
/// STRICT: zero octets in front, which RFC 7518 section 6.3.1.1 forbids and warns of, are dropped before the size of
/// the number is judged, so they never make a key look larger.
fn decode_uint<'o>(text: JsonStr<'_>, octets: &'o mut [u8]) -> Result<Option<Uint<'o>>, SkipReason> {
    // Four characters at a time from the front: leading zeros may make the text longer than the number.
    let mut len = 0_usize;
    let mut has_leading_zeros = false;
    let mut chars = text.chars();
    loop {
        let mut group = [0_u8; 4];
        let mut group_len = 0_usize;
        for (slot, char) in group.iter_mut().zip(chars.by_ref()) {
            *slot = u8::try_from(char).map_err(|_| SkipReason::Base64url)?;
            group_len = group_len.saturating_add(1);
        }
        if group_len == 0 {
            break;
        }
        let mut decoded = [0_u8; 3];
        let group = group.get(..group_len).unwrap_or_default();
        for &octet in base64url::decode(group, &mut decoded)
            .map_err(|_| SkipReason::Base64url)?
            .iter()
        {
            if octet == 0 && len == 0 {
                has_leading_zeros = true;
                continue;
            }
            match octets.get_mut(len) {
                Some(slot) => *slot = octet,
                None => return Ok(None),
            }
            len = len.saturating_add(1);
        }
    }
    let octets = octets.get(..len).unwrap_or_default();
    Ok(Some(Uint {
        octets,
        has_leading_zeros,
    }))
}

#[cfg(test)]
mod tests;
