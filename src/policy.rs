// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stage 5, POLICY: what a token must claim to be accepted, and when.
//!
//! A [`Policy`] is a `const` value of borrowed data, so it can live in flash. It is strict as made; every relaxation is
//! a call with a name of its own. Anything else that decides about claims is a [`Check`] beside it.

mod judge;

use core::fmt;

use crate::claims::{Claims, NumericDate};
use crate::error::{ClaimsError, PolicyError, RegisteredClaim};
use crate::json::JsonStr;
use crate::jwk::SigningKey;
use crate::jws::JoseHeader;
use crate::report::{Compared, Explain, Findings, NotChecked, Rule, Value};
pub(crate) use judge::{FirstFailure, Judge};

/// A rule that a token with a good signature must pass to be accepted.
///
/// [`Policy`] is the usual one. A pair of checks is a check: the first, then the second.
///
/// # Examples
///
/// ```
/// use rs256::{Check, NumericDate, PolicyError, TokenView};
///
/// /// Accepts tokens of one department only.
/// struct Department(&'static str);
///
/// impl Check for Department {
///     fn check(&self, token: &TokenView<'_, '_>, _now: NumericDate) -> Result<(), PolicyError> {
///         match token.claims().strings("department") {
///             Some(department) if department.contains(self.0) => Ok(()),
///             _ => Err(PolicyError::Other("department")),
///         }
///     }
/// }
/// ```
pub trait Check {
    /// Refuses a token by its JOSE header alone, before any RSA work. Accepts every header unless overridden: a check that
    /// hands on to another one in [`check`](Self::check) hands this on too, or is made of both as a pair.
    ///
    /// # Errors
    ///
    /// The rule that the header broke.
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        let _ = header;
        Ok(())
    }

    /// Accepts or refuses a token whose signature is good, at the time `now`.
    ///
    /// # Errors
    ///
    /// The rule that the token broke.
    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError>;
}

impl<A: Check + ?Sized, B: Check + ?Sized> Check for (&A, &B) {
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        self.0.check_header(header)?;
        self.1.check_header(header)
    }

    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        self.0.check(token, now)?;
        self.1.check(token, now)
    }
}

/// What a [`Check`] may look at: a token whose signature is good and whose claims are well-formed.
#[derive(Clone, Copy, Debug)]
pub struct TokenView<'b, 'k> {
    header: JoseHeader<'b>,
    claims: Claims<'b>,
    key: SigningKey<'k>,
}

impl<'b, 'k> TokenView<'b, 'k> {
    pub(crate) const fn new(header: JoseHeader<'b>, claims: Claims<'b>, key: SigningKey<'k>) -> Self {
        Self { header, claims, key }
    }

    /// Where to write what is known of the key.
    pub(crate) const fn key_mut(&mut self) -> &mut SigningKey<'k> {
        &mut self.key
    }

    /// Reads the payload into the claims: where they are, because a set of claims is large.
    #[inline]
    pub(crate) fn read_claims(&mut self, payload: &'b mut [u8]) -> Result<(), ClaimsError> {
        self.claims.read_into(payload)
    }

    /// The JOSE header, covered by the signature.
    #[must_use]
    pub const fn header(&self) -> &JoseHeader<'b> {
        &self.header
    }

    /// The claims set, covered by the signature.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// The key that verified the signature.
    #[must_use]
    pub const fn key(&self) -> &SigningKey<'k> {
        &self.key
    }
}

/// Whose tokens a [`Policy`] accepts: `iss` must equal one of these, octet for octet.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'p>(OneOrMany<'p>);

#[derive(Clone, Copy, Debug)]
enum OneOrMany<'p> {
    One(&'p str),
    Many(&'p [&'p str]),
}

impl<'p> Issuer<'p> {
    /// Exactly this issuer. A prefix, a trailing slash or another case never matches.
    #[must_use]
    pub const fn exact(issuer: &'p str) -> Self {
        Self(OneOrMany::One(issuer))
    }

    /// Any of these issuers, all of which must belong to the authority that owns the key set.
    #[must_use]
    pub const fn any_of(issuers: &'p [&'p str]) -> Self {
        Self(OneOrMany::Many(issuers))
    }

    const fn value(&self) -> Value<'p> {
        match self.0 {
            OneOrMany::One(issuer) => Value::Exactly(issuer),
            OneOrMany::Many(issuers) => Value::OneOf(issuers),
        }
    }

    fn matches(&self, claims: &Claims<'_>) -> Result<bool, PolicyError> {
        let found = claims
            .issuer()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Issuer))?;
        Ok(match self.0 {
            OneOrMany::One(issuer) => is_one_of(found, &[issuer]),
            OneOrMany::Many(issuers) => is_one_of(found, issuers),
        })
    }
}

/// The seconds allowed for clock skew ([RFC 7519 section 4.1.4](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leeway(u16);

impl Leeway {
    /// The largest leeway, in seconds. "Usually no more than a few minutes", says the RFC.
    pub const MAX_SECS: u16 = 600;

    /// No leeway.
    pub const ZERO: Self = Self(0);

    /// 60 seconds, what a [`Policy`] starts with.
    pub const DEFAULT: Self = Self(60);

    /// A leeway of `SECS` seconds; more than [`Leeway::MAX_SECS`] does not compile.
    ///
    /// # Examples
    ///
    /// ```
    /// use rs256::Leeway;
    /// assert_eq!(Some(Leeway::secs::<30>()), Leeway::from_secs(30));
    /// ```
    #[must_use]
    pub const fn secs<const SECS: u16>() -> Self {
        const { assert!(SECS <= Self::MAX_SECS) };
        Self(SECS)
    }

    /// A leeway of `secs` seconds; `None` for more than [`Leeway::MAX_SECS`].
    #[must_use]
    pub const fn from_secs(secs: u16) -> Option<Self> {
        if secs <= Self::MAX_SECS { Some(Self(secs)) } else { None }
    }

    /// The leeway in seconds.
    #[must_use]
    pub const fn as_secs(self) -> u16 {
        self.0
    }

    const fn wide(self) -> u64 {
        // widening; `From` is not const
        #[expect(clippy::as_conversions, reason = "widening")]
        {
            self.0 as u64
        }
    }
}

/// What the tokens of one authority must claim.
///
/// As made by [`Policy::new`]: `iss` and `aud` must be present and match, `exp` must be present and not have passed,
/// `nbf` is checked when present, with a leeway of 60 seconds on both; `typ` is not looked at and `iat` only for its
/// type.
///
/// # Examples
///
/// ```
/// use rs256::{Issuer, Leeway, Policy};
///
/// static POLICY: Policy<'static> =
///     Policy::new(Issuer::exact("https://login.example.com/contoso/v2.0"), &["api://orders"])
///         .leeway(Leeway::secs::<30>())
///         .require(&["sub"])
///         .token_type("at+jwt");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    issuer: Issuer<'p>,
    audiences: Option<&'p [&'p str]>,
    required: Option<Asked<&'p [&'p str], RequiredRule>>,
    token_type: Option<&'p str>,
    expiration_required: bool,
    expiration_leeway: Leeway,
    not_before_leeway: Leeway,
    max_age: Option<Asked<u32, AgeRule>>,
}

/// What a policy is asked for by a call, with the rule for it: by a pointer, so that a program whose policies are not
/// asked for it holds none of the rule's code.
#[derive(Clone, Copy)]
struct Asked<T, R> {
    what: T,
    rule: R,
}

type RequiredRule = fn(&Claims<'_>, &[&str]) -> Result<(), PolicyError>;
type AgeRule = fn(&Policy<'_>, &Claims<'_>, u32, NumericDate) -> Result<(), PolicyError>;

/// Prints what was asked for.
impl<T: fmt::Debug, R> fmt::Debug for Asked<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}

impl<'p> Policy<'p> {
    /// The strict policy for tokens of `issuer` meant for one of `audiences`. Without an audience in the list nothing
    /// is accepted.
    #[must_use]
    pub const fn new(issuer: Issuer<'p>, audiences: &'p [&'p str]) -> Self {
        Self {
            issuer,
            audiences: Some(audiences),
            required: None,
            token_type: None,
            expiration_required: true,
            expiration_leeway: Leeway::DEFAULT,
            not_before_leeway: Leeway::DEFAULT,
            max_age: None,
        }
    }

    /// Allows `leeway` at both ends of a token's life.
    #[must_use]
    pub const fn leeway(self, leeway: Leeway) -> Self {
        self.expiration_leeway(leeway).not_before_leeway(leeway)
    }

    /// Allows `leeway` after `exp`, and after the maximum age.
    #[must_use]
    pub const fn expiration_leeway(mut self, leeway: Leeway) -> Self {
        self.expiration_leeway = leeway;
        self
    }

    /// Allows `leeway` before `nbf`, and before `iat` where a maximum age is set.
    #[must_use]
    pub const fn not_before_leeway(mut self, leeway: Leeway) -> Self {
        self.not_before_leeway = leeway;
        self
    }

    /// Refuses tokens that lack one of these claims. A claim that is `null` counts as present.
    #[must_use]
    pub const fn require(mut self, claims: &'p [&'p str]) -> Self {
        self.required = if claims.is_empty() {
            None
        } else {
            Some(Asked {
                what: claims,
                rule: check_required,
            })
        };
        self
    }

    /// Refuses tokens issued more than `secs` seconds ago, in the future, or without `iat`.
    #[must_use]
    pub const fn max_age(mut self, secs: u32) -> Self {
        self.max_age = Some(Asked {
            what: secs,
            rule: check_age,
        });
        self
    }

    /// Refuses tokens whose header does not carry the media type `typ`, such as `at+jwt`
    /// ([RFC 8725 section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)). Compared without case, the
    /// prefix `application/` optional.
    #[must_use]
    pub const fn token_type(mut self, typ: &'p str) -> Self {
        self.token_type = Some(typ);
        self
    }

    /// RELAXES: accepts tokens without `exp`. One that is present is still checked.
    #[must_use]
    pub const fn waive_expiration(mut self) -> Self {
        self.expiration_required = false;
        self
    }

    /// RELAXES: accepts tokens for any audience, or none. A token meant for another service is then accepted here.
    #[must_use]
    pub const fn any_audience(mut self) -> Self {
        self.audiences = None;
        self
    }

    /// No issuer and no audience: for the policies of a provider, which check those themselves.
    pub(crate) const fn lifetime_only() -> Self {
        Self::new(Issuer::any_of(&[]), &[])
    }

    /// The rules that a header alone can break.
    #[inline(always)]
    fn judge_header<'r, J: Judge<'r>>(&'r self, header: &JoseHeader<'r>, judge: &mut J) -> Result<(), PolicyError> {
        match self.token_type {
            Some(expected) => {
                let compared = || Compared::new(Value::text(header.typ()), Value::Exactly(expected));
                judge.demand(Rule::TokenType, compared, || check_token_type(header, expected))?;
            }
            None => judge.skip(Rule::TokenType, NotChecked::NotAskedFor),
        }
        Ok(())
    }

    /// All rules in their order.
    #[inline(always)]
    fn judge<'r, J: Judge<'r>>(
        &'r self,
        claims: &Claims<'r>,
        now: NumericDate,
        judge: &mut J,
    ) -> Result<(), PolicyError> {
        let compared = || Compared::new(Value::text(claims.issuer()), self.issuer.value());
        judge.demand(Rule::Issuer, compared, || self.check_issuer(claims))?;
        match self.audiences {
            Some(audiences) => {
                let compared = || Compared::new(Value::texts(claims.audience()), Value::OneOf(audiences));
                judge.demand(Rule::Audience, compared, || check_audience(claims, audiences))?;
            }
            None => judge.skip(Rule::Audience, NotChecked::NotAskedFor),
        }
        self.judge_lifetime(claims, now, judge)
    }

    /// The rules other than issuer and audience.
    #[inline(always)]
    pub(crate) fn judge_lifetime<'r, J: Judge<'r>>(
        &'r self,
        claims: &Claims<'r>,
        now: NumericDate,
        judge: &mut J,
    ) -> Result<(), PolicyError> {
        let clock = |leeway: Leeway| Value::Clock {
            now,
            leeway: leeway.as_secs(),
        };
        match claims.expiration() {
            None if !self.expiration_required => judge.skip(Rule::Expiration, NotChecked::Absent),
            exp => {
                let compared = || Compared::new(Value::date(exp), clock(self.expiration_leeway));
                judge.demand(Rule::Expiration, compared, || self.check_expiration(exp, now))?;
            }
        }
        match claims.not_before() {
            Some(nbf) => {
                let compared = || Compared::new(Value::Date(nbf), clock(self.not_before_leeway));
                judge.demand(Rule::NotBefore, compared, || self.check_not_before(nbf, now))?;
            }
            None => judge.skip(Rule::NotBefore, NotChecked::Absent),
        }
        match self.max_age {
            Some(Asked { what: secs, rule }) => {
                let leeway = self.expiration_leeway.as_secs();
                let compared = || {
                    let expected = Value::MaxAge { now, secs, leeway };
                    Compared::new(Value::date(claims.issued_at()), expected)
                };
                judge.demand(Rule::Age, compared, || rule(self, claims, secs, now))?;
            }
            None => judge.skip(Rule::Age, NotChecked::NotAskedFor),
        }
        match self.required {
            Some(Asked { what: names, rule }) => {
                let compared = || Compared::new(Value::None, Value::OneOf(names));
                judge.demand(Rule::RequiredClaims, compared, || rule(claims, names))
            }
            None => {
                judge.skip(Rule::RequiredClaims, NotChecked::NotAskedFor);
                Ok(())
            }
        }
    }

    fn check_issuer(&self, claims: &Claims<'_>) -> Result<(), PolicyError> {
        if self.issuer.matches(claims)? {
            Ok(())
        } else {
            Err(PolicyError::Issuer)
        }
    }

    // RFC 7519 section 4.1.4: "on or after" the date the token is refused.
    fn check_expiration(&self, exp: Option<NumericDate>, now: NumericDate) -> Result<(), PolicyError> {
        match exp.ok_or(PolicyError::MissingClaim(RegisteredClaim::Expiration))? {
            exp if now >= exp.plus(self.expiration_leeway.wide()) => Err(PolicyError::Expired { exp, now }),
            _ => Ok(()),
        }
    }

    // RFC 7519 section 4.1.5: "before" the date the token is refused.
    fn check_not_before(&self, nbf: NumericDate, now: NumericDate) -> Result<(), PolicyError> {
        if now.plus(self.not_before_leeway.wide()) < nbf {
            Err(PolicyError::NotYetValid { nbf, now })
        } else {
            Ok(())
        }
    }
}

// RFC 7519 section 4.1.6 leaves the age to the application.
fn check_age(policy: &Policy<'_>, claims: &Claims<'_>, max_age: u32, now: NumericDate) -> Result<(), PolicyError> {
    let missing = PolicyError::MissingClaim(RegisteredClaim::IssuedAt);
    let (iat, iat_ceil) = claims.issued_at().zip(claims.issued_at_ceil()).ok_or(missing)?;
    if now.plus(policy.not_before_leeway.wide()) < iat_ceil {
        return Err(PolicyError::IssuedInFuture { iat: iat_ceil, now });
    }
    if now > iat.plus(u64::from(max_age)).plus(policy.expiration_leeway.wide()) {
        return Err(PolicyError::TooOld { iat, now });
    }
    Ok(())
}

fn check_required(claims: &Claims<'_>, names: &[&str]) -> Result<(), PolicyError> {
    match names.iter().position(|name| claims.get(name).is_none()) {
        None => Ok(()),
        Some(index) => Err(PolicyError::MissingRequired {
            index: u16::try_from(index).unwrap_or(u16::MAX),
        }),
    }
}

fn check_token_type(header: &JoseHeader<'_>, expected: &str) -> Result<(), PolicyError> {
    if header.is_typ(expected) {
        Ok(())
    } else {
        Err(PolicyError::TokenType)
    }
}

fn check_audience(claims: &Claims<'_>, audiences: &[&str]) -> Result<(), PolicyError> {
    let found = claims
        .audience()
        .ok_or(PolicyError::MissingClaim(RegisteredClaim::Audience))?;
    // RFC 7519 section 4.1.3: one common entry is enough.
    if found.any(|found| is_one_of(found, audiences)) {
        Ok(())
    } else {
        Err(PolicyError::Audience)
    }
}

// One copy of it where code is dear.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn is_one_of(found: JsonStr<'_>, texts: &[&str]) -> bool {
    texts.iter().any(|text| found == **text)
}

impl Check for Policy<'_> {
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        self.judge_header(header, &mut FirstFailure)
    }

    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        self.judge(token.claims(), now, &mut FirstFailure)
    }
}

impl Explain for Policy<'_> {
    fn explain_header<'r>(&'r self, header: &JoseHeader<'r>, findings: &mut Findings<'r>) {
        findings.walked(|findings| self.judge_header(header, findings));
    }

    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        findings.walked(|findings| self.judge(token.claims(), now, findings));
    }
}

/// The setters of a provider's policy that are those of the [`Policy`] in its field `lifetime`.
macro_rules! lifetime_rules {
    () => {
        /// Allows `leeway` at both ends of a token's life, as [`Policy::leeway`].
        #[must_use]
        pub const fn leeway(mut self, leeway: Leeway) -> Self {
            self.lifetime = self.lifetime.leeway(leeway);
            self
        }

        /// Allows `leeway` after `exp`, as [`Policy::expiration_leeway`].
        #[must_use]
        pub const fn expiration_leeway(mut self, leeway: Leeway) -> Self {
            self.lifetime = self.lifetime.expiration_leeway(leeway);
            self
        }

        /// Allows `leeway` before `nbf`, as [`Policy::not_before_leeway`].
        #[must_use]
        pub const fn not_before_leeway(mut self, leeway: Leeway) -> Self {
            self.lifetime = self.lifetime.not_before_leeway(leeway);
            self
        }

        /// Refuses tokens that lack one of these claims, as [`Policy::require`].
        #[must_use]
        pub const fn require(mut self, claims: &'p [&'p str]) -> Self {
            self.lifetime = self.lifetime.require(claims);
            self
        }

        /// Refuses tokens issued more than `secs` seconds ago, as [`Policy::max_age`].
        #[must_use]
        pub const fn max_age(mut self, secs: u32) -> Self {
            self.lifetime = self.lifetime.max_age(secs);
            self
        }
    };
}

pub(crate) use lifetime_rules;

/// A list of withdrawn tokens, subjects or sessions that the application keeps.
///
/// Asked about a token that was accepted otherwise, each time, whatever a cache remembers of it.
pub trait Revocation {
    /// Whether a token with these claims has been withdrawn.
    fn is_revoked(&self, claims: &Claims<'_>) -> bool;
}
