// SPDX-License-Identifier: MIT OR Apache-2.0

//! The one door to RSA arithmetic: which backend a key uses is decided here, when the key is prepared, and nowhere
//! else.
//!
//! | backend | limbs | chosen |
//! | --- | --- | --- |
//! | ifma | 52 bits, eight to a vector | on x86-64 where the CPU has AVX-512 IFMA, for e = 65537 and at most 4096 bits |
//! | avx2 | 28 bits, four to a vector | on x86-64 where the CPU has AVX2 and not the above, for the same keys |
//! | portable64 | 64 bits, products of 128 | on targets with 64-bit pointers |
//! | portable32 | 32 bits, products of 64 | on all other targets |
//!
//! `--cfg rs256_backend="portable64"` or `"portable32"` forces one of them, and `"avx2"` leaves out IFMA. Every backend
//! answers the same question in the same words: is s^e mod n the encoded message of this digest? `tests.rs` holds all
//! of them against a schoolbook oracle.

// `rs256_backend="portable…"` or `"avx2"` switches the IFMA backend off; other targets have none.
#[cfg(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
pub(crate) mod ifma;
#[cfg(not(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
)))]
#[path = "backend/no_ifma.rs"]
pub(crate) mod ifma;

// And either switches the AVX2 backend off.
#[cfg(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32"))
))]
pub(crate) mod avx2;
#[cfg(not(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32"))
)))]
#[path = "backend/no_avx2.rs"]
pub(crate) mod avx2;

#[cfg(all(rs256_backend = "ifma", not(target_arch = "x86_64")))]
compile_error!("rs256_backend=\"ifma\" is for x86-64 only");
#[cfg(all(rs256_backend = "avx2", not(target_arch = "x86_64")))]
compile_error!("rs256_backend=\"avx2\" is for x86-64 only");

#[cfg(all(feature = "cortex-m-dsp", target_arch = "arm"))]
mod arm;
pub(crate) mod limb;
mod portable;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use core::fmt;

use self::avx2::{Avx2, Form as _};
use self::ifma::{Form as _, Ifma};
use self::portable::{Chain, Scratch};
use crate::rs256::public_key::RsaPublicKey;
use crate::rs256::size::{Rsa2048, Rsa4096, RsaSize};
use crate::rs256::{KeyFingerprint, MessageHash};

pub(crate) use self::native::{NativeLimb, read_be_native};
pub(crate) use self::portable::{Block, Columns, Modulus, write_be};

/// The limb of this build. A key in a `static` is made of these, so there is one width per build.
#[cfg(any(
    rs256_backend = "portable32",
    all(
        not(target_pointer_width = "64"),
        not(any(rs256_backend = "portable64", rs256_backend = "ifma", rs256_backend = "avx2"))
    )
))]
mod native {
    pub(crate) type NativeLimb = u32;
    pub(crate) use super::limb::read_be_u32 as read_be_native;
}

#[cfg(not(any(
    rs256_backend = "portable32",
    all(
        not(target_pointer_width = "64"),
        not(any(rs256_backend = "portable64", rs256_backend = "ifma", rs256_backend = "avx2"))
    )
)))]
mod native {
    pub(crate) type NativeLimb = u64;
    pub(crate) use super::limb::read_be_u64 as read_be_native;
}

/// Whether the digest is computed before the arithmetic begins, not in the middle of it: then its state does not lie on
/// the stack together with the numbers.
pub(crate) const HASH_FIRST: bool = NativeLimb::BITS == 32;

/// Constants of a [`Chain`] in a prepared key. Targets with 32-bit limbs have little memory, and nothing else to
/// prepare: their prepared key is the public key.
const CHAIN_CONSTANTS: usize = if NativeLimb::BITS == 64 { 2 } else { 0 };

/// A public key with whatever the chosen backend wants to know beforehand.
///
/// It holds the modulus as well, so the [`RsaPublicKey`] need not be kept. Its size in octets, and what making one
/// takes (AMD Zen 4, microseconds for a modulus of the type's full length; about as long as two and a half signatures
/// by `ifma`, and one by `portable64`):
///
/// | key type | `RsaPublicKey` | `ifma`, size | `ifma`, µs | `portable64`, size | `portable64`, µs | `portable32`, size |
/// | --- | ---: | ---: | ---: | ---: | ---: | ---: |
/// | [`Rsa2048`] | 280 | 2048 | 11 | 816 | 19 | 296 |
/// | [`Rsa4096`] | 536 | 3904 | 36 | 1584 | 72 | 552 |
/// | [`Rsa8192`](crate::Rsa8192) | 1048 | 4416 | 278 | 3120 | 279 | 1064 |
///
/// On x86-64 a key has room for each backend, whichever the machine turns out to have, so with `avx2` it has the size
/// that it has with `ifma`; making one takes 14 and 40 µs of the first two types. `portable32` prepares nothing:
/// `cargo bench --bench rs256` times preparing, and a test of this module holds the sizes.
#[derive(Clone)]
pub struct PreparedKey<S: RsaSize = Rsa4096> {
    inner: Inner<S>,
}

/// One variant for each backend that prepares a key. A backend that needs a CPU feature keeps the proof of it in its
/// variant.
#[derive(Clone)]
enum Inner<S: RsaSize> {
    Portable(PortableKey<S>),
    Ifma {
        public: RsaPublicKey<S>,
        // INVARIANT: that of `public`
        fingerprint: KeyFingerprint,
        key: S::Ifma,
    },
    Avx2 {
        public: RsaPublicKey<S>,
        // INVARIANT: that of `public`
        fingerprint: KeyFingerprint,
        key: S::Avx2,
    },
}

// Fits into the RAM of a small microcontroller, and into a few cache lines per key elsewhere.
const _: () = assert!(size_of::<PreparedKey<Rsa2048>>() <= if NativeLimb::BITS == 64 { 2048 } else { 600 });
const _: () = assert!(size_of::<RsaPublicKey<Rsa2048>>() <= 256 + 24);

/// What computes, for messages to people and for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    #[cfg_attr(target_pointer_width = "32", allow(dead_code))]
    Portable64,
    #[cfg_attr(target_pointer_width = "64", allow(dead_code))]
    Portable32,
    Ifma,
    Avx2,
}

impl<S: RsaSize> PreparedKey<S> {
    /// Prepares a key for the backend that this machine uses.
    #[must_use]
    pub fn new(key: &RsaPublicKey<S>) -> Self {
        let n = key.modulus();
        let ifma = Ifma::detect()
            .and_then(|token| S::Ifma::prepare(token, n.blocks.as_flattened(), n.octets(), key.exponent()));
        let inner = match ifma {
            Some(ifma) => Inner::Ifma {
                public: key.clone(),
                fingerprint: KeyFingerprint::of(key),
                key: ifma,
            },
            None => Inner::of_avx2(key).unwrap_or_else(|| Inner::Portable(PortableKey::new(key))),
        };
        Self { inner }
    }

    /// What a cache remembers the key by; computed once, when the key is prepared.
    pub(crate) const fn fingerprint(&self) -> KeyFingerprint {
        match &self.inner {
            Inner::Portable(key) => key.fingerprint,
            Inner::Ifma { fingerprint, .. } | Inner::Avx2 { fingerprint, .. } => *fingerprint,
        }
    }

    /// Length of the modulus in octets, k in
    /// [RFC 8017](https://www.rfc-editor.org/rfc/rfc8017#section-2): every signature has exactly this length.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.public_key().modulus_len()
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub const fn modulus_bits(&self) -> u32 {
        self.public_key().modulus_bits()
    }

    /// The public exponent.
    #[must_use]
    pub const fn exponent(&self) -> u64 {
        self.public_key().exponent()
    }

    const fn public_key(&self) -> &RsaPublicKey<S> {
        match &self.inner {
            Inner::Portable(key) => &key.public,
            Inner::Ifma { public, .. } | Inner::Avx2 { public, .. } => public,
        }
    }

    pub(crate) const fn backend(&self) -> Backend {
        match self.inner {
            Inner::Portable(_) if NativeLimb::BITS == 64 => Backend::Portable64,
            Inner::Portable(_) => Backend::Portable32,
            Inner::Ifma { .. } => Backend::Ifma,
            Inner::Avx2 { .. } => Backend::Avx2,
        }
    }
}

impl<S: RsaSize> Inner<S> {
    /// The key for the AVX2 backend, where the machine has it and it serves such keys.
    fn of_avx2(key: &RsaPublicKey<S>) -> Option<Self> {
        let n = key.modulus();
        let blocks = n.blocks.len();
        let mut avx2 = S::Avx2::begin(Avx2::detect()?, n.blocks.as_flattened(), n.n0, n.bits, key.exponent())?;
        let (mut neg_d, mut neg_pd) = (S::ZERO_LIMBS, S::ZERO_LIMBS);
        let neg_d = neg_d.as_mut().get_mut(..blocks)?;
        let neg_pd = neg_pd.as_mut().get_mut(..blocks)?;
        with_scratch::<S, _>(&n, |scratch| {
            avx2.write_d(scratch.x.as_flattened_mut());
            portable::chain_constants(&n, neg_d, neg_pd, scratch);
        });
        avx2.set_constants(neg_d.as_flattened(), neg_pd.as_flattened());
        Some(Self::Avx2 {
            public: key.clone(),
            fingerprint: KeyFingerprint::of(key),
            key: avx2,
        })
    }
}

impl<S: RsaSize> fmt::Debug for PreparedKey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey")
            .field("modulus_bits", &self.modulus_bits())
            .field("exponent", &self.exponent())
            .field("backend", &self.backend())
            .finish()
    }
}

/// A key in either form.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyRef<'k, S: RsaSize> {
    /// Goes to the backend that was chosen when it was prepared.
    Prepared(&'k PreparedKey<S>),
    /// Goes the portable way, for which nothing is prepared.
    Static(&'k RsaPublicKey<S>),
}

impl<'k, S: RsaSize> KeyRef<'k, S> {
    /// The key as the IFMA backend has it.
    fn ifma(self) -> Option<ifma::ByVectors<'k>> {
        match self {
            Self::Prepared(PreparedKey {
                inner: Inner::Ifma { key, .. },
            }) => Some(key.get()),
            _ => None,
        }
    }

    pub(crate) const fn public_key(self) -> &'k RsaPublicKey<S> {
        match self {
            Self::Prepared(key) => key.public_key(),
            Self::Static(key) => key,
        }
    }

    /// What a cache remembers the key by: computed anew for a key in flash, at a hundredth of the cost of RSA there.
    pub(crate) fn fingerprint(self) -> KeyFingerprint {
        match self {
            Self::Prepared(key) => key.fingerprint(),
            Self::Static(key) => KeyFingerprint::of(key),
        }
    }
}

/// Whether s^e mod n is the EMSA-PKCS1-v1_5 encoding of `hash`, for the signature s of exactly k octets. False, too, if
/// s is not below n.
// Where the stack is dear it is no step of its own.
#[cfg_attr(not(target_pointer_width = "64"), inline(always))]
pub(crate) fn verify<S: RsaSize>(key: KeyRef<'_, S>, signature: &[u8], hash: MessageHash<'_>) -> bool {
    if signature.len() != key.public_key().modulus_len() {
        return false;
    }
    match key {
        KeyRef::Prepared(key) => match &key.inner {
            Inner::Portable(key) => hash.with(|digest| key.verify_vartime(signature, digest)),
            Inner::Ifma { key, .. } => key.get().verify(signature, hash),
            Inner::Avx2 { key, .. } => hash.with(|digest| key.verify_vartime(signature, digest)),
        },
        KeyRef::Static(key) => hash.with(|digest| verify_unprepared_vartime(key, signature, digest)),
    }
}

/// How many signatures a batch kernel takes.
pub(crate) const LANES: usize = 8;

/// Keys that go into one batch kernel together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneClass {
    V5,
    V8,
    V10,
}

impl LaneClass {
    pub(crate) const ALL: [Self; 3] = [Self::V5, Self::V8, Self::V10];

    /// From how many signatures on the batch kernel is faster than verifying them one by one.
    pub(crate) const fn fewest_lanes_that_pay(self) -> usize {
        match self {
            Self::V5 => 7,
            Self::V8 | Self::V10 => 8,
        }
    }
}

/// Which batch kernel takes the key, if any.
pub(crate) fn lane_class<S: RsaSize>(key: KeyRef<'_, S>) -> Option<LaneClass> {
    key.ifma().map(ifma::ByVectors::class)
}

/// SHA-256 of eight messages, where that is faster than one after the other.
pub(crate) fn digest8(messages: [&[u8]; LANES]) -> Option<[[u8; 32]; LANES]> {
    Ifma::detect().map(|token| ifma::digest8(token, messages))
}

/// [`verify`] for eight signatures, all at once where the keys are of one class.
pub(crate) fn verify8<S: RsaSize>(
    keys: [KeyRef<'_, S>; LANES],
    signatures: [&[u8]; LANES],
    digests: &[[u8; 32]; LANES],
) -> [bool; LANES] {
    ifma::verify8(keys.map(KeyRef::ifma), signatures, digests).unwrap_or_else(|| {
        let mut good = [false; LANES];
        for (((good, key), signature), digest) in good.iter_mut().zip(keys).zip(signatures).zip(digests) {
            *good = verify(key, signature, MessageHash::Known(digest));
        }
        good
    })
}

/// Writes m = s^e mod n, k octets, into `out`; false if signature or `out` do not have k octets or s is not below n.
///
/// The portable way only: this serves tests, and those who want the number instead of a verdict.
pub(crate) fn public_op<S: RsaSize>(key: KeyRef<'_, S>, signature: &[u8], out: &mut [u8]) -> bool {
    let key = key.public_key();
    let k = key.modulus_len();
    if signature.len() != k || out.len() != k {
        return false;
    }
    with_scratch::<S, _>(&key.modulus(), |scratch| {
        let below = portable::power_vartime(&key.modulus(), key.exponent(), signature, scratch);
        if below {
            write_be(scratch.x, out);
        }
        below
    })
}

// Not inlined: the numbers are on the stack while it runs, and only then.
#[inline(never)]
fn verify_unprepared_vartime<S: RsaSize>(key: &RsaPublicKey<S>, signature: &[u8], digest: &[u8; 32]) -> bool {
    let n = key.modulus();
    with_scratch::<S, _>(&n, |scratch| {
        portable::verify_vartime(&n, key.exponent(), signature, digest, scratch)
    })
}

/// Lends scratch space of the modulus's length, zeroed.
fn with_scratch<S: RsaSize, T>(n: &Modulus<'_, NativeLimb>, run: impl FnOnce(&mut Scratch<'_, NativeLimb>) -> T) -> T {
    let (mut x, mut t) = (S::ZERO_LIMBS, S::ZERO_DOUBLE_LIMBS);
    let (x, t) = (x.as_mut(), t.as_mut());
    let blocks = n.blocks.len();
    let x = x.get_mut(..blocks).unwrap_or_default();
    let t = t.get_mut(..2 * blocks).unwrap_or_default();
    run(&mut Scratch { x, t })
}

/// The portable backend's key.
#[derive(Clone)]
struct PortableKey<S: RsaSize> {
    public: RsaPublicKey<S>,
    // INVARIANT: that of `public`
    fingerprint: KeyFingerprint,
    /// neg_d and neg_pd of [`Chain`]; zeros if the exponent has no chain.
    chain: [S::Limbs; CHAIN_CONSTANTS],
}

impl<S: RsaSize> PortableKey<S> {
    fn new(public: &RsaPublicKey<S>) -> Self {
        let mut key = Self {
            public: public.clone(),
            fingerprint: KeyFingerprint::of(public),
            chain: [S::ZERO_LIMBS; CHAIN_CONSTANTS],
        };
        let n = public.modulus();
        let blocks = n.blocks.len();
        if let (Some(squarings), [neg_d, neg_pd]) =
            (portable::chain_squarings(public.exponent()), key.chain.as_mut_slice())
        {
            let neg_d = neg_d.as_mut().get_mut(..blocks).unwrap_or_default();
            let neg_pd = neg_pd.as_mut().get_mut(..blocks).unwrap_or_default();
            with_scratch::<S, _>(&n, |scratch| {
                portable::prepare_chain(&n, squarings, neg_d, neg_pd, scratch)
            });
        }
        key
    }

    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool {
        let (Some(squarings), [neg_d, neg_pd]) =
            (portable::chain_squarings(self.public.exponent()), self.chain.as_slice())
        else {
            return verify_unprepared_vartime(&self.public, signature, digest);
        };
        let n = self.public.modulus();
        let blocks = n.blocks.len();
        let chain = Chain {
            neg_d: neg_d.as_ref().get(..blocks).unwrap_or_default(),
            neg_pd: neg_pd.as_ref().get(..blocks).unwrap_or_default(),
        };
        with_scratch::<S, _>(&n, |scratch| {
            portable::verify_by_chain_vartime(&n, squarings, chain, signature, digest, scratch)
        })
    }
}

/// Single backends, for the crate's own benches and fuzz targets.
#[cfg(any(rs256_internals, fuzzing))]
#[allow(missing_docs)]
pub mod internals {
    use super::{Inner, KeyRef, LANES, MessageHash, PortableKey, PreparedKey, RsaPublicKey, RsaSize};

    /// The key as a machine without vector code prepares it.
    pub fn prepare_portable<S: RsaSize>(key: &RsaPublicKey<S>) -> PreparedKey<S> {
        let inner = Inner::Portable(PortableKey::new(key));
        PreparedKey { inner }
    }

    /// The key as a machine with AVX2 and without AVX-512 IFMA prepares it; `None` on a machine without AVX2, and for
    /// keys that this backend does not serve.
    pub fn prepare_avx2<S: RsaSize>(key: &RsaPublicKey<S>) -> Option<PreparedKey<S>> {
        Inner::of_avx2(key).map(|inner| PreparedKey { inner })
    }

    pub fn verify_eight<S: RsaSize>(
        keys: [&PreparedKey<S>; LANES],
        signatures: [&[u8]; LANES],
        digests: &[[u8; 32]; LANES],
    ) -> [bool; LANES] {
        super::verify8(keys.map(KeyRef::Prepared), signatures, digests)
    }

    pub fn verify_prepared<S: RsaSize>(key: &PreparedKey<S>, signature: &[u8], digest: &[u8; 32]) -> bool {
        super::verify(KeyRef::Prepared(key), signature, MessageHash::Known(digest))
    }

    pub fn verify_static<S: RsaSize>(key: &RsaPublicKey<S>, signature: &[u8], digest: &[u8; 32]) -> bool {
        super::verify(KeyRef::Static(key), signature, MessageHash::Known(digest))
    }

    pub fn public_op<S: RsaSize>(key: &RsaPublicKey<S>, signature: &[u8], out: &mut [u8]) -> bool {
        super::public_op(KeyRef::Static(key), signature, out)
    }
}
