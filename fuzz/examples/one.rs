// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs one input through its target, on stable: `cargo run --no-default-features --example one TARGET FILE`.

fn main() {
    let [target, file] = [1, 2].map(|index| std::env::args().nth(index).expect("a target and a file"));
    let (_, run) = rs256_fuzz::TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .expect("a target");
    run(&std::fs::read(file).expect("a file"));
}
