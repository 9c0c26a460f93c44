// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loading a JWK Set: what was kept, what was passed over and why.

use core::fmt;

use super::Jwk;
use crate::error::{JsonError, KeyError};
use crate::json::{JsonArray, JsonValue, Members, Scratch};
use crate::limits::{MAX_JWK_SET_LEN, MAX_MEMBERS};
use crate::rs256::RsaSize;

/// Why a key of a JWK Set was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SkipReason {
    /// `kty` is not `RSA`.
    KeyType,
    /// `use` is not `sig`.
    Use,
    /// `key_ops` does not have `verify`.
    KeyOperations,
    /// `alg` is not `RS256`.
    Algorithm,
    /// An element of `keys` is not an object.
    NotAnObject,
    /// The key's own text breaks a rule: duplicate names, for one.
    Json(JsonError),
    /// `kty`, `n` or `e` is missing.
    MissingMember,
    /// A member that is read has a value of the wrong JSON type.
    WrongType,
    /// `kid`, `issuer` or `cloud_instance_name` is longer than its cap in [`limits`](crate::limits). An `x5t` that is
    /// longer counts as absent: it is only one way to find the key.
    MemberTooLong,
    /// `n` or `e` is not strict base64url.
    Base64url,
    /// The numbers make no usable key.
    Key(KeyError),
}

impl SkipReason {
    /// Whether the key is simply not one for RS256; otherwise it claims to be one and is malformed.
    #[must_use]
    pub const fn is_other_use(self) -> bool {
        matches!(self, Self::KeyType | Self::Use | Self::KeyOperations | Self::Algorithm)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyType => "not an RSA key",
            Self::Use => "not a key for signatures",
            Self::KeyOperations => "not a key for verifying",
            Self::Algorithm => "a key for another algorithm",
            Self::NotAnObject => "expected a JSON object for each key",
            Self::Json(inner) => return inner.fmt(f),
            Self::MissingMember => "expected the members `kty`, `n` and `e`",
            Self::WrongType => "a member of the key has the wrong type",
            Self::MemberTooLong => "a member of the key is too long",
            Self::Base64url => "expected base64url for `n` and `e`",
            Self::Key(inner) => return inner.fmt(f),
        })
    }
}

/// What loading a JWK Set did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LoadReport {
    kept: u16,
    with_leading_zeros: u16,
    /// How many keys were passed over, by [`slot`].
    skipped: [u16; SLOTS],
    first_json: Option<JsonError>,
    first_key: Option<KeyError>,
}

/// Reasons that are counted apart.
const SLOTS: usize = 11;

/// Where a reason is counted; details of `Json` and `Key` do not matter.
const fn slot(reason: SkipReason) -> usize {
    match reason {
        SkipReason::KeyType => 0,
        SkipReason::Use => 1,
        SkipReason::KeyOperations => 2,
        SkipReason::Algorithm => 3,
        SkipReason::NotAnObject => 4,
        SkipReason::MissingMember => 5,
        SkipReason::WrongType => 6,
        SkipReason::MemberTooLong => 7,
        SkipReason::Base64url => 8,
        SkipReason::Json(_) => 9,
        SkipReason::Key(_) => 10,
    }
}

impl LoadReport {
    /// How many keys are usable and were kept.
    #[must_use]
    pub const fn kept(&self) -> u16 {
        self.kept
    }

    /// How many of the kept keys have zero octets in front of `n` or `e`, which
    /// [RFC 7518 section 6.3.1.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.3.1.1) forbids; they were dropped.
    #[must_use]
    pub const fn with_leading_zeros(&self) -> u16 {
        self.with_leading_zeros
    }

    /// Why keys were passed over, and how many for each reason; reasons that did not occur are left out. `Json` and
    /// `Key` come once each, with the detail of the first such key.
    pub fn skipped(&self) -> impl Iterator<Item = (SkipReason, u16)> + use<> {
        let report = *self;
        [
            Some(SkipReason::KeyType),
            Some(SkipReason::Use),
            Some(SkipReason::KeyOperations),
            Some(SkipReason::Algorithm),
            Some(SkipReason::NotAnObject),
            report.first_json.map(SkipReason::Json),
            Some(SkipReason::MissingMember),
            Some(SkipReason::WrongType),
            Some(SkipReason::MemberTooLong),
            Some(SkipReason::Base64url),
            report.first_key.map(SkipReason::Key),
        ]
        .into_iter()
        .flatten()
        .filter_map(move |reason| {
            let count = report.skipped.get(slot(reason)).copied().filter(|&count| count > 0)?;
            Some((reason, count))
        })
    }

    fn keep(&mut self, has_leading_zeros: bool) {
        self.kept = self.kept.saturating_add(1);
        self.with_leading_zeros = self.with_leading_zeros.saturating_add(u16::from(has_leading_zeros));
    }

    fn skip(&mut self, reason: SkipReason) {
        if let Some(count) = self.skipped.get_mut(slot(reason)) {
            *count = count.saturating_add(1);
        }
        match reason {
            SkipReason::Json(detail) => self.first_json = self.first_json.or(Some(detail)),
            SkipReason::Key(detail) => self.first_key = self.first_key.or(Some(detail)),
            _ => {}
        }
    }
}

/// Why a JWK Set was refused. The keys loaded before stay in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LoadError {
    /// The text is longer than [`MAX_JWK_SET_LEN`].
    TooLong,
    /// The text is not one JSON object without duplicate names.
    Json(JsonError),
    /// The object has no member `keys`, or its value is not an array: not a JWK Set
    /// ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    NotAJwkSet,
    /// The set has more usable keys than the capacity.
    Capacity {
        /// The capacity that this set needs.
        needed: u16,
    },
    /// No key of the set is usable; the report says why.
    NoUsableKey(LoadReport),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "expected a JWK Set of at most {MAX_JWK_SET_LEN} octets"),
            Self::Json(inner) => write!(f, "JWK Set: {inner}"),
            Self::NotAJwkSet => f.write_str("expected a JWK Set with an array `keys`"),
            Self::Capacity { needed } => write!(f, "expected a key set with room for {needed} keys"),
            Self::NoUsableKey(report) => {
                f.write_str("expected a JWK Set with at least one usable key")?;
                report
                    .skipped()
                    .try_for_each(|(reason, count)| write!(f, "; {count} × {reason}"))
            }
        }
    }
}

impl core::error::Error for LoadError {}

/// A JWK Set in which every octet was checked and at least one key is usable.
pub(crate) struct JwkSet<'j> {
    keys: JsonArray<'j>,
    pub(crate) report: LoadReport,
}

impl<'j> JwkSet<'j> {
    /// Validates the set with all its keys.
    pub(crate) fn read<S: RsaSize>(text: &'j [u8]) -> Result<Self, LoadError> {
        if text.len() > MAX_JWK_SET_LEN {
            return Err(LoadError::TooLong);
        }
        let mut scratch = Scratch::<MAX_MEMBERS>::new();
        let mut members = Members::new(text, &mut scratch).map_err(LoadError::Json)?;
        let mut keys = None;
        while let Some((name, value)) = members.next_member().map_err(LoadError::Json)? {
            if name == *"keys" {
                let JsonValue::Array(array) = value else {
                    return Err(LoadError::NotAJwkSet);
                };
                keys = Some(array);
            }
        }
        let keys = keys.ok_or(LoadError::NotAJwkSet)?;

        let mut report = LoadReport::default();
        for element in keys.iter() {
            match Jwk::<S>::read(element) {
                Ok(jwk) => report.keep(jwk.has_leading_zeros),
                Err(reason) => report.skip(reason),
            }
        }
        if report.kept == 0 {
            return Err(LoadError::NoUsableKey(report));
        }
        Ok(Self { keys, report })
    }

    /// The usable keys, in the order of the set.
    pub(crate) fn usable<S: RsaSize>(&self) -> impl Iterator<Item = Jwk<'j, S>> + use<'j, S> {
        self.keys.iter().filter_map(|element| Jwk::read(element).ok())
    }
}
