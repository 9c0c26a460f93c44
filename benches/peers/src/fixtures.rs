// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys, signatures and tokens that every candidate gets: good ones to time, bad ones to refuse.
//!
//! They come from `benches/data`; what is bad in its claims is signed here with the private keys of that folder.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::Value;
use std::path::PathBuf;

pub const ISSUER: &str = "https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0";
pub const AUDIENCE: &str = "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31";
/// Roles in the token; every candidate counts them, so that none can leave them unread.
pub const ROLES: usize = 2;

/// The places in a JWK Set, and in the file of private keys, of the key that signs and of one that does not.
const SIGNER: usize = 2;
const OTHER: usize = 0;

/// Everything that is timed.
pub struct Fixtures {
    pub signed: Vec<Signed>,
    pub tokens: Tokens,
}

/// A public key, as the octets of its numbers, and a JWK Set that holds it.
#[derive(Clone)]
pub struct PublicKey {
    pub n: Vec<u8>,
    pub e: Vec<u8>,
    pub jwk_set: String,
}

/// A signed message, and a key that did not sign it.
pub struct Signed {
    pub bits: u32,
    pub key: PublicKey,
    pub other_key: PublicKey,
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
}

/// A token in the shape of an Entra access token, and tokens that differ from it in one thing.
pub struct Tokens {
    pub key: PublicKey,
    pub other_key: PublicKey,
    pub good: String,
    /// Signed like the bad ones: shows that what they are refused for is not the signing.
    pub also_good: String,
    /// What is wrong, and the token.
    pub bad: Vec<(&'static str, String)>,
    /// The payload of `good`, as text and decoded.
    pub payload_base64url: String,
    pub payload: Vec<u8>,
}

impl PublicKey {
    /// RSAPublicKey of RFC 8017 appendix A.1.1.
    pub fn pkcs1_der(&self) -> Vec<u8> {
        use rsa09::pkcs1::EncodeRsaPublicKey;
        let number = rsa09::BigUint::from_bytes_be;
        let key = rsa09::RsaPublicKey::new_with_max_size(number(&self.n), number(&self.e), 8192).unwrap();
        key.to_pkcs1_der().unwrap().into_vec()
    }
}

pub fn fixtures() -> Fixtures {
    Fixtures {
        signed: [2048, 3072, 4096].map(signed).into(),
        tokens: tokens(),
    }
}

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The key that signs, from the four of an Entra JWK Set, and another that claims its `kid`.
fn keys(bits: u32) -> (PublicKey, PublicKey) {
    let jwk_set = file(&format!("entra-{bits}.jwks.json"));
    let parsed: Value = serde_json::from_str(&jwk_set).unwrap();
    let member = |key: usize, name: &str| parsed["keys"][key][name].as_str().unwrap().to_owned();
    let key = |key: usize, jwk_set: String| PublicKey {
        n: URL_SAFE_NO_PAD.decode(member(key, "n")).unwrap(),
        e: URL_SAFE_NO_PAD.decode(member(key, "e")).unwrap(),
        jwk_set,
    };
    let impostor = serde_json::json!({ "keys": [
        { "kty": "RSA", "kid": member(SIGNER, "kid"), "n": member(OTHER, "n"), "e": member(OTHER, "e") },
    ] });
    (key(SIGNER, jwk_set), key(OTHER, impostor.to_string()))
}

/// The signing input of the Entra token (1716 octets), signed by a key of `bits` bits.
fn signed(bits: u32) -> Signed {
    let (key, other_key) = keys(bits);
    let message = file("entra-2048.jwt")
        .trim_end()
        .rsplit_once('.')
        .unwrap()
        .0
        .as_bytes()
        .to_vec();
    assert_eq!(message.len(), 1716);
    let signature = sign(bits, &message);
    Signed {
        bits,
        key,
        other_key,
        message,
        signature,
    }
}

fn tokens() -> Tokens {
    let (key, other_key) = keys(2048);
    let good = file("entra-2048.jwt").trim_end().to_owned();
    let [header, payload_base64url, signature]: [String; 3] = good
        .split('.')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let payload = URL_SAFE_NO_PAD.decode(&payload_base64url).unwrap();
    assert_eq!((payload.len(), good.len()), (1187, 2059));

    let claims = String::from_utf8(payload.clone()).unwrap();
    let replaced = |old: &str, new: &str| {
        assert_eq!(claims.matches(old).count(), 1, "{old}");
        URL_SAFE_NO_PAD.encode(claims.replace(old, new))
    };
    let signed_anew = |old: &str, new: &str| {
        let input = format!("{header}.{}", replaced(old, new));
        let signature = URL_SAFE_NO_PAD.encode(sign(2048, input.as_bytes()));
        format!("{input}.{signature}")
    };
    let flipped = |place: usize| {
        let mut octets = URL_SAFE_NO_PAD.decode(&signature).unwrap();
        octets[place] ^= 1;
        format!("{header}.{payload_base64url}.{}", URL_SAFE_NO_PAD.encode(octets))
    };
    let bad = vec![
        ("bit flipped in the first octet of the signature", flipped(0)),
        ("bit flipped in the last octet of the signature", flipped(255)),
        (
            "payload replaced",
            format!("{header}.{}.{signature}", replaced("Orders.Approve", "Orders.Destroy")),
        ),
        ("expired", signed_anew("\"exp\":4102444800", "\"exp\":1760003600")),
        ("not yet valid", signed_anew("\"nbf\":1759999700", "\"nbf\":4102440000")),
        ("another issuer", signed_anew(ISSUER, "https://login.example.com/")),
        ("another audience", signed_anew(AUDIENCE, "api://billing.example.com")),
        ("no signature", format!("{header}.{payload_base64url}.")),
    ];
    let also_good = signed_anew("Orders.Approve", "Orders.Destroy");
    Tokens {
        key,
        other_key,
        good,
        also_good,
        bad,
        payload_base64url,
        payload,
    }
}

fn sign(bits: u32, message: &[u8]) -> Vec<u8> {
    let pem = file(&format!("private-keys-that-guard-nothing/{bits}.pem"));
    let block = pem.split_inclusive("-----END PRIVATE KEY-----\n").nth(SIGNER).unwrap();
    let key = PKey::private_key_from_pem(block.as_bytes()).unwrap();
    Signer::new(MessageDigest::sha256(), &key)
        .unwrap()
        .sign_oneshot_to_vec(message)
        .unwrap()
}
