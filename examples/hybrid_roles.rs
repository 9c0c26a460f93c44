// SPDX-License-Identifier: MIT OR Apache-2.0

//! One application, users of Microsoft Entra ID and of AD FS, the same roles.
//!
//! Each authority has its own keys and its own policy, so that a key of the one never vouches for the other; one table
//! says what their claims mean here. The tokens are the synthetic ones of `benches/data`.
//!
//! ```sh
//! cargo run --release --example hybrid_roles
//! ```

use rs256::adfs::{self, Farm};
use rs256::entra::{self, Audience, Guid, Tenant, guid};
use rs256::roles::{Grant, RoleMap, RoleSet, Section};
use rs256::{Authority, Error, KeySet, NumericDate, Verifier};

// The application's own roles.
const READ: RoleSet = RoleSet::role::<0>();
const APPROVE: RoleSet = RoleSet::role::<1>();
const ADMIN: RoleSet = RoleSet::role::<2>();
// What a client may do for a user, in the same set.
const SCOPE_READ: RoleSet = RoleSet::role::<8>();

const CONTOSO: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const API: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const FARM: Farm<'static> = Farm::new(
    "https://fs.contoso.example/adfs",
    "http://fs.contoso.example/adfs/services/trust",
);

// Everything below is data without an initialiser, so it lies in flash where there is flash.
static ENTRA: entra::AccessTokenPolicy<'static> = entra::access_token(Tenant::single(CONTOSO), Audience::v2(API));
static ADFS: adfs::AccessTokenPolicy<'static> = adfs::access_token(
    FARM,
    adfs::Audience::exact("microsoft:identityserver:https://orders.contoso.example/api"),
);
static ROLES: RoleMap<'static> = RoleMap::new(&[
    Section::entra(
        Tenant::single(CONTOSO),
        &[
            Grant::app_role("Orders.Read", READ),
            Grant::app_role("Orders.Approve", APPROVE),
            Grant::group(CONTOSO, guid!("00000000-0000-4000-a000-000000000007"), ADMIN),
            Grant::scope("orders.read", SCOPE_READ),
        ],
    ),
    Section::adfs(
        FARM,
        &[
            Grant::claim(adfs::ROLE_URI, "Approvers", APPROVE), // a string here, an array with several roles
            Grant::claim("group", "CONTOSO\\Orders", READ),
            Grant::scope("orders", SCOPE_READ),
        ],
    ),
])
.implies(&[(ADMIN, APPROVE), (APPROVE, READ)]);

const TOKENS: [(&str, &[u8]); 4] = [
    ("Entra user", include_bytes!("../benches/data/entra-2048.jwt")),
    ("Entra app", include_bytes!("../tests/data/tokens/entra-app-only.jwt")),
    ("AD FS user", include_bytes!("../benches/data/adfs-2048.jwt")),
    (
        "for another API",
        include_bytes!("../tests/data/tokens/entra-wrong-audience.jwt"),
    ),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut entra_keys, mut adfs_keys) = (KeySet::<8>::new(), KeySet::<4>::new());
    entra_keys.replace_from_jwk_set(include_bytes!("../benches/data/entra-2048.jwks.json"))?;
    adfs_keys.replace_from_jwk_set(include_bytes!("../benches/data/adfs-2048.jwks.json"))?;
    let authorities = [Authority::new(&entra_keys, &ENTRA), Authority::new(&adfs_keys, &ADFS)];
    let verifier = Verifier::any(&authorities);

    for (who, jwt) in TOKENS {
        for (what, required) in [
            ("read an order", READ.with(SCOPE_READ)),
            ("approve an order", APPROVE),
            ("delete all orders", ADMIN),
        ] {
            let answer = request(&verifier, jwt.trim_ascii_end(), required);
            let status = answer.map_or_else(|error| error.http_status(), |()| 200);
            println!("{who:>15} would {what}: {status}");
        }
    }
    Ok(())
}

/// What a handler does: verify, decide, log the decision. The token goes no further.
fn request(verifier: &Verifier<'_>, jwt: &[u8], required: RoleSet) -> Result<(), Error> {
    let mut buf = [0; 4096];
    let now = NumericDate::from_secs(1_760_000_000); // the clock of the synthetic tokens
    let token = verifier.verify(jwt, now, &mut buf)?;
    let decision = ROLES.evaluate(&token).require(required);
    eprintln!("{decision}");
    Ok(decision.granted()?)
}
