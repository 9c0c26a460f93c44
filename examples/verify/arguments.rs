// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::Usage;

pub(crate) const HELP: &str = "\
Verifies an RS256 JSON Web Token and says what was checked.

usage: verify                                     a built-in synthetic token
       verify --jwks FILE [options] TOKEN         keys from a JWK Set
       verify --pem FILE  [options] TOKEN         one pinned key: public key or certificate

TOKEN is a file, or - for standard input; one newline at its end is dropped.

options:
  --issuer TEXT        an issuer (iss) to accept; repeatable
  --audience TEXT      an audience (aud) to accept; repeatable
  --any-audience       accept every audience
  --leeway SECONDS     allowed clock skew in both directions; 60 unless given, at most 600
  --require CLAIM      refuse a token without this claim; repeatable
  --no-exp             accept a token without exp
  --signature-only     check the signature and nothing else
  --now SECONDS        the time to check for, in seconds since 1970; the system's clock unless given
  -h, --help           this text

exit codes: 0 accepted, 1 refused (the error's code is on standard error), 2 wrong usage or unreadable files

examples:
  curl -s https://login.microsoftonline.com/common/discovery/v2.0/keys > keys.json
  verify --jwks keys.json --issuer https://login.microsoftonline.com/TENANT/v2.0 --audience CLIENT_ID token.txt
  pbpaste | verify --pem signer.pem --signature-only -
";

/// Where the keys come from.
#[derive(Debug)]
pub(crate) enum KeySource {
    JwkSet(PathBuf),
    Pem(PathBuf),
}

/// Where the token comes from.
#[derive(Debug)]
pub(crate) enum TokenSource {
    File(PathBuf),
    StandardInput,
}

/// A verification that was asked for.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Keys and token; the built-in ones when absent.
    pub(crate) sources: Option<(KeySource, TokenSource)>,
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) required: Vec<String>,
    pub(crate) any_audience: bool,
    pub(crate) no_exp: bool,
    pub(crate) signature_only: bool,
    pub(crate) leeway: Option<u16>,
    pub(crate) now: Option<u64>,
}

pub(crate) enum Parsed {
    Run(Arguments),
    Help,
}

impl Arguments {
    pub(crate) fn from_command_line() -> Result<Parsed, Usage> {
        Self::parse(lexopt::Parser::from_env()).map_err(|error| format!("{error}; --help tells more"))
    }

    fn parse(mut parser: lexopt::Parser) -> Result<Parsed, lexopt::Error> {
        let mut arguments = Self::default();
        let mut keys: Option<KeySource> = None;
        let mut token: Option<TokenSource> = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Parsed::Help),
                Long("jwks") if keys.is_none() => keys = Some(KeySource::JwkSet(parser.value()?.into())),
                Long("pem") if keys.is_none() => keys = Some(KeySource::Pem(parser.value()?.into())),
                Long("jwks" | "pem") => return Err("one of --jwks and --pem, once".into()),
                Long("issuer") => arguments.issuers.push(parser.value()?.string()?),
                Long("audience") => arguments.audiences.push(parser.value()?.string()?),
                Long("require") => arguments.required.push(parser.value()?.string()?),
                Long("any-audience") => arguments.any_audience = true,
                Long("no-exp") => arguments.no_exp = true,
                Long("signature-only") => arguments.signature_only = true,
                Long("leeway") => arguments.leeway = Some(parser.value()?.parse()?),
                Long("now") => arguments.now = Some(parser.value()?.parse()?),
                Value(value) if token.is_none() => {
                    token = Some(if value == "-" {
                        TokenSource::StandardInput
                    } else {
                        TokenSource::File(value.into())
                    });
                }
                other => return Err(other.unexpected()),
            }
        }
        arguments.sources = match (keys, token) {
            (Some(keys), Some(token)) => Some((keys, token)),
            (None, None) => None,
            (Some(_), None) => return Err("a token is missing: a file, or - for standard input".into()),
            (None, Some(_)) => return Err("keys are missing: --jwks FILE or --pem FILE".into()),
        };
        if arguments.sources.is_some() && !arguments.signature_only {
            if arguments.issuers.is_empty() {
                return Err("--issuer is missing (or --signature-only)".into());
            }
            if arguments.audiences.is_empty() && !arguments.any_audience {
                return Err("--audience is missing (or --any-audience, or --signature-only)".into());
            }
        }
        Ok(Parsed::Run(arguments))
    }
}
