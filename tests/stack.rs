// SPDX-License-Identifier: MIT OR Apache-2.0

//! The stack that verifying takes does not depend on what is verified.
//!
//! A thread with too small a stack takes the process down, so each measurement is a process: this test binary runs
//! itself. The child uses up a part of a thread's stack and does its work with the rest; the least rest that is enough
//! for ordinary tokens and key sets has to be enough for hostile ones.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::thread;

use common::setting::{HEADER, NOW, POLICY, claims, jwk_set};
use common::signer::Signer;
use rs256::{KeySet, NumericDate, Rsa2048, RsaPublicKey, Verifier};

/// Names the workload and the octets of stack that are left for it, in a child's environment.
const CHILD: &str = "RS256_STACK_CHILD";

/// What a small thread has; ordinary work must fit, in a build without optimisation as well.
const BUDGET: usize = 64 * 1024;

/// How exactly the stack is measured, in octets. Paths that end early differ by less than this, which is little against
/// what one octet more for each of 4000 levels would take.
const STEP: usize = 512;

struct Work {
    sets: Vec<String>,
    tokens: Vec<String>,
}

fn ordinary() -> Work {
    let roles = r#"["Orders.Read","Orders.Approve"]"#;
    Work {
        sets: vec![
            jwk_set(&[Signer::good().jwk(r#""kid":"k1","use":"sig""#)]),
            // what is not usable takes the same path
            jwk_set(&[r#"{"kty":"EC"}"#.to_owned()]),
            "{".to_owned(),
        ],
        tokens: vec![
            Signer::good().token(HEADER, claims(&[("roles", roles), ("name", r#""Zo\u00eb \"Z\"""#)])),
            Signer::good().token(HEADER, claims(&[("exp", "1")])),
            Signer::good().token(HEADER, "{"),
            Signer::other().token(HEADER, claims(&[])),
            String::new(),
        ],
    }
}

fn hostile() -> Work {
    let nested = |open: &str, close: &str, depth: usize| format!("{}0{}", open.repeat(depth), close.repeat(depth));
    let mut values = vec![
        format!("\"{}\"", r"\u0000".repeat(5000)),
        format!("\"{}\"", r"\ud83d\ude00".repeat(2500)),
        format!("\"{}\"", r#"\""#.repeat(15_000)),
        format!("[{}0]", "0,".repeat(15_000)),
        "9".repeat(30_000),
        format!("1e{}", "9".repeat(30_000)),
        format!("0.{}1", "0".repeat(30_000)),
    ];
    for depth in [1, 32, 62, 63, 64, 65, 200, 1000, 4000] {
        values.push(nested("[", "]", depth));
        values.push(nested(r#"{"a":"#, "}", depth));
        values.push(nested(r#"[{"":[],"a":"#, "}]", depth / 2));
        values.push("[".repeat(depth));
        values.push(r#"{"":"#.repeat(depth));
        values.push("]".repeat(depth));
    }
    let many: Vec<String> = (0..4000).map(|i| format!(r#""\u0061{i}":{{}}"#)).collect();
    let key = Signer::good().jwk(r#""kid":"k1""#);
    let mut work = Work {
        sets: vec![
            format!(r#"{{"keys":[{}{{}}]}}"#, "{},".repeat(300_000)),
            nested("[", "]", 500_000),
            format!(r#"{{"x":{}}}"#, nested("[", "]", 500_000)),
            format!(r#"{{"keys":{}}}"#, nested(r#"{"keys":"#, "}", 100_000)),
            format!(r#"{{"keys":[{{{}}}]}}"#, many.join(",")),
        ],
        tokens: vec![
            ".".repeat(1 << 20),
            ".".repeat(65_536),
            Signer::good().token(HEADER, format!("{{{}}}", many[..2000].join(","))),
            Signer::good().token(HEADER, format!("{{{}}}", many[..256].join(","))),
            Signer::good().token(HEADER, nested("[", "]", 20_000)),
            Signer::good().token(HEADER, vec![0xff; 40_000]),
            Signer::good().token(&nested("[", "]", 4000), "{}"),
        ],
    };
    for value in values {
        let header = format!(r#"{{"alg":"RS256","kid":"k1","x":{value}}}"#);
        let claim = |name| claims(&[(name, &value)]);
        for name in ["x", "aud", "exp"] {
            work.tokens.push(Signer::good().token(HEADER, claim(name)));
        }
        work.tokens.push(Signer::good().token(&header, claims(&[])));
        let jwk = key.replacen('{', &format!(r#"{{"key_ops":{value},"#), 1);
        for set in [
            jwk_set(&[jwk, key.clone()]),
            jwk_set(std::slice::from_ref(&value)),
            format!(r#"{{"x":{value},"keys":[{key}]}}"#),
        ] {
            work.sets.push(set);
        }
    }
    work
}

/// Does all of `work` in a thread with `left` octets of stack; a stack overflow ends the process.
fn run(work: &Work, left: usize) {
    // Buffers and keys are the caller's and lie elsewhere.
    let mut keys = Box::new(KeySet::<1>::new());
    let mut spare = Box::new(KeySet::<1>::new());
    keys.replace_from_jwk_set(work_set().as_bytes()).unwrap();
    let mut buf = vec![0; 1 << 16];
    let pem = common::read("tests/data/keys/certificate.pem");
    let mut all = || {
        for set in &work.sets {
            _ = spare.replace_from_jwk_set(set.as_bytes());
        }
        _ = RsaPublicKey::<Rsa2048>::from_pem(&pem, &mut buf);
        let verifier = Verifier::new(&*keys, &POLICY);
        for token in &work.tokens {
            if let Ok(token) = verifier.verify(token, NumericDate::from_secs(NOW), &mut buf) {
                let claims = token.claims();
                let named = claims.iter().filter(|(name, _)| !name.is_empty()).count();
                assert!(named > 0 && claims.get("nobody").is_none());
            }
        }
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(BUDGET);
        let child = thread.spawn_scoped(scope, || {
            let top = [0_u8; 1];
            use_up(black_box(&top).as_ptr().addr() - (BUDGET - left), &mut all);
        });
        child.unwrap().join().unwrap();
    });
}

/// Calls `then` once the stack has grown down to the address `floor`.
#[inline(never)]
fn use_up(floor: usize, then: &mut dyn FnMut()) {
    let frame = [0_u8; 64];
    if black_box(&frame).as_ptr().addr() > floor {
        use_up(floor, then);
    } else {
        then();
    }
    black_box(&frame);
}

fn work_set() -> String {
    jwk_set(&[Signer::good().jwk(r#""kid":"k1","use":"sig""#)])
}

#[test]
fn child() {
    let Ok(order) = env::var(CHILD) else { return };
    let (workload, left) = order.split_once(' ').unwrap();
    let work = match workload {
        "ordinary" => ordinary(),
        "hostile" => hostile(),
        other => panic!("no workload {other}"),
    };
    run(&work, left.parse().unwrap());
}

/// Whether `workload` fits into `left` octets.
fn fits(workload: &str, left: usize) -> bool {
    Command::new(env::current_exe().unwrap())
        .args(["child", "--exact"])
        .env(CHILD, format!("{workload} {left}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// The least stack that `workload` fits into, to [`STEP`] octets.
fn least(workload: &str) -> usize {
    assert!(
        fits(workload, BUDGET),
        "{workload} work needs more than {BUDGET} octets"
    );
    let (mut too_small, mut enough) = (0, BUDGET);
    while enough - too_small > STEP {
        let middle = (too_small + enough) / 2;
        if fits(workload, middle) {
            enough = middle;
        } else {
            too_small = middle;
        }
    }
    enough
}

#[test]
fn hostile_input_needs_no_more_stack_than_ordinary_input() {
    let (ordinary, hostile) = (least("ordinary"), least("hostile"));
    println!("octets of stack, to {STEP}: {ordinary} for ordinary work, {hostile} for hostile work");
    assert!(hostile <= ordinary + STEP, "{hostile} octets instead of {ordinary}");
}
