// SPDX-License-Identifier: MIT OR Apache-2.0

//! How much work the worst inputs make: before the signature is checked, after it, and when keys are loaded.
//!
//! A clock is no judge of that. `tests/bounds/measure` runs this binary once for each case and size under callgrind,
//! which counts the instructions of [`measured`] exactly, and writes `instructions.tsv`; the tests here hold what is
//! written there against the bounds, and see to it that each input still takes the path that it is about.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::env;
use std::hint::black_box;

use common::setting::{HEADER, NOW, POLICY, claims, jwk_set, keys};
use common::signer::Signer;
use common::{encode, text};
use rs256::discovery::Document;
use rs256::{Error, KeySet, NumericDate, Verifier};

/// Names a case and a size, in a child's environment.
const CHILD: &str = "RS256_BOUNDS_CHILD";

/// Sizes of the inputs, in octets. The fifth is that of the largest token.
const SIZES: [usize; 5] = [1_000, 10_000, 65_536, 100_000, 1_000_000];

/// What is done with the input.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Everything before the RSA operation, for a token of anybody's.
    Before,
    /// The RSA operation with the hash of the token.
    Signature,
    /// Everything after it, for a token that the issuer signed.
    After,
    /// Loading a JWK Set.
    Keys,
    /// Reading an openid-configuration document.
    Discovery,
}

struct Case {
    name: &'static str,
    stage: Stage,
    /// The input of about this many octets, and the code of the answer.
    make: fn(usize) -> (String, &'static str),
}

const ACCEPTED: &str = "accepted";

/// What a token longer than the cap answers, whatever is in it.
fn or_too_long(size: usize, code: &'static str) -> &'static str {
    if size > 65_536 { "token_too_long" } else { code }
}

/// A token of `size` octets with this header and a payload of nothing in particular; nobody signed it.
fn with_header(header: &str, size: usize) -> String {
    let header = encode(header.as_bytes());
    let signature = "A".repeat(342);
    let payload = size.saturating_sub(header.len() + signature.len() + 2) / 4 * 4;
    format!("{header}.{}.{signature}", "A".repeat(payload))
}

/// A header of at most 8 KiB, its member `x` repeating `unit`, in a token of `size` octets.
fn header_of(open: &str, unit: &str, close: &str, size: usize) -> String {
    let room = (size * 3 / 4).min(8192).saturating_sub(400 + open.len() + close.len());
    let value = format!("{open}{}{close}", unit.repeat(room / unit.len()));
    with_header(&format!(r#"{{"alg":"RS256","kid":"k1","x":{value}}}"#), size)
}

/// Names of `len` octets, 24 or more, that differ before their last eight alone: their hashes are equal, and comparing two
/// of them takes as long as it can.
fn twins(count: usize, len: usize, piece: &str) -> Vec<String> {
    let filled = |room: usize| piece.repeat(room / piece.len()) + &"q".repeat(room % piece.len());
    (0..count)
        .map(|index| format!("{}{index:04}{}", filled(len - 12), filled(8)))
        .collect()
}

fn object_of(names: &[String], first: &str) -> String {
    let members: String = names.iter().map(|name| format!(r#","{name}":0"#)).collect();
    format!("{{{first}{members}}}")
}

/// A header whose names collide, as large as it may be.
fn colliding_header(piece: &str, size: usize) -> String {
    let room = (size * 3 / 4).min(8192).saturating_sub(300);
    let names = twins(30, room / 30 - 6, piece);
    with_header(&object_of(&names, r#""alg":"RS256","kid":"k1""#), size)
}

/// Claims with this value of `x`, signed, in a token of `size` octets.
fn signed(open: &str, unit: &str, close: &str, size: usize) -> String {
    let room = (size * 3 / 4).saturating_sub(600);
    let value = format!("{open}{}{close}", unit.repeat(room / unit.len()));
    Signer::good().token(HEADER, claims(&[("x", &value)]))
}

fn signed_claims(names: &[String]) -> String {
    let first = claims(&[]);
    let first = first.trim_start_matches('{').trim_end_matches('}');
    Signer::good().token(HEADER, object_of(names, first))
}

/// A JWK Set of `size` octets: these elements over and over, and a good key.
fn set_of(unit: &str, size: usize) -> String {
    let key = Signer::good().jwk(r#""kid":"k1""#);
    let room = size.saturating_sub(key.len() + 20);
    jwk_set(&[vec![unit; room / (unit.len() + 1)].join(","), key])
}

const CASES: &[Case] = &[
    Case {
        name: "dots",
        stage: Stage::Before,
        make: |size| (".".repeat(size), or_too_long(size, "segment_count")),
    },
    Case {
        name: "no_dots",
        stage: Stage::Before,
        make: |size| ("A".repeat(size), or_too_long(size, "segment_count")),
    },
    Case {
        name: "long_payload",
        stage: Stage::Before,
        make: |size| (with_header(HEADER, size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "long_signature",
        stage: Stage::Before,
        make: |size| {
            (
                format!("{}..{}", encode(HEADER.as_bytes()), "A".repeat(size - 50)),
                or_too_long(size, "invalid_signature"),
            )
        },
    },
    Case {
        name: "unknown_kid",
        stage: Stage::Before,
        make: |size| {
            (
                with_header(r#"{"alg":"RS256","kid":"k2"}"#, size),
                or_too_long(size, "unknown_key"),
            )
        },
    },
    Case {
        name: "header_nested",
        stage: Stage::Before,
        make: |size| {
            (
                header_of("[", &format!("{}0{},", "[".repeat(62), "]".repeat(62)), "0]", size),
                or_too_long(size, ACCEPTED),
            )
        },
    },
    Case {
        name: "header_brackets",
        stage: Stage::Before,
        make: |size| (header_of("[", "{},[],", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_escapes",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\u0000", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_quotes",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\\"", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_moved_quotes",
        stage: Stage::Before,
        make: |size| (header_of("\"\\/", "\\\"", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_slashes",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\/", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_letters",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\u0041", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_pairs",
        stage: Stage::Before,
        make: |size| {
            (
                header_of("\"", "\\ud83d\\ude00", "\"", size),
                or_too_long(size, ACCEPTED),
            )
        },
    },
    Case {
        name: "header_mixed_escapes",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\/\\n", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_sparse_escapes",
        stage: Stage::Before,
        make: |size| (header_of("\"", "\\/a", "\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_five_digits",
        stage: Stage::Before,
        make: |size| (header_of("[", "1000,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_two_digits",
        stage: Stage::Before,
        make: |size| (header_of("[", "10,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_minus",
        stage: Stage::Before,
        make: |size| (header_of("[", "-1,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_fractions",
        stage: Stage::Before,
        make: |size| (header_of("[", "0.0e0,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_strings",
        stage: Stage::Before,
        make: |size| (header_of("[", "\"\",", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_objects",
        stage: Stage::Before,
        make: |size| (header_of("[", "{\"\":1},", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_arrays",
        stage: Stage::Before,
        make: |size| (header_of("[", "[],", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_spaced_digits",
        stage: Stage::Before,
        make: |size| (header_of("[", "1 ,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_digits",
        stage: Stage::Before,
        make: |size| (header_of("[", "1,", "0]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_spaces",
        stage: Stage::Before,
        make: |size| (header_of("[", " ", "]", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_names",
        stage: Stage::Before,
        make: |size| (colliding_header("n", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "header_escaped_names",
        stage: Stage::Before,
        make: |size| (colliding_header("\\\"", size), or_too_long(size, ACCEPTED)),
    },
    Case {
        name: "kid_escaped",
        stage: Stage::Before,
        make: |size| {
            let room = (size * 3 / 4).min(8192) - 400;
            let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "\\u0001".repeat(room / 6));
            (with_header(&header, size), or_too_long(size, "unknown_key"))
        },
    },
    Case {
        name: "signature",
        stage: Stage::Signature,
        make: |size| (signed("\"", "a", "\"", size.min(65_000)), ACCEPTED),
    },
    Case {
        name: "claims_text",
        stage: Stage::After,
        make: |size| (signed("\"", "a", "\"", size.min(65_000)), ACCEPTED),
    },
    Case {
        name: "claims_nested",
        stage: Stage::After,
        make: |size| {
            (
                signed(
                    "[",
                    &format!("{}0{},", "[".repeat(62), "]".repeat(62)),
                    "0]",
                    size.min(65_000),
                ),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "claims_escapes",
        stage: Stage::After,
        make: |size| (signed("\"", "\\u0000", "\"", size.min(65_000)), ACCEPTED),
    },
    Case {
        name: "claims_digits",
        stage: Stage::After,
        make: |size| (signed("[", "1,", "0]", size.min(65_000)), ACCEPTED),
    },
    Case {
        name: "claims_exponent",
        stage: Stage::After,
        make: |size| {
            let zeros = "0".repeat(size.min(65_000) * 3 / 4 - 600);
            (
                Signer::good().token(HEADER, claims(&[("iat", &format!("0.{zeros}1"))])),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "claims_audiences",
        stage: Stage::After,
        make: |size| {
            let many = vec![r#""api://order\"""#; (size.min(65_000) * 3 / 4 - 600) / 16].join(",");
            (
                Signer::good().token(HEADER, claims(&[("aud", &format!("[{many}]"))])),
                "audience",
            )
        },
    },
    Case {
        name: "claims_names",
        stage: Stage::After,
        make: |size| {
            (
                signed_claims(&twins(250, (size.min(65_000) * 3 / 4 - 200) / 250 - 5, "n")),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "claims_escaped_names",
        stage: Stage::After,
        make: |size| {
            (
                signed_claims(&twins(250, (size.min(65_000) * 3 / 4 - 200) / 250 - 5, "\\\"")),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "set_empty_keys",
        stage: Stage::Keys,
        make: |size| (set_of("{}", size), ACCEPTED),
    },
    Case {
        name: "set_other_keys",
        stage: Stage::Keys,
        make: |size| (set_of(r#"{"kty":"EC","crv":"P-256"}"#, size), ACCEPTED),
    },
    Case {
        name: "set_weak_keys",
        stage: Stage::Keys,
        make: |size| (set_of(&Signer::weak().jwk(r#""kid":"k1""#), size), ACCEPTED),
    },
    Case {
        name: "set_nested",
        stage: Stage::Keys,
        make: |size| {
            (
                set_of(&format!("{}0{}", "[".repeat(62), "]".repeat(62)), size),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "set_escaped_names",
        stage: Stage::Keys,
        make: |size| {
            (
                set_of(&object_of(&twins(31, 240, "\\\""), r#""kty":"RSA""#), size),
                ACCEPTED,
            )
        },
    },
    Case {
        name: "set_key_ops",
        stage: Stage::Keys,
        make: |size| {
            let many = vec![r#""sign""#; (size - 500) / 7].join(",");
            let key = Signer::good().jwk(&format!(r#""key_ops":[{many}]"#));
            (jwk_set(&[key]), "no_usable_key")
        },
    },
    Case {
        name: "discovery_names",
        stage: Stage::Discovery,
        make: |size| {
            let start = r#"{"issuer":"https:\/\/a.example","jwks_uri":"https://a.example/k""#;
            (
                object_of(
                    &twins(120, (size - 100) / 120 - 5, "\\\""),
                    start.trim_start_matches('{'),
                ),
                ACCEPTED,
            )
        },
    },
];

/// What callgrind counts: nothing but the call of `work`.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// Gives the input to its stage; the code of the answer.
fn run(stage: Stage, input: &str) -> &'static str {
    let mut buf = vec![0; 1 << 16];
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let code = |error: Error| error.code();
    match stage {
        Stage::Before => measured(|| verifier.prepare(input, &mut buf).map(|_| ())).map_or_else(code, |()| ACCEPTED),
        Stage::Signature => {
            let pending = verifier.prepare(input, &mut buf).unwrap();
            measured(|| pending.verify().map(|_| ())).map_or("invalid_signature", |()| ACCEPTED)
        }
        Stage::After => {
            let verified = verifier.prepare(input, &mut buf).unwrap().verify().unwrap();
            measured(|| verified.accept(NumericDate::from_secs(NOW)).map(|_| ())).map_or_else(code, |()| ACCEPTED)
        }
        Stage::Keys => {
            let mut keys = Box::new(KeySet::<4>::new());
            match measured(|| keys.replace_from_jwk_set(input.as_bytes())) {
                Ok(_) => ACCEPTED,
                Err(rs256::LoadError::NoUsableKey(_)) => "no_usable_key",
                Err(error) => panic!("{error}"),
            }
        }
        Stage::Discovery => {
            let mut text = input.as_bytes().to_vec();
            measured(|| Document::read(&mut text).map(|_| ())).map_or_else(|error| error.code(), |()| ACCEPTED)
        }
    }
}

/// Sizes that say something about a case: a token longer than the cap is refused by its length alone.
fn sizes(case: &Case) -> impl Iterator<Item = usize> {
    let is_token = matches!(case.stage, Stage::Signature | Stage::After);
    let is_set = matches!(case.stage, Stage::Keys | Stage::Discovery);
    SIZES
        .into_iter()
        .filter(move |size| !(is_token && *size > 65_536 || is_set && *size == 65_536))
        .filter(move |size| !case.name.ends_with("names") || *size > 1_000)
}

fn find(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).unwrap()
}

/// What `measure` runs under callgrind; with `list` it says which cases and sizes there are.
#[test]
fn child() {
    let Ok(order) = env::var(CHILD) else { return };
    if order == "list" {
        for case in CASES {
            sizes(case).for_each(|size| println!("case {} {size}", case.name));
        }
        return;
    }
    let (name, size) = order.split_once(' ').unwrap();
    let case = find(name);
    let (input, expected) = (case.make)(size.parse().unwrap());
    assert_eq!(run(case.stage, &input), expected);
}

#[test]
fn every_input_takes_its_path() {
    let mut count = 0;
    for case in CASES {
        for size in sizes(case) {
            let (input, expected) = (case.make)(size);
            assert_eq!(run(case.stage, &input), expected, "{} {size}", case.name);
            let is_about = input.len() <= (size + size / 20).max(1_600) && input.len() * 2 >= size.min(64_000);
            assert!(is_about, "{} {size}: {} octets", case.name, input.len());
            count += 1;
        }
    }
    assert_eq!((CASES.len(), count), (44, 189));
}

/// Instructions by case and size, as `measure` wrote them.
fn recorded() -> BTreeMap<(String, usize), f64> {
    let table = text("tests/bounds/instructions.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap();
        (
            (column().to_owned(), column().parse().unwrap()),
            column().parse().unwrap(),
        )
    });
    rows.collect()
}

/// What an input may cost more than one of a tenth of its size, beside ten times as much: parts of constant length weigh
/// less in it.
const SLACK: f64 = 1.3;

#[test]
fn recorded_work_is_bounded_and_linear() {
    let recorded = recorded();
    let of = |name: &str, size: usize| recorded[&(name.to_owned(), size)];
    let mut count = 0;
    for case in CASES {
        let sizes: Vec<usize> = sizes(case).collect();
        count += sizes.len();
        for &size in &sizes {
            let work = of(case.name, size);
            match case.stage {
                // A token longer than the cap: its length is looked at, and nothing else.
                Stage::Before if size > 65_536 => assert!(work < 200.0, "{} {size}: {work}", case.name),
                // Less than checking the signature of a token as long as it.
                Stage::Before => assert!(work < of("signature", size), "{} {size}: {work}", case.name),
                _ => {}
            }
        }
        for pair in sizes.windows(2) {
            let [small, large] = [pair[0], pair[1]];
            let is_growing = small >= 10_000 && !(case.stage == Stage::Before && large > 65_536);
            let ratio = of(case.name, large) / of(case.name, small);
            let of_sizes = large as f64 / small as f64;
            assert!(
                !is_growing || ratio < SLACK * of_sizes,
                "{}: {ratio:.2} from {small} to {large}",
                case.name
            );
        }
    }
    // An ordinary small token: a quarter of the RSA operation at most, whoever wrote it.
    for case in CASES
        .iter()
        .filter(|case| case.stage == Stage::Before && !case.name.ends_with("names"))
    {
        assert!(of(case.name, 1000) < of("signature", 1000) / 4.0, "{}", case.name);
    }
    assert_eq!(recorded.len(), count, "no row too many");
}
