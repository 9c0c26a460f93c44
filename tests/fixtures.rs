// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fixtures that benches and examples use are what their README files say, and verify.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{base64, base64url, read, text};
use rs256::{
    Error, Issuer, KeyFileError, KeySet, Leeway, NumericDate, PemError, Policy, Rsa2048, Rsa4096, RsaPublicKey,
    Verifier,
};

const CLOCK: NumericDate = NumericDate::from_secs(1_760_000_000);
const TOKENS: &str = "tests/data/tokens";

static ENTRA: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);
static SMALL: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://orders"]);
static ADFS: Policy<'static> = Policy::new(
    Issuer::exact("http://fs.contoso.example/adfs/services/trust"),
    &["microsoft:identityserver:https://orders.contoso.example/api"],
);
static DOC: Policy<'static> = Policy::new(
    Issuer::exact("https://login.example.com/contoso/v2.0"),
    &["api://orders"],
);

fn keys(file: &str, count: usize) -> KeySet<4, Rsa4096> {
    let mut keys = KeySet::new();
    keys.replace_from_jwk_set(&read(file)).unwrap();
    assert_eq!(keys.len(), count, "{file}");
    keys
}

fn verdict(token: &str, keys: &KeySet<4, Rsa4096>, policy: &Policy<'_>) -> Result<(), Error> {
    let mut buf = [0; 2048];
    Verifier::new(keys, policy).verify(token, CLOCK, &mut buf).map(|_| ())
}

#[test]
fn bench_tokens_are_accepted_and_as_large_as_their_names_promise() {
    for (bits, entra_chars, small_chars) in [(2048, 2059, 690), (3072, 2229, 860), (4096, 2400, 1031)] {
        let set = |name: &str, count| keys(&format!("benches/data/{name}-{bits}.jwks.json"), count);
        let token = |name: &str| text(&format!("benches/data/{name}-{bits}.jwt"));
        let (entra, small, adfs) = (token("entra"), token("small"), token("adfs"));

        for keys in [set("entra", 4), set("one", 1)] {
            assert_eq!(verdict(&entra, &keys, &ENTRA), Ok(()));
            assert_eq!(verdict(&small, &keys, &SMALL), Ok(()));
            assert!(verdict(&adfs, &keys, &ADFS).is_err());
            assert_eq!(keys.iter().filter(|key| key.modulus_bits() == bits).count(), keys.len());
        }
        assert_eq!(verdict(&adfs, &set("adfs", 2), &ADFS), Ok(()));
        assert!(verdict(&entra, &set("adfs", 2), &ENTRA).is_err());

        assert_eq!((entra.len(), small.len()), (entra_chars, small_chars));
        let payload = |token: &str| base64url(token.split('.').nth(1).unwrap()).len();
        assert_eq!((payload(&entra), payload(&small)), (1187, 208));
    }
}

#[test]
fn example_tokens_answer_as_their_readme_says() {
    let keys = keys(&format!("{TOKENS}/entra.jwks.json"), 4);
    for (name, expected) in [
        ("entra-accepted", None),
        ("entra-app-only", None),
        ("entra-expired", Some("expired")),
        ("entra-wrong-audience", Some("audience")),
    ] {
        let answer = verdict(&text(&format!("{TOKENS}/{name}.jwt")), &keys, &ENTRA);
        assert_eq!(answer.err().map(|error| error.code()), expected, "{name}");
    }
    // Expired by 240 seconds exactly: the largest leeway lets it pass.
    let lenient = ENTRA.leeway(Leeway::secs::<600>());
    assert_eq!(
        verdict(&text(&format!("{TOKENS}/entra-expired.jwt")), &keys, &lenient),
        Ok(())
    );
}

#[test]
fn the_key_of_a_certificate_verifies_what_its_jwk_verifies() {
    for bits in [2048, 3072, 4096] {
        let set: serde_json::Value =
            serde_json::from_slice(&read(&format!("benches/data/entra-{bits}.jwks.json"))).unwrap();
        let token = text(&format!("benches/data/entra-{bits}.jwt"));
        let verdicts = set["keys"].as_array().unwrap().iter().map(|jwk| {
            let x5c = jwk["x5c"][0].as_str().unwrap();
            let key = RsaPublicKey::from_certificate_der(&base64(x5c)).unwrap();

            let lines: Vec<&str> = x5c
                .as_bytes()
                .chunks(64)
                .map(|line| str::from_utf8(line).unwrap())
                .collect();
            let pem = format!(
                "-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----",
                lines.join("\r\n")
            );
            let mut buf = [0; 2048];
            assert!(key == RsaPublicKey::from_pem(pem.as_bytes(), &mut buf).unwrap());

            verdict(&token, &KeySet::pinned(&key), &ENTRA).map_err(|error| error.code())
        });
        // A pinned key is used whatever the token's `kid` says, and only the third of the set is the signer.
        let wrong = Err("invalid_signature");
        assert_eq!(verdicts.collect::<Vec<_>>(), [wrong, wrong, Ok(()), wrong]);
    }
}

#[test]
fn one_issuer_of_a_list_suffices_and_another_does_not() {
    let keys = keys("tests/data/doc/jwks.json", 1);
    let token = text("tests/data/doc/token.jwt");
    for (issuers, expected) in [
        (
            &[
                "https://login.example.com/fabrikam/v2.0",
                "https://login.example.com/contoso/v2.0",
            ][..],
            None,
        ),
        (
            &[
                "https://login.example.com/contoso",
                "https://login.example.com/contoso/v2.0/",
            ],
            Some("issuer"),
        ),
        (&[], Some("issuer")),
    ] {
        let policy = Policy::new(Issuer::any_of(issuers), &["api://orders"]);
        assert_eq!(
            verdict(&token, &keys, &policy).err().map(|error| error.code()),
            expected
        );
    }
}

#[test]
fn private_key_files_are_refused_as_such() {
    for name in ["private-pkcs1", "private-pkcs8", "private-encrypted", "private-ec"] {
        let key = RsaPublicKey::<Rsa4096>::from_pem(&read(&format!("tests/data/keys/{name}.pem")), &mut [0; 2048]);
        assert_eq!(key, Err(KeyFileError::Pem(PemError::PrivateKey)), "{name}");
    }
}

#[test]
fn the_token_of_the_documentation_is_accepted() {
    let keys = keys("tests/data/doc/jwks.json", 1);
    assert_eq!(verdict(&text("tests/data/doc/token.jwt"), &keys, &DOC), Ok(()));
}

#[test]
fn moduli_do_not_fit_a_smaller_key_type() {
    let set: serde_json::Value = serde_json::from_slice(&read("benches/data/one-3072.jwks.json")).unwrap();
    let [n, e] = ["n", "e"].map(|name| base64url(set["keys"][0][name].as_str().unwrap()));
    assert!(RsaPublicKey::<Rsa2048>::from_be_bytes(&n, &e).is_err());
    assert!(RsaPublicKey::<Rsa4096>::from_be_bytes(&n, &e).is_ok());
}
