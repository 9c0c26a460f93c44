// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whose tokens: tenants, and the cloud that they live in.

use super::guid::Guid;
use super::template::Template;
use crate::report::Value;

/// The version of a token, which is the choice of the *resource* (`requestedAccessTokenVersion` of its registration),
/// not of the endpoint that a client called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// `ver` is `1.0`: issued by `sts.windows.net` or its counterpart.
    V1,
    /// `ver` is `2.0`.
    V2,
}

impl Version {
    /// The value of the claim `ver`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

/// How a Microsoft cloud writes its issuers, as templates with the placeholder `{tenantid}` (compared without case).
///
/// The constants are what public code of Microsoft and others uses. Compare them with the `issuer` member of your own
/// authority's metadata before you rely on one of the sovereign clouds; [`Cloud::custom`] replaces any of them.
///
/// Azure AD B2C is none of these clouds: its tokens carry no `tid` of their own accord, and a `ver` of `1.0` under an
/// issuer that ends in `v2.0/`. The core [`Policy`](crate::Policy) with [`Issuer::exact`](crate::Issuer::exact) is for
/// them.
///
/// # Examples
///
/// ```
/// use rs256::entra::Cloud;
///
/// // A cloud without a constant: the issuers that its metadata names, of version 1.0 and 2.0.
/// const SOVEREIGN: Cloud<'static> = Cloud::custom(
///     Some("https://sts.cloud.example/{tenantid}/"),
///     Some("https://login.cloud.example/{tenantid}/v2.0"),
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cloud<'p> {
    v1: Option<Issued<'p>>,
    v2: Option<Issued<'p>>,
    instance_name: Option<&'p str>,
}

/// A template as it is written, and taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Issued<'p> {
    text: &'p str,
    template: Template<'p>,
}

impl<'p> Issued<'p> {
    const fn new(text: Option<&'p str>) -> Option<Self> {
        match text {
            Some(text) => Some(Self {
                text,
                template: Template::new(text),
            }),
            None => None,
        }
    }
}

// SOURCE: Microsoft Entra documentation, "Microsoft Entra authentication and national clouds" for the hosts.
impl Cloud<'static> {
    /// The global service, `login.microsoftonline.com`.
    pub const GLOBAL: Self = Self::custom(
        Some("https://sts.windows.net/{tenantid}/"),
        Some("https://login.microsoftonline.com/{tenantid}/v2.0"),
    )
    .with_instance_name("microsoftonline.com");

    /// US Government, `login.microsoftonline.us`. Its version 1.0 issuer is that of the global service.
    pub const US_GOVERNMENT: Self = Self::custom(
        Some("https://sts.windows.net/{tenantid}/"),
        Some("https://login.microsoftonline.us/{tenantid}/v2.0"),
    )
    .with_instance_name("microsoftonline.us");

    /// China, operated by 21Vianet: `login.partner.microsoftonline.cn`.
    pub const CHINA: Self = Self::custom(
        Some("https://sts.chinacloudapi.cn/{tenantid}/"),
        Some("https://login.partner.microsoftonline.cn/{tenantid}/v2.0"),
    )
    .with_instance_name("partner.microsoftonline.cn");

    /// External ID for customers, `ciamlogin.com`, where the issuer names the tenant in host and path. Version 2.0 only.
    pub const EXTERNAL_ID: Self = Self::custom(None, Some("https://{tenantid}.ciamlogin.com/{tenantid}/v2.0"));

    /// Each of these.
    pub(crate) const ALL: [Self; 4] = [Self::GLOBAL, Self::US_GOVERNMENT, Self::CHINA, Self::EXTERNAL_ID];
}

impl<'p> Cloud<'p> {
    /// A cloud with issuers of the caller's: one template for each version of tokens, `None` for a version that it does
    /// not issue. A template without a placeholder is one exact issuer; the first segment of its path must be the
    /// tenant's GUID even so.
    #[must_use]
    pub const fn custom(v1: Option<&'p str>, v2: Option<&'p str>) -> Self {
        Self {
            v1: Issued::new(v1),
            v2: Issued::new(v2),
            instance_name: None,
        }
    }

    /// Refuses keys whose own `cloud_instance_name` is present and another.
    #[must_use]
    pub const fn with_instance_name(mut self, name: &'p str) -> Self {
        self.instance_name = Some(name);
        self
    }

    /// The template of the issuer of tokens of this version.
    #[must_use]
    pub const fn issuer_template(&self, version: Version) -> Option<&'p str> {
        match self.issued(version) {
            Some(issued) => Some(issued.text),
            None => None,
        }
    }

    /// For a report: the issuers.
    pub(crate) const fn issuers(&self) -> Value<'p> {
        match (&self.v1, &self.v2) {
            (Some(v1), Some(v2)) => Value::Either(v1.text, v2.text),
            (Some(only), None) | (None, Some(only)) => Value::Exactly(only.text),
            (None, None) => Value::None,
        }
    }

    const fn issued(&self, version: Version) -> &Option<Issued<'p>> {
        match version {
            Version::V1 => &self.v1,
            Version::V2 => &self.v2,
        }
    }

    pub(crate) fn template(&self, version: Version) -> Option<&Template<'p>> {
        self.issued(version).as_ref().map(|issued| &issued.template)
    }

    /// The `cloud_instance_name` of the cloud's metadata and keys.
    #[must_use]
    pub const fn instance_name(&self) -> Option<&'p str> {
        self.instance_name
    }

    /// The version of tokens that have this issuer for the tenant whose GUID reads `tid`; `None` when the cloud writes
    /// no such issuer.
    pub(crate) fn version_of(&self, tid: &str, issuer: &str) -> Option<Version> {
        [Version::V2, Version::V1].into_iter().find(|version| {
            self.template(*version).is_some_and(|template| {
                template.expands_to(tid, issuer)
                    // an exact issuer is not bound to the tenant by its form
                    && (template.names_tenant() || template.tenant_of(issuer) == Some(tid))
            })
        })
    }

    /// The tenant that this issuer of the cloud's was written for.
    pub(crate) fn tenant_of(&self, issuer: &str) -> Option<Guid> {
        [Version::V2, Version::V1].into_iter().find_map(|version| {
            let template = self.template(version)?;
            let tid = template.tenant_of(issuer)?;
            if !template.expands_to(tid, issuer) {
                return None;
            }
            // STRICT: in another spelling it is no issuer of the cloud's.
            Guid::parse_lower(tid)
        })
    }
}

/// Whose tokens an application accepts: one tenant, a list of tenants, or every tenant of a cloud.
///
/// # Examples
///
/// ```
/// use rs256::entra::{Cloud, Guid, Tenant, guid};
///
/// const CONTOSO: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
/// const FABRIKAM: Guid = guid!("2c9f8b61-0d3e-4a57-8f16-b7d2a9c45e03");
///
/// static ONE: Tenant<'static> = Tenant::single(CONTOSO);
/// static SOME: Tenant<'static> = Tenant::any_of(&[CONTOSO, FABRIKAM]).in_cloud(Cloud::US_GOVERNMENT);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tenant<'p> {
    who: Who<'p>,
    cloud: Cloud<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Who<'p> {
    Single(Guid),
    AnyOf(&'p [Guid]),
    Any,
}

impl<'p> Tenant<'p> {
    /// This tenant alone, in the global cloud.
    #[must_use]
    pub const fn single(tenant: Guid) -> Self {
        Self {
            who: Who::Single(tenant),
            cloud: Cloud::GLOBAL,
        }
    }

    /// Each of these tenants, in the global cloud.
    #[must_use]
    pub const fn any_of(tenants: &'p [Guid]) -> Self {
        Self {
            who: Who::AnyOf(tenants),
            cloud: Cloud::GLOBAL,
        }
    }

    /// Every tenant of the global cloud, personal accounts included: anyone may make a tenant, so an application that
    /// accepts any must keep data and permissions of tenants apart by itself.
    #[must_use]
    pub const fn any() -> Self {
        Self {
            who: Who::Any,
            cloud: Cloud::GLOBAL,
        }
    }

    /// The same tenants in another cloud.
    #[must_use]
    pub const fn in_cloud(mut self, cloud: Cloud<'p>) -> Self {
        self.cloud = cloud;
        self
    }

    /// The cloud.
    #[must_use]
    pub const fn cloud(&self) -> &Cloud<'p> {
        &self.cloud
    }

    /// The tenant, where there is exactly one.
    pub(crate) const fn only(&self) -> Option<Guid> {
        match self.who {
            Who::Single(tenant) => Some(tenant),
            Who::AnyOf([tenant]) => Some(*tenant),
            Who::AnyOf(_) | Who::Any => None,
        }
    }

    /// For a report: the tenants.
    pub(crate) const fn value(&self) -> Value<'_> {
        match &self.who {
            Who::Single(only) => Value::Exactly(only.as_str()),
            Who::AnyOf(list) => Value::OneOfGuids(list),
            Who::Any => Value::None,
        }
    }

    pub(crate) fn accepts(&self, tenant: &Guid) -> bool {
        match &self.who {
            Who::Single(only) => only == tenant,
            Who::AnyOf(list) => list.contains(tenant),
            Who::Any => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cloud, Version};

    const TID: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";

    #[test]
    fn versions_read_as_the_claim_does() {
        assert_eq!((Version::V1.as_str(), Version::V2.as_str()), ("1.0", "2.0"));
    }

    /// An exact issuer names no tenant by its form, so the tenant in its path must be the token's.
    #[test]
    fn an_exact_issuer_is_bound_to_the_tenant_in_its_path() {
        let issuer = std::format!("https://login.example/{TID}/v2.0");
        let other = issuer.replace("7f1d", "2c9f");
        let exact = |text| Cloud::custom(None, Some(text)).version_of(TID, text);
        assert_eq!(exact(issuer.as_str()), Some(Version::V2));
        assert_eq!(exact(other.as_str()), None);
        assert_eq!(exact("https://login.example/v2.0"), None);
        let template = Cloud::custom(Some("https://login.example/{tenantid}/v2.0"), None);
        assert_eq!(template.version_of(TID, &issuer), Some(Version::V1));
        assert_eq!(template.version_of(TID, &other), None);
    }
}
