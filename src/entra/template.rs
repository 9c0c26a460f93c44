// SPDX-License-Identifier: MIT OR Apache-2.0

//! Issuers with the placeholder `{tenantid}`, compared without being written out.
//!
//! What takes the placeholder's place is always a GUID whose syntax was checked: a `tid` with a slash or a dot in it
//! never comes here.

use super::guid::Guid;
use super::text::split_once;

/// The placeholder, compared without case as Microsoft's own code does.
const PLACEHOLDER: &str = "{tenantid}";

/// Placeholders in one template: External ID has two. What looks like a third is literal text, and equals no issuer.
const PLACEHOLDERS: usize = 2;

/// An issuer, taken apart at its placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Template<'p> {
    /// What stands before the first placeholder, between them, and after the last.
    literals: [&'p str; PLACEHOLDERS + 1],
    /// How many of the literals there are before the last.
    placeholders: usize,
}

impl<'p> Template<'p> {
    pub(crate) const fn new(text: &'p str) -> Self {
        let (first, rest) = split(text);
        let Some(rest) = rest else {
            return Self {
                literals: [first, "", ""],
                placeholders: 0,
            };
        };
        let (second, rest) = split(rest);
        match rest {
            None => Self {
                literals: [first, second, ""],
                placeholders: 1,
            },
            Some(third) => Self {
                literals: [first, second, third],
                placeholders: 2,
            },
        }
    }

    /// Whether `text` is this template with `tenant` in the place of every placeholder, octet for octet.
    pub(crate) fn expands_to(&self, tenant: &str, text: &str) -> bool {
        let [first, second, third] = self.literals;
        match self.placeholders {
            0 => text == first,
            1 => behind(text, first, tenant).is_some_and(|rest| rest == second),
            _ => behind(text, first, tenant)
                .and_then(|rest| behind(rest, second, tenant))
                .is_some_and(|rest| rest == third),
        }
    }

    /// The tenant that `issuer` was written for, if it may be an expansion of this template: whether it is one,
    /// [`expands_to`](Self::expands_to) decides. An exact issuer names it in its path.
    pub(crate) fn tenant_of<'t>(&self, issuer: &'t str) -> Option<&'t str> {
        if self.placeholders == 0 {
            return first_path_segment(issuer);
        }
        issuer.strip_prefix(self.literals[0])?.get(..Guid::LEN)
    }

    /// Whether the text has a placeholder, which binds an issuer to its tenant.
    pub(crate) const fn names_tenant(&self) -> bool {
        self.placeholders > 0
    }

    /// Whether both expand to the same text for `tenant`.
    pub(crate) fn expands_alike(&self, other: &Self, tenant: &str) -> bool {
        self == other || self.octets(tenant).eq(other.octets(tenant))
    }

    fn octets<'t>(&'t self, tenant: &'t str) -> impl Iterator<Item = u8> {
        let [first, second, third] = self.literals;
        let tenants = [self.placeholders > 0, self.placeholders > 1].map(|is_there| if is_there { tenant } else { "" });
        let parts: [&'t str; 5] = [first, tenants[0], second, tenants[1], third];
        parts.into_iter().flat_map(str::bytes)
    }
}

/// What follows `literal` and then `tenant` in `text`, which begins with them.
fn behind<'t>(text: &'t str, literal: &str, tenant: &str) -> Option<&'t str> {
    text.strip_prefix(literal)?.strip_prefix(tenant)
}

/// What stands before the first placeholder, and what after it; the whole text when there is none.
const fn split(text: &str) -> (&str, Option<&str>) {
    let mut at = 0;
    while at < text.len() {
        if let Some((before, rest)) = text.split_at_checked(at)
            && let Some((found, after)) = rest.split_at_checked(PLACEHOLDER.len())
            && found.eq_ignore_ascii_case(PLACEHOLDER)
        {
            return (before, Some(after));
        }
        at += 1;
    }
    (text, None)
}

/// The first segment of a URL's path; for the issuers of Entra, the tenant.
pub(crate) fn first_path_segment(url: &str) -> Option<&str> {
    let (_, rest) = split_once(url, b':')?;
    let (_, path) = split_once(rest.strip_prefix("//")?, b'/')?;
    Some(split_once(path, b'/').map_or(path, |(segment, _)| segment))
}

/// The host of a URL of the scheme `https`, as it is written; `None` for any other text, and for one that hides the
/// host behind user information.
pub(crate) fn https_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://")?;
    let end = rest.bytes().position(|octet| matches!(octet, b'/' | b'?' | b'#'));
    let host = rest.get(..end.unwrap_or(rest.len()))?;
    (!host.is_empty() && !host.bytes().any(|octet| matches!(octet, b'@' | b'\\'))).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::{Template, first_path_segment, https_host};

    const TID: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";

    fn expands_to(template: &str, text: &str) -> bool {
        Template::new(template).expands_to(TID, text)
    }

    #[test]
    fn whole_text_and_nothing_else() {
        let v2 = "https://login.example/{tenantid}/v2.0";
        let expanded = v2.replace("{tenantid}", TID);
        assert!(expands_to(v2, &expanded));
        assert!(expands_to("https://login.example/{TenantId}/v2.0", &expanded));
        assert!(expands_to(&expanded, &expanded));
        for wrong in [
            std::format!("{expanded}/"),
            std::format!("{expanded}x"),
            std::format!(" {expanded}"),
            expanded.trim_end_matches(".0").into(),
            expanded.replace("https", "http"),
            expanded.replace(TID, ""),
            expanded.to_ascii_uppercase(),
            v2.into(),
        ] {
            assert!(!expands_to(v2, &wrong), "{wrong}");
        }
        // twice, as for External ID, and braces that are no placeholder
        let twice = "https://{tenantid}.login.example/{tenantid}/v2.0";
        assert!(expands_to(twice, &twice.replace("{tenantid}", TID)));
        assert!(!expands_to(twice, &twice.replacen("{tenantid}", TID, 1)));
        assert!(!expands_to(
            twice,
            &std::format!("https://{TID}.login.example/x{TID}/v2.0")
        ));
        let other = "2c9f8b61-0d3e-4a57-8f16-b7d2a9c45e03";
        let torn = |host: &str, path: &str, end: &str| std::format!("https://{host}.login.example/{path}/v2.0{end}");
        assert!(expands_to(twice, &torn(TID, TID, "")));
        for wrong in [
            torn(TID, TID, "x"),
            torn(TID, TID, "/"),
            torn(TID, other, ""),
            torn(other, TID, ""),
            torn(other, other, ""),
            std::format!("x{}", torn(TID, TID, "")),
            torn(TID, TID, "").replace("/v2.0", "/v2"),
        ] {
            assert!(!expands_to(twice, &wrong), "{wrong}");
        }
        assert!(expands_to("{{tenantid}{x", &std::format!("{{{TID}{{x")));
        assert!(expands_to("{tenantid", "{tenantid"));
        assert!(!expands_to("{tenantid}{tenantid}{tenantid}", &TID.repeat(3)));
    }

    #[test]
    fn expansions_of_two_templates() {
        let v2 = Template::new("https://login.example/{tenantid}/v2.0");
        let alike = |other: &str| v2.expands_alike(&Template::new(other), TID);
        assert!(alike("https://login.example/{tenantId}/v2.0"));
        assert!(alike(&std::format!("https://login.example/{TID}/v2.0")));
        assert!(!alike("https://login.example/{tenantid}/v2.0/"));
        assert!(!alike("https://login.example/{tenantid}"));
        assert!(!alike("https://login.example//v2.0"));
    }

    #[test]
    fn tenant_of_an_issuer() {
        let issuer = std::format!("https://login.example/{TID}/v2.0");
        assert_eq!(
            Template::new("https://login.example/{tenantid}/x").tenant_of(&issuer),
            Some(TID)
        );
        assert_eq!(
            Template::new("https://login.example/exact").tenant_of(&issuer),
            Some(TID)
        );
        assert_eq!(
            Template::new("https://login.another/{tenantid}/").tenant_of(&issuer),
            None
        );
        assert_eq!(
            Template::new("https://login.example/{tenantid}").tenant_of("https://login.example/7f"),
            None
        );
    }

    #[test]
    fn first_segment_and_host() {
        assert_eq!(first_path_segment("https://h/a/v2.0"), Some("a"));
        assert_eq!(first_path_segment("https://h/a"), Some("a"));
        assert_eq!(first_path_segment("https://h/"), Some(""));
        assert_eq!(first_path_segment("https://h"), None);
        assert_eq!(first_path_segment("h/a"), None);
        assert_eq!(https_host("https://h.example/x"), Some("h.example"));
        assert_eq!(https_host("https://h.example?x"), Some("h.example"));
        for none in ["http://h.example/", "https:///x", "https://a@h.example/", "https:h", ""] {
            assert_eq!(https_host(none), None, "{none}");
        }
    }
}
