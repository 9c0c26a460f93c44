// SPDX-License-Identifier: MIT OR Apache-2.0

//! A client of HTTP/1.1 that costs little, and can be as rude as a test wants.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whoever waits longer got no answer.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    pub stream: TcpStream,
    buf: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl Client {
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buf: Vec::with_capacity(4096),
        })
    }

    /// `GET path` with these header lines.
    pub async fn get(&mut self, path: &str, lines: &str) -> io::Result<Answer> {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n").as_bytes())
            .await
    }

    pub async fn get_with_token(&mut self, path: &str, token: &str) -> io::Result<Answer> {
        self.get(path, &format!("Authorization: Bearer {token}\r\n")).await
    }

    /// Sends octets and waits for an answer.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        let both = async {
            self.stream.write_all(request).await?;
            self.receive().await
        };
        tokio::time::timeout(PATIENCE, both)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    pub async fn receive(&mut self) -> io::Result<Answer> {
        let head_len = loop {
            if let Some(end) = self.buf.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&self.buf[..head_len]).into_owned();
        let mut answer = Answer {
            status: head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0),
            head,
            body: String::new(),
        };
        let body_len = answer
            .field("content-length")
            .and_then(|len| len.parse().ok())
            .unwrap_or(0);
        while self.buf.len() < head_len + body_len {
            self.read().await?;
        }
        answer.body = String::from_utf8_lossy(&self.buf[head_len..head_len + body_len]).into_owned();
        self.buf.drain(..head_len + body_len);
        Ok(answer)
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buf).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Waits until the server has closed the connection, whatever it says before.
    pub async fn closed(&mut self) -> bool {
        let all = async { while matches!(self.stream.read_buf(&mut self.buf).await, Ok(1..)) {} };
        tokio::time::timeout(PATIENCE, all).await.is_ok()
    }
}
