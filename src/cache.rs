// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signatures that were verified already: a token that comes again costs a hash and a look-up instead of an RSA
//! operation.
//!
//! **A hit replaces stage 4 and nothing else.** The token is parsed and decoded, its header is read, a key is selected,
//! and claims and policy are checked every time, at the time of that request. What is remembered is a fact that no clock
//! and no policy can change: *this text was signed with this key*. So one cache may serve several verifiers and
//! policies.
//!
//! **What an entry is known by:** SHA-256 of the whole text of the token, signature included, and the fingerprint of the
//! key that verified it. A text has one spelling (strict base64url), so a token has one entry for each key that has
//! verified it, and the verdict with a cache is the verdict without one, key and order of keys included.
//!
//! # Attacks considered
//!
//! | attack | why it fails |
//! | --- | --- |
//! | a token that shares claims, header or signing input with a remembered one | the whole text is the key: one octet more, less or other is another token. Two texts of one SHA-256 would break RS256 itself |
//! | a withdrawn key | it is no longer selected, so its entries are never asked for. There is no generation counter that could be forgotten |
//! | a new key under an old `kid`; an authority that publishes a key under another's `kid` | the fingerprint is of (n, e), not of a name: an entry answers for the very key that verified |
//! | a remembered token after `exp`, for another audience, after a change of policy | the policy is asked each time |
//! | remembering a bad token | only what RSA verified is stored; there are no negative entries, so nothing is to be gained by poisoning and a good token is never refused from memory |
//! | a flood of bad tokens | stores nothing and pushes nothing out. Each costs an RSA operation, as it does without a cache; one with an unknown `kid` does not even cost the hash |
//! | a flood of good tokens, each used once | passes through the probation queue of each set; the others stay (next section) |
//! | tokens chosen to fall into one set | the set is chosen by the hash of a text that ends with the issuer's signature. Who wants a certain set has to obtain, and present, as many good tokens as there are sets for each one that falls into it; where another's token lies he cannot know without having that token |
//! | timing | a hit is faster than a miss, which tells whether this very text was used before, to somebody who has it. Comparing hashes is not constant in time: what could be learnt is the hash of a token, from which no token follows |
//!
//! # Eviction
//!
//! Each set holds eight tokens: six protected, two on probation. A fresh token enters probation and pushes out the older
//! of the two there, never a protected one. A token of the probation queue that is used again challenges the oldest
//! protected one, which is examined as in the CLOCK algorithm with counters: if it has a use to its credit, it loses one
//! and goes to the young end; if not, the two change places. So
//!
//! * however many tokens are used once, no protected entry leaves;
//! * a protected entry that is used at least once between two examinations never leaves, and between two there are at
//!   least six challenges of its set. To push out an entry that is used *h* times a second, a flood must use tokens
//!   again that it has shown before, at 6 · *h* hits a second **in each set**: it must be in more use than the whole
//!   protected part of the cache;
//! * an entry that is no longer used leaves after at most 6 · 8 challenges of its set, so that yesterday's tokens do not
//!   fill the memory for ever.
//!
//! What remains: under a flood of *f* good fresh tokens a second a new token has 2 · sets / *f* seconds to be used a
//! second time, otherwise it has to be verified once more. That costs time, not correctness. The cost of every call is
//! bounded: eight entries are looked at, whatever the capacity.

mod store;

use core::fmt;
use core::ops::DerefMut;

use sha2::{Digest, Sha256};

use self::store::{Store, WAYS};
use crate::error::InvalidSignature;
use crate::rs256::message_hash::Midstate;
use crate::rs256::{self, KeyFingerprint, MessageHash, RsaSize};
use crate::verifier::{PendingJws, VerifiedJws};

/// Remembers up to `N` tokens whose signature was verified. No heap: the memory is the caller's, 49 octets for each.
///
/// `N` is a multiple of 8; another does not compile.
///
/// # Examples
///
/// ```
/// use rs256::cache::VerifiedCache;
/// use rs256::{KeySet, NumericDate, Verifier};
/// # use rs256::{Issuer, Policy};
/// # static POLICY: Policy<'static> =
/// #     Policy::new(Issuer::exact("https://login.example.com/contoso/v2.0"), &["api://orders"]);
/// # let mut keys = KeySet::<8>::new();
/// # keys.replace_from_jwk_set(include_bytes!("../tests/data/doc/jwks.json"))?;
/// # let jwt = include_bytes!("../tests/data/doc/token.jwt").trim_ascii_end();
/// # let now = NumericDate::from_secs(1_800_000_000);
///
/// let mut cache = VerifiedCache::<1024>::new();
/// let verifier = Verifier::new(&keys, &POLICY);
/// for _ in 0..2 {
///     let mut buf = [0_u8; 2048];
///     let pending = verifier.prepare(jwt, &mut buf)?;
///     let token = cache.verify(pending)?.accept(now)?;
///     assert!(token.claims().subject().is_some());
/// }
/// assert_eq!((cache.hits(), cache.misses()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Threads
///
/// The best cache for many threads is one of its own for each thread or core: nothing is shared, nothing waits, and a
/// token is verified once for each.
///
/// ```
/// use std::cell::RefCell;
/// use rs256::cache::VerifiedCache;
/// # use rs256::{Error, PendingJws, VerifiedJws};
///
/// thread_local! {
///     static CACHE: RefCell<VerifiedCache<4096>> = const { RefCell::new(VerifiedCache::new()) };
/// }
///
/// # fn verify<'b, 'k>(pending: PendingJws<'_, 'b, 'k>) -> Result<VerifiedJws<'b, 'k>, Error> {
/// let verified = CACHE.with_borrow_mut(|cache| cache.verify(pending))?;
/// # Ok(verified)
/// # }
/// ```
///
/// One cache behind a lock of any kind works as well; [`verify_locked`](Self::verify_locked) does not hold it while it
/// computes.
pub struct VerifiedCache<const N: usize> {
    store: Store<N>,
    hits: u64,
    misses: u64,
}

impl<const N: usize> VerifiedCache<N> {
    /// An empty cache. All of it is zeros: a `static` takes no flash.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(N > 0 && N.is_multiple_of(WAYS), "the capacity must be a multiple of 8") };
        Self {
            store: Store::new(),
            hits: 0,
            misses: 0,
        }
    }

    /// Checks the signature as [`PendingJws::verify`] does, with the same verdict, but remembers what was good.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], as for [`PendingJws::verify`].
    pub fn verify<'b, 'k, S: RsaSize>(
        &mut self,
        pending: PendingJws<'_, 'b, 'k, S>,
    ) -> Result<VerifiedJws<'b, 'k, S>, InvalidSignature> {
        let hashed = Hashed::new(&pending);
        pending.verify_by(|key, jws| {
            let fingerprint = key.fingerprint();
            if self.look_up(&hashed.token, &fingerprint) {
                return Ok(());
            }
            rs256::verify_hash(
                key,
                MessageHash::Known(&hashed.message(jws.signing_input)),
                jws.signature,
            )?;
            self.store.insert(&hashed.token, fingerprint);
            Ok(())
        })
    }

    /// [`VerifiedCache::verify`] for a cache behind a lock: `lock` gives access to it and is called for the look-up and
    /// once more to store. It is not held while the token is hashed or RSA computes, so that nobody's hit waits for
    /// another's miss.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Mutex, PoisonError};
    /// use rs256::cache::VerifiedCache;
    /// # use rs256::{Error, PendingJws, VerifiedJws};
    ///
    /// static CACHE: Mutex<VerifiedCache<4096>> = Mutex::new(VerifiedCache::new());
    ///
    /// # fn verify<'b, 'k>(pending: PendingJws<'_, 'b, 'k>) -> Result<VerifiedJws<'b, 'k>, Error> {
    /// let lock = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    /// let verified = VerifiedCache::verify_locked(pending, lock)?;
    /// # Ok(verified)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`], as for [`PendingJws::verify`].
    pub fn verify_locked<'b, 'k, S: RsaSize, G: DerefMut<Target = Self>>(
        pending: PendingJws<'_, 'b, 'k, S>,
        mut lock: impl FnMut() -> G,
    ) -> Result<VerifiedJws<'b, 'k, S>, InvalidSignature> {
        let hashed = Hashed::new(&pending);
        pending.verify_by(|key, jws| {
            let fingerprint = key.fingerprint();
            let is_hit = lock().look_up(&hashed.token, &fingerprint);
            if !is_hit {
                rs256::verify_hash(
                    key,
                    MessageHash::Known(&hashed.message(jws.signing_input)),
                    jws.signature,
                )?;
                lock().store.insert(&hashed.token, fingerprint);
            }
            Ok(())
        })
    }

    /// Forgets `token`, given by its text, whichever keys verified it, and says whether it was known.
    ///
    /// This frees the memory of a token that will not come again. **It does not withdraw the token**, which would simply
    /// be verified again: for that there is [`Revocation`](crate::Revocation), which is asked on hits as well.
    pub fn remove<T: AsRef<[u8]> + ?Sized>(&mut self, token: &T) -> bool {
        self.store.remove(&Sha256::digest(token.as_ref()).into())
    }

    /// Forgets all tokens. The counters stay.
    pub fn clear(&mut self) {
        self.store.clear();
    }

    /// How many RSA operations the cache has saved.
    #[must_use]
    pub const fn hits(&self) -> u64 {
        self.hits
    }

    /// How many RSA operations there were all the same, for bad tokens as well.
    #[must_use]
    pub const fn misses(&self) -> u64 {
        self.misses
    }

    fn look_up(&mut self, token: &[u8; 32], key: &KeyFingerprint) -> bool {
        let is_hit = self.store.look_up(token, key);
        let counter = if is_hit { &mut self.hits } else { &mut self.misses };
        *counter = counter.saturating_add(1);
        is_hit
    }
}

impl<const N: usize> Default for VerifiedCache<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Prints the counters, nothing of a token.
impl<const N: usize> fmt::Debug for VerifiedCache<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedCache")
            .field("hits", &self.hits)
            .field("misses", &self.misses)
            .finish_non_exhaustive()
    }
}

/// The two hashes of a token.
struct Hashed {
    /// Under way, at the end of the signing input's last whole block. A hit never needs the hash that was signed.
    message: Midstate,
    /// Of the whole text. It goes on where the other stands, so a miss pays for a few blocks and not for the token again.
    token: [u8; 32],
}

impl Hashed {
    fn new<S: RsaSize>(pending: &PendingJws<'_, '_, '_, S>) -> Self {
        let message = Midstate::of(pending.signing_input());
        let mut token = [0; 32];
        message.finish(pending.text(), &mut token);
        Self { message, token }
    }

    /// The hash that was signed: that of `signing_input`.
    #[cold]
    fn message(&self, signing_input: &[u8]) -> [u8; 32] {
        let mut digest = [0; 32];
        self.message.finish(signing_input, &mut digest);
        digest
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use core::cell::RefCell;

    use super::*;
    use crate::jwk::KeySet;
    use crate::policy::{Issuer, Policy};
    use crate::verifier::Verifier;

    /// What is remembered here was never verified, and is a hit all the same: RSA is not asked.
    #[test]
    fn a_hit_costs_no_rsa_operation() {
        let mut keys = KeySet::<1>::new();
        keys.replace_from_jwk_set(include_bytes!("../tests/data/doc/jwks.json"))
            .unwrap();
        let policy = Policy::new(Issuer::exact("a"), &["b"]);
        let verifier = Verifier::new(&keys, &policy);
        let mut forged = include_bytes!("../tests/data/doc/token.jwt").trim_ascii_end().to_vec();
        let signature = forged.iter().rposition(|&octet| octet == b'.').unwrap() + 1;
        forged[signature] = if forged[signature] == b'A' { b'B' } else { b'A' };

        let (mut first, mut second) = ([0; 2048], [0; 2048]);
        let mut cache = VerifiedCache::<8>::new();
        let pending = verifier.prepare(&forged, &mut first).unwrap();
        assert!(cache.verify(pending).is_err());

        let pending = verifier.prepare(&forged, &mut first).unwrap();
        let hashed = Hashed::new(&pending);
        pending
            .verify_by(|key, _| {
                cache.store.insert(&hashed.token, key.fingerprint());
                Ok(())
            })
            .unwrap();
        let pending = verifier.prepare(&forged, &mut first).unwrap();
        assert!(cache.verify(pending).is_ok());
        let cell = RefCell::new(cache);
        let pending = verifier.prepare(&forged, &mut second).unwrap();
        assert!(VerifiedCache::verify_locked(pending, || cell.borrow_mut()).is_ok());
        assert_eq!((cell.borrow().hits(), cell.borrow().misses()), (2, 1));
    }
}
