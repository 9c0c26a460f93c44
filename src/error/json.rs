// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why JSON was refused.

use core::fmt;
use core::num::NonZeroU32;

use crate::limits::MAX_JWK_SET_LEN;

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
// The kind, which is never 0, above the offset, in one word: a scanner that may fail anywhere hands this over everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct JsonError(NonZeroU32);

/// Bits of a [`JsonError`] that hold the offset.
const OFFSET_BITS: u32 = 28;
const MAX_OFFSET: u32 = (1 << OFFSET_BITS) - 1;
const _: () = assert!(MAX_JWK_SET_LEN < 1 << OFFSET_BITS, "every offset into a JSON text fits");

impl JsonError {
    /// Makes the error `kind` at octet `offset` of the text.
    // BOUND: no text longer than MAX_JWK_SET_LEN is read, so an offset stays below the bits of the kind.
    #[expect(
        clippy::as_conversions,
        reason = "20 bits of an offset, and a kind; `From` is not const"
    )]
    #[inline(always)]
    pub(crate) const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        match NonZeroU32::new((kind as u32) << OFFSET_BITS | offset as u32) {
            Some(word) => Self(word),
            None => Self(NonZeroU32::MAX),
        }
    }

    /// What is wrong.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "the number of a kind; `From` is not const")]
    pub const fn kind(&self) -> JsonErrorKind {
        use JsonErrorKind::{
            DuplicateName, NotAnObject, NotUtf8, Syntax, TooDeep, TooLong, TooManyMembers, TrailingData,
        };
        const KINDS: [JsonErrorKind; 7] = [
            TooLong,
            NotUtf8,
            NotAnObject,
            TrailingData,
            TooDeep,
            TooManyMembers,
            DuplicateName,
        ];
        let mut kinds = KINDS.as_slice();
        while let [kind, rest @ ..] = kinds {
            if *kind as u32 == self.0.get() >> OFFSET_BITS {
                return *kind;
            }
            kinds = rest;
        }
        Syntax
    }

    /// Where, in octets from the start of the text that was read (after escapes were replaced, for a token's parts).
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.0.get() & MAX_OFFSET
    }
}

impl fmt::Debug for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonError")
            .field("kind", &self.kind())
            .field("offset", &self.offset())
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for JsonError {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "JsonError {{ kind: {}, offset: {} }}", self.kind(), self.offset());
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.kind(), self.offset())
    }
}

impl core::error::Error for JsonError {}

/// The rule that a JSON text broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is longer than [`MAX_JWK_SET_LEN`](crate::limits::MAX_JWK_SET_LEN).
    TooLong = 1,
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
