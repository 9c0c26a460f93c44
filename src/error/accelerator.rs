// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a hardware accelerator may do wrong.

use core::fmt;

/// Why an [`Accelerator`](crate::accelerator::Accelerator) gave no answer that can be used. It says nothing about the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AcceleratorError {
    /// The device reported a fault.
    Failed,
    /// The device did not answer in time.
    TimedOut,
    /// The device does not take keys of this size or exponent.
    Unsupported,
    /// The device gave a number that is not the power of the signature: of another length, or contradicted by software.
    WrongResult,
}

impl AcceleratorError {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Failed => "accelerator_failed",
            Self::TimedOut => "accelerator_timed_out",
            Self::Unsupported => "accelerator_unsupported",
            Self::WrongResult => "accelerator_wrong_result",
        }
    }
}

impl fmt::Display for AcceleratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "the RSA accelerator failed",
            Self::TimedOut => "the RSA accelerator did not answer in time",
            Self::Unsupported => "the RSA accelerator does not take this key",
            Self::WrongResult => "the RSA accelerator gave a wrong result",
        })
    }
}

impl core::error::Error for AcceleratorError {}
