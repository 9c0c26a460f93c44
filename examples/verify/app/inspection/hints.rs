// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do next about the common failures.

use rs256::report::{Outcome, Rule};
use rs256::{ClaimsError, Error, HeaderError, JwsError, KeySelectionError, PolicyError, RegisteredClaim};

use super::text::safe;
use super::{Look, time};

/// How many seconds off a clock is likely to be.
const SKEW: u64 = 300;

/// `aud` of Microsoft Graph: its URL and its application id.
const GRAPH: [&str; 3] = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000",
];

pub(super) fn hints(look: &Look<'_>) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for finding in look.report.findings() {
        let Outcome::Failed(error) = finding.outcome() else {
            continue;
        };
        if let Some(hint) = hint(look, finding.rule(), &error)
            && !hints.contains(&hint)
        {
            hints.push(hint);
        }
    }
    if is_graph_token(look) {
        let hint = "This is a token for Microsoft Graph, not for your service: only Microsoft can check it. The client \
                    asked for a scope of Graph; let it ask for one of yours, such as api://YOUR-APP/.default.";
        hints.insert(0, hint.to_owned());
    } else if let Some(why) = looks_like_an_id_token(look)
        && (look.error_of(Rule::Audience).is_some() || look.report.findings().all(|line| !failed(line.outcome())))
    {
        hints.push(format!(
            "This looks like an ID token ({why}): it tells a client who signed in, and is no permission to call a \
             service. Send the access token instead."
        ));
    }
    hints
}

const fn failed(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed(_))
}

fn hint(look: &Look<'_>, rule: Rule, error: &Error) -> Option<String> {
    Some(match error {
        Error::Jws(JwsError::SegmentCount) => segments(look),
        Error::Jws(JwsError::EmptySignature) => {
            "The token ends with a dot: it is unsecured, or its signature was cut off. Neither is ever accepted.".into()
        }
        Error::Jws(JwsError::Base64url(_)) => not_base64url(look),
        Error::Header(HeaderError::Algorithm) => algorithm(look),
        Error::Header(HeaderError::Critical) => {
            "The issuer demands an extension (`crit`) that this service does not have.".into()
        }
        Error::KeySelection(KeySelectionError::UnknownKey) => unknown_key(look),
        Error::KeySelection(KeySelectionError::Ambiguous) => format!(
            "The token does not name its key, and the key set has {}: give the one key alone (--pem).",
            look.keys.map_or(0, |keys| keys.len())
        ),
        Error::Signature(_) if is_graph_token(look) => return None,
        Error::Signature(_) => "The text was changed after signing, or cut off when it was copied, or the key set is \
                                another issuer's with an equal kid. Copy the token again; then fetch the keys from the \
                                issuer's jwks_uri."
            .into(),
        Error::Claims(ClaimsError::WrongType(claim)) => wrong_type(*claim),
        Error::Policy(PolicyError::Expired { exp, now }) => {
            expired(now.as_secs().saturating_sub(exp.as_secs()), look.date("exp"))
        }
        Error::Policy(PolicyError::NotYetValid { nbf, now }) => {
            not_yet(nbf.as_secs().saturating_sub(now.as_secs()), look.date("nbf"))
        }
        Error::Policy(PolicyError::Issuer) => issuer(look),
        Error::Policy(PolicyError::Audience) if is_graph_token(look) => return None,
        Error::Policy(PolicyError::Audience) => audience(look),
        Error::Policy(PolicyError::MissingClaim(RegisteredClaim::Expiration)) => {
            "The token never expires. If that is meant, --no-exp (Policy::waive_expiration) accepts it.".into()
        }
        Error::Policy(PolicyError::MissingClaim(RegisteredClaim::Audience)) => {
            "The token is for nobody in particular, so any service could use it at any other. If that is meant, \
             --any-audience accepts it."
                .into()
        }
        _ if rule == Rule::RequiredClaims => {
            "Ask the issuer to write this claim: for Entra ID an optional claim of the \
                                              application's registration, for AD FS a claim rule."
                .into()
        }
        _ => return None,
    })
}

fn segments(look: &Look<'_>) -> String {
    let dots = look.token.iter().filter(|octet| **octet == b'.').count();
    match dots {
        4 => "Five segments: an encrypted token (JWE). Only the service it is for can open it.".into(),
        0 if look.token.is_empty() => "There is no token.".into(),
        0 => "No dot: an opaque token, not a JWT, or only a part of one.".into(),
        1 => "Two segments: the signature is missing. Copy the token again, to its end.".into(),
        _ => format!("{} segments: more than one token, or other text around it.", dots + 1),
    }
}

fn not_base64url(look: &Look<'_>) -> String {
    let has = |wanted: &[u8]| look.token.iter().any(|octet| wanted.contains(octet));
    if has(b" \t\r\n") {
        "There is white space in the token: it was wrapped when it was copied. Join the lines.".into()
    } else if has(b"\"'") {
        "There are quotation marks around the token: leave them out.".into()
    } else if has(b"+/=") {
        "The token is written in base64 with + / or =, not in base64url: something on its way has re-encoded it.".into()
    } else if look
        .token
        .windows(3)
        .any(|octets| octets == b"..." || octets == "…".as_bytes())
    {
        "The token was shortened with dots where it was copied from.".into()
    } else {
        "A segment was cut off or changed when it was copied.".into()
    }
}

fn algorithm(look: &Look<'_>) -> String {
    match look.header("alg") {
        Some(alg) if alg.eq_ignore_ascii_case("none") => {
            "alg is none: the token is not signed, and anybody can write one.".into()
        }
        Some(alg @ ("HS256" | "HS384" | "HS512")) => format!(
            "alg is {alg}: signed with a shared secret. Where RS256 is expected this is also the form of an attack, a \
             public key used as the secret."
        ),
        Some(alg) if look.has_header("enc") => {
            format!("alg is {}: an encrypted token (JWE).", look.show.text(alg))
        }
        Some(alg) => format!(
            "alg is {}, here only RS256 is accepted. Entra ID and AD FS sign with RS256: is this their token?",
            look.show.text(&alg.chars().take(40).collect::<String>())
        ),
        None => "The header names no algorithm.".into(),
    }
}

fn unknown_key(look: &Look<'_>) -> String {
    let kids: Vec<String> = look
        .keys
        .map(|keys| keys.iter().filter_map(|key| key.kid().map(safe)).collect())
        .unwrap_or_default();
    let set = match &kids[..] {
        [] => "The key set names no keys".to_owned(),
        kids => format!("The key set has the kids {}", kids.join(", ")),
    };
    format!(
        "{set}. Fetch it again (keys rotate), from the jwks_uri of the issuer in `iss`; for an Entra application with \
         its own signing keys add ?appid=CLIENT_ID to the metadata's address."
    )
}

fn wrong_type(claim: RegisteredClaim) -> String {
    let name = claim.name();
    match claim {
        RegisteredClaim::Expiration | RegisteredClaim::NotBefore | RegisteredClaim::IssuedAt => {
            format!("`{name}` must be a number of seconds, not text: the issuer is at fault.")
        }
        _ => format!("`{name}` has the wrong JSON type: the issuer is at fault."),
    }
}

fn expired(secs: u64, exp: Option<u64>) -> String {
    if exp.is_some_and(|exp| exp < 100_000_000) {
        return "`exp` is a date of the early seventies: perhaps a lifetime was written instead of a date.".into();
    }
    if secs <= SKEW {
        format!(
            "Late by no more than {}: suspect the clocks. Compare this one with the issuer's (NTP) before you raise the \
             leeway; if they agree, the client has to renew tokens earlier.",
            time::span(secs)
        )
    } else {
        "Get a new token. A client renews it some minutes before `exp`, and once more after a 401.".into()
    }
}

fn not_yet(secs: u64, nbf: Option<u64>) -> String {
    if nbf.is_some_and(|nbf| nbf > 100_000_000_000) {
        "`nbf` is far in the future: perhaps it was written in milliseconds instead of seconds.".into()
    } else if secs <= SKEW {
        format!(
            "Early by no more than {}: suspect the clocks. Compare this one with the issuer's (NTP) before you raise the \
             leeway.",
            time::span(secs)
        )
    } else {
        "Is this machine's clock right, in the right time zone?".into()
    }
}

fn issuer(look: &Look<'_>) -> String {
    let Some(found) = look.claim("iss") else {
        return "The token does not say in plain text who issued it.".into();
    };
    let expected = |test: &dyn Fn(&str) -> bool| look.rules.issuers.iter().any(|issuer| test(issuer));
    let is_v1 = |issuer: &str| issuer.starts_with("https://sts.windows.net/");
    let is_v2 = |issuer: &str| issuer.starts_with("https://login.microsoftonline.") && issuer.ends_with("/v2.0");
    if is_v1(found) && expected(&is_v2) {
        "A token of version 1.0 held against metadata of version 2.0. The version is the resource's choice: set \
         requestedAccessTokenVersion to 2 in the registration's manifest, or use the version 1.0 metadata and issuer."
            .into()
    } else if is_v2(found) && expected(&is_v1) {
        "A token of version 2.0 held against metadata of version 1.0. The version is the resource's choice \
         (requestedAccessTokenVersion): use the version 2.0 metadata and issuer."
            .into()
    } else if expected(&|issuer| issuer.trim_end_matches('/') == found.trim_end_matches('/')) {
        "The two differ by a slash at the end: write the issuer exactly as the token has it.".into()
    } else if expected(&|issuer| issuer.eq_ignore_ascii_case(found)) {
        "The two differ in case: write the issuer exactly as the token has it.".into()
    } else if expected(&|issuer| has_segment(issuer, "adfs")) && has_segment(found, "adfs") {
        "AD FS has two issuers: `issuer` of its metadata signs ID tokens, `access_token_issuer`, usually with http, signs \
         access tokens."
            .into()
    } else if expected(&|issuer| {
        ["common", "organizations"].iter().any(|name| has_segment(issuer, name)) || issuer.contains('{')
    }) {
        "The metadata of common and organizations names a template: put the tenant's id in the place of {tenantid}, or \
         use rs256::entra for several tenants."
            .into()
    } else if is_v2(found) && expected(&is_v2) || is_v1(found) && expected(&is_v1) {
        "Another tenant: accept it only if you mean to (rs256::entra has lists of tenants).".into()
    } else {
        "Compare with `issuer` in the issuer's metadata, octet for octet.".into()
    }
}

/// Whether a part of a URL between slashes is `name`.
fn has_segment(url: &str, name: &str) -> bool {
    url.split('/').any(|segment| segment == name)
}

fn audience(look: &Look<'_>) -> String {
    let found: Vec<&str> = look
        .report
        .unverified_claims()
        .and_then(|claims| claims.get("aud"))
        .and_then(rs256::StringOrArray::from_json)
        .map(|texts| texts.iter().filter_map(|text| text.as_str()).collect())
        .unwrap_or_default();
    let same = |test: &dyn Fn(&str, &str) -> bool| {
        found
            .iter()
            .any(|found| look.rules.audiences.iter().any(|expected| test(found, expected)))
    };
    if same(&|found, expected| {
        found.strip_prefix("api://") == Some(expected) || expected.strip_prefix("api://") == Some(found)
    }) {
        "The same application in another form: tokens of version 1.0 have its Application ID URI (api://…), those of \
         version 2.0 its client id. Accept the form of the version that the registration asks for."
            .into()
    } else if same(&|found, expected| found.trim_end_matches('/') == expected.trim_end_matches('/')) {
        "The two differ by a slash at the end: accept the audience exactly as the token has it.".into()
    } else if same(&|found, expected| found.eq_ignore_ascii_case(expected)) {
        "The two differ in case: accept the audience exactly as the token has it.".into()
    } else {
        "The client asked for a token of another service. Let it ask for a scope of this one, such as \
         api://THIS-APP/.default; do not add the other's audience here."
            .into()
    }
}

fn is_graph_token(look: &Look<'_>) -> bool {
    look.has_header("nonce") || look.claim("aud").is_some_and(|aud| GRAPH.contains(&aud))
}

/// What only an ID token has, if it has nothing that only an access token has.
fn looks_like_an_id_token(look: &Look<'_>) -> Option<&'static str> {
    let is_access_token = ["scp", "scope", "idtyp", "appidacr", "azpacr"]
        .iter()
        .any(|name| look.has_claim(name));
    if is_access_token {
        return None;
    }
    ["at_hash", "c_hash", "nonce"]
        .into_iter()
        .find(|name| look.has_claim(name))
}
