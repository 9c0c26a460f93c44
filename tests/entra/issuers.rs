// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tenants, clouds, and the keys that sign for them.

use rs256::entra::{self, AccessTokenPolicy, Audience, Cloud, Guid, Tenant};
use rs256::{Authority, NumericDate, Verifier};
use serde_json::{Value, json};

use crate::entra_signer::{NOW, jwk, key_set, sign, sign_text, verdict, with};
use crate::{
    ANY, API, API_ID, BOTH, CLIENT_ID, OTHER_TENANT, OTHER_TID, TENANT, TID, V2, V2_TEMPLATE, app, header, id, v1,
    v1_keys, v2, v2_keys,
};

#[test]
fn tenancy() {
    let keys = v2_keys();
    let of = |tid: &str| {
        let changes = json!({ "tid": tid, "iss": format!("https://login.microsoftonline.com/{tid}/v2.0") });
        sign(0, &header(), &with(&v2(), &changes))
    };
    static LIST: &[Guid] = &[OTHER_TENANT, TENANT];
    let some = entra::access_token(Tenant::any_of(LIST), Audience::v2(API_ID));
    let none = entra::access_token(Tenant::any_of(&[]), Audience::v2(API_ID));
    let third = "00000000-0000-4000-8000-00000000000a";
    for (tid, single, list, any) in [
        (TID, "accepted", "accepted", "accepted"),
        (OTHER_TID, "tenant", "accepted", "accepted"),
        (third, "tenant", "tenant", "accepted"),
        (Guid::CONSUMERS.as_str(), "tenant", "tenant", "accepted"),
        ("common", "tid_not_a_guid", "tid_not_a_guid", "tid_not_a_guid"),
        ("{tenantid}", "tid_not_a_guid", "tid_not_a_guid", "tid_not_a_guid"),
    ] {
        let token = of(tid);
        assert_eq!(verdict(&keys, &V2, &token), single, "{tid}");
        assert_eq!(verdict(&keys, &some, &token), list, "{tid}");
        assert_eq!(verdict(&keys, &ANY, &token), any, "{tid}");
        assert_ne!(verdict(&keys, &none, &token), "accepted", "{tid}");
    }
    // Under any tenant the issuer is still bound to `tid`.
    let torn = with(&v2(), &json!({ "tid": OTHER_TID }));
    assert_eq!(verdict(&keys, &ANY, &sign(0, &header(), &torn)), "issuer");
    // A policy configured in upper case means the same tenant.
    let upper = Guid::parse(&TID.to_ascii_uppercase()).unwrap();
    let policy = entra::access_token(Tenant::single(upper), Audience::v2(API_ID));
    assert_eq!(verdict(&keys, &policy, &of(TID)), "accepted");
    // Escaped names and values are the same claims.
    let escaped = v2()
        .to_string()
        .replacen("\"tid\"", "\"\\u0074id\"", 1)
        .replacen("https://", "https:\\/\\/", 1);
    assert!(escaped.contains("\\u0074id") && escaped.contains("\\/\\/"));
    assert_eq!(
        verdict(&keys, &V2, &sign_text(0, &header().to_string(), &escaped)),
        "accepted"
    );
    let twice = format!("{{\"\\u0074ID\":\"{TID}\",{}", &v2().to_string()[1..]);
    assert_eq!(
        verdict(&keys, &V2, &sign_text(0, &header().to_string(), &twice)),
        "tid_ambiguous"
    );
}

/// Entra writes a GUID in lower case, in `tid` as in `iss`; what is written otherwise is no expansion of a template.
#[test]
fn another_spelling_of_the_tenant_is_another_issuer() {
    let keys = v2_keys();
    let upper = TID.to_ascii_uppercase();
    let mixed = format!("{}{}", &upper[..8], &TID[8..]);
    for policy in [V2, ANY] {
        for (tid, path, expected) in [
            (TID, TID, "accepted"),
            (&upper, &upper, "issuer"),
            (&mixed, &mixed, "issuer"),
            (&upper, TID, "issuer"),
            (TID, &upper, "issuer"),
            (&upper, &mixed, "issuer"),
        ] {
            let iss = format!("https://login.microsoftonline.com/{path}/v2.0");
            let claims = with(&v2(), &json!({ "tid": tid, "iss": iss }));
            assert_eq!(
                verdict(&keys, &policy, &sign(0, &header(), &claims)),
                expected,
                "{tid} {path}"
            );
        }
    }
}

/// A `scp` without a word delegates nothing, so it does not make an access token.
#[test]
fn scopes_without_a_word_are_none() {
    let keys = v2_keys();
    let id_policy = entra::id_token(Tenant::single(TENANT), CLIENT_ID, "n-0S6");
    let silent_app = with(&app(), &json!({ "idtyp": null }));
    for scp in ["", " ", "   ", "\t", "\"", "\u{1}"] {
        let ask = |policy: &AccessTokenPolicy<'_>, claims: &Value| {
            verdict(
                &keys,
                policy,
                &sign(0, &header(), &with(claims, &json!({ "scp": scp }))),
            )
        };
        assert_eq!(ask(&V2, &v2()), "token_kind", "{scp:?}");
        assert_eq!(
            ask(&V2, &with(&v2(), &json!({ "idtyp": "user" }))),
            "token_kind",
            "{scp:?}"
        );
        // it is there all the same: nothing that has it is an application's token or an ID token
        assert_eq!(ask(&V2, &app()), "token_kind", "{scp:?}");
        assert_eq!(ask(&V2.waive_idtyp(), &silent_app), "token_kind", "{scp:?}");
        let id = with(&id(), &json!({ "scp": scp }));
        assert_eq!(
            verdict(&keys, &id_policy, &sign(0, &header(), &id)),
            "token_kind",
            "{scp:?}"
        );
    }
    for scp in ["a", " a", "a "] {
        let claims = with(&v2(), &json!({ "scp": scp }));
        assert_eq!(verdict(&keys, &V2, &sign(0, &header(), &claims)), "accepted", "{scp:?}");
    }
}

#[test]
fn every_cloud_has_its_own_issuers() {
    let clouds = [
        (
            Cloud::GLOBAL,
            Some("https://sts.windows.net/T/"),
            "https://login.microsoftonline.com/T/v2.0",
        ),
        (
            Cloud::US_GOVERNMENT,
            Some("https://sts.windows.net/T/"),
            "https://login.microsoftonline.us/T/v2.0",
        ),
        (
            Cloud::CHINA,
            Some("https://sts.chinacloudapi.cn/T/"),
            "https://login.partner.microsoftonline.cn/T/v2.0",
        ),
        (Cloud::EXTERNAL_ID, None, "https://T.ciamlogin.com/T/v2.0"),
        (
            Cloud::custom(None, Some("https://login.cloud.example/{TenantID}/v2.0/")),
            None,
            "https://login.cloud.example/T/v2.0/",
        ),
    ];
    let keys = v1_keys();
    for (index, (cloud, v1_issuer, v2_issuer)) in clouds.iter().enumerate() {
        let tenant = Tenant::single(TENANT).in_cloud(*cloud);
        let policy = entra::access_token(tenant, Audience::v1_or_v2(API_ID, &["api://orders"]));
        for (other, (_, _, issuer)) in clouds.iter().enumerate() {
            let claims = with(&v2(), &json!({ "iss": issuer.replace('T', TID) }));
            let expected = if index == other { "accepted" } else { "issuer" };
            assert_eq!(
                verdict(&keys, &policy, &sign(0, &header(), &claims)),
                expected,
                "{issuer}"
            );
        }
        assert_eq!(
            v2_issuer.matches('T').count(),
            if v2_issuer.contains("ciam") { 2 } else { 1 }
        );
        if let Some(issuer) = v1_issuer {
            let claims = with(&v1(), &json!({ "iss": issuer.replace('T', TID) }));
            assert_eq!(
                verdict(&keys, &policy, &sign(0, &header(), &claims)),
                "accepted",
                "{issuer}"
            );
        } else {
            assert_eq!(verdict(&keys, &policy, &sign(0, &header(), &v1())), "issuer");
        }
    }
    // External ID names the tenant twice, and both have to be the same.
    let ciam = entra::access_token(Tenant::any().in_cloud(Cloud::EXTERNAL_ID), Audience::v2(API_ID));
    let torn = with(
        &v2(),
        &json!({ "iss": format!("https://{OTHER_TID}.ciamlogin.com/{TID}/v2.0") }),
    );
    assert_eq!(verdict(&keys, &ciam, &sign(0, &header(), &torn)), "issuer");
    // An exact issuer still has to name the tenant.
    let exact = Cloud::custom(None, Some("https://login.contoso.example/tokens/v2.0"));
    let policy = entra::access_token(Tenant::single(TENANT).in_cloud(exact), Audience::v2(API_ID));
    let claims = with(&v2(), &json!({ "iss": "https://login.contoso.example/tokens/v2.0" }));
    assert_eq!(verdict(&keys, &policy, &sign(0, &header(), &claims)), "issuer");
}

#[test]
fn the_signing_key_says_whose_tokens_it_signs() {
    let concrete = |tid: &str| format!("https://login.microsoftonline.com/{tid}/v2.0");
    let ask = |key: Value, policy: &AccessTokenPolicy<'_>, claims: &Value| {
        verdict(&key_set(&[jwk(0, "k2", &key)]), policy, &sign(0, &header(), claims))
    };
    for (key, v2_verdict, v1_verdict) in [
        (json!({ "issuer": V2_TEMPLATE }), "accepted", "accepted"),
        (
            json!({ "issuer": V2_TEMPLATE.replace("tenantid", "TenantId") }),
            "accepted",
            "accepted",
        ),
        (json!({ "issuer": concrete(TID) }), "accepted", "accepted"),
        // a version 1.0 issuer does not sign tokens of version 2.0
        (
            json!({ "issuer": "https://sts.windows.net/{tenantid}/" }),
            "signing_key_issuer",
            "accepted",
        ),
        (
            json!({ "issuer": concrete(OTHER_TID) }),
            "signing_key_issuer",
            "signing_key_issuer",
        ),
        (
            json!({ "issuer": concrete(Guid::CONSUMERS.as_str()) }),
            "signing_key_issuer",
            "signing_key_issuer",
        ),
        (
            json!({ "issuer": format!("{V2_TEMPLATE}/") }),
            "signing_key_issuer",
            "signing_key_issuer",
        ),
        (json!({ "issuer": "" }), "signing_key_issuer", "signing_key_issuer"),
        (
            json!({ "issuer": "https://login.microsoftonline.us/{tenantid}/v2.0" }),
            "signing_key_issuer",
            "signing_key_issuer",
        ),
        (
            json!({ "issuer": V2_TEMPLATE, "cloud_instance_name": "microsoftonline.us" }),
            "signing_key_cloud",
            "signing_key_cloud",
        ),
        (
            json!({ "issuer": V2_TEMPLATE, "cloud_instance_name": "microsoftonline.com" }),
            "accepted",
            "accepted",
        ),
        (
            json!({ "cloud_instance_name": "MicrosoftOnline.com" }),
            "signing_key_cloud",
            "signing_key_cloud",
        ),
    ] {
        assert_eq!(ask(key.clone(), &BOTH, &v2()), v2_verdict, "{key}");
        assert_eq!(ask(key.clone(), &BOTH, &v1()), v1_verdict, "{key}");
    }
    // A key that says nothing serves one tenant, and several only by name or in version 1.0.
    let any_v1 = entra::access_token(Tenant::any(), Audience::v1(API_ID, &["api://orders"]));
    assert_eq!(ask(json!({}), &V2, &v2()), "accepted");
    assert_eq!(ask(json!({}), &ANY, &v2()), "signing_key_issuer");
    assert_eq!(ask(json!({}), &ANY.accept_keys_without_issuer(), &v2()), "accepted");
    assert_eq!(ask(json!({}), &any_v1, &v1()), "accepted");
    // Another name for the cloud is the caller's choice.
    let cloud = Cloud::GLOBAL.with_instance_name("example.cloud");
    let policy = entra::access_token(Tenant::single(TENANT).in_cloud(cloud), Audience::v2(API_ID));
    assert_eq!(
        ask(json!({ "cloud_instance_name": "example.cloud" }), &policy, &v2()),
        "accepted"
    );
    assert_eq!(
        ask(json!({ "cloud_instance_name": "microsoftonline.com" }), &policy, &v2()),
        "signing_key_cloud"
    );
}

#[test]
fn the_key_of_one_authority_never_signs_for_another() {
    let entra_keys = v2_keys();
    let adfs_keys = key_set(&[jwk(4, "fs", &json!({ "alg": "RS256" }))]);
    let farm = rs256::adfs::Farm::new(
        "https://fs.contoso.example/adfs",
        "http://fs.contoso.example/adfs/services/trust",
    );
    let adfs_policy = rs256::adfs::access_token(farm, rs256::adfs::Audience::exact(API));
    let authorities = [
        Authority::new(&entra_keys, &V2),
        Authority::new(&adfs_keys, &adfs_policy),
    ];
    let verifier = Verifier::any(&authorities);
    let ask = |token: &str| {
        let mut buf = [0; 4096];
        verifier
            .verify(token, NumericDate::from_secs(NOW), &mut buf)
            .err()
            .map(|error| error.code())
    };
    assert_eq!(ask(&sign(0, &header(), &v2())), None);
    // an AD FS key under its own kid, and under Entra's
    assert_eq!(
        ask(&sign(4, &json!({ "alg": "RS256", "kid": "fs" }), &v2())),
        Some("issuer")
    );
    assert_eq!(
        ask(&sign(4, &json!({ "alg": "RS256", "x5t": "fs" }), &v2())),
        Some("issuer")
    );
    assert_eq!(ask(&sign(4, &header(), &v2())), Some("invalid_signature"));
    // and the reverse: a key of Entra's for the farm's issuer
    let farms = json!({ "aud": API, "iss": farm.access_token_issuer(), "exp": NOW + 4000, "scp": "orders" });
    assert_eq!(ask(&sign(4, &json!({ "alg": "RS256", "x5t": "fs" }), &farms)), None);
    assert_eq!(ask(&sign(0, &header(), &farms)), Some("tid_missing"));
    let dressed = with(&farms, &json!({ "tid": TID, "ver": "1.0" }));
    assert_eq!(ask(&sign(0, &header(), &dressed)), Some("issuer"));
    assert_eq!(
        ask(&sign(0, &json!({ "alg": "RS256", "kid": "fs" }), &farms)),
        Some("invalid_signature")
    );
}

#[test]
fn a_key_of_external_id_names_the_tenant_twice() {
    let issuer = |tid: &str| format!("https://{tid}.ciamlogin.com/{tid}/v2.0");
    let claims = with(&v2(), &json!({ "iss": issuer(TID) }));
    let policy =
        |tenant: Tenant<'static>| entra::access_token(tenant.in_cloud(Cloud::EXTERNAL_ID), Audience::v2(API_ID));
    let torn = format!("https://{{tenantid}}.ciamlogin.com/{OTHER_TID}/v2.0");
    for (own, expected) in [
        (issuer("{tenantid}"), "accepted"),
        (issuer("{TenantId}"), "accepted"),
        (issuer(TID), "accepted"),
        (issuer(OTHER_TID), "signing_key_issuer"),
        (format!("{}/", issuer("{tenantid}")), "signing_key_issuer"),
        (torn, "signing_key_issuer"),
        (V2_TEMPLATE.to_owned(), "signing_key_issuer"),
    ] {
        let keys = key_set(&[jwk(0, "k2", &json!({ "issuer": own }))]);
        for tenant in [Tenant::single(TENANT), Tenant::any()] {
            let token = sign(0, &header(), &claims);
            assert_eq!(verdict(&keys, &policy(tenant), &token), expected, "{own}");
        }
    }
}
