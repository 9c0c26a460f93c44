// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs every committed input through its target, on stable: `cargo test --no-default-features --test replay`.

use std::fs;
use std::path::Path;

use rs256_fuzz::{TARGETS, verdicts};

/// Inputs of each target: a corpus that lost some is a failure.
const INPUTS: [(&str, usize); 14] = [
    ("base64url", 29),
    ("bearer", 27),
    ("cache", 10),
    ("claims", 93),
    ("compact", 39),
    ("discovery", 12),
    ("entra", 60),
    ("header", 80),
    ("json", 152),
    ("jwk_set", 54),
    ("key_file", 21),
    ("rotation", 40),
    ("rsa", 40),
    ("token", 60),
];

#[test]
fn every_committed_input_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut counts = Vec::new();
    verdicts::take();
    for (name, run) in TARGETS {
        let mut inputs: Vec<_> = fs::read_dir(root.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        inputs.sort();
        for path in &inputs {
            println!("{}", path.display()); // the last line names the one that failed
            run(&fs::read(path).unwrap());
        }
        // A target whose inputs are all refused, or all accepted, tests little.
        let (accepted, refused) = verdicts::take();
        println!("{name}: {accepted} accepted, {refused} refused");
        assert!(accepted > 0 && refused > 0, "{name}");
        run(&[]);
        counts.push((*name, inputs.len()));
    }
    assert_eq!(counts, INPUTS);
}
