// SPDX-License-Identifier: MIT OR Apache-2.0

//! WebAssembly in place of an emulated board: the interpreter counts fuel, about one unit an instruction.

use std::path::Path;

use wasmi::{Caller, CompilationMode, Config, Engine, Linker, Module, Store};

use crate::Result;

/// More than any program here burns.
const FUEL: u64 = 1 << 40;

/// The names that programs import, all of them in `host`.
const IMPORTS: [&str; 2] = ["print", "ticks"];

/// Sections of a module that hold code.
const CODE_SECTION: u8 = 10;

/// Runs a program and returns what it printed; an error unless it ended well.
pub fn run(path: &Path) -> Result<String> {
    let fault = |error: wasmi::Error| format!("{}: {error}", path.display());
    // Compiled beforehand, because compiling burns fuel too.
    let engine = Engine::new(
        Config::default()
            .consume_fuel(true)
            .compilation_mode(CompilationMode::Eager),
    );
    let module = Module::new(&engine, read(path)?).map_err(fault)?;
    let mut store = Store::new(&engine, String::new());
    store.set_fuel(FUEL).map_err(fault)?;
    let mut linker = Linker::<String>::new(&engine);
    let print = |mut caller: Caller<'_, String>, octet: u32| {
        let octet = u8::try_from(octet).unwrap_or(b'?');
        caller.data_mut().push(char::from(octet));
    };
    // The counter has 32 bits, and differences of it are what counts.
    let ticks = |caller: Caller<'_, String>| (FUEL - caller.get_fuel().unwrap_or(0)) as u32;
    linker
        .func_wrap("host", IMPORTS[0], print)
        .and_then(|linker| linker.func_wrap("host", IMPORTS[1], ticks))
        .map_err(|error| fault(error.into()))?;
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(fault)?;
    let program = instance
        .get_typed_func::<(), u32>(&store, "run_program")
        .map_err(fault)?;
    let good = program.call(&mut store, ()).map_err(fault)?;
    let text = store.into_data();
    if good == 1 {
        Ok(text)
    } else {
        Err(format!("{} ended with {good}:\n{text}", path.display()))
    }
}

/// Refuses a module that wants anything but output and a counter. What `panic-never` refers to becomes an import, and
/// so would an allocator.
pub fn refuse_imports(path: &Path) -> Result<()> {
    let module =
        Module::new(&Engine::default(), read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    match module
        .imports()
        .find(|import| import.module() != "host" || !IMPORTS.contains(&import.name()))
    {
        None => Ok(()),
        Some(import) => Err(format!("undefined symbol {} in {}", import.name(), path.display())),
    }
}

/// Octets of code. Constants are left out, because the fixtures cannot be told from them.
pub fn code(path: &Path) -> Result<u64> {
    let octets = read(path)?;
    let mut rest = octets.get(8..).unwrap_or_default();
    while let Some((&id, after)) = rest.split_first() {
        let (len, after) = leb128(after).ok_or("not a WebAssembly module")?;
        if id == CODE_SECTION {
            return Ok(len as u64);
        }
        rest = after.get(len..).ok_or("not a WebAssembly module")?;
    }
    Err(format!("{}: no code", path.display()))
}

fn leb128(octets: &[u8]) -> Option<(usize, &[u8])> {
    let end = octets.iter().position(|octet| octet & 0x80 == 0)?;
    let (number, rest) = octets.split_at_checked(end + 1)?;
    Some((
        number
            .iter()
            .rev()
            .fold(0, |number, octet| number << 7 | usize::from(octet & 0x7f)),
        rest,
    ))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let path = path.with_extension("wasm");
    std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}
