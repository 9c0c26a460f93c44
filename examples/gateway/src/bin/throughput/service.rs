// SPDX-License-Identifier: MIT OR Apache-2.0

//! The services that are compared.

pub const ISSUER: &str = "https://login.example.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0";
pub const AUDIENCE: &str = "api://orders";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Open,
    Cached,
    Uncached,
    Peer,
}

impl Service {
    pub const ALL: [Self; 4] = [Self::Open, Self::Cached, Self::Uncached, Self::Peer];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Cached => "cached",
            Self::Uncached => "uncached",
            Self::Peer => "peer",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "no verification",
            Self::Cached => "rs256, every token in the cache",
            Self::Uncached => "rs256, no cache",
            Self::Peer => "jsonwebtoken 11 (aws_lc_rs)",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}
