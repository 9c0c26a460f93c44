// SPDX-License-Identifier: MIT OR Apache-2.0

//! The two kinds of policy: for access tokens and for ID tokens. There is none without a kind, because the two kinds of
//! token have the same `iss`, the same `typ` and often the same `aud`.

use super::audience::Audience;
use super::facts::Facts;
use super::guid::Guid;
use super::signing_key::{self, Silence};
use super::tenant::{Tenant, Version};
use crate::claims::{Claims, NumericDate};
use crate::error::{PolicyError, ProviderClaim, RegisteredClaim};
use crate::json::JsonStr;
use crate::jws::JoseHeader;
use crate::policy::{Check, FirstFailure, Judge, Leeway, Policy, TokenView, lifetime_rules};
use crate::report::{Compared, Explain, Findings, NotChecked, Rule, Value};

/// What both kinds have in common.
#[derive(Clone, Copy, Debug)]
struct Common<'p> {
    tenant: Tenant<'p>,
    silent_keys: Silence,
}

impl<'p> Common<'p> {
    const fn new(tenant: Tenant<'p>) -> Self {
        Self {
            tenant,
            silent_keys: match tenant.only() {
                // The key set is one tenant's own, or `iss` is fixed to one tenant at least.
                Some(_) => Silence::Allowed,
                None => Silence::Refused,
            },
        }
    }

    #[inline(always)]
    fn judge_header<'r, J: Judge<'r>>(header: &JoseHeader<'r>, judge: &mut J) -> Result<(), PolicyError> {
        // The signature of a Microsoft Graph token does not cover the header as sent; no key would verify it.
        let check = || match header.has_nonce() {
            true => Err(PolicyError::GraphToken),
            false => Ok(()),
        };
        judge.rule(Rule::NotForGraph, Compared::nothing, check)?;
        Ok(())
    }

    /// `tid`, `iss`, `ver` and the signing key, which make a chain: each is bound to the one before.
    #[inline(always)]
    fn judge<'r, J: Judge<'r>>(
        &'r self,
        token: &TokenView<'r, 'r>,
        judge: &mut J,
    ) -> Result<Option<Facts<'r>>, PolicyError> {
        let claims = token.claims();
        let cloud = self.tenant.cloud();
        let facts = judge.rule(Rule::ProviderClaims, Compared::nothing, || Facts::read(claims))?;
        let known = (facts, Rule::ProviderClaims);
        let issued = judge.rule_on(
            known,
            Rule::Issuer,
            |_| Compared::new(Value::text(claims.issuer()), cloud.issuers()),
            |facts| self.check_issuer(claims, &facts),
        )?;
        judge.rule_on(
            known,
            Rule::Tenant,
            |_| {
                Compared::new(
                    claims.strings("tid").map_or(Value::None, Value::Texts),
                    self.tenant.value(),
                )
            },
            |facts| self.check_tenant(&facts),
        )?;
        let issued = (facts.zip(issued), Rule::Issuer);
        judge.rule_on(
            issued,
            Rule::TokenVersion,
            |(facts, (_, version))| {
                let found = Value::Exactly(facts.version.as_str());
                Compared::new(found, Value::Exactly(version.as_str()))
            },
            |(facts, (_, version))| check_version(facts.version == version),
        )?;
        judge.rule_on(
            issued,
            Rule::SigningKey,
            |_| Compared::new(Value::text(claims.issuer()), Value::exactly(token.key().issuer())),
            |(facts, (issuer, version))| {
                signing_key::check(token.key(), cloud, facts.tid.0, issuer, version, self.silent_keys)
            },
        )?;
        Ok(facts)
    }

    /// The issuer, and the version of the tokens that have it.
    fn check_issuer<'b>(&self, claims: &Claims<'b>, facts: &Facts<'b>) -> Result<(&'b str, Version), PolicyError> {
        let issuer = claims
            .issuer()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Issuer))?
            .as_str()
            .ok_or(PolicyError::Issuer)?;
        let version = self
            .tenant
            .cloud()
            .version_of(facts.tid.0, issuer)
            .ok_or(PolicyError::Issuer)?;
        // STRICT: Entra writes a GUID in lower case, so another spelling, even of both claims, is not the cloud's `iss`.
        if !facts.tid.1.is_written(facts.tid.0) {
            return Err(PolicyError::Issuer);
        }
        Ok((issuer, version))
    }

    fn check_tenant(&self, facts: &Facts<'_>) -> Result<(), PolicyError> {
        if self.tenant.accepts(&facts.tid.1) {
            Ok(())
        } else {
            Err(PolicyError::Tenant)
        }
    }
}

const fn check_version(is_good: bool) -> Result<(), PolicyError> {
    if is_good {
        Ok(())
    } else {
        Err(PolicyError::TokenVersion)
    }
}

/// Who acts with an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// A user, through a client to which permissions were delegated: `scp` names them.
    User,
    /// An application by itself: `idtyp` is `app`.
    App,
}

/// Accepts access tokens of Microsoft Entra ID, and nothing else.
///
/// Made by [`access_token`](super::access_token). A token must, in this order:
///
/// 1. carry no `nonce` in its header, which marks a Microsoft Graph token: refused before any RSA work;
/// 2. have a `tid` that is a GUID, and no claim that differs from `tid` in case alone;
/// 3. have the `iss` that the cloud writes for that `tid`, whole, and both in lower case;
/// 4. be of an accepted tenant, and of the version (`ver`) that its `iss` stands for;
/// 5. be signed by a key that signs for this `iss` in this cloud, as far as the key says;
/// 6. be an access token: `scp` names a scope, or `idtyp` is `app` and there is no `scp`;
/// 7. be of a version that the audience accepts, and for that audience;
/// 8. come from a listed client, where a list is set and an application acts by itself;
/// 9. be valid now: `exp` required, `nbf` checked when present, a leeway of 60 seconds on both.
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenPolicy<'p> {
    common: Common<'p>,
    audience: Audience<'p>,
    only: Option<Actor>,
    apps: Option<&'p [Guid]>,
    idtyp_required: bool,
    lifetime: Policy<'p>,
}

impl<'p> AccessTokenPolicy<'p> {
    pub(super) const fn new(tenant: Tenant<'p>, audience: Audience<'p>) -> Self {
        Self {
            common: Common::new(tenant),
            audience,
            only: None,
            apps: None,
            idtyp_required: true,
            lifetime: Policy::lifetime_only(),
        }
    }

    /// Refuses tokens of applications that act by themselves.
    #[must_use]
    pub const fn users_only(mut self) -> Self {
        self.only = Some(Actor::User);
        self
    }

    /// Refuses tokens of users.
    #[must_use]
    pub const fn apps_only(mut self) -> Self {
        self.only = Some(Actor::App);
        self
    }

    /// Of applications that act by themselves, accepts these alone (`azp`, in version 1.0 `appid`). The client of a
    /// *user's* token says nothing about what the user may do and is not looked at.
    #[must_use]
    pub const fn apps(mut self, clients: &'p [Guid]) -> Self {
        self.apps = Some(clients);
        self
    }

    /// RELAXES: accepts applications whose tokens lack `idtyp`, which is an optional claim that the resource's
    /// registration has to ask for. Such a token is told from an ID token by `azp` (`appid`), which it must have, and
    /// by `nonce`, `at_hash` and `c_hash`, which it must not have. Better ask for `idtyp`.
    #[must_use]
    pub const fn waive_idtyp(mut self) -> Self {
        self.idtyp_required = false;
        self
    }

    /// RELAXES: for several tenants, accepts tokens of version 2.0 signed by keys that do not say whose tokens they
    /// sign. Entra's say it; a pinned key cannot.
    #[must_use]
    pub const fn accept_keys_without_issuer(mut self) -> Self {
        self.common.silent_keys = Silence::Allowed;
        self
    }

    lifetime_rules!();

    fn actor(&self, facts: &Facts<'_>) -> Result<Actor, PolicyError> {
        let identity_type = facts.identity_type;
        let actor = if facts.scp.is_some() {
            // A token of an application has no `scp`, so one with both would be read both ways. STRICT: a `scp` without
            // a scope in it delegates nothing.
            let may_be_user = identity_type.is_none_or(|found| found == "user");
            if !may_be_user || !facts.has_scopes() {
                return Err(PolicyError::TokenKind);
            }
            Actor::User
        } else {
            match identity_type {
                Some(app) if app == "app" => Actor::App,
                None if !self.idtyp_required && facts.client.is_some() && facts.nonce.is_none() && !facts.has_hash => {
                    Actor::App
                }
                _ => return Err(PolicyError::TokenKind),
            }
        };
        if self.only.is_some_and(|only| only != actor) {
            return Err(PolicyError::TokenKind);
        }
        Ok(actor)
    }
}

impl AccessTokenPolicy<'_> {
    #[inline(always)]
    fn judge<'r, J: Judge<'r>>(
        &'r self,
        token: &TokenView<'r, 'r>,
        now: NumericDate,
        judge: &mut J,
    ) -> Result<(), PolicyError> {
        let claims = token.claims();
        let facts = self.common.judge(token, judge)?;
        let known = (facts, Rule::ProviderClaims);
        let actor = judge.rule_on(
            known,
            Rule::TokenKind,
            |_| Compared::NOTHING,
            |facts| self.actor(&facts),
        )?;
        judge.rule_on(
            known,
            Rule::AudienceVersion,
            |facts| Compared::new(Value::Exactly(facts.version.as_str()), self.audience.versions()),
            |facts| check_version(self.audience.accepts(facts.version)),
        )?;
        judge.rule_on(
            known,
            Rule::Audience,
            |facts| Compared::new(Value::texts(claims.audience()), self.audience.value(facts.version)),
            |facts| self.check_audience(claims, facts.version),
        )?;
        match (self.apps, actor) {
            (None, _) | (_, Some(Actor::User)) => judge.skip(Rule::Client, NotChecked::NotAskedFor),
            (Some(apps), actor) => {
                judge.rule_on(
                    (facts.zip(actor), Rule::TokenKind),
                    Rule::Client,
                    |(facts, _)| Compared::new(Value::text(facts.client), Value::OneOfGuids(apps)),
                    |(facts, _)| check_client(facts.client, apps),
                )?;
            }
        }
        self.lifetime.judge_lifetime(claims, now, judge)
    }

    fn check_audience(&self, claims: &Claims<'_>, version: Version) -> Result<(), PolicyError> {
        let found = claims
            .audience()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Audience))?;
        if self.audience.matches(version, &found) {
            Ok(())
        } else {
            Err(PolicyError::Audience)
        }
    }
}

fn check_client(client: Option<JsonStr<'_>>, apps: &[Guid]) -> Result<(), PolicyError> {
    if client.is_some_and(|client| apps.iter().any(|app| client == *app.as_str())) {
        Ok(())
    } else {
        Err(PolicyError::Client)
    }
}

impl Check for AccessTokenPolicy<'_> {
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        Common::judge_header(header, &mut FirstFailure)
    }

    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        self.judge(token, now, &mut FirstFailure)
    }
}

impl Explain for AccessTokenPolicy<'_> {
    fn explain_header<'r>(&'r self, header: &JoseHeader<'r>, findings: &mut Findings<'r>) {
        findings.walked(|findings| Common::judge_header(header, findings));
    }

    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        findings.walked(|findings| self.judge(token, now, findings));
    }
}

/// Accepts ID tokens of Microsoft Entra ID, and nothing else.
///
/// Made by [`id_token`](super::id_token). Steps 1 to 5 are those of [`AccessTokenPolicy`]; then a token must be of
/// version 2.0 unless [`IdTokenPolicy::v1`] says otherwise, have neither `scp` nor an `idtyp` of `app`, be for this
/// client, carry the nonce that the client sent, and be valid now.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenPolicy<'p> {
    common: Common<'p>,
    client_id: Guid,
    version: Version,
    nonce: Option<&'p str>,
    lifetime: Policy<'p>,
}

impl<'p> IdTokenPolicy<'p> {
    pub(super) const fn new(tenant: Tenant<'p>, client_id: Guid, nonce: &'p str) -> Self {
        Self {
            common: Common::new(tenant),
            client_id,
            version: Version::V2,
            nonce: Some(nonce),
            lifetime: Policy::lifetime_only(),
        }
    }

    /// Accepts tokens of version 1.0, which a client that signs in at the version 1.0 endpoint gets, instead of 2.0.
    #[must_use]
    pub const fn v1(mut self) -> Self {
        self.version = Version::V1;
        self
    }

    /// RELAXES: accepts tokens whatever their nonce. Whoever can replay an ID token to the client is then signed in,
    /// unless the flow prevents that by other means, such as PKCE with the code flow.
    #[must_use]
    pub const fn waive_nonce(mut self) -> Self {
        self.nonce = None;
        self
    }

    /// RELAXES: as [`AccessTokenPolicy::accept_keys_without_issuer`].
    #[must_use]
    pub const fn accept_keys_without_issuer(mut self) -> Self {
        self.common.silent_keys = Silence::Allowed;
        self
    }

    lifetime_rules!();
}

impl IdTokenPolicy<'_> {
    #[inline(always)]
    fn judge<'r, J: Judge<'r>>(
        &'r self,
        token: &TokenView<'r, 'r>,
        now: NumericDate,
        judge: &mut J,
    ) -> Result<(), PolicyError> {
        let claims = token.claims();
        let facts = self.common.judge(token, judge)?;
        let known = (facts, Rule::ProviderClaims);
        judge.rule_on(
            known,
            Rule::TokenKind,
            |_| Compared::NOTHING,
            |facts| check_is_id_token(&facts),
        )?;
        judge.rule_on(
            known,
            Rule::AudienceVersion,
            |facts| {
                let found = Value::Exactly(facts.version.as_str());
                Compared::new(found, Value::Exactly(self.version.as_str()))
            },
            |facts| check_version(facts.version == self.version),
        )?;
        let compared = || Compared::new(Value::texts(claims.audience()), Value::Exactly(self.client_id.as_str()));
        judge.rule(Rule::Audience, compared, || {
            check_audience_has(claims, self.client_id.as_str())
        })?;
        match self.nonce {
            Some(expected) => {
                judge.rule_on(
                    known,
                    Rule::Nonce,
                    |_| Compared::NOTHING,
                    |facts| check_nonce(expected, facts.nonce),
                )?;
            }
            None => judge.skip(Rule::Nonce, NotChecked::NotAskedFor),
        }
        self.lifetime.judge_lifetime(claims, now, judge)
    }
}

fn check_is_id_token(facts: &Facts<'_>) -> Result<(), PolicyError> {
    if facts.scp.is_some() || facts.identity_type.is_some_and(|found| found == "app") {
        Err(PolicyError::TokenKind)
    } else {
        Ok(())
    }
}

impl Check for IdTokenPolicy<'_> {
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        Common::judge_header(header, &mut FirstFailure)
    }

    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        self.judge(token, now, &mut FirstFailure)
    }
}

impl Explain for IdTokenPolicy<'_> {
    fn explain_header<'r>(&'r self, header: &JoseHeader<'r>, findings: &mut Findings<'r>) {
        findings.walked(|findings| Common::judge_header(header, findings));
    }

    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        findings.walked(|findings| self.judge(token, now, findings));
    }
}

/// Whether `client_id` is among the audiences.
pub(crate) fn check_audience_has(claims: &Claims<'_>, client_id: &str) -> Result<(), PolicyError> {
    let found = claims
        .audience()
        .ok_or(PolicyError::MissingClaim(RegisteredClaim::Audience))?;
    if found.contains(client_id) {
        Ok(())
    } else {
        Err(PolicyError::Audience)
    }
}

/// Compares the nonce. An empty one, which anybody can guess, is never equal.
pub(crate) fn check_nonce(expected: &str, found: Option<JsonStr<'_>>) -> Result<(), PolicyError> {
    let found = found.ok_or(PolicyError::ClaimMissing(ProviderClaim::Nonce))?;
    if !expected.is_empty() && found == *expected {
        Ok(())
    } else {
        Err(PolicyError::Nonce)
    }
}
