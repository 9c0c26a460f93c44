// SPDX-License-Identifier: MIT OR Apache-2.0

//! An issuer that is ill, in every way that was thought of. Good tokens pass while the keys are fresh, bad ones never.

use std::sync::Arc;
use std::time::Duration;

use rs256_gateway::gateway::Gateway;
use rs256_gateway::synthetic::Behaviour;
use serde_json::{Value, json};

use crate::Figures;
use crate::client::Client;
use crate::clock::SteppedClock;
use crate::load::{Expect, Probe};
use crate::probes;
use crate::world::{self, Checks, HOUR, World};

pub async fn down_at_the_start() -> Figures {
    let issuer = world::issuer(&[&probes::keys()[0]]).await;
    issuer.go_down().await;
    let world = World::of(issuer, |_| {}).await;
    let (good, bad) = world.probes();
    good.expect(Expect::Unavailable);
    bad.expect(Expect::NotAccepted);
    let load = world.load(&[good.clone(), bad.clone()]);
    for _ in 0..3 {
        world.fetch("http").await;
        load.more(100).await;
    }
    let mut checks = Checks::default();
    checks.check("alive", world.admin("/healthz").await == 200);
    checks.check("not ready", world.admin("/readyz").await == 503);

    good.expect(Expect::Changing);
    world.issuer.come_up().unwrap();
    world.fetch("ok").await;
    good.expect(Expect::Accepted);
    bad.expect(Expect::Refused);
    load.more(300).await;
    checks.check("ready", world.admin("/readyz").await == 200);
    let figures = load.stop(3).await;
    world.end().await;
    checks.and(figures)
}

pub async fn down_later() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good, bad]);
    load.more(100).await;
    world.issuer.go_down().await;
    for _ in 0..5 {
        world.fetch("http").await;
        load.more(100).await;
    }
    world.issuer.come_up().unwrap();
    world.fetch("ok").await;
    load.more(200).await;
    let figures = load.stop(5).await;
    world.end().await;
    figures
}

pub async fn bad_key_sets() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good, bad]);

    // Has the impostor's key, which signed some of the bad tokens, under the name of the real one.
    let [key, .., other] = probes::keys();
    let evil = world::issuer(&[&other.renamed("a")]).await;
    let text = |text: &str| Behaviour::Text(text.into());
    let set = |keys: Vec<Value>| Behaviour::Text(json!({ "keys": keys }).to_string());
    let many = (0..40)
        .map(|number| key.renamed(&format!("k{number}")).jwk().clone())
        .collect();
    let mut weak = key.jwk().clone();
    weak["n"] = "AQAB".into();
    let elliptic = json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA" });
    let twice = format!("{{\"keys\":[{0}],\"keys\":[{0}]}}", key.jwk());

    let rows = [
        (Behaviour::Status(500), "status"),
        (Behaviour::Status(503), "status"),
        (Behaviour::Status(404), "status"),
        (Behaviour::Status(204), "status"),
        (text(""), "jwk_set"),
        (text("{\"keys\":[{\"kty\":"), "jwk_set"),
        (text("<!doctype html><title>Maintenance</title>"), "jwk_set"),
        (text("null"), "jwk_set"),
        (text(&"[".repeat(100_000)), "jwk_set"),
        (text("{\"keys\":[]}"), "jwk_set"),
        (text("{\"keys\":{}}"), "jwk_set"),
        (text(&twice), "jwk_set"),
        (set(vec![elliptic]), "jwk_set"),
        (set(vec![weak]), "jwk_set"),
        (set(many), "jwk_set"),
        (Behaviour::Padded(10 * 1024 * 1024), "too_long"),
        (Behaviour::Truncated, "http"),
        (Behaviour::RedirectLoop, "http"),
        (Behaviour::RedirectTo(format!("{}/keys", evil.url())), "http"),
        (Behaviour::RedirectTo("http://127.0.0.1:1/".into()), "http"),
        (Behaviour::Late(Duration::from_secs(4)), "timed_out"),
        (Behaviour::Dripping(Duration::from_millis(30)), "timed_out"),
        (Behaviour::Hanging, "timed_out"),
        // Slow and large, but not too much so.
        (Behaviour::Late(Duration::from_millis(200)), "ok"),
        (Behaviour::Padded(1_000_000), "ok"),
    ];
    let faults = rows.len() as u64;
    for (behaviour, code) in rows {
        world.issuer.behave(behaviour);
        world.fetch(code).await;
        load.more(40).await;
        world.issuer.behave(Behaviour::Well);
        world.fetch("ok").await;
    }
    load.more(100).await;
    let mut checks = Checks::default();
    checks.check("the evil issuer was never asked", evil.keys_requests() == 0);
    let figures = load.stop(faults).await;
    world.end().await;
    checks.and(figures)
}

pub async fn bad_metadata() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let load = world.load(&[good, bad]);

    let evil = world::issuer(&[&probes::keys()[3].renamed("a")]).await;
    let url = world.issuer.url();
    let document =
        |issuer: &str, keys: &str| Behaviour::Text(json!({ "issuer": issuer, "jwks_uri": keys }).to_string());
    let other_algorithm = json!({
        "issuer": url, "jwks_uri": format!("{url}/keys"), "id_token_signing_alg_values_supported": ["ES256"],
    });
    let rows = [
        (Behaviour::Status(502), "status"),
        (Behaviour::Text("<html>".into()), "discovery_json"),
        (
            Behaviour::Text(json!({ "issuer": url }).to_string()),
            "discovery_member_missing",
        ),
        (
            document(evil.url(), &format!("{}/keys", evil.url())),
            "discovery_issuer",
        ),
        (document(url, &format!("{}/keys", evil.url())), "discovery_jwks_uri"),
        (
            document(url, &format!("{}/keys", url.replace("https", "http"))),
            "discovery_jwks_uri",
        ),
        (document(url, &format!("{url}/nowhere")), "status"),
        (Behaviour::Text(other_algorithm.to_string()), "discovery_algorithm"),
        (Behaviour::Padded(10 * 1024 * 1024), "too_long"),
        (Behaviour::RedirectLoop, "http"),
        (Behaviour::Hanging, "timed_out"),
    ];
    let faults = rows.len() as u64;
    for (behaviour, code) in rows {
        world.issuer.behave_for_metadata(behaviour);
        world.fetch(code).await;
        load.more(40).await;
        world.issuer.behave_for_metadata(Behaviour::Well);
        world.fetch("ok").await;
    }
    load.more(100).await;
    let mut checks = Checks::default();
    checks.check("the evil issuer was never asked", evil.keys_requests() == 0);
    let figures = load.stop(faults).await;
    world.end().await;
    checks.and(figures)
}

/// The issuer withdraws a key, and somebody keeps the gateway from learning it: for a day, and no longer.
pub async fn blocked_past_max_stale() -> Figures {
    let world = World::new().await;
    let (good, bad) = world.probes();
    let key = &probes::keys()[1];
    let next = Probe::new(probes::good(&world.issuer, key, 8), Expect::Refused);
    let load = world.load(&[good.clone(), bad.clone(), next.clone()]);
    world.issuer.publish(&[key]);
    world.issuer.behave(Behaviour::Hanging);
    // 22.5 hours
    for _ in 0..3 {
        let before = world.fetches("timed_out");
        world.clock.step(7 * HOUR + HOUR / 2);
        world.until("blocked", || world.fetches("timed_out") > before).await;
        load.more(100).await;
    }
    for probe in [&good, &bad, &next] {
        probe.expect(Expect::NotAccepted);
    }
    good.expect(Expect::Changing);
    world.clock.step(2 * HOUR);
    world.until("stale", || !world.gateway.gate.is_ready()).await;
    good.expect(Expect::Unavailable);
    next.expect(Expect::Unavailable);
    load.more(300).await;

    let mut checks = Checks::default();
    let mut client = Client::connect(world.gateway.api).await.unwrap();
    let answer = client.get_with_token("/me", good.first()).await.unwrap();
    checks.check(
        "no challenge",
        answer.status == 503 && answer.field("www-authenticate").is_none(),
    );
    checks.check(
        "retry later",
        answer.field("retry-after").is_some() && answer.body.contains("keys_stale"),
    );
    checks.check("alive", world.admin("/healthz").await == 200);
    checks.check("not ready", world.admin("/readyz").await == 503);

    good.expect(Expect::NotAccepted);
    next.expect(Expect::Changing);
    world.issuer.behave(Behaviour::Well);
    world.fetch("ok").await;
    good.expect(Expect::Refused);
    bad.expect(Expect::Refused);
    next.expect(Expect::Accepted);
    load.more(300).await;
    let figures = load.stop(4).await;
    world.end().await;
    checks.and(figures)
}

/// Two authorities. One's illness is not the other's, and a key of the one never vouches for the other.
pub async fn one_of_two_is_down() -> Figures {
    let [first_key, second_key, ..] = probes::keys();
    let (first, second) = (world::issuer(&[first_key]).await, world::issuer(&[second_key]).await);
    second.go_down().await;
    let clock = Arc::new(SteppedClock::default());
    let config = world::config(&[&first, &second]);
    let roots = [first.certificate(), second.certificate()];
    let gateway = Gateway::start(&config, &roots, clock.clone()).await.unwrap();
    let world = World {
        issuer: first,
        gateway,
        clock,
    };
    world.until("ready", || world.gateway.gate.is_ready()).await;

    let (good, bad) = world.probes();
    bad.expect(Expect::NotAccepted);
    let of_second = Probe::new(probes::good(&second, second_key, 8), Expect::Unavailable);
    let crossed = vec![
        probes::claims(&second).sign(first_key),
        probes::claims(&second).sign(&first_key.renamed("b")),
        probes::claims(&world.issuer).sign(second_key),
        probes::claims(&world.issuer).sign(&second_key.renamed("a")),
    ];
    let crossed = Probe::new(crossed, Expect::NotAccepted);
    let load = world.load(&[good, bad.clone(), of_second.clone(), crossed.clone()]);
    load.more(300).await;

    of_second.expect(Expect::Changing);
    second.come_up().unwrap();
    world.clock.step(10);
    let is_second_fresh = || world.metric("gateway_keys_fresh{authority=\"synthetic-1\"}") == 1;
    world.until("the second one is up", is_second_fresh).await;
    of_second.expect(Expect::Accepted);
    bad.expect(Expect::Refused);
    crossed.expect(Expect::Refused);
    load.more(300).await;

    // And the first goes down.
    world.issuer.go_down().await;
    world.fetch("http").await;
    load.more(200).await;
    let figures = load.stop(2).await;
    world.end().await;
    figures
}
