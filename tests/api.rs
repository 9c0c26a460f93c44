// SPDX-License-Identifier: MIT OR Apache-2.0

//! The face of the crate: what may be shared between threads, copied, put into a `static`; how large things are.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fmt::Debug;
use std::sync::{Mutex, RwLock};
use std::thread;

use common::setting::{ACCEPTED, AUDIENCE, HEADER, ISSUER, NOW, POLICY, claims, jwk_set, keys, verdict_at};
use common::signer::Signer;
use rs256::cache::VerifiedCache;
use rs256::rotation::{Action, AnswerError, RotatingKeys, Rotation};
use rs256::{
    AcceptedToken, Authority, AuthorizationError, Claims, ClaimsError, CompactJws, DerError, Error, HeaderError,
    InvalidBase64url, InvalidSignature, Issuer, JoseHeader, JsonArray, JsonError, JsonNumber, JsonObject, JsonStr,
    JsonValue, JwsError, KeyError, KeyFileError, KeySelectionError, KeySet, KeySetRef, Leeway, LoadError, LoadReport,
    NumericDate, PemError, PendingJws, Policy, PolicyError, PreparedKey, RegisteredClaim, Rsa2048, Rsa3072, Rsa4096,
    Rsa8192, RsaPublicKey, SigningKey, SkipReason, StringOrArray, TokenView, VerifiedJws, Verifier,
};

fn shared<T: Send + Sync + Debug>() {}
fn copied<T: Copy + Send + Sync + Debug>() {}
fn an_error<T: Copy + Eq + Send + Sync + std::error::Error + 'static>() {}

#[test]
fn what_may_be_shared_and_copied() {
    copied::<CompactJws<'_>>();
    copied::<JoseHeader<'_>>();
    copied::<AcceptedToken<'_>>();
    copied::<Claims<'_>>();
    copied::<StringOrArray<'_>>();
    copied::<JsonValue<'_>>();
    copied::<JsonStr<'_>>();
    copied::<JsonNumber<'_>>();
    copied::<JsonArray<'_>>();
    copied::<JsonObject<'_>>();
    copied::<NumericDate>();
    copied::<Policy<'_>>();
    copied::<Issuer<'_>>();
    copied::<Leeway>();
    copied::<TokenView<'_, '_>>();
    copied::<SigningKey<'_>>();
    copied::<KeySetRef<'_>>();
    copied::<LoadReport>();
    copied::<SkipReason>();
    copied::<RegisteredClaim>();
    shared::<Authority<'_>>();
    shared::<Verifier<'_>>();
    shared::<PendingJws<'_, '_, '_>>();
    shared::<VerifiedJws<'_, '_>>();
    shared::<KeySet<8>>();
    shared::<PreparedKey<Rsa2048>>();
    shared::<RsaPublicKey<Rsa8192>>();
    shared::<VerifiedCache<8>>();
    shared::<RotatingKeys<8>>();
    shared::<Action>();
    copied::<Rotation>();
    an_error::<Error>();
    an_error::<AuthorizationError>();
    an_error::<JwsError>();
    an_error::<HeaderError>();
    an_error::<KeySelectionError>();
    an_error::<InvalidSignature>();
    an_error::<InvalidBase64url>();
    an_error::<ClaimsError>();
    an_error::<PolicyError>();
    an_error::<JsonError>();
    an_error::<KeyError>();
    an_error::<KeyFileError>();
    an_error::<DerError>();
    an_error::<PemError>();
    an_error::<LoadError>();
    an_error::<AnswerError>();
    let verifier = |keys| {
        let verifier: Verifier<'_> = Verifier::new(keys, &POLICY);
        let copy = verifier;
        (verifier, copy)
    };
    let keys = keys();
    let (one, other) = verifier(&keys);
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}

/// What gets into a log: how long things are and which are there, of a token no text.
#[test]
fn debug_prints_lengths_and_no_text() {
    let keys = keys();
    let payload = claims(&[("sub", "\"of-nobody\""), ("list", "[1,2]"), ("object", "{}")]);
    let token = Signer::good().token(HEADER, &payload);
    let jws = CompactJws::parse(token.as_bytes()).unwrap();
    let (header_len, payload_len) = (HEADER.len(), payload.len());
    assert_eq!(
        format!("{jws:?}"),
        format!("CompactJws {{ header_len: {header_len}, payload_len: {payload_len}, .. }}")
    );
    let mut buf = [0; 4096];
    let accepted = Verifier::new(&keys, &POLICY)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    assert_eq!(
        format!("{:?}", accepted.header()),
        "JoseHeader { kid: Some(JsonStr(2 octets)), x5t: None, typ: None, has_nonce: false }"
    );
    let claims = accepted.claims();
    assert_eq!(format!("{claims:?}"), format!("Claims {{ len: {payload_len}, .. }}"));
    assert_eq!(
        format!("{:?}", claims.get("list").unwrap()),
        "Array(JsonArray(5 octets))"
    );
    assert_eq!(
        format!("{:?}", claims.get("object").unwrap()),
        "Object(JsonObject(2 octets))"
    );
    // Keys are public.
    let key = "SigningKey { kid: Some(\"k1\"), modulus_bits: 2048, .. }";
    assert_eq!(format!("{:?}", keys.iter().next().unwrap()), key);
    assert_eq!(format!("{keys:?}"), format!("[{key}]"));
    assert_eq!(format!("{:?}", KeySetRef::from(&keys)), format!("[{key}]"));
    assert_eq!(format!("{:?}", KeySetRef::from(&KEY)), "Pinned(2048)");
    assert_eq!(
        format!("{KEY:?}"),
        "RsaPublicKey { modulus_bits: 2048, exponent: 65537 }"
    );
}

#[test]
fn sizes_that_the_documentation_names() {
    // The table at `RsaPublicKey`.
    assert!(size_of::<RsaPublicKey<Rsa2048>>() <= 256 + 24);
    assert!(size_of::<RsaPublicKey<Rsa3072>>() <= 384 + 24);
    assert!(size_of::<RsaPublicKey<Rsa4096>>() <= 512 + 24);
    assert!(size_of::<RsaPublicKey<Rsa8192>>() <= 1024 + 24);
    assert!(size_of::<Error>() <= 24);
    assert!(size_of::<VerifiedCache<1024>>() == 1024 * 49 + 16);
    assert!(size_of::<Rotation>() <= 64);
    // What is handed around by value stays a few words.
    let word = size_of::<usize>();
    assert!(size_of::<JsonStr<'_>>() <= 3 * word);
    assert!(size_of::<JsonValue<'_>>() <= 4 * word);
    assert!(size_of::<NumericDate>() == 8);
    assert!(size_of::<CompactJws<'_>>() <= 10 * word);
}

/// The key of the setting, as a program for flash would hold it: octets from a file, validated when it is compiled.
static KEY: RsaPublicKey<Rsa2048> = match RsaPublicKey::<Rsa2048>::from_be_bytes(&MODULUS, &[1, 0, 1]) {
    Ok(key) => key,
    Err(_) => panic!("the key is good"),
};

const MODULUS: [u8; 256] = {
    // `modulus.hex` of the key files: 512 digits and a line end.
    let digits = include_bytes!("data/keys/modulus.hex");
    let mut octets = [0; 256];
    let mut at = 0;
    while at < octets.len() {
        octets[at] = nibble(digits[2 * at]) << 4 | nibble(digits[2 * at + 1]);
        at += 1;
    }
    octets
};

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'F' => digit - b'A' + 10,
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("no digit"),
    }
}

static FLASH_POLICY: Policy<'static> = Policy::new(Issuer::any_of(&[ISSUER]), &[AUDIENCE])
    .leeway(Leeway::secs::<30>())
    .expiration_leeway(Leeway::ZERO)
    .require(&["iss"])
    .max_age(86_400)
    .token_type("at+jwt");

static KEYS: Mutex<KeySet<2, Rsa2048>> = Mutex::new(KeySet::new());

#[test]
fn keys_and_policies_in_flash() {
    let signer = Signer::in_flash();
    let header = r#"{"alg":"RS256","kid":"whatever","typ":"at+jwt"}"#;
    let token = signer.token(header, claims(&[("iat", "1760000000")]));
    let other = Signer::other().token(header, claims(&[("iat", "1760000000")]));
    let verifier: Verifier<'static, Rsa2048> = Verifier::new(&KEY, &FLASH_POLICY);
    let now = NumericDate::from_secs(NOW);
    let mut buf = [0; 1024];
    assert!(verifier.verify(&token, now, &mut buf).is_ok());
    assert_eq!(
        verifier.verify(&other, now, &mut buf).err(),
        Some(Error::Signature(InvalidSignature))
    );
    // The same key, prepared; and in a set that is a static.
    let prepared = PreparedKey::new(&KEY);
    assert!(
        Verifier::new(&prepared, &FLASH_POLICY)
            .verify(&token, now, &mut buf)
            .is_ok()
    );
    let mut keys = KEYS.lock().unwrap();
    assert!(keys.is_empty());
    let code = Verifier::new(&*keys, &FLASH_POLICY).verify(&token, now, &mut buf).err();
    assert_eq!(code.map(|error| error.code()), Some("no_keys"));
    keys.replace_from_jwk_set(jwk_set(&[signer.jwk(r#""kid":"whatever""#)]).as_bytes())
        .unwrap();
    assert!(
        Verifier::new(&*keys, &FLASH_POLICY)
            .verify(&token, now, &mut buf)
            .is_ok()
    );
    assert_eq!(KEY.modulus_len(), 256);
    let mut modulus = [0; 256];
    assert!(KEY.write_modulus(&mut modulus));
    assert_eq!(modulus.to_vec(), signer.n());
    assert!(!KEY.write_modulus(&mut modulus[1..]));
}

#[test]
fn one_set_of_keys_and_many_threads() {
    let keys = RwLock::new(keys());
    let token = Signer::good().token(HEADER, claims(&[]));
    let forged = Signer::other().token(HEADER, claims(&[]));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let keys = keys.read().unwrap();
                    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
                    assert_eq!(verdict_at(&keys, &POLICY, &forged, NOW), "invalid_signature");
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..50 {
                let set = jwk_set(&[Signer::good().jwk(r#""kid":"k1""#)]);
                keys.write().unwrap().replace_from_jwk_set(set.as_bytes()).unwrap();
            }
        });
    });
}

#[test]
fn the_buffer_a_token_needs_is_exact() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let now = NumericDate::from_secs(NOW);
    for filler in 0..70 {
        let header = format!("{HEADER}{}", " ".repeat(filler % 7));
        let text = claims(&[("x", &format!("\"{}\"", "y".repeat(filler)))]);
        let token = Signer::good().token(&header, &text);
        let needed = CompactJws::parse(token.as_bytes()).unwrap().buffer_len();
        // The decoded segments, one after the other.
        assert_eq!(needed, header.len() + text.len() + 256);
        let mut buf = vec![0x5a; needed + 8];
        assert!(verifier.verify(&token, now, &mut buf[..needed]).is_ok());
        assert_eq!(buf[needed..], [0x5a; 8], "nothing behind it is written");
        assert!(verifier.verify(&token, now, &mut buf).is_ok());
        for len in [needed - 1, needed - 256, header.len(), header.len() - 1, 1, 0] {
            let refused = verifier.verify(&token, now, &mut buf[..len]).map(|_| ()).unwrap_err();
            let needed = u32::try_from(needed).unwrap();
            assert_eq!(refused, Error::Jws(JwsError::BufferTooSmall { needed }), "{len} octets");
        }
    }
}

#[test]
fn a_signature_longer_than_any_key_makes_needs_no_room() {
    let needed = |signature_len: usize| {
        let signature = "A".repeat((signature_len * 8).div_ceil(6));
        let token = format!("eyJhIjoxfQ.eyJhIjoxfQ.{signature}"); // {"a":1} twice
        CompactJws::parse(token.as_bytes()).unwrap().buffer_len()
    };
    assert_eq!(needed(1), 7 + 7 + 1);
    assert_eq!(needed(1023), 7 + 7 + 1023);
    assert_eq!(needed(1024), 7 + 7 + 1024); // the signature of a key of 8192 bits
    assert_eq!(needed(1025), 7 + 7);
    assert_eq!(needed(4096), 7 + 7);
}

#[test]
fn what_the_buffer_held_before_takes_no_part() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let now = NumericDate::from_secs(NOW);
    let long = Signer::good().token(HEADER, claims(&[("sub", r#""somebody""#), ("roles", r#"["admin"]"#)]));
    let short = Signer::good().token(HEADER, claims(&[]));
    let mut buf = [0; 1024];
    for _ in 0..3 {
        assert!(
            verifier
                .verify(&long, now, &mut buf)
                .unwrap()
                .claims()
                .get("roles")
                .is_some()
        );
        let token = verifier.verify(&short, now, &mut buf).unwrap();
        assert!(token.claims().get("roles").is_none() && token.claims().subject().is_none());
    }
}

#[test]
fn tokens_as_text_or_octets() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let now = NumericDate::from_secs(NOW);
    let token = Signer::good().token(HEADER, claims(&[]));
    let mut buf = [0; 1024];
    assert!(verifier.verify(&token, now, &mut buf).is_ok());
    assert!(verifier.verify(token.as_str(), now, &mut buf).is_ok());
    assert!(verifier.verify(token.as_bytes(), now, &mut buf).is_ok());
    assert!(verifier.verify(&token.clone().into_bytes(), now, &mut buf).is_ok());
}

#[test]
fn the_stages_one_by_one() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let text = claims(&[("sub", r#""\u0061""#)]);
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"k1","typ":"JWT","x5t":"t"}"#, &text);
    let mut buf = [0; 1024];
    let jws = CompactJws::parse(token.as_bytes()).unwrap();
    assert_eq!(jws.signing_input(), token.rsplit_once('.').unwrap().0.as_bytes());
    let pending = verifier.prepare(&token, &mut buf).unwrap();
    let header = *pending.unverified_header();
    assert!(header.kid().unwrap() == "k1" && header.x5t().unwrap() == "t" && header.typ().unwrap() == "JWT");
    assert!(header.is_typ("application/jwt") && !header.is_typ("at+jwt") && !header.has_nonce());
    let verified = pending.verify().unwrap();
    assert!(verified.header().kid().unwrap() == "k1");
    // The payload is what was signed, octet for octet, until somebody reads claims from it.
    assert_eq!(verified.payload(), text.as_bytes());
    assert_eq!(
        (verified.key().kid(), verified.key().modulus_bits()),
        (Some("k1"), 2048)
    );
    assert_eq!(
        (verified.key().issuer(), verified.key().cloud_instance_name()),
        (None, None)
    );
    let accepted = verified.accept(NumericDate::from_secs(NOW)).unwrap();
    assert!(accepted.header().kid().unwrap() == "k1");
    assert!(accepted.claims().subject().unwrap() == "a");
}
