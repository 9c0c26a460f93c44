// SPDX-License-Identifier: MIT OR Apache-2.0

//! The claims as structs, and the JSON libraries that read them.

use crate::fixtures::ROLES;
use crate::measure::Candidate;
use serde::Deserialize;
use std::hint::black_box;

pub const REFERENCE: &str = "sonic-rs, 8 claims borrowed";

/// Eight claims that borrow; everything else in the payload is skipped.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read by serde, as a service would")]
pub struct BorrowedClaims<'a> {
    pub iss: &'a str,
    pub aud: &'a str,
    pub exp: u64,
    pub nbf: u64,
    pub sub: &'a str,
    pub tid: &'a str,
    pub oid: &'a str,
    #[serde(borrow)]
    pub roles: Roles<'a>,
}

/// Up to eight roles without an allocation.
#[derive(Default)]
pub struct Roles<'a> {
    names: [&'a str; 8],
    len: usize,
}

impl Roles<'_> {
    pub fn len(&self) -> usize {
        black_box(&self.names);
        self.len
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Roles<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Roles<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("at most eight strings")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Roles<'de>, A::Error> {
                let mut roles = Roles::default();
                while let Some(name) = sequence.next_element()? {
                    let slot = roles.names.get_mut(roles.len);
                    *slot.ok_or_else(|| serde::de::Error::invalid_length(9, &self))? = name;
                    roles.len += 1;
                }
                Ok(roles)
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}

/// The same eight, owned: jsonwebtoken lends nothing.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read by serde, as a service would")]
pub struct OwnedClaims {
    pub iss: String,
    pub aud: String,
    pub exp: u64,
    pub nbf: u64,
    pub sub: String,
    pub tid: String,
    pub oid: String,
    pub roles: Vec<String>,
}

/// What is left of the eight where a library reads the registered claims itself.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read by serde, as a service would")]
pub struct CustomClaims {
    pub tid: String,
    pub oid: String,
    pub roles: Vec<String>,
}

pub fn candidates(payload: &[u8]) -> Vec<Candidate<'_>> {
    fn right(claims: &BorrowedClaims<'_>) -> bool {
        black_box(claims).roles.len() == ROLES
    }
    vec![
        Candidate::new(REFERENCE, || {
            sonic_rs::from_slice::<BorrowedClaims>(black_box(payload)).is_ok_and(|claims| right(&claims))
        }),
        Candidate::new("serde_json, 8 claims borrowed", || {
            serde_json::from_slice::<BorrowedClaims>(black_box(payload)).is_ok_and(|claims| right(&claims))
        }),
    ]
}
