// SPDX-License-Identifier: MIT OR Apache-2.0

//! A set of an application's roles, one bit each.

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

/// Up to 64 roles of an application. What a bit means is the application's choice; delegated permissions (scopes) may
/// have bits of their own.
///
/// # Examples
///
/// ```
/// use rs256::roles::RoleSet;
///
/// const READ: RoleSet = RoleSet::role::<0>();
/// const WRITE: RoleSet = RoleSet::role::<1>();
/// const BOTH: RoleSet = READ.with(WRITE);
///
/// assert!(BOTH.contains_all(READ) && !READ.contains_all(BOTH));
/// assert!(READ.contains_any(BOTH));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u64);

impl RoleSet {
    /// No role.
    pub const EMPTY: Self = Self(0);

    /// The role of bit `BIT`; a bit beyond 63 does not compile.
    #[must_use]
    pub const fn role<const BIT: u32>() -> Self {
        const { assert!(BIT < u64::BITS, "a set has 64 roles") };
        Self(1 << BIT)
    }

    /// The set of these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The set as a number, for logs.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The roles of either set.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every role of `other` is in this set.
    #[must_use]
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether some role of `other` is in this set.
    #[must_use]
    pub const fn contains_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no role.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for RoleSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

impl BitOrAssign for RoleSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.with(other);
    }
}

/// Prints the bits in hexadecimal.
impl fmt::Display for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoleSet({self})")
    }
}
