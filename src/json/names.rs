// SPDX-License-Identifier: MIT OR Apache-2.0

//! The names of an object so far, to find one that comes twice.
//!
//! A table with open addressing: one `u32` for each name holds where the name begins and twelve bits of its hash. Names
//! with equal bits are compared in the text, after unescaping, so that the answer is exact whatever the hash does; names
//! made to collide cost at most `CAP`²/2 comparisons, of octets where the text is canonical, and a table as small as that
//! needs no secret in its hash.
//!
//! Where code and memory are dear there is no hash: a list holds where each name begins, in a `u16` where the text is
//! short, and a new name is compared with all of them. That is the same `CAP`²/2 comparisons at most.

use core::fmt;

use super::flags::{Flags, NO_WINDOW};
use super::scan::Scanner;
use super::string::JsonStr;
use super::{WIDE, are_at};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::MAX_JWK_SET_LEN;

/// Bits of an entry that hold the offset of the name's opening quotation mark; the others hold a part of its hash.
const OFFSET_BITS: u32 = 20;
const OFFSET_MASK: u32 = (1 << OFFSET_BITS) - 1;
const _: () = assert!(MAX_JWK_SET_LEN <= 1 << OFFSET_BITS, "an offset fits");

/// What a table holds of one name. The default is no name: none begins where the object does.
pub(crate) trait Place: Copy + Default + PartialEq + fmt::Debug {
    /// Octets of the longest text whose names it can hold.
    const MAX_TEXT_LEN: usize;

    /// Whether the places are a table by hash; otherwise they are a list.
    const IS_HASHED: bool;

    /// The name whose opening quotation mark is at `offset`, with some bits of its hash.
    fn new(hash: u32, offset: usize) -> Self;

    /// Where the name's opening quotation mark is.
    fn offset(self) -> usize;

    /// Whether two names may be equal.
    fn may_equal(self, other: Self) -> bool;
}

/// With twelve bits of the hash; its top eight have chosen the place.
#[expect(clippy::as_conversions, reason = "an offset of 20 bits")]
impl Place for u32 {
    const MAX_TEXT_LEN: usize = MAX_JWK_SET_LEN;
    const IS_HASHED: bool = WIDE;

    #[inline(always)]
    fn new(hash: u32, offset: usize) -> Self {
        hash << 8 & !OFFSET_MASK | offset as Self
    }

    fn offset(self) -> usize {
        (self & OFFSET_MASK) as usize
    }

    fn may_equal(self, other: Self) -> bool {
        (self ^ other) >> OFFSET_BITS == 0
    }
}

/// Without a hash.
#[expect(clippy::as_conversions, reason = "an offset of 16 bits")]
impl Place for u16 {
    const MAX_TEXT_LEN: usize = 0xffff;
    const IS_HASHED: bool = false;

    fn new(_hash: u32, offset: usize) -> Self {
        offset as Self
    }

    fn offset(self) -> usize {
        Self::into(self)
    }

    fn may_equal(self, _other: Self) -> bool {
        true
    }
}

/// Different names, as many as there are places for.
#[derive(Debug)]
pub(super) struct Names<'n, P> {
    count: usize,
    spelling: Spelling,
    // INVARIANT: as many as a power of two, at most 256. A place that is the default is free. In a list each name is in
    // the first place that was free when it came; in a table, in the first from the one that its hash asks for onwards,
    // and round.
    places: &'n mut [P],
}

/// How equal names are found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spelling {
    /// Equal names are equal octets.
    Canonical,
    /// They need not be: this tells whether the name at an offset is another one. (By a pointer, so that a program that
    /// reads canonical text alone does without it.)
    Any(fn(&str, usize, JsonStr<'_>) -> bool),
}

impl Spelling {
    pub(super) const ANY: Self = Self::Any(is_name_in_any_spelling);

    const fn is_canonical(self) -> bool {
        matches!(self, Self::Canonical)
    }
}

impl<'n, P: Place> Names<'n, P> {
    /// None so far. All of `places` are free.
    #[inline(always)]
    pub(super) const fn new(places: &'n mut [P], spelling: Spelling) -> Self {
        Self {
            count: 0,
            spelling,
            places,
        }
    }

    /// Remembers `name`, which is written from `open` to before `end` of `text`, quotation marks included, and whether it
    /// is written without escapes.
    ///
    /// # Errors
    ///
    /// `TooManyMembers`, `DuplicateName`.
    // By itself where the stack is dear: nothing of it is needed while the value is read.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    #[expect(clippy::as_conversions, reason = "bits of a hash")]
    pub(super) fn insert(
        &mut self,
        text: &str,
        (open, end): (usize, usize),
        (name, is_plain): (JsonStr<'_>, bool),
    ) -> Result<NameHash, JsonError> {
        if self.count == self.places.len() {
            return Err(JsonError::new(JsonErrorKind::TooManyMembers, open));
        }
        if P::IS_HASHED {
            let hash = if is_plain || self.spelling.is_canonical() {
                hash_as_written(text, open, end)
            } else {
                escaped_hash(name)
            };
            // The top eight bits of the hash choose the place.
            let entry = P::new(hash, open);
            let place = (hash >> 24) as usize & self.places.len().wrapping_sub(1);
            match self.places.get_mut(place) {
                Some(free) if *free == P::default() => *free = entry,
                _ => insert_after(self.places, self.spelling, place, entry, (text, end), name)?,
            }
            self.count += 1;
            Ok(NameHash::new(hash))
        } else {
            self.append(text, (open, end), name)?;
            self.count += 1;
            Ok(NameHash::new(0))
        }
    }

    /// [`insert_after`] in a list.
    fn append(&mut self, text: &str, (open, end): (usize, usize), name: JsonStr<'_>) -> Result<(), JsonError> {
        let wanted = (name, as_written(text, open, end));
        for other in &mut *self.places {
            if *other == P::default() {
                *other = P::new(0, open);
                break;
            }
            if self.spelling.is_name_at(text, other.offset(), wanted) {
                return Err(JsonError::new(JsonErrorKind::DuplicateName, open));
            }
        }
        Ok(())
    }
}

/// Remembers a name whose place is taken, or finds that it is there already.
#[cold]
fn insert_after<P: Place>(
    places: &mut [P],
    spelling: Spelling,
    place: usize,
    entry: P,
    (text, end): (&str, usize),
    name: JsonStr<'_>,
) -> Result<(), JsonError> {
    let wanted = (name, as_written(text, entry.offset(), end));
    let (before, after) = places.split_at_mut_checked(place).unwrap_or_default();
    for other in after.iter_mut().chain(before) {
        if *other == P::default() {
            *other = entry;
            break;
        }
        if other.may_equal(entry) && spelling.is_name_at(text, other.offset(), wanted) {
            return Err(JsonError::new(JsonErrorKind::DuplicateName, entry.offset()));
        }
    }
    Ok(())
}

/// The name that is written from `open` to before `end`, with its closing quotation mark alone.
fn as_written(text: &str, open: usize, end: usize) -> &[u8] {
    text.as_bytes().get(open + 1..end).unwrap_or_default()
}

impl Spelling {
    /// Whether the name whose opening quotation mark is at `offset` is `name`, which is given as it is written too, with
    /// its closing quotation mark.
    ///
    /// In canonical text that is a comparison of octets. It has to be: nobody has vouched yet for the text of a header,
    /// and names made to collide are compared with each other, every one with every other.
    fn is_name_at(self, text: &str, offset: usize, (name, name_text): (JsonStr<'_>, &[u8])) -> bool {
        are_at(text.as_bytes(), offset + 1, name_text)
            || match self {
                Self::Canonical => false,
                Self::Any(is_name_in_any_spelling) => is_name_in_any_spelling(text, offset, name),
            }
    }
}

fn is_name_in_any_spelling(text: &str, offset: usize, name: JsonStr<'_>) -> bool {
    let text = text.get(offset..).unwrap_or_default();
    let mut flags = Flags::<NO_WINDOW>::new();
    let found = Scanner::new(text, flags.lend()).string(0);
    matches!(found, Ok((found, _)) if found == name)
}

/// Hash of the name that is written from `open` to before `end`, by the octets between its quotation marks.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn hash_as_written(text: &str, open: usize, end: usize) -> u32 {
    let close = end.wrapping_sub(1);
    let len = close.wrapping_sub(open).wrapping_sub(1);
    let tail = match text.as_bytes().get(..close).and_then(|before| before.last_chunk()) {
        // What comes before a short name is cut off.
        Some(eight) if len < 8 => u64::from_le_bytes(*eight) & !(u64::MAX >> (8 * len)),
        Some(eight) => u64::from_le_bytes(*eight),
        None => tail_of(text.as_bytes().get(open + 1..close).unwrap_or_default()),
    };
    mix(tail, len)
}

/// Hash of a name by its characters: what [`hash_as_written`] gives for the same name.
#[cold]
fn escaped_hash(name: JsonStr<'_>) -> u32 {
    let octets = |tail, c: char| c.encode_utf8(&mut [0; 4]).bytes().fold(tail, shift_in);
    mix(name.chars().fold(0, octets), name.len())
}

/// The last eight octets of a name that may be shorter.
#[inline]
fn tail_of(name: &[u8]) -> u64 {
    name.iter().fold(0, |tail, octet| shift_in(tail, *octet))
}

/// Appends an octet to the last eight.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn shift_in(tail: u64, octet: u8) -> u64 {
    tail >> 8 | u64::from(octet) << 56
}

/// Mixes the last eight octets of a name, the last one highest and without the case of letters, and its length in
/// octets. The multiplier is 2^64 divided by the golden ratio, made odd (Fibonacci hashing): every octet reaches the top
/// bits.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[expect(clippy::as_conversions, reason = "the upper half of a product, and a length")]
const fn mix(tail: u64, len: usize) -> u32 {
    const SMALL_LETTERS: u64 = u64::MAX / 0xff * 0x20;
    (((tail | SMALL_LETTERS) ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// What a table has computed of a name, for who else wants to tell names apart: equal for names that differ in the case
/// of ASCII letters alone. Nothing where names have no hashes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NameHash(#[cfg(target_pointer_width = "64")] u32);

#[cfg(target_pointer_width = "64")]
impl NameHash {
    #[inline(always)]
    const fn new(hash: u32) -> Self {
        Self(hash)
    }

    /// That of a name that is written without escapes.
    #[inline]
    pub(crate) fn of(name: &str) -> Self {
        let tail = match name.as_bytes().last_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => tail_of(name.as_bytes()),
        };
        Self(mix(tail, name.len()))
    }

    /// The eight bits of it that every octet of a name reaches: the lower ones tell names of three letters by their
    /// length alone.
    #[inline(always)]
    #[expect(clippy::as_conversions, reason = "the highest octet")]
    pub(crate) const fn octet(self) -> u8 {
        (self.0 >> 24) as u8
    }
}

#[cfg(not(target_pointer_width = "64"))]
impl NameHash {
    #[inline(always)]
    const fn new(_hash: u32) -> Self {
        Self()
    }

    #[inline(always)]
    pub(crate) const fn of(_name: &str) -> Self {
        Self()
    }
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::{collections::BTreeSet, format, string::String, vec::Vec};

    use super::{NameHash, Names, Place, Spelling, hash_as_written, mix};
    use crate::error::JsonErrorKind;
    use crate::json::{JsonStr, Members, Scratch};

    /// Names of claims as Entra and AD FS write them.
    const CLAIMS: [&str; 32] = [
        "acr",
        "acrs",
        "aio",
        "amr",
        "appid",
        "appidacr",
        "aud",
        "auth_time",
        "azp",
        "azpacr",
        "email",
        "exp",
        "family_name",
        "given_name",
        "groups",
        "iat",
        "idp",
        "idtyp",
        "ipaddr",
        "iss",
        "name",
        "nbf",
        "nonce",
        "oid",
        "preferred_username",
        "rh",
        "roles",
        "scp",
        "sub",
        "tid",
        "uti",
        "ver",
    ];

    fn hash(name: &str) -> u32 {
        let text = format!("{{\"{name}\":0}}");
        hash_as_written(&text, 1, name.len() + 3)
    }

    #[test]
    fn names_of_claims_hash_to_places_apart() {
        let places: BTreeSet<u32> = CLAIMS.iter().map(|name| hash(name) >> 24).collect();
        assert!(places.len() > 24, "{} of 32", places.len());
        // by their length alone
        let lengths: BTreeSet<u32> = (0..64)
            .map(|length| mix(u64::from_le_bytes(*b"_at_time"), length))
            .collect();
        assert_eq!(lengths.len(), 64);
        let entries: Vec<u32> = CLAIMS.iter().map(|name| u32::new(hash(name), 1)).collect();
        let alike = entries
            .iter()
            .flat_map(|one| entries.iter().filter(|other| one.may_equal(**other)));
        assert!(alike.count() < 32 + 4, "each is equal to itself");
    }

    #[test]
    fn the_octet_of_a_hash_tells_most_names_of_claims_apart() {
        let octets: BTreeSet<u8> = CLAIMS.iter().map(|name| NameHash::of(name).octet()).collect();
        assert!(octets.len() > 24, "{} of 32", octets.len());
    }

    #[test]
    fn names_are_spread_over_the_table() {
        let mut places = [0_u32; 256];
        let mut names = Names::new(&mut places, Spelling::Canonical);
        let text: String = CLAIMS.iter().map(|name| format!("\"{name}\"")).collect();
        let mut open = 0;
        for name in CLAIMS {
            let end = open + name.len() + 2;
            names.insert(&text, (open, end), (JsonStr::plain(name), true)).unwrap();
            open = end;
        }
        let first_half = places.iter().take(128).filter(|place| **place != 0).count();
        assert!((4..=28).contains(&first_half), "{first_half} of 32");
    }

    /// As smaller machines keep them.
    #[test]
    fn a_list_of_names_finds_those_that_come_twice() {
        fn read(text: &str) -> Result<usize, JsonErrorKind> {
            let mut scratch = Scratch::<4, u16>::new();
            let mut members = Members::of_canonical(text.as_bytes(), &mut scratch);
            let mut count = 0;
            while members.next_member().map_err(|error| error.kind())?.is_some() {
                count += 1;
            }
            Ok(count)
        }
        assert_eq!(read(r#"{"a":1,"b":2,"ab":3,"":4}"#), Ok(4));
        assert_eq!(
            read(r#"{"a":1,"b":2,"c":3,"d":4,"e":5}"#),
            Err(JsonErrorKind::TooManyMembers)
        );
        for twice in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"b":2,"a":3}"#,
            r#"{"a":1,"b":2,"b":3}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(read(twice), Err(JsonErrorKind::DuplicateName), "{twice}");
        }
    }
}
