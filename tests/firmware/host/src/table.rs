// SPDX-License-Identifier: MIT OR Apache-2.0

//! The committed figures, the goals, and the comparison.

use std::collections::BTreeMap;
use std::fs;

use crate::Result;
use crate::board::{Board, workspace};

/// A figure may be so much larger than the committed one, in per mille.
const TOLERANCE: u64 = 10;

/// Board, variant, and what is measured.
type Key = [String; 3];

/// One figure.
pub struct Row {
    key: Key,
    value: u64,
}

impl Row {
    pub fn new(board: &str, variant: &str, what: String, value: u64) -> Self {
        Self {
            key: [board.into(), variant.into(), what],
            value,
        }
    }
}

struct Goal {
    limit: u64,
    /// Not reached yet: said in the table, and no fault. Whoever reaches it makes it a goal that must hold.
    is_open: bool,
    peer: String,
    /// Why it is open.
    why: String,
}

/// `expected.tsv` and `goals.tsv`.
pub struct Table {
    expected: BTreeMap<Key, u64>,
    goals: BTreeMap<Key, Goal>,
}

impl Table {
    pub fn read() -> Result<Self> {
        let mut table = Self {
            expected: BTreeMap::new(),
            goals: BTreeMap::new(),
        };
        for (key, fields) in read_lines("expected.tsv")? {
            table.expected.insert(key, number(&fields)?);
        }
        for (key, fields) in read_lines("goals.tsv")? {
            let is_open = match fields.get(1).map(String::as_str) {
                Some("must") => false,
                Some("open") => true,
                _ => return Err(format!("neither `must` nor `open`: {}", key.join(" "))),
            };
            let text = |column: usize| fields.get(column).cloned().unwrap_or_default();
            let (peer, why) = (text(2), text(3));
            if is_open && why.is_empty() {
                return Err(format!("an open goal without a reason: {}", key.join(" ")));
            }
            let limit = number(&fields)?;
            let goal = Goal {
                limit,
                is_open,
                peer,
                why,
            };
            table.goals.insert(key, goal);
        }
        Ok(table)
    }

    /// Prints all rows; an error when one has grown or exceeds its goal, or when rows are missing on either side.
    pub fn compare(&self, boards: &[&Board], rows: &[Row]) -> Result<()> {
        let (mut faults, mut open) = (Vec::new(), 0);
        println!(
            "{:<12} {:<9} {:<30} {:>10} {:>8} {:>10}  best peer",
            "board", "opt", "what", "measured", "change", "goal"
        );
        for row in rows {
            let [board, variant, what] = &row.key;
            let goal = self.goals.get(&row.key);
            let mut fault = |text: &str| faults.push(format!("{board} {variant} {what}: {text}"));
            let change = match self.expected.get(&row.key) {
                Some(&expected) => {
                    if row.value * 1000 > expected * (1000 + TOLERANCE) {
                        fault(&format!("{} is more than 1 % above {expected}", row.value));
                    }
                    let permille = (row.value as i64 - expected as i64) * 1000 / expected.max(1) as i64;
                    format!("{:+.1} %", permille as f64 / 10.0)
                }
                None => {
                    fault("not in the committed table");
                    "new".into()
                }
            };
            match goal {
                Some(goal) if goal.is_open && row.value > goal.limit => open += 1,
                Some(goal) if goal.is_open => fault("reached its goal, which must hold from now on (goals.tsv)"),
                Some(goal) if row.value > goal.limit => {
                    fault(&format!("{} exceeds the goal, {}", row.value, goal.limit));
                }
                _ => {}
            }
            let mark = if goal.is_some_and(|goal| goal.is_open) { "!" } else { "" };
            let limit = goal.map_or_else(String::new, |goal| format!("{mark}{}", goal.limit));
            let peer = goal.map_or("", |goal| goal.peer.as_str());
            println!(
                "{board:<12} {variant:<9} {what:<30} {:>10} {change:>8} {limit:>10}  {peer}",
                row.value
            );
        }
        for key in self.expected.keys().chain(self.goals.keys()) {
            if boards.iter().any(|board| board.name == key[0]) && !rows.iter().any(|row| row.key == *key) {
                faults.push(format!("{}: was not measured", key.join(" ")));
            }
        }
        for row in rows {
            if let Some(goal) = self.goals.get(&row.key).filter(|goal| goal.is_open) {
                println!(
                    "open: {}, {} of {}: {}",
                    row.key.join(" "),
                    row.value,
                    goal.limit,
                    goal.why
                );
            }
        }
        if faults.is_empty() {
            println!(
                "\nall {} figures are as committed and within their goals; {open} goals are open (!)",
                rows.len()
            );
            Ok(())
        } else {
            Err(faults.join("\nFAILED: "))
        }
    }

    /// Replaces the figures of `boards` by `rows`.
    pub fn write(&mut self, boards: &[&Board], rows: &[Row]) -> Result<()> {
        self.expected
            .retain(|key, _| boards.iter().all(|board| board.name != key[0]));
        for row in rows {
            self.expected.insert(row.key.clone(), row.value);
        }
        let mut text = String::from("# board\topt\twhat\tfigure; written by `measure --bless`\n");
        for (key, value) in &self.expected {
            text += &format!("{}\t{value}\n", key.join("\t"));
        }
        fs::write(workspace().join("expected.tsv"), text).map_err(|error| format!("expected.tsv: {error}"))
    }
}

/// The lines of a table: three columns that name the figure, and the others.
fn read_lines(name: &str) -> Result<Vec<(Key, Vec<String>)>> {
    let text = fs::read_to_string(workspace().join(name)).map_err(|error| format!("{name}: {error}"))?;
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let mut fields = line.split('\t').map(String::from);
            let key = [(); 3].map(|()| fields.next());
            match key {
                [Some(board), Some(variant), Some(what)] => Ok(([board, variant, what], fields.collect())),
                _ => Err(format!("{name}: {line}")),
            }
        })
        .collect()
}

fn number(fields: &[String]) -> Result<u64> {
    let field = fields.first().ok_or("a row without a figure")?;
    field.parse().map_err(|_| format!("not a figure: {field}"))
}
