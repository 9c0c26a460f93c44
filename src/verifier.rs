// SPDX-License-Identifier: MIT OR Apache-2.0

//! The whole story in one function, [`Verifier::verify`], and the types between its stages.

use core::fmt;
use core::marker::PhantomData;

use crate::candidates::{Authorities, Candidate};
use crate::claims::{Claims, NumericDate};
use crate::error::{Error, InvalidSignature, PolicyError};
use crate::jwk::{KeySetRef, SigningKey};
use crate::jws::{CompactJws, DecodedJws, JoseHeader};
use crate::policy::{Check, Revocation, TokenView};
use crate::rs256::{self, KeyRef, Rsa4096, RsaSize};

/// The keys of one authority and the policy for its tokens.
///
/// The two belong together: a key of authority A never vouches for an issuer of authority B
/// ([RFC 8725 section 3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)).
pub struct Authority<'k, S: RsaSize = Rsa4096> {
    pub(crate) keys: KeySetRef<'k, S>,
    pub(crate) policy: &'k (dyn Check + Sync),
}

impl<'k, S: RsaSize> Authority<'k, S> {
    /// Binds `keys` (a key set, or one pinned key) to `policy`.
    pub fn new(keys: impl Into<KeySetRef<'k, S>>, policy: &'k (dyn Check + Sync)) -> Self {
        Self {
            keys: keys.into(),
            policy,
        }
    }
}

impl<S: RsaSize> Clone for Authority<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Authority<'_, S> {}

impl<S: RsaSize> fmt::Debug for Authority<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// Verifies tokens of one authority, or of several.
///
/// # Examples
///
/// ```
/// use rs256::{Issuer, KeySet, NumericDate, Policy, Verifier};
///
/// // Once, or in a static.
/// static POLICY: Policy<'static> =
///     Policy::new(Issuer::exact("https://login.example.com/contoso/v2.0"), &["api://orders"]);
///
/// // At start-up and when the issuer rotates its keys.
/// let mut keys = KeySet::<8>::new();
/// # let jwk_set_json = include_bytes!("../tests/data/doc/jwks.json");
/// keys.replace_from_jwk_set(jwk_set_json)?;
///
/// // For every request.
/// # let jwt = include_bytes!("../tests/data/doc/token.jwt").trim_ascii_end();
/// # let now = 1_800_000_000;
/// let mut buf = [0_u8; 2048];
/// let token = Verifier::new(&keys, &POLICY).verify(jwt, NumericDate::from_secs(now), &mut buf)?;
/// assert!(token.claims().subject().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Verifier<'k, S: RsaSize = Rsa4096> {
    authorities: Authorities<'k, S>,
}

impl<'k, S: RsaSize> Verifier<'k, S> {
    /// A verifier for the tokens of one authority: its keys (a [`KeySet`](crate::KeySet), or one pinned key) and the
    /// policy for its tokens.
    pub fn new(keys: impl Into<KeySetRef<'k, S>>, policy: &'k (dyn Check + Sync)) -> Self {
        Self {
            authorities: Authorities::One(Authority::new(keys, policy)),
        }
    }

    /// A verifier for the tokens of several authorities. A token is checked against the policy of the authority whose
    /// key verified it, never against another's. Where several have a key of the token's `kid`, they are tried in
    /// order.
    ///
    /// A key that two of them *share* answers for the first alone: a token that it verified is checked against the first
    /// one's policy, and refused if that refuses it, whatever the second would say. So two policies over the same keys
    /// do not belong here side by side. The tenants of Entra share their keys, and so do its access tokens and ID
    /// tokens: list several tenants or issuers in one policy ([`Tenant::any_of`](crate::entra::Tenant::any_of),
    /// [`Issuer::any_of`](crate::Issuer::any_of)), and give each kind of token a verifier of its own.
    #[must_use]
    pub const fn any(authorities: &'k [Authority<'k, S>]) -> Self {
        Self {
            authorities: Authorities::Many(authorities),
        }
    }

    /// Verifies `token` at the time `now`: the five stages of the crate in their order. Cheap and structural checks
    /// come first, the signature before any claim is believed, the policy last.
    ///
    /// `buf` takes the decoded segments; the result borrows header and payload from it. [`CompactJws::buffer_len`] tells
    /// how much a token needs, and 2 KiB hold an ordinary one.
    ///
    /// # Errors
    ///
    /// The first check that failed, by stage: see [`Error`].
    pub fn verify<'b, T>(&self, token: &T, now: NumericDate, buf: &'b mut [u8]) -> Result<AcceptedToken<'b>, Error>
    where
        T: AsRef<[u8]> + ?Sized,
    {
        let mut decoded = DecodedJws::empty();
        // 1 parse, 2 decode, 3 key lookup, 4 verify. By reference: moved out, the signer would be copied.
        match &self.verify_signature(token.as_ref(), buf, &mut decoded) {
            Ok(signer) => self.accept(signer, &mut decoded, now), // 5 claims and policy
            Err(error) => Err(*error),
        }
    }

    // As below.
    #[inline(never)]
    fn accept<'b>(
        &self,
        signer: &Candidate<'k, S>,
        decoded: &mut DecodedJws<'_, 'b>,
        now: NumericDate,
    ) -> Result<AcceptedToken<'b>, Error> {
        let mut token = TokenView::new(decoded.header, Claims::empty(), SigningKey::pinned(0));
        self.authorities.describe(signer, token.key_mut());
        token.read_claims(core::mem::take(&mut decoded.payload))?;
        // It has accepted the header already, or the key would not have been selected.
        signer.policy.check(&token, now)?;
        Ok(AcceptedToken::of(&token))
    }

    // A function of its own, so that what only the first stages need on the stack is gone before the last one begins.
    #[inline(never)]
    fn verify_signature<'t, 'b>(
        &self,
        token: &'t [u8],
        buf: &'b mut [u8],
        decoded: &mut DecodedJws<'t, 'b>,
    ) -> Result<Candidate<'k, S>, Error> {
        let mut candidate = self.select(token, buf, decoded)?; // 1 parse, 2 decode, 3 key lookup
        find_signer(&self.authorities, &mut candidate, decoded, plain)?; // 4 verify
        Ok(candidate)
    }

    // As above. Where words have 64 bits, handing over the result costs more than the stack is worth.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn select<'t, 'b>(
        &self,
        token: &'t [u8],
        buf: &'b mut [u8],
        decoded: &mut DecodedJws<'t, 'b>,
    ) -> Result<Candidate<'k, S>, Error> {
        let jws = CompactJws::parse(token)?; // 1 parse
        jws.decode(longest_signature::<S>(), buf, decoded)?; // 2 decode
        self.authorities.candidate_from(&decoded.header, 0, 0) // 3 key lookup
    }

    /// Stages 1 to 3 alone: parses and decodes `token` and selects the key. What remains is the RSA operation, for
    /// which there are several ways: [`PendingJws::verify`] and the other users of a [`PendingJws`].
    ///
    /// # Errors
    ///
    /// [`Error::Jws`], [`Error::Header`], [`Error::KeySelection`]; [`Error::Signature`] when the signature is longer
    /// than any key of size `S` makes; [`Error::Policy`] when the policy refuses the header.
    pub fn prepare<'t, 'b, T>(&self, token: &'t T, buf: &'b mut [u8]) -> Result<PendingJws<'t, 'b, 'k, S>, Error>
    where
        T: AsRef<[u8]> + ?Sized,
    {
        let text = token.as_ref();
        let mut decoded = DecodedJws::empty();
        let candidate = self.select(text, buf, &mut decoded)?;
        Ok(PendingJws {
            text,
            decoded,
            authorities: self.authorities,
            candidate,
            verdict: None,
        })
    }
}

impl<S: RsaSize> fmt::Debug for Verifier<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verifier").field(&self.authorities.as_slice()).finish()
    }
}

impl<S: RsaSize> Clone for Verifier<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: RsaSize> Copy for Verifier<'_, S> {}

/// Checks the signature with `candidate`, then with the candidates after it, and leaves the one that made it.
pub(crate) fn find_signer<'t, 'b, 'k, S: RsaSize>(
    authorities: &Authorities<'k, S>,
    candidate: &mut Candidate<'k, S>,
    decoded: &DecodedJws<'t, 'b>,
    mut verify: impl FnMut(KeyRef<'k, S>, &DecodedJws<'t, 'b>) -> Result<(), InvalidSignature>,
) -> Result<(), InvalidSignature> {
    loop {
        if verify(candidate.key, decoded).is_ok() {
            return Ok(());
        }
        *candidate = authorities
            .candidate_after(candidate, &decoded.header)
            .ok_or(InvalidSignature)?;
    }
}

/// Octets of the longest signature that a key of size `S` makes.
pub(crate) fn longest_signature<S: RsaSize>() -> usize {
    S::ZERO_OCTETS.as_ref().len()
}

/// A token whose key is selected, whose header is acceptable and whose segments are decoded. Its signature is not
/// checked yet.
pub struct PendingJws<'t, 'b, 'k, S: RsaSize = Rsa4096> {
    text: &'t [u8],
    decoded: DecodedJws<'t, 'b>,
    authorities: Authorities<'k, S>,
    candidate: Candidate<'k, S>,
    verdict: Option<Result<(), InvalidSignature>>,
}

impl<'t, 'b, 'k, S: RsaSize> PendingJws<'t, 'b, 'k, S> {
    /// The whole text of the token.
    pub(crate) const fn text(&self) -> &'t [u8] {
        self.text
    }

    /// The JOSE header. Nobody vouches for it yet.
    #[must_use]
    pub const fn unverified_header(&self) -> &JoseHeader<'b> {
        &self.decoded.header
    }

    /// Checks the signature with the selected key; where several keys have the token's `kid`, with one after the other.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] when none of them made it.
    pub fn verify(self) -> Result<VerifiedJws<'b, 'k, S>, InvalidSignature> {
        self.verify_by(plain)
    }

    /// [`PendingJws::verify`] where `verify` checks the signature with one key.
    pub(crate) fn verify_by(
        mut self,
        verify: impl FnMut(KeyRef<'k, S>, &DecodedJws<'t, 'b>) -> Result<(), InvalidSignature>,
    ) -> Result<VerifiedJws<'b, 'k, S>, InvalidSignature> {
        match self.verdict {
            Some(verdict) => verdict?,
            None => find_signer(&self.authorities, &mut self.candidate, &self.decoded, verify)?,
        }
        Ok(VerifiedJws::new(&self.authorities, &self.candidate, &mut self.decoded))
    }

    /// Goes on to the first candidate that `may_verify` holds for.
    pub(crate) fn skip_to(
        &mut self,
        may_verify: impl Fn(KeyRef<'k, S>, &DecodedJws<'t, 'b>) -> bool,
    ) -> Result<(), InvalidSignature> {
        find_signer(&self.authorities, &mut self.candidate, &self.decoded, |key, jws| {
            may_verify(key, jws).then_some(()).ok_or(InvalidSignature)
        })
    }

    /// Finds out whether one of the candidate keys made the signature, unless that is known already.
    pub(crate) fn settle(&mut self) -> Result<(), InvalidSignature> {
        let verdict = match self.verdict {
            Some(verdict) => verdict,
            None => find_signer(&self.authorities, &mut self.candidate, &self.decoded, plain),
        };
        self.verdict = Some(verdict);
        verdict
    }

    /// Takes note of whether the present candidate made the signature; if it did not, goes on to the next ones.
    pub(crate) fn settle_candidate(&mut self, good: bool) -> Result<(), InvalidSignature> {
        if good {
            self.verdict = Some(Ok(()));
        } else if let Some(next) = self.authorities.candidate_after(&self.candidate, &self.decoded.header) {
            self.candidate = next;
        } else {
            self.verdict = Some(Err(InvalidSignature));
        }
        self.settle()
    }

    pub(crate) const fn candidate_key(&self) -> KeyRef<'k, S> {
        self.candidate.key
    }

    pub(crate) const fn signing_input(&self) -> &[u8] {
        self.decoded.signing_input
    }

    pub(crate) const fn signature(&self) -> &[u8] {
        self.decoded.signature
    }
}

/// Checks the signature with one key by an RSA operation.
pub(crate) fn plain<S: RsaSize>(key: KeyRef<'_, S>, jws: &DecodedJws<'_, '_>) -> Result<(), InvalidSignature> {
    rs256::verify(key, jws.signing_input, jws.signature)
}

/// Prints the header's members, never the text.
impl<S: RsaSize> fmt::Debug for PendingJws<'_, '_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingJws")
            .field("header", &self.decoded.header)
            .finish_non_exhaustive()
    }
}

/// A token whose signature is good. Its claims are not checked yet, and not reachable.
pub struct VerifiedJws<'b, 'k, S: RsaSize = Rsa4096> {
    header: JoseHeader<'b>,
    payload: &'b mut [u8],
    policy: &'k (dyn Check + Sync),
    signing_key: SigningKey<'k>,
    size: PhantomData<S>,
}

impl<'b, 'k, S: RsaSize> VerifiedJws<'b, 'k, S> {
    /// The payload is taken from `decoded`.
    fn new(authorities: &Authorities<'k, S>, signer: &Candidate<'k, S>, decoded: &mut DecodedJws<'_, 'b>) -> Self {
        Self {
            header: decoded.header,
            payload: core::mem::take(&mut decoded.payload),
            policy: signer.policy,
            signing_key: authorities.signing_key(signer),
            size: PhantomData,
        }
    }

    /// The JOSE header.
    #[must_use]
    pub const fn header(&self) -> &JoseHeader<'b> {
        &self.header
    }

    /// The JWS Payload: whatever octets were signed. For a use of JWS other than claims; whoever reads claims from here
    /// has checked no policy.
    #[must_use]
    pub const fn payload(&self) -> &[u8] {
        self.payload
    }

    /// The key that verified the signature.
    #[must_use]
    pub const fn key(&self) -> SigningKey<'k> {
        self.signing_key
    }

    /// Checks the claims at the time `now` against the policy of the authority whose key verified the signature.
    ///
    /// # Errors
    ///
    /// [`Error::Claims`] when the payload is no claims set, [`Error::Policy`] when the policy refuses it.
    pub fn accept(self, now: NumericDate) -> Result<AcceptedToken<'b>, Error> {
        let policy = self.policy;
        self.check(policy, now)
    }

    /// Checks the claims at the time `now` against `policy`, which must be one for the authority whose key this is.
    ///
    /// # Errors
    ///
    /// As for [`VerifiedJws::accept`].
    pub fn check<C: Check + ?Sized>(self, policy: &C, now: NumericDate) -> Result<AcceptedToken<'b>, Error> {
        let mut token = TokenView::new(self.header, Claims::empty(), self.signing_key);
        check(&mut token, self.payload, policy, now)?;
        Ok(AcceptedToken::of(&token))
    }
}

/// Reads the claims of a token whose signature is good, and asks the policy.
#[inline(always)]
fn check<'b, C: Check + ?Sized>(
    token: &mut TokenView<'b, '_>,
    payload: &'b mut [u8],
    policy: &C,
    now: NumericDate,
) -> Result<(), Error> {
    token.read_claims(payload)?;
    policy.check_header(token.header())?;
    policy.check(token, now)?;
    Ok(())
}

/// Prints the header's members, never the text.
impl<S: RsaSize> fmt::Debug for VerifiedJws<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJws")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// A token that is good in every respect: signature, claims and policy.
#[derive(Clone, Copy, Debug)]
pub struct AcceptedToken<'b> {
    header: JoseHeader<'b>,
    claims: Claims<'b>,
}

impl<'b> AcceptedToken<'b> {
    #[inline(always)]
    const fn of(token: &TokenView<'b, '_>) -> Self {
        Self {
            header: *token.header(),
            claims: token.claims().copy_in_parts(),
        }
    }

    /// The JOSE header.
    #[must_use]
    pub const fn header(&self) -> &JoseHeader<'b> {
        &self.header
    }

    /// The claims set.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// The token, unless `revocation` has withdrawn it.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Revoked`].
    pub fn unless_revoked<R: Revocation + ?Sized>(self, revocation: &R) -> Result<Self, PolicyError> {
        if revocation.is_revoked(&self.claims) {
            Err(PolicyError::Revoked)
        } else {
            Ok(self)
        }
    }
}
