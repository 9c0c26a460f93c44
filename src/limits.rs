// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every cap of the crate: its name, its number and its reason.

/// Longest token, in octets. Entra tokens with 200 groups stay below 12 KiB and HTTP servers cap one header line at
/// 8 to 64 KiB; with this cap every offset into a decoded segment also fits into 16 bits.
pub const MAX_TOKEN_LEN: usize = 65_536;

/// Longest decoded JOSE header, in octets. Headers seen in the field are 60 to 300 octets; an `x5c` chain needs a
/// few KiB.
pub const MAX_HEADER_LEN: usize = 8 * 1024;

/// Deepest nesting of JSON arrays and objects, the outermost counted as 1. One bit of a `u64` for each level is the
/// whole parser stack; .NET's limit is 64 as well.
pub const MAX_JSON_DEPTH: usize = 64;

/// Most members in a JOSE header, a JWK, or a JWK Set object. RFC 7515 registers 11 header names and RFC 7517 with
/// RFC 7518 fewer than 20 for a key; 32 leaves room for private names.
pub const MAX_MEMBERS: usize = 32;

/// Most members in a claims set. An Entra token with every optional claim has about 60.
pub const MAX_CLAIMS: usize = 256;

/// Longest key identifier kept with a key, in octets. Entra's have 27 or 43, a SHA-256 thumbprint URI (RFC 9278) 88.
pub const MAX_KID_LEN: usize = 96;

/// Shortest modulus, in bits: [RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3) requires it.
pub const MIN_MODULUS_BITS: u32 = 2048;

/// Largest public exponent, 2^33 - 1. Exponents are 65537 nearly everywhere and 3 or 17 in old keys; the few known
/// above 32 bits stay below 2^33, and larger ones would only make a verification slow.
pub const MAX_EXPONENT: u64 = (1 << 33) - 1;
