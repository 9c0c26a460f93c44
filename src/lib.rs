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

// 4. VERIFY: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.2).
mod rs256;

mod backend;

mod error;
pub mod limits;

#[cfg(any(rs256_internals, fuzzing))]
#[doc(hidden)]
pub use backend::internals;
pub use error::{InvalidBase64url, JsonError, JsonErrorKind, KeyError};
pub use rs256::{PreparedKey, Rsa2048, Rsa4096, Rsa8192, RsaPublicKey, RsaSize};
