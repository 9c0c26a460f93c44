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
    held_by(&ROLES, key, claims)
}

fn held_by(map: &RoleMap<'_>, key: usize, claims: &Value) -> Held {
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
    map.evaluate(&token)
}

fn entra_held(changes: Value) -> Held {
    entra_held_by(&ROLES, changes)
}

fn entra_held_by(map: &RoleMap<'_>, changes: Value) -> Held {
    let claims = json!({
        "aud": API.as_str(), "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "exp": NOW + 4000,
        "tid": TENANT.as_str(), "ver": "2.0", "scp": "openid",
    });
    held_by(map, 0, &with(&claims, &changes))
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
    let held = crate::held(2, &claims);
    assert_eq!(held.require(WRITE).code(), "insufficient_scope");
    assert!(!held.is_groups_overage());
}

/// Groups that are not listed leave a decision open only where one of them could have changed it.
#[test]
fn overage_leaves_open_what_a_group_could_give_and_denies_the_rest() {
    let overage = |changes: Value| entra_held(with(&json!({ "hasgroups": true }), &changes));
    let (open, denied) = ("groups_overage", "insufficient_scope");
    let none = overage(json!({}));
    // STAFF gives WRITE, and with it READ
    for (required, all, any) in [
        (WRITE, open, open),
        (READ, open, open),
        (WRITE | READ, open, open),
        // only `roles`, `wids` and `scp` give these
        (APPROVE, denied, denied),
        (ADMIN, denied, denied),
        (SCOPE_WRITE, denied, denied),
        (APPROVE | WRITE, denied, open),
        (SCOPE_WRITE | ADMIN, denied, denied),
        (RoleSet::EMPTY, denied, denied),
    ] {
        assert_eq!(none.require(required).code(), all, "{required}");
        assert_eq!(none.require_any(required).code(), any, "{required}");
    }
    // together with a role that is held
    let scope = overage(json!({ "scp": "orders.write" }));
    assert_eq!(scope.require(WRITE | SCOPE_WRITE).code(), open);
    assert_eq!(scope.require(WRITE | SCOPE_READ).code(), denied);
    assert_eq!(scope.require_any(WRITE | SCOPE_WRITE).code(), "granted");
    // another tenant's groups give nothing here, listed or not
    let other = overage(json!({
        "tid": OTHER_TENANT.as_str(), "iss": format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"),
    }));
    assert_eq!(other.require(WRITE).code(), denied);
    // a role that only a held one and a group's together imply
    static BOTH: RoleMap<'static> = RoleMap::new(&[Section::entra(
        Tenant::any(),
        &[Grant::app_role("Orders.Read", READ), Grant::group(TENANT, STAFF, WRITE)],
    )])
    .implies(&[(READ.with(WRITE), APPROVE), (APPROVE, ADMIN)]);
    let claims = |changes| with(&json!({ "hasgroups": true }), &changes);
    let reader = entra_held_by(&BOTH, claims(json!({ "roles": ["Orders.Read"] })));
    let nobody = entra_held_by(&BOTH, claims(json!({})));
    assert_eq!(
        (reader.require(ADMIN).code(), nobody.require(ADMIN).code()),
        (open, denied)
    );
    assert_eq!((reader.roles(), nobody.roles()), (READ, RoleSet::EMPTY));
}

#[test]
fn a_premise_of_two_roles_needs_both() {
    static MAP: RoleMap<'static> = RoleMap::new(&[Section::entra(
        Tenant::any(),
        &[
            Grant::app_role("Orders.Read", READ),
            Grant::app_role("Orders.Write", WRITE),
        ],
    )])
    .implies(&[(READ.with(WRITE), APPROVE)]);
    for (roles, expected) in [
        (json!(["Orders.Read"]), READ),
        (json!(["Orders.Write"]), WRITE),
        (json!(["Orders.Read", "Orders.Write"]), READ | WRITE | APPROVE),
        (json!([]), RoleSet::EMPTY),
    ] {
        assert_eq!(
            entra_held_by(&MAP, json!({ "roles": roles })).roles(),
            expected,
            "{roles}"
        );
    }
}

/// The table finds a value by its last octets first; the whole of it decides.
#[test]
fn a_value_is_compared_whole() {
    let (head, tail) = STAFF.as_str().split_at(STAFF.as_str().len() - 8);
    let twin = format!("{}{tail}", head.replace('9', "8"));
    assert_ne!(twin, STAFF.as_str());
    for changes in [
        json!({ "roles": ["X-Orders.Read"] }),
        json!({ "roles": "X-Orders.Read" }),
        json!({ "roles": ["rders.Read", "ers.Read"] }),
        json!({ "groups": [twin] }),
        json!({ "groups": twin }),
        json!({ "groups": [STAFF.as_str().to_ascii_uppercase()] }),
        json!({ "groups": ["X-CONTOSO\\Orders", "FABRIKAM\\Orders"] }),
        json!({ "scp": "x-orders.read" }),
    ] {
        assert_eq!(entra_held(changes.clone()).roles(), RoleSet::EMPTY, "{changes}");
    }
}

/// A value counts under the claim that its entry names, escaped or not.
#[test]
fn a_value_under_another_claim_means_nothing() {
    for changes in [
        json!({ "role": "CONTOSO\\Staff" }),
        json!({ "roles": ["CONTOSO\\Staff"] }),
        json!({ adfs::ROLE_URI: "CONTOSO\\Staff" }),
        json!({ "group": "Readers" }),
        json!({ "scp": "CONTOSO\\Staff" }),
    ] {
        let held = adfs_held(changes.clone());
        assert_eq!((held.roles(), held.unknown_values()), (RoleSet::EMPTY, 1), "{changes}");
    }
    assert_eq!(adfs_held(json!({ "group": "CONTOSO\\Staff" })).roles(), WRITE | READ);
}

/// Arrays of strings of 36 octets are read in larger steps than others. These have quotation marks where such an array has
/// them, and are others all the same.
#[test]
fn an_array_that_only_looks_like_one_of_guids() {
    let staff = STAFF.as_str();
    let (head, tail) = ("x".repeat(10), "y".repeat(23));
    // `"xxxxxxxxxx","yyyyyyyyyyyyyyyyyyyyyyy"` is as long as a GUID with its quotation marks
    for (groups, roles, unknown) in [
        (json!([head, tail]), RoleSet::EMPTY, 2),
        (json!([head, tail, staff]), WRITE | READ, 2),
        (json!([staff, head, tail]), WRITE | READ, 2),
        // one string, with escaped quotation marks in it
        (
            json!([format!("{}\"{}", "x".repeat(9), "y".repeat(25))]),
            RoleSet::EMPTY,
            1,
        ),
        (json!([format!("{}\",\"{staff}", "x".repeat(34))]), RoleSet::EMPTY, 1),
        (json!([staff, format!("{}\\", "x".repeat(35))]), WRITE | READ, 1),
        // and some that are
        (json!(["x".repeat(36)]), RoleSet::EMPTY, 1),
        (json!(vec!["é".repeat(18); 20]), RoleSet::EMPTY, 20),
        (
            json!([vec![head.repeat(3) + "yyyyyy"; 250], vec![staff.into()]].concat()),
            WRITE | READ,
            250,
        ),
    ] {
        let held = entra_held(json!({ "scp": "orders.none", "groups": groups }));
        assert_eq!((held.roles(), held.unknown_values()), (roles, unknown + 1), "{groups}");
    }
}

/// The other maps are made by the compiler; this one as a program makes it from its configuration. Each claim is read once
/// however many entries name it, so that what is unknown is counted once.
#[test]
fn a_long_map_made_at_run_time() {
    let names: Vec<String> = (0..80).map(|n| format!("value{n}")).collect();
    let mut grants: Vec<Grant<'_>> = names.iter().map(|name| Grant::app_role(name, READ)).collect();
    grants.insert(1, Grant::scope("last", SCOPE_READ));
    // beyond the first 64: a claim that none before names, twice, and claims that others before do
    grants.extend([
        Grant::group(TENANT, STAFF, WRITE),
        Grant::group_name(TENANT, "Staff", APPROVE),
        Grant::app_role("last", ADMIN),
        Grant::scope("very last", ADMIN),
    ]);
    let sections = [Section::entra(Tenant::any(), &grants)];
    let map = RoleMap::new(&sections);
    for (changes, roles, unknown) in [
        (
            json!({ "scp": "last", "roles": ["x", "value79", "y"] }),
            SCOPE_READ | READ,
            2,
        ),
        (json!({ "scp": "x", "roles": ["last"], "groups": ["x"] }), ADMIN, 2),
        (
            json!({ "scp": "x", "groups": [STAFF.as_str(), "Staff"] }),
            WRITE | APPROVE,
            1,
        ),
        (
            json!({ "scp": "x", "group": ["Staff"], "scope": "last" }),
            RoleSet::EMPTY,
            1,
        ),
    ] {
        let held = entra_held_by(&map, changes.clone());
        assert_eq!((held.roles(), held.unknown_values()), (roles, unknown), "{changes}");
    }
    // an overage is of interest to a section that reads groups
    for (grants, reads_groups) in [
        (&grants[..], true),
        (&grants[..80], false),
        // no tenant: never matches
        (&[Grant::claim("groups", "Staff", WRITE)], false),
        (&[Grant::directory_role(TENANT, STAFF, WRITE)], false),
    ] {
        let sections = [Section::entra(Tenant::any(), grants)];
        let held = entra_held_by(&RoleMap::new(&sections), json!({ "hasgroups": true }));
        assert_eq!(held.is_groups_overage(), reads_groups);
    }
}

/// Another authority may write an issuer that begins like one of Entra's; its tokens get no role of Entra's.
#[test]
fn an_issuer_that_only_begins_like_entras_is_not_entras() {
    let tid = TENANT.as_str();
    for (issuer, roles) in [
        (format!("https://login.microsoftonline.com/{tid}/v2.0"), READ),
        (format!("https://sts.windows.net/{tid}/"), READ),
        (format!("https://login.microsoftonline.com/{tid}/v2.0x"), RoleSet::EMPTY),
        (format!("https://login.microsoftonline.com/{tid}/v2.0/"), RoleSet::EMPTY),
        (format!("https://login.microsoftonline.com/{tid}/other"), RoleSet::EMPTY),
        (format!("https://login.microsoftonline.com/{tid}"), RoleSet::EMPTY),
        (format!("https://sts.windows.net/{tid}"), RoleSet::EMPTY),
        (format!("https://sts.windows.net/{tid}/x"), RoleSet::EMPTY),
        // no cloud writes a tenant in upper case
        (
            format!("https://login.microsoftonline.com/{}/v2.0", tid.to_ascii_uppercase()),
            RoleSet::EMPTY,
        ),
    ] {
        let issuers = [issuer.as_str()];
        let policy = Policy::new(Issuer::any_of(&issuers), &["orders"]);
        let claims = json!({
            "iss": issuer, "aud": "orders", "exp": NOW + 4000, "tid": tid, "ver": "2.0", "roles": ["Orders.Read"],
        });
        let keys = key_set(&[jwk(2, "k2", &json!({}))]);
        let token = sign(2, &json!({ "alg": "RS256", "kid": "k2" }), &claims);
        let mut buf = [0; 4096];
        let token = Verifier::new(&keys, &policy)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        assert_eq!(ROLES.evaluate(&token).roles(), roles, "{issuer}");
    }
}

/// The section of a farm is for its tokens of either kind.
#[test]
fn an_id_token_of_a_farm_has_its_roles() {
    let keys = key_set(&[jwk(1, "k1", &json!({}))]);
    let policy = adfs::id_token(FARM, "client", "n-0S6");
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let claims = json!({
        "aud": "client", "iss": FARM.issuer(), "exp": NOW + 4000, "nonce": "n-0S6", "role": "Readers",
    });
    let token = sign(1, &header, &claims);
    let mut buf = [0; 4096];
    let token = Verifier::new(&keys, &policy)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    assert_eq!(ROLES.evaluate(&token).roles(), READ);
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
    assert_eq!(RoleSet::role::<5>().bits(), 32);
    assert_eq!(format!("{:?} {WRITE}", READ | WRITE), "RoleSet(0x3) 0x2");
}
