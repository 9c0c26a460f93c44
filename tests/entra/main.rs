// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens of Microsoft Entra ID, each wrong in one way, against the policies of `rs256::entra`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/entra_signer.rs"]
mod entra_signer;

mod claims;

use entra_signer::{NOW, jwk, key_set, sign, sign_text, verdict, with};
use rs256::entra::{self, AccessTokenPolicy, Audience, Cloud, Guid, Tenant, guid};
use rs256::{Authority, Error, KeySet, Leeway, NumericDate, PolicyError, Verifier};
use serde_json::{Value, json};

const TID: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";
const OTHER_TID: &str = "2c9f8b61-0d3e-4a57-8f16-b7d2a9c45e03";
const API: &str = "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31";
const CLIENT: &str = "e84f6b12-9d07-4c3a-b5e8-0f2a7c6d1b95";
const OID: &str = "dd4972dd-4250-49fb-a71c-35b456b8dc89";

const TENANT: Guid = guid!(TID);
const OTHER_TENANT: Guid = guid!(OTHER_TID);
const API_ID: Guid = guid!(API);
const CLIENT_ID: Guid = guid!(CLIENT);

static V2: AccessTokenPolicy<'static> = entra::access_token(Tenant::single(TENANT), Audience::v2(API_ID));
static V1: AccessTokenPolicy<'static> = entra::access_token(
    Tenant::single(TENANT),
    Audience::v1(API_ID, &["api://orders", "https://orders.example/"]),
);
static BOTH: AccessTokenPolicy<'static> =
    entra::access_token(Tenant::single(TENANT), Audience::v1_or_v2(API_ID, &["api://orders"]));
static ANY: AccessTokenPolicy<'static> = entra::access_token(Tenant::any(), Audience::v2(API_ID));

const V2_TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

/// The key set of the version 2.0 endpoint: key 0 under `k2`.
fn v2_keys() -> KeySet<8> {
    key_set(&[jwk(
        0,
        "k2",
        &json!({ "issuer": V2_TEMPLATE, "cloud_instance_name": "microsoftonline.com" }),
    )])
}

/// The key set of the version 1.0 endpoint, whose keys have no `issuer`.
fn v1_keys() -> KeySet<8> {
    key_set(&[jwk(0, "k2", &json!({}))])
}

fn header() -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "kid": "k2" })
}

/// A user's token of version 2.0.
fn v2() -> Value {
    json!({
        "aud": API, "iss": format!("https://login.microsoftonline.com/{TID}/v2.0"),
        "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 4000,
        "azp": CLIENT, "azpacr": "1", "name": "Zoë Example (synthetic)", "oid": OID,
        "preferred_username": "zoe@contoso.example", "rh": "0.AX", "roles": ["Orders.Read"],
        "scp": "orders.read orders.write", "sub": "TNm2Z5ypM48bt", "tid": TID, "uti": "XE9FnkpSN0", "ver": "2.0",
    })
}

/// A user's token of version 1.0.
fn v1() -> Value {
    json!({
        "aud": "api://orders", "iss": format!("https://sts.windows.net/{TID}/"),
        "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 4000,
        "acr": "1", "amr": ["pwd", "mfa"], "appid": CLIENT, "appidacr": "1", "ipaddr": "192.0.2.44",
        "name": "Zoë Example (synthetic)", "oid": OID, "scp": "user_impersonation", "sub": "TNm2Z5ypM48bt",
        "tid": TID, "unique_name": "zoe@contoso.example", "upn": "zoe@contoso.example", "uti": "XE9", "ver": "1.0",
    })
}

/// An application's token of version 2.0.
fn app() -> Value {
    with(
        &v2(),
        &json!({ "scp": null, "idtyp": "app", "name": null, "preferred_username": null, "sub": OID }),
    )
}

/// An ID token of version 2.0.
fn id() -> Value {
    json!({
        "aud": CLIENT, "iss": format!("https://login.microsoftonline.com/{TID}/v2.0"),
        "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 4000,
        "aio": "AXQ", "c_hash": "LDktKdoQak3Pk0cnXxCltA", "name": "Zoë Example (synthetic)", "nonce": "n-0S6",
        "oid": OID, "preferred_username": "zoe@contoso.example", "roles": ["Orders.Read"], "sub": "AAAAA", "tid": TID,
        "ver": "2.0",
    })
}

/// Asks `policy` about `claims` with each row's changes, after the unchanged ones were accepted.
fn table(keys: &KeySet<8>, policy: &AccessTokenPolicy<'_>, claims: &Value, rows: &[(Value, &str)]) {
    assert_eq!(verdict(keys, policy, &sign(0, &header(), claims)), "accepted");
    for (changes, expected) in rows {
        let token = sign(0, &header(), &with(claims, changes));
        assert_eq!(verdict(keys, policy, &token), *expected, "{changes}");
    }
}

#[test]
fn v2_access_token_wrong_in_one_way() {
    let prefix = format!("https://login.microsoftonline.com/{TID}");
    table(
        &v2_keys(),
        &V2,
        &v2(),
        &[
            // the tenant
            (json!({ "tid": null }), "tid_missing"),
            (json!({ "tid": "" }), "tid_not_a_guid"),
            (json!({ "tid": 7 }), "tid_wrong_type"),
            (json!({ "tid": [TID] }), "tid_wrong_type"),
            (json!({ "tid": "contoso.onmicrosoft.com" }), "tid_not_a_guid"),
            (json!({ "tid": format!("{TID}/v2.0") }), "tid_not_a_guid"),
            (json!({ "tid": format!("{TID} ") }), "tid_not_a_guid"),
            (json!({ "tid": format!("x/../{TID}") }), "tid_not_a_guid"),
            (json!({ "tid": OTHER_TID }), "issuer"),
            (json!({ "tid": TID.to_ascii_uppercase() }), "issuer"),
            (json!({ "TID": TID }), "tid_ambiguous"),
            (json!({ "Tid": OTHER_TID }), "tid_ambiguous"),
            (json!({ "tid": null, "TID": TID }), "tid_ambiguous"),
            // the issuer
            (json!({ "iss": null }), "iss_missing"),
            (json!({ "iss": prefix }), "issuer"),
            (json!({ "iss": format!("{prefix}/v2.0/") }), "issuer"),
            (json!({ "iss": format!("{prefix}/v2.0x") }), "issuer"),
            (
                json!({ "iss": format!("{prefix}/v2.0").to_ascii_uppercase() }),
                "issuer",
            ),
            (
                json!({ "iss": format!("http://login.microsoftonline.com/{TID}/v2.0") }),
                "issuer",
            ),
            (json!({ "iss": V2_TEMPLATE }), "issuer"),
            (
                json!({ "iss": format!("https://login.microsoftonline.com/{OTHER_TID}/v2.0") }),
                "issuer",
            ),
            (
                json!({ "iss": format!("https://login.microsoftonline.us/{TID}/v2.0") }),
                "issuer",
            ),
            (
                json!({ "iss": "http://fs.contoso.example/adfs/services/trust" }),
                "issuer",
            ),
            // another tenant with everything right
            (
                json!({ "iss": format!("https://login.microsoftonline.com/{OTHER_TID}/v2.0"), "tid": OTHER_TID }),
                "tenant",
            ),
            // the version
            (json!({ "ver": null }), "ver_missing"),
            (json!({ "ver": 2.0 }), "ver_wrong_type"),
            (json!({ "ver": "1.0" }), "token_version"),
            (json!({ "ver": "2" }), "token_version"),
            (
                json!({ "iss": format!("https://sts.windows.net/{TID}/") }),
                "token_version",
            ),
            // the kind
            (json!({ "scp": null }), "token_kind"),
            (json!({ "scp": ["orders.read"] }), "scp_wrong_type"),
            (json!({ "idtyp": "app" }), "token_kind"),
            (json!({ "idtyp": "device" }), "token_kind"),
            (json!({ "idtyp": 1 }), "idtyp_wrong_type"),
            (json!({ "idtyp": "user" }), "accepted"),
            // the audience
            (json!({ "aud": null }), "aud_missing"),
            (json!({ "aud": CLIENT }), "audience"),
            (json!({ "aud": format!("api://{API}") }), "audience"),
            (json!({ "aud": format!("{API}/") }), "audience"),
            (json!({ "aud": API.to_ascii_uppercase() }), "audience"),
            (json!({ "aud": [API, "another"] }), "accepted"),
            // the time
            (json!({ "exp": NOW - 60 }), "expired"),
            (json!({ "exp": null }), "exp_missing"),
            (json!({ "nbf": NOW + 61 }), "not_yet_valid"),
        ],
    );
}

#[test]
fn v1_access_token_wrong_in_one_way() {
    for keys in [v1_keys(), v2_keys()] {
        table(
            &keys,
            &V1,
            &v1(),
            &[
                (json!({ "aud": "api://orders/" }), "accepted"),
                (json!({ "aud": "https://orders.example" }), "accepted"),
                (json!({ "aud": "https://orders.example/" }), "accepted"),
                (json!({ "aud": API }), "accepted"),
                (json!({ "aud": "api://orders//" }), "audience"),
                (json!({ "aud": "api://orders2" }), "audience"),
                (json!({ "aud": "api://order" }), "audience"),
                (json!({ "aud": "" }), "audience"),
                (json!({ "iss": format!("https://sts.windows.net/{TID}") }), "issuer"),
                (
                    json!({ "iss": format!("https://sts.windows.net/{OTHER_TID}/") }),
                    "issuer",
                ),
                (json!({ "ver": "2.0" }), "token_version"),
                (json!({ "scp": null }), "token_kind"),
                (
                    json!({ "iss": format!("https://sts.windows.net/{OTHER_TID}/"), "tid": OTHER_TID }),
                    "tenant",
                ),
            ],
        );
        // a version that the resource does not use
        assert_eq!(verdict(&keys, &V1, &sign(0, &header(), &v2())), "token_version");
        assert_eq!(verdict(&keys, &V2, &sign(0, &header(), &v1())), "token_version");
        // both, while a resource changes; the forms of `aud` stay with their version
        assert_eq!(verdict(&keys, &BOTH, &sign(0, &header(), &v1())), "accepted");
        assert_eq!(verdict(&keys, &BOTH, &sign(0, &header(), &v2())), "accepted");
        let mixed = with(&v2(), &json!({ "aud": "api://orders" }));
        assert_eq!(verdict(&keys, &BOTH, &sign(0, &header(), &mixed)), "audience");
    }
}

#[test]
fn app_only_tokens() {
    let keys = v2_keys();
    table(
        &keys,
        &V2,
        &app(),
        &[
            (json!({ "idtyp": null }), "token_kind"),
            (json!({ "idtyp": "App" }), "token_kind"),
            (json!({ "scp": "" }), "token_kind"),
        ],
    );
    table(
        &keys,
        &V2.apps_only(),
        &app(),
        &[(json!({ "idtyp": null, "scp": "orders.read" }), "token_kind")],
    );
    table(
        &keys,
        &V2.users_only(),
        &v2(),
        &[(json!({ "idtyp": "app", "scp": null }), "token_kind")],
    );

    static CLIENTS: &[Guid] = &[OTHER_TENANT, CLIENT_ID];
    table(
        &keys,
        &V2.apps(CLIENTS),
        &app(),
        &[
            (json!({ "azp": API }), "client"),
            (json!({ "azp": null }), "client"),
            (json!({ "azp": null, "appid": CLIENT }), "client"),
            (json!({ "azp": 1 }), "azp_wrong_type"),
        ],
    );
    assert_eq!(verdict(&keys, &V2.apps(&[]), &sign(0, &header(), &app())), "client");
    // the client of a user's token authorizes nothing and bars nothing
    assert_eq!(verdict(&keys, &V2.apps(&[]), &sign(0, &header(), &v2())), "accepted");

    // without `idtyp`, by name
    let silent = with(&app(), &json!({ "idtyp": null }));
    table(
        &keys,
        &V2.waive_idtyp(),
        &silent,
        &[
            (json!({ "azp": null }), "token_kind"),
            (json!({ "nonce": "n" }), "token_kind"),
            (json!({ "c_hash": "x" }), "token_kind"),
            (json!({ "at_hash": "x" }), "token_kind"),
        ],
    );
    // version 1.0 names the client `appid`
    let app_v1 = with(
        &v1(),
        &json!({ "scp": null, "idtyp": "app", "upn": null, "unique_name": null }),
    );
    table(
        &v1_keys(),
        &V1.apps(CLIENTS),
        &app_v1,
        &[
            (json!({ "appid": API }), "client"),
            (json!({ "appid": null, "azp": CLIENT }), "client"),
            (json!({ "appid": 1 }), "appid_wrong_type"),
            (json!({ "idtyp": null }), "token_kind"),
        ],
    );
    let version_1 = with(&v1(), &json!({ "scp": null }));
    table(
        &v1_keys(),
        &V1.waive_idtyp(),
        &version_1,
        &[(json!({ "appid": null, "azp": CLIENT }), "token_kind")],
    );
}

#[test]
fn each_kind_presented_as_the_other() {
    let keys = v2_keys();
    let id_policy = entra::id_token(Tenant::single(TENANT), CLIENT_ID, "n-0S6");
    let ask = |claims: &Value| verdict(&keys, &id_policy, &sign(0, &header(), claims));

    assert_eq!(ask(&id()), "accepted");
    for (changes, expected) in [
        (json!({ "nonce": null }), "nonce_missing"),
        (json!({ "nonce": "n-0S7" }), "nonce"),
        (json!({ "nonce": "" }), "nonce"),
        (json!({ "nonce": "n-0S6 " }), "nonce"),
        (json!({ "nonce": 6 }), "nonce_wrong_type"),
        (json!({ "scp": "openid" }), "token_kind"),
        (json!({ "scp": "" }), "token_kind"),
        (json!({ "idtyp": "app" }), "token_kind"),
        (json!({ "aud": API }), "audience"),
        (json!({ "tid": OTHER_TID }), "issuer"),
        (json!({ "exp": NOW - 3600 }), "expired"),
        (
            json!({ "iss": format!("https://sts.windows.net/{TID}/"), "ver": "1.0" }),
            "token_version",
        ),
    ] {
        assert_eq!(ask(&with(&id(), &changes)), expected, "{changes}");
    }

    // Same issuer, same audience, good signature: an ID token for the API's own client id.
    let own = with(&id(), &json!({ "aud": API }));
    for policy in [V2, V2.waive_idtyp(), ANY] {
        assert_eq!(verdict(&keys, &policy, &sign(0, &header(), &own)), "token_kind");
    }
    let own_id_policy = entra::id_token(Tenant::single(TENANT), API_ID, "n-0S6");
    assert_eq!(verdict(&keys, &own_id_policy, &sign(0, &header(), &own)), "accepted");
    for access in [v2(), app(), with(&v2(), &json!({ "nonce": "n-0S6" }))] {
        assert_eq!(
            verdict(&keys, &own_id_policy, &sign(0, &header(), &access)),
            "token_kind"
        );
    }

    // an empty nonce is no nonce, whatever the token says
    let empty = entra::id_token(Tenant::single(TENANT), CLIENT_ID, "");
    let token = sign(0, &header(), &with(&id(), &json!({ "nonce": "" })));
    assert_eq!(verdict(&keys, &empty, &token), "nonce");
    assert_eq!(verdict(&keys, &empty.waive_nonce(), &token), "accepted");

    // version 1.0
    let id_v1 = with(
        &id(),
        &json!({ "iss": format!("https://sts.windows.net/{TID}/"), "ver": "1.0" }),
    );
    assert_eq!(verdict(&keys, &id_policy.v1(), &sign(0, &header(), &id_v1)), "accepted");
    assert_eq!(
        verdict(&keys, &id_policy.v1(), &sign(0, &header(), &id())),
        "token_version"
    );
}

#[test]
fn graph_token_is_refused_before_any_rsa_work() {
    let keys = v2_keys();
    let graph = json!({ "typ": "JWT", "alg": "RS256", "kid": "k2", "nonce": "AQABAAAAAAD" });
    let good = sign(0, &graph, &v2());
    assert_eq!(verdict(&keys, &V2, &good), "graph_token");
    let id_policy = entra::id_token(Tenant::single(TENANT), CLIENT_ID, "n-0S6");
    assert_eq!(verdict(&keys, &id_policy, &sign(0, &graph, &id())), "graph_token");
    // A signature that is none gets the same answer, so nobody has looked at it.
    let cut = good.rfind('.').unwrap();
    let token = format!("{}.{}", &good[..cut], "A".repeat(342));
    assert_eq!(verdict(&keys, &V2, &token), "graph_token");
    let mut buf = [0; 4096];
    let pending = Verifier::new(&keys, &V2).prepare(token.as_bytes(), &mut buf);
    assert_eq!(pending.err(), Some(Error::Policy(PolicyError::GraphToken)));
}

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

#[test]
fn lifetime_rules_are_those_of_the_core() {
    let keys = v2_keys();
    let ask = |policy: &AccessTokenPolicy<'_>, changes: Value| {
        verdict(&keys, policy, &sign(0, &header(), &with(&v2(), &changes)))
    };
    assert_eq!(ask(&V2.leeway(Leeway::ZERO), json!({ "exp": NOW })), "expired");
    assert_eq!(
        ask(
            &V2.expiration_leeway(Leeway::secs::<300>()),
            json!({ "exp": NOW - 299 })
        ),
        "accepted"
    );
    assert_eq!(
        ask(&V2.not_before_leeway(Leeway::ZERO), json!({ "nbf": NOW + 1 })),
        "not_yet_valid"
    );
    assert_eq!(ask(&V2.max_age(60), json!({})), "too_old");
    assert_eq!(ask(&V2.require(&["xms_cc"]), json!({})), "required_claim_missing");
}

#[test]
fn committed_tokens_are_accepted() {
    let mut keys = KeySet::<4>::new();
    keys.replace_from_jwk_set(&common::read("tests/data/tokens/entra.jwks.json"))
        .unwrap();
    for (name, expected) in [
        ("entra-accepted", None),
        ("entra-app-only", None),
        ("entra-expired", Some("expired")),
        ("entra-wrong-audience", Some("audience")),
    ] {
        let token = common::text(&format!("tests/data/tokens/{name}.jwt"));
        for policy in [V2, ANY] {
            let mut buf = [0; 4096];
            let answer = Verifier::new(&keys, &policy).verify(&token, NumericDate::from_secs(NOW), &mut buf);
            assert_eq!(answer.err().map(|error| error.code()), expected, "{name}");
        }
    }
}
