// SPDX-License-Identifier: MIT OR Apache-2.0

//! `verdicts.tsv`, one row a case, and the rules in the table of `README.md`.

use crate::common::text;

pub const VERDICTS: &str = "tests/differential/verdicts.tsv";
const README: &str = "tests/differential/README.md";

/// The other libraries, in the order of the columns.
pub const PEERS: [&str; 4] = ["jsonwebtoken", "jwt-simple", "PyJWT", "jose"];

/// An accepted token; every other word is the reason of a refusal.
pub const ACCEPT: &str = "accept";

/// A library that has nothing to answer a case with.
pub const NOT_ASKED: &str = "-";

/// The rule of a case in which all agree.
pub const NO_RULE: &str = "-";

/// What rs256 and the others say to one token.
pub struct Row {
    pub file: String,
    pub case: String,
    /// Why the answers differ, or [`NO_RULE`].
    pub rule: String,
    pub ours: String,
    pub theirs: [String; 4],
}

impl Row {
    /// The libraries that answer otherwise than rs256, as columns.
    pub fn differing(&self) -> impl Iterator<Item = usize> {
        let differs = |answer: &String| answer != NOT_ASKED && (answer == ACCEPT) != (self.ours == ACCEPT);
        (0..PEERS.len()).filter(move |&peer| differs(&self.theirs[peer]))
    }

    /// On which side of the others rs256 is.
    pub fn direction(&self) -> &'static str {
        if self.ours == ACCEPT { "laxer" } else { "stricter" }
    }

    pub fn line(&self) -> String {
        let Self {
            file,
            case,
            rule,
            ours,
            theirs,
        } = self;
        format!("{file}\t{case}\t{rule}\t{ours}\t{}\n", theirs.join("\t"))
    }
}

/// The first line of the table.
pub fn head() -> String {
    format!("file\tcase\trule\trs256\t{}\n", PEERS.join("\t"))
}

/// The rows of the table as they are committed.
pub fn rows() -> Vec<Row> {
    let table = text(VERDICTS);
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some(head().trim_end()), "the columns");
    lines
        .map(|line| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [file, case, rule, ours, theirs @ ..]: [String; 8] = fields.try_into().expect(line);
            Row {
                file,
                case,
                rule,
                ours,
                theirs,
            }
        })
        .collect()
}

/// A row of the table in `README.md`.
pub struct Rule {
    pub name: String,
    pub direction: String,
    /// In how many cases each library differs.
    pub counts: [usize; 4],
}

/// The rules, each with its reason and its source.
pub fn rules() -> Vec<Rule> {
    let readme = text(README);
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let fields: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let [name, direction, counts @ .., why, source] = &fields[..] else {
            panic!("{row}")
        };
        assert!(!why.is_empty() && !source.is_empty(), "{row}");
        let counts: Vec<usize> = counts.iter().map(|count| count.parse().unwrap_or(0)).collect();
        Rule {
            name: name.trim_end_matches('`').to_owned(),
            direction: (*direction).to_owned(),
            counts: counts.try_into().expect(row),
        }
    })
    .collect()
}
