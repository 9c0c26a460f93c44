// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 4, VERIFY, by a device: a peripheral raises the signature to the public exponent, and everything around that
//! stays here.
//!
//! Many microcontrollers have such a device. What it takes is the same everywhere, a base, an exponent and a modulus;
//! what it gives is believed as little as the token itself: the length and the range of the signature are checked
//! before, and the whole encoded message is compared after.
//!
//! | the device | use |
//! | --- | --- |
//! | answers while the caller waits | [`PendingJws::verify_on`] with an [`Accelerator`] |
//! | answers later, by an interrupt or a future | [`PendingJws::begin`], then [`BegunJws::finish`] |
//! | is not there | [`PendingJws::verify`], or [`Software`] |
//!
//! A device that fails is a fault of our own, an [`AcceleratorError`], and never says that a signature is bad.

use core::fmt;

use crate::backend::{self, KeyRef};
pub use crate::error::AcceleratorError;
use crate::error::{Error, InvalidSignature};
use crate::rs256::{self, MessageHash, Rsa4096, RsaPublicKey, RsaSize};
use crate::verifier::{PendingJws, VerifiedJws};

/// A device that computes s^e mod n.
///
/// # Examples
///
/// ```
/// use rs256::accelerator::{Accelerator, AcceleratorError};
/// use rs256::{RsaPublicKey, RsaSize};
///
/// # struct Peripheral;
/// # impl Peripheral {
/// #     fn modular_exponentiation(&mut self, _: &mut [u8], _: u64, _: &[u8]) -> Result<(), ()> { Err(()) }
/// # }
/// struct Pka(Peripheral);
///
/// impl<S: RsaSize> Accelerator<S> for Pka {
///     fn rsa_public(&mut self, key: &RsaPublicKey<S>, number: &mut [u8]) -> Result<(), AcceleratorError> {
///         let mut modulus = [0; 256];
///         if !key.write_modulus(&mut modulus) {
///             return Err(AcceleratorError::Unsupported);
///         }
///         self.0
///             .modular_exponentiation(number, key.exponent(), &modulus)
///             .map_err(|()| AcceleratorError::Failed)
///     }
/// }
/// ```
pub trait Accelerator<S: RsaSize = Rsa4096> {
    /// Whether software computes what the device does not support, and what it gives an unexpected answer to. Without
    /// it the arithmetic need not be linked, but a wrong number that is below the modulus looks like a bad signature.
    const SOFTWARE_FALLBACK: bool = true;

    /// Replaces `number`, a signature that is below the modulus, by its power; both big-endian, and both of exactly
    /// [`modulus_len`](RsaPublicKey::modulus_len) octets.
    ///
    /// # Errors
    ///
    /// Whatever the device reports; a device that does not answer must be given up after some time.
    fn rsa_public(&mut self, key: &RsaPublicKey<S>, number: &mut [u8]) -> Result<(), AcceleratorError>;
}

/// No device: the crate's own arithmetic.
#[derive(Clone, Copy, Debug)]
pub struct Software;

impl<S: RsaSize> Accelerator<S> for Software {
    /// What software finds needs no second opinion of software.
    const SOFTWARE_FALLBACK: bool = false;

    fn rsa_public(&mut self, key: &RsaPublicKey<S>, number: &mut [u8]) -> Result<(), AcceleratorError> {
        let mut signature = S::ZERO_OCTETS;
        let signature = signature.as_mut().get_mut(..number.len()).unwrap_or_default();
        copy(signature, number);
        backend::public_op(KeyRef::Static(key), signature, number)
            .then_some(())
            .ok_or(AcceleratorError::Failed)
    }
}

impl<'t, 'b, 'k, S: RsaSize> PendingJws<'t, 'b, 'k, S> {
    /// [`PendingJws::verify`] with the RSA operation on a device.
    ///
    /// # Errors
    ///
    /// [`Error::Signature`] when no key made the signature, [`Error::Accelerator`] when the device failed, when its answer
    /// is not below the modulus, or, with [`SOFTWARE_FALLBACK`](Accelerator::SOFTWARE_FALLBACK), when software finds
    /// another result.
    pub fn verify_on<A: Accelerator<S>>(self, accelerator: &mut A) -> Result<VerifiedJws<'b, 'k, S>, Error> {
        let digest = rs256::digest(self.signing_input());
        let mut fault = None;
        let verdict = self.verify_by(|key, jws| {
            if fault.is_some() {
                return Err(InvalidSignature);
            }
            verify_on_device(accelerator, key, jws.signature, &digest).map_err(|error| {
                fault = error;
                InvalidSignature
            })
        });
        match fault {
            Some(fault) => Err(fault.into()),
            None => Ok(verdict?),
        }
    }

    /// The first half of the work for a device that answers later: hashes, and checks what can be checked of the
    /// signature without arithmetic.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] when no key can have made the signature.
    pub fn begin(mut self) -> Result<BegunJws<'t, 'b, 'k, S>, InvalidSignature> {
        self.skip_to(|key, jws| is_in_range(key.public_key(), jws.signature))?;
        let digest = rs256::digest(self.signing_input());
        Ok(BegunJws { pending: self, digest })
    }
}

/// Asks the device about one key. The error is `None` when the signature is not the key's, and the fault when the device
/// gave no answer.
fn verify_on_device<S: RsaSize, A: Accelerator<S>>(
    accelerator: &mut A,
    key: KeyRef<'_, S>,
    signature: &[u8],
    digest: &[u8; 32],
) -> Result<(), Option<AcceleratorError>> {
    if !is_in_range(key.public_key(), signature) {
        return Err(None);
    }
    let mut number = S::ZERO_OCTETS;
    let number = number.as_mut().get_mut(..signature.len()).unwrap_or_default();
    copy(number, signature);
    let answer = accelerator.rsa_public(key.public_key(), number);
    match answer {
        Ok(()) if rs256::emsa::is_encoding(number, digest) => return Ok(()),
        // A power is below the modulus, whatever the signature: this answer is wrong, and no software need tell.
        Ok(()) if !is_in_range(key.public_key(), number) => return Err(Some(AcceleratorError::WrongResult)),
        Ok(()) | Err(AcceleratorError::Unsupported) if A::SOFTWARE_FALLBACK => {}
        Ok(()) => return Err(None),
        Err(fault) => return Err(Some(fault)),
    }
    let good = backend::verify(key, signature, MessageHash::Known(digest));
    match answer {
        Err(_) if good => Ok(()),
        Ok(()) if good => Err(Some(AcceleratorError::WrongResult)),
        _ => Err(None),
    }
}

/// RFC 8017 section 8.2.2 step 1 and section 5.2.2 step 1: k octets, and below n.
#[inline(never)]
fn is_in_range<S: RsaSize>(key: &RsaPublicKey<S>, signature: &[u8]) -> bool {
    let mut n = S::ZERO_OCTETS;
    let n = n.as_mut().get_mut(..signature.len()).unwrap_or_default();
    // Numbers of equal length compare as their octets do.
    key.write_modulus(n) && signature < &*n
}

fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// A token whose signature is with a device. Nothing is known of it before [`finish`](Self::finish).
pub struct BegunJws<'t, 'b, 'k, S: RsaSize = Rsa4096> {
    pending: PendingJws<'t, 'b, 'k, S>,
    digest: [u8; 32],
}

impl<'b, 'k, S: RsaSize> BegunJws<'_, 'b, 'k, S> {
    /// The key, with the exponent and the modulus for the device.
    #[must_use]
    pub const fn key(&self) -> &'k RsaPublicKey<S> {
        self.pending.candidate_key().public_key()
    }

    /// The signature, big-endian, as many octets as the modulus has, and below it: the base for the device.
    #[must_use]
    pub const fn signature(&self) -> &[u8] {
        self.pending.signature()
    }

    /// Compares what the device gave, big-endian and as many octets as the modulus has. An answer that does not accept
    /// the token is checked in software, and so are further keys of the token's `kid`.
    ///
    /// # Errors
    ///
    /// [`Error::Signature`] when no key made the signature, [`Error::Accelerator`] when the answer of the device is
    /// wrong. Where the device reports a fault, drop `self` and answer with that.
    pub fn finish(self, em: &[u8]) -> Result<VerifiedJws<'b, 'k, S>, Error> {
        let Self { pending, digest } = self;
        let accepted = rs256::emsa::is_encoding(em, &digest);
        // k octets and below the modulus, as every power is.
        if !is_in_range(pending.candidate_key().public_key(), em) {
            return Err(AcceleratorError::WrongResult.into());
        }
        let mut first = true;
        let mut wrong = false;
        let verdict = pending.verify_by(|key, jws| {
            let asked = core::mem::replace(&mut first, false);
            if asked && accepted {
                return Ok(());
            }
            let good = !wrong && backend::verify(key, jws.signature, MessageHash::Known(&digest));
            wrong |= asked && good;
            (good && !wrong).then_some(()).ok_or(InvalidSignature)
        });
        if wrong {
            return Err(AcceleratorError::WrongResult.into());
        }
        Ok(verdict?)
    }
}

/// Prints the size of the key alone.
impl<S: RsaSize> fmt::Debug for BegunJws<'_, '_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BegunJws")
            .field("modulus_bits", &self.key().modulus_bits())
            .finish_non_exhaustive()
    }
}
