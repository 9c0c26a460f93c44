// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every cap of the crate: its name, its number and its reason.

/// Longest token, in octets. Entra tokens with 200 groups stay below 12 KiB and HTTP servers cap one header line at
/// 8 to 64 KiB; with this cap every offset into a decoded segment also fits into 16 bits.
pub const MAX_TOKEN_LEN: usize = 65_536;

/// Longest decoded JOSE header, in octets. Headers seen in the field are 60 to 300 octets; an `x5c` chain needs a
/// few KiB.
pub const MAX_HEADER_LEN: usize = 8 * 1024;

/// Longest JWK Set, in octets, and with it the longest JSON text of any kind. A key with its certificate chain takes
/// about 3 KiB, and the largest sets seen in the field hold some 200 keys; offsets into it fit into 20 bits.
pub const MAX_JWK_SET_LEN: usize = 1024 * 1024;

/// Deepest nesting of JSON arrays and objects, the outermost counted as 1. One bit of a `u64` for each level is the
/// whole parser stack; .NET's limit is 64 as well.
pub const MAX_JSON_DEPTH: usize = 64;

/// Most members in a JOSE header, a JWK, or a JWK Set object. RFC 7515 registers 11 header names and RFC 7517 with
/// RFC 7518 fewer than 20 for a key; 32 leaves room for private names.
pub const MAX_MEMBERS: usize = 32;

/// Most members in a claims set. An Entra token with every optional claim has about 60.
pub const MAX_CLAIMS: usize = 256;

/// Most members in an openid-configuration document. Entra's have about 25, AD FS's about 30, the fullest known ones of
/// other servers about 70.
pub const MAX_DISCOVERY_MEMBERS: usize = 128;

/// Longest key identifier kept with a key, in octets. Entra's have 27 or 43, a SHA-256 thumbprint URI (RFC 9278) 88.
pub const MAX_KID_LEN: usize = 96;

/// Longest `x5t` kept with a key, in octets: a SHA-1 thumbprint is 27 characters of base64url, and some issuers write
/// it as 40 hexadecimal digits. A longer one counts as absent.
pub const MAX_X5T_LEN: usize = 40;

/// Longest `issuer` member kept with a key, in octets. Microsoft Entra External ID's, the longest known, has 101.
pub const MAX_KEY_ISSUER_LEN: usize = 128;

/// Longest `cloud_instance_name` member kept with a key, in octets. `partner.microsoftonline.cn`, the longest known,
/// has 26.
pub const MAX_CLOUD_INSTANCE_NAME_LEN: usize = 48;

/// Longest signature, in octets: that of the largest key type, [`Rsa8192`](crate::Rsa8192).
pub const MAX_SIGNATURE_LEN: usize = 8192 / 8;

/// Shortest modulus, in bits: [RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3) requires it.
pub const MIN_MODULUS_BITS: u32 = 2048;

/// Largest public exponent, 2^33 - 1. Exponents are 65537 nearly everywhere and 3 or 17 in old keys; the few known
/// above 32 bits stay below 2^33, and larger ones would only make a verification slow.
pub const MAX_EXPONENT: u64 = (1 << 33) - 1;

/// Seconds between two fetches of an issuer's keys when nothing asks for one. Microsoft asks for a refresh once an hour,
/// and a key withdrawn in an emergency should not live for longer.
pub const REFRESH_SECS: u32 = 3600;

/// Fewest seconds between the start of a fetch and one for an unknown `kid`. Microsoft asks for at most one in five
/// minutes: anybody can write a new `kid` into a token.
pub const UNKNOWN_KID_SECS: u32 = 300;

/// Most seconds for which keys are used without a good fetch. Long enough for an issuer's bad day, short enough that
/// whoever blocks the fetch does not keep a withdrawn key alive; Microsoft's advice for keeping keys is the same.
pub const MAX_STALE_SECS: u32 = 24 * 3600;

/// Seconds after which a fetch without an answer counts as failed. A JWK Set has some KiB; 30 seconds are what HTTP
/// clients allow by default.
pub const FETCH_TIMEOUT_SECS: u32 = 30;

/// Seconds from the first failed fetch to the next one; doubled for each further failure.
pub const FIRST_RETRY_SECS: u32 = 5;

/// Most seconds from a failed fetch to the next one. An issuer that is back is found within minutes.
pub const LAST_RETRY_SECS: u32 = 300;

/// Shortest interval that a rotation can be set to, in seconds: a fetch takes some, and nobody wants to be hammered.
pub const MIN_INTERVAL_SECS: u32 = 10;
