// SPDX-License-Identifier: MIT OR Apache-2.0

//! Configuration: a TOML file, overridden by the environment (`GATEWAY_LISTEN`, `GATEWAY_FETCH__TIMEOUT_SECS`, …).
//!
//! Unknown names and wrong types are errors that name the file or variable and the place in it. What the types cannot
//! say is checked by [`Config::validate`], before anything is started.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

use crate::roles;

/// Most authorities: each is asked for each token with an unknown key.
pub const MAX_AUTHORITIES: usize = 8;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the API listens. Plain HTTP: put it behind whatever terminates TLS for you.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Where metrics, health and readiness are; not for the public.
    #[serde(default = "default_admin_listen")]
    pub admin_listen: SocketAddr,
    pub authorities: Vec<Authority>,
    pub revocation: Option<Revocation>,
    #[serde(default)]
    pub cache: Cache,
    #[serde(default)]
    pub fetch: Fetch,
    #[serde(default)]
    pub rotation: Rotation,
    #[serde(default)]
    pub limits: Limits,
}

/// Somebody whose tokens are accepted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// For logs and metrics.
    pub name: String,
    /// The address of the openid-configuration document.
    pub metadata: String,
    pub trust: Trust,
    /// What its claims mean here.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

/// What the authority is, and which of its tokens are meant for this service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Trust {
    Entra {
        tenant: String,
        client_id: String,
    },
    Adfs {
        issuer: String,
        access_token_issuer: String,
        relying_party: String,
    },
    Issuer {
        issuer: String,
        audiences: Vec<String>,
    },
}

/// This value of this claim stands for this role of the application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub claim: String,
    pub value: String,
    pub role: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// One `jti` or `uti` a line.
    pub file: PathBuf,
    #[serde(default = "default_reload_secs")]
    pub reload_secs: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    pub enabled: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fetch {
    /// For the metadata document and the keys together.
    pub timeout_secs: u64,
    /// Certificates (PEM) that are trusted beside the system's.
    pub trust_roots: Vec<PathBuf>,
    /// Addresses of hosts for which no name server is asked.
    pub addresses: BTreeMap<String, SocketAddr>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rotation {
    pub refresh_secs: u32,
    pub unknown_kid_secs: u32,
    pub max_stale_secs: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Open connections; more wait in the backlog.
    pub connections: usize,
    /// From the end of the last request, or the start of the connection, to the end of the next request's header.
    pub header_millis: u64,
    /// From the end of the header to the start of the answer.
    pub request_millis: u64,
    /// How long open requests may go on when the service stops.
    pub shutdown_millis: u64,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_admin_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9090))
}

const fn default_reload_secs() -> u64 {
    2
}

impl Default for Cache {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl Default for Fetch {
    fn default() -> Self {
        Self {
            timeout_secs: 10,
            trust_roots: Vec::new(),
            addresses: BTreeMap::new(),
        }
    }
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            refresh_secs: rs256::limits::REFRESH_SECS,
            unknown_kid_secs: rs256::limits::UNKNOWN_KID_SECS,
            max_stale_secs: rs256::limits::MAX_STALE_SECS,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            header_millis: 10_000,
            request_millis: 10_000,
            shutdown_millis: 10_000,
        }
    }
}

impl Limits {
    pub const fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_millis)
    }

    pub const fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_millis)
    }

    pub const fn shutdown_timeout(&self) -> Duration {
        Duration::from_millis(self.shutdown_millis)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}: expected a configuration file, found none")]
    NoFile(PathBuf),
    #[error("{0}")]
    Read(#[from] Box<figment::Error>),
    #[error("{place}: {problem}")]
    Invalid { place: String, problem: String },
}

impl ConfigError {
    pub fn invalid(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            place: place.into(),
            problem: problem.into(),
        }
    }
}

impl Config {
    /// Reads `file` and then the environment.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        if !file.is_file() {
            return Err(ConfigError::NoFile(file.into()));
        }
        let config: Self = Figment::new()
            .merge(Toml::file_exact(file))
            .merge(Env::prefixed("GATEWAY_").ignore(&["config"]).split("__"))
            .extract()
            .map_err(Box::new)?;
        config.validate()?;
        Ok(config)
    }

    /// Checks what holds between values.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.authorities.is_empty() || self.authorities.len() > MAX_AUTHORITIES {
            let problem = format!("expected 1 to {MAX_AUTHORITIES}, found {}", self.authorities.len());
            return Err(ConfigError::invalid("authorities", problem));
        }
        let mut names = HashSet::new();
        for authority in &self.authorities {
            let place = format!("authorities.{}", authority.name);
            if !names.insert(&authority.name) {
                return Err(ConfigError::invalid(place, "expected a name once, found it twice"));
            }
            for grant in &authority.grants {
                if roles::by_name(&grant.role).is_none() {
                    let known = roles::NAMES.map(|(name, _)| name).join(", ");
                    let problem = format!("expected a role of {known}, found `{}`", grant.role);
                    return Err(ConfigError::invalid(format!("{place}.grants"), problem));
                }
            }
            if !authority.metadata.starts_with("https://") {
                return Err(ConfigError::invalid(
                    format!("{place}.metadata"),
                    "expected a URL with https",
                ));
            }
        }
        let fetch_limit = u64::from(rs256::limits::FETCH_TIMEOUT_SECS);
        if !(1..fetch_limit).contains(&self.fetch.timeout_secs) {
            let problem = format!("expected 1 to {} seconds", fetch_limit - 1);
            return Err(ConfigError::invalid("fetch.timeout_secs", problem));
        }
        if self.limits.connections == 0 {
            return Err(ConfigError::invalid("limits.connections", "expected at least 1"));
        }
        Ok(())
    }
}
