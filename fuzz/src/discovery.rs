// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reading an openid-configuration document and holding it against an authority, against the same rules written over
//! `serde_json` and with templates written out.

use rs256::adfs::Farm;
use rs256::discovery::Document;
use rs256::entra::{Cloud, Guid, Tenant, Version, guid};
use rs256::limits::MAX_DISCOVERY_MEMBERS;

use crate::model::{Node, Object};

const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const OTHER: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const BOTH: &[Guid] = &[TENANT, OTHER];
const PLACEHOLDER: &str = "{tenantid}";

/// What matters of a document.
#[derive(Debug, PartialEq)]
struct Known {
    issuer: String,
    access_token_issuer: Option<String>,
    jwks_uri: String,
    cloud: Option<String>,
}

/// The document by the rules; `None` where it is refused.
fn read(text: &[u8]) -> Option<Known> {
    let object = Object::read(text, MAX_DISCOVERY_MEMBERS)?;
    let member = |name: &str| {
        let text = object.string(name)?;
        // RULE plain: no URL and no name has a quotation mark, a backslash or a control character
        let is_plain = |text: &str| text.chars().all(|c| c >= ' ' && c != '"' && c != '\\');
        text.is_none_or(is_plain).then(|| text.map(str::to_owned))
    };
    // RULE algorithm: where there is a list, RS256 is in it
    match object.get("id_token_signing_alg_values_supported") {
        None => {}
        Some(list @ Node::Array(_)) if list.strings()?.contains(&"RS256") => {}
        Some(_) => return None,
    }
    Some(Known {
        issuer: member("issuer")??,
        access_token_issuer: member("access_token_issuer")?,
        jwks_uri: member("jwks_uri")??,
        cloud: member("cloud_instance_name")?,
    })
}

/// The host of an https URL.
fn host(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains(['@', '\\'])).then_some(host)
}

/// The text with the first two placeholders written in small letters.
fn normal(text: &str) -> String {
    let mut text = text.to_owned();
    let mut from = 0;
    for _ in 0..2 {
        let Some(at) = text[from..].to_ascii_lowercase().find(PLACEHOLDER) else {
            break;
        };
        text.replace_range(from + at..from + at + PLACEHOLDER.len(), PLACEHOLDER);
        from += at + PLACEHOLDER.len();
    }
    text
}

/// The document as it is, and with the members that a document needs before its own.
pub fn run(data: &[u8]) {
    agree(data);
    let start = br#"{"issuer":"https://login.microsoftonline.com/{TenantId}/v2.0","jwks_uri":"https://login.microsoftonline.com"#;
    agree(&[start, data].concat());
}

fn agree(data: &[u8]) {
    let mut text = data.to_vec();
    crate::verdicts::note(read(data).is_some());
    let (document, known) = match (Document::read(&mut text), read(data)) {
        (Ok(document), Some(known)) => (document, known),
        (Err(_), None) => return,
        (ours, theirs) => panic!("{ours:?} instead of {theirs:?}"),
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let found = Known {
        issuer: document.issuer().to_owned(),
        access_token_issuer: owned(document.access_token_issuer()),
        jwks_uri: document.jwks_uri().to_owned(),
        cloud: owned(document.cloud_instance_name()),
    };
    assert_eq!(found, known);

    for cloud in [Cloud::GLOBAL, Cloud::CHINA, Cloud::EXTERNAL_ID] {
        for version in [Version::V1, Version::V2] {
            for (tenant, only) in [
                (Tenant::single(TENANT), Some(TENANT)),
                (Tenant::any_of(BOTH), None),
                (Tenant::any(), None),
            ] {
                let expected = is_of_cloud(&known, &cloud, version, only.as_ref());
                assert_eq!(document.check_entra(&tenant.in_cloud(cloud), version).is_ok(), expected);
            }
        }
    }
    let keys_are_on_host_of = |issuer: &str| host(issuer).is_some() && host(issuer) == host(&known.jwks_uri);
    for issuer in [
        "https://login.microsoftonline.com/{TenantId}/v2.0",
        known.issuer.as_str(),
        "https://sts.example/adfs",
    ] {
        let expected = known.issuer == issuer && keys_are_on_host_of(issuer);
        assert_eq!(document.check_issuer(issuer).is_ok(), expected);
        for access_token_issuer in ["http://sts.example/adfs/services/trust", issuer] {
            let farm = Farm::new(issuer, access_token_issuer);
            let is_farm = expected && known.access_token_issuer.as_deref() == Some(access_token_issuer);
            assert_eq!(document.check_adfs(&farm).is_ok(), is_farm);
        }
    }
}

fn is_of_cloud(known: &Known, cloud: &Cloud<'_>, version: Version, only: Option<&Guid>) -> bool {
    let Some(template) = cloud.issuer_template(version) else {
        return false;
    };
    let expanded = |text: &str| only.map_or(normal(text), |only| text.replace(PLACEHOLDER, only.as_str()));
    let is_issuer = match only {
        Some(_) => known.issuer == expanded(template),
        None => normal(&known.issuer) == template,
    };
    let is_cloud =
        known.cloud.is_none() || cloud.instance_name().is_none() || known.cloud.as_deref() == cloud.instance_name();
    let authority = cloud.issuer_template(Version::V2).and_then(host).map(expanded);
    is_issuer && is_cloud && authority.is_some() && host(&known.jwks_uri) == authority.as_deref()
}
