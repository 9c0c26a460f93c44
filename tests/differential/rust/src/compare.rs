// SPDX-License-Identifier: MIT OR Apache-2.0

//! The answers beside `verdicts.tsv`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::case::path;

const VERDICTS: &str = "tests/differential/verdicts.tsv";

/// Columns: file, case, rule, rs256, and the others.
const OURS: usize = 3;

pub fn run(folder: &Path, write: bool) -> ExitCode {
    let text = fs::read_to_string(path(VERDICTS)).expect(VERDICTS);
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().expect("a first line").split('\t').collect();
    let mut rows: Vec<Vec<String>> = lines
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect();

    let (mut skipped, mut changed) = (Vec::new(), 0);
    for (column, name) in head.iter().enumerate().skip(OURS + 1) {
        let Ok(answers) = fs::read_to_string(folder.join(format!("{name}.tsv"))) else {
            skipped.push(*name);
            continue;
        };
        let answers: HashMap<(&str, &str), &str> = answers
            .lines()
            .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
                [file, case, answer] => ((file, case), answer),
                _ => panic!("{name}: {line}"),
            })
            .collect();
        assert_eq!(answers.len(), rows.len(), "cases that {name} was asked");
        for row in &mut rows {
            let answer = answers[&(row[0].as_str(), row[1].as_str())];
            if row[column] != answer {
                println!(
                    "changed: {name}, {} {}: {} is now {answer}",
                    row[0], row[1], row[column]
                );
                row[column] = answer.to_owned();
                changed += 1;
            }
        }
    }

    let mut counts: BTreeMap<(String, &str), Vec<usize>> = BTreeMap::new();
    for row in &rows {
        let accepts = |answer: &String| answer == "accept";
        let ours = accepts(&row[OURS]);
        let direction = if ours { "laxer" } else { "stricter" };
        let differing: Vec<usize> = (OURS + 1..head.len())
            .filter(|&column| row[column] != "-" && accepts(&row[column]) != ours)
            .collect();
        if !differing.is_empty() {
            let names: Vec<&str> = differing.iter().map(|&column| head[column]).collect();
            println!(
                "{direction} than {}: {} {} ({})",
                names.join(", "),
                row[0],
                row[1],
                row[2]
            );
        }
        for column in differing {
            let counts = counts
                .entry((row[2].clone(), direction))
                .or_insert_with(|| vec![0; head.len()]);
            counts[column] += 1;
        }
    }
    println!("\n| rule | rs256 is | {} |", head[OURS + 1..].join(" | "));
    for ((rule, direction), counts) in counts {
        let counts: Vec<String> = counts[OURS + 1..].iter().map(usize::to_string).collect();
        println!("| `{rule}` | {direction} | {} |", counts.join(" | "));
    }
    println!("\n{} cases, {changed} answers changed", rows.len());

    if write {
        let lines: Vec<String> = rows.iter().map(|row| row.join("\t") + "\n").collect();
        fs::write(path(VERDICTS), format!("{}\n{}", head.join("\t"), lines.concat())).expect(VERDICTS);
    }
    for name in &skipped {
        println!("\n!! SKIPPED: {name} WAS NOT ASKED, its answers are the pinned ones");
    }
    if changed == 0 || write {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
