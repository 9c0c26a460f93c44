// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys, signatures and tokens that every candidate gets: good ones to time, bad ones to refuse.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;

pub const ISSUER: &str = "https://login.microsoftonline.com/3f1c0a52-7b7e-4c1a-9d55-0c6d5f2b8e10/v2.0";
pub const AUDIENCE: &str = "api://orders.example.com";
pub const KID: &str = "b1Y3cTRkS2xQd0VtX2FzZ0hqN3k";

/// 2024-01-01 and 2100-01-01.
const NOT_BEFORE: u64 = 1_704_067_200;
const FAR_FUTURE: u64 = 4_102_444_800;

/// Everything that is timed.
pub struct Fixtures {
    pub signed: Vec<Signed>,
    pub tokens: Tokens,
}

/// A public key, as the octets of its numbers.
#[derive(Clone)]
pub struct PublicKey {
    pub n: Vec<u8>,
    pub e: Vec<u8>,
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
    let [key, other] = [2048, 2048].map(|bits| Rsa::generate(bits).unwrap());
    let tokens = tokens(&key, &other);
    let message = tokens.good.rsplit_once('.').unwrap().0.as_bytes().to_vec();
    let signed = [2048, 3072, 4096].map(|bits| {
        let [key, other] = [bits, bits].map(|bits| Rsa::generate(bits).unwrap());
        Signed {
            bits,
            key: public(&key),
            other_key: public(&other),
            signature: sign(&key, &message),
            message: message.clone(),
        }
    });
    Fixtures { signed: signed.into(), tokens }
}

fn tokens(key: &Rsa<Private>, other: &Rsa<Private>) -> Tokens {
    let payload = payload(ISSUER, AUDIENCE, NOT_BEFORE, FAR_FUTURE);
    let good = token(key, &payload);
    assert_eq!((payload.len(), good.len()), (1187, 2059), "the shape that the README promises");

    let flipped = |place: usize| {
        let (input, signature) = good.rsplit_once('.').unwrap();
        let mut octets = URL_SAFE_NO_PAD.decode(signature).unwrap();
        octets[place] ^= 1;
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(octets))
    };
    let with_payload = |payload: String| {
        let mut parts = good.split('.');
        let (header, signature) = (parts.next().unwrap(), parts.nth(1).unwrap());
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(payload))
    };
    let bad = vec![
        ("first octet of the signature", flipped(0)),
        ("last octet of the signature", flipped(255)),
        ("signed by another key", token(other, &payload)),
        ("payload replaced", with_payload(payload.replace("Orders.Read", "Orders.Admi"))),
        ("expired", token(key, &self::payload(ISSUER, AUDIENCE, NOT_BEFORE, NOT_BEFORE + 3600))),
        ("not yet valid", token(key, &self::payload(ISSUER, AUDIENCE, FAR_FUTURE - 3600, FAR_FUTURE))),
        ("another issuer", token(key, &self::payload("https://login.example.com/", AUDIENCE, NOT_BEFORE, FAR_FUTURE))),
        ("another audience", token(key, &self::payload(ISSUER, "api://billing.example.com", NOT_BEFORE, FAR_FUTURE))),
        ("no signature", format!("{}.", good.rsplit_once('.').unwrap().0)),
    ];
    Tokens {
        key: public(key),
        other_key: public(other),
        payload_base64url: good.split('.').nth(1).unwrap().to_owned(),
        payload: payload.into_bytes(),
        good,
        bad,
    }
}

/// The claims of an Entra v2.0 access token; every value is made up.
fn payload(issuer: &str, audience: &str, not_before: u64, expires: u64) -> String {
    let claims = [
        format!(r#""aud":"{audience}","iss":"{issuer}","iat":{not_before},"nbf":{not_before},"exp":{expires}"#),
        r#""aio":"AXQAi/8WAAAAq0h3kT5m1Vb9cZ2yR7uXeN4oLpGsDfJwKtQhBvYxMzCaPnErUiSlOgHdFjWkTbVyXmZqNcRuEaPo=""#.into(),
        r#""azp":"9b0d3c7e-52f1-4a86-b4de-61a7c02f9d35","azpacr":"1","email":"robin.example@contoso.example""#.into(),
        r#""family_name":"Example","given_name":"Robin","name":"Robin Example","ipaddr":"192.0.2.17""#.into(),
        r#""groups":["0f6f8a5e-1c0b-4b8f-8f39-7d2f3a9be001","2a7d91c4-6e5f-4d0a-9c1b-5b8e4f60c002","#.to_owned()
            + r#""7c3b2f18-9a4d-4e6c-a1f7-d05e93b7a003"]"#,
        r#""oid":"5e8a1d6f-3b2c-4f90-8d17-a4c6b9e2f004","preferred_username":"robin.example@contoso.example""#.into(),
        r#""rh":"0.AXoAUgocP357GkydVQxtXyuOEH48DZvxUoZKtN5hp8Avn.","roles":["Orders.Read","Orders.Write","Reports.Run"]"#
            .into(),
        r#""scp":"orders.read orders.write reports.run","sid":"c1d8e7f2-4a3b-4c5d-9e6f-7a8b9c0d1005""#.into(),
        r#""sub":"Qm7hXv2dT9kLpZ4sWnB8cYfR1aGjE6uKoH3iMxVbNqD","tid":"3f1c0a52-7b7e-4c1a-9d55-0c6d5f2b8e10""#.into(),
        r#""unique_name":"robin.example@contoso.example","upn":"robin.example@contoso.example""#.into(),
        r#""uti":"Zr8Kq3Nw5UyTj1VbXmHdAA","login_hint":"O.CiQ1ZThhMWQ2Zi0zYjJjLTRmOTAtOGQxNy1hNGM2Yjl","ver":"2.0","xms_ftd":"k2WmQ8sLz""#.into(),
    ];
    format!("{{{}}}", claims.join(","))
}

fn token(key: &Rsa<Private>, payload: &str) -> String {
    let header = format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{KID}","kid":"{KID}"}}"#);
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = sign(key, input.as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sign(key: &Rsa<Private>, message: &[u8]) -> Vec<u8> {
    let key = PKey::from_rsa(key.clone()).unwrap();
    Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(message).unwrap()
}

fn public(key: &Rsa<Private>) -> PublicKey {
    PublicKey { n: key.n().to_vec(), e: key.e().to_vec() }
}
