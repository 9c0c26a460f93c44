// SPDX-License-Identifier: MIT OR Apache-2.0

//! A clock that is set forwards and backwards, a little and a lot.

use std::time::Duration;

use rs256_gateway::clock::Clock;

use crate::Figures;
use crate::load::{Expect, Probe};
use crate::probes;
use crate::world::{Checks, HOUR, World};

const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

pub async fn steps_of_the_clock() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good.clone(), bad.clone()]);
    let before = world.issuer.metadata_requests();
    let steps = [
        10 * HOUR,
        -10 * HOUR,
        -5 * DAY,
        4 * DAY,
        -20 * YEAR,
        30 * YEAR,
        -9 * YEAR,
    ];
    for step in steps {
        let fetched = world.fetches("ok");
        // So far forwards that the keys are stale until they are fetched.
        let is_far = step > DAY;
        if is_far {
            good.expect(Expect::Changing);
            bad.expect(Expect::NotAccepted);
        }
        world.clock.step(step);
        if step > 0 {
            world.until("fetched", || world.fetches("ok") > fetched).await;
        }
        good.expect(Expect::Accepted);
        bad.expect(Expect::Refused);
        load.more(100).await;
    }
    // Trembling.
    for number in 0..50 {
        world.clock.step(if number % 2 == 0 { 2 * HOUR } else { -2 * HOUR });
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    load.more(100).await;
    let fetches = world.issuer.metadata_requests() - before;
    let mut checks = Checks::default();
    checks.check(
        &format!("at most a fetch for each step forwards, found {fetches}"),
        fetches <= 3 + 25,
    );
    let figures = load.stop(steps.len() as u64 + 50).await;
    world.end().await;
    checks.and(figures)
}

/// Tokens in the cache, whose signature will not be looked at again, begin and end when they say.
pub async fn tokens_expire_by_the_clock() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let now = world.clock.now().as_secs();
    let sign = |name, date| vec![probes::claims(&world.issuer).claim(name, date).sign(&probes::keys()[0])];
    let ending = Probe::new(sign("exp", now + 1000), Expect::Accepted);
    let beginning = Probe::new(sign("nbf", now + 1000), Expect::Refused);
    let load = world.load(&[good, bad, ending.clone(), beginning.clone()]);
    for _ in 0..5 {
        load.more(60).await;
        ending.expect(Expect::Changing);
        beginning.expect(Expect::Changing);
        world.clock.step(2000);
        ending.expect(Expect::Refused);
        beginning.expect(Expect::Accepted);
        load.more(60).await;
        ending.expect(Expect::Changing);
        beginning.expect(Expect::Changing);
        world.clock.step(-2000);
        ending.expect(Expect::Accepted);
        beginning.expect(Expect::Refused);
    }
    load.more(60).await;
    let figures = load.stop(10).await;
    world.end().await;
    figures
}
