// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use rs256::NumericDate;

pub const HELP: &str = "\
Verifies tokens, one a line, and says how many got which verdict.

  audit --jwks FILE --issuer URL --audience TEXT... [TOKENS]
  audit --jwks FILE --tenant GUID --client-id GUID [TOKENS]      access tokens of Entra
  audit --generate [--distinct 1000] [--lines 1000000]           synthetic ones, no files needed

  TOKENS          a file, plain or gzip; standard input without one, or with -
  --now SECS      the time to check tokens at, since 1970; the clock's without it
  --threads N     all cores without it; --generate measures one core and all
  --json          the result as JSON, a line for each run
  --write FILE    with --generate: writes the lines (FILE.gz: as gzip) and FILE.jwks.json, and stops
";

#[derive(Debug)]
pub struct Arguments {
    /// The file of the JWK Set, and whose tokens; none for synthetic ones.
    pub trust: Option<(PathBuf, Trust)>,
    pub file: Option<PathBuf>,
    pub now: Option<NumericDate>,
    pub threads: Option<usize>,
    pub json: bool,
    pub distinct: usize,
    pub lines: u64,
    pub write: Option<PathBuf>,
}

#[derive(Debug)]
pub enum Trust {
    Issuer { issuer: String, audiences: Vec<String> },
    Entra { tenant: String, client_id: String },
}

impl Arguments {
    /// None when help was asked for.
    pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Option<Self>, lexopt::Error> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let (mut jwks, mut issuer, mut audiences) = (None, None, Vec::new());
        let (mut tenant, mut client_id, mut generate) = (None, None, false);
        let mut parsed = Self {
            trust: None,
            file: None,
            now: None,
            threads: None,
            json: false,
            distinct: 1000,
            lines: 1_000_000,
            write: None,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("jwks") => jwks = Some(parser.value()?.into()),
                Long("issuer") => issuer = Some(parser.value()?.string()?),
                Long("audience") => audiences.push(parser.value()?.string()?),
                Long("tenant") => tenant = Some(parser.value()?.string()?),
                Long("client-id") => client_id = Some(parser.value()?.string()?),
                Long("now") => parsed.now = Some(NumericDate::from_secs(parser.value()?.parse()?)),
                Long("threads") => parsed.threads = Some(parser.value()?.parse()?),
                Long("json") => parsed.json = true,
                Long("generate") => generate = true,
                Long("distinct") => parsed.distinct = parser.value()?.parse()?,
                Long("lines") => parsed.lines = parser.value()?.parse()?,
                Long("write") => parsed.write = Some(parser.value()?.into()),
                Value(file) if parsed.file.is_none() => parsed.file = Some(file.into()),
                other => return Err(other.unexpected()),
            }
        }
        parsed.trust = match (generate, jwks, issuer, tenant.zip(client_id)) {
            (true, None, None, None) if parsed.distinct > 0 => None,
            (false, Some(jwks), Some(issuer), None) if !audiences.is_empty() => {
                Some((jwks, Trust::Issuer { issuer, audiences }))
            }
            (false, Some(jwks), None, Some((tenant, client_id))) => Some((jwks, Trust::Entra { tenant, client_id })),
            _ => return Err("expected keys and whose tokens to accept, or --generate; see --help".into()),
        };
        Ok(Some(parsed))
    }
}
