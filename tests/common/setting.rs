// SPDX-License-Identifier: MIT OR Apache-2.0

//! The one authority that most tests are about: its keys, its policy, a clock, and claims that it accepts.
//!
//! A test that refuses a token says in what it differs from one that is accepted here; that one is asserted too.

use rs256::{Check, Issuer, KeySet, NumericDate, Policy, Verifier};

use super::signer::Signer;

pub const ISSUER: &str = "https://issuer.example/a";
pub const AUDIENCE: &str = "api://orders";

/// The clock.
pub const NOW: u64 = 1_760_000_000;

/// The kid under which [`keys`] holds [`Signer::good`].
pub const KID: &str = "k1";
pub const HEADER: &str = r#"{"alg":"RS256","kid":"k1"}"#;

/// What an accepted token answers in the tables; a refused one answers with its error's code.
pub const ACCEPTED: &str = "accepted";

/// The policy as it is made, nothing relaxed.
pub static POLICY: Policy<'static> = Policy::new(Issuer::exact(ISSUER), &[AUDIENCE]);

/// [`Signer::good`] as the authority publishes it.
pub fn keys() -> KeySet<4> {
    key_set(&[Signer::good().jwk(r#""kid":"k1","use":"sig""#)])
}

/// The text of a JWK Set.
pub fn jwk_set(jwks: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, jwks.join(","))
}

/// The keys of these JWKs, all of which must be usable.
pub fn key_set(jwks: &[String]) -> KeySet<4> {
    let mut keys = KeySet::new();
    let report = keys.replace_from_jwk_set(jwk_set(jwks).as_bytes()).unwrap();
    assert_eq!(usize::from(report.kept()), jwks.len());
    keys
}

/// A claims set of these members, in this order.
pub fn object(members: &[(&str, &str)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!(r#""{name}":{value}"#))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Claims that [`POLICY`] accepts at [`NOW`], with `changes`: a claim given there replaces the good one, and one without
/// a value is left out.
pub fn claims(changes: &[(&str, &str)]) -> String {
    let quoted = |text: &str| format!("\"{text}\"");
    let exp = (NOW + 3600).to_string();
    let (issuer, audience) = (quoted(ISSUER), quoted(AUDIENCE));
    let mut members: Vec<(&str, &str)> = vec![("iss", &issuer), ("aud", &audience), ("exp", &exp)];
    for change in changes {
        match members.iter_mut().find(|(name, _)| *name == change.0) {
            Some(member) => *member = *change,
            None => members.push(*change),
        }
    }
    members.retain(|(_, value)| !value.is_empty());
    object(&members)
}

/// [`ACCEPTED`], or the code of the error.
pub fn verdict_at<const N: usize>(
    keys: &KeySet<N>,
    policy: &(dyn Check + Sync),
    token: impl AsRef<[u8]>,
    now: u64,
) -> &'static str {
    let mut buf = vec![0xa5; 1 << 16];
    match Verifier::new(keys, policy).verify(token.as_ref(), NumericDate::from_secs(now), &mut buf) {
        Ok(_) => ACCEPTED,
        Err(error) => error.code(),
    }
}

/// What [`POLICY`] says to a token at [`NOW`], with [`keys`].
pub fn verdict(token: impl AsRef<[u8]>) -> &'static str {
    verdict_at(&keys(), &POLICY, token, NOW)
}

/// What becomes of claims that [`Signer::good`] signed under [`HEADER`].
pub fn verdict_on_claims(claims: impl AsRef<[u8]>) -> &'static str {
    verdict(Signer::good().token(HEADER, claims))
}
