// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is refused and why; caps; names that come twice. The faults of other parsers are cases here.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use super::{canonical, read};
use crate::error::JsonErrorKind::{
    self, DuplicateName, NotAnObject, NotUtf8, Syntax, TooDeep, TooLong, TooManyMembers, TrailingData,
};
use crate::json::flags::{Flags, NO_WINDOW, WINDOW};
use crate::json::{Members, Scratch};
use crate::limits::{MAX_CLAIMS, MAX_JSON_DEPTH, MAX_JWK_SET_LEN, MAX_MEMBERS};

/// Kind and offset of the error in `text`.
fn error(text: &[u8]) -> Option<(JsonErrorKind, u32)> {
    let read = || {
        let mut scratch = Scratch::<MAX_MEMBERS>::new();
        let mut members = Members::new(text, &mut scratch)?;
        while members.next_member()?.is_some() {}
        Ok(())
    };
    read()
        .err()
        .map(|error: crate::JsonError| (error.kind(), error.offset()))
}

#[track_caller]
fn refused(text: impl AsRef<[u8]>, kind: JsonErrorKind, offset: u32) {
    assert_eq!(
        error(text.as_ref()),
        Some((kind, offset)),
        "{}",
        text.as_ref().escape_ascii()
    );
}

#[track_caller]
fn accepted(text: impl AsRef<[u8]>) {
    assert_eq!(error(text.as_ref()), None, "{}", text.as_ref().escape_ascii());
}

#[test]
fn one_object_and_nothing_else() {
    accepted("{}");
    accepted(" \t\r\n{ \t\r\n} \t\r\n");
    for text in ["[]", "\"a\"", "1", "-1", "true", "false", "null", "[{}]"] {
        refused(text, NotAnObject, 0);
    }
    refused("", Syntax, 0);
    refused("  ", Syntax, 2);
    refused("}", Syntax, 0);
    refused("\u{feff}{}", Syntax, 0);
    refused("{}\u{feff}", TrailingData, 2);
    refused("{} {}", TrailingData, 3);
    refused("{}x", TrailingData, 2);
    refused("{}\0", TrailingData, 2);
    refused("{\"a\":1}}", TrailingData, 7);
    refused("\u{b}{}", Syntax, 0);
    refused("\u{a0}{}", Syntax, 0);
    refused("/**/{}", Syntax, 0);
}

#[test]
fn members() {
    for (text, offset) in [
        ("{", 1),
        ("{ ", 2),
        ("{,}", 1),
        ("{a:1}", 1),
        ("{'a':1}", 1),
        ("{1:1}", 1),
        ("{\"a", 3),
        ("{\"a\"", 4),
        ("{\"a\"}", 4),
        ("{\"a\" 1}", 5),
        ("{\"a\":", 5),
        ("{\"a\":}", 5),
        ("{\"a\":,}", 5),
        ("{\"a\"::1}", 5),
        ("{\"a\":1", 6),
        ("{\"a\":1,", 7),
        ("{\"a\":1,}", 7),
        ("{\"a\":1,,\"b\":1}", 7),
        ("{\"a\":1 \"b\":1}", 7),
        ("{\"a\":1;\"b\":1}", 6),
        ("{\"a\":1]", 6),
    ] {
        refused(text, Syntax, offset);
        let nested = format!("{{\"x\":[{text}]}}");
        assert_eq!(read(nested.as_bytes()), Err(Syntax), "{nested}");
    }
    accepted("{\"\":1}");
}

#[test]
fn errors_come_again() {
    let mut scratch = Scratch::<2>::new();
    let mut members = Members::new(b"{\"a\":1,\"a\":2,\"b\":3}", &mut scratch).unwrap();
    assert!(members.next_member().unwrap().is_some());
    let error = members.next_member().unwrap_err();
    assert_eq!(error.kind(), DuplicateName);
    assert_eq!(members.next_member().unwrap_err(), error);
}

/// A scalar that an unknown claim holds is parsed like any other: no skipping to the next comma.
#[test]
fn scalars() {
    for good in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "-10",
        "0.0",
        "1.50",
        "-0.5",
        "1e5",
        "1E5",
        "1e+5",
        "1e-5",
        "1.5e00",
        "0e0",
        "\"\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1 , 2]",
        "[[],{}]",
        "{\"a\":{\"a\":1,\"a\":2}}",
    ] {
        accepted(format!("{{\"x\":{good}}}"));
        accepted(format!("{{\"x\":[{good},{good}]}}"));
        accepted(format!("{{\"x\" : {{\"y\":{good} }} , \"z\":{good} }}"));
    }
    for bad in [
        "nonsense!\"q",
        "1 \"exp\":999",
        "tru",
        "True",
        "nul",
        "nullx",
        "falsey",
        "0x1F",
        "01",
        "-01",
        "00",
        "+5",
        ".5",
        "5.",
        "5.e1",
        "1e",
        "1e+",
        "1e1.5",
        "-",
        "--1",
        "-a",
        "1a",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e5e5",
        "[,1]",
        "[1,]",
        "[,\"a\" \"b\"]",
        "[1 2]",
        "[1",
        "[1}",
        "{]",
        "{\"a\":1]",
        "[\"a\":1]",
        "'a'",
        "\"a",
        "a",
        "/",
        "\u{661}",
        "[1]]",
        "}",
        "]",
        ":",
        ",",
        "{\"a\"}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" \"b\"}",
        "{1:2}",
    ] {
        for text in [
            format!("{{\"x\":{bad}}}"),
            format!("{{\"x\":[{bad}]}}"),
            format!("{{\"x\":[0,{bad}]}}"),
            format!("{{\"x\":{{\"y\":{bad}}}}}"),
            format!("{{\"x\":{bad},\"exp\":5}}"),
        ] {
            assert!(error(text.as_bytes()).is_some(), "{text}");
        }
    }
}

#[test]
fn strings() {
    for good in [
        "",
        "/",
        "\u{7f}",
        "\u{80}",
        "\u{2028}",
        "\u{feff}",
        "\u{10ffff}",
        r#"\"\\\/\b\f\n\r\t"#,
    ] {
        accepted(format!("{{\"{good}\":\"{good}\"}}"));
    }
    for good in [
        r"\u0000",
        r"\u0061",
        r"\uD83D\uDE00",
        r"\ud83d\ude00",
        r"\uffff",
        r"\uFdD0",
        r"\ud7ff\ue000",
    ] {
        accepted(format!("{{\"{good}\":[\"{good}\"]}}"));
    }
    for control in 0..0x20_u8 {
        refused([b"{\"x\":\"ab", [control].as_slice(), b"\"}"].concat(), Syntax, 8);
        refused([b"{\"", [control].as_slice(), b"\":1}"].concat(), Syntax, 2);
    }
    for bad in [
        r"\", r"\q", r"\a", r"\0", r"\x41", r"\'", r"\U0041", r"\u", r"\u0", r"\u00", r"\u004", r"\u004g", r"\u+061",
        r"\u-061", r"\u 061", r"\u{61}", r"\u00 1", r"\ué", "\\\u{0}", "\\\n",
    ] {
        refused(
            format!("{{\"x\":\"ab{bad}\"}}"),
            Syntax,
            if bad == r"\" { 11 } else { 8 },
        );
    }
    for lone in [
        r"\ud800",
        r"\udbff",
        r"\udc00",
        r"\udfff",
        r"\uDEAD",
        r"\ud83dx",
        r"\ud83d\n",
        r"\ud83d\u0061",
        r"\ud83d\ud83d",
        r"\ude00\ud83d",
        r"\ude00\ude00",
        r"\ud83d\u",
        r"\ud83d\\ude00",
        r"\ud83d ude00",
    ] {
        refused(format!("{{\"x\":\"ab{lone}\"}}"), NotUtf8, 8);
        refused(format!("{{\"{lone}\":0}}"), NotUtf8, 2);
    }
}

#[test]
fn utf8() {
    for bad in [
        b"\xff".as_slice(),
        b"\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f\x98",
        b"\xfe\xff",
    ] {
        refused([b"{\"x\":\"", bad, b"\"}"].concat(), NotUtf8, 6);
        refused([b"{\"x\":", bad, b"}"].concat(), NotUtf8, 5);
        refused([b"{}", bad].concat(), NotUtf8, 2);
        refused([bad, b"{}"].concat(), NotUtf8, 0);
    }
}

#[test]
fn depth() {
    let arrays = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let objects = |depth: usize| format!("{}1{}", "{\"x\":".repeat(depth), "}".repeat(depth));
    for text in [arrays(MAX_JSON_DEPTH), objects(MAX_JSON_DEPTH)] {
        accepted(&text);
        // Every level can be walked, from the outside in.
        assert_eq!(read(text.as_bytes()).unwrap().len(), 1);
    }
    refused(arrays(MAX_JSON_DEPTH + 1), TooDeep, 5 + 63);
    refused(objects(MAX_JSON_DEPTH + 1), TooDeep, 5 * 64);
    // Brackets after the cap was touched and left again.
    let comb = format!("{{\"x\":[{0}1{1},{0}1{1}]}}", "[".repeat(62), "]".repeat(62));
    accepted(comb);
    refused(format!("{{\"x\":{}}}", "[{\"a\":".repeat(40)), TooDeep, 5 + 31 * 6 + 1);
}

/// Nesting costs no stack, in whatever part of the text it comes.
#[test]
fn depth_bomb_on_a_small_stack() {
    let bomb = |open: &str| [b"{\"x\":", open.repeat(500_000 / open.len()).as_bytes()].concat();
    std::thread::Builder::new()
        .stack_size(64 * 1024)
        .spawn(move || {
            for open in ["[", "{\"a\":", "[[{\"\":"] {
                let mut text = bomb(open);
                assert_eq!(error(&text).unwrap().0, TooDeep);
                let len = text.len();
                assert_eq!(crate::json::canonicalise(&mut text).text.len(), len);
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn length() {
    let mut text = b"{}".to_vec();
    text.resize(MAX_JWK_SET_LEN, b' ');
    accepted(&text);
    text.push(b' ');
    refused(&text, TooLong, MAX_JWK_SET_LEN as u32);
}

fn object<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let members: Vec<_> = names.into_iter().map(|name| format!("\"{name}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn member_caps() {
    let names: Vec<_> = (0..=MAX_CLAIMS).map(|i| format!("claim{i}")).collect();
    let first = |count: usize| object(names.iter().take(count).map(String::as_str));
    assert_eq!(read(first(MAX_CLAIMS).as_bytes()).unwrap().len(), 256);
    assert_eq!(read(first(MAX_CLAIMS + 1).as_bytes()), Err(TooManyMembers));
    accepted(first(MAX_MEMBERS));
    assert_eq!(error(first(MAX_MEMBERS + 1).as_bytes()).unwrap().0, TooManyMembers);
    // Objects inside are not counted.
    accepted(format!("{{\"x\":{}}}", first(MAX_CLAIMS + 1)));
}

#[test]
fn duplicate_names() {
    refused(r#"{"a":1,"a":2}"#, DuplicateName, 7);
    refused(r#"{"iss":1,"aud":1,"iss":2}"#, DuplicateName, 17);
    refused(r#"{"":1,"":2}"#, DuplicateName, 6);
    // After unescaping, whichever of the two is written with escapes.
    refused(r#"{"iss":1,"\u0069ss":2}"#, DuplicateName, 9);
    refused(r#"{"\u0069ss":1,"iss":2}"#, DuplicateName, 14);
    refused(r#"{"\u0069ss":1,"i\u0073s":2}"#, DuplicateName, 14);
    refused(
        r#"{"http:\/\/a.example\/role":1,"http://a.example/role":2}"#,
        DuplicateName,
        30,
    );
    refused(r#"{"\ud83d\ude00":1,"😀":2}"#, DuplicateName, 18);
    refused(r#"{"\"":1,"\u0022":2}"#, DuplicateName, 8);
    refused(r#"{"\n":1,"\u000A":2}"#, DuplicateName, 8);
    for text in [
        r#"{"iss":1,"\u0069ss":2}"#,
        r#"{"\"":1,"\u0022":2}"#,
        r#"{"\n":1,"\u000a":2}"#,
    ] {
        assert_eq!(read(&canonical(text.as_bytes())), Err(DuplicateName), "{text}");
    }
    // Case, prefixes and suffixes make other names; so does what only looks like an escape.
    accepted(r#"{"tid":1,"TID":2,"ti":3,"tidx":4,"":5,"t":6}"#);
    accepted(r#"{"\\u0069ss":1,"iss":2}"#);
    accepted(r#"{"a":1,"\u0000":2,"\u0000\u0000":3,"a\u0000":4}"#);
    // Inside another value names are not compared.
    accepted(r#"{"a":{"b":1,"b":2},"b":3}"#);
}

/// Every pair of positions, names of every short length: nothing before or after a name gets into the comparison.
#[test]
fn duplicate_names_of_every_length() {
    for length in 0..=20 {
        let twin = "n".repeat(length);
        for others in 0..=3 {
            let before: Vec<_> = (0..others).map(|i| format!("{}x{i}", "n".repeat(length))).collect();
            let mut names: Vec<_> = before.iter().map(String::as_str).collect();
            names.insert(0, &twin);
            accepted(object(names.iter().copied()));
            names.push(&twin);
            assert_eq!(
                error(object(names).as_bytes()).unwrap().0,
                DuplicateName,
                "{length} {others}"
            );
        }
    }
}

/// Names of one length with the same last eight octets have the same hash.
#[test]
fn names_that_collide() {
    let names: Vec<_> = (0..MAX_CLAIMS).map(|i| format!("{i:03}_collides")).collect();
    assert_eq!(
        read(object(names.iter().map(String::as_str)).as_bytes()).unwrap().len(),
        MAX_CLAIMS
    );
    for twin in [0, 1, 100, 254] {
        let mut names: Vec<_> = names.iter().take(255).map(String::as_str).collect();
        names.push(names[twin]);
        assert_eq!(read(object(names).as_bytes()), Err(DuplicateName));
    }
    // The same for names written with escapes, which take another way to the same hash.
    for twin in ["\\u0030\\u00300_collides", "00\\u0030_collides", "000_collide\\u0073"] {
        let names = names.iter().take(200).map(String::as_str).chain([twin]);
        assert_eq!(read(object(names).as_bytes()), Err(DuplicateName), "{twin}");
    }
}

/// Long names that only their middle tells apart, with escapes that stay: every comparison is carried through.
#[test]
fn long_names_that_collide() {
    for piece in ["n", r#"\""#, r"\\", "é"] {
        let names: Vec<_> = (0..20).map(|i| format!("{0}{i:02}{0}", piece.repeat(40))).collect();
        accepted(object(names.iter().map(String::as_str)));
        for twin in [0, 10, 19] {
            let names = names.iter().chain([&names[twin]]).map(String::as_str);
            assert_eq!(read(object(names).as_bytes()), Err(DuplicateName), "{piece} {twin}");
        }
    }
}

/// Against looking at one octet after the other, at every position of texts around the size of a block.
#[test]
fn flags_find_the_next_special_octet() {
    flags_of_a_window_find_it::<WINDOW>();
    flags_of_a_window_find_it::<NO_WINDOW>();
}

fn flags_of_a_window_find_it<const BLOCKS: usize>() {
    let mut state = 1_u32;
    for length in (0..140).chain([191, 192, 193, 300, 1023, 1024, 1025, 1087, 1088, 1089, 2100]) {
        for sparseness in [2, 30, 200] {
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    if state >> 8 & 0xff < 256 / sparseness {
                        (state >> 16) as u8
                    } else {
                        b' ' + ((state >> 29) as u8 & 1)
                    }
                })
                .collect();
            for stride in [1, 7, 64, 100, 129] {
                let mut flags = Flags::<BLOCKS>::new();
                let flags = flags.lend();
                let mut found = 0;
                for start in (0..=length).step_by(stride) {
                    if start < found {
                        continue;
                    }
                    let naive = text[start..].iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20);
                    found = flags.next(&text, start);
                    assert_eq!((found < length).then(|| found - start), naive, "{start} of {length}");
                }
            }
        }
    }
    for octet in 0..=0xff {
        let special = octet == b'"' || octet == b'\\' || octet < 0x20;
        // alone, and at each place of eight octets
        for before in 0..8 {
            for after in [0, 7] {
                let text: Vec<u8> = [vec![b'~'; before], vec![octet, b'"'], vec![b'~'; after]].concat();
                assert_eq!(
                    Flags::<BLOCKS>::new().lend().next(&text, 0),
                    before + usize::from(!special),
                    "{octet:#x} after {before}"
                );
            }
        }
    }
}
