// SPDX-License-Identifier: MIT OR Apache-2.0

//! `gateway FILE` runs with a configuration; `gateway` alone runs with a synthetic issuer beside it, to try things out.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use rs256_gateway::clock::SystemClock;
use rs256_gateway::config::Config;
use rs256_gateway::gateway::Gateway;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;
use tracing_subscriber::EnvFilter;

mod demo;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run() -> Result<(), Box<dyn Error>> {
    // reqwest and the synthetic issuer take TLS from here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match std::env::args_os()
        .nth(1)
        .or_else(|| std::env::var_os("GATEWAY_CONFIG"))
    {
        Some(file) => {
            let config = Config::load(&PathBuf::from(file))?;
            until_signal(Gateway::start(&config, &[], Arc::new(SystemClock)).await?).await
        }
        None => {
            let issuer = demo::issuer().await?;
            let config = demo::config(&issuer);
            let gateway = Gateway::start(&config, &[issuer.certificate()], Arc::new(SystemClock)).await?;
            demo::explain(&issuer, &gateway);
            until_signal(gateway).await
        }
    }
}

/// Runs until SIGTERM or SIGINT, then stops in order.
async fn until_signal(gateway: Gateway) -> Result<(), Box<dyn Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    info!("stopping");
    gateway.stop().await;
    Ok(())
}
