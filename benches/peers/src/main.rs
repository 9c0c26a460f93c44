// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times rs256 and its peers side by side.
//!
//! ```text
//! cd benches/peers
//! cargo run --release                    all groups: a markdown table on stdout, peers.svg beside Cargo.toml
//! cargo run --release -- 20 token        20 rounds, only groups whose title contains "token", no picture
//! cargo run --release -- 20 token rs256  of those groups only what has "rs256" in its name, for a profiler
//! ```
//!
//! All candidates run in one process and take turns every few milliseconds, so that a change of clock or a busy
//! neighbour meets all of them. Nobody is timed before having accepted a good token or signature and refused bad ones.

mod alloc;
mod candidates;
mod fixtures;
mod groups;
mod measure;
mod ours;
mod plot;
mod table;

fn main() {
    let mut rounds = 60;
    let mut wanted = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => rounds = number,
            Err(_) => wanted.push(argument),
        }
    }
    let title = wanted.first().map_or("", String::as_str);
    let name = wanted.get(1).map_or("", String::as_str);

    let fixtures = fixtures::fixtures();
    let groups = groups::all(&fixtures).into_iter();
    let results: Vec<_> = groups
        .filter(|group| group.title.contains(title))
        .map(|mut group| {
            group.candidates.retain(|candidate| candidate.name.contains(name));
            eprintln!("{}: {} candidates", group.title, group.candidates.len());
            measure::interleaved(group, rounds)
        })
        .collect();

    println!("{}", table::markdown(&results));
    if wanted.is_empty() {
        let svg = concat!(env!("CARGO_MANIFEST_DIR"), "/peers.svg");
        plot::bars(&results, svg);
        eprintln!("wrote {svg}");
    }
}
