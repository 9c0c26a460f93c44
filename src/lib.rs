// SPDX-License-Identifier: MIT OR Apache-2.0

//! RS256 JSON Web Token verification without an allocator.
#![no_std]
#![deny(unsafe_code)]

#[cfg(test)]
extern crate std;

// 1. PARSE: JWS Compact Serialization into borrowed segments (RFC 7515 section 7.1).
// mod jws;

// 2. DECODE: strict base64url, bounded non-recursive JSON.
// mod base64url; mod json;

mod backend;
mod error;
pub mod limits;

pub use error::{InvalidBase64url, JsonError, JsonErrorKind, KeyError};
