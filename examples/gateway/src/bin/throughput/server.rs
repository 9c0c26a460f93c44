// SPDX-License-Identifier: MIT OR Apache-2.0

//! One of the services: the gateway's routes and sockets, behind one of several layers.

use std::error::Error;
use std::io::{BufRead, Read};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, header};
use rs256::KeySet;
use rs256::rotation::Rotation;
use rs256_gateway::app;
use rs256_gateway::authority::Authority;
use rs256_gateway::cache::Cache;
use rs256_gateway::clock::{Clock, SystemClock};
use rs256_gateway::config::{self, Limits, Trust};
use rs256_gateway::fetch::Fetcher;
use rs256_gateway::gate::Gate;
use rs256_gateway::keyring::Published;
use rs256_gateway::layers::JwtLayer;
use rs256_gateway::serve::serve;
use tokio::net::TcpListener;

use crate::layer::AdmitLayer;
use crate::peer::Peer;
use crate::service::{AUDIENCE, ISSUER, Service};

/// Reads a JWK Set and a good token from standard input, writes its port to standard output, and serves until the input ends.
#[tokio::main]
pub async fn run(service: Service) -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (mut jwk_set, mut token) = (String::new(), String::new());
    std::io::stdin().lock().read_line(&mut jwk_set)?;
    std::io::stdin().lock().read_line(&mut token)?;
    let gate = gate(&jwk_set, service != Service::Uncached)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {}", token.trim()).parse()?);
    let accepted = gate.admit(&headers)?;

    let (metrics, timeout) = (&gate.metrics, Duration::from_secs(10));
    let router: Router = match service {
        Service::Cached | Service::Uncached => app::router(JwtLayer::new(gate.clone()), metrics, timeout),
        Service::Open => {
            let everybody = AdmitLayer(Arc::new(move |_| Some(accepted.clone())));
            app::router(everybody, metrics, timeout)
        }
        Service::Peer => {
            let peer = Peer::new(&jwk_set, *accepted.held(), metrics.clone())?;
            let layer = AdmitLayer(Arc::new(move |headers| peer.admit(headers)));
            app::router(layer, metrics, timeout)
        }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    serve(listener, router, Limits::default(), async {
        let _ = end.await;
    })
    .await;
    Ok(())
}

/// A gate whose keys were fetched just now.
fn gate(jwk_set: &str, has_cache: bool) -> Result<Arc<Gate>, Box<dyn Error>> {
    let grants = [("Orders.Read", "reader"), ("Orders.Approve", "approver")];
    let authority = Authority::new(&config::Authority {
        name: "synthetic".into(),
        metadata: "https://login.example.com/".into(),
        trust: Trust::Issuer {
            issuer: ISSUER.into(),
            audiences: vec![AUDIENCE.into()],
        },
        grants: grants
            .map(|(value, role)| config::Grant {
                claim: "roles".into(),
                value: value.into(),
                role: role.into(),
            })
            .into(),
    })?;
    let fetcher = Fetcher::new(Duration::from_secs(1), Vec::new())?;
    let gate = Gate::new(
        vec![authority],
        has_cache.then(Cache::new),
        fetcher,
        Arc::new(SystemClock),
    );
    let (mut keys, now) = (KeySet::new(), SystemClock.now());
    keys.replace_from_jwk_set(jwk_set.as_bytes())?;
    let mut rotation = Rotation::new(0);
    rotation.on_restored(now, now);
    gate.keyring
        .publish(0, &Published::new(Arc::new(keys), rotation, Some(now)));
    Ok(Arc::new(gate))
}
