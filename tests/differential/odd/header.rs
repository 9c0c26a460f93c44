// SPDX-License-Identifier: MIT OR Apache-2.0

//! Odd headers.

use super::{Cases, nested};
use crate::common::encode;
use crate::common::setting::{HEADER, claims};
use crate::common::signer::Signer;

/// JSON texts of the header.
pub(super) fn headers(cases: &mut Cases) {
    for (id, header) in [
        ("not-json", "x"),
        ("empty-object", "{}"),
        ("array", "[]"),
        ("null", "null"),
        ("text", r#""RS256""#),
        ("in-an-array", r#"[{"alg":"RS256","kid":"k1"}]"#),
        ("comma-behind", r#"{"alg":"RS256","kid":"k1",}"#),
        ("data-behind", r#"{"alg":"RS256","kid":"k1"}{}"#),
        ("comment", r#"{"alg":"RS256","kid":"k1"/**/}"#),
        ("single-quotes", "{'alg':'RS256','kid':'k1'}"),
        ("blanks", " \t\r\n{ \"alg\" : \"RS256\" , \"kid\" : \"k1\" } "),
        ("form-feed", "\u{c}{\"alg\":\"RS256\",\"kid\":\"k1\"}"),
        ("bom", "\u{feff}{\"alg\":\"RS256\",\"kid\":\"k1\"}"),
        ("escaped-names", r#"{"\u0061lg":"RS256","k\u0069d":"k1"}"#),
        ("escaped-values", r#"{"alg":"\u0052S256","kid":"\u006b1"}"#),
        ("alg-twice", r#"{"alg":"RS256","alg":"RS256","kid":"k1"}"#),
        ("alg-none-first", r#"{"alg":"none","alg":"RS256","kid":"k1"}"#),
        ("alg-none-last", r#"{"alg":"RS256","alg":"none","kid":"k1"}"#),
        ("alg-twice-by-escape", r#"{"alg":"RS256","\u0061lg":"none","kid":"k1"}"#),
        ("kid-twice", r#"{"alg":"RS256","kid":"k2","kid":"k1"}"#),
        ("unknown-twice", r#"{"alg":"RS256","kid":"k1","x":1,"x":2}"#),
        ("alg-missing", r#"{"kid":"k1"}"#),
        ("alg-in-capitals", r#"{"ALG":"RS256","kid":"k1"}"#),
        ("alg-null", r#"{"alg":null,"kid":"k1"}"#),
        ("alg-number", r#"{"alg":256,"kid":"k1"}"#),
        ("alg-array", r#"{"alg":["RS256"],"kid":"k1"}"#),
        ("alg-small-letters", r#"{"alg":"rs256","kid":"k1"}"#),
        ("alg-blank-behind", r#"{"alg":"RS256 ","kid":"k1"}"#),
        ("alg-nul-behind", r#"{"alg":"RS256\u0000","kid":"k1"}"#),
        ("alg-rs384", r#"{"alg":"RS384","kid":"k1"}"#),
        ("alg-ps256", r#"{"alg":"PS256","kid":"k1"}"#),
        ("alg-es256", r#"{"alg":"ES256","kid":"k1"}"#),
        ("alg-hs256", r#"{"alg":"HS256","kid":"k1"}"#),
        ("alg-none", r#"{"alg":"none","kid":"k1"}"#),
        ("kid-missing", r#"{"alg":"RS256"}"#),
        ("kid-null", r#"{"alg":"RS256","kid":null}"#),
        ("kid-number", r#"{"alg":"RS256","kid":1}"#),
        ("kid-array", r#"{"alg":"RS256","kid":["k1"]}"#),
        ("kid-object", r#"{"alg":"RS256","kid":{}}"#),
        ("kid-false", r#"{"alg":"RS256","kid":false}"#),
        ("kid-empty", r#"{"alg":"RS256","kid":""}"#),
        ("kid-unknown", r#"{"alg":"RS256","kid":"k2"}"#),
        ("kid-in-capitals", r#"{"alg":"RS256","kid":"K1"}"#),
        ("kid-nul-behind", r#"{"alg":"RS256","kid":"k1\u0000"}"#),
        ("kid-blank-behind", r#"{"alg":"RS256","kid":"k1 "}"#),
        ("kid-surrogate", r#"{"alg":"RS256","kid":"\ud800"}"#),
    ] {
        cases.header(id, header);
    }
    cases.header("not-utf-8", b"{\"alg\":\"RS256\",\"kid\":\"k1\",\"x\":\"\xff\"}");
    cases.header(
        "overlong-utf-8",
        b"{\"alg\":\"RS256\",\"kid\":\"k1\",\"x\":\"\xc0\xaf\"}",
    );
    cases.header("blanks-to-8193", format!("{HEADER:8193}"));
    let header = encode(br#"{"alg":"none","kid":"k1"}"#);
    cases.add(
        "header/alg-none-unsigned",
        format!("{header}.{}.", encode(claims(&[]).as_bytes())),
    );
}

/// Header members that ask for something, or say what the token is.
pub(super) fn kinds(cases: &mut Cases) {
    for (id, members) in [
        ("crit-empty", r#""crit":[]"#),
        ("crit-unknown", r#""crit":["x"],"x":1"#),
        ("crit-exp", r#""crit":["exp"],"exp":1"#),
        ("crit-b64-true", r#""crit":["b64"],"b64":true"#),
        ("crit-b64-false", r#""crit":["b64"],"b64":false"#),
        ("crit-registered", r#""crit":["alg"]"#),
        ("crit-text", r#""crit":"x""#),
        ("crit-null", r#""crit":null"#),
        ("crit-object", r#""crit":{}"#),
        ("crit-absent-member", r#""crit":["x"]"#),
        ("b64-true", r#""b64":true"#),
        ("b64-false", r#""b64":false"#),
        ("b64-text", r#""b64":"false""#),
        ("b64-null", r#""b64":null"#),
        ("typ-jwt", r#""typ":"JWT""#),
        ("typ-small-letters", r#""typ":"jwt""#),
        ("typ-access-token", r#""typ":"at+jwt""#),
        ("typ-media-type", r#""typ":"application/at+jwt""#),
        ("typ-jose", r#""typ":"JOSE""#),
        ("typ-logout", r#""typ":"logout+jwt""#),
        ("typ-dpop", r#""typ":"dpop+jwt""#),
        ("typ-empty", r#""typ":"""#),
        ("typ-null", r#""typ":null"#),
        ("typ-number", r#""typ":1"#),
        ("typ-array", r#""typ":["JWT"]"#),
        ("cty-jwt", r#""cty":"JWT""#),
        ("cty-json", r#""cty":"json""#),
        ("cty-number", r#""cty":1"#),
        ("x5t", r#""x5t":"jeeQ_jeeQ_jeeQ_jeeQ_jeeQ_jw""#),
        ("x5t-number", r#""x5t":1"#),
        ("jku", r#""jku":"https://attacker.example/keys""#),
        ("jku-number", r#""jku":1"#),
        ("jwk-null", r#""jwk":null"#),
        ("x5u", r#""x5u":"https://attacker.example/chain""#),
        ("x5c", r#""x5c":["AAAA"]"#),
        ("x5c-text", r#""x5c":"AAAA""#),
        ("nonce", r#""nonce":"AQAB""#),
        ("nonce-number", r#""nonce":1"#),
        ("zip", r#""zip":"DEF""#),
        ("enc", r#""enc":"A128GCM""#),
        ("url", r#""url":"https://attacker.example/""#),
        ("url-number", r#""url":1"#),
        ("salt", r#""salt":"AAAA""#),
        ("prototype", r#""__proto__":{"alg":"none"}"#),
        ("constructor", r#""constructor":1"#),
        ("empty-name", r#""":1"#),
        ("duplicate-deep", r#""x":{"a":1,"a":2}"#),
        ("large-number", r#""x":1e400"#),
        ("nan", r#""x":NaN"#),
        ("infinity", r#""x":-Infinity"#),
        ("surrogate", r#""x":"\ud800""#),
        ("control-character", "\"x\":\"\t\""),
    ] {
        cases.member(id, members);
    }
    cases.member(
        "jwk-of-another",
        &format!(r#""jwk":{}"#, Signer::other().jwk(r#""kid":"k1""#)),
    );
    let names: Vec<String> = (0..40).map(|i| format!(r#""x{i}":0"#)).collect();
    cases.member("42-members", &names.join(","));
    for depth in [63, 64, 130, 1000] {
        cases.member(&format!("depth-{}", depth + 1), &format!(r#""x":{}"#, nested(depth)));
    }
    // Signed by the key that the header brings along.
    let header = format!(
        r#"{{"alg":"RS256","kid":"k1","jwk":{}}}"#,
        Signer::other().jwk(r#""kid":"k1""#)
    );
    cases.add("header/jwk-that-signed", Signer::other().token(&header, claims(&[])));
    // RFC 7797: the payload as it is.
    let header = encode(br#"{"alg":"RS256","kid":"k1","b64":false,"crit":["b64"]}"#);
    let plain = claims(&[("iss", "\"https://issuer-example/a\"")]);
    cases.add(
        "header/b64-false-plain",
        Signer::good().seal(&format!("{header}.{plain}")),
    );
}
