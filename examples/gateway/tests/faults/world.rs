// SPDX-License-Identifier: MIT OR Apache-2.0

//! A gateway with its issuer, on ports of their own, and a clock that can be stepped.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rs256_gateway::config::{Authority, Cache, Config, Fetch, Grant, Limits, Rotation, Trust};
use rs256_gateway::gateway::Gateway;
use rs256_gateway::synthetic::{Issuer, SyntheticKey};

use crate::Figures;
use crate::client::Client;
use crate::clock::SteppedClock;
use crate::load::{Expect, Load, Probe};
use crate::probes;

pub const HOUR: i64 = 3600;
/// After this a fetch is due whatever the jitter: it lengthens by an eighth.
pub const REFRESH: i64 = HOUR + HOUR / 8 + 2;

/// After this a fetch is due whatever has failed.
const RETRY: i64 = 400;

pub const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub struct World {
    pub issuer: Issuer,
    pub gateway: Gateway,
    pub clock: Arc<SteppedClock>,
}

pub async fn issuer(keys: &[&SyntheticKey]) -> Issuer {
    Issuer::start(ANY_PORT, keys.iter().copied().cloned().collect())
        .await
        .unwrap()
}

/// What the demonstration has, but impatient with clients and issuer.
pub fn config(issuers: &[&Issuer]) -> Config {
    let grant = |value: &str, role: &str| Grant {
        claim: "roles".into(),
        value: value.into(),
        role: role.into(),
    };
    Config {
        listen: ANY_PORT,
        admin_listen: ANY_PORT,
        authorities: issuers
            .iter()
            .enumerate()
            .map(|(number, issuer)| Authority {
                name: format!("synthetic-{number}"),
                metadata: issuer.metadata_url(),
                trust: Trust::Issuer {
                    issuer: issuer.url().into(),
                    audiences: vec![issuer.audience().into()],
                },
                grants: vec![grant("Orders.Read", "reader"), grant("Orders.Approve", "approver")],
            })
            .collect(),
        revocation: None,
        cache: Cache::default(),
        fetch: Fetch {
            timeout_secs: 1,
            ..Fetch::default()
        },
        rotation: Rotation::default(),
        limits: Limits {
            header_millis: 2000,
            request_millis: 2000,
            ..Limits::default()
        },
    }
}

impl World {
    /// One issuer with the first key, whose keys are fetched.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let world = Self::of(issuer(&[&probes::keys()[0]]).await, change).await;
        world.until("ready", || world.gateway.gate.is_ready()).await;
        world
    }

    /// A gateway for `issuer`, which need not be up.
    pub async fn of(issuer: Issuer, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(&[&issuer]);
        change(&mut config);
        let clock = Arc::new(SteppedClock::default());
        let gateway = Gateway::start(&config, &[issuer.certificate()], clock.clone())
            .await
            .unwrap();
        Self { issuer, gateway, clock }
    }

    /// Good tokens of the first key, to be accepted, and bad ones, to be refused.
    pub fn probes(&self) -> (Probe, Probe) {
        let key = &probes::keys()[0];
        (
            Probe::new(probes::good(&self.issuer, key, 8), Expect::Accepted),
            Probe::new(probes::bad(&self.issuer, key), Expect::Refused),
        )
    }

    pub fn load(&self, probes: &[Probe]) -> Load {
        Load::start(self.gateway.api, probes)
    }

    /// Waits for something that has to come true.
    pub async fn until(&self, what: &str, is_true: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_true() {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "not within 30 seconds: {what}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A figure of the metrics.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.gateway.gate.metrics.text(&self.gateway.gate);
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
    }

    /// How many fetches of the first authority ended this way.
    pub fn fetches(&self, code: &str) -> u64 {
        self.metric(&format!(
            "gateway_fetches_total{{authority=\"synthetic-0\",code=\"{code}\"}}"
        ))
    }

    /// Steps the clock until a fetch is due, and waits until one has ended with `code`.
    pub async fn fetch(&self, code: &str) {
        let before = self.fetches(code);
        self.clock.step(REFRESH);
        let start = Instant::now();
        while self.fetches(code) == before && start.elapsed() < Duration::from_secs(4) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // When another one was under way, the step made that one fail, and a pause has to pass.
        if self.fetches(code) == before {
            self.clock.step(RETRY);
        }
        self.until(code, || self.fetches(code) > before).await;
    }

    /// The status of health or readiness.
    pub async fn admin(&self, path: &str) -> u16 {
        let mut client = Client::connect(self.gateway.admin).await.unwrap();
        client.get(path, "").await.unwrap().status
    }

    pub async fn end(self) {
        self.gateway.stop().await;
    }
}

/// Answers compared one by one.
#[derive(Default)]
pub struct Checks(pub Figures);

impl Checks {
    pub fn check(&mut self, what: &str, is_right: bool) {
        self.0.requests += 1;
        if !is_right {
            self.0.wrong += 1;
            eprintln!("wrong: {what}");
        }
    }

    pub fn and(self, load: Figures) -> Figures {
        Figures {
            requests: self.0.requests + load.requests,
            wrong: self.0.wrong + load.wrong,
            faults: self.0.faults + load.faults,
        }
    }
}

/// A file with a name of its own, gone in the end.
pub struct TempFile(pub PathBuf);

impl TempFile {
    pub fn new(text: &str) -> Self {
        let file = Self(std::env::temp_dir().join(format!("rs256-gateway-{}", std::process::id())));
        file.write(text.as_bytes());
        file
    }

    pub fn write(&self, text: &[u8]) {
        // Not within the resolution of a file's time.
        std::thread::sleep(Duration::from_millis(20));
        std::fs::write(&self.0, text).unwrap();
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
