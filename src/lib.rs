// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
//!
//! # The pipeline
//!
//! [`Verifier::verify`] is the five stages, in this order; each module of the crate belongs to one of them.
#![no_std]
#![deny(unsafe_code)]
// Vector code for x86-64, text that it has looked at, and the assembly for Cortex-M need it; no other build has any.
#![cfg_attr(
    not(any(
        target_arch = "x86_64",
        all(
            target_arch = "arm",
            any(feature = "cortex-m-dsp", all(feature = "cortex-m0", not(target_has_atomic = "32")))
        )
    )),
    forbid(unsafe_code)
)]
#![warn(unreachable_pub)]
// For the crate alone; tests, benches and examples have `std` and convert as they like.
#![warn(clippy::mod_module_files)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![warn(clippy::alloc_instead_of_core, clippy::as_conversions, clippy::std_instead_of_core)]

#[cfg(test)]
extern crate std;

// The five stages composed, and the types between them.
mod verifier;

// 1. PARSE: JWS Compact Serialization into borrowed segments (RFC 7515 section 7.1).
// 2. DECODE: the JOSE header; nothing is believed yet.
mod jws;

// 2. DECODE: strict base64url (RFC 4648 section 5) into a caller's buffer.
mod base64url;

// 2. DECODE: bounded, non-recursive JSON (RFC 8259); duplicate names refused.
mod json;

// 1. and 2.: finding octets by the block; vector registers of x86-64 behind safe functions.
#[cfg(target_arch = "x86_64")]
mod lanes;
mod octets;

// 3. KEY LOOKUP: JWK Sets (RFC 7517), DER and PEM; selection by `kid` or `x5t`.
mod jwk;

// 3. KEY LOOKUP: across several authorities.
mod candidates;

// 4. VERIFY: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.2).
mod rs256;

// 4. VERIFY: many tokens, eight at a time where the CPU can.
pub mod batch;

// 4. VERIFY: the RSA operation on a peripheral, every check around it here.
pub mod accelerator;

// 4. VERIFY: the only door to RSA arithmetic.
mod backend;

// 5. CLAIMS: registered claims as borrowed views (RFC 7519 section 4.1).
mod claims;

// 5. POLICY: iss, aud, exp, nbf, … against (policy, now).
mod policy;

// 5. POLICY: Microsoft Entra ID and AD FS as policy data.
pub mod adfs;
pub mod entra;

// 3. KEY LOOKUP: where an authority says that its keys are.
pub mod discovery;

// Roles of the application, from whatever claims an accepted token has.
pub mod roles;

// The caller's own claims struct.
#[cfg(feature = "serde")]
mod deserialize;

// Around the pipeline: a token that comes again costs no RSA operation.
pub mod cache;

// Around the pipeline: when to fetch an issuer's keys again, and when the old ones are too old.
pub mod rotation;

// Around the pipeline: every check and its outcome, for people.
pub mod report;

mod error;
#[cfg(any(rs256_internals, fuzzing))]
#[doc(hidden)]
pub mod internals;
pub mod limits;

pub use claims::{Claims, NumericDate, StringOrArray};
#[cfg(feature = "serde")]
pub use deserialize::DeserializeError;
pub use error::{
    AuthorizationError, BufferTooSmall, ClaimsError, DerError, Error, HeaderError, InvalidBase64url, InvalidSignature,
    JsonError, JsonErrorKind, JwsError, KeyError, KeySelectionError, PemError, PolicyError, ProviderClaim,
    RegisteredClaim,
};
pub use json::{JsonArray, JsonNumber, JsonObject, JsonStr, JsonValue};
pub use jwk::{KeyFileError, KeySet, KeySetRef, LoadError, LoadReport, SigningKey, SkipReason};
pub use jws::{CompactJws, JoseHeader, bearer, bearer_only};
pub use policy::{Check, Issuer, Leeway, Policy, Revocation, TokenView};
pub use rs256::{PreparedKey, Rsa2048, Rsa3072, Rsa4096, Rsa8192, RsaPublicKey, RsaSize};
pub use verifier::{AcceptedToken, Authority, PendingJws, VerifiedJws, Verifier};
