// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a whole request costs in CPU time: with rs256, with and without its cache, with jsonwebtoken in its place, and
//! with no verification at all.
//!
//! ```sh
//! cargo run --release --features compare --bin throughput
//! ```
//!
//! Each service is a process of its own, so that its CPU time is its own, those of its sockets included. They take
//! turns, and the minimum over the rounds counts: what else the machine does meets all of them.

mod layer;
mod load;
mod peer;
mod server;
mod service;

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use rs256_gateway::clock::{Clock, SystemClock};
use rs256_gateway::synthetic::{SyntheticKey, Token};
use serde_json::json;

use crate::service::{AUDIENCE, ISSUER, Service};

const TOKENS: usize = 1000;
const ROUNDS: usize = 9;
const REQUESTS_PER_ROUND: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref().and_then(Service::by_name) {
        Some(service) => server::run(service),
        None => measure(),
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    // As many keys as Entra publishes at a time.
    let keys = (0..4).map(|number| SyntheticKey::generate(&format!("synthetic-key-number-{number}")));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let tokens: Vec<String> = (0..TOKENS)
        .map(|number| token(number).sign(&keys[number % keys.len()]))
        .collect();
    let jwk_set = json!({ "keys": keys.iter().map(SyntheticKey::jwk).collect::<Vec<_>>() }).to_string();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut servers = Service::ALL.map(|service| Server::start(service, &jwk_set, &tokens[0]));
    for round in 0..=ROUNDS {
        for server in &mut servers {
            let server = server.as_mut().map_err(|error| error.to_string())?;
            let before = server.cpu_nanos()?;
            runtime.block_on(load::send(server.port, &tokens, REQUESTS_PER_ROUND))?;
            let nanos = (server.cpu_nanos()? - before) / REQUESTS_PER_ROUND as u64;
            // The first round is for the caches, all of them.
            if round > 0 {
                server.best = server.best.min(nanos);
            }
        }
    }
    let best: Vec<u64> = servers.iter().flatten().map(|server| server.best).collect();
    let (none, peer) = (best[0], best[3]);
    println!(
        "\n{TOKENS} tokens of {} octets, minimum of {ROUNDS} rounds of {REQUESTS_PER_ROUND} requests\n",
        tokens[7].len()
    );
    println!("| service | CPU time for a request, µs | verification alone, µs | beside jsonwebtoken |");
    println!("| --- | ---: | ---: | ---: |");
    for (service, nanos) in Service::ALL.iter().zip(&best) {
        let (whole, alone) = (*nanos as f64 / 1e3, nanos.saturating_sub(none) as f64 / 1e3);
        println!(
            "| {} | {whole:.1} | {alone:.1} | {:.2}× |",
            service.title(),
            peer as f64 / *nanos as f64
        );
    }
    Ok(())
}

/// In the shape of an Entra access token.
fn token(number: usize) -> Token {
    Token::new(ISSUER, AUDIENCE, SystemClock.now().as_secs())
        .claim("azp", "5d8f2c1a-7b3e-4a96-8c0d-1e4f6a9b2c3d")
        .claim("name", format!("Synthetic Person {number}"))
        .claim("oid", format!("{number:08x}-3a5b-4c7d-8e9f-0a1b2c3d4e5f"))
        .claim("preferred_username", format!("person{number}@contoso.example"))
        .claim("roles", ["Orders.Read", "Orders.Approve"].as_slice())
        .claim("scp", "orders.read orders.write")
        .claim("tid", "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14")
        .claim("uti", format!("uti-{number}"))
        .claim("ver", "2.0")
}

/// A service in a process of its own. It ends when its standard input does.
struct Server {
    process: Child,
    port: u16,
    best: u64,
}

impl Server {
    fn start(service: Service, jwk_set: &str, token: &str) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(service.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.as_mut().ok_or("no standard input")?;
        writeln!(stdin, "{jwk_set}\n{token}")?;
        let stdout = process.stdout.as_mut().ok_or("no standard output")?;
        let mut port = String::new();
        BufReader::new(stdout).read_line(&mut port)?;
        Ok(Self {
            process,
            port: port.trim().parse()?,
            best: u64::MAX,
        })
    }

    /// What all threads of the process have used so far.
    fn cpu_nanos(&self) -> Result<u64, Box<dyn Error>> {
        let mut nanos = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            nanos += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(nanos)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
