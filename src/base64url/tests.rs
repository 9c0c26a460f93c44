// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every translation of this build against `base64ct`, which shares no idea with any of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use std::{format, string::String, vec, vec::Vec};

type Translate = fn(&[u8], &mut [u8]) -> bool;

fn translations() -> Vec<(&'static str, Translate)> {
    let mut all: Vec<(&'static str, Translate)> = vec![
        ("selected", translate),
        ("compact", compact::translate),
        ("table", |src, out| {
            has_zero_trailing_bits(src) && table::translate(src, out)
        }),
    ];
    #[cfg(not(any(target_pointer_width = "32", rs256_backend = "portable32")))]
    all.push(("portable", portable));
    #[cfg(all(
        target_arch = "x86_64",
        not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
    ))]
    if vbmi::Vbmi::detect().is_some() {
        all.push(("vbmi", |src, out| {
            has_zero_trailing_bits(src) && vbmi::Vbmi::detect().unwrap().translate(src, out)
        }));
    } else {
        std::eprintln!("skipped: this CPU has no AVX-512 VBMI");
    }
    all
}

#[cfg(all(
    target_arch = "x86_64",
    not(any(rs256_backend = "portable64", rs256_backend = "portable32", rs256_backend = "avx2"))
))]
#[test]
fn vector_code_is_entered_where_the_cpu_has_it() {
    let has_it = std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512vbmi");
    assert_eq!(vbmi::Vbmi::detect().is_some(), has_it);
}

/// What `base64ct` makes of `src`, if `src` is what it would have written.
fn oracle(src: &[u8]) -> Option<Vec<u8>> {
    let mut buf = vec![0; src.len()];
    let octets = Base64UrlUnpadded::decode(src, &mut buf).ok()?.to_vec();
    (encode(&octets).as_bytes() == src).then_some(octets)
}

fn encode(octets: &[u8]) -> String {
    let mut buf = vec![0; octets.len() * 2 + 2];
    Base64UrlUnpadded::encode(octets, &mut buf).unwrap().into()
}

/// The one answer of all translations, each given more room than it needs and watched for writing there.
fn decoded(src: &[u8]) -> Option<Vec<u8>> {
    const ROOM: usize = 64;
    let len = decoded_len(src.len()).unwrap_or(0);
    let mut answers = translations().into_iter().map(|(name, translate)| {
        let mut dst = vec![0xa5; len + ROOM];
        let answer = decode_by(translate, src, &mut dst).ok().map(|octets| octets.to_vec());
        assert_eq!(
            dst[len..],
            [0xa5; ROOM],
            "{name} wrote past the end for {} characters",
            src.len()
        );
        if let Some(octets) = &answer {
            assert_eq!(octets.len(), len, "{name}");
            assert_eq!(
                dst[..len],
                octets[..],
                "{name} returned something else than the front of the buffer"
            );
        }
        (name, answer)
    });
    let (_, first) = answers.next().unwrap();
    for (name, answer) in answers {
        assert_eq!(answer, first, "{name} differs for {}", src.escape_ascii());
    }
    first
}

/// Octets without a pattern that blocks of 3, 48 or 64 could hide behind.
fn octets(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn standards_vectors() {
    // RFC 4648 section 10 without its padding, and RFC 7515 appendix C.
    let vectors: [(&[u8], &str); 8] = [
        (b"", ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"fooba", "Zm9vYmE"),
        (b"foobar", "Zm9vYmFy"),
        (&[3, 236, 255, 224, 193], "A-z_4ME"),
    ];
    for (octets, text) in vectors {
        assert_eq!(decoded(text.as_bytes()).as_deref(), Some(octets), "{text}");
    }
}

#[test]
fn every_length() {
    for len in 0..300 {
        let octets = octets(len);
        let text = encode(&octets);
        assert_eq!(decoded_len(text.len()), Some(len));
        assert_eq!(decoded(text.as_bytes()), Some(octets));
    }
}

#[test]
fn impossible_lengths() {
    for n in 0..300 {
        let text = vec![b'A'; n];
        let octets = n * 3 / 4;
        assert_eq!(decoded_len(n), (n % 4 != 1).then_some(octets), "{n} characters");
        assert_eq!(decoded(&text), (n % 4 != 1).then(|| vec![0; octets]), "{n} characters");
    }
    assert_eq!(decoded_len(usize::MAX), Some(usize::MAX / 4 * 3 + 2));
}

#[test]
fn a_bad_character_at_every_place_of_short_texts() {
    for len in 1..=12 {
        let good = encode(&octets(len));
        for place in 0..good.len() {
            let mut text = good.clone().into_bytes();
            text[place] = b'.';
            assert_eq!(decoded(&text), None, "{place} of {len} octets");
        }
    }
}

#[test]
fn every_octet_value_at_every_place() {
    // Two steps of 64 characters and an end, so that every place of a step and of the end is met.
    let good = encode(&octets(118));
    assert_eq!(good.len(), 158);
    let mut accepted = 0;
    for place in 0..good.len() {
        for value in 0..=u8::MAX {
            let mut text = good.clone().into_bytes();
            text[place] = value;
            let answer = decoded(&text);
            assert_eq!(answer, oracle(&text), "octet {value:#04x} at {place}");
            accepted += usize::from(answer.is_some());
        }
    }
    // All 64 characters at each place but the last, whose low four bits reach no octet.
    assert_eq!(accepted, 157 * 64 + 4);
}

/// What marks a bad character is gathered; the marks of two must not cancel each other.
#[test]
fn two_bad_characters() {
    for len in [1, 2, 3, 4, 5, 6, 49, 50] {
        let good = encode(&octets(len)).into_bytes();
        for first in 0..good.len() {
            for second in first + 1..good.len() {
                let mut text = good.clone();
                (text[first], text[second]) = (b'.', b'.');
                assert_eq!(decoded(&text), None, "at {first} and {second} of {}", good.len());
            }
        }
    }
}

#[test]
fn regression_cve_2022_25898_other_alphabets_padding_and_whitespace() {
    let good = encode(&octets(96));
    for bad in [
        "+", "/", "=", "==", " ", "\n", "\r\n", "\t", "\0", ".", ",", "~", "\u{e9}", "\u{212a}", "\u{2010}",
    ] {
        for place in [0, 1, 2, 3, 4, 63, 64, 65, 127, 128] {
            let (head, tail) = good.split_at(place);
            let inserted = format!("{head}{bad}{tail}");
            assert_eq!(decoded(inserted.as_bytes()), None, "{bad:?} inserted at {place}");
            // In place of as many characters, so that the length stays possible.
            let replaced = format!("{head}{bad}{}", tail.get(bad.len()..).unwrap_or_default());
            assert_eq!(decoded(replaced.as_bytes()), None, "{bad:?} in place at {place}");
        }
    }
    for padded in ["Zg==", "Zg=", "Zm8=", "Zm9v=", "=", "==", "====", "Zg==Zg=="] {
        assert_eq!(decoded(padded.as_bytes()), None, "{padded}");
    }
}

#[test]
fn trailing_bits_for_each_residue() {
    for whole in [0, 4, 60, 64, 124, 128] {
        for (residue, canonical) in [(2, 4), (3, 16), (4, 64)] {
            let mut text = vec![b'w'; whole + residue];
            let accepted = ALPHABET.iter().filter(|&&last| {
                *text.last_mut().unwrap() = last;
                let answer = decoded(&text);
                assert_eq!(answer, oracle(&text), "{}", text.escape_ascii());
                answer.is_some()
            });
            assert_eq!(accepted.count(), canonical, "{whole} + {residue} characters");
        }
    }
}

#[test]
fn buffer_sizes() {
    let octets = octets(200);
    let text = encode(&octets);
    for (name, translate) in translations() {
        let mut exact = [0; 200];
        assert_eq!(
            decode_by(translate, text.as_bytes(), &mut exact).unwrap(),
            octets,
            "{name}"
        );

        let mut short = [0xa5; 199];
        assert_eq!(
            decode_by(translate, text.as_bytes(), &mut short),
            Err(InvalidBase64url),
            "{name}"
        );
        assert_eq!(short, [0xa5; 199], "{name} wrote into a buffer that is too short");
    }
    assert_eq!(decode(b"", &mut []), Ok(&mut [][..]));
}

proptest! {
    #[test]
    fn what_was_encoded_comes_back(octets in prop::collection::vec(any::<u8>(), 0..2048)) {
        prop_assert_eq!(decoded(encode(&octets).as_bytes()), Some(octets));
    }

    #[test]
    fn same_answer_as_base64ct(text in "([A-Za-z0-9_-]{0,80}|[A-Za-z0-9_-]{60,70}[ -~]{1,2}[A-Za-z0-9_-]{0,70}|\\PC{0,9})") {
        prop_assert_eq!(decoded(text.as_bytes()), oracle(text.as_bytes()));
    }

    #[test]
    fn any_octets_at_all(text in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(decoded(&text), oracle(&text));
    }
}
