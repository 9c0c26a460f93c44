// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the fuzz targets run, each a plain function of octets, so that a test can replay the corpora on stable.
//!
//! Every function holds the crate against an oracle that shares no code with it. Where the two may differ, a line with
//! `RULE` in the oracle says why.

pub mod base64url;
pub mod bearer;
pub mod cache;
pub mod claims;
pub mod compact;
pub mod discovery;
pub mod entra;
pub mod header;
pub mod json;
pub mod jwk_set;
pub mod key_file;
pub mod model;
pub mod recipe;
pub mod rotation;
pub mod rsa;
pub mod smooth;
pub mod token;
pub mod verdicts;

/// A target: its name, which is that of its corpus, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("base64url", base64url::run),
    ("bearer", bearer::run),
    ("cache", cache::run),
    ("claims", claims::run),
    ("compact", compact::run),
    ("discovery", discovery::run),
    ("entra", entra::run),
    ("header", header::run),
    ("json", json::run),
    ("jwk_set", jwk_set::run),
    ("key_file", key_file::run),
    ("rotation", rotation::run),
    ("rsa", rsa::run),
    ("token", token::run),
];
