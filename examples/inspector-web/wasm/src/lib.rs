// SPDX-License-Identifier: MIT OR Apache-2.0

//! The inspection of `examples/verify` for a page: a request in, JSON out, both through memory that the page writes and
//! reads. It imports nothing, so it can reach nothing.
//!
//! A request is five texts, each behind its length in octets (four octets, little-endian): tokens as pasted, a JWK Set or
//! PEM (or nothing), issuers and audiences one to a line, and options `name=value` one to a line.

#[allow(dead_code, reason = "the terminal uses more of it")]
#[path = "../../../verify/app/inspection/mod.rs"]
mod inspection;

use std::cell::RefCell;

use inspection::{Inspection, Keys, Rules, paste, text};
use rs256::{KeySet, Leeway, RsaPublicKey};
use serde::Serialize;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a request of `len` octets; where it goes.
#[unsafe(no_mangle)]
pub extern "C" fn request(len: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        *request = vec![0; len];
        request.as_mut_ptr()
    })
}

/// Answers the request; how many octets of JSON the answer has.
#[unsafe(no_mangle)]
pub extern "C" fn inspect() -> usize {
    let request = REQUEST.take();
    let answer = answer(&request).unwrap_or_else(|problem| Answer {
        problem: Some(problem),
        ..Answer::default()
    });
    let json = serde_json::to_vec(&answer).unwrap_or_default();
    ANSWER.with_borrow_mut(|answer| {
        *answer = json;
        answer.len()
    })
}

/// Where the answer is.
#[unsafe(no_mangle)]
pub extern "C" fn answer_at() -> *const u8 {
    ANSWER.with_borrow(Vec::as_ptr)
}

#[derive(Default, Serialize)]
struct Answer {
    /// Why there is nothing to show, in words: the fault of the request, not of a token.
    problem: Option<String>,
    /// About the keys.
    keys: Vec<String>,
    tokens: Vec<Inspection>,
}

fn answer(mut request: &[u8]) -> Result<Answer, String> {
    let [tokens, keys, issuers, audiences, options] = [(); 5].map(|()| field(&mut request));
    let lines = |text: &[u8]| -> Vec<String> {
        let text = str::from_utf8(text).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    let mut rules = Rules {
        issuers: lines(issuers),
        audiences: lines(audiences),
        ..Rules::default()
    };
    for option in lines(options) {
        match option.split_once('=') {
            Some(("now", secs)) => rules.now = secs.parse().map_err(|_| "the time is no number of seconds")?,
            Some(("leeway", secs)) => {
                let leeway = secs.parse().ok().and_then(Leeway::from_secs);
                rules.leeway = Some(leeway.ok_or("the leeway is a number of seconds up to 600")?);
            }
            Some(("require", name)) => rules.required.push(name.to_owned()),
            Some(("any-audience", _)) => rules.any_audience = true,
            Some(("no-exp", _)) => rules.no_exp = true,
            Some(("redact", _)) => rules.redact = true,
            _ => return Err("unknown option".to_owned()),
        }
    }
    let mut answer = Answer::default();
    let keys = read_keys(keys.trim_ascii(), &mut answer.keys)?;
    // Claims are held against a whole policy or none: half a policy would refuse every token.
    rules.none = match keys {
        Some(_) => rules.issuers.is_empty() || rules.audiences.is_empty() && !rules.any_audience,
        None => rules.issuers.is_empty() && rules.audiences.is_empty(),
    };
    // A text area adds white space as it likes, around a token and not within.
    answer.tokens = paste::pasted("pasted", tokens.trim_ascii())
        .iter()
        .map(|token| match &token.text {
            Ok(text) => inspection::inspect(text, keys.as_deref(), &rules),
            Err((error, octets)) => inspection::no_token(*error, *octets, &rules),
        })
        .collect();
    Ok(answer)
}

/// The next text of a request; nothing at its end.
fn field<'r>(request: &mut &'r [u8]) -> &'r [u8] {
    let Some((len, rest)) = request.split_first_chunk::<4>() else {
        return &[];
    };
    let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
    let (field, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
    *request = rest;
    field
}

fn read_keys(octets: &[u8], about: &mut Vec<String>) -> Result<Option<Box<Keys>>, String> {
    if octets.is_empty() {
        return Ok(None);
    }
    if octets.starts_with(b"-----") {
        let mut buf = vec![0; octets.len()];
        let key = RsaPublicKey::from_pem(octets, &mut buf).map_err(|error| format!("keys: {error}"))?;
        about.push(format!(
            "one key of {} bits, whatever a token names",
            key.modulus_bits()
        ));
        return Ok(Some(Box::new(KeySet::pinned(&key))));
    }
    let mut keys = Box::new(KeySet::new());
    let report = keys
        .replace_from_jwk_set(octets)
        .map_err(|error| format!("keys: {error}"))?;
    for key in keys.iter() {
        let kid = key.kid().map_or("without kid".to_owned(), text::safe);
        about.push(format!("{kid}, {} bits", key.modulus_bits()));
    }
    for (reason, count) in report.skipped() {
        about.push(format!("{count} passed over: {reason}"));
    }
    Ok(Some(keys))
}

#[cfg(test)]
mod tests {
    use super::answer;

    fn request(texts: [&str; 5]) -> Vec<u8> {
        let len = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
        texts
            .iter()
            .flat_map(|text| len(text).into_iter().chain(text.bytes()))
            .collect()
    }

    #[test]
    fn what_is_no_request_is_answered() {
        for keys in ["{", "{\"keys\":[]}", "-----BEGIN", "[]", "\u{fffd}"] {
            let answer = answer(&request(["a.b.c", keys, "", "", "now=1"]));
            assert!(answer.is_err_and(|problem| problem.starts_with("keys: ")), "{keys}");
        }
        for options in ["now=x", "leeway=601", "leeway=-1", "other=", "other"] {
            assert!(answer(&request(["a.b.c", "", "", "", options])).is_err(), "{options}");
        }
        // Cut short anywhere, it is one with less in it.
        let whole = request(["a.b.c", "", "i", "a", "leeway=1"]);
        for len in 0..whole.len() {
            let answer = answer(&whole[..len]);
            assert!(answer.is_ok_and(|answer| answer.tokens.len() == 1) || len > 27, "{len}");
        }
    }
}
