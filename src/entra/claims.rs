// SPDX-License-Identifier: MIT OR Apache-2.0

//! The claims of an accepted token of Entra, as an application uses them.

use core::fmt;

use super::facts::string;
use super::groups::{GroupClaims, Groups};
use super::guid::Guid;
use super::tenant::Cloud;
use super::text::words;
use crate::claims::{Claims, StringOrArray};
use crate::error::{PolicyError, ProviderClaim};
use crate::json::{JsonStr, JsonValue};

/// Who a token is about: the only pair that stays the same, and is unique, for the life of an account.
///
/// `oid` alone is unique within its tenant only; `sub` is another one for each client; `upn`, `email`,
/// `preferred_username` and `unique_name` can change hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// `tid`
    pub tenant: Guid,
    /// `oid`
    pub object: Guid,
}

/// The claims of Microsoft Entra ID that an application decides by.
///
/// Read it from an [`AcceptedToken`](crate::AcceptedToken) of an [entra policy](super::access_token). The claims that
/// name a person (`upn`, `email`, `preferred_username`, `unique_name`) can be changed by users or administrators of any
/// tenant: show them, never authorize by them.
///
/// # Examples
///
/// ```
/// # fn example(token: rs256::AcceptedToken<'_>) -> Result<(), rs256::PolicyError> {
/// use rs256::entra::{EntraClaims, Groups};
///
/// let claims = EntraClaims::read(token.claims())?;
/// let account = claims.identity()?; // the key of the account in your own tables
/// let may_read = claims.has_scope("orders.read");
/// match claims.groups() {
///     Groups::Complete(groups) => assert!(groups.iter().count() <= 200),
///     Groups::Overage => { /* ask Microsoft Graph */ }
///     Groups::Absent => { /* the registration does not ask for groups */ }
/// }
/// # let _ = (account, may_read);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct EntraClaims<'b> {
    issuer: Option<JsonStr<'b>>,
    tid: Option<JsonStr<'b>>,
    oid: Option<JsonStr<'b>>,
    ver: Option<JsonStr<'b>>,
    scp: Option<JsonStr<'b>>,
    idtyp: Option<JsonStr<'b>>,
    azp: Option<JsonStr<'b>>,
    appid: Option<JsonStr<'b>>,
    idp: Option<JsonStr<'b>>,
    upn: Option<JsonStr<'b>>,
    amr: Option<StringOrArray<'b>>,
    acrs: Option<StringOrArray<'b>>,
    roles: Option<StringOrArray<'b>>,
    wids: Option<StringOrArray<'b>>,
    groups: Groups<'b>,
    in_corp: bool,
}

impl<'b> EntraClaims<'b> {
    /// Collects the claims.
    ///
    /// # Errors
    ///
    /// [`PolicyError::ClaimType`] when one of them has a value of another type than Entra writes: it is never treated
    /// as absent.
    pub fn read(claims: &Claims<'b>) -> Result<Self, PolicyError> {
        let text = |name: &str, claim| string(claims.get(name), claim);
        let list = |name: &str| strings(claims.get(name));
        Ok(Self {
            issuer: claims.issuer(),
            tid: text("tid", ProviderClaim::TenantId)?,
            oid: text("oid", ProviderClaim::ObjectId)?,
            ver: text("ver", ProviderClaim::Version)?,
            scp: text("scp", ProviderClaim::Scopes)?,
            idtyp: text("idtyp", ProviderClaim::IdentityType)?,
            azp: text("azp", ProviderClaim::AuthorizedParty)?,
            appid: text("appid", ProviderClaim::ApplicationId)?,
            idp: text("idp", ProviderClaim::Other)?,
            upn: text("upn", ProviderClaim::Other)?,
            amr: list("amr")?,
            acrs: list("acrs")?,
            roles: list("roles")?,
            wids: list("wids")?,
            groups: GroupClaims::of(claims).read()?,
            in_corp: is_true(claims.get("in_corp")),
        })
    }

    /// Who the token is about: the key under which to keep anything about a user or an application.
    ///
    /// # Errors
    ///
    /// [`PolicyError::ClaimMissing`] without `tid` or `oid`, [`PolicyError::TenantSyntax`] and
    /// [`PolicyError::ClaimType`] when one of them is no GUID.
    pub fn identity(&self) -> Result<Identity, PolicyError> {
        let tid = self.tid.ok_or(PolicyError::ClaimMissing(ProviderClaim::TenantId))?;
        let oid = self.oid.ok_or(PolicyError::ClaimMissing(ProviderClaim::ObjectId))?;
        Ok(Identity {
            tenant: guid_of(tid).ok_or(PolicyError::TenantSyntax)?,
            object: guid_of(oid).ok_or(PolicyError::ClaimType(ProviderClaim::ObjectId))?,
        })
    }

    /// `tid`, the tenant that issued the token.
    #[must_use]
    pub const fn tenant_id(&self) -> Option<JsonStr<'b>> {
        self.tid
    }

    /// `oid`, the account's identifier within the tenant.
    #[must_use]
    pub const fn object_id(&self) -> Option<JsonStr<'b>> {
        self.oid
    }

    /// `ver`, `1.0` or `2.0`.
    #[must_use]
    pub const fn version(&self) -> Option<JsonStr<'b>> {
        self.ver
    }

    /// `scp`, the permissions that the user delegated to the client: names in one string, a space between two of them.
    pub fn scopes(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        // A scope has no character that must be escaped (RFC 6749 section 3.3).
        let text = self.scp.and_then(|scp| scp.as_str()).unwrap_or_default();
        words(text)
    }

    /// Whether `scope` is one of [`EntraClaims::scopes`], as a whole.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|found| found == scope)
    }

    /// Whether an application acts by itself (`idtyp` is `app`), not a user through one.
    #[must_use]
    pub fn is_app_only(&self) -> bool {
        self.scp.is_none() && self.idtyp.is_some_and(|idtyp| idtyp == "app")
    }

    /// The client that got the token: `azp`, in version 1.0 `appid`. In a user's token it must not authorize anything.
    #[must_use]
    pub fn client(&self) -> Option<JsonStr<'b>> {
        match self.ver {
            Some(ver) if ver == "1.0" => self.appid,
            _ => self.azp,
        }
    }

    /// The client where it may authorize: in a token of an application that acts by itself.
    #[must_use]
    pub fn authorizing_client(&self) -> Option<JsonStr<'b>> {
        if self.is_app_only() { self.client() } else { None }
    }

    /// `idp`, who authenticated the user, where that differs from `iss`.
    #[must_use]
    pub const fn identity_provider(&self) -> Option<JsonStr<'b>> {
        self.idp
    }

    /// Whether the user's home is elsewhere: `idp` is there, is not `iss`, and is not the same tenant's issuer of the
    /// other version (`iss` has the form of version 2.0 where `idp` has that of 1.0). The issuers of the constants of
    /// [`Cloud`] are known here; in a cloud of the caller's own, whatever is not `iss` counts as elsewhere.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        let Some(idp) = self.idp else { return false };
        let same_issuer = self.issuer.is_some_and(|issuer| issuer == idp);
        !same_issuer && !self.is_issuer_of_own_tenant(idp)
    }

    /// Whether the cloud that wrote `iss` writes `idp` for the same tenant.
    ///
    /// STRICT: the whole text is compared. A federated partner chooses its own issuer, and may put any tenant's GUID
    /// into its path.
    fn is_issuer_of_own_tenant(&self, idp: JsonStr<'_>) -> bool {
        let plain = |text: Option<JsonStr<'b>>| text.and_then(|text| text.as_str());
        let (Some(idp), Some(issuer), Some(tid)) = (idp.as_str(), plain(self.issuer), plain(self.tid)) else {
            return false;
        };
        Guid::parse_lower(tid).is_some_and(|tid| {
            let wrote = |cloud: &Cloud<'_>, text| cloud.version_of(tid.as_str(), text).is_some();
            Cloud::ALL.iter().any(|cloud| wrote(cloud, issuer) && wrote(cloud, idp))
        })
    }

    /// `upn`, a name for people. Never authorize by it.
    #[must_use]
    pub const fn user_principal_name(&self) -> Option<JsonStr<'b>> {
        self.upn
    }

    /// `amr`, how the user authenticated (version 1.0).
    #[must_use]
    pub const fn authentication_methods(&self) -> Option<StringOrArray<'b>> {
        self.amr
    }

    /// `acrs`, the authentication contexts that the token satisfies.
    #[must_use]
    pub const fn authentication_contexts(&self) -> Option<StringOrArray<'b>> {
        self.acrs
    }

    /// `roles`, the application roles of the user or application.
    #[must_use]
    pub const fn roles(&self) -> Option<StringOrArray<'b>> {
        self.roles
    }

    /// `wids`, the directory roles (the same identifier in every tenant).
    #[must_use]
    pub const fn directory_roles(&self) -> Option<StringOrArray<'b>> {
        self.wids
    }

    /// The groups of the user, if the token lists them.
    #[must_use]
    pub const fn groups(&self) -> Groups<'b> {
        self.groups
    }

    /// Whether `in_corp` says that the request came from inside the corporate network. Absent, and anything but a plain
    /// yes, counts as outside.
    #[must_use]
    pub const fn is_inside_corporate_network(&self) -> bool {
        self.in_corp
    }
}

/// Prints which claims are there, never their text.
impl fmt::Debug for EntraClaims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraClaims")
            .field("tid", &self.tid)
            .field("oid", &self.oid)
            .field("scp", &self.scp)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

/// A plain yes: `true`, or a string that reads so, which is how claims rules write it.
pub(crate) fn is_true(value: Option<JsonValue<'_>>) -> bool {
    match value {
        Some(JsonValue::Bool(yes)) => yes,
        Some(JsonValue::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn strings(value: Option<JsonValue<'_>>) -> Result<Option<StringOrArray<'_>>, PolicyError> {
    match value {
        None => Ok(None),
        Some(value) => match StringOrArray::from_json(value) {
            Some(strings) => Ok(Some(strings)),
            None => Err(PolicyError::ClaimType(ProviderClaim::Other)),
        },
    }
}

fn guid_of(text: JsonStr<'_>) -> Option<Guid> {
    text.as_str().and_then(Guid::parse)
}
