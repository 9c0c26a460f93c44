// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a policy says to claims: times to the second, issuers, audiences, types, what is required and what is waived, in
//! which order, and checks of the caller's own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};

use common::setting::{ACCEPTED, HEADER, ISSUER, NOW, POLICY, claims, keys, object, verdict_at};
use common::signer::Signer;
use rs256::{
    Check, Claims, Error, Issuer, JoseHeader, KeySet, Leeway, NumericDate, Policy, PolicyError, RegisteredClaim,
    Revocation, TokenView, Verifier,
};

fn signed(changes: &[(&str, &str)]) -> String {
    Signer::good().token(HEADER, claims(changes))
}

fn leeway(secs: u16) -> Leeway {
    Leeway::from_secs(secs).unwrap()
}

/// What is said around one second: at it, before it, after it.
fn around(policy: &Policy<'_>, keys: &KeySet<4>, token: &str, second: u64) -> [&'static str; 3] {
    let verdict = |now| {
        let mut buf = [0; 4096];
        Verifier::new(keys, policy)
            .verify(token, NumericDate::from_secs(now), &mut buf)
            .map_or_else(|error: Error| error.code(), |_| ACCEPTED)
    };
    [
        verdict(second.saturating_sub(1)),
        verdict(second),
        verdict(second.saturating_add(1)),
    ]
}

const EXPIRED: &str = "expired";
const TOO_EARLY: &str = "not_yet_valid";
const FUTURE: &str = "issued_in_future";
const TOO_OLD: &str = "too_old";

/// 2^53 - 1, the latest date there is.
const LATEST: u64 = (1 << 53) - 1;

#[test]
fn times_to_the_second_at_every_leeway() {
    let keys = keys();
    for t in [2_000, NOW, LATEST] {
        let text = t.to_string();
        let exp = signed(&[("exp", &text)]);
        let exp_late = LATEST.to_string();
        let nbf = signed(&[("exp", &exp_late), ("nbf", &text)]);
        let iat = signed(&[("exp", &exp_late), ("iat", &text)]);
        for secs in [0, 1, 30, 60, 599, 600] {
            let policy = POLICY.leeway(leeway(secs));
            let secs = u64::from(secs);
            // on or after `exp` + leeway
            assert_eq!(
                around(&policy, &keys, &exp, t + secs),
                [ACCEPTED, EXPIRED, EXPIRED],
                "exp {t}, leeway {secs}"
            );
            // before `nbf` - leeway; the last of the dates expires `exp` as well
            let after = if t == LATEST && secs == 0 { EXPIRED } else { ACCEPTED };
            assert_eq!(
                around(&policy, &keys, &nbf, t - secs),
                [TOO_EARLY, after, after],
                "nbf {t}, leeway {secs}"
            );
            // `iat` is not compared unless an age is set
            assert_ne!(around(&policy, &keys, &iat, t - secs)[0], FUTURE);
            if t == LATEST {
                continue;
            }
            for max_age in [0, 1, 3600] {
                let aged = policy.max_age(max_age);
                assert_eq!(
                    around(&aged, &keys, &iat, t - secs)[0],
                    FUTURE,
                    "iat {t}, leeway {secs}"
                );
                assert_eq!(
                    around(&aged, &keys, &iat, t - secs)[1],
                    ACCEPTED,
                    "iat {t}, leeway {secs}"
                );
                assert_eq!(
                    around(&aged, &keys, &iat, t + secs + u64::from(max_age)),
                    [
                        if secs + u64::from(max_age) == 0 {
                            FUTURE
                        } else {
                            ACCEPTED
                        },
                        ACCEPTED,
                        TOO_OLD
                    ],
                    "iat {t}, leeway {secs}, age {max_age}"
                );
            }
        }
    }
}

#[test]
fn the_default_leeway_is_a_minute_both_ways() {
    let keys = keys();
    let token = signed(&[("exp", "1760003600"), ("nbf", "1760000000")]);
    assert_eq!(
        around(&POLICY, &keys, &token, 1_760_003_660),
        [ACCEPTED, EXPIRED, EXPIRED]
    );
    assert_eq!(
        around(&POLICY, &keys, &token, 1_759_999_940),
        [TOO_EARLY, ACCEPTED, ACCEPTED]
    );
}

#[test]
fn leeways_are_set_apart() {
    let keys = keys();
    let token = signed(&[("exp", "1760003600"), ("nbf", "1760000000"), ("iat", "1760000000")]);
    let after = POLICY.expiration_leeway(leeway(600)).not_before_leeway(Leeway::ZERO);
    let before = POLICY.expiration_leeway(Leeway::ZERO).not_before_leeway(leeway(600));
    for (policy, last, first) in [
        (after, 1_760_004_200, 1_760_000_000),
        (before, 1_760_003_600, 1_759_999_400),
    ] {
        assert_eq!(around(&policy, &keys, &token, last), [ACCEPTED, EXPIRED, EXPIRED]);
        assert_eq!(around(&policy, &keys, &token, first), [TOO_EARLY, ACCEPTED, ACCEPTED]);
    }
    // The age uses the one after for its end and the one before for its beginning.
    let token = signed(&[("exp", "1760003600"), ("iat", "1760000000")]);
    for (policy, last, first) in [
        (after, 1_760_000_700, 1_760_000_000),
        (before, 1_760_000_100, 1_759_999_400),
    ] {
        let policy = policy.max_age(100);
        assert_eq!(around(&policy, &keys, &token, last), [ACCEPTED, ACCEPTED, TOO_OLD]);
        assert_eq!(around(&policy, &keys, &token, first), [FUTURE, ACCEPTED, ACCEPTED]);
    }
}

#[test]
fn clocks_and_dates_at_their_ends() {
    let keys = keys();
    let latest = LATEST.to_string();
    for (secs, max_age) in [(0, 0), (600, u32::MAX)] {
        let policy = POLICY.leeway(leeway(secs)).max_age(max_age);
        for (changes, now, expected) in [
            (&[("exp", "0"), ("iat", "0")][..], u64::MAX, EXPIRED),
            (&[("exp", latest.as_str()), ("iat", "0")], u64::MAX, EXPIRED),
            (&[("exp", latest.as_str()), ("iat", latest.as_str())], 0, FUTURE),
            (&[("nbf", latest.as_str()), ("iat", "0")], 0, TOO_EARLY),
            (&[("nbf", "0"), ("iat", "0")], 0, ACCEPTED),
            (
                &[("exp", "0"), ("iat", "0")],
                0,
                if secs == 0 { EXPIRED } else { ACCEPTED },
            ),
            (&[("exp", "1"), ("iat", "0")], 0, ACCEPTED),
        ] {
            assert_eq!(verdict_at(&keys, &policy, signed(changes), now), expected);
        }
        let eternal = POLICY.waive_expiration().leeway(leeway(secs)).max_age(max_age);
        for (iat, now, expected) in [
            ("0", u64::MAX, TOO_OLD),
            (latest.as_str(), u64::MAX, TOO_OLD),
            (latest.as_str(), LATEST, ACCEPTED),
            ("0", 0, ACCEPTED),
        ] {
            let token = signed(&[("exp", ""), ("iat", iat)]);
            assert_eq!(verdict_at(&keys, &eternal, &token, now), expected, "{iat}");
        }
    }
}

#[test]
fn fractions_of_a_second() {
    let keys = keys();
    let exact = POLICY.leeway(Leeway::ZERO);
    // A clock of whole seconds has reached x.5 when it shows x + 1.
    for half in [
        "1760000000.5",
        "17600000005e-1",
        "1.7600000005E+9",
        "1760000000.000000000000000000001",
    ] {
        let token = signed(&[("exp", half)]);
        assert_eq!(
            around(&exact, &keys, &token, NOW),
            [ACCEPTED, ACCEPTED, EXPIRED],
            "{half}"
        );
        let token = signed(&[("nbf", half)]);
        assert_eq!(
            around(&exact, &keys, &token, NOW),
            [TOO_EARLY, TOO_EARLY, ACCEPTED],
            "{half}"
        );
        let token = signed(&[("iat", half)]);
        let aged = exact.max_age(10);
        assert_eq!(around(&aged, &keys, &token, NOW), [FUTURE, FUTURE, ACCEPTED], "{half}");
        // The age is 9.5 at ten and 10.5 at eleven.
        assert_eq!(
            around(&aged, &keys, &token, NOW + 10),
            [ACCEPTED, ACCEPTED, TOO_OLD],
            "{half}"
        );
    }
    for whole in ["1760000000.0", "17600000000e-1", "176e7", "1760000000.000e0"] {
        let token = signed(&[("exp", whole)]);
        assert_eq!(
            around(&exact, &keys, &token, NOW),
            [ACCEPTED, EXPIRED, EXPIRED],
            "{whole}"
        );
        let token = signed(&[("nbf", whole)]);
        assert_eq!(
            around(&exact, &keys, &token, NOW),
            [TOO_EARLY, ACCEPTED, ACCEPTED],
            "{whole}"
        );
    }
    let mut buf = [0; 2048];
    let token = signed(&[
        ("exp", "1760003600.25"),
        ("nbf", "1759999999.25"),
        ("iat", "1759999999.75"),
    ]);
    let token = Verifier::new(&keys, &POLICY)
        .verify(&token, NumericDate::from_secs(NOW), &mut buf)
        .unwrap();
    let claims = token.claims();
    let secs = |date: Option<NumericDate>| date.unwrap().as_secs();
    assert_eq!(
        (
            secs(claims.expiration()),
            secs(claims.not_before()),
            secs(claims.issued_at())
        ),
        (1_760_003_601, 1_760_000_000, 1_759_999_999)
    );
}

#[test]
fn leeways_have_an_end() {
    assert_eq!(Leeway::MAX_SECS, 600);
    for secs in 0..=u16::MAX {
        assert_eq!(
            Leeway::from_secs(secs).map(Leeway::as_secs),
            (secs <= 600).then_some(secs)
        );
    }
    assert_eq!((Leeway::ZERO.as_secs(), Leeway::DEFAULT.as_secs()), (0, 60));
    assert!(Leeway::secs::<600>() > Leeway::DEFAULT);
}

#[test]
fn issuers_and_audiences() {
    let keys = keys();
    let two = Issuer::any_of(&["https://issuer.example/b", ISSUER]);
    for (issuer, audiences, expected) in [
        (Issuer::exact(ISSUER), &["api://orders"][..], ACCEPTED),
        (two, &["api://orders"], ACCEPTED),
        (Issuer::any_of(&[ISSUER]), &["api://stock", "api://orders"], ACCEPTED),
        (Issuer::any_of(&[]), &["api://orders"], "issuer"),
        (Issuer::exact(""), &["api://orders"], "issuer"),
        (
            Issuer::any_of(&["https://issuer.example/", "a"]),
            &["api://orders"],
            "issuer",
        ),
        (two, &[], "audience"),
        (two, &[""], "audience"),
        (two, &["api://stock"], "audience"),
        (two, &["api://order", "api://orders/", "API://orders"], "audience"),
    ] {
        let policy = Policy::new(issuer, audiences);
        assert_eq!(
            verdict_at(&keys, &policy, signed(&[]), NOW),
            expected,
            "{issuer:?} {audiences:?}"
        );
    }
    // An empty string is a string like any other.
    let empty = Policy::new(Issuer::exact(""), &[""]);
    let token = signed(&[("iss", r#""""#), ("aud", r#"["",""]"#)]);
    assert_eq!(verdict_at(&keys, &empty, &token, NOW), ACCEPTED);
}

#[test]
fn types_of_tokens() {
    let keys = keys();
    let verdict = |expected: Option<&'static str>, typ: &str| {
        let policy = expected.map_or(POLICY, |expected| POLICY.token_type(expected));
        let token = Signer::good().token(&format!(r#"{{"alg":"RS256","kid":"k1"{typ}}}"#), claims(&[]));
        verdict_at(&keys, &policy, &token, NOW)
    };
    for (typ, is_access_token) in [
        (r#","typ":"at+jwt""#, true),
        (r#","typ":"AT+JWT""#, true),
        (r#","typ":"At+Jwt""#, true),
        (r#","typ":"application/at+jwt""#, true),
        (r#","typ":"APPLICATION/at+JWT""#, true),
        (r#","typ":"\u0061t+jwt""#, true),
        (r#","typ":"application\/at+jwt""#, true),
        ("", false),
        (r#","typ":"""#, false),
        (r#","typ":"JWT""#, false),
        (r#","typ":"at""#, false),
        (r#","typ":"jwt""#, false),
        (r#","typ":"at+jwt ""#, false),
        (r#","typ":" at+jwt""#, false),
        (r#","typ":"at+jwt;charset=utf-8""#, false),
        (r#","typ":"at+jwt\u0000""#, false),
        (r#","typ":"at+jwt\"""#, false),
        (r#","typ":"text/at+jwt""#, false),
        (r#","typ":"application/""#, false),
        (r#","typ":"application/application/at+jwt""#, false),
        (r#","typ":"applicationat+jwt""#, false),
        // letters outside ASCII have no case here: the Kelvin sign is no k, the long s no s
        (r#","typ":"at+jwt\u212a""#, false),
        (r#","typ":"application/x+at+jwt""#, false),
    ] {
        let expected = if is_access_token { ACCEPTED } else { "token_type" };
        for wanted in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
            assert_eq!(verdict(Some(wanted), typ), expected, "{wanted}: {typ}");
        }
        assert_eq!(verdict(None, typ), ACCEPTED, "{typ}");
    }
    // A type with a slash of its own keeps it.
    for (wanted, typ, expected) in [
        ("text/x", r#","typ":"text/x""#, ACCEPTED),
        ("text/x", r#","typ":"x""#, "token_type"),
        ("text/x", r#","typ":"application/text/x""#, "token_type"),
        ("", r#","typ":"""#, ACCEPTED),
        ("", "", "token_type"),
    ] {
        assert_eq!(verdict(Some(wanted), typ), expected, "{wanted}: {typ}");
    }
}

#[test]
fn required_claims() {
    let keys = keys();
    let policy = POLICY.require(&["sub", "tid", "a\"b", "exp"]);
    let verify = |changes: &[(&str, &str)]| {
        let mut buf = [0; 2048];
        Verifier::new(&keys, &policy)
            .verify(&signed(changes), NumericDate::from_secs(NOW), &mut buf)
            .map(|_| ())
    };
    let missing = |index| Err(Error::Policy(PolicyError::MissingRequired { index }));
    assert_eq!(verify(&[]), missing(0));
    assert_eq!(verify(&[("tid", "1")]), missing(0));
    assert_eq!(verify(&[("sub", r#""a""#)]), missing(1));
    assert_eq!(verify(&[("sub", r#""a""#), ("Tid", "1")]), missing(1));
    assert_eq!(verify(&[("sub", r#""a""#), ("x", r#"{"tid":1}"#)]), missing(1));
    assert_eq!(verify(&[("sub", r#""a""#), ("tid", "null")]), missing(2));
    // Null is there, and so is a name with an escape that has to stay.
    assert_eq!(
        verify(&[("sub", r#""""#), (r"t\u0069d", "null"), (r"a\u0022b", "0")]),
        Ok(())
    );
    assert_eq!(verify(&[("sub", r#""""#), ("tid", "[]"), (r#"a\"b"#, "false")]), Ok(()));
}

#[test]
fn what_is_waived_is_waived_by_name_and_no_more() {
    let keys = keys();
    for (policy, changes, expected) in [
        (POLICY, &[("exp", "")][..], "exp_missing"),
        (POLICY.waive_expiration(), &[("exp", "")], ACCEPTED),
        (POLICY.waive_expiration(), &[("exp", "1")], EXPIRED),
        (POLICY.waive_expiration(), &[("exp", "null")], "exp_wrong_type"),
        (
            POLICY.waive_expiration(),
            &[("exp", ""), ("nbf", "1760009999")],
            TOO_EARLY,
        ),
        (POLICY.waive_expiration(), &[("aud", "")], "aud_missing"),
        (POLICY, &[("aud", "")], "aud_missing"),
        (POLICY.any_audience(), &[("aud", "")], ACCEPTED),
        (POLICY.any_audience(), &[("aud", "\"x\"")], ACCEPTED),
        (POLICY.any_audience(), &[("aud", "[]")], ACCEPTED),
        (POLICY.any_audience(), &[("aud", "1")], "aud_wrong_type"),
        (POLICY.any_audience(), &[("exp", "")], "exp_missing"),
        (POLICY.any_audience(), &[("iss", "")], "iss_missing"),
        (POLICY.any_audience(), &[("iss", "\"x\"")], "issuer"),
        (POLICY.max_age(60), &[], "iat_missing"),
        (POLICY, &[("nbf", ""), ("iat", ""), ("sub", ""), ("jti", "")], ACCEPTED),
    ] {
        assert_eq!(
            verdict_at(&keys, &policy, signed(changes), NOW),
            expected,
            "{changes:?}"
        );
    }
}

#[test]
fn of_several_faults_the_first_check_is_told() {
    let keys = keys();
    let policy = POLICY.max_age(3600).require(&["sub"]);
    // Wrong from the first to the last check; one after the other is put right.
    let mut members = [
        ("iss", "\"x\"", "\"https://issuer.example/a\"", "issuer"),
        ("aud", "\"x\"", "\"api://orders\"", "audience"),
        ("exp", "1", "1760003600", EXPIRED),
        ("nbf", "1770000000", "1", TOO_EARLY),
        ("iat", "1", "1760000000", TOO_OLD),
        ("x", "1", "1", "required_claim_missing"),
    ];
    for index in 0..members.len() {
        let wrong: Vec<_> = members.iter().map(|(name, value, ..)| (*name, *value)).collect();
        // The order of the members is not the order of the checks.
        for text in [object(&wrong), object(&wrong.into_iter().rev().collect::<Vec<_>>())] {
            let token = Signer::good().token(HEADER, text);
            assert_eq!(verdict_at(&keys, &policy, &token, NOW), members[index].3);
        }
        members[index].1 = members[index].2;
    }
}

/// Counts what it is asked, and refuses what it is told to.
#[derive(Default)]
struct Counting {
    headers: AtomicU32,
    tokens: AtomicU32,
    refuse_header: bool,
    refuse_token: Option<PolicyError>,
}

impl Check for Counting {
    fn check_header(&self, header: &JoseHeader<'_>) -> Result<(), PolicyError> {
        self.headers.fetch_add(1, Ordering::Relaxed);
        assert!(header.kid().is_some_and(|kid| kid == "k1"));
        if self.refuse_header {
            return Err(PolicyError::Other("header_of_mine"));
        }
        Ok(())
    }

    fn check(&self, token: &TokenView<'_, '_>, now: NumericDate) -> Result<(), PolicyError> {
        self.tokens.fetch_add(1, Ordering::Relaxed);
        assert_eq!(now, NumericDate::from_secs(NOW));
        assert_eq!(token.key().kid(), Some("k1"));
        assert!(token.header().kid().is_some_and(|kid| kid == "k1"));
        assert!(token.claims().issuer().is_some_and(|issuer| issuer == ISSUER));
        self.refuse_token.map_or(Ok(()), Err)
    }
}

#[test]
fn a_check_of_the_callers_own() {
    let keys = keys();
    let good = signed(&[]);
    let forged = Signer::other().token(HEADER, claims(&[]));
    let not_claims = Signer::good().token(HEADER, "[]");

    let check = Counting::default();
    assert_eq!(verdict_at(&keys, &check, &good, NOW), ACCEPTED);
    assert_eq!(check.tokens.load(Ordering::Relaxed), 1);

    // The header is asked about before the signature, the claims after; neither for what was refused before.
    let check = Counting::default();
    assert_eq!(verdict_at(&keys, &check, &forged, NOW), "invalid_signature");
    assert_eq!(verdict_at(&keys, &check, &not_claims, NOW), "claims_not_an_object");
    assert_eq!(verdict_at(&keys, &check, "a.b.c", NOW), "base64url");
    assert!(check.headers.load(Ordering::Relaxed) >= 2);
    assert_eq!(check.tokens.load(Ordering::Relaxed), 0);

    let check = Counting {
        refuse_header: true,
        ..Counting::default()
    };
    for token in [&good, &forged] {
        assert_eq!(verdict_at(&keys, &check, token, NOW), "header_of_mine");
    }
    assert_eq!(check.tokens.load(Ordering::Relaxed), 0);

    for refusal in [
        PolicyError::Other("mine"),
        PolicyError::InsufficientScope,
        PolicyError::MissingClaim(RegisteredClaim::JwtId),
    ] {
        let check = Counting {
            refuse_token: Some(refusal),
            ..Counting::default()
        };
        let mut buf = [0; 2048];
        let refused = Verifier::new(&keys, &check).verify(&good, NumericDate::from_secs(NOW), &mut buf);
        assert_eq!(refused.err(), Some(Error::Policy(refusal)));
    }
}

#[test]
fn two_checks_are_a_check() {
    let keys = keys();
    let good = signed(&[]);
    let refusing = |code| Counting {
        refuse_token: Some(PolicyError::Other(code)),
        ..Counting::default()
    };
    let (passing, first, second) = (Counting::default(), refusing("first"), refusing("second"));
    for (pair, expected) in [
        ((&passing, &passing), ACCEPTED),
        ((&first, &passing), "first"),
        ((&passing, &second), "second"),
        ((&first, &second), "first"),
    ] {
        assert_eq!(verdict_at(&keys, &pair, &good, NOW), expected);
    }
    // The second is not asked once the first has refused.
    let (asked, never) = (refusing("first"), Counting::default());
    assert_eq!(verdict_at(&keys, &(&asked, &never), &good, NOW), "first");
    assert_eq!(never.tokens.load(Ordering::Relaxed), 0);
    assert!(never.headers.load(Ordering::Relaxed) > 0);
    // A policy and a check, in either order; a pair in a pair; a check behind a pointer.
    let expired = signed(&[("exp", "1")]);
    assert_eq!(verdict_at(&keys, &(&POLICY, &second), &expired, NOW), EXPIRED);
    assert_eq!(verdict_at(&keys, &(&second, &POLICY), &expired, NOW), "second");
    assert_eq!(
        verdict_at(&keys, &(&(&POLICY, &passing), &second), &good, NOW),
        "second"
    );
    let pointer: &(dyn Check + Sync) = &second;
    assert_eq!(verdict_at(&keys, &(&POLICY, pointer), &good, NOW), "second");
    // Both are asked about the header.
    let typed = POLICY.token_type("at+jwt");
    assert_eq!(verdict_at(&keys, &(&POLICY, &typed), &good, NOW), "token_type");
}

#[test]
fn another_policy_may_be_asked_about_a_verified_token() {
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let now = NumericDate::from_secs(NOW);
    let (token, mut buf) = (signed(&[]), [0; 2048]);
    let other = Policy::new(Issuer::exact("https://issuer.example/b"), &["api://orders"]);
    let mut refused = |policy: &dyn Check| {
        let verified = verifier.prepare(&token, &mut buf).unwrap().verify().unwrap();
        verified.check(policy, now).err().map(|error| error.code())
    };
    assert_eq!(refused(&POLICY), None);
    assert_eq!(refused(&other), Some("issuer"));
    assert_eq!(refused(&POLICY.token_type("at+jwt")), Some("token_type"));
    assert_eq!(refused(&(&POLICY, &other)), Some("issuer"));
}

/// Withdraws the tokens of one identifier.
struct Withdrawn(&'static str);

impl Revocation for Withdrawn {
    fn is_revoked(&self, claims: &Claims<'_>) -> bool {
        claims.jwt_id().is_some_and(|id| id == self.0)
    }
}

#[test]
fn a_withdrawn_token_is_refused() {
    let keys = keys();
    for (jti, expected) in [
        (r#""a""#, Err(PolicyError::Revoked)),
        (r#""\u0061""#, Err(PolicyError::Revoked)),
        (r#""b""#, Ok(())),
        (r#""""#, Ok(())),
        ("", Ok(())),
    ] {
        let mut buf = [0; 2048];
        let token = signed(&[("jti", jti)]);
        let token = Verifier::new(&keys, &POLICY)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        assert_eq!(token.unless_revoked(&Withdrawn("a")).map(|_| ()), expected, "{jti}");
        let pointer: &dyn Revocation = &Withdrawn("a");
        assert_eq!(token.unless_revoked(pointer).map(|_| ()), expected, "{jti}");
    }
}
