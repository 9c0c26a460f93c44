// SPDX-License-Identifier: MIT OR Apache-2.0

//! The markdown table.

use crate::measure::Measured;
use std::fmt::Write;

/// One table for all groups. "×" is how many times as fast as the group's reference a candidate is.
pub fn markdown(groups: &[Measured]) -> String {
    let mut text = String::from(
        "| what | candidate | min ns | median ns | × reference | allocations | octets allocated |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for group in groups {
        for (i, row) in group.rows.iter().enumerate() {
            let what = if i == 0 { group.title } else { "" };
            let name = if row.name == group.reference {
                format!("{} (reference)", row.name)
            } else {
                row.name.clone()
            };
            let (min, median, speed) = (row.min_ns, row.median_ns, row.speed);
            let (count, octets) = (row.allocations.count, row.allocations.octets);
            writeln!(
                text,
                "| {what} | {name} | {min:.0} | {median:.0} | {speed:.2} | {count} | {octets} |"
            )
            .unwrap();
        }
    }
    text
}
