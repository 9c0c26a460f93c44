// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is read from tokens that a policy accepted.

use rs256::entra::{self, AccessTokenPolicy, Audience, Cloud, EntraClaims, Groups, Tenant};
use rs256::{AcceptedToken, Error, Issuer, NumericDate, Policy, PolicyError, ProviderClaim, Verifier};
use serde_json::{Value, json};

use crate::entra_signer::{NOW, sign, sign_text, with};
use crate::{API, API_ID, CLIENT, OID, OTHER_TID, TENANT, TID, V1, V2, app, header, v1, v1_keys, v2, v2_keys};

/// The issuer of the tenant [`TID`].
const V2_ISSUER: &str = "https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0";

/// Reads the claims of `claims`, signed and accepted by `policy`.
fn accepted<R>(policy: &AccessTokenPolicy<'_>, claims: &Value, read: impl FnOnce(AcceptedToken<'_>) -> R) -> R {
    let mut buf = vec![0; 1 << 16];
    let token = sign(0, &header(), claims);
    let keys = v2_keys();
    read(
        Verifier::new(&keys, policy)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap(),
    )
}

#[test]
fn claims_of_an_accepted_token() {
    accepted(&V2, &v2(), |token| {
        let claims = EntraClaims::read(token.claims()).unwrap();
        let identity = claims.identity().unwrap();
        assert_eq!((identity.tenant, identity.object.as_str()), (TENANT, OID));
        assert_eq!(claims.scopes().collect::<Vec<_>>(), ["orders.read", "orders.write"]);
        assert!(claims.has_scope("orders.read"));
        for none in ["orders", "orders.read orders.write", "", " ", "Orders.Read"] {
            assert!(!claims.has_scope(none), "{none}");
        }
        assert!(!claims.is_app_only() && !claims.is_guest() && !claims.is_inside_corporate_network());
        assert!(claims.client().is_some_and(|client| client == CLIENT));
        assert!(claims.authorizing_client().is_none());
        assert!(claims.roles().unwrap().contains("Orders.Read"));
        assert!(matches!(claims.groups(), Groups::Absent));
        assert!(claims.version().unwrap() == "2.0" && claims.tenant_id().unwrap() == TID);
        assert!(claims.object_id().unwrap() == OID);
        assert!(claims.identity_provider().is_none() && claims.directory_roles().is_none());
        assert_eq!(
            format!("{claims:?}"),
            "EntraClaims { tid: Some(JsonStr(36 octets)), oid: Some(JsonStr(36 octets)), \
             scp: Some(JsonStr(24 octets)), groups: Absent, .. }"
        );
    });
    accepted(&V2, &app(), |token| {
        let claims = EntraClaims::read(token.claims()).unwrap();
        assert!(claims.is_app_only());
        assert!(claims.authorizing_client().is_some_and(|client| client == CLIENT));
        assert_eq!(claims.scopes().count(), 0);
    });
    accepted(
        &V1,
        &with(
            &v1(),
            &json!({ "in_corp": "true", "acrs": ["c1"], "idp": "live.com", "wids": [OID] }),
        ),
        |token| {
            let claims = EntraClaims::read(token.claims()).unwrap();
            assert!(claims.client().is_some_and(|client| client == CLIENT));
            assert!(claims.authentication_methods().unwrap().contains("mfa"));
            assert!(claims.authentication_contexts().unwrap().contains("c1"));
            assert!(claims.user_principal_name().unwrap() == "zoe@contoso.example");
            assert!(claims.version().unwrap() == "1.0");
            assert!(claims.identity_provider().unwrap() == "live.com" && claims.is_guest());
            assert!(claims.directory_roles().unwrap().contains(OID));
            assert!(claims.is_inside_corporate_network());
        },
    );
}

#[test]
fn guests_have_another_identity_provider() {
    for (idp, guest) in [
        (Value::Null, false),
        (json!(format!("https://login.microsoftonline.com/{TID}/v2.0")), false),
        (json!(format!("https://sts.windows.net/{TID}/")), false),
        (json!(format!("https://sts.windows.net/{OTHER_TID}/")), true),
        (json!("live.com"), true),
        (json!("mail"), true),
    ] {
        accepted(&V2, &with(&v2(), &json!({ "idp": idp })), |token| {
            assert_eq!(EntraClaims::read(token.claims()).unwrap().is_guest(), guest, "{idp}");
        });
    }
}

/// A federated partner chooses its own issuer, path and all, so only the issuers of the cloud itself are at home.
#[test]
fn a_path_of_the_tenant_does_not_make_a_guest_one_of_ours() {
    for idp in [
        format!("https://idp.partner.example/{TID}/"),
        format!("https://idp.partner.example/{TID}/v2.0"),
        format!("x://h/{TID}"),
        format!("https://sts.windows.net/{TID}"),
        format!("https://sts.windows.net/{TID}/x"),
        format!("http://sts.windows.net/{TID}/"),
        format!("https://login.microsoftonline.com/{TID}/v2.0/"),
        // a cloud that did not write `iss`
        format!("https://login.microsoftonline.us/{TID}/v2.0"),
        format!("https://sts.chinacloudapi.cn/{TID}/"),
    ] {
        accepted(&V2, &with(&v2(), &json!({ "idp": idp })), |token| {
            assert!(EntraClaims::read(token.claims()).unwrap().is_guest(), "{idp}");
        });
    }
}

#[test]
fn guests_under_an_issuer_of_the_callers_own() {
    let issuer = format!("https://login.cloud.example/{TID}/v2.0");
    let cloud = Cloud::custom(None, Some("https://login.cloud.example/{tenantid}/v2.0"));
    let policy = entra::access_token(Tenant::single(TENANT).in_cloud(cloud), Audience::v2(API_ID));
    let keys = v1_keys();
    for (idp, guest) in [
        (issuer.clone(), false),
        (format!("{issuer}/"), true),
        (format!("https://login.cloud.example/{OTHER_TID}/v2.0"), true),
        // that cloud's other issuers are not known here
        (format!("https://sts.windows.net/{TID}/"), true),
    ] {
        let token = sign(0, &header(), &with(&v2(), &json!({ "iss": issuer, "idp": idp })));
        let mut buf = [0; 4096];
        let token = Verifier::new(&keys, &policy)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        assert_eq!(EntraClaims::read(token.claims()).unwrap().is_guest(), guest, "{idp}");
    }
}

/// Read from a token that another policy accepted, or it would have been refused.
#[test]
fn a_token_with_scopes_is_never_an_applications_own() {
    let policy = Policy::new(Issuer::any_of(&[V2_ISSUER]), &[API]);
    for (changes, app_only) in [
        (json!({ "idtyp": "app", "scp": null }), true),
        (json!({ "idtyp": "app" }), false),
        (json!({ "idtyp": "app", "scp": "" }), false),
        (json!({ "idtyp": "user" }), false),
        (json!({ "scp": null }), false),
    ] {
        let token = sign(0, &header(), &with(&v2(), &changes));
        let (keys, mut buf) = (v2_keys(), [0; 4096]);
        let token = Verifier::new(&keys, &policy)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        let claims = EntraClaims::read(token.claims()).unwrap();
        assert_eq!(claims.is_app_only(), app_only, "{changes}");
        assert_eq!(claims.authorizing_client().is_some(), app_only, "{changes}");
    }
}

#[test]
fn inside_the_corporate_network_is_a_plain_yes() {
    for (in_corp, inside) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("True"), true),
        (Value::Null, false),
        (json!(false), false),
        (json!("false"), false),
        (json!("yes"), false),
        (json!(""), false),
        (json!(1), false),
        (json!(["true"]), false),
    ] {
        accepted(&V2, &with(&v2(), &json!({ "in_corp": in_corp })), |token| {
            let claims = EntraClaims::read(token.claims()).unwrap();
            assert_eq!(claims.is_inside_corporate_network(), inside, "{in_corp}");
        });
    }
}

#[test]
fn groups_have_three_states_and_no_fourth() {
    let groups: Vec<String> = (0..200).map(|n| format!("98db240f-3b25-4a8f-a680-{n:012x}")).collect();
    let sources = json!({ "src1": { "endpoint": "https://graph.windows.net/x/getMemberObjects" } });
    let state = |changes: Value| {
        accepted(&V2, &with(&v2(), &changes), |token| {
            match EntraClaims::read(token.claims()).map(|claims| claims.groups()) {
                Ok(Groups::Complete(groups)) => Ok(Some(groups.iter().count())),
                Ok(Groups::Overage) => Ok(None),
                Ok(Groups::Absent) => Err("absent"),
                Err(error) => Err(Error::Policy(error).code()),
            }
        })
    };
    let malformed = Err(Error::Policy(PolicyError::ClaimType(ProviderClaim::Groups)).code());
    for (changes, expected) in [
        (json!({}), Err("absent")),
        (json!({ "groups": [] }), Ok(Some(0))),
        (json!({ "groups": groups }), Ok(Some(200))),
        (json!({ "groups": "98db240f-3b25-4a8f-a680-cb3046ec3045" }), Ok(Some(1))),
        (
            json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": sources }),
            Ok(None),
        ),
        (
            json!({ "_claim_names": { "other": "src1" }, "_claim_sources": sources }),
            Err("absent"),
        ),
        (json!({ "hasgroups": true }), Ok(None)),
        (json!({ "hasgroups": "true" }), Ok(None)),
        (json!({ "hasgroups": false }), Err("absent")),
        (
            json!({ "groups": groups, "_claim_names": { "groups": "src1" } }),
            Ok(None),
        ),
        (json!({ "groups": [], "hasgroups": true }), Ok(None)),
        (json!({ "groups": 7 }), malformed),
        (json!({ "groups": ["a", 7] }), malformed),
        (json!({ "hasgroups": 1 }), malformed),
        (json!({ "hasgroups": "false" }), malformed),
        (json!({ "_claim_names": "groups" }), malformed),
    ] {
        assert_eq!(state(changes.clone()), expected, "{changes}");
    }
    let twice = format!(
        "{{\"_claim_names\":{{\"a\":\"src1\",\"\\u0061\":\"src2\"}},{}",
        &v2().to_string()[1..]
    );
    let mut buf = vec![0; 1 << 16];
    let token = sign_text(0, &header().to_string(), &twice);
    let keys = v2_keys();
    let token = Verifier::new(&keys, &V2)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    assert!(EntraClaims::read(token.claims()).is_err());
}

#[test]
fn identity_needs_two_guids() {
    for (changes, expected) in [
        (json!({ "oid": null }), Some("oid_missing")),
        (json!({ "oid": "zoe" }), Some("oid_wrong_type")),
        (json!({ "oid": 7 }), Some("oid_wrong_type")),
        (json!({ "upn": 7 }), Some("provider_claim_wrong_type")),
        (json!({ "amr": "pwd" }), None),
        (json!({ "amr": [1] }), Some("provider_claim_wrong_type")),
    ] {
        accepted(&V2, &with(&v2(), &changes), |token| {
            let identity = EntraClaims::read(token.claims()).and_then(|claims| claims.identity());
            assert_eq!(
                identity.err().map(|error| Error::Policy(error).code()),
                expected,
                "{changes}"
            );
        });
    }
}
