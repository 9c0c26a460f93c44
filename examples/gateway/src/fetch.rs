// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fetching: the metadata document of an authority, then the keys it points to, over HTTPS.
//!
//! Nothing here decides when to fetch, or what the answer is worth; it only makes sure that an ill or hostile server
//! costs no more than a bounded time and a bounded amount of memory.

use std::time::Duration;

use reqwest::redirect;
use reqwest::{Certificate, Client, StatusCode, Url};
use rs256::discovery::{DiscoveryError, Document};
use rs256::limits::MAX_JWK_SET_LEN;

use crate::authority::Authority;
use crate::config;

/// Most redirects that are followed; issuers need none or one.
const MAX_REDIRECTS: usize = 3;

pub struct Fetcher {
    client: Client,
    timeout: Duration,
}

/// Why there is no answer. The texts are for the log; the codes are for the metrics.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("expected the status 200, found {0}")]
    Status(StatusCode),
    #[error("expected at most {MAX_JWK_SET_LEN} octets")]
    TooLong,
    #[error("{0}")]
    Metadata(#[from] DiscoveryError),
    #[error("expected a URL for the keys")]
    KeysUrl,
}

impl FetchError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "timed_out",
            Self::Http(_) => "http",
            Self::Status(_) => "status",
            Self::TooLong => "too_long",
            Self::Metadata(inner) => inner.code(),
            Self::KeysUrl => "keys_url",
        }
    }
}

impl Fetcher {
    /// `roots` are trusted beside the system's certificates.
    pub fn new(config: &config::Fetch, roots: Vec<Certificate>) -> Result<Self, reqwest::Error> {
        let mut client = Client::builder()
            .https_only(true)
            .redirect(redirect::Policy::custom(follow))
            .tls_certs_merge(roots)
            .pool_max_idle_per_host(0); // once an hour
        for (host, address) in &config.addresses {
            client = client.resolve(host, *address);
        }
        Ok(Self {
            client: client.build()?,
            timeout: Duration::from_secs(config.timeout_secs),
        })
    }

    /// The JWK Set of `authority` as it came, unread. The time is for everything, from the first name to be resolved to
    /// the last octet.
    pub async fn jwk_set(&self, authority: &Authority) -> Result<Vec<u8>, FetchError> {
        let both = async {
            let mut metadata = self.get(authority.metadata.clone()).await?;
            let document = Document::read(&mut metadata)?;
            authority.check_metadata(&document)?;
            let url = document.jwks_uri().parse().map_err(|_| FetchError::KeysUrl)?;
            self.get(url).await
        };
        tokio::time::timeout(self.timeout, both)
            .await
            .unwrap_or(Err(FetchError::TimedOut(self.timeout)))
    }

    /// The body of the answer, read piece by piece and given up when it is too long, whatever length was announced.
    async fn get(&self, url: Url) -> Result<Vec<u8>, FetchError> {
        let mut answer = self.client.get(url).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_JWK_SET_LEN {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Follows a redirect within the host that was asked, and no further: the metadata was checked to name that host.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let is_same_host = attempt.previous().first().is_some_and(|first| {
        first.host() == attempt.url().host() && first.port_or_known_default() == attempt.url().port_or_known_default()
    });
    if !is_same_host {
        attempt.error("a redirect to another host")
    } else if attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}
