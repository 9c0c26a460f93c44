// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use rs256::Leeway;

use super::inspection::Rules;

const USES: &str = "\
Examples:
  What is in this token, and when does it expire? (macOS: pbpaste; Windows: Get-Clipboard)
    xclip -o | verify --decode-only -

  Would my service accept it?
    curl -s https://login.microsoftonline.com/TENANT/discovery/v2.0/keys > keys.json
    verify --jwks keys.json --issuer https://login.microsoftonline.com/TENANT/v2.0 --audience CLIENT_ID token.txt

  Was it good at ten past nine yesterday?
    verify … --now $(date -d 'yesterday 9:10' +%s) token.txt

  A copy for a ticket, without names, addresses and identifiers of people
    verify … --redact token.txt

  All refused tokens of a day, by reason
    verify … --json tokens/*.txt | jq -r 'select(.verdict == \"refused\") | .code' | sort | uniq -c

A token is a file, or - for standard input: the token itself, `Bearer TOKEN` or a whole line `Authorization: Bearer TOKEN`;
or several of them, one to a line. Nothing leaves this machine.

Exit codes: 0 every token accepted, 1 a token refused (its error's stable code is on standard error), 2 wrong usage or
unreadable files. With --decode-only nothing is verified, and 0 says no more than that the token could be read.";

/// Where the keys come from.
#[derive(Debug)]
pub(crate) enum KeySource {
    BuiltIn,
    JwkSet(PathBuf),
    Pem(PathBuf),
    /// Nothing is verified.
    None,
}

/// Where a token comes from.
#[derive(Debug)]
pub(crate) enum TokenSource {
    BuiltIn,
    File(PathBuf),
    StandardInput,
}

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) keys: KeySource,
    pub(crate) tokens: Vec<TokenSource>,
    /// All but the clock, which may be the system's.
    pub(crate) rules: Rules,
    pub(crate) now: Option<u64>,
    pub(crate) json: bool,
}

fn command() -> Command {
    let text = |name: &'static str| Arg::new(name).long(name).value_name("TEXT").action(ArgAction::Append);
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let file = |name: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
    };
    Command::new("verify")
        .about("Verifies RS256 JSON Web Tokens, and says what was checked, what is wrong and what to do about it.")
        .after_help(USES)
        .arg(
            Arg::new("token")
                .value_name("TOKEN")
                .num_args(0..)
                .value_parser(value_parser!(PathBuf))
                .help("Files with tokens, or - for standard input; a built-in synthetic one unless given"),
        )
        .next_help_heading("Keys")
        .arg(file("jwks").help("Keys from a JWK Set").conflicts_with("pem"))
        .arg(file("pem").help("One pinned key: a public key or a certificate"))
        .arg(
            flag("decode-only")
                .help("Verify nothing: show what is in the token")
                .conflicts_with_all(["jwks", "pem", "signature-only"]),
        )
        .next_help_heading("Policy")
        .arg(text("issuer").help("An issuer (iss) to accept; repeatable"))
        .arg(text("audience").help("An audience (aud) to accept; repeatable"))
        .arg(flag("any-audience").help("Accept every audience"))
        .arg(
            Arg::new("leeway")
                .long("leeway")
                .value_name("SECONDS")
                .value_parser(value_parser!(u16))
                .help("Allowed clock skew in both directions; 60 unless given, at most 600"),
        )
        .arg(
            text("require")
                .value_name("CLAIM")
                .help("Refuse a token without this claim; repeatable"),
        )
        .arg(flag("no-exp").help("Accept a token without exp"))
        .arg(flag("signature-only").help("Check the signature and nothing else"))
        .arg(
            Arg::new("now")
                .long("now")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64))
                .help("The time to check for, in seconds since 1970; the system's clock unless given"),
        )
        .next_help_heading("Output")
        .arg(flag("json").help("One JSON object for each token and line"))
        .arg(
            flag("redact")
                .help("A copy for others: known values that say nothing about a person, of the rest the length"),
        )
}

impl Arguments {
    /// # Errors
    ///
    /// Help that was asked for, and wrong usage.
    pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        let matches = command().try_get_matches_from(arguments)?;
        Self::read(&matches).map_err(|message| command().error(clap::error::ErrorKind::ValueValidation, message))
    }

    fn read(matches: &ArgMatches) -> Result<Self, String> {
        let all = |name: &str| -> Vec<String> { matches.get_many(name).into_iter().flatten().cloned().collect() };
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let leeway = match matches.get_one::<u16>("leeway") {
            Some(secs) => {
                Some(Leeway::from_secs(*secs).ok_or_else(|| format!("--leeway takes at most {}", Leeway::MAX_SECS))?)
            }
            None => None,
        };
        let decode_only = matches.get_flag("decode-only");
        let signature_only = matches.get_flag("signature-only");
        let mut rules = Rules {
            issuers: all("issuer"),
            audiences: all("audience"),
            required: all("require"),
            any_audience: matches.get_flag("any-audience"),
            no_exp: matches.get_flag("no-exp"),
            leeway,
            none: signature_only,
            redact: matches.get_flag("redact"),
            now: 0,
        };
        let mut tokens: Vec<TokenSource> = matches
            .get_many::<PathBuf>("token")
            .into_iter()
            .flatten()
            .map(|path| match path.to_str() {
                Some("-") => TokenSource::StandardInput,
                _ => TokenSource::File(path.clone()),
            })
            .collect();
        let keys = match (path("jwks"), path("pem")) {
            (Some(path), _) => KeySource::JwkSet(path),
            (_, Some(path)) => KeySource::Pem(path),
            _ if decode_only => KeySource::None,
            _ if tokens.is_empty() => KeySource::BuiltIn,
            _ => return Err("keys are missing: --jwks FILE or --pem FILE, or --decode-only without any".into()),
        };
        if tokens.is_empty() {
            if matches!(keys, KeySource::JwkSet(_) | KeySource::Pem(_)) {
                return Err("a token is missing: a file, or - for standard input".into());
            }
            tokens.push(TokenSource::BuiltIn);
        }
        let has_policy = !rules.issuers.is_empty() || !rules.audiences.is_empty();
        match keys {
            KeySource::JwkSet(_) | KeySource::Pem(_) if !signature_only => {
                if rules.issuers.is_empty() {
                    return Err("--issuer is missing (or --signature-only)".into());
                }
                if rules.audiences.is_empty() && !rules.any_audience {
                    return Err("--audience is missing (or --any-audience, or --signature-only)".into());
                }
            }
            KeySource::None => rules.none = !has_policy,
            _ => {}
        }
        Ok(Self {
            keys,
            tokens,
            rules,
            now: matches.get_one("now").copied(),
            json: matches.get_flag("json"),
        })
    }
}
