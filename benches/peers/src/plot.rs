// SPDX-License-Identifier: MIT OR Apache-2.0

//! The picture: one horizontal bar for each candidate, as long as the candidate is fast.

use crate::measure::{Measured, Row};
use plotters::prelude::*;

const WIDTH: i32 = 900;
const LINE: i32 = 20;
const TITLE: i32 = 40;
/// Where the bars begin; names stand to the left.
const BARS: i32 = 330;
/// Room for the figure right of the longest bar.
const FIGURE: i32 = 130;

const OURS: RGBColor = RGBColor(0xc0, 0x4a, 0x1d);
const REFERENCE: RGBColor = RGBColor(0x55, 0x55, 0x55);
const PEER: RGBColor = RGBColor(0xb5, 0xb5, 0xb5);

/// Writes the bars of all groups, one group under the other, each with a scale of its own.
pub fn bars(groups: &[Measured], path: &str) {
    let lines: usize = groups.iter().map(|group| group.rows.len()).sum();
    let height = groups.len() as i32 * (TITLE + 10) + lines as i32 * LINE + 10;
    let area = SVGBackend::new(path, (WIDTH as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let mut y = 0;
    for group in groups {
        let title = format!("{} (1.0 = {})", group.title, group.reference);
        text(&area, &title, (10, y + 14), 19.0);
        y += TITLE;
        let fastest = group.rows.iter().map(|row| row.speed).fold(0.0, f64::max);
        for row in &group.rows {
            bar(&area, row, group.reference, fastest, y);
            y += LINE;
        }
        y += 10;
    }
    area.present().unwrap();
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn bar(area: &Area<'_>, row: &Row, reference: &str, fastest: f64, y: i32) {
    let colour = match &row.name {
        name if name.starts_with("rs256") => OURS,
        name if name == reference => REFERENCE,
        _ => PEER,
    };
    let length = (row.speed / fastest * f64::from(WIDTH - BARS - FIGURE)) as i32;
    let corners = [(BARS, y), (BARS + length.max(1), y + LINE - 5)];
    area.draw(&Rectangle::new(corners, colour.filled())).unwrap();
    text(area, &row.name, (20, y + 1), 15.0);
    text(
        area,
        &format!("{:.2}  ({})", row.speed, duration(row.min_ns)),
        (BARS + length + 8, y + 1),
        15.0,
    );
}

fn duration(ns: f64) -> String {
    if ns < 1000.0 {
        format!("{ns:.0} ns")
    } else {
        format!("{:.2} µs", ns / 1000.0)
    }
}

fn text(area: &Area<'_>, what: &str, at: (i32, i32), size: f64) {
    area.draw(&Text::new(what.to_owned(), at, ("sans-serif", size)))
        .unwrap();
}
