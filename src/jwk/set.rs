// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keys of one authority in fixed storage, and how a token's header selects among them.

use core::fmt;

use heapless::{String, Vec};

use super::load::JwkSet;
use super::{Jwk, LoadError, LoadReport, SigningKey};
use crate::error::KeySelectionError;
use crate::json::JsonStr;
use crate::jws::JoseHeader;
use crate::limits::{MAX_CLOUD_INSTANCE_NAME_LEN, MAX_KEY_ISSUER_LEN, MAX_KID_LEN, MAX_X5T_LEN};
use crate::rs256::{KeyRef, PreparedKey, Rsa4096, RsaPublicKey, RsaSize};

/// Up to `N` RSA public keys of one authority, prepared for verification. No heap.
///
/// # Examples
///
/// ```
/// use rs256::KeySet;
///
/// let mut keys = KeySet::<4>::new();
/// assert!(keys.replace_from_jwk_set(b"{\"keys\":[]}").is_err()); // no usable key: the old keys stay
/// assert!(keys.is_empty());
/// ```
pub struct KeySet<const N: usize, S: RsaSize = Rsa4096> {
    entries: Vec<KeyEntry<S>, N>,
    is_pinned: bool,
}

/// A prepared key with what its JWK says about it.
#[derive(Clone)]
struct KeyEntry<S: RsaSize> {
    key: PreparedKey<S>,
    kid: Option<String<MAX_KID_LEN>>,
    x5t: Option<String<MAX_X5T_LEN>>,
    issuer: Option<String<MAX_KEY_ISSUER_LEN>>,
    cloud_instance_name: Option<String<MAX_CLOUD_INSTANCE_NAME_LEN>>,
}

impl<const N: usize, S: RsaSize> KeySet<N, S> {
    /// An empty set, which verifies nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            is_pinned: false,
        }
    }

    /// A set of one key for which `kid` and `x5t` are not consulted, such as one from a PEM file.
    ///
    /// A set with no room for a key does not compile.
    #[must_use]
    pub fn pinned(key: &RsaPublicKey<S>) -> Self {
        const { assert!(N > 0, "a pinned key needs a capacity of at least one") };
        let mut entries = Vec::new();
        let entry = KeyEntry {
            key: PreparedKey::new(key),
            kid: None,
            x5t: None,
            issuer: None,
            cloud_instance_name: None,
        };
        // There is room: N > 0.
        let _ = entries.push(entry);
        Self {
            entries,
            is_pinned: true,
        }
    }

    /// Replaces all keys by the usable ones of a JWK Set
    /// ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    ///
    /// The whole set is checked before the first key is replaced. The report says how many keys were kept, and why
    /// others were passed over.
    ///
    /// # Errors
    ///
    /// Each variant of [`LoadError`] by its description; the keys loaded before then stay in force.
    pub fn replace_from_jwk_set(&mut self, json: &[u8]) -> Result<LoadReport, LoadError> {
        let set = JwkSet::read::<S>(json)?;
        let needed = set.report.kept();
        if usize::from(needed) > N {
            return Err(LoadError::Capacity { needed });
        }
        self.entries.clear();
        self.is_pinned = false;
        for jwk in set.usable::<S>() {
            // There is room: the usable keys were counted.
            let _ = self.entries.push(KeyEntry::prepare(&jwk));
        }
        Ok(set.report)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of each key, in the order of the JWK Set.
    pub fn iter(&self) -> impl Iterator<Item = SigningKey<'_>> {
        self.entries.iter().map(KeyEntry::signing_key)
    }
}

impl<const N: usize, S: RsaSize> Default for KeySet<N, S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, S: RsaSize> Clone for KeySet<N, S> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            is_pinned: self.is_pinned,
        }
    }
}

impl<const N: usize, S: RsaSize> fmt::Debug for KeySet<N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<S: RsaSize> KeyEntry<S> {
    fn prepare(jwk: &Jwk<'_, S>) -> Self {
        Self {
            key: PreparedKey::new(&jwk.key),
            kid: jwk.kid.map(copy),
            x5t: jwk.x5t.map(copy),
            issuer: jwk.issuer.map(copy),
            cloud_instance_name: jwk.cloud_instance_name.map(copy),
        }
    }

    fn signing_key(&self) -> SigningKey<'_> {
        SigningKey {
            kid: self.kid.as_deref(),
            issuer: self.issuer.as_deref(),
            cloud_instance_name: self.cloud_instance_name.as_deref(),
            modulus_bits: self.key.modulus_bits(),
        }
    }
}

/// The text without escapes. Its length was checked when the JWK was read.
fn copy<const LEN: usize>(text: JsonStr<'_>) -> String<LEN> {
    let mut copy = String::new();
    for char in text.chars() {
        let _ = copy.push(char);
    }
    copy
}

/// What a [`KeySet`] of any capacity answers. Behind a pointer, so that a program whose keys are all pinned holds none of
/// it. (Nothing that prints belongs here: a program with a key set would hold it, called or not.)
trait KeySource<S: RsaSize>: Sync {
    fn select(&self, header: &JoseHeader<'_>, first: usize) -> Result<(usize, KeyRef<'_, S>), KeySelectionError>;

    /// Leaves `key` as it is where there is no key at `index`.
    fn describe<'k>(&'k self, index: usize, key: &mut SigningKey<'k>);

    fn len(&self) -> usize;
}

impl<const N: usize, S: RsaSize> KeySource<S> for KeySet<N, S> {
    fn select(&self, header: &JoseHeader<'_>, first: usize) -> Result<(usize, KeyRef<'_, S>), KeySelectionError> {
        select(&self.entries, header, first)
    }

    fn describe<'k>(&'k self, index: usize, key: &mut SigningKey<'k>) {
        if let Some(entry) = self.entries.get(index) {
            *key = entry.signing_key();
        }
    }

    fn len(&self) -> usize {
        self.entries.len()
    }
}

fn select<'k, S: RsaSize>(
    entries: &'k [KeyEntry<S>],
    header: &JoseHeader<'_>,
    first: usize,
) -> Result<(usize, KeyRef<'k, S>), KeySelectionError> {
    if entries.is_empty() {
        return Err(KeySelectionError::NoKeys);
    }
    let mut rest = entries.iter().enumerate().skip(first);
    let found = match (header.kid(), header.x5t()) {
        // STRICT: RFC 7515 section 4.1.4 calls `kid` a hint; here a token that names a key is verified with a
        // key of that name or not at all.
        (Some(kid), _) => rest.find(|(_, entry)| entry.kid.as_deref().is_some_and(|own| kid == *own)),
        (None, Some(x5t)) => rest.find(|(_, entry)| entry.x5t.as_deref().is_some_and(|own| x5t == *own)),
        (None, None) if entries.len() == 1 => rest.next(),
        (None, None) => return Err(KeySelectionError::Ambiguous),
    };
    let (index, entry) = found.ok_or(KeySelectionError::UnknownKey)?;
    Ok((index, KeyRef::Prepared(&entry.key)))
}

/// The keys that a [`Verifier`](crate::Verifier) uses, borrowed: a [`KeySet`] of any capacity, or one pinned key.
pub struct KeySetRef<'k, S: RsaSize = Rsa4096>(Keys<'k, S>);

enum Keys<'k, S: RsaSize> {
    Set(&'k dyn KeySource<S>),
    Pinned(KeyRef<'k, S>),
    Stale,
}

impl<'k, S: RsaSize> KeySetRef<'k, S> {
    /// Keys that are too old to be used.
    pub(crate) const STALE: Self = Self(Keys::Stale);

    /// The first key, from the one at `first` on, that the header selects, with its place.
    ///
    /// # Errors
    ///
    /// [`KeySelectionError::KeysStale`] for stale keys, [`KeySelectionError::NoKeys`] for an empty set,
    /// [`KeySelectionError::Ambiguous`] when the header names no key and there are several,
    /// [`KeySelectionError::UnknownKey`] otherwise.
    pub(crate) fn select(
        &self,
        header: &JoseHeader<'_>,
        first: usize,
    ) -> Result<(usize, KeyRef<'k, S>), KeySelectionError> {
        match self.0 {
            Keys::Pinned(key) if first == 0 => Ok((0, key)),
            Keys::Pinned(_) => Err(KeySelectionError::UnknownKey),
            Keys::Stale => Err(KeySelectionError::KeysStale),
            Keys::Set(keys) => keys.select(header, first),
        }
    }

    /// What is known of the key at `index`; of a pinned key, and where there is none, only the size given.
    #[inline(always)]
    pub(crate) fn signing_key(&self, index: usize, modulus_bits: u32) -> SigningKey<'k> {
        let mut key = SigningKey::pinned(modulus_bits);
        self.describe(index, &mut key);
        key
    }

    /// Writes into `key` what is known of the key at `index`, if anything is.
    pub(crate) fn describe(&self, index: usize, key: &mut SigningKey<'k>) {
        if let Keys::Set(keys) = self.0 {
            keys.describe(index, key);
        }
    }
}

impl<'k, const N: usize, S: RsaSize> From<&'k KeySet<N, S>> for KeySetRef<'k, S> {
    fn from(set: &'k KeySet<N, S>) -> Self {
        Self(match set.entries.as_slice() {
            [only] if set.is_pinned => Keys::Pinned(KeyRef::Prepared(&only.key)),
            _ => Keys::Set(set),
        })
    }
}

/// One pinned key, ready to verify.
impl<'k, S: RsaSize> From<&'k PreparedKey<S>> for KeySetRef<'k, S> {
    fn from(key: &'k PreparedKey<S>) -> Self {
        Self(Keys::Pinned(KeyRef::Prepared(key)))
    }
}

/// One pinned key as it lies in flash, verified with on the portable path.
impl<'k, S: RsaSize> From<&'k RsaPublicKey<S>> for KeySetRef<'k, S> {
    fn from(key: &'k RsaPublicKey<S>) -> Self {
        Self(Keys::Pinned(KeyRef::Static(key)))
    }
}

impl<S: RsaSize> Clone for KeySetRef<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for KeySetRef<'_, S> {}

impl<S: RsaSize> Clone for Keys<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Keys<'_, S> {}

impl<S: RsaSize> fmt::Debug for KeySetRef<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Keys::Set(keys) => f
                .debug_list()
                .entries((0..keys.len()).map(|index| self.signing_key(index, 0)))
                .finish(),
            Keys::Stale => f.write_str("Stale"),
            Keys::Pinned(key) => f.debug_tuple("Pinned").field(&key.public_key().modulus_bits()).finish(),
        }
    }
}
