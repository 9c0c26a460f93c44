// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nesting that overflowed other parsers' stacks, where the stack is small: everything here runs in a thread that has
//! 64 KiB of it, in whatever build the tests are.

use std::thread;

use crate::common::setting::{ACCEPTED, HEADER, KID, NOW, POLICY, claims, jwk_set};
use crate::common::signer::Signer;
use rs256::{Error, JsonErrorKind, KeySet, LoadError, NumericDate, Verifier};

const STACK: usize = 64 * 1024;

/// A value of `depth` arrays or objects, one inside the other.
fn nested(open: &str, depth: usize) -> String {
    let close = if open.starts_with('[') { "]" } else { "}" };
    format!("{}0{}", open.repeat(depth), close.repeat(depth))
}

/// `run` in a thread of its own, with little stack.
fn with_little_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, run)
            .unwrap();
        thread.join().unwrap()
    })
}

/// Depths, counted without the outermost object, and whether they are within the cap of 64 with it.
const DEPTHS: [(usize, bool); 6] = [
    (1, true),
    (62, true),
    (63, true),
    (64, false),
    (1000, false),
    (3000, false),
];

#[test]
fn cve_2025_53864_depth_bombs_in_claims_and_header() {
    let mut keys = Box::new(KeySet::<1>::new());
    let set = jwk_set(&[Signer::good().jwk(r#""kid":"k1""#)]);
    keys.replace_from_jwk_set(set.as_bytes()).unwrap();
    for open in ["[", r#"{"a":"#, "[ ", r#"[{"a":"#] {
        for (depth, fits) in DEPTHS {
            let is_pair = open.len() == 6;
            let value = if is_pair {
                format!("{}0{}", open.repeat(depth / 2), "}]".repeat(depth / 2))
            } else {
                nested(open, depth)
            };
            // an odd depth of pairs is one less
            let fits = fits || (is_pair && depth / 2 * 2 <= 63);
            let header = format!(r#"{{"alg":"RS256","kid":"{KID}","x":{value}}}"#);
            for (token, kind) in [
                (
                    Signer::good().token(HEADER, claims(&[("x", &value)])),
                    "claims_too_deep",
                ),
                (Signer::good().token(&header, claims(&[])), "header_too_deep"),
            ] {
                let too_long = header.len() > rs256::limits::MAX_HEADER_LEN && kind == "header_too_deep";
                let expected = match (fits, too_long) {
                    (true, _) => ACCEPTED,
                    (false, true) => "header_too_long",
                    (false, false) => kind,
                };
                let mut buf = vec![0; 1 << 16];
                let (keys, buf) = (&keys, &mut buf);
                let verdict = with_little_stack(move || {
                    Verifier::new(&**keys, &POLICY)
                        .verify(&token, NumericDate::from_secs(NOW), buf)
                        .map_or_else(|error: Error| error.code(), |_| ACCEPTED)
                });
                assert_eq!(verdict, expected, "{open} {depth}");
            }
        }
    }
}

#[test]
fn cve_2025_53864_depth_bombs_in_a_jwk_set() {
    let key = Signer::good().jwk(r#""kid":"k1""#);
    let mut keys = Box::new(KeySet::<1>::new());
    for depth in [1, 61, 62, 63, 64, 65, 500_000] {
        let value = nested("[", depth);
        let sets = [
            // beside the keys; the set itself is one level
            (1, format!(r#"{{"x":{value},"keys":[{key}]}}"#)),
            // as an element of `keys`
            (2, format!(r#"{{"keys":[{value},{key}]}}"#)),
            // inside a key
            (3, jwk_set(&[key.replacen('{', &format!(r#"{{"x":{value},"#), 1)])),
        ];
        for (around, set) in sets {
            let loaded = &mut keys;
            let refused = with_little_stack(move || loaded.replace_from_jwk_set(set.as_bytes()).err());
            match refused {
                None => assert!(depth + around <= 64, "{depth} levels in {around}"),
                Some(LoadError::Json(error)) => {
                    assert_eq!(error.kind(), JsonErrorKind::TooDeep);
                    assert!(depth + around > 64, "{depth} levels in {around}");
                }
                Some(other) => panic!("{other}"),
            }
            assert_eq!(keys.len(), 1, "the first key stays");
        }
    }
}
