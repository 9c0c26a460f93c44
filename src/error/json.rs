// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why JSON was refused.

use core::fmt;

/// A buffer of the caller's is too small for what has to be written into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BufferTooSmall {
    needed: usize,
}

impl BufferTooSmall {
    /// A buffer of fewer than `needed` octets.
    pub(crate) const fn new(needed: usize) -> Self {
        Self { needed }
    }

    /// The least length that is enough, in octets.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }
}

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a buffer of at least {} octets", self.needed)
    }
}

impl core::error::Error for BufferTooSmall {}

/// Why a JSON text was refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct JsonError {
    pub(super) kind: JsonErrorKind,
    offset: u32,
}

impl JsonError {
    /// Makes the error `kind` at octet `offset` of the text.
    #[allow(clippy::as_conversions, reason = "saturates first")]
    pub(crate) const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        let offset = if offset > 0xffff_ffff { u32::MAX } else { offset as u32 };
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// Where, in octets from the start of the text that was read (after escapes were replaced, for a token's parts).
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.offset
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.kind, self.offset)
    }
}

impl core::error::Error for JsonError {}

/// The rule that a JSON text broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is longer than [`MAX_JWK_SET_LEN`](crate::limits::MAX_JWK_SET_LEN).
    TooLong,
    /// The text is not UTF-8, or holds an escaped lone surrogate.
    NotUtf8,
    /// The text breaks the grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259), or ends early.
    Syntax,
    /// The outermost value is not an object.
    NotAnObject,
    /// Something other than whitespace follows the outermost value.
    TrailingData,
    /// Arrays and objects nest deeper than [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH).
    TooDeep,
    /// An object has more members than its cap.
    TooManyMembers,
    /// Two members of one object have the same name.
    DuplicateName,
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "expected a shorter JSON text",
            Self::NotUtf8 => "expected UTF-8 without lone surrogates",
            Self::Syntax => "expected JSON, found a syntax error",
            Self::NotAnObject => "expected a JSON object",
            Self::TrailingData => "expected nothing after the JSON object",
            Self::TooDeep => "JSON nested too deeply",
            Self::TooManyMembers => "too many members in a JSON object",
            Self::DuplicateName => "duplicate member name in a JSON object",
        })
    }
}
