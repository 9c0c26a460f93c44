// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that come and go while tokens keep coming in, and tokens that name keys which never were.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

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

/// Tokens with random key identifiers: so many within one second, at least once, and a second in which to do it.
const PER_SECOND: u64 = 10_000;
const SECOND: Duration = Duration::from_secs(1);
/// What is tried, since a part of it is late.
const TRIED_PER_SECOND: u64 = 14_000;
/// Connections, and requests under way on each of them.
const CLIENTS: u64 = 8;
const IN_FLIGHT: u64 = 32;
/// It goes on until that second has come, on a machine that is busy with other things too, but no longer than this.
const LEAST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(60);

pub async fn random_kids() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good, bad]);
    let mut checks = Checks::default();
    let fetches = || world.issuer.metadata_requests();
    let before = fetches();

    // Just after a fetch: for five minutes there is no other one.
    let first = flood(world.gateway.api).await;
    let during = fetches() - before;
    checks.check(&format!("expected no fetch, found {during}"), during == 0);
    // Five minutes later: one, and no more.
    world.clock.step(301);
    let second = flood(world.gateway.api).await;
    let during = fetches() - before;
    checks.check(&format!("expected one fetch, found {during}"), during == 1);

    for flood in [&first, &second] {
        let Flood {
            answered,
            busiest,
            secs,
            ..
        } = flood;
        println!("  random kids: {answered} in {secs:.1} s, {busiest} in the busiest second; {during} fetch in 300 s");
        checks.check(
            &format!("expected {PER_SECOND} a second, found {busiest}"),
            *busiest >= PER_SECOND,
        );
        checks.0.faults += answered;
        checks.0.requests += answered;
        checks.0.wrong += answered - flood.refused;
    }
    let figures = load.stop(0).await;
    world.end().await;
    checks.and(figures)
}

struct Flood {
    answered: u64,
    /// Those with the answer that they should have.
    refused: u64,
    /// Most answers that came within one second.
    busiest: u64,
    secs: f32,
}

#[derive(Default)]
struct Counters {
    answered: AtomicU64,
    refused: AtomicU64,
    is_enough: AtomicBool,
}

/// Sends tokens, each with another `kid`, many at a time on connections that stay open.
async fn flood(api: SocketAddr) -> Flood {
    let counters = Arc::<Counters>::default();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(pour(api, counters.clone()));
    }
    let start = Instant::now();
    // How many answers there were, at every moment of the last second.
    let mut moments = VecDeque::from([(start, 0)]);
    let mut busiest = 0;
    while start.elapsed() < LEAST || (busiest < PER_SECOND && start.elapsed() < LONGEST) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let (now, answered) = (Instant::now(), counters.answered.load(Relaxed));
        moments.push_back((now, answered));
        while moments.front().is_some_and(|(then, _)| now - *then > SECOND) {
            moments.pop_front();
        }
        busiest = busiest.max(answered - moments[0].1);
    }
    counters.is_enough.store(true, Relaxed);
    clients.join_all().await;
    Flood {
        answered: counters.answered.load(Relaxed),
        refused: counters.refused.load(Relaxed),
        busiest,
        secs: start.elapsed().as_secs_f32(),
    }
}

/// One connection: writes many requests, reads their answers, and again, no faster than its part of what is tried.
async fn pour(api: SocketAddr, counters: Arc<Counters>) {
    let mut connection = Client::connect(api).await.unwrap();
    let signature = "A".repeat(342);
    let pause = SECOND * (CLIENTS * IN_FLIGHT) as u32 / TRIED_PER_SECOND as u32;
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !counters.is_enough.load(Relaxed) {
        ticks.tick().await;
        let mut requests = String::new();
        for _ in 0..IN_FLIGHT {
            let header = format!("{{\"alg\":\"RS256\",\"kid\":\"{:032x}\"}}", rand::random::<u128>());
            let token = format!("{}.e30.{signature}", URL_SAFE_NO_PAD.encode(header));
            requests += &format!("GET /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        }
        let mut answer = connection.send(requests.as_bytes()).await;
        for left in (0..IN_FLIGHT).rev() {
            counters.answered.fetch_add(1, Relaxed);
            if answer.is_ok_and(|answer| answer.status == 401 && answer.body.contains("unknown_key")) {
                counters.refused.fetch_add(1, Relaxed);
            }
            if left == 0 {
                break;
            }
            answer = connection.receive().await;
        }
    }
}
