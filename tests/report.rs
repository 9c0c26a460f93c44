// SPDX-License-Identifier: MIT OR Apache-2.0

//! A report says what verifying says, and more: its first failure is the error of `verify`, and there is none exactly
//! when `verify` accepts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::setting::{AUDIENCE, HEADER, ISSUER, KID, NOW, POLICY, claims, key_set, keys, object};
use common::signer::Signer;
use common::{read, str_of, strings, text, vectors};
use proptest::prelude::*;
use rs256::entra::{self, Guid, Tenant, guid};
use rs256::report::{Explain, Findings, Inspector, NotChecked, Outcome, Report, Rule, Value};
use rs256::{
    Check, Error, Issuer, KeySelectionError, KeySet, Leeway, NumericDate, Policy, PolicyError, TokenView, Verifier,
    adfs,
};

const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const CLIENT: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const FARM: adfs::Farm<'static> = adfs::Farm::new(
    "https://fs.contoso.example/adfs",
    "http://fs.contoso.example/adfs/services/trust",
);

/// Policies of every kind: each vector token is asked about all of them.
static EVERY_KIND: &[&(dyn Explain + Sync)] = &[
    &POLICY,
    &Policy::new(Issuer::any_of(&[ISSUER, "https://issuer.example"]), &[])
        .any_audience()
        .waive_expiration()
        .max_age(3600)
        .leeway(Leeway::ZERO),
    &Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"])
        .token_type("at+jwt")
        .require(&["sub", "scp"]),
    &entra::access_token(Tenant::single(TENANT), entra::Audience::v2(CLIENT)),
    &entra::access_token(Tenant::any(), entra::Audience::v1_or_v2(CLIENT, &["api://orders"]))
        .apps_only()
        .apps(&[CLIENT]),
    &entra::id_token(Tenant::any_of(&[TENANT, CLIENT]), CLIENT, "n-0S6_WzA2Mj"),
    &adfs::access_token(FARM, adfs::Audience::relying_party("orders-api")),
    &adfs::access_token(
        FARM,
        adfs::Audience::exact("microsoft:identityserver:https://orders.contoso.example/api"),
    ),
    &adfs::id_token(FARM, "orders", "n-0S6_WzA2Mj"),
    &(&POLICY, &Policy::new(Issuer::exact("https://issuer.example"), &[])),
];

fn failures(report: &Report<'_>) -> Vec<(Rule, Error)> {
    report
        .findings()
        .filter_map(|finding| match finding.outcome() {
            Outcome::Failed(error) => Some((finding.rule(), error)),
            _ => None,
        })
        .collect()
}

fn outcomes(report: &Report<'_>) -> Vec<(Rule, Outcome)> {
    report
        .findings()
        .map(|finding| (finding.rule(), finding.outcome()))
        .collect()
}

fn outcome_of(report: &Report<'_>, rule: Rule) -> Outcome {
    let found: Vec<Outcome> = outcomes(report)
        .into_iter()
        .filter_map(|(other, outcome)| (other == rule).then_some(outcome))
        .collect();
    let [outcome] = found[..] else {
        panic!("{rule:?} is there {} times", found.len());
    };
    outcome
}

/// The one property: what a report and `verify` have to agree on. Gives the answer of `verify`.
fn agree<const N: usize>(
    keys: &KeySet<N>,
    policy: &'static (dyn Explain + Sync),
    token: &[u8],
    now: u64,
) -> Result<(), Error> {
    agree_on(keys, policy, token, now, 1 << 16)
}

fn agree_on<const N: usize>(
    keys: &KeySet<N>,
    policy: &(dyn Explain + Sync),
    token: &[u8],
    now: u64,
    room: usize,
) -> Result<(), Error> {
    let now = NumericDate::from_secs(now);
    let (mut buf, mut report_buf) = (vec![0; room], vec![0; room]);
    let verdict = Verifier::new(keys, policy).verify(token, now, &mut buf).map(|_| ());
    let inspector = Inspector::new(keys).policy(policy);
    let report = inspector.report(token, now, &mut report_buf);
    let first = failures(&report).first().map(|(_, error)| *error);
    assert_eq!(first, verdict.err(), "{report:?}");
    assert_eq!(report.omitted(), 0);
    if verdict.is_ok() {
        for (rule, outcome) in outcomes(&report) {
            assert!(
                matches!(
                    outcome,
                    Outcome::Passed | Outcome::NotChecked(NotChecked::NotAskedFor | NotChecked::Absent)
                ),
                "{rule:?}: {outcome:?} in a token that is accepted"
            );
        }
    }
    // Without keys the same, but for what needs them, and a good signature is never claimed.
    let mut buf = vec![0; room];
    let blind = <Inspector>::without_keys().policy(policy).report(token, now, &mut buf);
    assert!(!outcomes(&blind).contains(&(Rule::Signature, Outcome::Passed)));
    assert!(!outcomes(&blind).contains(&(Rule::Key, Outcome::Passed)));
    if verdict.is_ok() {
        assert_eq!(failures(&blind), [], "{blind:?}");
        for rule in [Rule::Key, Rule::Signature] {
            assert_eq!(outcome_of(&blind, rule), Outcome::NotChecked(NotChecked::NoKeysGiven));
        }
    }
    verdict
}

/// Every token of the vectors with its keys, its clock and the policy that its case names.
fn cases() -> &'static [(KeySet<8>, String, u64, Policy<'static>)] {
    static CASES: OnceLock<Vec<(KeySet<8>, String, u64, Policy<'static>)>> = OnceLock::new();
    CASES.get_or_init(|| {
        let cases: Vec<serde_json::Value> = [("tokens", 398), ("tokens-json", 161)]
            .iter()
            .flat_map(|(file, count)| vectors(file, *count))
            .collect();
        let cases: &'static [serde_json::Value] = Vec::leak(cases);
        cases
            .iter()
            .map(|case| {
                let mut keys = KeySet::new();
                let set = match (case.get("jwks"), case.get("jwks_file"), case.get("jwks_text")) {
                    (Some(set), _, _) => serde_json::to_vec(set).unwrap(),
                    (_, Some(file), _) => read(&format!("tests/vectors/{}", file.as_str().unwrap())),
                    (_, _, text) => text.unwrap().as_str().unwrap().into(),
                };
                // A set that is refused stays empty, and verifies nothing.
                let _ = keys.replace_from_jwk_set(&set);
                let given = &case["policy"];
                let (issuers, audiences) = (strings(&given["iss"]).leak(), strings(&given["aud"]).leak());
                let leeway = u16::try_from(given["leeway"].as_u64().unwrap_or(60)).unwrap();
                let mut policy =
                    Policy::new(Issuer::any_of(issuers), audiences).leeway(Leeway::from_secs(leeway).unwrap());
                if given["aud"].is_null() {
                    policy = policy.any_audience();
                }
                if strings(&given["require"]).is_empty() {
                    policy = policy.waive_expiration();
                }
                let now = case["now"].as_u64().unwrap_or(NOW);
                (keys, str_of(case, "token").to_owned(), now, policy)
            })
            .collect()
    })
}

#[test]
fn every_vector_token_is_reported_as_it_is_verified() {
    let mut accepted = 0;
    for (keys, token, now, policy) in cases() {
        accepted += usize::from(agree(keys, policy, token.as_bytes(), *now).is_ok());
        for policy in EVERY_KIND {
            let _ = agree(keys, *policy, token.as_bytes(), *now);
        }
    }
    assert_eq!(cases().len(), 398 + 161);
    assert!(accepted >= 100, "{accepted}");
}

#[test]
fn tokens_in_the_shape_of_entra_and_adfs_are_reported_as_they_are_verified() {
    let entra_keys = keys_of("tests/data/tokens/entra.jwks.json");
    let adfs_keys = keys_of("benches/data/adfs-2048.jwks.json");
    let tokens = [
        "tests/data/tokens/entra-accepted.jwt",
        "tests/data/tokens/entra-app-only.jwt",
        "tests/data/tokens/entra-expired.jwt",
        "tests/data/tokens/entra-wrong-audience.jwt",
        "benches/data/full-2048.jwt",
        "benches/data/adfs-2048.jwt",
    ];
    let mut accepted = 0;
    for token in tokens {
        for policy in EVERY_KIND {
            for keys in [&entra_keys, &adfs_keys] {
                accepted += usize::from(agree(keys, *policy, text(token).as_bytes(), NOW).is_ok());
            }
        }
    }
    assert_eq!(
        accepted, 4,
        "a user's and an application's of Entra, each by one policy, one that is wide, and one of AD FS"
    );
}

fn keys_of(file: &str) -> KeySet<8> {
    let mut keys = KeySet::new();
    keys.replace_from_jwk_set(&read(file)).unwrap();
    keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// One octet of a good token changed, and a buffer that may be too small.
    #[test]
    fn changed_tokens_are_reported_as_they_are_verified(
        at in 0_usize..600,
        octet in prop_oneof![Just(b'.'), Just(b'A'), any::<u8>()],
        room in prop_oneof![0_usize..700, Just(1_usize << 16)],
        policy in 0..EVERY_KIND.len(),
    ) {
        let mut token = Signer::good().token(HEADER, claims(&[("sub", r#""a\u0062""#), ("nbf", "1")])).into_bytes();
        if let Some(place) = token.get_mut(at) {
            *place = octet;
        }
        let _ = agree_on(&keys(), EVERY_KIND[policy], &token, NOW, room);
    }

    /// Headers and claims of any combination of right, wrong and absent values.
    #[test]
    fn combined_faults_are_reported_as_they_are_verified(
        header in proptest::sample::subsequence(
            vec![(r#"alg"#, r#""RS256""#), ("kid", r#""k1""#), ("typ", r#""JWT""#), ("crit", r#"["x"]"#),
                 ("b64", "false"), ("x5t", "1"), ("cty", r#""JWT""#), ("nonce", r#""x""#)], 0..=8).prop_shuffle(),
        members in proptest::sample::subsequence(
            vec![("iss", r#""https://issuer.example/a""#), ("aud", r#"["api://orders","x"]"#), ("exp", "1760003600"),
                 ("nbf", "1760009999"), ("iat", "1760009999"), ("sub", "1"), ("tid", r#""7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14""#),
                 ("ver", r#""2.0""#), ("scp", r#""a b""#), ("idtyp", r#""app""#), ("nonce", r#""n-0S6_WzA2Mj""#)], 0..=11)
            .prop_shuffle(),
        good_signature in any::<bool>(),
        policy in 0..EVERY_KIND.len(),
    ) {
        let signer = if good_signature { Signer::good() } else { Signer::other() };
        let token = signer.token(&object(&header), object(&members));
        let _ = agree(&keys(), EVERY_KIND[policy], token.as_bytes(), NOW);
    }
}

#[test]
fn all_faults_of_a_token_are_listed_not_the_first_alone() {
    let token = Signer::other().token(
        HEADER,
        claims(&[
            ("iss", r#""https://other.example""#),
            ("aud", r#""api://other""#),
            ("exp", "1"),
        ]),
    );
    let mut buf = [0; 2048];
    let keys = keys();
    let report = Inspector::new(&keys)
        .policy(&POLICY)
        .report(&token, NumericDate::from_secs(NOW), &mut buf);
    let codes: Vec<&str> = failures(&report).iter().map(|(_, error)| error.code()).collect();
    assert_eq!(codes, ["invalid_signature", "issuer", "audience", "expired"]);
    assert_eq!(report.key().unwrap().kid(), Some(KID));
    assert_eq!(report.signature_len(), Some(256));
}

#[test]
fn what_was_compared_is_told() {
    let token = Signer::good().token(HEADER, claims(&[("aud", r#"["a","b"]"#), ("nbf", "1760000100")]));
    let mut buf = [0; 2048];
    let keys = keys();
    let report = Inspector::new(&keys)
        .policy(&POLICY)
        .report(&token, NumericDate::from_secs(NOW), &mut buf);
    let values = |rule| {
        let finding = report.findings().find(|finding| finding.rule() == rule).unwrap();
        (finding.found(), finding.expected())
    };
    let (Value::Texts(found), Value::OneOf(expected)) = values(Rule::Audience) else {
        panic!("audience");
    };
    assert!(found.contains("a") && found.contains("b"));
    assert_eq!(expected, [AUDIENCE]);
    let (Value::Text(found), Value::Exactly(expected)) = values(Rule::Issuer) else {
        panic!("issuer");
    };
    assert!(found == *expected && expected == ISSUER);
    let (Value::Date(nbf), Value::Clock { now, leeway }) = values(Rule::NotBefore) else {
        panic!("nbf");
    };
    assert_eq!((nbf.as_secs(), now.as_secs(), leeway), (NOW + 100, NOW, 60));
    // What an attacker wrote is not in what a log may hold.
    assert!(!format!("{report:?}").contains("\"a\""));
}

#[test]
fn a_refused_header_leaves_the_claims_to_be_read() {
    let token = Signer::good().token(r#"{"alg":"HS256","kid":"k1"}"#, claims(&[("exp", "1")]));
    let mut buf = [0; 2048];
    let keys = keys();
    let report = Inspector::new(&keys)
        .policy(&POLICY)
        .report(&token, NumericDate::from_secs(NOW), &mut buf);
    let codes: Vec<&str> = failures(&report).iter().map(|(_, error)| error.code()).collect();
    assert_eq!(codes, ["algorithm", "expired"]);
    for rule in [Rule::Key, Rule::Signature] {
        let because = Outcome::NotChecked(NotChecked::NotReached(Rule::Header));
        assert_eq!(outcome_of(&report, rule), because);
    }
    let header = report.unverified_header().unwrap();
    assert_eq!(header.as_str(), r#"{"alg":"HS256","kid":"k1"}"#);
    assert!(report.unverified_claims().unwrap().get("exp").is_some());
}

#[test]
fn both_kinds_of_entra_policy_report_a_token_for_graph() {
    let keys = keys();
    for policy in [EVERY_KIND[3], EVERY_KIND[5]] {
        for (nonce, expected) in [
            ("", Outcome::Passed),
            (r#","nonce":"x""#, Outcome::Failed(PolicyError::GraphToken.into())),
        ] {
            let header = format!(r#"{{"alg":"RS256","kid":"{KID}"{nonce}}}"#);
            let token = Signer::good().token(&header, claims(&[]));
            let mut buf = [0; 2048];
            let report = Inspector::new(&keys)
                .policy(policy)
                .report(&token, NumericDate::from_secs(NOW), &mut buf);
            assert_eq!(outcome_of(&report, Rule::NotForGraph), expected, "{header}");
        }
    }
}

#[test]
fn claims_that_cannot_be_read_leave_every_rule_unreached() {
    for payload in ["{", r#"{"exp":1,"exp":2}"#, r#"{"exp":"tomorrow"}"#] {
        let token = Signer::good().token(HEADER, payload);
        let mut buf = [0; 2048];
        let keys = keys();
        let report = Inspector::new(&keys)
            .policy(&POLICY)
            .report(&token, NumericDate::from_secs(NOW), &mut buf);
        assert_eq!(failures(&report).len(), 1, "{payload}");
        for rule in [Rule::Issuer, Rule::Audience, Rule::Expiration, Rule::NotBefore] {
            let because = Outcome::NotChecked(NotChecked::NotReached(Rule::Claims));
            assert_eq!(outcome_of(&report, rule), because, "{payload}");
        }
        assert_eq!(report.unverified_payload_octets(), Some(payload.as_bytes()));
        // A claim of the wrong type is shown; what is no JSON object of ours has no members to show.
        assert_eq!(report.unverified_claims().is_some(), payload.contains("tomorrow"));
    }
}

#[test]
fn an_unknown_key_leaves_the_signature_unreached_and_checks_the_rest() {
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"k9"}"#, claims(&[]));
    let mut buf = [0; 2048];
    let keys = keys();
    let report = Inspector::new(&keys)
        .policy(&POLICY)
        .report(&token, NumericDate::from_secs(NOW), &mut buf);
    assert_eq!(failures(&report), [(Rule::Key, KeySelectionError::UnknownKey.into())]);
    let because = Outcome::NotChecked(NotChecked::NotReached(Rule::Key));
    assert_eq!(outcome_of(&report, Rule::Signature), because);
    assert_eq!(outcome_of(&report, Rule::Audience), Outcome::Passed);
}

#[test]
fn a_key_that_made_the_signature_is_named_not_the_first_of_its_kid() {
    let keys = key_set(&[
        Signer::other().jwk(r#""kid":"k1""#),
        Signer::large().jwk(r#""kid":"k1""#),
    ]);
    let token = Signer::large().token(HEADER, claims(&[]));
    let mut buf = [0; 4096];
    let report = Inspector::new(&keys)
        .policy(&POLICY)
        .report(&token, NumericDate::from_secs(NOW), &mut buf);
    assert_eq!(failures(&report), []);
    assert_eq!(report.key().unwrap().modulus_bits(), 4096);
}

/// Counts how often it is asked, and accepts.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Check for Counting {
    fn check(&self, _token: &TokenView<'_, '_>, _now: NumericDate) -> Result<(), PolicyError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Explain for Counting {}

#[test]
fn a_check_of_the_application_is_asked_about_verified_tokens_alone() {
    let counting = Counting::default();
    let policy = (&POLICY, &counting);
    let keys = keys();
    let inspector = Inspector::new(&keys).policy(&policy);
    let now = NumericDate::from_secs(NOW);
    let mut buf = [0; 2048];

    let forged = Signer::other().token(HEADER, claims(&[]));
    let report = inspector.report(&forged, now, &mut buf);
    let because = Outcome::NotChecked(NotChecked::NotReached(Rule::Signature));
    assert_eq!(outcome_of(&report, Rule::Application), because);
    assert_eq!(counting.0.load(Ordering::Relaxed), 0);

    let good = Signer::good().token(HEADER, claims(&[]));
    let report = inspector.report(&good, now, &mut buf);
    assert_eq!(outcome_of(&report, Rule::Application), Outcome::Passed);
    assert_eq!(counting.0.load(Ordering::Relaxed), 1);
}

/// A check of the application's own with more lines than a report holds.
struct Talkative;

impl Check for Talkative {
    fn check(&self, _token: &TokenView<'_, '_>, _now: NumericDate) -> Result<(), PolicyError> {
        Err(PolicyError::Other("last"))
    }
}

impl Explain for Talkative {
    fn explain<'r>(&'r self, token: &TokenView<'r, 'r>, now: NumericDate, findings: &mut Findings<'r>) {
        for _ in 0..100 {
            findings.application(|| Ok(()));
        }
        findings.application(|| self.check(token, now));
    }
}

#[test]
fn a_full_report_says_so_and_still_shows_that_something_failed() {
    let keys = keys();
    let inspector = Inspector::new(&keys).policy(&Talkative);
    let mut buf = [0; 2048];
    let token = Signer::good().token(HEADER, claims(&[]));
    let report = inspector.report(&token, NumericDate::from_secs(NOW), &mut buf);
    assert!(report.omitted() > 0);
    assert_eq!(
        failures(&report),
        [(Rule::Application, PolicyError::Other("last").into())]
    );
}

#[test]
fn names_of_rules_differ_and_are_snake_case() {
    let mut names: Vec<&str> = Vec::new();
    let keys = keys();
    let token = Signer::good().token(HEADER, claims(&[]));
    for policy in EVERY_KIND {
        let mut buf = [0; 2048];
        let report = Inspector::new(&keys)
            .policy(*policy)
            .report(&token, NumericDate::from_secs(NOW), &mut buf);
        names.extend(report.findings().map(|finding| finding.rule().name()));
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 24, "{names:?}");
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_'))
    );
}
