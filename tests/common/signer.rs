// SPDX-License-Identifier: MIT OR Apache-2.0

//! A signer for tests alone: tokens from readable parts, so that a hostile one is written in the test that refuses it.
//!
//! The padding is written out here once more, from the RFC and not from the crate, and the private-key operation is
//! bare, so that a test can sign an encoded message of any form.

use std::sync::OnceLock;

use rs256::{Rsa4096, RsaPublicKey};
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::CryptoRngCore;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey};
use sha2::{Digest, Sha256};

use super::{base64, encode, text};

/// DigestInfo of SHA-256 up to the digest, with the NULL parameter (RFC 8017 section 9.2, note 1).
pub const DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// A private key that guards nothing.
pub struct Signer {
    key: RsaPrivateKey,
}

impl Signer {
    /// The first signer of a file below the root of the crate.
    fn load(file: &str) -> Self {
        Self::read(&text(file))
    }

    /// The signer of the first block of a PEM text.
    fn read(pem: &str) -> Self {
        let is_boundary = |line: &&str| line.starts_with("-----");
        let body: String = pem.lines().skip(1).take_while(|line| !is_boundary(line)).collect();
        let key = RsaPrivateKey::from_pkcs8_der(&base64(&body)).unwrap();
        Self { key }
    }

    /// RSA-2048 with e = 65537: whose tokens the tests accept.
    pub fn good() -> &'static Self {
        Self::nth(0)
    }

    /// One of six signers, RSA-2048 with e = 65537, where a test needs several alike; the first is [`Signer::good`].
    pub fn nth(index: usize) -> &'static Self {
        static SIGNERS: [OnceLock<Signer>; 6] = [const { OnceLock::new() }; 6];
        SIGNERS[index].get_or_init(|| {
            let pem = text("benches/data/private-keys-that-guard-nothing/2048.pem");
            let begin = "-----BEGIN PRIVATE KEY-----";
            let blocks: Vec<&str> = pem.match_indices(begin).map(|(at, _)| &pem[at..]).collect();
            assert_eq!(blocks.len(), SIGNERS.len());
            Self::read(blocks[index])
        })
    }

    /// Another RSA-2048: a second authority, or an attacker.
    pub fn other() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("tests/data/signers/other-2048.pem"))
    }

    /// RSA-4096.
    pub fn large() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("benches/data/private-keys-that-guard-nothing/4096.pem"))
    }

    /// RSA-2048 with e = 3.
    pub fn e3() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("tests/data/signers/e3-2048.pem"))
    }

    /// RSA-2050: 257 octets, of the first of which two bits are used.
    pub fn odd() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("tests/data/signers/odd-2050.pem"))
    }

    /// RSA-2048, whose modulus is also in `tests/data/keys/modulus.hex`.
    pub fn in_flash() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("tests/data/keys/private-pkcs8.pem"))
    }

    /// RSA-1024, which no key type takes.
    pub fn weak() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| Self::load("tests/data/signers/weak-1024.pem"))
    }

    /// The modulus as a number.
    pub fn modulus(&self) -> &BigUint {
        self.key.n()
    }

    /// The modulus, big-endian.
    pub fn n(&self) -> Vec<u8> {
        self.key.n().to_bytes_be()
    }

    /// The public exponent, big-endian.
    pub fn e(&self) -> Vec<u8> {
        self.key.e().to_bytes_be()
    }

    /// Octets of the modulus and of a signature.
    pub fn k(&self) -> usize {
        self.key.size()
    }

    /// The public key.
    pub fn public(&self) -> RsaPublicKey {
        RsaPublicKey::<Rsa4096>::from_be_bytes(&self.n(), &self.e()).unwrap()
    }

    /// The JWK with `members` (JSON, such as `"kid":"a","use":"sig"`) before its numbers.
    pub fn jwk(&self, members: &str) -> String {
        let comma = if members.is_empty() { "" } else { "," };
        let (n, e) = (encode(&self.n()), encode(&self.e()));
        format!(r#"{{"kty":"RSA",{members}{comma}"n":"{n}","e":"{e}"}}"#)
    }

    /// `em` to the power of the private exponent, as k octets. `em` must be below the modulus.
    pub fn raw(&self, em: &[u8]) -> Vec<u8> {
        let m = BigUint::from_bytes_be(em);
        assert!(&m < self.key.n(), "EM is not below the modulus");
        let s = rsa::hazmat::rsa_decrypt(None::<&mut dyn CryptoRngCore>, &self.key, &m).unwrap();
        assert!(self.key.primes().len() == 2);
        octets(&s, self.k())
    }

    /// The RS256 signature over `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.raw(&encoded_message(message, self.k()))
    }

    /// The token of a header's JSON text and the octets of a payload.
    pub fn token(&self, header: &str, payload: impl AsRef<[u8]>) -> String {
        self.seal(&format!("{}.{}", encode(header.as_bytes()), encode(payload.as_ref())))
    }

    /// The token of a signing input, whatever it is.
    pub fn seal(&self, signing_input: &str) -> String {
        format!("{signing_input}.{}", encode(&self.sign(signing_input.as_bytes())))
    }
}

/// SHA-256.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// 00 01 FF … FF 00 `t`, k octets.
pub fn padded(t: &[u8], k: usize) -> Vec<u8> {
    let mut em = vec![0x00, 0x01];
    em.resize(k - t.len() - 1, 0xff);
    em.push(0x00);
    em.extend(t);
    em
}

/// EMSA-PKCS1-v1_5 of SHA-256 over `message`, k octets.
pub fn encoded_message(message: &[u8], k: usize) -> Vec<u8> {
    padded(&[DIGEST_INFO, &sha256(message)].concat(), k)
}

/// A number as exactly `len` octets, big-endian.
pub fn octets(number: &BigUint, len: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    assert!(digits.len() <= len, "the number has {} octets", digits.len());
    let mut out = vec![0; len - digits.len()];
    out.extend(digits);
    out
}
