// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every public path on unknown input. That this links, with a panic handler that does not exist, is the proof that none
//! of them can panic; that it links without an allocator, that none of them allocates.
//!
//! Two features plant a panic path each. With one of them the program must not link, or the gate is blind.
#![no_std]
#![no_main]

mod around;

use core::fmt::{self, Write};
use core::hint::black_box;
use core::ops::{Deref, DerefMut};

use rs256::cache::VerifiedCache;
use rs256::entra::{self, Tenant, guid};
use rs256::report::{Explain, Inspector, Outcome};
use rs256::rotation::{Action, Freshness, RotatingKeys, Rotation};
use rs256::{
    Authority, Check, CompactJws, Issuer, JsonValue, KeySet, Leeway, NumericDate, Policy, PolicyError, PreparedKey,
    Revocation, Rsa2048, Rsa4096, Rsa8192, RsaPublicKey, RsaSize, TokenView, Verifier, adfs, bearer, bearer_only,
};
use rs256_device::fixtures::{ENTRA_POLICY, NOW, PEM, SMALL_POLICY, rsa2048};

rs256_device::program!(run);

/// Counts what is written, so that formatting is not thrown away.
struct Sink(usize);

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.wrapping_add(black_box(text).len());
        Ok(())
    }
}

pub(crate) fn show(value: impl fmt::Display) {
    let _ = write!(Sink(0), "{value}");
}

/// A caller's own check, by way of every accessor.
struct Walk;

impl Check for Walk {
    fn check(&self, token: &TokenView<'_, '_>, _now: NumericDate) -> Result<(), PolicyError> {
        let claims = token.claims();
        for (name, value) in claims.iter() {
            let mut buf = [0; 64];
            black_box(name.copy_to(&mut buf).is_ok());
            match value {
                JsonValue::Number(number) => {
                    black_box((number.as_u64(), number.as_i64()));
                }
                JsonValue::Array(array) => {
                    black_box(array.iter().count());
                }
                JsonValue::Object(object) => {
                    black_box(object.iter().count());
                    black_box(object.get("id").is_some());
                }
                JsonValue::String(text) => {
                    black_box(text.eq_ignore_ascii_case("reader"));
                    show(text);
                }
                _ => {}
            }
        }
        black_box((
            claims.subject(),
            claims.audience(),
            claims.expiration(),
            claims.jwt_id(),
            claims.issued_at(),
        ));
        black_box((
            token.key().kid(),
            token.key().issuer(),
            token.header().kid(),
            token.header().is_typ("at+jwt"),
        ));
        match claims.strings(black_box("roles")) {
            Some(roles) if roles.contains(black_box("reader")) => Ok(()),
            _ => Err(PolicyError::InsufficientScope),
        }
    }
}

impl Explain for Walk {}

struct Withdrawn;

impl Revocation for Withdrawn {
    fn is_revoked(&self, claims: &rs256::Claims<'_>) -> bool {
        claims.jwt_id().is_some_and(|id| id == *black_box("withdrawn"))
    }
}

#[inline(never)]
fn verify<S: RsaSize>(verifier: &Verifier<'_, S>, token: &[u8], buf: &mut [u8]) -> bool {
    let now = NumericDate::from_secs(black_box(NOW));
    match verifier.verify(token, now, buf) {
        Ok(token) => match token.unless_revoked(&Withdrawn) {
            Ok(token) => token.claims().subject().is_some() && black_box(token.header().x5t().is_none()),
            Err(_) => false,
        },
        Err(error) => {
            show(error);
            black_box((
                error.code(),
                error.http_status(),
                error.challenge(),
                error.key_refresh_could_help(),
            ));
            false
        }
    }
}

/// By stages, with a caller's own check and every option of the policy.
#[inline(never)]
fn by_stages<S: RsaSize>(verifier: &Verifier<'_, S>, token: &[u8], buf: &mut [u8]) -> Result<(), rs256::Error> {
    let now = NumericDate::from_secs(black_box(NOW));
    black_box(CompactJws::parse(token)?.buffer_len());
    let verified = verifier.prepare(token, buf)?.verify()?;
    black_box(verified.payload().len());
    let issuers = black_box(["https://issuer.example"]);
    let policy = Policy::new(Issuer::any_of(&issuers), black_box(&["api://orders"]))
        .leeway(Leeway::from_secs(black_box(5)).unwrap_or(Leeway::ZERO))
        .require(black_box(&["sub"]))
        .max_age(black_box(3600));
    verified.check(&(&policy, &Walk), now)?;
    Ok(())
}

/// Stands for the guard of a lock.
struct Guard<T>(T);

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// By way of the cache, directly and as if it were behind a lock.
#[inline(never)]
fn remembered<S: RsaSize, const N: usize>(
    verifier: &Verifier<'_, S>,
    cache: &mut VerifiedCache<N>,
    token: &[u8],
    buf: &mut [u8],
) -> Result<(), rs256::Error> {
    let now = NumericDate::from_secs(black_box(NOW));
    for _ in 0..black_box(3) {
        cache.verify(verifier.prepare(token, buf)?)?.accept(now)?;
    }
    let lock = || Guard(VerifiedCache::<8>::new());
    VerifiedCache::verify_locked(verifier.prepare(token, buf)?, lock)?.accept(now)?;
    black_box((cache.remove(token), cache.hits(), cache.misses()));
    cache.clear();
    Ok(())
}

#[inline(never)]
fn rotated(keys: &mut RotatingKeys<4>, answer: &[u8], token: &[u8], buf: &mut [u8]) -> bool {
    let now = NumericDate::from_secs(black_box(NOW));
    if let Err(error) = keys.restore(answer, black_box(now), now) {
        show(error);
    }
    for action in [keys.on_unknown_kid(now), keys.poll(now)] {
        match action {
            Action::Fetch(fetch) => match keys.on_fetched(fetch, black_box(Some(answer)), now) {
                Ok(report) => black_box(report.kept() > 0),
                Err(error) => {
                    show(error);
                    false
                }
            },
            Action::Wait(until) => black_box(until > now),
        };
    }
    keys.freshness(now) == Freshness::Fresh && verify(&Verifier::new(keys.keys(now), &SMALL_POLICY), token, buf)
}

#[inline(never)]
fn load<const N: usize, S: RsaSize>(keys: &mut KeySet<N, S>, text: &[u8]) -> bool {
    match keys.replace_from_jwk_set(text) {
        Ok(report) => {
            for (reason, count) in report.skipped() {
                black_box(count);
                show(reason);
            }
            keys.iter().all(|key| key.kid().is_some())
        }
        Err(error) => {
            show(error);
            false
        }
    }
}

#[inline(never)]
fn key_files<S: RsaSize>(text: &[u8], buf: &mut [u8]) -> bool {
    let keys = [
        RsaPublicKey::<S>::from_pem(text, buf),
        RsaPublicKey::<S>::from_spki_der(text),
        RsaPublicKey::<S>::from_pkcs1_der(text),
        RsaPublicKey::<S>::from_certificate_der(text),
    ];
    let mut good = false;
    for key in keys {
        match key {
            Ok(key) => {
                let set = KeySet::<1, S>::pinned(&key);
                let prepared = PreparedKey::new(&key);
                black_box((
                    set.len(),
                    prepared.verify_rs256(text, text).is_ok(),
                    key.verify_rs256(text, text).is_ok(),
                ));
                black_box(key.write_modulus(buf));
                good = true;
            }
            Err(error) => show(error),
        }
    }
    good
}

/// Reports, with and without keys, on policies of every kind.
#[inline(never)]
fn explained<S: RsaSize>(keys: &RsaPublicKey<S>, token: &[u8], buf: &mut [u8]) -> bool {
    let now = NumericDate::from_secs(black_box(NOW));
    let own = (&SMALL_POLICY, &Walk);
    let mut failed = 0_u32;
    let policies: [&(dyn Explain + Sync); 5] = [&own, &ACCESS, &ID, &FARM_ACCESS, &FARM_ID];
    for policy in black_box(policies) {
        let inspectors = [Inspector::new(keys).policy(policy), Inspector::new(keys)];
        for inspector in black_box(inspectors) {
            let report = inspector.report(token, now, buf);
            for finding in report.findings() {
                black_box((
                    finding.rule().name(),
                    finding.rule().description(),
                    finding.found(),
                    finding.expected(),
                ));
                if let Outcome::Failed(error) = finding.outcome() {
                    show(error);
                    failed = failed.wrapping_add(1);
                }
            }
            black_box((report.omitted(), report.key(), report.signature_len()));
            black_box((report.unverified_header_octets(), report.unverified_payload_octets()));
            for (name, _) in report
                .unverified_header()
                .into_iter()
                .chain(report.unverified_claims())
                .flat_map(|o| o.iter())
            {
                show(name);
            }
        }
        let report = Inspector::<S>::without_keys().policy(policy).report(token, now, buf);
        black_box(report.findings().count());
    }
    failed > 0
}

static ACCESS: entra::AccessTokenPolicy<'static> = entra::access_token(
    Tenant::any(),
    entra::Audience::v1_or_v2(guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"), &["api://orders"]),
);
static ID: entra::IdTokenPolicy<'static> =
    entra::id_token(Tenant::any(), guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"), "nonce");
const FARM: adfs::Farm<'static> = adfs::Farm::new("https://fs.contoso.example/adfs", "http://fs.contoso.example/adfs");
static FARM_ACCESS: adfs::AccessTokenPolicy<'static> =
    adfs::access_token(FARM, adfs::Audience::relying_party("orders"));
static FARM_ID: adfs::IdTokenPolicy<'static> = adfs::id_token(FARM, "orders", "nonce");

/// What the gate must notice.
#[inline(never)]
fn plant(token: &[u8]) {
    #[cfg(feature = "planted-unwrap")]
    black_box(token.first().unwrap());
    #[cfg(feature = "planted-index")]
    black_box(token[token.len() / 2]);
    black_box(token);
}

fn run() -> bool {
    let token = black_box(rsa2048::TOKEN.as_slice());
    let mut buf = [0; 2048];
    let buf = black_box(buf.as_mut_slice());
    plant(token);

    let mut keys = KeySet::<4, Rsa4096>::new();
    let mut small = KeySet::<2, Rsa2048>::new();
    let mut large = KeySet::<1, Rsa8192>::new();
    let mut good = load(&mut keys, black_box(&rsa2048::ENTRA_KEYS))
        & load(&mut small, black_box(&rsa2048::KEYS))
        & load(&mut large, black_box(&rsa2048::KEYS));

    let authorities = [
        Authority::new(&keys, &SMALL_POLICY),
        Authority::new(&keys, &ENTRA_POLICY),
    ];
    good &= verify(
        &Verifier::new(black_box(&rsa2048::KEY), black_box(&SMALL_POLICY)),
        token,
        buf,
    );
    good &= verify(&Verifier::new(black_box(&small), black_box(&SMALL_POLICY)), token, buf);
    good &= verify(&Verifier::new(black_box(&large), black_box(&SMALL_POLICY)), token, buf);
    good &= verify(&Verifier::any(black_box(&authorities)), token, buf);
    good &= by_stages(&Verifier::new(black_box(&keys), black_box(&SMALL_POLICY)), token, buf).is_ok();

    let mut cache = VerifiedCache::<16>::new();
    good &= remembered(
        &Verifier::new(black_box(&keys), black_box(&SMALL_POLICY)),
        &mut cache,
        token,
        buf,
    )
    .is_ok();
    let rotation = Rotation::new(black_box(1))
        .refresh(black_box(60))
        .max_stale(black_box(600));
    good &= rotated(
        &mut RotatingKeys::new(rotation),
        black_box(&rsa2048::ENTRA_KEYS),
        token,
        buf,
    );

    good &= around::together(&Verifier::new(black_box(&keys), black_box(&SMALL_POLICY)), token, buf).is_ok();
    good &= around::devices(black_box(&rsa2048::KEY), black_box(&keys), token, buf);
    // The policies of the providers refuse this token; what they do with a good one is linked all the same.
    black_box(around::providers(
        black_box(&keys),
        black_box(&rsa2048::ENTRA_TOKEN),
        buf,
    ));
    black_box(around::metadata(buf));

    good &= explained(black_box(&rsa2048::KEY), token, buf);

    good &= bearer(black_box(b"Bearer abc.def.ghi")).is_ok();
    good &= bearer_only(black_box([b"Bearer abc".as_slice()])).is_ok();
    good & key_files::<Rsa4096>(black_box(PEM), buf) & key_files::<Rsa2048>(black_box(PEM), buf)
}
