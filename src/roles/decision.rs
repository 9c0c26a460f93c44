// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a token holds, and each decision made by it, small enough to log every one.

use core::fmt;

use super::RoleSet;
use crate::error::{Error, PolicyError};

/// The roles that a token gives, evaluated once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub(super) roles: RoleSet,
    pub(super) unknown_values: u16,
    pub(super) groups_overage: bool,
    /// INVARIANT: once evaluated, `roles` and those that groups which the token does not list could add to them.
    pub(super) possible: RoleSet,
}

impl Held {
    /// No roles: what a token of an authority without a section holds.
    pub(super) const NOTHING: Self = Self {
        roles: RoleSet::EMPTY,
        unknown_values: 0,
        groups_overage: false,
        possible: RoleSet::EMPTY,
    };

    /// The roles, implied ones included.
    #[must_use]
    pub const fn roles(&self) -> RoleSet {
        self.roles
    }

    /// How many values were found, in claims that the map reads, that no entry names. Where that is not to be
    /// expected, a role was renamed or a table is out of date.
    #[must_use]
    pub const fn unknown_values(&self) -> u16 {
        self.unknown_values
    }

    /// Whether the token does not list all groups although an entry asks for one: roles may be missing here, and only
    /// the directory knows.
    #[must_use]
    pub const fn is_groups_overage(&self) -> bool {
        self.groups_overage
    }

    /// Decides by the rule that every role of `required` is held. STRICT: of no role required nothing follows, so that
    /// is denied.
    pub const fn require(&self, required: RoleSet) -> Decision {
        self.decide(
            required,
            self.roles.contains_all(required) && !required.is_empty(),
            self.possible.contains_all(required) && !required.is_empty(),
        )
    }

    /// Decides by the rule that one role of `required` is held.
    pub const fn require_any(&self, required: RoleSet) -> Decision {
        self.decide(
            required,
            self.roles.contains_any(required),
            self.possible.contains_any(required),
        )
    }

    const fn decide(&self, required: RoleSet, is_held: bool, may_be_held: bool) -> Decision {
        Decision {
            required,
            held: self.roles,
            outcome: match (is_held, may_be_held) {
                (true, _) => Outcome::Granted,
                (false, true) => Outcome::Undecided,
                (false, false) => Outcome::Denied,
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    Granted,
    Denied,
    Undecided,
}

/// One decision about access, as an event for a log: what was required, what is held, and a code. It has no text of
/// the token and no name of a person in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a decision that nobody looks at protects nothing"]
pub struct Decision {
    required: RoleSet,
    held: RoleSet,
    outcome: Outcome,
}

// Kept with every request, so it stays within three words.
const _: () = assert!(size_of::<Decision>() <= 24);

impl Decision {
    /// The roles that were required.
    #[must_use]
    pub const fn required(&self) -> RoleSet {
        self.required
    }

    /// The roles that the token gives.
    #[must_use]
    pub const fn held(&self) -> RoleSet {
        self.held
    }

    /// Whether access is granted.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        matches!(self.outcome, Outcome::Granted)
    }

    /// A stable, machine-readable code: `granted`, or that of the error which [`Decision::granted`] gives.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.granted() {
            Ok(()) => "granted",
            Err(error) => Error::Policy(error).code(),
        }
    }

    /// Nothing when access is granted, and otherwise an error that a server answers with 403.
    ///
    /// # Errors
    ///
    /// [`PolicyError::InsufficientScope`]; [`PolicyError::GroupsOverage`] when the token does not list all groups and a
    /// group could have made the difference.
    pub const fn granted(&self) -> Result<(), PolicyError> {
        match self.outcome {
            Outcome::Granted => Ok(()),
            Outcome::Denied => Err(PolicyError::InsufficientScope),
            Outcome::Undecided => Err(PolicyError::GroupsOverage),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: roles required {}, held {}",
            self.code(),
            self.required,
            self.held
        )
    }
}
