# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions with all of their mutants in them, of which one is switched on at run time."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# `on` says which mutant is switched on; with RS256_TRACE it writes the numbers of the functions that are reached.
SWITCH = """
#![allow(warnings)]
pub(crate) extern crate std;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
const TRACED: u32 = u32::MAX - 1;
const UNREAD: u32 = u32::MAX;
static ON: AtomicU32 = AtomicU32::new(UNREAD);
static SEEN: [AtomicBool; 4096] = [const { AtomicBool::new(false) }; 4096];
#[cold]
fn read(function: u32) -> u32 {
    use std::io::Write as _;
    if let Some(file) = std::env::var_os("RS256_TRACE") {
        ON.store(TRACED, Relaxed);
        if !SEEN[function as usize].swap(true, Relaxed) {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
            std::writeln!(file, "{function}").unwrap();
        }
        return 0;
    }
    let on = std::env::var("RS256_MUTANT").ok().and_then(|on| on.parse().ok()).unwrap_or(0);
    ON.store(on, Relaxed);
    on
}
fn at_run_time(function: u32) -> u32 {
    let on = ON.load(Relaxed);
    if on >= TRACED { read(function) } else { on }
}
const fn at_compile_time(_: u32) -> u32 {
    0
}
pub(crate) const fn on(function: u32) -> u32 {
    core::intrinsics::const_eval_select((function,), at_compile_time, at_run_time)
}
#[derive(Clone)]
pub(crate) enum Either<A, B> { A(A), B(B) }
impl<T, A: Iterator<Item = T>, B: Iterator<Item = T>> Iterator for Either<A, B> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        match self { Self::A(a) => a.next(), Self::B(b) => b.next() }
    }
}
"""


class Source:
    def __init__(self, name):
        self.name = name
        self.text = (ROOT / name).read_text()
        self.starts = [0]
        for line in self.text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def at(self, place):
        return self.starts[place["line"] - 1] + place["column"] - 1

    def range(self, span):
        return self.at(span["start"]), self.at(span["end"])

    def body(self, start, end):
        """Where the braces of a function are."""
        at = re.compile(r"\bfn\b").search(re.sub(r"//[^\n]*", lambda m: " " * len(m[0]), self.text[start:end])).end() + start
        depth = 0
        while at < end:
            char = self.text[at]
            if self.text.startswith("//", at):
                at = self.text.index("\n", at)
            elif char in "([":
                depth += 1
            elif char in ")]":
                depth -= 1
            elif char == "{" and depth == 0:
                return at, end
            at += 1
        raise ValueError("no body")


def mutated(source, mutant, start, end):
    """The text from start to end with one mutant in it."""
    first, last = source.range(mutant["span"])
    return source.text[start:first] + mutant["replacement"] + source.text[last:end]


def is_switched(source, mutant):
    if not mutant.get("function"):
        return False
    start, end = source.range(mutant["function"]["span"])
    opening, _ = source.body(start, end)
    signature = source.text[start:opening]
    return not re.search(r"->\s*impl\b", signature) or returns_iterator(signature)


def returns_iterator(signature):
    bounds = r"(\+\s*(Clone|use<[^>]*>)\s*)*"
    return re.search(rf"->\s*impl Iterator<.*>\s*{bounds}(where\b.*)?$", signature, re.S) is not None


def is_const(source, mutant):
    start, end = source.range(mutant["function"]["span"])
    return re.search(r"\bconst fn\b", source.text[start:source.body(start, end)[0]]) is not None


def at_run_time(text):
    """With the tables that a `const fn` makes made when they are first used."""
    tables = re.compile(r"(?m)^static (\w+): (.+) = (\w+)\((.*)\);$")
    for name in [found[1] for found in tables.finditer(text)]:
        text = re.sub(rf"&{name}\b", f"&*{name}", text)
    lazy = "crate::switched::std::sync::LazyLock"
    return tables.sub(rf"static \1: {lazy}<\2> = {lazy}::new(|| \3(\4));", text)


def write_switched(root, mutants, probe=False):
    """The files with all mutants in them; what lines each mutant has. A probe is a name that nothing has, so that the
    compiler complains of every mutant that it sees."""
    lines, functions_seen = {}, 0
    for name in sorted({mutant["file"] for mutant in mutants}):
        source = Source(name)
        functions = {}
        of_file = [mutant for mutant in mutants if mutant["file"] == name]
        spans = [source.range(mutant["function"]["span"]) for mutant in of_file]
        for mutant, (start, end) in zip(of_file, spans):
            outermost = min((span for span in spans if span[0] <= start and end <= span[1]), key=lambda span: span[0])
            functions.setdefault(outermost, []).append(mutant)
        out, at = "", 0
        for (start, end), of_function in sorted(functions.items()):
            opening, closing = source.body(start, end)
            out += source.text[at:start] + "#[optimize(none)] " + source.text[start:opening]
            out += f"{{ match crate::switched::on({functions_seen}) {{\n"
            # An iterator of another type for each: one in the other.
            one, other = ("crate::switched::Either::A(", "crate::switched::Either::B(") if returns_iterator(
                source.text[start:opening]) else ("", "")
            for depth, mutant in enumerate(of_function):
                first = out.count("\n") + 1
                seen = "{ no_such_name; " if probe else "{ "
                close = ")" * (depth + 1) if one else ""
                out += f"{mutant['id']} => {other * depth}{one}{seen}{mutated(source, mutant, opening, closing)} }}{close}\n"
                lines[mutant["id"]] = (name, first, out.count("\n"))
                mutant["number"] = functions_seen
            close = ")" * len(of_function) if one else ""
            out += f"_ => {other * len(of_function)}{source.text[opening:closing]}{close}\n}} }}"
            functions_seen += 1
            at = closing
        out = at_run_time(out + source.text[at:])
        # With all mutants in them functions are large: neither optimised nor inlined.
        (root / name).write_text(re.sub(r'#\[(cfg_attr\([^\n]*, )?inline(\((always|never)\))?\)?\]', "", out))
    (root / "src/switched.rs").write_text(SWITCH)
    crate = (ROOT / "src/lib.rs").read_text().replace(
        "#![no_std]", "#![no_std]\n#![allow(warnings)]\n#![feature(core_intrinsics, const_eval_select, optimize_attribute)]", 1) + "\nmod switched;\n"
    crate = re.sub(r"(?m)^#!\[(deny|warn)\(.*\)\]$", "", crate)
    (root / "src/lib.rs").write_text(crate)
    return lines
