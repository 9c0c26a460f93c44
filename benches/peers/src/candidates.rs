// SPDX-License-Identifier: MIT OR Apache-2.0

//! The peers, one file for each.
//!
//! A candidate is prepared with one key, outside the timed part, in the way that its documentation calls fastest, and
//! then answers yes or no.

pub mod aws_lc;
pub mod base64url;
pub mod by_hand;
pub mod graviola;
pub mod json;
pub mod jsonwebtoken;
pub mod jwt_compact;
pub mod jwt_simple;
pub mod openssl;
pub mod ring;
pub mod rsa;

use crate::fixtures::PublicKey;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whether a signature of a message is good: RS256, the hash included.
pub type VerifySignature = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// Whether a token is good: signature, `iss`, `aud`, `exp` and `nbf`, with 60 s of leeway. Custom claims are read too.
pub type VerifyToken = Box<dyn Fn(&str) -> bool>;

/// A name, and how to prepare the candidate with a key.
pub type Signatures = (&'static str, fn(&PublicKey) -> VerifySignature);

/// A name, and how to prepare the candidate with a key.
pub type TokensOf = (&'static str, fn(&PublicKey) -> VerifyToken);

/// Seconds since the epoch, from the system's clock.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
