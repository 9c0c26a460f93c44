// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens and keys of `benches/data`, and their numbers taken apart at compile time, so that programs for the RSA
//! operation alone hold no other code.

pub use rs256::{Issuer, Policy};

pub const NOW: u64 = 1_760_000_000;

pub static SMALL_POLICY: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"]);
pub static ENTRA_POLICY: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);

/// The fixtures of one modulus size. Each is a `static` of its own, so that a program holds those that it names, and so
/// that their sizes can be read from the symbol table and taken off the size of the program.
macro_rules! fixtures {
    ($name:ident, $bits:literal, $size:ident) => {
        pub mod $name {
            use rs256::{RsaPublicKey, $size};

            use super::{after, base64url, last_dot};

            const KEYS_TEXT: &[u8] = include_bytes!(concat!("../../../../benches/data/one-", $bits, ".jwks.json"));
            const ENTRA_KEYS_TEXT: &[u8] =
                include_bytes!(concat!("../../../../benches/data/entra-", $bits, ".jwks.json"));
            const TOKEN_TEXT: &[u8] =
                include_bytes!(concat!("../../../../benches/data/small-", $bits, ".jwt")).trim_ascii_end();
            const ENTRA_TOKEN_TEXT: &[u8] =
                include_bytes!(concat!("../../../../benches/data/entra-", $bits, ".jwt")).trim_ascii_end();
            const DOT: usize = last_dot(TOKEN_TEXT);

            /// Key set of the one key that signs.
            pub static KEYS: [u8; KEYS_TEXT.len()] = *KEYS_TEXT.as_array().unwrap();
            /// Key set as Entra publishes it.
            pub static ENTRA_KEYS: [u8; ENTRA_KEYS_TEXT.len()] = *ENTRA_KEYS_TEXT.as_array().unwrap();
            /// A small token.
            pub static TOKEN: [u8; TOKEN_TEXT.len()] = *TOKEN_TEXT.as_array().unwrap();
            /// A token with the claims of Entra's version 2.0.
            pub static ENTRA_TOKEN: [u8; ENTRA_TOKEN_TEXT.len()] = *ENTRA_TOKEN_TEXT.as_array().unwrap();
            /// The modulus.
            pub static N: [u8; $bits / 8] = base64url(KEYS_TEXT, after(KEYS_TEXT, b"\"n\":\""));
            /// The key, as it lies in flash.
            pub static KEY: RsaPublicKey<$size> = match RsaPublicKey::<$size>::from_be_bytes(&N, &[1, 0, 1]) {
                Ok(key) => key,
                Err(_) => panic!("no key"),
            };
            /// The signature of `TOKEN`.
            pub static SIGNATURE: [u8; $bits / 8] = base64url(TOKEN_TEXT, DOT + 1);
            /// SHA-256 of the signing input of `TOKEN`.
            pub static DIGEST: [u8; 32] = sha2_const_stable::Sha256::new()
                .update(TOKEN_TEXT.split_at(DOT).0)
                .finalize();
        }
    };
}

fixtures!(rsa2048, 2048, Rsa2048);
fixtures!(rsa3072, 3072, Rsa3072);
fixtures!(rsa4096, 4096, Rsa4096);

/// A good signature over a payload that is no JSON object; see `data/make.sh`.
pub static NOT_CLAIMS: &[u8] = include_bytes!("../data/not-claims-2048.jwt").trim_ascii_end();
/// A key set without the key that signs.
pub static OTHER_KEYS: &[u8] = include_bytes!("../../../../benches/data/adfs-2048.jwks.json");
/// A key file.
pub static PEM: &[u8] = include_bytes!("../../../data/keys/spki.pem");

const fn last_dot(text: &[u8]) -> usize {
    let mut i = text.len() - 1;
    while text[i] != b'.' {
        i -= 1;
    }
    i
}

/// Where `text` goes on after the first `wanted`.
const fn after(text: &[u8], wanted: &[u8]) -> usize {
    let mut start = 0;
    loop {
        let mut i = 0;
        while i < wanted.len() && text[start + i] == wanted[i] {
            i += 1;
        }
        if i == wanted.len() {
            return start + i;
        }
        start += 1;
    }
}

const fn base64url<const LEN: usize>(text: &[u8], start: usize) -> [u8; LEN] {
    let mut out = [0; LEN];
    let (mut at, mut len, mut bits, mut count) = (start, 0, 0_u32, 0);
    while len < LEN {
        let symbol = match text[at] {
            c @ b'A'..=b'Z' => c - b'A',
            c @ b'a'..=b'z' => c - b'a' + 26,
            c @ b'0'..=b'9' => c - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => panic!("not base64url"),
        };
        bits = bits << 6 | symbol as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out[len] = (bits >> count) as u8;
            len += 1;
        }
        at += 1;
    }
    out
}
