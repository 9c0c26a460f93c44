// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache against a model that keeps lists: the same hits and misses through any sequence of tokens, keys, removals;
//! and always the verdict that there is without a cache.

use std::cell::RefCell;
use std::sync::OnceLock;

use rs256::cache::VerifiedCache;
use rs256::{Error, Issuer, KeySet, NumericDate, Policy, Verifier};
use sha2::{Digest, Sha256};

use crate::smooth::key;

const TOKENS: usize = 24;
const NOW: u64 = 1000;

static POLICY: Policy<'static> = Policy::new(Issuer::exact("i"), &["a"]);

/// Two key sets, and which keys they try for which kid.
const SETS: [&[(&str, u8)]; 2] = [
    &[("a", 0), ("b", 1), ("b", 2)],
    &[("a", 3), ("b", 2), ("b", 1), ("b", 1)],
];

struct Token {
    text: String,
    kid: &'static str,
    /// Nobody, for a signature that is wrong.
    signer: Option<u8>,
    hash: [u8; 32],
}

fn tokens() -> &'static [Token] {
    static ALL: OnceLock<Vec<Token>> = OnceLock::new();
    ALL.get_or_init(|| {
        let make = |index: usize| {
            let (kid, signer) = [("a", 0), ("b", 1), ("b", 2), ("a", 3)][index % 4];
            let payload = format!(r#"{{"iss":"i","aud":"a","exp":{},"jti":"{index}"}}"#, NOW + 100);
            let mut text = key(signer).token(
                format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#).as_bytes(),
                payload.as_bytes(),
            );
            let is_bad = index % 6 == 5;
            if is_bad {
                let from = text.rfind('.').unwrap_or(0) + 5;
                text.replace_range(from..from + 1, if text.as_bytes()[from] == b'A' { "B" } else { "A" });
            }
            let hash = Sha256::digest(&text).into();
            Token {
                text,
                kid,
                signer: (!is_bad).then_some(signer),
                hash,
            }
        };
        (0..TOKENS).map(make).collect()
    })
}

fn key_sets() -> &'static [KeySet<4>; 2] {
    static ALL: OnceLock<[KeySet<4>; 2]> = OnceLock::new();
    ALL.get_or_init(|| {
        SETS.map(|set| {
            let jwks: Vec<_> = set
                .iter()
                .map(|(kid, index)| key(*index).jwk(&format!(r#""kid":"{kid}""#)))
                .collect();
            let mut keys = KeySet::new();
            keys.replace_from_jwk_set(format!(r#"{{"keys":[{}]}}"#, jwks.join(",")).as_bytes())
                .expect("a good set");
            keys
        })
    })
}

/// A token, a key, and the uses to their credit.
#[derive(Clone, Copy, PartialEq)]
struct Entry {
    token: usize,
    key: u8,
    credit: u8,
}

/// Eight entries: the protected ones, the youngest first, and two places on probation.
#[derive(Default)]
struct Set {
    protected: Vec<Entry>,
    probation: [Option<Entry>; 2],
}

impl Set {
    fn look_up(&mut self, token: usize, key: u8) -> bool {
        let is = |entry: &Entry| entry.token == token && entry.key == key;
        if let Some(entry) = self.protected.iter_mut().find(|entry| is(entry)) {
            entry.credit = (entry.credit + 1).min(8);
            return true;
        }
        let Some(at) = self.probation.iter().position(|entry| entry.as_ref().is_some_and(is)) else {
            return false;
        };
        let promoted = Entry { token, key, credit: 2 };
        if self.protected.len() < 6 {
            self.protected.insert(0, promoted);
            self.probation[at] = None;
            return true;
        }
        let mut oldest = self.protected.pop().expect("there are six");
        if oldest.credit <= 1 {
            self.probation[at] = Some(oldest);
            self.protected.insert(0, promoted);
        } else {
            oldest.credit -= 1;
            self.protected.insert(0, oldest);
            self.probation[..=at].rotate_right(1);
        }
        true
    }

    fn insert(&mut self, token: usize, key: u8) {
        let fresh = Some(Entry { token, key, credit: 1 });
        match self.probation {
            [None, _] => self.probation[0] = fresh,
            [youngest, _] => self.probation = [fresh, youngest],
        }
    }

    fn remove(&mut self, token: usize) -> bool {
        let before = self.len();
        self.protected.retain(|entry| entry.token != token);
        for place in &mut self.probation {
            if place.is_some_and(|entry| entry.token == token) {
                *place = None;
            }
        }
        self.len() < before
    }

    fn len(&self) -> usize {
        self.protected.len() + self.probation.iter().flatten().count()
    }
}

/// One octet for each use of the cache, for a small cache and one of two sets.
pub fn run(data: &[u8]) {
    drive::<8>(data);
    drive::<16>(data);
}

fn drive<const N: usize>(data: &[u8]) {
    let cache = RefCell::new(VerifiedCache::<N>::new());
    let mut sets: Vec<Set> = (0..N / 8).map(|_| Set::default()).collect();
    let (mut hits, mut misses) = (0, 0);
    for &octet in data {
        let index = usize::from(octet) % TOKENS;
        let token = &tokens()[index];
        let number = u32::from_le_bytes(*token.hash.first_chunk().expect("32 octets")) as usize;
        let set = number % sets.len();
        match octet / TOKENS as u8 {
            10 if octet == 255 => {
                cache.borrow_mut().clear();
                sets = (0..N / 8).map(|_| Set::default()).collect();
            }
            9 | 10 => assert_eq!(cache.borrow_mut().remove(&token.text), sets[set].remove(index)),
            kind => {
                let which = usize::from(kind % 4 == 3);
                let mut signer = None;
                for &(_, key) in SETS[which].iter().filter(|(kid, _)| *kid == token.kid) {
                    if sets[set].look_up(index, key) {
                        hits += 1;
                        signer = Some(key);
                        break;
                    }
                    misses += 1;
                    if token.signer == Some(key) {
                        sets[set].insert(index, key);
                        signer = Some(key);
                        break;
                    }
                }
                assert!(
                    signer.is_none() || signer == token.signer,
                    "a hit is for the key that signed"
                );
                let verifier = Verifier::new(&key_sets()[which], &POLICY);
                let mut buf = [0; 1024];
                // The policy is asked on hits as well.
                let now = NumericDate::from_secs(if kind % 3 == 2 { NOW + 200 } else { NOW });
                let plain = verifier.verify(&token.text, now, &mut buf).map(|_| ());
                let cached = match verifier.prepare(&token.text, &mut buf) {
                    Ok(pending) if kind % 2 == 0 => cache.borrow_mut().verify(pending),
                    Ok(pending) => VerifiedCache::verify_locked(pending, || cache.borrow_mut()),
                    Err(error) => panic!("{error}"),
                };
                let cached = cached
                    .map_err(Error::from)
                    .and_then(|token| token.accept(now).map(|_| ()));
                crate::verdicts::note(cached.is_ok());
                assert_eq!(cached, plain);
                assert_eq!(matches!(cached, Err(Error::Signature(_))), signer.is_none());
            }
        }
        let counted = cache.borrow();
        assert_eq!((counted.hits(), counted.misses()), (hits, misses));
    }
}
