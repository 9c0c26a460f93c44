// SPDX-License-Identifier: MIT OR Apache-2.0

//! Issuers with the placeholder `{tenantid}`, compared without being written out.
//!
//! What takes the placeholder's place is always a GUID whose syntax was checked: a `tid` with a slash or a dot in it
//! never comes here.

/// The placeholder, compared without case as Microsoft's own code does.
const PLACEHOLDER: &str = "{tenantid}";

/// What stands before the next placeholder, and what after it; the whole text when there is none.
fn split(template: &str) -> (&str, Option<&str>) {
    let mut from = 0_usize;
    while let Some(brace) = template.get(from..).and_then(|rest| rest.find('{')) {
        let brace = from.saturating_add(brace);
        let after = brace.saturating_add(PLACEHOLDER.len());
        if template
            .get(brace..after)
            .is_some_and(|found| found.eq_ignore_ascii_case(PLACEHOLDER))
        {
            return (
                template.get(..brace).unwrap_or_default(),
                Some(template.get(after..).unwrap_or_default()),
            );
        }
        from = brace.saturating_add(1);
    }
    (template, None)
}

/// Whether `text` is `template` with `tenant` in the place of every placeholder, octet for octet.
pub(crate) fn expands_to(template: &str, tenant: &str, text: &str) -> bool {
    let (mut template, mut text) = (template, text);
    loop {
        let (literal, rest) = split(template);
        let Some(rest) = rest else { return literal == text };
        let Some(after) = text
            .strip_prefix(literal)
            .and_then(|behind| behind.strip_prefix(tenant))
        else {
            return false;
        };
        (template, text) = (rest, after);
    }
}

/// Whether two templates expand to the same text for `tenant`.
pub(crate) fn expand_alike(one: &str, other: &str, tenant: &str) -> bool {
    octets(one, tenant).eq(octets(other, tenant))
}

fn octets<'t>(template: &'t str, tenant: &'t str) -> impl Iterator<Item = u8> + use<'t> {
    let mut left = Some(template);
    core::iter::from_fn(move || {
        let (literal, rest) = split(left?);
        left = rest;
        // the tenant follows where there was a placeholder
        Some(literal.bytes().chain(rest.map_or("", |_| tenant).bytes()))
    })
    .flatten()
}

/// The first segment of a URL's path; for the issuers of Entra, the tenant.
pub(crate) fn first_path_segment(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    path.split('/').next()
}

/// The host of a URL of the scheme `https`, as it is written; `None` for any other text, and for one that hides the
/// host behind user information.
pub(crate) fn https_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains(['@', '\\'])).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::{expand_alike, expands_to, first_path_segment, https_host};

    const TID: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";

    #[test]
    fn whole_text_and_nothing_else() {
        let v2 = "https://login.example/{tenantid}/v2.0";
        let expanded = v2.replace("{tenantid}", TID);
        assert!(expands_to(v2, TID, &expanded));
        assert!(expands_to("https://login.example/{TenantId}/v2.0", TID, &expanded));
        assert!(expands_to(&expanded, TID, &expanded));
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
            assert!(!expands_to(v2, TID, &wrong), "{wrong}");
        }
        // twice, as for External ID, and braces that are no placeholder
        let twice = "https://{tenantid}.login.example/{tenantid}/v2.0";
        assert!(expands_to(twice, TID, &twice.replace("{tenantid}", TID)));
        assert!(!expands_to(twice, TID, &twice.replacen("{tenantid}", TID, 1)));
        assert!(expands_to("{{tenantid}{x", TID, &std::format!("{{{TID}{{x")));
        assert!(expands_to("{tenantid", TID, "{tenantid"));
    }

    #[test]
    fn expansions_of_two_templates() {
        let v2 = "https://login.example/{tenantid}/v2.0";
        assert!(expand_alike(v2, "https://login.example/{tenantId}/v2.0", TID));
        assert!(expand_alike(v2, &v2.replace("{tenantid}", TID), TID));
        assert!(!expand_alike(v2, "https://login.example/{tenantid}/v2.0/", TID));
        assert!(!expand_alike(v2, "https://login.example/{tenantid}", TID));
    }

    #[test]
    fn first_segment_and_host() {
        assert_eq!(first_path_segment(&std::format!("https://h/{TID}/v2.0")), Some(TID));
        assert_eq!(first_path_segment(&std::format!("https://h/{TID}")), Some(TID));
        assert_ne!(first_path_segment(&std::format!("https://h/x/{TID}")), Some(TID));
        assert_ne!(first_path_segment(&std::format!("https://h/{TID}x/")), Some(TID));
        assert_ne!(first_path_segment(TID), Some(TID));
        assert_eq!(https_host("https://h.example/x"), Some("h.example"));
        assert_eq!(https_host("https://h.example?x"), Some("h.example"));
        for none in ["http://h.example/", "https:///x", "https://a@h.example/", "https:h", ""] {
            assert_eq!(https_host(none), None, "{none}");
        }
    }
}
