// SPDX-License-Identifier: MIT OR Apache-2.0

//! The store against a naive model: queues instead of positions, and a set of everything that was ever stored. Hashes
//! are small numbers here, so that sets fill up.

use std::collections::{HashSet, VecDeque};
use std::vec::Vec;

use proptest::prelude::*;

use super::{Entry, KeyFingerprint, MOST, PROTECTED, Store, WAYS};
use crate::rs256::{Rsa2048, RsaPublicKey};

/// The hash of the token with this number: the number chooses the set.
fn token(number: u32) -> [u8; 32] {
    let mut hash = [0xee; 32];
    hash[..4].copy_from_slice(&number.to_le_bytes());
    hash
}

fn keys() -> [KeyFingerprint; 2] {
    [3_u8, 5].map(|e| KeyFingerprint::of(&RsaPublicKey::<Rsa2048>::from_be_bytes(&[0xff; 256], &[e]).unwrap()))
}

/// One set as the documentation describes it; the front of a queue is its oldest entry.
#[derive(Default)]
struct ModelSet {
    protected: VecDeque<((u32, usize), u8)>,
    probation: VecDeque<(u32, usize)>,
}

impl ModelSet {
    fn look_up(&mut self, entry: (u32, usize)) -> bool {
        if let Some((_, credit)) = self.protected.iter_mut().find(|(known, _)| *known == entry) {
            *credit = (*credit + 1).min(MOST);
            return true;
        }
        let Some(index) = self.probation.iter().position(|known| *known == entry) else {
            return false;
        };
        if self.protected.len() < PROTECTED {
            self.probation.remove(index);
            self.protected.push_back((entry, 2));
            return true;
        }
        let (oldest, credit) = self.protected.pop_front().unwrap();
        if credit == 1 {
            self.probation[index] = oldest;
            self.protected.push_back((entry, 2));
        } else {
            self.protected.push_back((oldest, credit - 1));
            self.probation.remove(index);
            self.probation.push_back(entry);
        }
        true
    }

    fn insert(&mut self, entry: (u32, usize)) {
        let is_known = self.probation.contains(&entry) || self.protected.iter().any(|(known, _)| *known == entry);
        if !is_known {
            if self.probation.len() == WAYS - PROTECTED {
                self.probation.pop_front();
            }
            self.probation.push_back(entry);
        }
    }

    fn remove(&mut self, number: u32) -> bool {
        let before = self.protected.len() + self.probation.len();
        self.protected.retain(|((known, _), _)| *known != number);
        self.probation.retain(|(known, _)| *known != number);
        before > self.protected.len() + self.probation.len()
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A request: look up, insert if unknown.
    Use(u32, usize),
    /// Two threads missed the same token and both store it.
    Insert(u32, usize),
    LookUp(u32, usize),
    Remove(u32),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // As many tokens in much use as a set has entries, and others; an end of everything is rare enough to fill up.
    let step = prop_oneof![
        120 => (0..60_u32, 0..2_usize).prop_map(|(number, key)| Step::Use(number, key)),
        160 => (0..24_u32).prop_map(|number| Step::Use(number, 0)),
        20 => (0..60_u32, 0..2_usize).prop_map(|(number, key)| Step::Insert(number, key)),
        20 => (0..60_u32, 0..2_usize).prop_map(|(number, key)| Step::LookUp(number, key)),
        6 => (0..60_u32).prop_map(Step::Remove),
        1 => Just(Step::Clear),
    ];
    proptest::collection::vec(step, 0..800)
}

const SETS: u32 = 3;

proptest! {
    #[test]
    fn behaves_like_the_model(steps in steps()) {
        let keys = keys();
        let mut store = Store::<{ WAYS * 3 }>::new();
        let mut model: [ModelSet; 3] = Default::default();
        let mut stored = HashSet::new();
        for step in steps {
            match step {
                Step::Use(number, key) => {
                    let set = &mut model[usize::try_from(number % SETS).unwrap()];
                    let is_hit = store.look_up(&token(number), &keys[key]);
                    prop_assert_eq!(is_hit, set.look_up((number, key)));
                    prop_assert!(!is_hit || stored.contains(&(number, key)));
                    if !is_hit {
                        store.insert(&token(number), keys[key]);
                        set.insert((number, key));
                        stored.insert((number, key));
                    }
                }
                Step::Insert(number, key) => {
                    store.insert(&token(number), keys[key]);
                    model[usize::try_from(number % SETS).unwrap()].insert((number, key));
                    stored.insert((number, key));
                }
                Step::LookUp(number, key) => {
                    let is_hit = store.look_up(&token(number), &keys[key]);
                    prop_assert_eq!(is_hit, model[usize::try_from(number % SETS).unwrap()].look_up((number, key)));
                    prop_assert!(!is_hit || stored.contains(&(number, key)));
                }
                Step::Remove(number) => {
                    let is_known = store.remove(&token(number));
                    prop_assert_eq!(is_known, model[usize::try_from(number % SETS).unwrap()].remove(number));
                    stored.retain(|(known, _)| *known != number);
                }
                Step::Clear => {
                    store.clear();
                    model = Default::default();
                    stored.clear();
                }
            }
        }
    }

    /// Whatever else happens in the set, an entry that is used between any two examinations stays. Six challenges of
    /// other tokens lie between two examinations.
    #[test]
    fn an_entry_in_use_survives_every_flood(flood in proptest::collection::vec((1..100_u32, 1..4_u8), 0..400)) {
        let key = keys()[0];
        let mut store = Store::<WAYS>::new();
        let hot = token(0);
        store.insert(&hot, key);
        prop_assert!(store.look_up(&hot, &key));
        let mut hits_of_others = 0;
        for (number, uses) in flood {
            for _ in 0..uses {
                if store.look_up(&token(number), &key) {
                    hits_of_others += 1;
                } else {
                    store.insert(&token(number), key);
                }
                if hits_of_others == PROTECTED {
                    prop_assert!(store.look_up(&hot, &key));
                    hits_of_others = 0;
                }
            }
        }
        prop_assert!(store.look_up(&hot, &key));
    }
}

#[test]
fn tokens_used_once_push_out_none_that_was_used_twice() {
    let key = keys()[0];
    let mut store = Store::<WAYS>::new();
    for number in 0..6 {
        store.insert(&token(number), key);
        assert!(store.look_up(&token(number), &key));
    }
    for number in 100..10_000 {
        store.insert(&token(number), key);
    }
    for number in 0..6 {
        assert!(store.look_up(&token(number), &key), "{number}");
    }
    assert!(store.look_up(&token(9999), &key) && store.look_up(&token(9998), &key));
    assert!(!store.look_up(&token(9997), &key));
}

#[test]
fn entries_out_of_use_make_room_for_others() {
    let key = keys()[0];
    let mut store = Store::<WAYS>::new();
    for number in 0..6 {
        store.insert(&token(number), key);
        for _ in 0..100 {
            assert!(store.look_up(&token(number), &key));
        }
    }
    // 48 challenges, and each newcomer needs no more than that to become protected
    let mut challenges = 0;
    let mut newcomers = 0;
    for number in 1000.. {
        store.insert(&token(number), key);
        while store
            .set(&token(0))
            .unwrap()
            .0
            .iter()
            .all(|entry| entry.token != token(number))
        {
            assert!(store.look_up(&token(number), &key));
            challenges += 1;
            assert!(challenges <= 8 * 6);
        }
        newcomers += 1;
        if newcomers == 6 {
            break;
        }
    }
    for number in 0..6 {
        let (protected, _) = store.set(&token(number)).unwrap();
        assert!(protected.iter().all(|entry| entry.token != token(number)));
    }
    assert_eq!(challenges, 48);
}

#[test]
fn a_hash_of_zeros_is_a_hash_like_others() {
    let mut store = Store::<WAYS>::new();
    assert!(!store.look_up(&[0; 32], &KeyFingerprint::UNUSED));
    assert!(!store.remove(&[0; 32]));
    store.insert(&[0; 32], KeyFingerprint::UNUSED);
    assert!(store.look_up(&[0; 32], &KeyFingerprint::UNUSED));
    assert!(store.remove(&[0; 32]));
    assert!(!store.look_up(&[0; 32], &KeyFingerprint::UNUSED));
}

#[test]
fn every_octet_of_token_and_key_counts() {
    let [key, other_key] = keys();
    let mut store = Store::<WAYS>::new();
    store.insert(&token(1), key);
    assert!(!store.look_up(&token(1), &other_key));
    for octet in 0..32 {
        let mut other = token(1);
        other[octet] ^= 1;
        assert!(!store.look_up(&other, &key), "{octet}");
        assert!(!store.remove(&other), "{octet}");
    }
    assert!(store.look_up(&token(1), &key));
}

#[test]
fn all_sets_are_used() {
    let key = keys()[0];
    let mut store = Store::<{ 5 * WAYS }>::new();
    for number in 0..10 {
        store.insert(&token(number), key);
    }
    assert!((0..10).all(|number| store.look_up(&token(number), &key)));
    assert_eq!(store.entries.iter().filter(|entry| !entry.is_empty()).count(), 10);
    for set in store.entries.chunks(WAYS) {
        assert_eq!(set.iter().filter(|entry| !entry.is_empty()).count(), 2);
    }
}

#[test]
fn an_empty_store_is_zeros() {
    let Entry { token, key, credit } = Entry::EMPTY;
    assert_eq!((token, credit), ([0; 32], 0));
    assert!(key == KeyFingerprint::UNUSED);
}
