// SPDX-License-Identifier: MIT OR Apache-2.0

//! The end: what is under way is finished, what is new is turned away.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::Figures;
use crate::client::Client;
use crate::probes;
use crate::world::{Checks, World};

pub async fn open_requests_are_finished() -> Figures {
    let world = World::new().await;
    let token = probes::claims(&world.issuer)
        .claim("roles", ["Orders.Approve"].as_slice())
        .sign(&probes::keys()[0]);
    let api = world.gateway.api;
    let mut open = Client::connect(api).await.unwrap();
    let idle = Client::connect(api).await.unwrap();
    let head = format!(
        "POST /orders/1/approval HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nAuthorization: Bearer {token}\r\n\r\nfi"
    );
    open.stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let stopping = tokio::spawn(world.end());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut checks = Checks::default();
    let is_turned_away = match Client::connect(api).await {
        Err(_) => true,
        Ok(mut client) => client.get("/me", "").await.is_err(),
    };
    checks.check("a new client is turned away", is_turned_away);
    checks.check("it waits for the open request", !stopping.is_finished());
    let answer = open.send(b"ne").await;
    checks.check(
        "the open request is finished",
        answer.is_ok_and(|answer| answer.status == 200),
    );
    drop(idle);
    checks.check("it has stopped", stopping.await.is_ok());
    checks.0.faults = 1;
    checks.0
}
