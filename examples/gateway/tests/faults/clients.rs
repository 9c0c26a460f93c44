// SPDX-License-Identifier: MIT OR Apache-2.0

//! Clients that are many, slow, broken or greedy. The others are answered throughout.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;

use crate::Figures;
use crate::client::Client;
use crate::load::Load;
use crate::world::{Checks, World};

/// Connections that say nothing, or never finish what they say.
async fn silent_connections(world: &World, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for number in 0..count {
        let mut client = Client::connect(world.gateway.api).await.unwrap();
        if number % 2 == 0 {
            let _ = client
                .stream
                .write_all(b"GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ")
                .await;
        }
        clients.push(client);
    }
    clients
}

/// Counts those that the server closes by itself.
async fn closed(clients: Vec<Client>, checks: &mut Checks) {
    let mut waiting = JoinSet::new();
    for mut client in clients {
        waiting.spawn(async move { client.closed().await });
    }
    for is_closed in waiting.join_all().await {
        checks.check("the connection is closed", is_closed);
    }
}

fn good_and_bad(world: &World) -> Load {
    let (good, bad) = world.probes();
    world.load(&[good, bad])
}

pub async fn connection_flood() -> Figures {
    const COUNT: usize = 2000;
    let world = World::new().await;
    let load = good_and_bad(&world);
    let mut checks = Checks::default();
    let clients = silent_connections(&world, COUNT).await;
    load.more(300).await;
    closed(clients, &mut checks).await;
    load.more(100).await;
    let figures = load.stop(COUNT as u64).await;
    world.end().await;
    checks.and(figures)
}

/// New clients wait until there is room, which there is as soon as the silent ones are given up.
pub async fn more_connections_than_allowed() -> Figures {
    const COUNT: usize = 200;
    let world = World::with(|config| {
        config.limits.connections = 64;
        config.limits.header_millis = 1000;
    })
    .await;
    let load = good_and_bad(&world);
    load.more(50).await;
    let mut checks = Checks::default();
    let clients = silent_connections(&world, COUNT).await;
    load.more(300).await;
    closed(clients, &mut checks).await;
    load.more(100).await;
    let figures = load.stop(COUNT as u64).await;
    world.end().await;
    checks.and(figures)
}

pub async fn slow_and_broken_clients() -> Figures {
    const OF_EACH_KIND: usize = 60;
    let world = World::new().await;
    let (good, _) = world.probes();
    let request = |len: usize| {
        let token = good.first();
        format!(
            "POST /orders/1/approval HTTP/1.1\r\nHost: x\r\nContent-Length: {len}\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
    };
    let load = good_and_bad(&world);
    let api = world.gateway.api;
    let mut clients = JoinSet::new();
    for number in 0..OF_EACH_KIND {
        // A header that comes an octet at a time.
        clients.spawn(async move {
            let mut client = Client::connect(api).await.unwrap();
            for octet in b"GET /me HTTP/1.1\r\nHost: ".iter().cycle().take(100) {
                tokio::time::sleep(Duration::from_millis(100)).await;
                if client.stream.write_all(&[*octet]).await.is_err() {
                    break;
                }
            }
            client.closed().await
        });
        // A body that does so, and ends in the middle of it.
        let slow = request(1000);
        clients.spawn(async move {
            let mut client = Client::connect(api).await.unwrap();
            client.stream.write_all(slow.as_bytes()).await.unwrap();
            let answer = client.receive().await;
            // The token is good, but lacks the role, which is said without waiting for the body.
            answer.is_ok_and(|answer| matches!(answer.status, 403 | 408))
        });
        // Half a request, and gone.
        let half = request(10);
        clients.spawn(async move {
            let mut client = Client::connect(api).await.unwrap();
            let _ = client
                .stream
                .write_all(&half.as_bytes()[..half.len() * number / OF_EACH_KIND])
                .await;
            true
        });
        // No HTTP at all.
        clients.spawn(async move {
            let mut client = Client::connect(api).await.unwrap();
            let _ = client
                .stream
                .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
                .await;
            client.closed().await
        });
    }
    let mut checks = Checks::default();
    for is_right in clients.join_all().await {
        checks.check("the client is answered, or its connection closed", is_right);
    }
    load.more(100).await;
    let figures = load.stop(4 * OF_EACH_KIND as u64).await;
    world.end().await;
    checks.and(figures)
}

pub async fn oversized_requests() -> Figures {
    let world = World::new().await;
    let load = good_and_bad(&world);
    let approver = crate::probes::claims(&world.issuer)
        .claim("roles", ["Orders.Approve"].as_slice())
        .sign(&crate::probes::keys()[0]);
    let get = |lines: &str| format!("GET /me HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
    let post = |lines: &str, body: &str| {
        format!("POST /orders/1/approval HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {approver}\r\n{lines}\r\n{body}")
    };
    let field = |len: usize| get(&format!("Authorization: Bearer {}\r\n", "a".repeat(len)));
    let nested = {
        use base64::Engine;
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let claims = format!("{{\"a\":{}", "[".repeat(20_000));
        let token = format!(
            "{}.{}.AAAA",
            encode("{\"alg\":\"RS256\",\"kid\":\"a\"}"),
            encode(&claims)
        );
        get(&format!("Authorization: Bearer {token}\r\n"))
    };
    let rows = [
        ("a token longer than any", field(70_000), 401),
        ("deep claims that nobody signed", nested, 401),
        ("a field longer than a header", field(300_000), 431),
        ("many fields", get(&"X: y\r\n".repeat(500)), 431),
        ("a good note", post("Content-Length: 4\r\n", "fine"), 200),
        (
            "a long body",
            post("Content-Length: 100000\r\n", &"x".repeat(100_000)),
            413,
        ),
        (
            "a long body in chunks",
            post(
                "Transfer-Encoding: chunked\r\n",
                &format!("1f400\r\n{}\r\n0\r\n\r\n", "x".repeat(128_000)),
            ),
            413,
        ),
    ];
    let mut checks = Checks::default();
    checks.0.faults = rows.len() as u64 - 1;
    for (what, request, status) in rows {
        let mut client = Client::connect(world.gateway.api).await.unwrap();
        // A server that has answered may close the connection before everything is sent.
        let _ = client.stream.write_all(request.as_bytes()).await;
        let found = client.receive().await.map(|answer| answer.status);
        checks.check(&format!("{what}: {found:?}"), found.is_ok_and(|found| found == status));
    }
    load.more(100).await;
    let figures = load.stop(0).await;
    world.end().await;
    checks.and(figures)
}
