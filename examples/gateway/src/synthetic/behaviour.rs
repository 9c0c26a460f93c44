// SPDX-License-Identifier: MIT OR Apache-2.0

//! How an issuer answers when it is asked for its keys, or for its metadata: well, or in one of many bad ways.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers.
    #[default]
    Well,
    /// Answers after a while.
    Late(Duration),
    /// Answers with this status.
    Status(u16),
    /// Answers with this text.
    Text(String),
    /// Answers with the right text and blanks behind it, so many octets in all.
    Padded(usize),
    /// Announces the whole text and ends in its middle.
    Truncated,
    /// Sends an octet at a time, with this pause between two.
    Dripping(Duration),
    /// Redirects to itself.
    RedirectLoop,
    /// Redirects to another host.
    RedirectTo(String),
    /// Never answers.
    Hanging,
}

impl Behaviour {
    /// A behaviour by its name, for whoever tries them from the command line.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "well" => Self::Well,
            "late" => Self::Late(Duration::from_secs(3)),
            "error" => Self::Status(500),
            "garbage" => Self::Text("{\"keys\":[{\"kty\":".into()),
            "empty" => Self::Text("{\"keys\":[]}".into()),
            "huge" => Self::Padded(10 * 1024 * 1024),
            "truncated" => Self::Truncated,
            "dripping" => Self::Dripping(Duration::from_secs(1)),
            "redirect-loop" => Self::RedirectLoop,
            "hanging" => Self::Hanging,
            _ => return None,
        })
    }

    /// The answer in place of `text`, for a request of `path`.
    pub async fn answer(&self, path: &str, text: String) -> Response {
        match self {
            Self::Well => json(text),
            Self::Late(pause) => {
                tokio::time::sleep(*pause).await;
                json(text)
            }
            Self::Status(status) => StatusCode::from_u16(*status)
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response(),
            Self::Text(text) => json(text.clone()),
            Self::Padded(len) => json(text.clone() + &" ".repeat(len.saturating_sub(text.len()))),
            Self::Truncated => {
                let half = text.as_bytes()[..text.len() / 2].to_vec();
                let chunks = [Ok(half), Err(std::io::Error::other("truncated"))];
                let headers = [(header::CONTENT_LENGTH, text.len())];
                (headers, Body::from_stream(stream::iter(chunks))).into_response()
            }
            Self::Dripping(pause) => {
                let pause = *pause;
                let octets = stream::unfold(text.into_bytes().into_iter(), move |mut rest| async move {
                    let octet = rest.next()?;
                    tokio::time::sleep(pause).await;
                    Some((Ok::<_, Infallible>(Bytes::from(vec![octet])), rest))
                });
                Body::from_stream(octets).into_response()
            }
            Self::RedirectLoop => Redirect::temporary(path).into_response(),
            Self::RedirectTo(url) => Redirect::temporary(url).into_response(),
            Self::Hanging => pending().await,
        }
    }
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
