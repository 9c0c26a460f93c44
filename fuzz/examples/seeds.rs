// SPDX-License-Identifier: MIT OR Apache-2.0

//! Writes the seed corpora anew, from the vectors and key files in `tests`: `cargo run --no-default-features --example
//! seeds`. Inputs that were added by hand or by a minimised run have other names and stay.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use rs256_fuzz::{TARGETS, verdicts};
use serde_json::Value;

/// Longest seed, in octets; a longer one teaches a fuzzer little.
const LONGEST: usize = 3000;

fn lines(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(format!("../tests/vectors/{name}.jsonl")).expect("a file of vectors");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Writes at most `most` seeds of different content, spread over all of them.
fn write(target: &str, seeds: impl IntoIterator<Item = Vec<u8>>, most: usize) {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder).expect("a folder");
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("seed-"))
        {
            fs::remove_file(path).expect("a file");
        }
    }
    let seeds: BTreeSet<Vec<u8>> = seeds.into_iter().filter(|seed| seed.len() <= LONGEST).collect();
    let step = seeds.len().div_ceil(most).max(1);
    let chosen: Vec<_> = seeds.iter().step_by(step).collect();
    for (index, seed) in chosen.iter().enumerate() {
        fs::write(folder.join(format!("seed-{index:03}")), seed).expect("a file");
    }
    println!("{target}: {} of {}", chosen.len(), seeds.len());
}

/// Octets without a pattern, for recipes.
fn noise(count: usize, len: usize) -> Vec<Vec<u8>> {
    let mut state = 1_u64;
    let mut octet = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(|_| (0..len).map(|_| octet()).collect()).collect()
}

fn main() {
    let tokens: Vec<String> = ["tokens", "tokens-json"]
        .iter()
        .flat_map(|name| lines(name))
        .filter_map(|case| Some(case["token"].as_str()?.to_owned()))
        .collect();
    let segment = |index: usize| {
        let decode = move |token: &String| Base64UrlUnpadded::decode_vec(token.split('.').nth(index)?).ok();
        tokens.iter().filter_map(decode).collect::<Vec<_>>()
    };
    let octets = |texts: &[String]| texts.iter().map(|text| text.clone().into_bytes()).collect::<Vec<_>>();

    write("compact", octets(&tokens), 40);
    write(
        "base64url",
        tokens
            .iter()
            .filter_map(|token| Some(token.split('.').next()?.as_bytes().to_vec())),
        30,
    );
    write("header", segment(0), 80);
    write("claims", segment(1), 120);
    let documents = lines("json")
        .into_iter()
        .filter_map(|case| Base64::decode_vec(case["data_b64"].as_str()?).ok());
    write("json", documents.chain(segment(0)).chain(segment(1)), 200);

    let sets = lines("tokens")
        .into_iter()
        .chain(lines("jwks"))
        .filter_map(|case| match &case["jwks_text"] {
            Value::String(text) => Some(text.clone().into_bytes()),
            _ if case["jwks"].is_object() => Some(case["jwks"].to_string().into_bytes()),
            _ => None,
        });
    write("jwk_set", sets, 60);

    let fields = tokens.iter().map(|token| token.chars().take(60).collect::<String>());
    let fields = fields.flat_map(|token| {
        [
            format!("Bearer {token}"),
            format!("bearer   {token}="),
            format!("Basic {token}"),
        ]
    });
    write("bearer", fields.map(String::into_bytes), 30);

    let files = fs::read_dir("../tests/data/keys")
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let is_key = |path: &std::path::PathBuf| path.extension().is_some_and(|kind| kind == "der" || kind == "pem");
    write(
        "key_file",
        files.filter(is_key).map(|path| fs::read(path).expect("a file")),
        60,
    );

    let hosts = [
        "login.microsoftonline.com",
        "login.partner.microsoftonline.cn",
        "x.ciamlogin.com",
    ];
    let documents = hosts.iter().flat_map(|host| {
        ["{tenantid}", "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14"].map(|tenant| {
            format!(
                r#"{{"issuer":"https:\/\/{host}\/{tenant}\/v2.0","jwks_uri":"https://{host}/common/discovery/keys","id_token_signing_alg_values_supported":["RS256"],"cloud_instance_name":"microsoftonline.com"}}"#
            )
        })
    });
    let adfs = r#"{"issuer":"https://sts.example/adfs","access_token_issuer":"http://sts.example/adfs/services/trust","jwks_uri":"https://sts.example/adfs/discovery/keys"}"#;
    let rests = [
        "\"}",
        "/k\",\"access_token_issuer\":\"x\"}",
        "?x\",\"id_token_signing_alg_values_supported\":[\"RS512\"]}",
    ];
    let documents = documents.chain([adfs, "{}", ""].into_iter().chain(rests).map(str::to_owned));
    write("discovery", documents.map(String::into_bytes), 30);

    for (name, most, len) in [
        ("cache", 20, 120),
        ("entra", 60, 200),
        ("rotation", 40, 200),
        ("rsa", 40, 200),
        ("token", 60, 300),
    ] {
        write(name, recipes(name, most, len), most);
    }
}

/// Recipes of which every other one makes something that is accepted, as far as there are such in the noise.
fn recipes(target: &str, count: usize, len: usize) -> Vec<Vec<u8>> {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let accepts = |recipe: &Vec<u8>| {
        verdicts::take();
        run(recipe);
        verdicts::take().0 > 0
    };
    let (mut accepted, mut refused): (Vec<_>, Vec<_>) = noise(count * 6, len).into_iter().partition(accepts);
    accepted.truncate(count / 2);
    refused.truncate(count - accepted.len());
    [accepted, refused].concat()
}
