// SPDX-License-Identifier: MIT OR Apache-2.0

//! Roles of an application, whichever authority vouches for them and however it writes them.
//!
//! Entra writes application roles into `roles`, directory roles into `wids`, groups into `groups` and delegated
//! permissions into `scp`; AD FS writes what its claim rules say into `role`, `roles`, `group` or a claim with a URI for
//! its name, as a string when there is one value and as an array when there are several. A [`RoleMap`] says, for each
//! authority, which value of which claim stands for which of the application's own roles. It is a table of borrowed
//! data, made in a `const`, so it can live in flash; it is evaluated once for a token, with one look at each claim that it names, to
//! a [`RoleSet`]; and from then on a check is one AND.
//!
//! * Claims that no entry names are not read. Values that no entry names are counted, not kept.
//! * An entry belongs to an authority: it never matches a token of another issuer.
//! * An entry for a group or a directory role belongs to a tenant as well: a directory role has the same identifier in
//!   every tenant, and the name of a group is the tenant's choice.
//! * A token that does not list all groups ([overage](crate::entra::Groups::Overage)) leaves a decision that one of them
//!   could have changed undecided, not denied. Roles that no entry for a group leads to are denied as ever.
//!
//! # Examples
//!
//! ```
//! use rs256::adfs::{self, Farm};
//! use rs256::entra::{Guid, Tenant, guid};
//! use rs256::roles::{Grant, RoleMap, RoleSet, Section};
//!
//! const READ: RoleSet = RoleSet::role::<0>();
//! const APPROVE: RoleSet = RoleSet::role::<1>();
//! const ADMIN: RoleSet = RoleSet::role::<2>();
//!
//! const CONTOSO: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
//! const FARM: Farm<'static> =
//!     Farm::new("https://fs.contoso.example/adfs", "http://fs.contoso.example/adfs/services/trust");
//!
//! static ROLES: RoleMap<'static> = RoleMap::new(&[
//!     Section::entra(Tenant::single(CONTOSO), &[
//!         Grant::app_role("Orders.Read", READ),
//!         Grant::app_role("Orders.Approve", APPROVE),
//!         Grant::group(CONTOSO, guid!("98db240f-3b25-4a8f-a680-cb3046ec3045"), ADMIN),
//!     ]),
//!     Section::adfs(FARM, &[
//!         Grant::claim(adfs::ROLE_URI, "Approvers", APPROVE),
//!         Grant::claim("group", "CONTOSO\\Staff", READ),
//!     ]),
//! ])
//! .implies(&[(ADMIN, APPROVE), (APPROVE, READ)]);
//!
//! # fn example(token: rs256::AcceptedToken<'_>) -> Result<(), rs256::PolicyError> {
//! let held = ROLES.evaluate(&token);
//! let decision = held.require(APPROVE);
//! println!("{decision}"); // for the log: two bit sets and a code, nothing of the token
//! decision.granted()?; // or 403
//! # Ok(())
//! # }
//! ```

mod decision;
mod grant;
mod map;
mod set;

pub use decision::{Decision, Held};
pub use grant::{Grant, Section};
pub use map::RoleMap;
pub use set::RoleSet;
