// SPDX-License-Identifier: MIT OR Apache-2.0

//! The whole service, put together from its configuration.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Certificate;
use rs256::rotation::Rotation;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::info;

use crate::authority::Authority;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::fetch::Fetcher;
use crate::gate::Gate;
use crate::layers::JwtLayer;
use crate::refresher::Refresher;
use crate::revocation::RevocationFile;
use crate::serve::serve;
use crate::{app, operations};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    #[error("{what}: {error}")]
    File { what: String, error: io::Error },
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
}

/// A gateway that runs. Without [`Gateway::stop`] it ends when this is dropped, at once.
pub struct Gateway {
    pub api: SocketAddr,
    pub admin: SocketAddr,
    pub gate: Arc<Gate>,
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
    background: JoinSet<()>,
}

impl Gateway {
    /// Starts everything. An issuer that does not answer is no obstacle; a mistake in the configuration is.
    pub async fn start(config: &Config, roots: &[Certificate], clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        config.validate()?;
        let authorities = config
            .authorities
            .iter()
            .map(Authority::new)
            .collect::<Result<Vec<_>, _>>()?;
        let fetcher = Fetcher::new(&config.fetch, all_roots(config, roots)?)?;
        let cache = config.cache.enabled.then(Cache::new);
        let gate = Arc::new(Gate::new(authorities, cache, fetcher, clock));

        let mut background = JoinSet::new();
        if let Some(revocation) = &config.revocation {
            // At the start the list has to be there: an empty one would let withdrawn tokens pass.
            let mut file = RevocationFile::new(&revocation.file);
            let read = file.changed().await.map_err(file_error(revocation.file.display()))?;
            gate.revoke(read.unwrap_or_default());
            background.spawn(file.follow(gate.clone(), Duration::from_secs(revocation.reload_secs)));
        }
        for index in 0..config.authorities.len() {
            background.spawn(Refresher::new(gate.clone(), index, rotation(config)).run());
        }

        let (stop, stopped) = watch::channel(false);
        let mut servers = JoinSet::new();
        let api_router = app::router(
            JwtLayer::new(gate.clone()),
            &gate.metrics,
            config.limits.request_timeout(),
        );
        let (listener, api) = listen(config.listen).await?;
        servers.spawn(serve(listener, api_router, config.limits, is_true(stopped.clone())));
        let (listener, admin) = listen(config.admin_listen).await?;
        servers.spawn(serve(
            listener,
            operations::router(gate.clone()),
            config.limits,
            is_true(stopped),
        ));
        info!(%api, %admin, "listening");
        Ok(Self {
            api,
            admin,
            gate,
            stop,
            servers,
            background,
        })
    }

    /// Accepts no more connections, finishes open requests, and ends.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.servers.join_next().await.is_some() {}
        self.background.shutdown().await;
    }
}

/// A machine with the configured intervals, and a random number of its own, so that instances do not fetch in step.
fn rotation(config: &Config) -> Rotation {
    Rotation::new(rand::random())
        .refresh(config.rotation.refresh_secs)
        .unknown_kid_interval(config.rotation.unknown_kid_secs)
        .max_stale(config.rotation.max_stale_secs)
}

fn all_roots(config: &Config, given: &[Certificate]) -> Result<Vec<Certificate>, StartError> {
    let mut roots = given.to_vec();
    for path in &config.fetch.trust_roots {
        let pem = std::fs::read(path).map_err(file_error(path.display()))?;
        roots.extend(Certificate::from_pem_bundle(&pem)?);
    }
    Ok(roots)
}

fn file_error(path: impl std::fmt::Display) -> impl FnOnce(io::Error) -> StartError {
    let what = path.to_string();
    move |error| StartError::File { what, error }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|error| StartError::Listen { address, error })
}

async fn is_true(mut flag: watch::Receiver<bool>) {
    // An error says that the sender is gone, which means the same.
    let _ = flag.wait_for(|is_true| *is_true).await;
}
