// SPDX-License-Identifier: MIT OR Apache-2.0

//! What `examples/verify` prints, to the letter: one file in `tests/data/inspector` for each case.
//!
//! `RS256_BLESS=1 cargo test --test inspector` writes the files anew and fails, so that no run is green by accident.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

#[allow(dead_code, reason = "the part that asks the system")]
#[path = "../examples/verify/app/mod.rs"]
mod app;

use std::ffi::OsString;
use std::fs;

use app::System;
use common::setting::{NOW, jwk_set, object};
use common::signer::Signer;
use common::{path, read, text};

const FOLDER: &str = "tests/data/inspector";
const TENANT: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";
const CLIENT: &str = "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31";
const HEADER: &str = r#"{"typ":"JWT","alg":"RS256","kid":"k1"}"#;

fn v2() -> String {
    format!("https://login.microsoftonline.com/{TENANT}/v2.0")
}

/// What came out of one run.
struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn run(arguments: &[&str], stdin: &str) -> Ran {
    run_on(arguments, stdin, false, &|_| None)
}

fn run_on(arguments: &[&str], stdin: &str, colour: bool, local: &dyn Fn(u64) -> Option<String>) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["verify"].iter().chain(arguments).map(OsString::from).collect();
    let system = System {
        stdin: &mut stdin.as_bytes(),
        out: &mut out,
        err: &mut err,
        colour,
        clock: Some(NOW),
        local,
    };
    let code = app::run(arguments, system);
    Ran {
        code,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

/// The key set that most cases use.
fn keys() -> String {
    let file = path(env!("CARGO_TARGET_TMPDIR")).join("inspector.jwks.json");
    let set = jwk_set(&[
        Signer::good().jwk(r#""kid":"k1""#),
        Signer::large().jwk(r#""kid":"k2""#),
    ]);
    // Tests run side by side: the file is complete whenever one of them opens it.
    let own = file.with_extension(format!("{:?}", std::thread::current().id()));
    fs::write(&own, set).unwrap();
    fs::rename(&own, &file).unwrap();
    file.display().to_string()
}

/// Runs a token against [`keys`] and the policy for [`CLIENT`] in [`TENANT`].
fn inspect(token: &str, more: &[&str]) -> Ran {
    let (keys, issuer) = (keys(), v2());
    let mut arguments = vec!["--jwks", &keys, "--issuer", &issuer, "--audience", CLIENT];
    arguments.extend(more);
    arguments.push("-");
    run(&arguments, token)
}

/// Claims that are accepted, with `changes`; one without a value is left out.
fn claims(changes: &[(&str, &str)]) -> String {
    let quoted = |text: &str| format!("\"{text}\"");
    let (issuer, audience, tid) = (quoted(&v2()), quoted(CLIENT), quoted(TENANT));
    let [iat, exp] = [NOW - 300, NOW + 3600].map(|secs| secs.to_string());
    let mut members: Vec<(&str, &str)> = vec![
        ("aud", &audience),
        ("iss", &issuer),
        ("iat", &iat),
        ("nbf", &iat),
        ("exp", &exp),
        ("oid", r#""dd4972dd-4250-49fb-a71c-35b456b8dc89""#),
        ("scp", r#""orders.read""#),
        ("tid", &tid),
        ("ver", r#""2.0""#),
    ];
    for change in changes {
        match members.iter_mut().find(|(name, _)| *name == change.0) {
            Some(member) => *member = *change,
            None => members.push(*change),
        }
    }
    members.retain(|(_, value)| !value.is_empty());
    object(&members)
}

fn signed(changes: &[(&str, &str)]) -> String {
    Signer::good().token(HEADER, claims(changes))
}

/// Compares a run with its file.
fn snapshot(name: &str, ran: &Ran, code: u8) {
    let found = format!(
        "exit code {}\n--- standard error\n{}--- standard output\n{}",
        ran.code, ran.err, ran.out
    );
    let file = path(FOLDER).join(format!("{name}.txt"));
    if std::env::var_os("RS256_BLESS").is_some() {
        fs::write(&file, &found).unwrap();
        panic!("wrote {name}; read its diff, then run without RS256_BLESS");
    }
    assert_eq!(ran.code, code, "{found}");
    let pinned = String::from_utf8(read(&format!("{FOLDER}/{name}.txt"))).unwrap();
    assert!(found == pinned, "{name}: pinned\n{pinned}\nfound\n{found}");
}

#[test]
fn accepted() {
    snapshot("accepted", &run(&[], ""), 0);
}

#[test]
fn expired_long_ago() {
    let [iat, exp] = [NOW - 15_130, NOW - 11_530].map(|secs| secs.to_string());
    let token = signed(&[("iat", &iat), ("nbf", &iat), ("exp", &exp)]);
    snapshot("expired", &inspect(&token, &[]), 1);
}

#[test]
fn expired_by_seconds() {
    let exp = (NOW - 75).to_string();
    snapshot("expired-by-seconds", &inspect(&signed(&[("exp", &exp)]), &[]), 1);
}

#[test]
fn not_yet_valid() {
    let nbf = (NOW + 120).to_string();
    snapshot("not-yet-valid", &inspect(&signed(&[("nbf", &nbf)]), &[]), 1);
}

#[test]
fn another_form_of_the_audience() {
    let audience = format!(r#"["api://{CLIENT}"]"#);
    snapshot("audience", &inspect(&signed(&[("aud", &audience)]), &[]), 1);
}

#[test]
fn version_1_against_version_2() {
    let issuer = format!(r#""https://sts.windows.net/{TENANT}/""#);
    let token = signed(&[("iss", &issuer), ("ver", r#""1.0""#)]);
    snapshot("issuer-v1", &inspect(&token, &[]), 1);
}

#[test]
fn tampered() {
    let good = signed(&[]);
    let signature = good.rsplit('.').next().unwrap();
    let payload = common::encode(claims(&[("scp", r#""orders.write""#)]).as_bytes());
    let token = format!("{}.{payload}.{signature}", common::encode(HEADER.as_bytes()));
    snapshot("tampered", &inspect(&token, &[]), 1);
}

#[test]
fn unknown_kid() {
    let token = Signer::good().token(r#"{"alg":"RS256","kid":"k3"}"#, claims(&[]));
    snapshot("unknown-kid", &inspect(&token, &[]), 1);
}

#[test]
fn graph_token() {
    let header = r#"{"typ":"JWT","nonce":"aXNzdWVk","alg":"RS256","kid":"k1"}"#;
    let mut token = Signer::good().token(header, claims(&[("aud", r#""https://graph.microsoft.com""#)]));
    token.truncate(token.len() - 4);
    token.push_str("AAAA");
    snapshot("graph", &inspect(&token, &[]), 1);
}

#[test]
fn id_token() {
    let token = signed(&[
        ("scp", ""),
        ("nonce", r#""n-0S6_WzA2Mj""#),
        ("aud", r#""e84f6b12-9d07-4c3a-b5e8-0f2a7c6d1b95""#),
    ]);
    snapshot("id-token", &inspect(&token, &["--require", "scp"]), 1);
}

#[test]
fn another_algorithm() {
    let token = Signer::good().token(r#"{"alg":"HS256","kid":"k1"}"#, claims(&[]));
    snapshot("hs256", &inspect(&token, &[]), 1);
}

#[test]
fn an_encrypted_token() {
    let token = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AA.AA.AA.AA";
    snapshot("encrypted", &inspect(token, &[]), 1);
}

#[test]
fn claims_of_the_wrong_type_and_a_header_of_tricks() {
    let header = r#"{"alg":"RS256","kid":"k1","jku":"https://attacker.example/keys"}"#;
    let token = Signer::good().token(header, claims(&[("exp", r#""tomorrow""#), ("nbf", "")]));
    snapshot("wrong-type", &inspect(&token, &[]), 1);
}

/// Nothing of a token reaches a terminal but printable characters that keep the reading direction.
#[test]
fn hostile_text() {
    let token = signed(&[
        (
            "name",
            r#""<img src=x onerror=alert(1)> \u202Eevil\u2066 \u001b[31m \u0000 \u200b""#,
        ),
        (r"a\u202eb\u001b]0;x\u0007", r#"["\u2028",{"\u200f":"\u009b31m"}]"#),
        ("nbf", ""),
        ("iat", ""),
    ]);
    let ran = inspect(&token, &[]);
    let json = inspect(&token, &["--json"]);
    // No JSON, since these characters have to be escaped there.
    let raw = inspect(&signed(&[("\u{202e}\u{1b}[31m\u{2028}\u{9b}", "1")]), &[]);
    assert_eq!((ran.code, raw.code, raw.err.as_str()), (0, 1, "claims_syntax\n"));
    for text in [&ran.out, &ran.err, &json.out, &raw.out] {
        assert!(
            text.chars()
                .all(|char| char == '\n' || !char.is_control() && !('\u{2000}'..='\u{200f}').contains(&char)),
            "{text:?}"
        );
        assert!(
            !text.contains(['\u{202e}', '\u{2066}', '\u{2028}', '\u{9b}']),
            "{text:?}"
        );
    }
    assert!(ran.out.contains("\\u{202e}evil\\u{2066}"), "{}", ran.out);
    snapshot("hostile", &ran, 0);
}

#[test]
fn json() {
    snapshot("json", &inspect(&signed(&[("exp", "1")]), &["--json"]), 1);
    let value: serde_json::Value = serde_json::from_str(&inspect(&signed(&[]), &["--json"]).out).unwrap();
    assert_eq!(value["verdict"], "accepted");
    assert_eq!(value["format"], 1);
}

#[test]
fn redacted() {
    let token = signed(&[
        ("name", r#""Zoë Example""#),
        ("upn", r#""zoe@contoso.example""#),
        ("roles", r#"["Orders.Read","zoe@contoso.example"]"#),
        ("groups", r#"["one","two"]"#),
        ("employee", r#"{"number":4711}"#),
        ("zoe@contoso.example", "4711"),
        ("xms_cc", "4711"),
    ]);
    let ran = inspect(&token, &["--redact"]);
    for text in [&ran.out, &inspect(&token, &["--redact", "--json"]).out] {
        for secret in ["Zo", "zoe", "4711", "dd4972dd", "one\""] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        // What was signed is not recoverable either.
        assert!(!text.contains(token.split('.').nth(1).unwrap()) && !text.contains(token.rsplit('.').next().unwrap()));
    }
    snapshot("redacted", &ran, 0);
}

#[test]
fn redacted_where_everything_is_hostile() {
    let secret = "zoe@contoso.example";
    let header = format!(r#"{{"alg":"{secret}","kid":"{secret}","typ":"{secret}"}}"#);
    let all = format!(
        r#"{{"iss":"{secret}","aud":"{secret}","exp":1,"tid":"{secret}","{secret}":"{secret}","scp":["{secret}"]}}"#
    );
    for token in [
        Signer::good().token(&header, &all),
        Signer::good().token(HEADER, &all),
        Signer::good().token(HEADER, secret),
        Signer::good().token(secret, secret),
        format!("Authorization: Bearer {secret}"),
        format!("Bearer a.b.{secret}"),
        secret.to_owned(),
    ] {
        for more in [&["--redact"][..], &["--redact", "--json"]] {
            let ran = inspect(&token, more);
            assert_eq!(ran.code, 1);
            assert!(
                !ran.out.contains("zoe") && !ran.err.contains("zoe"),
                "{}\n{}",
                ran.out,
                ran.err
            );
        }
    }
}

#[test]
fn decoded_only() {
    snapshot("decode-only", &run(&["--decode-only", "-"], &signed(&[])), 0);
    let ran = run(&["--decode-only", "-"], "abc.def");
    assert_eq!((ran.code, ran.err.as_str()), (1, "segment_count\n"));
    let with_policy = run(&["--decode-only", "--audience", "other", "-"], &signed(&[]));
    assert!(with_policy.out.contains("✗ audience"), "{}", with_policy.out);
    assert!(!with_policy.out.contains("ACCEPTED"));
}

#[test]
fn signature_only() {
    let keys = keys();
    let ran = run(&["--jwks", &keys, "--signature-only", "-"], &signed(&[("exp", "1")]));
    snapshot("signature-only", &ran, 0);
}

#[test]
fn lines_as_pasted() {
    let good = signed(&[]);
    let pasted = format!(
        "Authorization: Bearer {good}\r\nbearer  {good}\r\n\r\nBearer {good}, Bearer {good}\nAuthorization: Basic enM=\n{good}\n"
    );
    let ran = inspect(&pasted, &[]);
    let verdicts: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.starts_with("ACCEPTED") || line.starts_with("REFUSED"))
        .map(|line| line.split(['[', ']']).nth(1).unwrap_or(line))
        .collect();
    assert_eq!(
        verdicts,
        [
            "ACCEPTED",
            "ACCEPTED",
            "malformed_authorization",
            "no_credentials",
            "ACCEPTED"
        ]
    );
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "standard input, token 3: malformed_authorization\nstandard input, token 4: no_credentials\n"
    );
    assert_eq!(inspect(&format!("Bearer {good}\n"), &[]).code, 0);
    // One line break is dropped, as ever; a token that was wrapped is one token, and is refused with a hint.
    assert_eq!(inspect(&format!("{good}\n\n"), &[]).code, 1);
    let wrapped = format!("{}\n{}", &good[..200], &good[200..]);
    let ran = inspect(&wrapped, &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("Join the lines"), "{}", ran.out);
}

#[test]
fn a_pinned_key_and_a_token_of_adfs() {
    let token = path("benches/data/adfs-2048.jwt").display().to_string();
    let keys = path("benches/data/adfs-2048.jwks.json").display().to_string();
    let ran = run(
        &[
            "--jwks",
            &keys,
            "--issuer",
            "http://fs.contoso.example/adfs/services/trust",
            "--audience",
            "microsoft:identityserver:https://orders.contoso.example/api",
            &token,
        ],
        "",
    );
    snapshot("adfs", &ran, 0);
    let pem = path("tests/data/keys/spki.pem").display().to_string();
    let token = Signer::in_flash().token(r#"{"alg":"RS256"}"#, claims(&[]));
    assert_eq!(run(&["--pem", &pem, "--signature-only", "-"], &token).code, 0);
}

#[test]
fn colours_and_local_time_where_they_are_wanted() {
    let local = |secs: u64| Some(format!("{}+01:00", secs + 3600));
    let ran = run_on(&[], "", true, &local);
    assert!(ran.out.contains("\u{1b}[1;32mACCEPTED\u{1b}[0m"), "{}", ran.out);
    assert!(ran.out.contains("(local 1760003600+01:00)"), "{}", ran.out);
    assert!(!run(&[], "").out.contains('\u{1b}'));
}

#[test]
fn help() {
    snapshot("help", &run(&["--help"], ""), 0);
}

#[test]
fn wrong_usage() {
    let keys = keys();
    let jwks = ["--jwks", &keys];
    let with = |more: &[&'static str]| -> Vec<String> { jwks.iter().chain(more).map(ToString::to_string).collect() };
    for (arguments, expected) in [
        (with(&[]), "a token is missing"),
        (with(&["-"]), "--issuer is missing"),
        (with(&["--issuer", "a", "-"]), "--audience is missing"),
        (
            with(&["--issuer", "a", "--any-audience", "--leeway", "601", "-"]),
            "at most 600",
        ),
        (
            with(&["--issuer", "a", "--any-audience", "--leeway", "x", "-"]),
            "invalid value",
        ),
        (with(&["--pem", "b", "-"]), "cannot be used with"),
        (with(&["--decode-only", "-"]), "cannot be used with"),
        (vec!["-".to_owned()], "keys are missing"),
        (vec!["--bogus\u{1b}[31m".to_owned()], "\\u{1b}"),
        (
            vec![
                "--jwks".to_owned(),
                "/nowhere\u{202e}".to_owned(),
                "--signature-only".to_owned(),
                "-".to_owned(),
            ],
            "/nowhere\\u{202e}: ",
        ),
        (
            with(&["--signature-only", "eyJhbGciOiJSUzI1NiJ9.e30.AA"]),
            "not on the command line",
        ),
        (
            vec![
                "--pem".to_owned(),
                keys.clone(),
                "--signature-only".to_owned(),
                "-".to_owned(),
            ],
            "one PEM block",
        ),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = run(&arguments, "");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with("error: "), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{arguments:?}: {}", ran.err);
    }
    // A set without a usable key is an unreadable file, not a refused token.
    let empty = path(env!("CARGO_TARGET_TMPDIR")).join("empty.jwks.json");
    fs::write(&empty, r#"{"keys":[{"kty":"EC"}]}"#).unwrap();
    let empty = empty.display().to_string();
    assert_eq!(run(&["--jwks", &empty, "--signature-only", "-"], "").code, 2);
}

#[test]
fn snapshots_are_all_of_a_test() {
    let mut files: Vec<String> = fs::read_dir(path(FOLDER))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let used = text("tests/inspector.rs");
    for file in &files {
        let name = file.strip_suffix(".txt").unwrap();
        assert!(
            used.contains(&format!("snapshot(\"{name}\"")),
            "{file} belongs to no test"
        );
    }
    assert_eq!(files.len(), 20);
}
