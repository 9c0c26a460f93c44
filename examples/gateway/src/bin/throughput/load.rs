// SPDX-License-Identifier: MIT OR Apache-2.0

//! The clients: some connections that stay open, on each of them one request after the other.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 8;

/// Sends `count` requests, with one token after the other. Every answer has to be good.
pub async fn send(port: u16, tokens: &[String], count: usize) -> io::Result<()> {
    let mut clients = JoinSet::new();
    for number in 0..CONNECTIONS {
        let requests: Vec<Vec<u8>> = tokens
            .iter()
            .skip(number)
            .step_by(CONNECTIONS)
            .map(|token| request(token))
            .collect();
        clients.spawn(client(port, requests, count / CONNECTIONS));
    }
    clients.join_all().await.into_iter().collect()
}

fn request(token: &str) -> Vec<u8> {
    format!("GET /orders HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: Bearer {token}\r\n\r\n").into()
}

async fn client(port: u16, requests: Vec<Vec<u8>>, count: usize) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    let mut buf = [0; 4096];
    for request in requests.iter().cycle().take(count) {
        stream.write_all(request).await?;
        // An answer is short and comes at once.
        let len = stream.read(&mut buf).await?;
        if !buf[..len].starts_with(b"HTTP/1.1 200") || !buf[..len].ends_with(b"]") {
            return Err(io::Error::other(String::from_utf8_lossy(&buf[..len])));
        }
    }
    Ok(())
}
