// SPDX-License-Identifier: MIT OR Apache-2.0

//! The application's own roles. Which claims of which authority stand for them is configuration; what they imply, and
//! which route needs which, is code.

use rs256::roles::RoleSet;

pub const READER: RoleSet = RoleSet::role::<0>();
pub const APPROVER: RoleSet = RoleSet::role::<1>();
pub const ADMIN: RoleSet = RoleSet::role::<2>();

/// Whoever holds the first holds the second.
pub const IMPLIED: &[(RoleSet, RoleSet)] = &[(ADMIN, APPROVER), (APPROVER, READER)];

/// The names that configuration uses.
pub const NAMES: [(&str, RoleSet); 3] = [("reader", READER), ("approver", APPROVER), ("admin", ADMIN)];

pub fn by_name(name: &str) -> Option<RoleSet> {
    NAMES.iter().find(|(own, _)| *own == name).map(|(_, role)| *role)
}
