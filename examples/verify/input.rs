// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and token: from files, or the built-in synthetic ones.

use std::fs;
use std::io::Read;
use std::path::Path;

use rs256::limits::{MAX_JWK_SET_LEN, MAX_TOKEN_LEN};
use rs256::{KeySet, Rsa8192, RsaPublicKey};

use crate::Usage;
use crate::arguments::{Arguments, KeySource, TokenSource};

/// More keys than any issuer publishes.
const CAPACITY: usize = 64;

/// Everything that a verification needs beside its policy's switches.
pub(crate) struct Input {
    pub(crate) keys: Box<KeySet<CAPACITY, Rsa8192>>,
    pub(crate) token: Vec<u8>,
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
}

impl Input {
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, Usage> {
        let Some((keys, token)) = &arguments.sources else {
            return Self::built_in(arguments);
        };
        let keys = match keys {
            KeySource::JwkSet(path) => jwk_set(&path.display().to_string(), &read_file(path)?)?,
            KeySource::Pem(path) => pem(&path.display().to_string(), &read_file(path)?)?,
        };
        let mut token = match token {
            TokenSource::File(path) => read_file(path)?,
            TokenSource::StandardInput => read_at_most(std::io::stdin().lock(), "standard input")?,
        };
        if token.last() == Some(&b'\n') {
            token.pop();
        }
        Ok(Self {
            keys,
            token,
            issuers: arguments.issuers.clone(),
            audiences: arguments.audiences.clone(),
        })
    }

    /// A token in the shape of Microsoft Entra ID's, with names and keys that belong to nobody.
    fn built_in(arguments: &Arguments) -> Result<Self, Usage> {
        let or = |given: &[String], default: &str| match given {
            [] => vec![default.to_owned()],
            given => given.to_vec(),
        };
        Ok(Self {
            keys: jwk_set(
                "the built-in key set",
                include_bytes!("../../tests/data/tokens/entra.jwks.json"),
            )?,
            token: include_bytes!("../../tests/data/tokens/entra-accepted.jwt")
                .trim_ascii_end()
                .to_vec(),
            issuers: or(
                &arguments.issuers,
                "https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0",
            ),
            audiences: or(&arguments.audiences, "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"),
        })
    }
}

fn jwk_set(name: &str, json: &[u8]) -> Result<Box<KeySet<CAPACITY, Rsa8192>>, Usage> {
    let mut keys = Box::new(KeySet::new());
    let report = keys
        .replace_from_jwk_set(json)
        .map_err(|error| format!("{name}: {error}"))?;
    for (reason, count) in report.skipped() {
        eprintln!("note: {name}: {count} key(s) passed over: {reason}");
    }
    Ok(keys)
}

fn pem(name: &str, text: &[u8]) -> Result<Box<KeySet<CAPACITY, Rsa8192>>, Usage> {
    let mut buf = vec![0; text.len()];
    let key = RsaPublicKey::from_pem(text, &mut buf).map_err(|error| format!("{name}: {error}"))?;
    Ok(Box::new(KeySet::pinned(&key)))
}

fn read_file(path: &Path) -> Result<Vec<u8>, Usage> {
    let name = path.display().to_string();
    let file = fs::File::open(path).map_err(|error| format!("{name}: {error}"))?;
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
