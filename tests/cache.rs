// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache of verified signatures, from outside: with it the verdict is always the one without it, and a hit is only
//! ever for a text that was verified, under that very key.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};

use common::encode;
use common::setting::jwk_set;
use common::signer::Signer;
use proptest::prelude::*;
use rs256::cache::VerifiedCache;
use rs256::{
    Authority, Error, InvalidSignature, Issuer, KeySet, NumericDate, Policy, PolicyError, PreparedKey, Revocation,
    Rsa2048, RsaPublicKey, Verifier,
};

const CLOCK: u64 = 1_760_000_000;
const NOW: NumericDate = NumericDate::from_secs(CLOCK);

/// Three keys of 2048 bits.
fn signer(index: usize) -> &'static Signer {
    [Signer::good(), Signer::other(), Signer::in_flash()][index]
}

/// A token of `issuer`, number `number`, with the `kid` that all keys share.
fn token(key: usize, issuer: &str, number: u32) -> String {
    let claims = format!(
        r#"{{"iss":"{issuer}","aud":"api://orders","exp":{},"sub":"{number}"}}"#,
        CLOCK + 1000
    );
    signer(key).token(r#"{"alg":"RS256","kid":"shared"}"#, claims)
}

/// A set of the keys of these signers, in this order, all under one `kid`.
fn set(signers: &[usize]) -> KeySet<3, Rsa2048> {
    let jwks: Vec<String> = signers
        .iter()
        .map(|index| signer(*index).jwk(r#""kid":"shared""#))
        .collect();
    let mut set = KeySet::new();
    set.replace_from_jwk_set(jwk_set(&jwks).as_bytes()).unwrap();
    set
}

fn public_key(index: usize) -> RsaPublicKey<Rsa2048> {
    RsaPublicKey::<Rsa2048>::from_be_bytes(&signer(index).n(), &signer(index).e()).unwrap()
}

fn policy(issuer: &'static str) -> Policy<'static> {
    Policy::new(Issuer::exact(issuer), &["api://orders"])
}

/// The subject, or the error, of a token verified without a cache.
fn plain(verifier: Verifier<'_, Rsa2048>, token: &str) -> Result<String, Error> {
    let mut buf = [0; 2048];
    let accepted = verifier.verify(token, NOW, &mut buf)?;
    Ok(accepted.claims().subject().unwrap().as_str().unwrap().to_owned())
}

fn cached<const N: usize>(
    cache: &mut VerifiedCache<N>,
    verifier: Verifier<'_, Rsa2048>,
    token: &str,
) -> Result<String, Error> {
    cached_at(cache, verifier, token, NOW)
}

fn cached_at<const N: usize>(
    cache: &mut VerifiedCache<N>,
    verifier: Verifier<'_, Rsa2048>,
    token: &str,
    now: NumericDate,
) -> Result<String, Error> {
    let mut buf = [0; 2048];
    let accepted = cache.verify(verifier.prepare(token, &mut buf)?)?.accept(now)?;
    Ok(accepted.claims().subject().unwrap().as_str().unwrap().to_owned())
}

// ---- a state machine against a naive model ----

/// What a token of the model is: its text, and which keys verify it.
struct Known {
    text: String,
    signer: Option<usize>,
}

/// Good tokens of three signers and two issuers, and bad ones that resemble them.
static TOKENS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let mut tokens = Vec::new();
    for (signer, issuer) in [(0, "a"), (1, "a"), (1, "b"), (2, "b")] {
        for number in 0..6 {
            tokens.push(Known {
                text: token(signer, issuer, number),
                signer: Some(signer),
            });
        }
    }
    for index in 0..tokens.len() {
        let (signing_input, signature) = tokens[index].text.rsplit_once('.').unwrap();
        let (_, other_signature) = tokens[(index + 7) % 24].text.rsplit_once('.').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        for text in [
            // another's signature; one bit of the signature; the signing input of another header
            format!("{signing_input}.{other_signature}"),
            format!("{signing_input}.{flipped}{}", &signature[1..]),
            format!(
                "{}.{}.{signature}",
                encode(br#"{"kid":"shared","alg":"RS256"}"#),
                signing_input.split_once('.').unwrap().1
            ),
        ] {
            tokens.push(Known { text, signer: None });
        }
    }
    tokens
});

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Verify a token with one of the verifiers, directly or by way of a lock.
    Verify {
        token: usize,
        verifier: usize,
        is_locked: bool,
    },
    Remove(usize),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verify = |tokens| {
        (tokens, 0..7_usize, any::<bool>()).prop_map(|(token, verifier, is_locked)| Step::Verify {
            token,
            verifier,
            is_locked,
        })
    };
    let step = prop_oneof![
        20 => verify(0..24_usize),
        10 => verify(24..96_usize),
        2 => (0..96_usize).prop_map(Step::Remove),
        1 => Just(Step::Clear),
    ];
    proptest::collection::vec(step, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_verdict_is_the_one_without_a_cache(steps in steps()) {
        let (a, b) = (policy("a"), policy("b"));
        let orders: [&[usize]; 5] = [&[0], &[1], &[0, 1], &[1, 0], &[2, 1, 0]];
        let sets = orders.map(set);
        let pinned = PreparedKey::new(&public_key(1));
        // two authorities that publish keys under one kid
        let both = [Authority::new(&sets[0], &a), Authority::new(&sets[4], &b)];
        let verifiers = [
            Verifier::new(&sets[0], &a),
            Verifier::new(&sets[1], &a),
            Verifier::new(&sets[2], &a),
            Verifier::new(&sets[3], &b),
            Verifier::new(&sets[4], &b),
            Verifier::new(&pinned, &b),
            Verifier::any(&both),
        ];
        let keys_of: [&[usize]; 7] = [&[0], &[1], &[0, 1], &[1, 0], &[2, 1, 0], &[1], &[0, 2, 1, 0]];

        let cache = RefCell::new(VerifiedCache::<16>::new());
        let counters = || (cache.borrow().hits(), cache.borrow().misses());
        // (token, key) pairs that may be remembered
        let mut verified: HashSet<(usize, usize)> = HashSet::new();
        for step in steps {
            match step {
                Step::Verify { token, verifier, is_locked } => {
                    let Known { text, signer } = &TOKENS[token];
                    let (hits_before, misses_before) = counters();
                    let verdict = if is_locked {
                        let mut buf = [0; 2048];
                        let pending = verifiers[verifier].prepare(text, &mut buf).unwrap();
                        // Panics where somebody else has access at the time.
                        VerifiedCache::verify_locked(pending, || cache.borrow_mut())
                            .map_err(Error::from)
                            .and_then(|verified| verified.accept(NOW))
                            .map(|accepted| accepted.claims().subject().unwrap().as_str().unwrap().to_owned())
                    } else {
                        cached(&mut cache.borrow_mut(), verifiers[verifier], text)
                    };
                    prop_assert_eq!(verdict, plain(verifiers[verifier], text));

                    let keys = keys_of[verifier];
                    let place = keys.iter().position(|key| Some(*key) == *signer);
                    let asked = place.map_or(keys.len(), |place| place + 1) as u64;
                    let (hits, misses) = counters();
                    let (hits, misses) = (hits - hits_before, misses - misses_before);
                    prop_assert_eq!(hits + misses, asked);
                    match (place, signer) {
                        (Some(_), Some(signer)) => {
                            prop_assert!(hits <= 1);
                            prop_assert!(hits == 0 || verified.contains(&(token, *signer)));
                            verified.insert((token, *signer));
                            // At once again, it is a hit.
                            let hits_before = counters().0;
                            cached(&mut cache.borrow_mut(), verifiers[verifier], text).ok();
                            prop_assert_eq!(counters().0, hits_before + 1);
                        }
                        _ => prop_assert_eq!(hits, 0),
                    }
                }
                Step::Remove(token) => {
                    let is_known = cache.borrow_mut().remove(&TOKENS[token].text);
                    prop_assert!(!is_known || verified.iter().any(|(known, _)| *known == token));
                    verified.retain(|(known, _)| *known != token);
                }
                Step::Clear => {
                    cache.borrow_mut().clear();
                    verified.clear();
                }
            }
        }
    }
}

// ---- what went wrong elsewhere, and what a hit must not skip ----

/// CVE-2026-35039: a cache keyed on claims mixed up identities.
#[test]
fn cve_2026_35039_nothing_but_the_whole_text_is_known() {
    let (keys, policy) = (set(&[0]), policy("a"));
    let verifier = Verifier::new(&keys, &policy);
    let mut cache = VerifiedCache::<64>::new();
    let good = token(0, "a", 7);
    assert_eq!(cached(&mut cache, verifier, &good).as_deref(), Ok("7"));
    assert_eq!(cached(&mut cache, verifier, &good).as_deref(), Ok("7"));
    assert_eq!((cache.hits(), cache.misses()), (1, 1));

    // The same claims, signed by somebody else; another subject under the known signature; every octet of the text.
    let forged = token(1, "a", 7);
    assert_eq!(cached(&mut cache, verifier, &forged), Err(InvalidSignature.into()));
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let other = token(0, "a", 8);
    let (other_input, _) = other.rsplit_once('.').unwrap();
    let mixed = format!("{other_input}.{signature}");
    assert_eq!(cached(&mut cache, verifier, &mixed), Err(InvalidSignature.into()));
    let hits = cache.hits();
    for place in 0..good.len() {
        let mut text = good.clone().into_bytes();
        text[place] = if text[place] == b'A' { b'Q' } else { b'A' };
        let text = String::from_utf8(text).unwrap();
        assert!(cached(&mut cache, verifier, &text).is_err(), "octet {place}");
    }
    for text in [
        format!("{good}="),
        format!("{good}A"),
        format!("{good}."),
        format!(" {good}"),
        format!("{signing_input}.A{signature}"),
        good[..good.len() - 1].to_owned(),
    ] {
        assert!(cached(&mut cache, verifier, &text).is_err(), "{text}");
    }
    assert_eq!(cache.hits(), hits);
    assert_eq!(cached(&mut cache, verifier, &good).as_deref(), Ok("7"));
}

#[test]
fn a_hit_is_for_the_very_key_that_verified() {
    let (a, b) = (policy("a"), policy("b"));
    let mut cache = VerifiedCache::<64>::new();
    let good = token(0, "a", 1);
    let old = set(&[0]);
    assert_eq!(cached(&mut cache, Verifier::new(&old, &a), &good).as_deref(), Ok("1"));

    // The issuer rotates and keeps the kid: the old token is refused, known as it is.
    let new = set(&[1]);
    assert_eq!(
        cached(&mut cache, Verifier::new(&new, &a), &good),
        Err(InvalidSignature.into())
    );
    assert_eq!(cache.hits(), 0);

    // An authority that publishes its key under another's kid: what its key verified is nothing to the other.
    let forged = token(2, "a", 666);
    let evil = set(&[2]);
    assert_eq!(
        cached(&mut cache, Verifier::new(&evil, &a), &forged).as_deref(),
        Ok("666")
    );
    let honest_first = [Authority::new(&old, &a), Authority::new(&evil, &b)];
    let evil_first = [Authority::new(&evil, &b), Authority::new(&old, &a)];
    for authorities in [&honest_first, &evil_first] {
        let verifier = Verifier::any(authorities);
        for _ in 0..2 {
            assert_eq!(
                cached(&mut cache, verifier, &forged),
                Err(Error::Policy(PolicyError::Issuer))
            );
            assert_eq!(cached(&mut cache, verifier, &good).as_deref(), Ok("1"));
        }
    }
    // The old key is back, and what it verified is still known.
    let hits = cache.hits();
    assert_eq!(cached(&mut cache, Verifier::new(&old, &a), &good).as_deref(), Ok("1"));
    assert_eq!(cache.hits(), hits + 1);
}

#[test]
fn a_hit_skips_neither_lookup_nor_policy_nor_revocation() {
    let (keys, a) = (set(&[0]), policy("a"));
    let verifier = Verifier::new(&keys, &a);
    let mut cache = VerifiedCache::<8>::new();
    let good = token(0, "a", 1);
    for _ in 0..2 {
        assert_eq!(cached(&mut cache, verifier, &good).as_deref(), Ok("1"));
    }
    // expired meanwhile
    let later = NumericDate::from_secs(CLOCK + 1060);
    let expired = cached_at(&mut cache, verifier, &good, later).unwrap_err();
    assert_eq!(expired.code(), "expired");
    // another issuer, another audience
    for (strict, code) in [
        (policy("b"), "issuer"),
        (Policy::new(Issuer::exact("a"), &["api://other"]), "audience"),
    ] {
        let refused = cached(&mut cache, Verifier::new(&keys, &strict), &good).unwrap_err();
        assert_eq!(refused.code(), code);
    }
    // the header, by the policy
    let typed = a.token_type("at+jwt");
    let refused = cached(&mut cache, Verifier::new(&keys, &typed), &good).unwrap_err();
    assert_eq!(refused.code(), "token_type");
    // no key any more
    let empty = KeySet::<3, Rsa2048>::new();
    let refused = cached(&mut cache, Verifier::new(&empty, &a), &good).unwrap_err();
    assert_eq!(refused.code(), "no_keys");
    assert_eq!((cache.hits(), cache.misses()), (4, 1));

    struct Everybody;
    impl Revocation for Everybody {
        fn is_revoked(&self, _: &rs256::Claims<'_>) -> bool {
            true
        }
    }
    let mut buf = [0; 2048];
    let accepted = cache
        .verify(verifier.prepare(&good, &mut buf).unwrap())
        .unwrap()
        .accept(NOW)
        .unwrap();
    assert_eq!(cache.hits(), 5);
    assert!(matches!(accepted.unless_revoked(&Everybody), Err(PolicyError::Revoked)));
}

#[test]
fn a_key_in_flash_has_the_fingerprint_of_the_prepared_one() {
    let a = policy("a");
    let key = public_key(0);
    let keys = set(&[0]);
    let mut cache = VerifiedCache::<8>::new();
    let good = token(0, "a", 1);
    assert!(cached(&mut cache, Verifier::new(&keys, &a), &good).is_ok());
    assert!(cached(&mut cache, Verifier::new(&key, &a), &good).is_ok());
    assert_eq!((cache.hits(), cache.misses()), (1, 1));
}

#[test]
fn remove_and_clear_forget() {
    let (keys, a) = (set(&[0]), policy("a"));
    let verifier = Verifier::new(&keys, &a);
    let mut cache = VerifiedCache::<8>::default();
    let [first, second] = [1, 2].map(|number| token(0, "a", number));
    for text in [&first, &second] {
        cached(&mut cache, verifier, text).unwrap();
    }
    assert!(cache.remove(&first) && !cache.remove(&first));
    assert!(!cache.remove(&token(0, "a", 3)));
    cached(&mut cache, verifier, &first).unwrap();
    assert_eq!((cache.hits(), cache.misses()), (0, 3));
    cached(&mut cache, verifier, &second).unwrap();
    assert_eq!((cache.hits(), cache.misses()), (1, 3));
    cache.clear();
    cached(&mut cache, verifier, &second).unwrap();
    assert_eq!((cache.hits(), cache.misses()), (1, 4));
    assert_eq!(format!("{cache:?}"), "VerifiedCache { hits: 1, misses: 4, .. }");
}

#[test]
fn threads_share_a_cache_behind_a_lock() {
    static CACHE: Mutex<VerifiedCache<64>> = Mutex::new(VerifiedCache::new());
    let (keys, a) = (set(&[0, 1]), policy("a"));
    let good: Vec<String> = (0..4).map(|number| token(1, "a", number)).collect();
    let forged = token(2, "a", 0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let verifier = Verifier::new(&keys, &a);
                let verify = |text: &str| {
                    let mut buf = [0; 2048];
                    let pending = verifier.prepare(text, &mut buf).unwrap();
                    // Would wait for ever if the lock were held during the RSA operation.
                    VerifiedCache::verify_locked(pending, || CACHE.try_lock().or_else(|_| CACHE.lock()).unwrap())
                        .map(|verified| verified.accept(NOW).is_ok())
                };
                for _ in 0..50 {
                    for text in &good {
                        assert_eq!(verify(text), Ok(true));
                    }
                    assert_eq!(verify(&forged), Err(InvalidSignature));
                }
            });
        }
    });
    let cache = CACHE.lock().unwrap();
    // Of the two keys the first never verifies; the second misses once for each token and thread at most.
    let rounds = 4 * 50;
    assert_eq!(cache.hits() + cache.misses(), rounds * (4 * 2 + 2));
    assert!((rounds * 4 - 16..rounds * 4).contains(&cache.hits()), "{cache:?}");
}
