// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fixtures of `benches/data`, for every bench.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "fixtures, of which each bench uses its own part"
)]

use base64ct::{Base64UrlUnpadded, Encoding};
use rs256::{Issuer, KeySet, NumericDate, Policy, Rsa4096, RsaPublicKey};
use serde_json::Value;

/// The clock of the fixtures.
pub const NOW: NumericDate = NumericDate::from_secs(1_760_000_000);

pub static ENTRA: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);
pub static SMALL: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"]);

/// One key size with its tokens.
pub struct Fixture {
    pub bits: u32,
    pub jwk_set: &'static [u8],
    pub keys: KeySet<4>,
    pub entra: &'static [u8],
    pub small: &'static [u8],
}

impl Fixture {
    fn new(bits: u32, jwk_set: &'static [u8], entra: &'static [u8], small: &'static [u8]) -> Self {
        let mut keys = KeySet::new();
        keys.replace_from_jwk_set(jwk_set).expect("the fixture is a JWK Set");
        Self {
            bits,
            jwk_set,
            keys,
            entra: entra.trim_ascii_end(),
            small: small.trim_ascii_end(),
        }
    }

    /// The key that signed the tokens.
    pub fn public_key(&self) -> RsaPublicKey {
        let set: Value = serde_json::from_slice(self.jwk_set).expect("JSON");
        // The third of four, as `benches/data/README.md` says.
        let number = |name: &str| {
            let text = set["keys"][2][name].as_str().expect("a string");
            Base64UrlUnpadded::decode_vec(text).expect("base64url")
        };
        RsaPublicKey::<Rsa4096>::from_be_bytes(&number("n"), &number("e")).expect("a key")
    }

    /// The signature of the Entra-shaped token.
    pub fn signature(&self) -> Vec<u8> {
        let [_, _, signature] = self.segments();
        let text = std::str::from_utf8(signature).expect("ASCII");
        Base64UrlUnpadded::decode_vec(text).expect("base64url")
    }

    /// Header, payload and signature of the Entra-shaped token, encoded.
    pub fn segments(&self) -> [&'static [u8]; 3] {
        let mut segments = self.entra.split(|&octet| octet == b'.');
        [(); 3].map(|()| segments.next().expect("three segments"))
    }
}

macro_rules! fixture {
    ($bits:literal) => {
        Fixture::new(
            $bits,
            include_bytes!(concat!("../data/entra-", $bits, ".jwks.json")),
            include_bytes!(concat!("../data/entra-", $bits, ".jwt")),
            include_bytes!(concat!("../data/small-", $bits, ".jwt")),
        )
    };
}

/// 2048, 3072 and 4096 bits.
pub fn fixtures() -> [Fixture; 3] {
    [fixture!(2048), fixture!(3072), fixture!(4096)]
}
