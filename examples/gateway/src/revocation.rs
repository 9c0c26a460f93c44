// SPDX-License-Identifier: MIT OR Apache-2.0

//! Withdrawn tokens, by their own identifiers: `jti`, and Entra's `uti`.
//!
//! A file with one identifier a line (`#` begins a comment) that somebody else writes; it is read again whenever it has
//! changed. A file that cannot be read changes nothing: what was withdrawn stays withdrawn.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rs256::{Claims, JsonStr, Revocation};
use tracing::{info, warn};

use crate::facts::string_claim;
use crate::gate::Gate;

/// Longest file: a million identifiers of Entra's. A longer one is refused as a whole.
const MAX_FILE_LEN: u64 = 32 * 1024 * 1024;

#[derive(Debug, Default)]
pub struct RevocationList(HashSet<Box<str>>);

impl RevocationList {
    pub fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim());
        Self(lines.filter(|line| !line.is_empty()).map(Into::into).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, id: JsonStr<'_>) -> bool {
        match id.as_str() {
            Some(id) => self.0.contains(id),
            // written with an escape
            None => self.0.contains(id.chars().collect::<String>().as_str()),
        }
    }
}

impl Revocation for RevocationList {
    fn is_revoked(&self, claims: &Claims<'_>) -> bool {
        if self.is_empty() {
            return false;
        }
        let ids = [claims.jwt_id(), string_claim(claims, "uti")];
        ids.into_iter().flatten().any(|id| self.has(id))
    }
}

/// The file, and when it was last read.
pub struct RevocationFile {
    path: Box<Path>,
    read: Option<Version>,
}

/// What tells one state of the file from another.
type Version = (SystemTime, u64);

impl RevocationFile {
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.into(),
            read: None,
        }
    }

    /// The list, if the file has changed since this was last asked.
    pub async fn changed(&mut self) -> io::Result<Option<RevocationList>> {
        let metadata = tokio::fs::metadata(&self.path).await?;
        let version = (metadata.modified()?, metadata.len());
        if self.read == Some(version) {
            return Ok(None);
        }
        if metadata.len() > MAX_FILE_LEN {
            return Err(io::Error::other(format!("expected at most {MAX_FILE_LEN} octets")));
        }
        let text = tokio::fs::read_to_string(&self.path).await?;
        self.read = Some(version);
        Ok(Some(RevocationList::parse(&text)))
    }

    /// Looks at the file every `pause`, until it is dropped.
    pub async fn follow(mut self, gate: Arc<Gate>, pause: Duration) {
        loop {
            tokio::time::sleep(pause).await;
            match self.changed().await {
                Ok(None) => {}
                Ok(Some(list)) => {
                    info!(entries = list.len(), "revocation list read");
                    gate.metrics.revocation_read(true);
                    gate.revoke(list);
                }
                Err(error) => {
                    warn!(%error, "revocation list not read, the old one stays");
                    gate.metrics.revocation_read(false);
                }
            }
        }
    }
}
