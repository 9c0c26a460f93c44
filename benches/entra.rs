// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the Entra layer adds to a verification: its checks, an evaluation of roles, and both beside the whole, over a
//! token with 40 claims, 5 roles and 50 groups. Each bench asserts its answers.
//!
//! The project's bound: checks and roles together stay below a tenth of the whole.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::allow_attributes,
    reason = "a bench fails by panicking"
)]

mod common;

use std::cell::RefCell;
use std::hint::black_box;

use common::{ENTRA, NOW, fixtures};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use rs256::entra::{self, AccessTokenPolicy, Audience, EntraClaims, Groups, Guid, Tenant, guid};
use rs256::roles::{Grant, RoleMap, RoleSet, Section};
use rs256::{Check, NumericDate, PolicyError, TokenView, Verifier};

const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const API: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");

static POLICY: AccessTokenPolicy<'static> = entra::access_token(Tenant::any(), Audience::v2(API));

const READ: RoleSet = RoleSet::role::<0>();
const APPROVE: RoleSet = RoleSet::role::<1>();
const STOCK: RoleSet = RoleSet::role::<2>();
const WRITE: RoleSet = RoleSet::role::<3>();
const STAFF: RoleSet = RoleSet::role::<4>();
const ADMIN: RoleSet = RoleSet::role::<5>();
static ROLES: RoleMap<'static> = RoleMap::new(&[Section::entra(
    Tenant::any(),
    &[
        Grant::app_role("Orders.Read", READ),
        Grant::app_role("Orders.Approve", APPROVE),
        Grant::app_role("Stock.Read", STOCK),
        Grant::scope("orders.write", WRITE),
        // the first two groups of the fixture
        Grant::group(TENANT, guid!("98db240f-3b25-4a8f-a680-cb3046ec3045"), STAFF),
        Grant::group(TENANT, guid!("ac1d11ba-6733-4e63-a3f6-1d44ef63ba83"), STAFF),
        Grant::group(TENANT, guid!("98db240f-3b25-4a8f-a680-000000000000"), ADMIN),
        Grant::directory_role(TENANT, guid!("62e90394-69f5-4237-9190-012177145e10"), ADMIN),
    ],
)])
.implies(&[(APPROVE, READ), (ADMIN, APPROVE)]);

/// Runs a bench of the checks where a token can be looked at by them.
struct Checks<'c, 'g>(RefCell<&'c mut BenchmarkGroup<'g, WallTime>>);

impl Check for Checks<'_, '_> {
    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        let mut group = self.0.borrow_mut();
        assert_eq!(token.claims().iter().count(), 40);
        group.bench_function("core_policy", |b| {
            b.iter(|| ENTRA.check(black_box(token), now).expect("accepted"));
        });
        group.bench_function("entra_policy", |b| {
            b.iter(|| POLICY.check(black_box(token), now).expect("accepted"));
        });
        group.bench_function("walk", |b| b.iter(|| black_box(token).claims().iter().count()));
        Ok(())
    }
}

fn layer(c: &mut Criterion) {
    let [fixture, ..] = fixtures();
    let token = include_bytes!("data/full-2048.jwt").trim_ascii_end();
    let mut group = c.benchmark_group("entra");
    let mut buf = [0_u8; 8192];

    for (name, policy) in [
        ("verify_core", &ENTRA as &(dyn Check + Sync)),
        ("verify_entra", &POLICY),
    ] {
        let verifier = Verifier::new(&fixture.keys, policy);
        group.bench_function(name, |b| {
            b.iter(|| {
                let token = verifier.verify(black_box(token), NOW, &mut buf).expect("accepted");
                assert!(token.claims().issuer().is_some());
            });
        });
    }

    let verified = Verifier::new(&fixture.keys, &POLICY)
        .prepare(token, &mut buf)
        .expect("a good token")
        .verify()
        .expect("a good signature");
    let accepted = verified
        .check(&Checks(RefCell::new(&mut group)), NOW)
        .expect("accepted");

    group.bench_function("roles", |b| {
        b.iter(|| {
            let held = ROLES.evaluate(black_box(&accepted));
            assert!(held.require(READ | APPROVE | STOCK | WRITE | STAFF).is_granted());
            assert!(!held.require(ADMIN).is_granted());
            // two roles, one scope, 48 groups, one directory role
            assert_eq!(held.unknown_values(), 52);
        });
    });
    group.bench_function("claims", |b| {
        b.iter(|| {
            let claims = EntraClaims::read(black_box(accepted.claims())).expect("well-formed");
            assert!(matches!(claims.groups(), Groups::Complete(_)));
        });
    });
    group.finish();
}

criterion_group!(benches, layer);
criterion_main!(benches);
