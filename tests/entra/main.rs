// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens of Microsoft Entra ID, each wrong in one way, against the policies of `rs256::entra`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/entra_signer.rs"]
mod entra_signer;

mod claims;
mod issuers;

use entra_signer::{NOW, jwk, key_set, sign, verdict, with};
use rs256::entra::{self, AccessTokenPolicy, Audience, Guid, Tenant, guid};
use rs256::{Error, KeySet, Leeway, NumericDate, PolicyError, Verifier};
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
