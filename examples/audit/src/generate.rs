// SPDX-License-Identifier: MIT OR Apache-2.0

//! Synthetic tokens: a few keys that guard nothing, many tokens that differ, and a text of any length that repeats them.

use std::io::{self, BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rs256::NumericDate;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};

pub const ISSUER: &str = "https://login.example.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0";
pub const AUDIENCE: &str = "api://orders";

/// As many as Entra publishes at a time.
const KEYS: usize = 4;

/// What is wrong with one token in a hundred, each in its turn, and the code of its verdict.
const FAULTS: [(Fault, &str); 8] = [
    (Fault::Signature, "invalid_signature"),
    (Fault::Claim("exp", 1_000_000_000), "expired"),
    (Fault::Claim("nbf", 4_102_444_800), "not_yet_valid"),
    (Fault::Audience, "audience"),
    (Fault::Issuer, "issuer"),
    (Fault::Kid, "unknown_key"),
    (Fault::Algorithm, "algorithm"),
    (Fault::Truncated, "segment_count"),
];

#[derive(Clone, Copy)]
enum Fault {
    Signature,
    Claim(&'static str, u64),
    Audience,
    Issuer,
    Kid,
    Algorithm,
    Truncated,
}

pub struct Synthetic {
    jwk_set: String,
    text: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Synthetic {
    /// `distinct` tokens that are good now, but for one in a hundred.
    pub fn new(distinct: usize, now: NumericDate) -> rsa::Result<Self> {
        let mut rng = rand::thread_rng();
        let keys = (0..KEYS)
            .map(|_| RsaPrivateKey::new(&mut rng, 2048))
            .collect::<Result<Vec<_>, _>>()?;
        let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let jwk = |(number, key): (usize, &RsaPrivateKey)| json!({ "kty": "RSA", "use": "sig", "kid": kid(number), "n": encode(key.n()), "e": encode(key.e()) });
        let jwk_set = json!({ "keys": keys.iter().enumerate().map(jwk).collect::<Vec<_>>() });
        let signers: Vec<_> = keys.into_iter().map(SigningKey::<Sha256>::new).collect();

        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for number in 0..distinct {
            text.extend_from_slice(token(number, now, &signers).as_bytes());
            text.push(b'\n');
            ends.push(text.len());
        }
        Ok(Self {
            jwk_set: jwk_set.to_string(),
            text,
            ends,
        })
    }

    pub fn jwk_set(&self) -> &str {
        &self.jwk_set
    }

    /// So many lines: the tokens again and again.
    pub fn lines(&self, lines: u64) -> Cycle<'_> {
        let distinct = self.ends.len() as u64;
        let (rounds, rest) = (lines / distinct, (lines % distinct) as usize);
        let rest = rest.checked_sub(1).map_or(0, |last| self.ends[last] as u64);
        Cycle {
            text: &self.text,
            position: 0,
            left: rounds * self.text.len() as u64 + rest,
        }
    }
}

fn kid(number: usize) -> String {
    format!("synthetic-key-number-{number}-x")
}

/// Claims in the shape of an Entra access token's, and as long.
fn token(number: usize, now: NumericDate, signers: &[SigningKey<Sha256>]) -> String {
    let fault = number
        .is_multiple_of(100)
        .then(|| FAULTS[number / 100 % FAULTS.len()].0);
    let (signer, now) = (number % signers.len(), now.as_secs());
    let mut header = json!({ "typ": "JWT", "alg": "RS256", "kid": kid(signer) });
    let mut claims = json!({
        "aud": AUDIENCE, "iss": ISSUER, "iat": now, "nbf": now, "exp": now + 86_400,
        "azp": "5d8f2c1a-7b3e-4a96-8c0d-1e4f6a9b2c3d", "azpacr": "1", "name": format!("Synthetic Person {number}"),
        "oid": format!("{number:08x}-3a5b-4c7d-8e9f-0a1b2c3d4e5f"),
        "preferred_username": format!("person{number}@contoso.example"),
        "roles": ["Orders.Read", "Orders.Approve"], "scp": "orders.read orders.write",
        "sub": format!("{number:x}-AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJ"),
        "tid": "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14", "uti": format!("uti-{number}"), "ver": "2.0",
    });
    match fault {
        Some(Fault::Claim(name, date)) => claims[name] = date.into(),
        Some(Fault::Audience) => claims["aud"] = "api://billing".into(),
        Some(Fault::Issuer) => claims["iss"] = "https://login.example.com/another/v2.0".into(),
        Some(Fault::Kid) => header["kid"] = "nobody".into(),
        Some(Fault::Algorithm) => header["alg"] = "RS384".into(),
        Some(Fault::Signature | Fault::Truncated) | None => {}
    }
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(&header), encode(&claims));
    let mut signature = signers[signer].sign(input.as_bytes()).to_vec();
    match fault {
        Some(Fault::Truncated) => return input,
        Some(Fault::Signature) => signature[100] ^= 1,
        _ => {}
    }
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A text that begins again when it ends, for a while.
pub struct Cycle<'s> {
    text: &'s [u8],
    position: usize,
    left: u64,
}

impl BufRead for Cycle<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let rest = &self.text[self.position..];
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(&rest[..rest.len().min(left)])
    }

    fn consume(&mut self, octets: usize) {
        self.position = (self.position + octets) % self.text.len();
        self.left -= octets as u64;
    }
}

impl Read for Cycle<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let octets = text.len().min(buf.len());
        buf[..octets].copy_from_slice(&text[..octets]);
        self.consume(octets);
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use indicatif::ProgressBar;
    use rs256::{Issuer, KeySet, Policy, Verifier};

    use super::*;
    use crate::audit::{Verdicts, audit};
    use crate::input;

    /// Every verdict is the one that the token was made for: from memory, from a file and from a gzip file, on one
    /// thread and on several.
    #[test]
    fn verdicts_are_those_that_were_made() {
        const LINES: u64 = 2500;
        let now = NumericDate::from_secs(1_800_000_000);
        let synthetic = Synthetic::new(1000, now).unwrap();
        let mut expected = Verdicts(BTreeMap::from([("accepted", LINES - 25)]));
        for index in (0..LINES).filter(|index| index % 1000 % 100 == 0) {
            let code = FAULTS[(index % 1000 / 100) as usize % FAULTS.len()].1;
            *expected.0.entry(code).or_default() += 1;
        }

        let mut keys = KeySet::<8>::new();
        keys.replace_from_jwk_set(synthetic.jwk_set().as_bytes()).unwrap();
        let policy = Policy::new(Issuer::exact(ISSUER), &[AUDIENCE]);
        let verifier = Verifier::new(&keys, &policy);
        let bar = ProgressBar::hidden();
        assert_eq!(audit(&verifier, now, synthetic.lines(LINES), &bar).unwrap(), expected);
        for (name, threads) in [("lines", 1), ("lines.gz", 3)] {
            let path = std::env::temp_dir().join(format!("rs256-audit-{}-{name}", std::process::id()));
            let mut file = input::create(&path).unwrap();
            io::copy(&mut synthetic.lines(LINES), &mut file).unwrap();
            file.finish().unwrap();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let input = input::open(Some(&path)).unwrap();
            let found = pool.install(|| audit(&verifier, now, input.text, &bar)).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}
