// SPDX-License-Identifier: MIT OR Apache-2.0

//! AD FS: access tokens and ID tokens of an on-premises federation farm.
//!
//! A farm has **two issuers**. Its metadata names both: `issuer`, with `https`, signs ID tokens, and
//! `access_token_issuer`, usually with `http`, signs access tokens. The issuer is what tells the two kinds of token
//! apart, so a policy needs both and refuses a farm whose two issuers are the same.
//!
//! AD FS tokens need nothing special beyond that: their header has an `x5t` and no `kid`, which the key lookup follows;
//! they have no `nbf`; and `auth_time` is text, which nobody here reads. `ver` is `1.0` as in an old Entra token, so it
//! says nothing about the provider.
//!
//! | claim | version | type | may authorize |
//! | --- | --- | --- | --- |
//! | `role`, `roles`, `group`, the claim URIs | all | string when there is one value, array when there are several | yes, through [`roles`](crate::roles) |
//! | `scp` | 2016 and later | string, a space between two scopes | yes, for what the client may do |
//! | `appid`, `apptype` | 2016 and later | string | `appid` only where no user is involved |
//! | [`INSIDE_CORPORATE_NETWORK`] | all | string `true` or `false` | as a condition: [`is_inside_corporate_network`] |
//! | `upn`, `unique_name`, `email` | all | string | no: names can change hands |
//! | `pwd_exp`, `pwd_url` | all | number of *seconds left*, string | no |
//! | `auth_time` | all | string, ISO 8601 | no |
//!
//! SOURCE: Microsoft documentation, "AD FS OpenID Connect/OAuth concepts", "Single log-out for OpenID Connect with AD
//! FS" (the metadata document); open specification MS-OIDCE.
//!
//! # Examples
//!
//! ```
//! use rs256::adfs::{self, AccessTokenPolicy, Audience, Farm};
//!
//! const FARM: Farm<'static> = Farm::new(
//!     "https://fs.contoso.example/adfs",
//!     "http://fs.contoso.example/adfs/services/trust",
//! );
//! static POLICY: AccessTokenPolicy<'static> =
//!     adfs::access_token(FARM, Audience::relying_party("orders-api"));
//! ```

use crate::claims::{Claims, NumericDate, StringOrArray};
use crate::entra::check_nonce;
use crate::error::{PolicyError, ProviderClaim, RegisteredClaim};
use crate::json::{JsonStr, JsonValue};
use crate::policy::{Check, Leeway, Policy, TokenView, lifetime_rules};

/// The claim that says whether a request came from inside the corporate network.
pub const INSIDE_CORPORATE_NETWORK: &str = "http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork";

/// The claim `role` under its URI, which AD FS writes where a claim rule names no shorter one.
pub const ROLE_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

/// The security identifiers of a user's groups.
pub const GROUP_SID_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid";

/// The two issuers of an AD FS farm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Farm<'p> {
    issuer: &'p str,
    access_token_issuer: &'p str,
}

impl<'p> Farm<'p> {
    /// A farm whose metadata has these members `issuer` and `access_token_issuer`, octet for octet (mind `http`).
    #[must_use]
    pub const fn new(issuer: &'p str, access_token_issuer: &'p str) -> Self {
        Self {
            issuer,
            access_token_issuer,
        }
    }

    /// The issuer of ID tokens.
    #[must_use]
    pub const fn issuer(&self) -> &'p str {
        self.issuer
    }

    /// The issuer of access tokens.
    #[must_use]
    pub const fn access_token_issuer(&self) -> &'p str {
        self.access_token_issuer
    }

    /// Whether `claims` are of the kind that `expected` issues, where `other` issues the other one.
    fn check_kind(claims: &Claims<'_>, expected: &str, other: &str) -> Result<(), PolicyError> {
        let issuer = claims
            .issuer()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Issuer))?;
        // STRICT: with one issuer for both kinds nothing would tell them apart, so nothing is accepted.
        if issuer == *other {
            Err(PolicyError::TokenKind)
        } else if issuer == *expected {
            Ok(())
        } else {
            Err(PolicyError::Issuer)
        }
    }
}

/// For whom an access token of AD FS is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience<'p> {
    prefix: &'static str,
    identifier: &'p str,
}

impl<'p> Audience<'p> {
    /// The Web API with this identifier (relying party identifier). AD FS writes an identifier that is a URL as it is,
    /// and any other behind `microsoft:identityserver:`.
    #[must_use]
    pub const fn relying_party(identifier: &'p str) -> Self {
        let prefix = if is_url(identifier) {
            ""
        } else {
            "microsoft:identityserver:"
        };
        Self { prefix, identifier }
    }

    /// Exactly this value of `aud`.
    #[must_use]
    pub const fn exact(audience: &'p str) -> Self {
        Self {
            prefix: "",
            identifier: audience,
        }
    }

    fn matches(&self, found: &StringOrArray<'_>) -> bool {
        found.iter().any(|found| match found.as_str() {
            Some(found) => found
                .strip_prefix(self.prefix)
                .is_some_and(|rest| rest == self.identifier),
            // The backslash of `CONTOSO\orders` can only be written with an escape.
            None => found.chars().eq(self.prefix.chars().chain(self.identifier.chars())),
        })
    }
}

/// Whether the identifier has a scheme with an authority, such as `https://`.
const fn is_url(identifier: &str) -> bool {
    let mut rest = identifier.as_bytes();
    while let [_, tail @ ..] = rest {
        if matches!(rest, [b':', b'/', b'/', ..]) {
            return true;
        }
        rest = tail;
    }
    false
}

/// Accepts access tokens of one AD FS farm, and nothing else.
///
/// Made by [`access_token`]. `iss` must be the farm's `access_token_issuer`, `aud` the audience, `exp` must be there;
/// `nbf`, which AD FS does not write, is checked when present.
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenPolicy<'p> {
    farm: Farm<'p>,
    audience: Audience<'p>,
    lifetime: Policy<'p>,
}

impl<'p> AccessTokenPolicy<'p> {
    lifetime_rules!();
}

impl Check for AccessTokenPolicy<'_> {
    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        let claims = token.claims();
        Farm::check_kind(claims, self.farm.access_token_issuer, self.farm.issuer)?;
        let found = claims
            .audience()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Audience))?;
        if !self.audience.matches(&found) {
            return Err(PolicyError::Audience);
        }
        self.lifetime.check_lifetime(claims, now)
    }
}

/// Accepts ID tokens of one AD FS farm, and nothing else.
///
/// Made by [`id_token`]. `iss` must be the farm's `issuer`, `aud` the client, `nonce` the one that the client sent.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenPolicy<'p> {
    farm: Farm<'p>,
    client_id: &'p str,
    nonce: Option<&'p str>,
    lifetime: Policy<'p>,
}

impl<'p> IdTokenPolicy<'p> {
    /// RELAXES: accepts tokens whatever their nonce. Whoever can replay an ID token to the client is then signed in.
    #[must_use]
    pub const fn waive_nonce(mut self) -> Self {
        self.nonce = None;
        self
    }

    lifetime_rules!();
}

impl Check for IdTokenPolicy<'_> {
    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        let claims = token.claims();
        Farm::check_kind(claims, self.farm.issuer, self.farm.access_token_issuer)?;
        let found = claims
            .audience()
            .ok_or(PolicyError::MissingClaim(RegisteredClaim::Audience))?;
        if !found.contains(self.client_id) {
            return Err(PolicyError::Audience);
        }
        check_nonce(self.nonce, nonce_of(claims)?)?;
        self.lifetime.check_lifetime(claims, now)
    }
}

fn nonce_of<'b>(claims: &Claims<'b>) -> Result<Option<JsonStr<'b>>, PolicyError> {
    match claims.get("nonce") {
        None => Ok(None),
        Some(JsonValue::String(nonce)) => Ok(Some(nonce)),
        Some(_) => Err(PolicyError::ClaimType(ProviderClaim::Nonce)),
    }
}

/// The policy for access tokens of `farm` meant for `audience`.
#[must_use]
pub const fn access_token<'p>(farm: Farm<'p>, audience: Audience<'p>) -> AccessTokenPolicy<'p> {
    AccessTokenPolicy {
        farm,
        audience,
        lifetime: Policy::lifetime_only(),
    }
}

/// The policy for ID tokens of `farm` meant for the client `client_id`, which sent `nonce` with its request for
/// sign-in.
#[must_use]
pub const fn id_token<'p>(farm: Farm<'p>, client_id: &'p str, nonce: &'p str) -> IdTokenPolicy<'p> {
    IdTokenPolicy {
        farm,
        client_id,
        nonce: Some(nonce),
        lifetime: Policy::lifetime_only(),
    }
}

/// Whether the token says that the request came from inside the corporate network. The claim's value is text; the name
/// is found with `http` and with `https`. Absent, and anything but a plain yes, counts as outside.
#[must_use]
pub fn is_inside_corporate_network(claims: &Claims<'_>) -> bool {
    let mut inside = false;
    for (name, value) in claims.iter() {
        let is_claim = name.as_str().is_some_and(|name| {
            name == INSIDE_CORPORATE_NETWORK
                || name == "https://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork"
        });
        if is_claim {
            match value {
                JsonValue::String(text) if text.eq_ignore_ascii_case("true") => inside = true,
                JsonValue::Bool(true) => inside = true,
                // Of two claims that disagree, the one that says outside counts.
                _ => return false,
            }
        }
    }
    inside
}
