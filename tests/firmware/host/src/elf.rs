// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an executable says about itself: its size in flash, and what it had to link.

use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::Result;

/// Parts of symbol names that must not occur, and what each would mean.
const HEAVY: &[(&str, &str)] = &[
    ("9panicking", "a panic"),
    ("rust_begin_unwind", "a panic"),
    ("unwrap_failed", "a panic"),
    ("expect_failed", "a panic"),
    ("slice_index_fail", "a panic"),
    ("__rust_alloc", "an allocator"),
    ("__rg_alloc", "an allocator"),
    ("malloc", "an allocator"),
    ("__aeabi_uldivmod", "64-bit division"),
    ("__aeabi_ldivmod", "64-bit division"),
    ("u64_div_rem", "64-bit division"),
    ("__udivdi3", "64-bit division"),
    ("__umoddi3", "64-bit division"),
    ("__aeabi_d", "floating point"),
    ("__aeabi_f", "floating point"),
    ("__aeabi_ui2", "floating point"),
    ("__aeabi_i2", "floating point"),
    ("dec2flt", "floating point"),
    ("flt2dec", "floating point"),
];

/// Ends of the names of GCC's routines for `float` and `double`, where nothing else has such a name.
const FLOAT_ENDS: [&str; 6] = ["sf2", "sf3", "df2", "df3", "sidf", "sisf"];

/// Refuses a program that holds a symbol of [`HEAVY`].
pub fn refuse_heavy_symbols(path: &Path) -> Result<()> {
    with(path, |elf| {
        let mut symbols = elf.symbols().filter_map(|symbol| symbol.name().ok()).peekable();
        if symbols.peek().is_none() {
            return Err("no symbols to look at".into());
        }
        for name in symbols {
            if name.starts_with("__") && FLOAT_ENDS.iter().any(|end| name.ends_with(end)) {
                return Err(format!("floating point ({name})"));
            }
            if let Some((_, meaning)) = HEAVY.iter().find(|(part, _)| name.contains(part)) {
                return Err(format!("{meaning} ({name})"));
            }
        }
        Ok(())
    })
}

/// Octets of code and constants, the fixtures not counted.
pub fn flash(path: &Path) -> Result<u64> {
    with(path, |elf| {
        let sections: u64 = elf
            .sections()
            .filter(|section| matches!(section.name(), Ok(".text" | ".rodata" | ".data")))
            .map(|section| section.size())
            .sum();
        let fixtures: u64 = elf
            .symbols()
            .filter(|symbol| symbol.name().is_ok_and(|name| name.contains("8fixtures")))
            .map(|symbol| symbol.size())
            .sum();
        Ok(sections - fixtures)
    })
}

/// Parts of mangled symbol names, the module that each belongs to, in this order. Parts of a path are written with their
/// lengths before them.
const MODULES: &[(&str, &str)] = &[
    ("8fixtures", ""),
    ("message_hash", "SHA-256"),
    ("4sha2", "SHA-256"),
    ("rs2567backend", "RSA"),
    ("rs256..backend", "RSA"),
    ("rs2565rs256", "RSA"),
    ("rs2569base64url", "base64url"),
    ("rs2564json", "JSON"),
    ("rs256..json", "JSON"),
    ("rs2566claims", "claims"),
    ("rs2566policy", "policy"),
    ("rs256..policy", "policy"),
    ("rs2563jws", "token and header"),
    ("rs2563jwk", "keys and verifier"),
    ("rs25610candidates", "keys and verifier"),
    ("rs2568verifier", "keys and verifier"),
    ("mem", "memcpy and the like"),
];

/// Octets by module; what belongs to none is the harness and constants without a name.
pub fn modules(path: &Path) -> Result<Vec<(&'static str, u64)>> {
    with(path, |elf| {
        let mut sizes: Vec<(&str, u64)> = Vec::new();
        for symbol in elf.symbols() {
            let name = symbol.name().unwrap_or_default();
            let Some(&(_, module)) = MODULES.iter().find(|(part, _)| name.contains(part)) else {
                continue;
            };
            match sizes.iter_mut().find(|(known, _)| *known == module) {
                _ if module.is_empty() => {}
                Some((_, size)) => *size += symbol.size(),
                None => sizes.push((module, symbol.size())),
            }
        }
        sizes.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
        Ok(sizes)
    })
}

fn with<T>(path: &Path, read: impl FnOnce(&object::File<'_>) -> Result<T>) -> Result<T> {
    let octets = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let elf = object::File::parse(octets.as_slice()).map_err(|error| format!("{}: {error}", path.display()))?;
    read(&elf)
}
