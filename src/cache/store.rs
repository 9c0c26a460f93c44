// SPDX-License-Identifier: MIT OR Apache-2.0

//! Eight entries to a set, the set chosen by the hash; what enters, stays and leaves. The reasons are in the
//! documentation of the parent module.
//!
//! Within a set the position tells the age: of the protected entries and of those on probation the youngest stands
//! first. Moving entries of 49 octets, which happens on a miss and on the first hit after one, is cheaper than what a
//! position would cost in every entry.

use core::mem;

use crate::rs256::KeyFingerprint;

/// Entries of one set.
pub(super) const WAYS: usize = 8;

/// How many of them are protected from fresh tokens.
pub(super) const PROTECTED: usize = 6;

/// The uses that an unprotected entry has to its credit, whatever its use.
const PROBATION: u8 = 1;

/// The uses that an entry has to its credit when it becomes protected: it stays for one examination without another use.
const PROMOTED: u8 = 2;

/// Most uses to the credit of an entry: so many examinations it outlives without another use.
const MOST: u8 = 8;

/// A token and the key that verified it.
#[derive(Clone, Copy)]
struct Entry {
    token: [u8; 32],
    key: KeyFingerprint,
    // INVARIANT: 0 for an entry that is not in use, else PROBATION..=MOST.
    credit: u8,
}

const _: () = assert!(size_of::<Entry>() == 49, "the documentation says 49");

impl Entry {
    const EMPTY: Self = Self {
        token: [0; 32],
        key: KeyFingerprint::UNUSED,
        credit: 0,
    };

    const fn is_empty(&self) -> bool {
        self.credit == 0
    }

    fn is(&self, token: &[u8; 32], key: &KeyFingerprint) -> bool {
        // The credit is looked at, so that no hash means "empty".
        self.token == *token && self.key == *key && !self.is_empty()
    }
}

/// `N` entries. What is known here is verified.
pub(super) struct Store<const N: usize> {
    // INVARIANT: within the protected part of a set the entries not in use stand last.
    entries: [Entry; N],
}

impl<const N: usize> Store<N> {
    pub(super) const fn new() -> Self {
        Self {
            entries: [Entry::EMPTY; N],
        }
    }

    /// Whether `key` has verified `token`; counts as a use of the entry.
    pub(super) fn look_up(&mut self, token: &[u8; 32], key: &KeyFingerprint) -> bool {
        let Some((protected, probation)) = self.set(token) else {
            return false;
        };
        if let Some(entry) = protected.iter_mut().find(|entry| entry.is(token, key)) {
            entry.credit = entry.credit.saturating_add(1).min(MOST);
            return true;
        }
        let Some(index) = probation.iter().position(|entry| entry.is(token, key)) else {
            return false;
        };
        // A second use: the challenge.
        let (Some(oldest), Some(challenger)) = (protected.last_mut(), probation.get_mut(index)) else {
            return true;
        };
        if oldest.credit <= 1 {
            mem::swap(oldest, challenger);
            oldest.credit = PROMOTED;
        } else {
            oldest.credit = oldest.credit.saturating_sub(1);
            // It was just used: fresh tokens push out the others first.
            last_to_front(probation.get_mut(..=index).unwrap_or_default());
        }
        last_to_front(protected);
        true
    }

    /// Remembers that `key` has verified `token`, on probation.
    pub(super) fn insert(&mut self, token: &[u8; 32], key: KeyFingerprint) {
        let Some((protected, probation)) = self.set(token) else {
            return;
        };
        // Somebody else may have verified the same token while the lock was not held.
        if protected.iter().chain(&*probation).any(|entry| entry.is(token, &key)) {
            return;
        }
        // The place of the youngest one not in use, else of the oldest.
        let place = probation
            .iter()
            .position(Entry::is_empty)
            .unwrap_or(WAYS - PROTECTED - 1);
        let moved = probation.get_mut(..=place).unwrap_or_default();
        last_to_front(moved);
        if let Some(youngest) = moved.first_mut() {
            *youngest = Entry {
                token: *token,
                key,
                credit: PROBATION,
            };
        }
    }

    /// Forgets `token`, whichever keys verified it, and says whether there was any.
    pub(super) fn remove(&mut self, token: &[u8; 32]) -> bool {
        let Some((protected, probation)) = self.set(token) else {
            return false;
        };
        let mut is_known = false;
        for entry in protected.iter_mut().chain(probation) {
            if entry.token == *token && !entry.is_empty() {
                *entry = Entry::EMPTY;
                is_known = true;
            }
        }
        sink_empty(protected);
        is_known
    }

    pub(super) fn clear(&mut self) {
        self.entries.fill(Entry::EMPTY);
    }

    /// The set of `token`: its protected entries, and those on probation.
    fn set(&mut self, token: &[u8; 32]) -> Option<(&mut [Entry; PROTECTED], &mut [Entry])> {
        let (sets, _) = self.entries.as_chunks_mut::<WAYS>();
        let hash = u32::from_le_bytes(*token.first_chunk()?);
        // Any capacity below 2^35 has fewer sets than there are values.
        let index = hash.checked_rem(u32::try_from(sets.len()).ok()?)?;
        sets.get_mut(usize::try_from(index).ok()?)?.split_first_chunk_mut()
    }
}

/// Moves the last entry to the front, all others one place back.
fn last_to_front(entries: &mut [Entry]) {
    let mut entries = entries.iter_mut();
    if let Some(first) = entries.next() {
        for entry in entries {
            mem::swap(first, entry);
        }
    }
}

/// Moves the entries not in use behind the others, which keep their order.
fn sink_empty(entries: &mut [Entry; PROTECTED]) {
    let mut kept = [Entry::EMPTY; PROTECTED];
    let in_use = entries.iter().filter(|entry| !entry.is_empty());
    for (place, entry) in kept.iter_mut().zip(in_use) {
        *place = *entry;
    }
    *entries = kept;
}

#[cfg(test)]
mod tests;
