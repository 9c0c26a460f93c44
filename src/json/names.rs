// SPDX-License-Identifier: MIT OR Apache-2.0

//! The names of an object so far, to find one that comes twice.
//!
//! A name is remembered as the offset of its opening quotation mark and a few bits of its hash. A set of hash bits tells
//! most new names apart from all others in one look; only on a hit there are the remembered names gone through, and only
//! those with the same bits are compared, after unescaping. The answer is exact whatever the hash does: names made to
//! collide cost at most `CAP`²/2 comparisons.

use super::scan::Scanner;
use super::string::JsonStr;
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_JWK_SET_LEN;

/// Bits of a remembered name that hold its offset; the others hold a part of its hash.
const OFFSET_BITS: u32 = 20;
const OFFSET_MASK: u32 = (1 << OFFSET_BITS) - 1;
const _: () = assert!(MAX_JWK_SET_LEN <= 1 << OFFSET_BITS, "an offset fits");

/// Words of the set of hash bits. With 2^10 bits the 25 names of a usual token meet 0.3 false hits.
const FILTER_WORDS: usize = 32;

/// Up to `CAP` different names.
#[derive(Clone, Debug)]
pub(super) struct Names<const CAP: usize> {
    // INVARIANT: the first `count` are taken, in the order of the text.
    entries: [u32; CAP],
    count: usize,
    // INVARIANT: bit `hash >> 22` is set for each name.
    filter: [u32; FILTER_WORDS],
}

impl<const CAP: usize> Names<CAP> {
    #[inline]
    pub(super) const fn new() -> Self {
        Self {
            entries: [0; CAP],
            count: 0,
            filter: [0; FILTER_WORDS],
        }
    }

    /// Remembers `name`, whose opening quotation mark is at `offset` of `text`.
    ///
    /// # Errors
    ///
    /// `TooManyMembers`, `DuplicateName`.
    #[inline]
    #[expect(clippy::as_conversions, reason = "five bits, and an offset of 20 bits")]
    #[expect(clippy::indexing_slicing, reason = "five bits index 32 words")]
    pub(super) fn insert(&mut self, text: &str, offset: usize, name: JsonStr<'_>) -> Result<(), JsonError> {
        let hash = if name.is_plain() {
            plain_hash(text, offset, name.raw())
        } else {
            escaped_hash(name)
        };
        // The top five bits of the hash choose a word of the set, the next five a bit of it.
        let word = &mut self.filter[(hash >> 27) as usize];
        let bit = 1 << (hash >> 22 & 31);
        let seen = *word & bit != 0;
        *word |= bit;
        let entry = hash << OFFSET_BITS | offset as u32;
        if seen && self.contains(text, entry, name) {
            return Err(JsonError::new(JsonErrorKind::DuplicateName, offset));
        }
        let Some(free) = self.entries.get_mut(self.count) else {
            return Err(JsonError::new(JsonErrorKind::TooManyMembers, offset));
        };
        *free = entry;
        self.count += 1;
        Ok(())
    }

    #[cold]
    fn contains(&self, text: &str, entry: u32, name: JsonStr<'_>) -> bool {
        let taken = self.entries.get(..self.count).unwrap_or_default();
        taken
            .iter()
            .any(|other| (other ^ entry) >> OFFSET_BITS == 0 && name_at(text, other & OFFSET_MASK) == Some(name))
    }
}

/// The name whose opening quotation mark is at `offset`.
#[expect(clippy::as_conversions, reason = "20 bits")]
fn name_at(text: &str, offset: u32) -> Option<JsonStr<'_>> {
    Scanner::new(text).string(offset as usize).ok().map(|(name, _)| name)
}

/// Hash of a name that is written without escapes, its opening quotation mark at `offset` of `text`.
#[inline]
fn plain_hash(text: &str, offset: usize, name: &str) -> u32 {
    let end = offset + 1 + name.len();
    let tail = match text.as_bytes().get(..end).and_then(|before| before.last_chunk::<8>()) {
        // What comes before a shorter name is cut off.
        Some(eight) if name.len() < 8 => u64::from_le_bytes(*eight) & !(u64::MAX >> (8 * name.len())),
        Some(eight) => u64::from_le_bytes(*eight),
        None => name.bytes().fold(0, shift_in),
    };
    mix(tail, name.len())
}

/// Hash of a name by its characters; equal to [`plain_hash`] of the same name.
#[cold]
fn escaped_hash(name: JsonStr<'_>) -> u32 {
    let tail = name
        .chars()
        .fold(0, |tail, c| c.encode_utf8(&mut [0; 4]).bytes().fold(tail, shift_in));
    mix(tail, name.len())
}

/// Appends an octet to the last eight.
#[inline]
fn shift_in(tail: u64, octet: u8) -> u64 {
    tail >> 8 | u64::from(octet) << 56
}

/// Mixes the last eight octets of a name, the last one highest, and its length in octets.
#[inline]
#[expect(clippy::as_conversions, reason = "the upper half of a product, and a length")]
const fn mix(tail: u64, length: usize) -> u32 {
    ((tail ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
