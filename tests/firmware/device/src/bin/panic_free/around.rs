// SPDX-License-Identifier: MIT OR Apache-2.0

//! Around the core: Entra ID and AD FS, roles, metadata documents, batches, and accelerators.

use core::hint::black_box;

use rs256::accelerator::{Accelerator, AcceleratorError, Software};
use rs256::adfs::{self, Farm};
use rs256::discovery::Document;
use rs256::entra::{self, Audience, EntraClaims, Groups, Guid, Tenant, Version, guid};
use rs256::roles::{Grant, RoleMap, RoleSet, Section};
use rs256::{
    AcceptedToken, Authority, Error, KeySet, NumericDate, Rsa2048, Rsa4096, RsaPublicKey, RsaSize, Verifier, batch,
};
use rs256_device::fixtures::{NOW, rsa2048};

use crate::show;

const CONTOSO: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const API: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const FARM: Farm<'static> = Farm::new("https://fs.example/adfs", "http://fs.example/adfs/services/trust");

static ACCESS: entra::AccessTokenPolicy<'static> = entra::access_token(Tenant::single(CONTOSO), Audience::v2(API));
static ID: entra::IdTokenPolicy<'static> = entra::id_token(Tenant::any(), API, "nonce");
static ADFS: adfs::AccessTokenPolicy<'static> = adfs::access_token(FARM, adfs::Audience::exact("urn:orders"));
static ADFS_ID: adfs::IdTokenPolicy<'static> = adfs::id_token(FARM, "client", "nonce");

const READ: RoleSet = RoleSet::role::<0>();
const ADMIN: RoleSet = RoleSet::role::<1>();

static ROLES: RoleMap<'static> = RoleMap::new(&[
    Section::entra(
        Tenant::single(CONTOSO),
        &[
            Grant::app_role("Orders.Read", READ),
            Grant::scope("orders.read", READ),
            Grant::group(CONTOSO, API, ADMIN),
            Grant::group_name(CONTOSO, "orders", READ),
            Grant::directory_role(CONTOSO, API, ADMIN),
        ],
    ),
    Section::adfs(
        FARM,
        &[
            Grant::claim(adfs::ROLE_URI, "Approvers", ADMIN),
            Grant::scope("orders", READ),
        ],
    ),
    Section::issuer("https://issuer.example", &[Grant::claim("roles", "reader", READ)]),
])
.implies(&[(ADMIN, READ)]);

/// A token by the rules of all four policies of the providers, and what the application learns of it.
#[inline(never)]
pub(crate) fn providers(keys: &KeySet<4>, token: &[u8], buf: &mut [u8]) -> bool {
    let now = NumericDate::from_secs(black_box(NOW));
    let authorities = [
        Authority::new(keys, black_box(&ADFS)),
        Authority::new(keys, black_box(&ADFS_ID)),
        Authority::new(keys, black_box(&ID)),
    ];
    if let Err(error) = Verifier::any(black_box(&authorities)).verify(token, now, buf) {
        show(error);
    }
    match Verifier::new(keys, black_box(&ACCESS)).verify(token, now, buf) {
        Ok(token) => learn(&token),
        Err(error) => {
            show(error);
            false
        }
    }
}

fn learn(token: &AcceptedToken<'_>) -> bool {
    let Ok(claims) = EntraClaims::read(token.claims()) else {
        return false;
    };
    if let Groups::Complete(groups) = claims.groups() {
        black_box(groups.iter().count());
    }
    black_box((
        claims.tenant_id(),
        claims.object_id(),
        claims.client(),
        claims.identity().is_ok(),
    ));
    black_box((
        claims.has_scope(black_box("orders.read")),
        claims.scopes().count(),
        claims.is_app_only(),
    ));
    black_box((
        claims.is_guest(),
        claims.user_principal_name(),
        adfs::is_inside_corporate_network(token.claims()),
    ));
    let decision = ROLES.evaluate(token).require(black_box(READ));
    show(decision);
    decision.granted().is_ok()
}

/// Metadata documents.
#[inline(never)]
pub(crate) fn metadata(text: &mut [u8]) -> bool {
    match Document::read(text) {
        Ok(document) => {
            let checks = [
                document.check_entra(black_box(&Tenant::single(CONTOSO)), black_box(Version::V2)),
                document.check_adfs(black_box(&FARM)),
                document.check_issuer(black_box("https://issuer.example")),
            ];
            for error in checks.into_iter().filter_map(Result::err) {
                show(error);
            }
            black_box((document.issuer(), document.jwks_uri(), document.cloud_instance_name()));
            true
        }
        Err(error) => {
            show(error);
            false
        }
    }
}

/// Several tokens in one call.
#[inline(never)]
pub(crate) fn together<S: RsaSize>(verifier: &Verifier<'_, S>, token: &[u8], buf: &mut [u8]) -> Result<(), Error> {
    let (first, second) = buf.split_at_mut_checked(1024).unwrap_or_default();
    let mut pending = [verifier.prepare(token, first)?, verifier.prepare(token, second)?];
    batch::verify(&mut pending);
    for pending in pending {
        pending.verify()?.accept(NumericDate::from_secs(black_box(NOW)))?;
    }
    Ok(())
}

/// A device of which nothing is known, with software behind it or without.
struct Device<const FALLBACK: bool>;

impl<S: RsaSize, const FALLBACK: bool> Accelerator<S> for Device<FALLBACK> {
    const SOFTWARE_FALLBACK: bool = FALLBACK;

    fn rsa_public(&mut self, key: &RsaPublicKey<S>, number: &mut [u8]) -> Result<(), AcceleratorError> {
        let mut words = [0; 64];
        if !key.write_modulus_words(black_box(&mut words)) || !key.write_rr_words(black_box(&mut words)) {
            return Err(AcceleratorError::Unsupported);
        }
        black_box((key.exponent(), key.negative_inverse_word()));
        black_box(number);
        black_box(Ok(()))
    }
}

/// By way of a device that answers at once, or later.
#[inline(never)]
pub(crate) fn devices(key: &RsaPublicKey<Rsa2048>, keys: &KeySet<4, Rsa4096>, token: &[u8], buf: &mut [u8]) -> bool {
    let policy = black_box(&rs256_device::fixtures::SMALL_POLICY);
    let (small, large) = (Verifier::new(key, policy), Verifier::new(keys, policy));
    let on_device = |verifier: &Verifier<'_, Rsa2048>, buf: &mut [u8]| {
        verifier.prepare(token, buf)?.verify_on(&mut Device::<false>)?;
        verifier.prepare(token, buf)?.verify_on(&mut Device::<true>)?;
        Ok::<(), Error>(())
    };
    if let Err(error) = on_device(&small, buf) {
        show(error);
    }
    let later = |verifier: &Verifier<'_, Rsa4096>, buf: &mut [u8]| {
        let begun = verifier.prepare(token, buf)?.begin()?;
        black_box((begun.key(), begun.signature()));
        begun.finish(black_box(&rsa2048::N))?;
        Ok::<(), Error>(())
    };
    if let Err(error) = later(&large, buf) {
        show(error);
    }
    small
        .prepare(token, buf)
        .is_ok_and(|pending| pending.verify_on(&mut Software).is_ok())
}
