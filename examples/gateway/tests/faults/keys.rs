// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that come and go while tokens keep coming in, and tokens that name keys which never were.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;

use crate::Figures;
use crate::client::Client;
use crate::load::{Expect, Probe};
use crate::probes;
use crate::world::{Checks, World};

pub async fn rotated_under_load() -> Figures {
    let world = World::new().await;
    let keys = &probes::keys()[..3];
    let bad = Probe::new(probes::bad(&world.issuer, &keys[0]), Expect::Refused);
    let tokens = |key| probes::good(&world.issuer, key, 8);
    let mut probes: Vec<Probe> = keys
        .iter()
        .map(|key| Probe::new(tokens(key), Expect::Refused))
        .collect();
    probes[0].expect(Expect::Accepted);
    probes.push(bad);
    let load = world.load(&probes);
    load.more(200).await;

    // From each to the next, and back to the first in the end.
    for (old, new) in [(0, 1), (1, 2), (2, 0)] {
        // The new key is published beside the old one. Nobody tells the gateway; a token that names it does.
        probes[new].expect(Expect::Changing);
        world.issuer.publish(&[&keys[old], &keys[new]]);
        let before = world.fetches("ok");
        world.clock.step(301);
        world
            .until("the new key is found", || world.fetches("ok") > before)
            .await;
        probes[new].expect(Expect::Accepted);
        load.more(200).await;
        // The old one is withdrawn. Its tokens are in the cache, and are refused all the same.
        probes[old].expect(Expect::Changing);
        world.issuer.publish(&[&keys[new]]);
        world.fetch("ok").await;
        probes[old].expect(Expect::Refused);
        load.more(200).await;
    }
    let figures = load.stop(6).await;
    world.end().await;
    figures
}

/// The cache remembers which key verified, not its name.
pub async fn new_key_under_an_old_name() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let renamed = probes::keys()[2].renamed("a");
    let new = Probe::new(probes::good(&world.issuer, &renamed, 8), Expect::Refused);
    let load = world.load(&[good.clone(), bad, new.clone()]);
    load.more(300).await;
    good.expect(Expect::Changing);
    new.expect(Expect::Changing);
    world.issuer.publish(&[&renamed]);
    world.fetch("ok").await;
    good.expect(Expect::Refused);
    new.expect(Expect::Accepted);
    load.more(300).await;
    let figures = load.stop(1).await;
    world.end().await;
    figures
}

/// Tokens with random key identifiers: so many, from so many clients, for so long.
const RANDOM_KIDS: u64 = 40_000;
const CLIENTS: u64 = 8;
const PER_SECOND: u64 = 10_000;

pub async fn random_kids() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good, bad]);
    let mut checks = Checks::default();
    let fetches = || world.issuer.metadata_requests();
    let before = fetches();
    let start = Instant::now();

    // Just after a fetch: for five minutes there is no other one.
    let first = flood(world.gateway.api, RANDOM_KIDS / 2).await;
    let during = fetches() - before;
    checks.check(&format!("expected no fetch, found {during}"), during == 0);
    // Five minutes later: one, and no more.
    world.clock.step(301);
    let second = flood(world.gateway.api, RANDOM_KIDS / 2).await;
    let during = fetches() - before;
    checks.check(&format!("expected one fetch, found {during}"), during == 1);

    let rate = RANDOM_KIDS as f32 / start.elapsed().as_secs_f32();
    println!("  random kids: {rate:.0} a second, {during} fetch in 300 s");
    checks.0.faults = RANDOM_KIDS;
    checks.0.requests += RANDOM_KIDS;
    checks.0.wrong += RANDOM_KIDS - first - second;
    let figures = load.stop(0).await;
    world.end().await;
    checks.and(figures)
}

/// Sends `count` tokens, each with another `kid`, no faster than asked for; how many were refused as they should.
async fn flood(api: SocketAddr, count: u64) -> u64 {
    let refused = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let refused = refused.clone();
        clients.spawn(async move {
            let mut connection = Client::connect(api).await.unwrap();
            let signature = "A".repeat(342);
            let start = Instant::now();
            for number in 0..count / CLIENTS {
                let header = format!("{{\"alg\":\"RS256\",\"kid\":\"{client}-{:x}\"}}", rand::random::<u64>());
                let token = format!("{}.e30.{signature}", URL_SAFE_NO_PAD.encode(header));
                let answer = connection.get_with_token("/me", &token).await;
                if answer.is_ok_and(|answer| answer.status == 401 && answer.body.contains("unknown_key")) {
                    refused.fetch_add(1, Relaxed);
                }
                let due = Duration::from_micros(number * 1_000_000 * CLIENTS / PER_SECOND);
                if let Some(early) = due.checked_sub(start.elapsed()).filter(|early| early.as_millis() > 0) {
                    tokio::time::sleep(early).await;
                }
            }
        });
    }
    clients.join_all().await;
    refused.load(Relaxed)
}
