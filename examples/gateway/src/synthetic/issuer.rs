// SPDX-License-Identifier: MIT OR Apache-2.0

//! The issuer's server: metadata, keys, tokens for whoever asks, and levers for its faults.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use reqwest::Certificate;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::{Behaviour, Publication, SyntheticKey, Token};
use crate::clock::{Clock, SystemClock};

/// The audience of the tokens that the issuer hands out.
const AUDIENCE: &str = "api://orders";

/// An issuer on a loopback address. Everything about it can be changed while it runs.
pub struct Issuer {
    address: SocketAddr,
    certificate: Certificate,
    certificate_pem: String,
    tls: TlsAcceptor,
    state: Arc<IssuerState>,
    /// Keeps the port while the issuer is down: bound, but it does not listen, so that connections are refused.
    _port: TcpSocket,
    /// Empty while the issuer is down.
    server: Mutex<JoinSet<()>>,
}

struct IssuerState {
    publication: Publication,
    keys: Mutex<Vec<SyntheticKey>>,
    metadata_behaviour: Mutex<Behaviour>,
    keys_behaviour: Mutex<Behaviour>,
    /// How often the metadata, or the keys, were asked for.
    metadata_requests: AtomicU64,
    keys_requests: AtomicU64,
}

impl Issuer {
    /// An issuer with these keys, which is up.
    pub async fn start(address: SocketAddr, keys: Vec<SyntheticKey>) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_as(address, keys, Publication::plain).await
    }

    /// An issuer that publishes what `publication` says for its address.
    pub async fn start_as(
        address: SocketAddr,
        keys: Vec<SyntheticKey>,
        publication: impl FnOnce(SocketAddr) -> Publication,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let port = bind(address)?;
        let address = port.local_addr()?;
        let publication = publication(address);
        let made = rcgen::generate_simple_self_signed([publication.name().to_owned()])?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], private)?;
        let issuer = Self {
            address,
            certificate: Certificate::from_der(made.cert.der())?,
            certificate_pem: made.cert.pem(),
            tls: TlsAcceptor::from(Arc::new(config)),
            state: Arc::new(IssuerState {
                publication,
                keys: Mutex::new(keys),
                metadata_behaviour: Mutex::default(),
                keys_behaviour: Mutex::default(),
                metadata_requests: AtomicU64::new(0),
                keys_requests: AtomicU64::new(0),
            }),
            _port: port,
            server: Mutex::default(),
        };
        issuer.come_up()?;
        Ok(issuer)
    }

    /// `iss` of its tokens.
    pub fn url(&self) -> &str {
        self.state.publication.issuer()
    }

    pub fn metadata_url(&self) -> String {
        let Publication {
            host, metadata_path, ..
        } = &self.state.publication;
        format!("https://{host}{metadata_path}")
    }

    /// Where it listens, whatever name it has.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub const fn audience(&self) -> &'static str {
        AUDIENCE
    }

    /// The certificate to trust.
    pub fn certificate(&self) -> Certificate {
        self.certificate.clone()
    }

    /// The same, for a file.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    pub fn publish(&self, keys: &[&SyntheticKey]) {
        *lock(&self.state.keys) = keys.iter().copied().cloned().collect();
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *lock(&self.state.keys_behaviour) = behaviour;
    }

    pub fn behave_for_metadata(&self, behaviour: Behaviour) {
        *lock(&self.state.metadata_behaviour) = behaviour;
    }

    pub fn metadata_requests(&self) -> u64 {
        self.state.metadata_requests.load(Ordering::Relaxed)
    }

    pub fn keys_requests(&self) -> u64 {
        self.state.keys_requests.load(Ordering::Relaxed)
    }

    /// Closes the socket and every connection.
    pub async fn go_down(&self) {
        let mut server = std::mem::take(&mut *lock(&self.server));
        server.shutdown().await;
    }

    /// Opens the socket again, on the same address.
    pub fn come_up(&self) -> io::Result<()> {
        let listener = bind(self.address)?.listen(1024)?;
        let router = self.state.clone().router();
        lock(&self.server).spawn(accept(listener, self.tls.clone(), router));
        Ok(())
    }
}

/// A socket that shares its port.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Serves every connection until this is dropped.
async fn accept(listener: TcpListener, tls: TlsAcceptor, router: Router) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, service) = (tls.clone(), TowerToHyperService::new(router.clone()));
        connections.spawn(async move {
            // A client that goes away is no event here.
            if let Ok(stream) = tls.accept(stream).await {
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

impl IssuerState {
    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route(&self.publication.metadata_path, get(metadata))
            .route(&self.publication.keys_path, get(keys))
            .route("/token", get(token))
            .route("/rotate", post(rotate))
            .route("/behave/{name}", post(behave))
            .with_state(self)
    }
}

async fn metadata(State(issuer): State<Arc<IssuerState>>) -> Response {
    issuer.metadata_requests.fetch_add(1, Ordering::Relaxed);
    let Publication {
        metadata_path,
        metadata,
        ..
    } = &issuer.publication;
    let behaviour = lock(&issuer.metadata_behaviour).clone();
    behaviour.answer(metadata_path, metadata.to_string()).await
}

async fn keys(State(issuer): State<Arc<IssuerState>>) -> Response {
    issuer.keys_requests.fetch_add(1, Ordering::Relaxed);
    let text = json!({ "keys": lock(&issuer.keys).iter().map(SyntheticKey::jwk).collect::<Vec<_>>() });
    let behaviour = lock(&issuer.keys_behaviour).clone();
    behaviour.answer(&issuer.publication.keys_path, text.to_string()).await
}

/// `/token?roles=A,B&scopes=x%20y&jti=z`: a good token, signed with the newest key.
async fn token(State(issuer): State<Arc<IssuerState>>, Query(query): Query<HashMap<String, String>>) -> String {
    let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let roles: Vec<&str> = asked("roles").split(',').filter(|role| !role.is_empty()).collect();
    let token = Token::new(issuer.publication.issuer(), AUDIENCE, SystemClock.now().as_secs())
        .claim("roles", roles)
        .claim("scp", asked("scopes"))
        .claim("jti", asked("jti"));
    lock(&issuer.keys).last().map(|key| token.sign(key)).unwrap_or_default()
}

/// Adds a new key, which signs from now on.
async fn rotate(State(issuer): State<Arc<IssuerState>>) -> Result<String, StatusCode> {
    let kid = format!("key-{}", lock(&issuer.keys).len() + 1);
    let key = SyntheticKey::generate(&kid).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    lock(&issuer.keys).push(key);
    Ok(format!("new key: {kid}\n"))
}

/// Answers requests for keys in another way from now on.
async fn behave(State(issuer): State<Arc<IssuerState>>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let behaviour = Behaviour::by_name(&name).ok_or(StatusCode::NOT_FOUND)?;
    *lock(&issuer.keys_behaviour) = behaviour;
    Ok(format!("from now on: {name}\n"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
