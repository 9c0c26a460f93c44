// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing allocates: not loading keys, not verifying tokens, good or bad, not reading claims.
//!
//! A process of its own, because an allocator is one for the whole program. Allocations are counted for each thread, so
//! that the test harness does not disturb.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::{self, Write};
use std::hint::black_box;

use common::setting::{HEADER, ISSUER, NOW, POLICY, claims, jwk_set};
use common::signer::Signer;
use common::{encode, read, text};
use rs256::adfs::{self, Farm};
use rs256::cache::VerifiedCache;
use rs256::entra::{self, Audience, EntraClaims, Groups, Guid, Tenant, guid};
use rs256::report::{Inspector, Outcome};
use rs256::roles::{Grant, RoleMap, RoleSet, Section};
use rs256::rotation::{Action, RotatingKeys, Rotation};
use rs256::{
    Authority, Claims, CompactJws, Error, JsonValue, KeySet, NumericDate, PreparedKey, Revocation, Rsa2048, Rsa8192,
    RsaPublicKey, Verifier, bearer, bearer_only,
};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

// SAFETY: every request goes to the system's allocator as it came; counting touches a thread-local without a destructor
// and does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: `old` came from `System`, and the caller's promises are passed on.
        unsafe { System.realloc(old, layout, new_size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: `old` came from `System` with this layout.
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `run` returns, and how often it allocated.
fn allocations<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.with(Cell::get);
    let result = run();
    (result, ALLOCATIONS.with(Cell::get) - before)
}

/// What `run` returns; it must not allocate.
#[track_caller]
fn without_allocation<T>(run: impl FnOnce() -> T) -> T {
    let (result, count) = allocations(run);
    assert_eq!(count, 0, "allocations");
    result
}

/// Text without a heap, for what is printed.
struct Sink {
    octets: [u8; 512],
    len: usize,
}

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let target = self.octets.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        target.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

fn print(value: &dyn fmt::Debug, text: &dyn fmt::Display) {
    let mut sink = Sink {
        octets: [0; 512],
        len: 0,
    };
    write!(sink, "{value:?} {text}").unwrap();
    black_box(&sink.octets);
}

struct Nobody;

impl Revocation for Nobody {
    fn is_revoked(&self, claims: &Claims<'_>) -> bool {
        claims.jwt_id().is_none()
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| black_box(vec![1_u8])).1, 1);
    assert_eq!(allocations(|| black_box([1_u8])).1, 0);
}

#[test]
fn nothing_allocates() {
    // All that the test itself allocates, it allocates here.
    let keys_json = jwk_set(&[
        Signer::good().jwk(r#""kid":"k1","use":"sig","x5t":"t\u0031""#),
        Signer::large().jwk(r#""kid":"k2","key_ops":["verify"]"#),
        r#"{"kty":"EC"}"#.to_owned(),
    ]);
    let sets_refused = [
        "{".to_owned(),
        "{}".to_owned(),
        jwk_set(&[]),
        jwk_set(&vec![Signer::good().jwk(""); 9]),
        format!(r#"{{"x":{}}}"#, "[".repeat(100_000)),
        format!(r#"{{"keys":[{}]}}"#, r#"{"a":1,"a":1},"#.repeat(1000)),
        " ".repeat(2 << 20),
    ];
    let files = [
        "spki.pem",
        "pkcs1.pem",
        "certificate.pem",
        "private-pkcs8.pem",
        "chain.pem",
    ]
    .map(|name| read(&format!("tests/data/keys/{name}")));
    let der = read("tests/data/keys/certificate.der");
    let good = Signer::good().token(
        HEADER,
        claims(&[
            ("sub", r#""a \"quoted\" \ud83d\ude00 name\n""#),
            ("jti", r#""1""#),
            ("roles", r#"["admin","r\u00e9ader"]"#),
            ("nested", r#"{"a":[1,{"b":"c\\d"}]}"#),
        ]),
    );
    let large = Signer::large().token(r#"{"alg":"RS256","kid":"k2"}"#, claims(&[]));
    let input = format!("{}.{}", encode(HEADER.as_bytes()), encode(claims(&[]).as_bytes()));
    let depth = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let tokens_refused = [
        (String::new(), "segment_count"),
        (".".repeat(1 << 20), "token_too_long"),
        (format!("{good}="), "base64url"),
        (format!("{input}.AA"), "invalid_signature"),
        (Signer::other().token(HEADER, claims(&[])), "invalid_signature"),
        (Signer::good().token("{", "{}"), "header_syntax"),
        (
            Signer::good().token(r#"{"alg":"RS256","kid":"x"}"#, "{}"),
            "unknown_key",
        ),
        (Signer::good().token(HEADER, "{"), "claims_syntax"),
        (
            Signer::good().token(HEADER, claims(&[("x", &depth(5000))])),
            "claims_too_deep",
        ),
        (Signer::good().token(HEADER, claims(&[("exp", "1")])), "expired"),
        (
            Signer::good().token(HEADER, claims(&[("\\u0069ss", "1")])),
            "claims_duplicate_name",
        ),
    ];
    let authorization = format!("Bearer {good}");
    let now = NumericDate::from_secs(NOW);
    let mut keys = KeySet::<4>::new();
    let (mut buf, mut scratch) = ([0; 4096], [0; 256]);

    // Keys.
    let report = without_allocation(|| keys.replace_from_jwk_set(keys_json.as_bytes())).unwrap();
    assert_eq!((report.kept(), report.skipped().count()), (2, 1));
    without_allocation(|| print(&report, &0));
    for set in &sets_refused {
        let refused = without_allocation(|| keys.replace_from_jwk_set(set.as_bytes())).unwrap_err();
        without_allocation(|| print(&"", &refused));
    }
    without_allocation(|| {
        for file in &files {
            match RsaPublicKey::<Rsa8192>::from_pem(file, &mut buf) {
                Ok(key) => _ = black_box(PreparedKey::new(&key)),
                Err(error) => print(&error, &error),
            }
        }
        let key = RsaPublicKey::<Rsa2048>::from_certificate_der(&der).unwrap();
        black_box(KeySet::<1, Rsa2048>::pinned(&key).clone());
        assert!(key.verify_rs256(b"message", &[1; 256]).is_err());
    });

    // Tokens.
    let token = without_allocation(|| {
        let token = bearer(authorization.as_bytes()).unwrap();
        assert_eq!(bearer_only([authorization.as_bytes()]), Ok(token));
        assert!(bearer(b"Bearer a b").is_err());
        token
    });
    let verifier = Verifier::new(&keys, &POLICY);
    let needed = without_allocation(|| CompactJws::parse(token).unwrap().buffer_len());
    assert!((200..500).contains(&needed));
    without_allocation(|| {
        let accepted = verifier.verify(token, now, &mut buf).unwrap();
        let claims = accepted.claims();
        assert!(claims.issuer().unwrap() == ISSUER);
        let subject = claims.subject().unwrap();
        assert_eq!(subject.as_str(), None);
        assert_eq!(subject.copy_to(&mut scratch).unwrap(), "a \"quoted\" 😀 name\n");
        assert!(claims.strings("roles").unwrap().contains("réader"));
        assert!(matches!(claims.get("nested"), Some(JsonValue::Object(object)) if !object.is_empty()));
        assert_eq!(claims.iter().count(), 7);
        assert!(accepted.unless_revoked(&Nobody).is_ok());
        print(&accepted, &subject);
    });
    without_allocation(|| {
        let pending = verifier.prepare(&large, &mut buf).unwrap();
        print(&pending, &"");
        let verified = pending.verify().unwrap();
        assert_eq!(verified.key().modulus_bits(), 4096);
        assert!(verified.accept(now).is_ok());
    });
    without_allocation(|| {
        let authorities = [Authority::new(&keys, &POLICY), Authority::new(&keys, &POLICY)];
        assert!(Verifier::any(&authorities).verify(token, now, &mut buf).is_ok());
    });
    without_allocation(|| {
        let mut cache = VerifiedCache::<8>::new();
        for _ in 0..3 {
            let pending = verifier.prepare(token, &mut buf).unwrap();
            assert!(cache.verify(pending).unwrap().accept(now).is_ok());
        }
        assert!(cache.remove(token));
        print(&cache, &cache.hits());
    });
    without_allocation(|| {
        let mut rotating = RotatingKeys::<4>::new(Rotation::new(0));
        let Action::Fetch(fetch) = rotating.poll(now) else {
            panic!("nothing to fetch")
        };
        let answer = Some(keys_json.as_bytes());
        assert!(rotating.on_fetched(fetch, answer, now).is_ok());
        assert!(
            Verifier::new(rotating.keys(now), &POLICY)
                .verify(token, now, &mut buf)
                .is_ok()
        );
        print(&rotating, &"");
    });
    without_allocation(|| {
        for inspector in [Inspector::new(&keys), Inspector::new(&keys).policy(&POLICY)] {
            let report = inspector.report(token, now, &mut buf);
            assert!(
                report
                    .findings()
                    .all(|line| !matches!(line.outcome(), Outcome::Failed(_)))
            );
            assert_eq!(report.unverified_claims().unwrap().iter().count(), 7);
        }
    });
    for (token, expected) in &tokens_refused {
        let mut buf = vec![0; 1 << 16];
        without_allocation(|| {
            let report = <Inspector>::without_keys().policy(&POLICY).report(token, now, &mut buf);
            assert!(report.findings().count() > 9);
        });
        let refused = without_allocation(|| verifier.verify(token, now, &mut buf).err());
        let refused: Error = refused.unwrap();
        assert_eq!(&refused.code(), expected);
        without_allocation(|| print(&refused, &refused));
    }
    assert!(without_allocation(|| verifier
        .verify(token, now, &mut [0; 16])
        .is_err()));
}

/// The bench's token of 40 claims, 5 roles and 50 groups, through the Entra checks and a role map, and one of AD FS.
#[test]
fn the_entra_layer_does_not_allocate() {
    const API: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
    const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
    const READ: RoleSet = RoleSet::role::<0>();
    const STAFF: RoleSet = RoleSet::role::<1>();
    const FARM: Farm<'static> = Farm::new(
        "https://fs.contoso.example/adfs",
        "http://fs.contoso.example/adfs/services/trust",
    );
    static ROLES: RoleMap<'static> = RoleMap::new(&[
        Section::entra(
            Tenant::any(),
            &[
                Grant::app_role("Orders.Read", READ),
                Grant::group(TENANT, guid!("98db240f-3b25-4a8f-a680-cb3046ec3045"), STAFF),
            ],
        ),
        Section::adfs(FARM, &[Grant::claim("role", "Readers", READ)]),
    ])
    .implies(&[(STAFF, READ)]);
    let entra_policy = entra::access_token(Tenant::any(), Audience::v2(API));
    let farm_policy = adfs::access_token(
        FARM,
        adfs::Audience::exact("microsoft:identityserver:https://orders.contoso.example/api"),
    );
    let now = NumericDate::from_secs(NOW);
    let [entra_set, farm_set] = ["entra", "adfs"].map(|name| read(&format!("benches/data/{name}-2048.jwks.json")));
    let full = text("benches/data/full-2048.jwt");
    let farm_token = text("benches/data/adfs-2048.jwt");
    let foreign = entra::access_token(Tenant::single(API), Audience::v2(API));
    let mut buf = vec![0; 1 << 16];
    without_allocation(|| {
        let mut keys = KeySet::<4>::new();
        keys.replace_from_jwk_set(&entra_set).unwrap();
        let token = Verifier::new(&keys, &entra_policy)
            .verify(&full, now, &mut buf)
            .unwrap();
        assert_eq!(token.claims().iter().count(), 40);
        let held = ROLES.evaluate(&token);
        let decision = held.require(READ | STAFF);
        assert!(decision.granted().is_ok() && held.unknown_values() > 0);
        let claims = EntraClaims::read(token.claims()).unwrap();
        assert_eq!(claims.identity().unwrap().tenant, TENANT);
        assert!(matches!(claims.groups(), Groups::Complete(groups) if groups.iter().count() == 50));
        assert!(claims.is_guest() && claims.scopes().count() > 0);
        print(&claims, &decision);
        let refused = Verifier::new(&keys, &foreign)
            .verify(&full, now, &mut buf)
            .err()
            .unwrap();
        assert_eq!(refused.code(), "tenant");
        print(&refused, &refused);

        keys.replace_from_jwk_set(&farm_set).unwrap();
        let token = Verifier::new(&keys, &farm_policy)
            .verify(&farm_token, now, &mut buf)
            .unwrap();
        assert!(!adfs::is_inside_corporate_network(token.claims()));
        print(&ROLES.evaluate(&token).require(READ), &"");
    });
}

#[cfg(feature = "serde")]
#[test]
fn deserializing_does_not_allocate() {
    #[derive(serde::Deserialize)]
    struct Mine<'a> {
        iss: &'a str,
        exp: u64,
        sub: Option<&'a str>,
    }
    #[derive(serde::Deserialize)]
    struct Dates {
        exp: u64,
    }

    let mut keys = KeySet::<1>::new();
    keys.replace_from_jwk_set(jwk_set(&[Signer::good().jwk("")]).as_bytes())
        .unwrap();
    let plain = Signer::good().token(r#"{"alg":"RS256"}"#, claims(&[("sub", r#""\u0061""#)]));
    let escaped = Signer::good().token(r#"{"alg":"RS256"}"#, claims(&[("sub", r#""\"""#)]));
    let (now, mut buf, mut scratch) = (NumericDate::from_secs(NOW), [0; 2048], [0; 256]);
    let verifier = Verifier::new(&keys, &POLICY);
    without_allocation(|| {
        let token = verifier.verify(&plain, now, &mut buf).unwrap();
        let mine: Mine<'_> = token.deserialize().unwrap();
        assert_eq!((mine.iss, mine.exp, mine.sub), (ISSUER, NOW + 3600, Some("a")));
        assert!(token.deserialize::<[u8; 3]>().is_err());
        let token = verifier.verify(&escaped, now, &mut buf).unwrap();
        assert!(token.deserialize::<Mine<'_>>().is_err());
        let dates: Dates = token.deserialize_with_scratch(&mut scratch).unwrap();
        assert_eq!(dates.exp, NOW + 3600);
        assert!(token.deserialize_with_scratch::<Dates>(&mut []).is_err());
    });
}
