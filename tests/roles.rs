// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which roles tokens of Entra, AD FS and another issuer give, and what is decided by them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/entra_signer.rs"]
mod entra_signer;

use entra_signer::{NOW, jwk, key_set, sign, sign_text, with};
use rs256::adfs::{self, Farm};
use rs256::entra::{self, Audience, Guid, Tenant, guid};
use rs256::roles::{Decision, Grant, Held, RoleMap, RoleSet, Section};
use rs256::{Authority, Error, Issuer, NumericDate, Policy, PolicyError, Verifier};
use serde_json::{Value, json};

const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const OTHER_TENANT: Guid = guid!("2c9f8b61-0d3e-4a57-8f16-b7d2a9c45e03");
const API: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const STAFF: Guid = guid!("98db240f-3b25-4a8f-a680-cb3046ec3045");
const GLOBAL_ADMIN: Guid = guid!("62e90394-69f5-4237-9190-012177145e10");
const FARM: Farm<'static> = Farm::new(
    "https://fs.contoso.example/adfs",
    "http://fs.contoso.example/adfs/services/trust",
);

const READ: RoleSet = RoleSet::role::<0>();
const WRITE: RoleSet = RoleSet::role::<1>();
const APPROVE: RoleSet = RoleSet::role::<2>();
const ADMIN: RoleSet = RoleSet::role::<63>();
const SCOPE_READ: RoleSet = RoleSet::role::<10>();
const SCOPE_WRITE: RoleSet = RoleSet::role::<11>();

static ROLES: RoleMap<'static> = RoleMap::new(&[
    Section::entra(
        Tenant::any(),
        &[
            Grant::app_role("Orders.Read", READ),
            Grant::app_role("Orders.Approve", APPROVE),
            Grant::scope("orders.read", SCOPE_READ),
            Grant::scope("orders.write", SCOPE_WRITE),
            Grant::group(TENANT, STAFF, WRITE),
            Grant::group_name(TENANT, "CONTOSO\\Orders", WRITE),
            Grant::directory_role(TENANT, GLOBAL_ADMIN, ADMIN),
            // never match: they need a tenant
            Grant::claim("groups", "9f3c2f40-77c3-4a0e-9e0b-66b9c1f4d0aa", ADMIN),
            Grant::claim("wids", "9f3c2f40-77c3-4a0e-9e0b-66b9c1f4d0aa", ADMIN),
        ],
    ),
    Section::adfs(
        FARM,
        &[
            Grant::claim(adfs::ROLE_URI, "Approvers", APPROVE),
            Grant::claim("role", "Readers", READ),
            Grant::claim("roles", "Readers", READ),
            Grant::claim("group", "CONTOSO\\Staff", WRITE),
            Grant::scope("orders", SCOPE_READ),
            // never match: AD FS has no tenants
            Grant::group(TENANT, STAFF, ADMIN),
        ],
    ),
    Section::issuer("https://issuer.example", &[Grant::claim("roles", "reader", READ)]),
])
.implies(&[
    (WRITE, READ),
    (APPROVE, WRITE),
    (ADMIN, APPROVE),
    (RoleSet::EMPTY, ADMIN),
]);

static ENTRA: entra::AccessTokenPolicy<'static> =
    entra::access_token(Tenant::any(), Audience::v1_or_v2(API, &["api://orders"])).accept_keys_without_issuer();
static ADFS: adfs::AccessTokenPolicy<'static> = adfs::access_token(FARM, adfs::Audience::exact("orders"));
static OTHER: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["orders"]);

/// The roles of a token that its authority's policy accepted.
fn held(key: usize, claims: &Value) -> Held {
    let sets = [0, 1, 2].map(|index| key_set(&[jwk(index, &format!("k{index}"), &json!({}))]));
    let [entra_keys, adfs_keys, other_keys] = &sets;
    let authorities = [
        Authority::new(entra_keys, &ENTRA),
        Authority::new(adfs_keys, &ADFS),
        Authority::new(other_keys, &OTHER),
    ];
    let token = sign(key, &json!({ "alg": "RS256", "kid": format!("k{key}") }), claims);
    let mut buf = vec![0; 1 << 16];
    let token = Verifier::any(&authorities)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    ROLES.evaluate(&token)
}

fn entra_held(changes: Value) -> Held {
    let claims = json!({
        "aud": API.as_str(), "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "exp": NOW + 4000,
        "tid": TENANT.as_str(), "ver": "2.0", "scp": "openid",
    });
    held(0, &with(&claims, &changes))
}

fn adfs_held(changes: Value) -> Held {
    held(
        1,
        &with(
            &json!({ "aud": "orders", "iss": FARM.access_token_issuer(), "exp": NOW + 4000 }),
            &changes,
        ),
    )
}

#[test]
fn entra_sources() {
    let other = json!({
        "tid": OTHER_TENANT.as_str(), "iss": format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"),
    });
    let v1 = json!({ "iss": format!("https://sts.windows.net/{TENANT}/"), "ver": "1.0" });
    let ungranted = "9f3c2f40-77c3-4a0e-9e0b-66b9c1f4d0aa";
    for (changes, roles, unknown) in [
        (json!({}), RoleSet::EMPTY, 1),
        (json!({ "scp": "orders.read" }), SCOPE_READ, 0),
        (
            json!({ "scp": "orders.read  orders.write" }),
            SCOPE_READ | SCOPE_WRITE,
            0,
        ),
        (json!({ "scp": "orders.reader" }), RoleSet::EMPTY, 1),
        (json!({ "roles": ["Orders.Read"] }), READ, 1),
        (json!({ "roles": "Orders.Read" }), READ, 1),
        (
            json!({ "roles": ["Orders.Read", "Orders.Approve", "Unknown"] }),
            READ | WRITE | APPROVE,
            2,
        ),
        (json!({ "roles": ["orders.read"] }), RoleSet::EMPTY, 2),
        (json!({ "roles": [["Orders.Read"], 1, null] }), RoleSet::EMPTY, 4),
        (json!({ "roles": { "Orders.Read": true } }), RoleSet::EMPTY, 2),
        (json!({ "roles": true }), RoleSet::EMPTY, 2),
        (json!({ "Roles": ["Orders.Read"] }), RoleSet::EMPTY, 1),
        (json!({ "role": ["Orders.Read"] }), RoleSet::EMPTY, 1),
        (json!({ "groups": [STAFF.as_str()] }), WRITE | READ, 1),
        (json!({ "groups": STAFF.as_str() }), WRITE | READ, 1),
        (json!({ "groups": ["CONTOSO\\Orders"] }), WRITE | READ, 1),
        (json!({ "groups": ["CONTOSO\\Others"] }), RoleSet::EMPTY, 2),
        (
            json!({ "groups": ["Orders.Read", GLOBAL_ADMIN.as_str()] }),
            RoleSet::EMPTY,
            3,
        ),
        (json!({ "roles": [STAFF.as_str()] }), RoleSet::EMPTY, 2),
        // strings that only together are as long as a GUID, and what stands behind them
        (
            json!({ "groups": ["aaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", STAFF.as_str()] }),
            WRITE | READ,
            3,
        ),
        (
            json!({ "groups": [STAFF.as_str(), "x", STAFF.as_str()] }),
            WRITE | READ,
            2,
        ),
        // a name that holds a GUID in quotation marks is no GUID
        (
            json!({ "groups": [format!("x\"{STAFF}"), format!("{STAFF}\"")] }),
            RoleSet::EMPTY,
            3,
        ),
        (json!({ "groups": [[STAFF.as_str()]] }), RoleSet::EMPTY, 2),
        (
            json!({ "wids": [GLOBAL_ADMIN.as_str()] }),
            ADMIN | APPROVE | WRITE | READ,
            1,
        ),
        (json!({ "groups": [ungranted], "wids": [ungranted] }), RoleSet::EMPTY, 3),
        // a foreign tenant's groups and directory roles
        (
            with(&other, &json!({ "wids": [GLOBAL_ADMIN.as_str()] })),
            RoleSet::EMPTY,
            2,
        ),
        (
            with(&other, &json!({ "groups": [STAFF.as_str(), "CONTOSO\\Orders"] })),
            RoleSet::EMPTY,
            3,
        ),
        (with(&other, &json!({ "roles": ["Orders.Read"] })), READ, 1),
        // version 1.0 of the same tenant
        (with(&v1, &json!({ "groups": [STAFF.as_str()] })), WRITE | READ, 1),
    ] {
        let held = entra_held(changes.clone());
        assert_eq!((held.roles(), held.unknown_values()), (roles, unknown), "{changes}");
        assert!(!held.is_groups_overage(), "{changes}");
    }
}

#[test]
fn adfs_sources() {
    for (changes, roles, unknown) in [
        (json!({ adfs::ROLE_URI: "Approvers" }), APPROVE | WRITE | READ, 0),
        (
            json!({ adfs::ROLE_URI: ["Approvers", "Staff"] }),
            APPROVE | WRITE | READ,
            1,
        ),
        (json!({ "role": "Readers" }), READ, 0),
        (json!({ "roles": ["Readers"] }), READ, 0),
        (
            json!({ "group": ["CONTOSO\\Others", "CONTOSO\\Staff"] }),
            WRITE | READ,
            1,
        ),
        (json!({ "group": "CONTOSO\\Staff" }), WRITE | READ, 0),
        (json!({ "role": ["Approvers", "Orders.Read"] }), RoleSet::EMPTY, 2),
        (json!({ "scp": "profile orders" }), SCOPE_READ, 1),
        (
            json!({ "groups": [STAFF.as_str()], "tid": TENANT.as_str() }),
            RoleSet::EMPTY,
            1,
        ),
        // Entra's sources mean nothing here
        (
            json!({ "roles": "Orders.Approve", "wids": [GLOBAL_ADMIN.as_str()] }),
            RoleSet::EMPTY,
            1,
        ),
    ] {
        let held = adfs_held(changes.clone());
        assert_eq!((held.roles(), held.unknown_values()), (roles, unknown), "{changes}");
    }
}

#[test]
fn a_section_is_for_its_own_issuer_alone() {
    // Another authority's tokens may claim what they like.
    let claims = json!({
        "iss": "https://issuer.example", "aud": "orders", "exp": NOW + 4000, "tid": TENANT.as_str(), "ver": "2.0",
        "roles": ["Orders.Approve", "Readers", "reader"], "wids": [GLOBAL_ADMIN.as_str()], "groups": [STAFF.as_str()],
        adfs::ROLE_URI: "Approvers",
    });
    let held = held(2, &claims);
    assert_eq!((held.roles(), held.unknown_values()), (READ, 2));

    // and a map without its section gives nothing
    static SINGLE: RoleMap<'static> = RoleMap::new(&[Section::entra(
        Tenant::single(OTHER_TENANT),
        &[Grant::app_role("Orders.Read", READ)],
    )]);
    let keys = key_set(&[jwk(0, "k0", &json!({}))]);
    let claims = json!({
        "aud": API.as_str(), "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "exp": NOW + 4000,
        "tid": TENANT.as_str(), "ver": "2.0", "scp": "openid", "roles": ["Orders.Read"],
    });
    let token = sign(0, &json!({ "alg": "RS256", "kid": "k0" }), &claims);
    let mut buf = [0; 4096];
    let token = Verifier::new(&keys, &ENTRA)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    assert!(SINGLE.evaluate(&token).roles().is_empty());
    assert_eq!(ROLES.evaluate(&token).roles(), READ);
}

#[test]
fn overage_is_never_no_group() {
    for (changes, overage) in [
        (json!({ "groups": [] }), false),
        (json!({ "_claim_names": { "groups": "src1" } }), true),
        (json!({ "_claim_names": { "other": "src1" } }), false),
        (json!({ "hasgroups": true }), true),
        (json!({ "hasgroups": "true" }), true),
        (json!({ "hasgroups": false }), false),
        (json!({ "hasgroups": 1 }), true),
        (json!({ "_claim_names": [] }), true),
        (json!({ "groups": null }), true),
        (json!({ "groups": 7 }), true),
    ] {
        // with() takes null for absence, so this one is put in by hand
        let held = if changes == json!({ "groups": null }) {
            let mut claims = json!({
                "aud": API.as_str(), "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
                "exp": NOW + 4000, "tid": TENANT.as_str(), "ver": "2.0", "scp": "openid",
            });
            claims["groups"] = Value::Null;
            held(0, &claims)
        } else {
            entra_held(changes.clone())
        };
        assert_eq!(held.is_groups_overage(), overage, "{changes}");
        let decision = held.require(WRITE);
        assert!(!decision.is_granted());
        let error = if overage {
            PolicyError::GroupsOverage
        } else {
            PolicyError::InsufficientScope
        };
        assert_eq!(decision.granted(), Err(error), "{changes}");
    }
    // Where a role is held already, it does not matter.
    let held = entra_held(json!({ "hasgroups": true, "roles": ["Orders.Approve"] }));
    assert!(held.is_groups_overage() && held.require(WRITE).is_granted());
    // Where the section asks for no group, neither.
    let claims = json!({ "iss": "https://issuer.example", "aud": "orders", "exp": NOW + 4000, "hasgroups": true });
    assert_eq!(crate::held(2, &claims).require(WRITE).code(), "insufficient_scope");
}

#[test]
fn whitespace_between_groups_means_nothing() {
    let keys = key_set(&[jwk(0, "k0", &json!({}))]);
    for groups in [
        format!(r#"["{API}","{STAFF}"]"#),
        format!(r#"["{API}", "{STAFF}"]"#),
        format!(r#"["{API}" ,"{STAFF}"]"#),
        format!(r#"[ "{API}","{STAFF}" ]"#),
        format!(r#"["{API}","{STAFF}" ]"#),
        format!("[\n\"{API}\",\n\t\"{STAFF}\"]"),
    ] {
        let claims = format!(
            r#"{{"aud":"{API}","iss":"https://login.microsoftonline.com/{TENANT}/v2.0","exp":{}, "groups" : {groups} , "tid":"{TENANT}","ver":"2.0","scp":"orders.read"}}"#,
            NOW + 4000
        );
        let token = sign_text(0, r#"{"alg":"RS256","kid":"k0"}"#, &claims);
        let mut buf = [0; 4096];
        let token = Verifier::new(&keys, &ENTRA)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        let held = ROLES.evaluate(&token);
        assert_eq!(
            (held.roles(), held.unknown_values()),
            (WRITE | READ | SCOPE_READ, 1),
            "{groups}"
        );
    }
}

#[test]
fn two_hundred_groups() {
    let mut groups: Vec<String> = (0..199).map(|n| format!("00000000-0000-4000-8000-{n:012x}")).collect();
    assert!(entra_held(json!({ "groups": groups })).roles().is_empty());
    groups.push(STAFF.as_str().into());
    let held = entra_held(json!({ "groups": groups }));
    assert_eq!((held.roles(), held.unknown_values()), (WRITE | READ, 200));
}

#[test]
fn decisions() {
    let held = entra_held(json!({ "roles": ["Orders.Approve"], "scp": "orders.read" }));
    let rows: [(Decision, bool, &str); 6] = [
        (held.require(APPROVE), true, "granted"),
        (held.require(READ | SCOPE_READ), true, "granted"),
        (held.require(READ | SCOPE_WRITE), false, "insufficient_scope"),
        (held.require_any(SCOPE_READ | SCOPE_WRITE), true, "granted"),
        (held.require_any(SCOPE_WRITE | ADMIN), false, "insufficient_scope"),
        (held.require(RoleSet::EMPTY), false, "insufficient_scope"),
    ];
    for (decision, granted, code) in rows {
        assert_eq!((decision.is_granted(), decision.code()), (granted, code));
        assert_eq!(decision.held(), APPROVE | WRITE | READ | SCOPE_READ);
        assert_eq!(decision.granted().is_ok(), granted);
    }
    assert_eq!(held.require(ADMIN).required(), ADMIN);
    assert_eq!(
        held.require(ADMIN).to_string(),
        "insufficient_scope: roles required 0x8000000000000000, held 0x407"
    );
    let error = Error::from(held.require(ADMIN).granted().unwrap_err());
    assert_eq!(
        (error.http_status(), error.challenge()),
        (403, Some("Bearer error=\"insufficient_scope\""))
    );
    let overage = Error::Policy(PolicyError::GroupsOverage);
    assert_eq!(
        (overage.http_status(), overage.challenge()),
        (403, Some("Bearer error=\"insufficient_scope\""))
    );
}

#[test]
fn sets() {
    assert_eq!((READ | WRITE).bits(), 3);
    assert_eq!(RoleSet::from_bits(3), READ.with(WRITE));
    assert!(RoleSet::EMPTY.is_empty() && !READ.is_empty());
    assert!((READ | WRITE).contains_all(WRITE) && !WRITE.contains_all(READ | WRITE));
    assert!(WRITE.contains_any(READ | WRITE) && !WRITE.contains_any(READ));
    assert_eq!(ADMIN.bits(), 1 << 63);
}
