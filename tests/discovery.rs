// SPDX-License-Identifier: MIT OR Apache-2.0

//! openid-configuration documents, each wrong in one way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use rs256::adfs::Farm;
use rs256::discovery::{DiscoveryError, Document, Member};
use rs256::entra::{Cloud, Guid, Tenant, Version, guid};
use serde_json::{Value, json};

const TID: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";
const TENANT: Guid = guid!(TID);
const FARM: Farm<'static> = Farm::new(
    "https://fs.contoso.example/adfs",
    "http://fs.contoso.example/adfs/services/trust",
);

/// The document of version 2.0 for every tenant.
fn common() -> Value {
    json!({
        "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "jwks_uri": "https://login.microsoftonline.com/common/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "tenant_region_scope": null,
        "cloud_instance_name": "microsoftonline.com",
    })
}

fn adfs() -> Value {
    json!({
        "issuer": FARM.issuer(), "access_token_issuer": FARM.access_token_issuer(),
        "jwks_uri": "https://fs.contoso.example/adfs/discovery/keys",
        "id_token_signing_alg_values_supported": ["RS256"], "capabilities": [],
    })
}

fn changed(document: &Value, changes: &Value) -> String {
    let mut document = document.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        if value == "absent" {
            document.remove(name);
        } else {
            document.insert(name.clone(), value.clone());
        }
    }
    Value::Object(document).to_string()
}

fn read<R>(text: &str, check: impl FnOnce(&Document<'_>) -> R) -> Result<R, DiscoveryError> {
    let mut text = text.as_bytes().to_vec();
    Document::read(&mut text).map(|document| check(&document))
}

#[test]
fn members() {
    for (changes, expected) in [
        (json!({}), None),
        (
            json!({ "issuer": "absent" }),
            Some(DiscoveryError::Missing(Member::Issuer)),
        ),
        (
            json!({ "jwks_uri": "absent" }),
            Some(DiscoveryError::Missing(Member::JwksUri)),
        ),
        (json!({ "issuer": 7 }), Some(DiscoveryError::WrongType(Member::Issuer))),
        (
            json!({ "issuer": ["x"] }),
            Some(DiscoveryError::WrongType(Member::Issuer)),
        ),
        (
            json!({ "issuer": null }),
            Some(DiscoveryError::WrongType(Member::Issuer)),
        ),
        (
            json!({ "jwks_uri": "https://x/\"y" }),
            Some(DiscoveryError::WrongType(Member::JwksUri)),
        ),
        (
            json!({ "cloud_instance_name": 1 }),
            Some(DiscoveryError::WrongType(Member::CloudInstanceName)),
        ),
        (
            json!({ "access_token_issuer": {} }),
            Some(DiscoveryError::WrongType(Member::AccessTokenIssuer)),
        ),
        (
            json!({ "id_token_signing_alg_values_supported": "RS256" }),
            Some(DiscoveryError::WrongType(Member::SigningAlgorithms)),
        ),
        (
            json!({ "id_token_signing_alg_values_supported": ["RS256", 1] }),
            Some(DiscoveryError::WrongType(Member::SigningAlgorithms)),
        ),
        (
            json!({ "id_token_signing_alg_values_supported": ["rs256", "PS256"] }),
            Some(DiscoveryError::Algorithm),
        ),
        (
            json!({ "id_token_signing_alg_values_supported": ["PS256", "RS256"] }),
            None,
        ),
        (json!({ "id_token_signing_alg_values_supported": "absent" }), None),
    ] {
        assert_eq!(read(&changed(&common(), &changes), |_| ()).err(), expected, "{changes}");
    }
    // no JSON, a name twice, more members than any authority has
    let text = common().to_string();
    assert!(matches!(read("<html>", |_| ()), Err(DiscoveryError::Json(_))));
    assert!(matches!(
        read(&format!("{text} x"), |_| ()),
        Err(DiscoveryError::Json(_))
    ));
    let twice = text.replacen('{', r#"{"\u0069ssuer":"https://evil.example","#, 1);
    assert!(matches!(read(&twice, |_| ()), Err(DiscoveryError::Json(_))));
    let many: String = (0..130).map(|n| format!("\"m{n}\":0,")).collect();
    assert!(matches!(
        read(&text.replacen('{', &format!("{{{many}"), 1), |_| ()),
        Err(DiscoveryError::Json(_))
    ));
}

#[test]
fn escaped_slashes_mean_slashes() {
    let text = common().to_string().replace('/', "\\/");
    read(&text, |document| {
        assert_eq!(
            document.jwks_uri(),
            "https://login.microsoftonline.com/common/discovery/v2.0/keys"
        );
        assert_eq!(document.issuer(), "https://login.microsoftonline.com/{tenantid}/v2.0");
        assert_eq!(document.cloud_instance_name(), Some("microsoftonline.com"));
        assert_eq!(document.access_token_issuer(), None);
        assert_eq!(document.check_entra(&Tenant::any(), Version::V2), Ok(()));
    })
    .unwrap();
}

#[test]
fn documents_of_entra() {
    let single = Tenant::single(TENANT);
    let own = format!("https://login.microsoftonline.com/{TID}/v2.0");
    let v1_keys = "https://login.microsoftonline.com/common/discovery/keys";
    let us = Tenant::any().in_cloud(Cloud::US_GOVERNMENT);
    let ciam = Tenant::single(TENANT).in_cloud(Cloud::EXTERNAL_ID);
    let ciam_issuer = format!("https://{TID}.ciamlogin.com/{TID}/v2.0");
    let ciam_keys = format!("https://{TID}.ciamlogin.com/{TID}/discovery/v2.0/keys");
    for (tenant, version, changes, expected) in [
        (Tenant::any(), Version::V2, json!({}), Ok(())),
        (
            Tenant::any(),
            Version::V2,
            json!({ "cloud_instance_name": "absent" }),
            Ok(()),
        ),
        (Tenant::any(), Version::V1, json!({}), Err(DiscoveryError::Issuer)),
        (
            Tenant::any(),
            Version::V1,
            json!({ "issuer": "https://sts.windows.net/{tenantid}/", "jwks_uri": v1_keys }),
            Ok(()),
        ),
        // the document for all is not the one for this tenant, nor the reverse
        (single, Version::V2, json!({}), Err(DiscoveryError::Issuer)),
        (single, Version::V2, json!({ "issuer": own }), Ok(())),
        (
            Tenant::any(),
            Version::V2,
            json!({ "issuer": own }),
            Err(DiscoveryError::Issuer),
        ),
        (
            single,
            Version::V2,
            json!({ "issuer": own.replace("7f1d", "7f1e") }),
            Err(DiscoveryError::Issuer),
        ),
        (
            single,
            Version::V2,
            json!({ "issuer": format!("{own}/") }),
            Err(DiscoveryError::Issuer),
        ),
        (
            Tenant::any(),
            Version::V2,
            json!({ "issuer": "https://login.microsoftonline.com/{tenantId}/v2.0" }),
            Ok(()),
        ),
        (
            Tenant::any(),
            Version::V2,
            json!({ "issuer": "https://login.microsoftonline.com/{tenantid}/V2.0" }),
            Err(DiscoveryError::Issuer),
        ),
        // another cloud
        (us, Version::V2, json!({}), Err(DiscoveryError::Issuer)),
        (
            us,
            Version::V2,
            json!({ "issuer": "https://login.microsoftonline.us/{tenantid}/v2.0" }),
            Err(DiscoveryError::Cloud),
        ),
        (
            us,
            Version::V2,
            json!({
                "issuer": "https://login.microsoftonline.us/{tenantid}/v2.0",
                "cloud_instance_name": "microsoftonline.us",
            }),
            Err(DiscoveryError::JwksUri),
        ),
        (ciam, Version::V1, json!({}), Err(DiscoveryError::Issuer)),
        (
            ciam,
            Version::V2,
            json!({ "issuer": ciam_issuer, "jwks_uri": ciam_keys }),
            Ok(()),
        ),
        (
            ciam,
            Version::V2,
            json!({ "issuer": ciam_issuer }),
            Err(DiscoveryError::JwksUri),
        ),
    ] {
        let answer = read(&changed(&common(), &changes), |document| {
            document.check_entra(&tenant, version)
        })
        .unwrap();
        assert_eq!(answer, expected, "{changes}");
    }
    for jwks_uri in [
        "http://login.microsoftonline.com/common/discovery/v2.0/keys",
        "https://evil.example/common/discovery/v2.0/keys",
        "https://login.microsoftonline.com.evil.example/keys",
        "https://login.microsoftonline.com@evil.example/keys",
        "https://login.microsoftonline.com:444/keys",
        "https://evil.example/https://login.microsoftonline.com/",
        "HTTPS://login.microsoftonline.com/keys",
        "",
    ] {
        let text = changed(&common(), &json!({ "jwks_uri": jwks_uri }));
        let answer = read(&text, |document| document.check_entra(&Tenant::any(), Version::V2)).unwrap();
        assert_eq!(answer, Err(DiscoveryError::JwksUri), "{jwks_uri}");
    }
}

#[test]
fn documents_of_adfs() {
    for (changes, expected) in [
        (json!({}), Ok(())),
        (
            json!({ "issuer": "https://fs.fabrikam.example/adfs" }),
            Err(DiscoveryError::Issuer),
        ),
        (
            json!({ "issuer": "https://fs.contoso.example/adfs/" }),
            Err(DiscoveryError::Issuer),
        ),
        (
            json!({ "access_token_issuer": "absent" }),
            Err(DiscoveryError::AccessTokenIssuer),
        ),
        (
            json!({ "access_token_issuer": FARM.issuer() }),
            Err(DiscoveryError::AccessTokenIssuer),
        ),
        (
            json!({ "jwks_uri": "http://fs.contoso.example/adfs/discovery/keys" }),
            Err(DiscoveryError::JwksUri),
        ),
        (
            json!({ "jwks_uri": "https://evil.example/adfs/discovery/keys" }),
            Err(DiscoveryError::JwksUri),
        ),
    ] {
        let answer = read(&changed(&adfs(), &changes), |document| document.check_adfs(&FARM)).unwrap();
        assert_eq!(answer, expected, "{changes}");
    }
    let generic = read(&adfs().to_string(), |document| document.check_issuer(FARM.issuer())).unwrap();
    assert_eq!(generic, Ok(()));
}

#[test]
fn errors_say_what_was_expected() {
    assert_eq!(
        DiscoveryError::Missing(Member::JwksUri).code(),
        "discovery_member_missing"
    );
    assert_eq!(
        DiscoveryError::Missing(Member::JwksUri).to_string(),
        "expected the member `jwks_uri`, found none"
    );
    assert_eq!(DiscoveryError::JwksUri.code(), "discovery_jwks_uri");
}
