// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and tokens: from files and standard input, or the built-in synthetic ones.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use rs256::limits::{MAX_JWK_SET_LEN, MAX_TOKEN_LEN};
use rs256::{KeySet, RsaPublicKey};

use super::Usage;
use super::arguments::{KeySource, TokenSource};
use super::inspection::paste::{Token, pasted};
use super::inspection::{Keys, Rules, text};

impl KeySource {
    /// Reads the keys; notes about them go to `err`.
    pub(crate) fn read(&self, err: &mut dyn Write) -> Result<Option<Box<Keys>>, Usage> {
        let built_in = include_bytes!("../../../tests/data/tokens/entra.jwks.json");
        match self {
            Self::None => Ok(None),
            Self::BuiltIn => jwk_set("the built-in key set", built_in, err).map(Some),
            Self::JwkSet(path) => jwk_set(&path.display().to_string(), &read_file(path)?, err).map(Some),
            Self::Pem(path) => pem(&path.display().to_string(), &read_file(path)?).map(Some),
        }
    }
}

impl TokenSource {
    /// Reads the token, or several.
    pub(crate) fn read(&self, stdin: &mut dyn Read) -> Result<Vec<Token>, Usage> {
        let (from, mut octets) = match self {
            // A token in the shape of Microsoft Entra ID's, with names and keys that belong to nobody.
            Self::BuiltIn => (
                "built-in token".to_owned(),
                include_bytes!("../../../tests/data/tokens/entra-accepted.jwt").to_vec(),
            ),
            Self::File(path) => (path.display().to_string(), read_file(path)?),
            Self::StandardInput => ("standard input".to_owned(), read_at_most(stdin, "standard input")?),
        };
        if octets.last() == Some(&b'\n') {
            octets.pop();
        }
        Ok(pasted(&from, &octets))
    }
}

/// What the built-in token is checked for, unless something else is asked for.
pub(crate) fn built_in_rules(rules: &mut Rules) {
    if rules.issuers.is_empty() {
        rules
            .issuers
            .push("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0".into());
    }
    if rules.audiences.is_empty() {
        rules.audiences.push("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31".into());
    }
}

fn jwk_set(name: &str, json: &[u8], err: &mut dyn Write) -> Result<Box<Keys>, Usage> {
    let mut keys = Box::new(KeySet::new());
    let report = keys
        .replace_from_jwk_set(json)
        .map_err(|error| format!("{name}: {error}"))?;
    for (reason, count) in report.skipped() {
        let name = text::safe(name);
        let _ = writeln!(err, "note: {name}: {count} key(s) passed over: {reason}");
    }
    Ok(keys)
}

fn pem(name: &str, text: &[u8]) -> Result<Box<Keys>, Usage> {
    let mut buf = vec![0; text.len()];
    let key = RsaPublicKey::from_pem(text, &mut buf).map_err(|error| format!("{name}: {error}"))?;
    Ok(Box::new(KeySet::pinned(&key)))
}

fn read_file(path: &Path) -> Result<Vec<u8>, Usage> {
    let name = path.display().to_string();
    let file = fs::File::open(path).map_err(|error| {
        if name.starts_with("ey") && name.contains('.') {
            // It is in the shell's history now; no need to print it as well.
            "a token is given by a file or on standard input, not on the command line: other users of this machine can \
             read command lines"
                .to_owned()
        } else {
            format!("{name}: {error}")
        }
    })?;
    read_at_most(file, &name)
}

/// Reads a little more than the largest input that could be accepted, so that a device file does not fill the memory.
fn read_at_most(source: impl Read, name: &str) -> Result<Vec<u8>, Usage> {
    let largest = MAX_JWK_SET_LEN.max(MAX_TOKEN_LEN) + 2;
    let mut octets = Vec::new();
    let limit = u64::try_from(largest).unwrap_or(u64::MAX);
    source
        .take(limit)
        .read_to_end(&mut octets)
        .map_err(|error| format!("{name}: {error}"))?;
    Ok(octets)
}
