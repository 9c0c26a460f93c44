// SPDX-License-Identifier: MIT OR Apache-2.0

//! Puts the page together: builds the WebAssembly and writes one HTML file that holds it, its script and its style.
//!
//! The page's Content-Security-Policy names script and style by their hashes and forbids everything else, connections
//! included, so that nothing that is pasted can leave.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// Most octets of the WebAssembly: what the README promises.
const MOST: usize = 150 * 1024;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wasm = fs::read(build_wasm(here)?)?;
    if wasm.len() > MOST {
        return Err(io::Error::other(format!(
            "the WebAssembly has {} octets, more than {MOST}",
            wasm.len()
        )));
    }
    let read = |name: &str| fs::read_to_string(here.join("page").join(name));
    let (style, script) = (read("style.css")?, read("app.js")?);
    let policy = [
        "default-src 'none'",
        "connect-src 'none'",
        &format!("script-src '{}' 'wasm-unsafe-eval'", hash(&script)),
        &format!("style-src '{}'", hash(&style)),
        "img-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    .join("; ");
    // The synthetic token and keys of the root package's example, for a first look.
    let example = |name: &str| fs::read_to_string(here.join("../../tests/data/tokens").join(name));
    let page = read("index.html")?
        .replace("{{policy}}", &policy)
        .replace("{{example-token}}", example("entra-accepted.jwt")?.trim())
        .replace("{{example-keys}}", example("entra.jwks.json")?.trim())
        .replace("{{wasm}}", &Base64::encode_string(&wasm))
        .replace("{{style}}", &style)
        .replace("{{script}}", &script);
    if page.contains("{{") {
        return Err(io::Error::other("a place of the page was left empty"));
    }
    let file = here.join("rs256-inspector.html");
    fs::write(&file, &page)?;
    println!("WebAssembly: {} octets; page: {} octets", wasm.len(), page.len());
    println!("{}", fs::canonicalize(&file)?.display());
    Ok(())
}

/// Builds the package `wasm`; where the file is.
fn build_wasm(here: &Path) -> io::Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let target_dir = match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => here.join("target"),
    };
    // The compact form of SHA-256, and no paths of this machine in the file.
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")));
    let mut flags = "--cfg sha2_backend_soft=\"compact\"".to_owned();
    for (folder, name) in [
        (home.ok(), "cargo"),
        (
            fs::canonicalize(here.join("../.."))
                .ok()
                .map(|path| path.display().to_string()),
            "rs256",
        ),
    ] {
        if let Some(folder) = folder {
            flags += &format!("\u{1f}--remap-path-prefix={folder}={name}");
        }
    }
    let flags = flags.replacen(' ', "\u{1f}", 1);
    let done = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(here)
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "rs256-inspector-wasm",
            "--target",
            TARGET,
        ])
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .status()?;
    if !done.success() {
        return Err(io::Error::other(format!(
            "the WebAssembly was not built; `rustup target add {TARGET}` may help"
        )));
    }
    Ok(target_dir.join(TARGET).join("release/rs256_inspector_wasm.wasm"))
}

/// The source of a script or style as a Content-Security-Policy names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(text)))
}
