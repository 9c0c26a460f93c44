// SPDX-License-Identifier: MIT OR Apache-2.0

//! Odd payloads, and odd values of the registered claims.

use super::{Cases, nested};
use crate::common::setting::claims;

/// JSON texts of the payload.
pub(super) fn payloads(cases: &mut Cases) {
    let good = claims(&[]);
    let inner = &good[1..good.len() - 1];
    for (id, payload) in [
        ("not-json", "x".to_owned()),
        ("empty-object", "{}".into()),
        ("array", "[]".into()),
        ("in-an-array", format!("[{good}]")),
        ("null", "null".into()),
        ("text", format!("{good:?}")),
        ("number", "1".into()),
        ("blanks", format!(" \t\r\n{good}\n ")),
        ("vertical-tab", format!("\u{b}{good}")),
        ("no-break-space", format!("{good}\u{a0}")),
        ("bom", format!("\u{feff}{good}")),
        ("comma-behind", format!("{{{inner},}}")),
        ("data-behind", format!("{good}{{}}")),
        ("nul-behind", format!("{good}\0")),
        ("comment", format!("{good}//")),
        ("single-quotes", good.replace('"', "'")),
        ("open", good[..good.len() - 1].into()),
        ("nan", format!("{{{inner},\"x\":NaN}}")),
        ("infinity", format!("{{{inner},\"x\":Infinity}}")),
        ("leading-zero", format!("{{{inner},\"x\":01}}")),
        ("plus-sign", format!("{{{inner},\"x\":+1}}")),
        ("point-alone", format!("{{{inner},\"x\":1.}}")),
        ("point-first", format!("{{{inner},\"x\":.5}}")),
        ("hexadecimal", format!("{{{inner},\"x\":0x10}}")),
        ("large-number", format!("{{{inner},\"x\":1e400}}")),
        ("large-integer", format!("{{{inner},\"x\":{}}}", "9".repeat(40))),
        ("4400-digits", format!("{{{inner},\"x\":{}}}", "9".repeat(4400))),
        ("control-character", format!("{{{inner},\"x\":\"a\tb\"}}")),
        ("delete-character", format!("{{{inner},\"x\":\"\u{7f}\"}}")),
        ("unknown-escape", format!("{{{inner},\"x\":\"\\x41\"}}")),
        ("surrogate", format!("{{{inner},\"x\":\"\\ud800\"}}")),
        ("surrogate-in-name", format!("{{{inner},\"\\udc00\":1}}")),
        ("surrogate-pair", format!("{{{inner},\"x\":\"\\ud83d\\ude00\"}}")),
        ("noncharacter", format!("{{{inner},\"x\":\"\\uffff\"}}")),
        ("true-in-capitals", format!("{{{inner},\"x\":TRUE}}")),
        ("unknown-twice", format!("{{{inner},\"x\":1,\"x\":2}}")),
        ("unknown-twice-deep", format!("{{{inner},\"x\":{{\"a\":1,\"a\":2}}}}")),
        ("unknown-twice-by-escape", format!("{{{inner},\"x\":1,\"\\u0078\":2}}")),
        ("exp-twice", format!("{{{inner},\"exp\":9999999999}}")),
        ("exp-twice-expired-first", format!("{{\"exp\":1,{inner}}}")),
        ("exp-twice-by-escape", format!("{{\"\\u0065xp\":1,{inner}}}")),
        ("iss-twice", format!("{{\"iss\":\"https://attacker.example\",{inner}}}")),
        ("aud-twice", format!("{{\"aud\":\"api://others\",{inner}}}")),
        ("names-in-capitals", format!("{{{inner},\"ISS\":\"x\",\"EXP\":1}}")),
        (
            "escaped-names",
            good.replace("iss", "\\u0069ss").replace("exp", "e\\u0078p"),
        ),
        ("prototype", format!("{{{inner},\"__proto__\":{{\"exp\":1}}}}")),
        ("empty-name", format!("{{{inner},\"\":1}}")),
        ("iss-in-an-inner-object", format!("{{\"x\":{good}}}")),
    ] {
        cases.payload(id, payload);
    }
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    cases.payload("utf-16", utf_16);
    let utf_32: Vec<u8> = good.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    cases.payload("utf-32", utf_32);
    for (id, octets) in [
        ("not-utf-8", &b"\xff"[..]),
        ("overlong-utf-8", b"\xc0\xaf"),
        ("surrogate-in-utf-8", b"\xed\xa0\x80"),
        ("cut-utf-8", b"\xc3"),
    ] {
        cases.payload(
            id,
            [&good.as_bytes()[..good.len() - 1], b",\"x\":\"", octets, b"\"}"].concat(),
        );
    }
    for depth in [63, 64, 126, 127, 128, 1200] {
        cases.payload(
            &format!("depth-{}", depth + 1),
            format!("{{{inner},\"x\":{}}}", nested(depth)),
        );
    }
    for members in [256, 257] {
        let more: Vec<String> = (3..members).map(|i| format!(r#""{i}":0"#)).collect();
        cases.payload(&format!("{members}-members"), format!("{{{inner},{}}}", more.join(",")));
    }
}

/// `exp`, `nbf` and `iat` in the forms that numbers have, and at their limits.
pub(super) fn dates(cases: &mut Cases) {
    for (id, value) in [
        ("text", r#""1760003600""#),
        ("null", "null"),
        ("true", "true"),
        ("array", "[1760003600]"),
        ("object", "{}"),
        ("zero", "0"),
        ("minus-zero", "-0"),
        ("minus-one", "-1"),
        ("large-negative", "-1e300"),
        ("point-zero", "1760003600.0"),
        ("half", "1760003600.5"),
        ("small-fraction", "1760003600.0000000001"),
        ("exponent", "1.7600036e9"),
        ("exponent-of-integer", "17600036e2"),
        ("exponent-capital-plus", "17600036E+2"),
        ("exponent-negative", "176000360000e-2"),
        ("milliseconds", "1760003600000"),
        ("2^53-1", "9007199254740991"),
        ("2^53", "9007199254740992"),
        ("2^63-1", "9223372036854775807"),
        ("2^63", "9223372036854775808"),
        ("2^64-1", "18446744073709551615"),
        ("2^64", "18446744073709551616"),
        ("1e300", "1e300"),
        ("1e400", "1e400"),
        ("nan", "NaN"),
        ("infinity", "Infinity"),
    ] {
        cases.claim(id, "exp", value);
        // An hour ago instead of in an hour: only the form is odd.
        let past = value.replace("7600036", "7599964");
        cases.claim(id, "nbf", &past);
        cases.claim(id, "iat", &past);
    }
    cases.claim("missing", "exp", "");
    for (id, value) in [
        ("past-by-leeway-less-1", "1759999941"),
        ("past-by-leeway-less-half", "1759999940.5"),
        ("past-by-leeway-less-a-little", "1759999940.000001"),
        ("past-by-leeway", "1759999940"),
        ("past-by-leeway-and-half", "1759999939.5"),
        ("past-by-leeway-and-1", "1759999939"),
        ("past-by-an-hour", "1759996400"),
    ] {
        cases.claim(id, "exp", value);
    }
    for (id, value) in [
        ("ahead-by-leeway", "1760000060"),
        ("ahead-by-leeway-and-a-little", "1760000060.000001"),
        ("ahead-by-leeway-and-half", "1760000060.5"),
        ("ahead-by-leeway-and-1", "1760000061"),
        ("ahead-by-an-hour", "1760003600"),
    ] {
        cases.claim(id, "nbf", value);
        cases.claim(id, "iat", value);
    }
}

/// `iss`, `aud`, `sub` and `jti`.
pub(super) fn names(cases: &mut Cases) {
    for (id, value) in [
        ("missing", ""),
        ("null", "null"),
        ("number", "1"),
        ("object", "{}"),
        ("array", r#"["https://issuer.example/a"]"#),
        (
            "array-with-another",
            r#"["https://attacker.example","https://issuer.example/a"]"#,
        ),
        ("empty", r#""""#),
        ("other", r#""https://attacker.example/a""#),
        ("slash-behind", r#""https://issuer.example/a/""#),
        ("blank-behind", r#""https://issuer.example/a ""#),
        ("nul-behind", r#""https://issuer.example/a\u0000""#),
        ("shorter", r#""https://issuer.example/""#),
        ("longer", r#""https://issuer.example/a.attacker.example""#),
        ("capitals", r#""https://ISSUER.example/a""#),
        ("escaped", r#""https:\/\/issuer.example\/\u0061""#),
        ("percent", r#""https://issuer.example/%61""#),
    ] {
        cases.claim(id, "iss", value);
    }
    for (id, value) in [
        ("missing", ""),
        ("null", "null"),
        ("number", "1"),
        ("object", r#"{"api://orders":1}"#),
        ("false", "false"),
        ("empty", r#""""#),
        ("empty-array", "[]"),
        ("array", r#"["api://orders"]"#),
        ("array-of-two", r#"["api://others","api://orders"]"#),
        ("array-with-it-twice", r#"["api://orders","api://orders"]"#),
        ("array-of-others", r#"["api://others"]"#),
        ("array-with-number", r#"["api://orders",1]"#),
        ("array-with-null", r#"[null,"api://orders"]"#),
        ("array-in-array", r#"[["api://orders"]]"#),
        ("other", r#""api://others""#),
        ("slash-behind", r#""api://orders/""#),
        ("shorter", r#""api://order""#),
        ("longer", r#""api://orders.v2""#),
        ("within", r#""x api://orders""#),
        ("blank-separated", r#""api://orders api://others""#),
        ("capitals", r#""API://ORDERS""#),
        ("escaped", r#""api:\/\/\u006frders""#),
        ("one-letter-array", r#"["a","p","i"]"#),
    ] {
        cases.claim(id, "aud", value);
    }
    for name in ["sub", "jti"] {
        for (id, value) in [
            ("text", r#""x""#),
            ("empty", r#""""#),
            ("null", "null"),
            ("number", "1"),
            ("array", r#"["x"]"#),
            ("object", "{}"),
        ] {
            cases.claim(id, name, value);
        }
    }
    cases.claim("number", "nonce", "1");
    cases.claim("null", "nonce", "null");
}
