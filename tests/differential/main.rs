// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same tokens, keys, policy and clock through rs256 and through four other libraries: where the answers differ, a
//! rule of rs256 says why.
//!
//! The others are not needed here: their answers are pinned in `verdicts.tsv`, which `recompute` makes anew; see
//! `README.md`. Our own answers are computed by every run. `RS256_BLESS=1 cargo test --test differential` writes the
//! tokens and our column of the table anew and fails, so that no run is green by accident.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod odd;
mod table;
#[path = "../common/token_case.rs"]
mod token_case;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::{env, fs};

use common::{read, str_of, vectors};
use rs256::Rsa4096;
use serde_json::Value;
use table::{ACCEPT, NO_RULE, PEERS, Row, Rule, VERDICTS, head, rows, rules};

const TOKENS: &str = "tests/differential/tokens.jsonl";

/// How many there are: a case that is lost is a failure.
const CASES: usize = 398 + 161 + 462;

/// Those among them whose signature is none.
const FORGED: usize = 67;

/// The answer of a library that `recompute` has still to ask.
const UNKNOWN: &str = "?";

/// Every case: the file that it comes from, and what it says.
fn cases() -> Vec<(&'static str, Value)> {
    let mut cases = Vec::new();
    for (file, count) in [("tokens", 398), ("tokens-json", 161)] {
        cases.extend(vectors(file, count).into_iter().map(|case| (file, case)));
    }
    let setting = odd::setting();
    cases.extend(odd::cases().iter().map(|odd| {
        let mut case = setting.as_object().unwrap().clone();
        case.extend(odd.as_object().unwrap().clone());
        ("odd", Value::Object(case))
    }));
    cases
}

/// Our verdicts as they are now, in the order of the cases.
fn ours() -> &'static [(&'static str, String, String)] {
    static OURS: OnceLock<Vec<(&str, String, String)>> = OnceLock::new();
    OURS.get_or_init(|| {
        let verdict = |(file, case): &(_, Value)| {
            (
                *file,
                str_of(case, "id").to_owned(),
                token_case::verdict::<Rsa4096>(case),
            )
        };
        cases().iter().map(verdict).collect()
    })
}

#[test]
fn the_tokens_are_those_that_the_code_describes() {
    let lines: Vec<String> = [odd::setting()]
        .iter()
        .chain(odd::cases())
        .map(Value::to_string)
        .collect();
    let found = lines.join("\n") + "\n";
    if env::var_os("RS256_BLESS").is_some() {
        fs::write(common::path(TOKENS), &found).unwrap();
        panic!("wrote {TOKENS}; now `recompute --write`, then run without RS256_BLESS");
    }
    assert!(read(TOKENS) == found.as_bytes(), "{TOKENS} is not what odd.rs makes");
}

#[test]
fn every_verdict_of_ours_is_the_pinned_one() {
    if env::var_os("RS256_BLESS").is_some() {
        let mut pinned: BTreeMap<_, Row> = BTreeMap::new();
        if common::path(VERDICTS).exists() {
            pinned.extend(
                rows()
                    .into_iter()
                    .map(|row| ((row.file.clone(), row.case.clone()), row)),
            );
        }
        let mut table = head();
        for (file, case, ours) in ours() {
            let (file, case, ours) = ((*file).to_owned(), case.clone(), ours.clone());
            let (rule, theirs) = match pinned.remove(&(file.clone(), case.clone())) {
                Some(row) => (row.rule, row.theirs),
                None => (
                    NO_RULE.to_owned(),
                    [const { String::new() }; 4].map(|_| UNKNOWN.to_owned()),
                ),
            };
            table += &Row {
                file,
                case,
                rule,
                ours,
                theirs,
            }
            .line();
        }
        fs::write(common::path(VERDICTS), table).unwrap();
        panic!("wrote {VERDICTS}; read its diff, then run without RS256_BLESS");
    }
    let rows = rows();
    let pinned = rows
        .iter()
        .map(|row| (row.file.as_str(), row.case.as_str(), row.ours.as_str()));
    let found = ours()
        .iter()
        .map(|(file, case, ours)| (*file, case.as_str(), ours.as_str()));
    let wrong: Vec<_> = pinned.zip(found).filter(|(pinned, found)| pinned != found).collect();
    assert!(wrong.is_empty(), "pinned and found: {wrong:#?}");
    assert_eq!((rows.len(), ours().len()), (CASES, CASES));
}

#[test]
fn every_difference_has_a_rule_and_every_rule_its_differences() {
    let rules: BTreeMap<String, Rule> = rules().into_iter().map(|rule| (rule.name.clone(), rule)).collect();
    let mut counts: BTreeMap<&str, [usize; 4]> = rules.keys().map(|name| (name.as_str(), [0; 4])).collect();
    let mut wrong = Vec::new();
    for row in &rows() {
        let case = format!("{} {}: {}", row.file, row.case, row.rule);
        if row.theirs.iter().any(|answer| answer.is_empty() || answer == UNKNOWN) {
            wrong.push(format!("{case}: a library was not asked"));
        }
        match (row.differing().count(), rules.get(&row.rule)) {
            (0, None) if row.rule == NO_RULE => {}
            (0, _) => wrong.push(format!("{case}: all agree")),
            (_, None) => wrong.push(format!("{case}: no such rule")),
            (_, Some(rule)) if rule.direction != row.direction() => {
                wrong.push(format!("{case}: rs256 is {} here", row.direction()));
            }
            (_, Some(rule)) => {
                for peer in row.differing() {
                    counts.get_mut(rule.name.as_str()).unwrap()[peer] += 1;
                }
            }
        }
    }
    for (name, found) in counts {
        if found != rules[name].counts || found == [0; 4] {
            wrong.push(format!(
                "{name}: {found:?} cases, the README says {:?}",
                rules[name].counts
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nobody_refuses_or_accepts_everything() {
    // A library that was asked wrongly would refuse everything, and agree with us on most of what is hostile.
    let rows = rows();
    for (peer, name) in PEERS.iter().enumerate() {
        let accepted = |row: &&Row| row.theirs[peer] == ACCEPT;
        let both = rows.iter().filter(accepted).filter(|row| row.ours == ACCEPT).count();
        let ours = rows.iter().filter(|row| row.ours == ACCEPT).count();
        assert!(
            both * 5 > ours * 4,
            "{name} accepts {both} of the {ours} that we accept"
        );
        let refused: BTreeSet<&str> = rows.iter().map(|row| row.theirs[peer].as_str()).collect();
        assert!(refused.len() > 8, "{name} knows these answers: {refused:?}");
    }
}

#[test]
fn signatures_are_beyond_dispute() {
    // What is read differs; whether a signature is one does not.
    let rows = rows();
    let forged: Vec<&Row> = rows.iter().filter(|row| row.ours == "invalid_signature").collect();
    assert_eq!(forged.len(), FORGED);
    for row in forged {
        assert_eq!(row.differing().count(), 0, "{} {}", row.file, row.case);
    }
}
