// SPDX-License-Identifier: MIT OR Apache-2.0

//! Clients that go on sending good and bad tokens while a scenario breaks things, and judge every answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU8, AtomicU64};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::Figures;
use crate::client::Client;

/// What the answer to a token has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Expect {
    /// 200
    Accepted,
    /// 401: no keys, however stale, excuse a bad token being accepted, and good keys excuse no 503.
    Refused,
    /// 503
    Unavailable,
    /// 401 or 503
    NotAccepted,
    /// 200, 401 or 503: just now something is changing.
    Changing,
}

use Expect::{Accepted, Changing, NotAccepted, Refused, Unavailable};

impl Expect {
    const ALL: [Self; 5] = [Accepted, Refused, Unavailable, NotAccepted, Changing];

    pub const fn is_met_by(self, status: u16) -> bool {
        match self {
            Accepted => status == 200,
            Refused => status == 401,
            Unavailable => status == 503,
            NotAccepted => matches!(status, 401 | 503),
            Changing => matches!(status, 200 | 401 | 503),
        }
    }
}

/// Tokens of a kind, and what the answer to them has to be at present.
#[derive(Clone)]
pub struct Probe {
    tokens: Arc<[String]>,
    expect: Arc<AtomicU8>,
}

impl Probe {
    pub fn new(tokens: Vec<String>, expect: Expect) -> Self {
        Self {
            tokens: tokens.into(),
            expect: Arc::new(AtomicU8::new(expect as u8)),
        }
    }

    pub fn expect(&self, expect: Expect) {
        self.expect.store(expect as u8, SeqCst);
    }

    pub fn first(&self) -> &str {
        &self.tokens[0]
    }

    fn expected(&self) -> Expect {
        Expect::ALL[usize::from(self.expect.load(SeqCst))]
    }
}

#[derive(Default)]
struct Counters {
    requests: AtomicU64,
    wrong: AtomicU64,
}

/// The clients. Ends when it is asked for its figures.
pub struct Load {
    counters: Arc<Counters>,
    clients: JoinSet<()>,
}

/// Clients at a time, and the pause of each after an answer: about a thousand requests a second.
const CLIENTS: usize = 4;
const PAUSE: Duration = Duration::from_millis(3);

impl Load {
    pub fn start(address: SocketAddr, probes: &[Probe]) -> Self {
        let counters = Arc::<Counters>::default();
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            clients.spawn(run(address, probes.to_vec(), number, counters.clone()));
        }
        Self { counters, clients }
    }

    /// Until so many more answers were judged.
    pub async fn more(&self, requests: u64) {
        let enough = self.counters.requests.load(Relaxed) + requests;
        while self.counters.requests.load(Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn stop(mut self, faults: u64) -> Figures {
        self.clients.shutdown().await;
        Figures {
            requests: self.counters.requests.load(Relaxed),
            wrong: self.counters.wrong.load(Relaxed),
            faults,
        }
    }
}

async fn run(address: SocketAddr, probes: Vec<Probe>, start: usize, counters: Arc<Counters>) {
    let mut client = None;
    for number in (start..).step_by(CLIENTS) {
        // The first client makes a new connection for each request.
        if start == 0 {
            client = None;
        }
        // One after the other, and each time another token of the kind.
        let probe = &probes[number % probes.len()];
        let token = &probe.tokens[number / probes.len() % probe.tokens.len()];
        let expected = probe.expected();
        let status = match ask(&mut client, address, token).await {
            Ok(status) => status,
            Err(error) => {
                client = None;
                eprintln!("no answer: {error}");
                0
            }
        };
        // An answer to a request that was under way when the expectation changed is not judged.
        if expected == probe.expected() {
            counters.requests.fetch_add(1, Relaxed);
            if !expected.is_met_by(status) {
                counters.wrong.fetch_add(1, Relaxed);
                eprintln!("wrong: expected {expected:?}, found {status}, token {number}");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(client: &mut Option<Client>, address: SocketAddr, token: &str) -> std::io::Result<u16> {
    if client.is_none() {
        *client = Some(Client::connect(address).await?);
    }
    match client {
        Some(client) => Ok(client.get_with_token("/me", token).await?.status),
        None => Ok(0),
    }
}
