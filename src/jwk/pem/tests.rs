// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that OpenSSL wrote, and each way to spoil them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use super::parse_pem;
use crate::error::{DerError, PemError};
use crate::jwk::der;

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/keys/", $name))
    };
}

const SPKI: &str = file!("spki.pem");

/// Parses into a buffer that is large enough, and gives owned numbers.
fn parse(pem: impl AsRef<[u8]>) -> Result<(Vec<u8>, Vec<u8>), PemError> {
    let mut buf = [0xee; 4096];
    parse_pem(pem.as_ref(), &mut buf).map(|parts| (parts.n.to_vec(), parts.e.to_vec()))
}

fn reference() -> Result<(Vec<u8>, Vec<u8>), PemError> {
    let parts = der::spki(include_bytes!("../../../tests/data/keys/spki.der")).unwrap();
    Ok((parts.n.to_vec(), parts.e.to_vec()))
}

#[test]
fn the_three_labels_give_the_same_key() {
    for pem in [SPKI, file!("pkcs1.pem"), file!("certificate.pem")] {
        assert_eq!(parse(pem), reference());
    }
    let (n, e) = parse(file!("spki-4096.pem")).unwrap();
    assert_eq!((n.len(), &e[..]), (512, &[1, 0, 1][..]));
    assert!(n.iter().map(|octet| format!("{octet:02X}")).collect::<String>() == file!("modulus-4096.hex").trim());
}

#[test]
fn the_label_decides_and_nothing_else() {
    for (from, to) in [("PUBLIC KEY", "RSA PUBLIC KEY"), ("PUBLIC KEY", "CERTIFICATE")] {
        assert_eq!(
            parse(SPKI.replace(from, to)),
            Err(PemError::Der(DerError::Malformed)),
            "{to}"
        );
    }
    let relabelled = file!("pkcs1.pem").replace("RSA PUBLIC KEY", "PUBLIC KEY");
    assert_eq!(parse(relabelled), Err(PemError::Der(DerError::Algorithm)));
    for pem in [file!("pss-spki.pem"), file!("ec-spki.pem"), file!("ec-certificate.pem")] {
        assert_eq!(parse(pem), Err(PemError::Der(DerError::Algorithm)));
    }
}

#[test]
fn private_keys_have_an_error_of_their_own() {
    for pem in [
        file!("private-pkcs1.pem"),
        file!("private-pkcs8.pem"),
        file!("private-encrypted.pem"),
        file!("private-ec.pem"),
        "-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense",
    ] {
        assert_eq!(parse(pem), Err(PemError::PrivateKey));
    }
}

#[test]
fn other_labels_are_refused() {
    for label in [
        "CERTIFICATE REQUEST",
        "X509 CERTIFICATE",
        "TRUSTED CERTIFICATE",
        "X509 CRL",
        "public key",
        "PUBLIC  KEY",
        " PUBLIC KEY",
        "PUBLIC KEY ",
        "EC PUBLIC KEY",
        "RSA",
        "",
    ] {
        assert_eq!(
            parse(SPKI.replace("PUBLIC KEY", label)),
            Err(PemError::Label),
            "{label}"
        );
    }
    assert_eq!(parse(file!("request.pem")), Err(PemError::Label));
}

#[test]
fn one_block_only() {
    assert_eq!(parse(file!("chain.pem")), Err(PemError::MoreThanOneBlock));
    assert_eq!(parse([SPKI, "\n\n", SPKI].concat()), Err(PemError::MoreThanOneBlock));
    assert_eq!(
        parse([SPKI, file!("private-pkcs8.pem")].concat()),
        Err(PemError::MoreThanOneBlock)
    );
}

#[test]
fn only_whitespace_surrounds_the_block() {
    for (before, after) in [("", "\n\n"), ("\n \t\r\n", ""), ("  ", " \r\n\t")] {
        assert_eq!(parse(format!("{before}{}{after}", SPKI.trim_end())), reference());
    }
    assert_eq!(parse(file!("certificate-text.pem")), Err(PemError::Boundary));
    for pem in [
        format!("key:\n{SPKI}"),
        format!("{SPKI}end"),
        format!("\0{SPKI}"),
        format!("{SPKI}\0"),
        format!("\u{feff}{SPKI}"),
        format!("{}-", SPKI.trim_end()),
        format!("-{SPKI}"),
    ] {
        assert_eq!(parse(&pem), Err(PemError::Boundary), "{pem:.12}");
    }
}

#[test]
fn boundaries_are_exact() {
    for (from, to) in [
        ("-----END PUBLIC KEY-----", "-----END CERTIFICATE-----"),
        ("-----END PUBLIC KEY-----", "-----END PUBLIC KEY----"),
        ("-----END PUBLIC KEY-----", "----- END PUBLIC KEY-----"),
        ("-----END PUBLIC KEY-----", ""),
        ("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY----"),
        ("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY----- "),
        ("-----BEGIN PUBLIC KEY-----", "----BEGIN PUBLIC KEY-----"),
        ("-----BEGIN PUBLIC KEY-----", "-----begin PUBLIC KEY-----"),
        (
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\n-----BEGIN PUBLIC KEY-----",
        ),
    ] {
        assert_eq!(parse(SPKI.replace(from, to)), Err(PemError::Boundary), "{to}");
    }
    assert_eq!(parse(SPKI.replace("KEY-----\nM", "KEY-----M")), Err(PemError::Boundary));
}

#[test]
fn lines_end_with_lf_or_crlf() {
    assert_eq!(parse(SPKI.replace('\n', "\r\n")), reference());
    // CR alone, two CR, and a blank line after every line
    assert!(parse(SPKI.replace('\n', "\r")).is_err());
    assert!(parse(SPKI.replace('\n', "\r\r\n")).is_err());
    assert!(parse(SPKI.replace('\n', "\n\n")).is_err());
}

#[test]
fn lines_are_full_except_the_last() {
    let body: String = SPKI.lines().filter(|line| !line.starts_with('-')).collect();
    let wrapped = |width: usize| {
        let lines: Vec<&str> = (0..body.len())
            .step_by(width)
            .map(|i| &body[i..body.len().min(i + width)])
            .collect();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
            lines.join("\n")
        )
    };
    assert_eq!(parse(wrapped(64)), reference());
    for width in [4, 60, 63, 65, 68, 76, body.len()] {
        assert_eq!(parse(wrapped(width)), Err(PemError::Base64), "{width}");
    }
}

#[test]
fn base64_is_canonical() {
    let last = SPKI.lines().rev().nth(1).unwrap();
    assert!(last.ends_with("AQAB"), "the exponent 65537 ends the key");
    for (from, to) in [
        ("AQAB\n", "AQAB=\n"),
        ("AQAB\n", "AQAB====\n"),
        ("AQAB\n", "AQAB \n"),
        ("AQAB\n", " AQAB\n"),
        ("AQAB\n", "AQ-B\n"),
        ("AQAB\n", "AQ_B\n"),
        ("AQAB\n", "AQA\n"),
        ("AQAB\n", "AQ=B\n"),
        ("AQAB\n", "A\u{e9}AB\n"),
        (
            "-----BEGIN PUBLIC KEY-----\n",
            "-----BEGIN PUBLIC KEY-----\nComment: x\n\n",
        ),
        ("-----BEGIN PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\n\n"),
        ("AQAB\n", "AQAB\n\n"),
    ] {
        assert_eq!(parse(SPKI.replace(from, to)), Err(PemError::Base64), "{to:?}");
    }
    // Padding ends the text even when its line is full, and lengthens no line.
    let first = SPKI.lines().nth(1).unwrap();
    assert_eq!(first.len(), 64);
    for line in [
        format!("{}==", &first[..62]),
        format!("{}=", &first[..63]),
        format!("{first}="),
        format!("{first}=="),
    ] {
        assert_eq!(parse(SPKI.replace(first, &line)), Err(PemError::Base64), "{line}");
    }
    let full = "MAA".repeat(21);
    let block = |rest: &str| format!("-----BEGIN PUBLIC KEY-----\n{full}=\n{rest}-----END PUBLIC KEY-----");
    assert!(matches!(parse(block("")), Err(PemError::Der(_))));
    assert_eq!(parse(block("MAAA\n")), Err(PemError::Base64));
    // Both kinds of padding, and their spare bits.
    let pem = |last: &str| format!("-----BEGIN PUBLIC KEY-----\n{last}\n-----END PUBLIC KEY-----\n");
    for (last, verdict) in [
        ("MA==", PemError::Der(DerError::Malformed)),
        ("MB==", PemError::Base64),
        ("MA=", PemError::Base64),
        ("MA", PemError::Base64),
        ("MAA=", PemError::Der(DerError::Malformed)),
        ("MAB=", PemError::Base64),
        ("MAA==", PemError::Base64),
    ] {
        assert_eq!(parse(pem(last)), Err(verdict), "{last}");
    }
}

#[test]
fn the_buffer_is_used_to_its_last_octet_and_no_further() {
    let len = include_bytes!("../../../tests/data/keys/spki.der").len();
    for space in [0, 1, 47, 48, 49, len - 1] {
        assert_eq!(
            parse_pem(SPKI.as_bytes(), &mut vec![0; space]),
            Err(PemError::BufferTooSmall),
            "{space}"
        );
    }
    assert!(parse_pem(SPKI.as_bytes(), &mut vec![0; len]).is_ok());
}

#[test]
fn every_truncation_is_refused() {
    let pem = SPKI.trim_end();
    for len in 0..pem.len() {
        assert!(parse(&pem[..len]).is_err(), "{len}");
    }
}

#[test]
fn no_corrupt_octet_is_overlooked_or_panics() {
    let good = reference();
    let pem = SPKI.trim_end().as_bytes();
    let mut spoilt = pem.to_vec();
    for at in 0..pem.len() {
        let flips = (0..8).map(|bit| pem[at] ^ (1 << bit));
        for octet in flips.chain(*b"\0\n\r -=A\xff") {
            spoilt[at] = octet;
            assert!(octet == pem[at] || parse(&spoilt) != good, "{at}: {octet}");
        }
        spoilt[at] = pem[at];
    }
}

#[test]
fn messages() {
    assert_eq!(
        PemError::PrivateKey.to_string(),
        "expected a public key, found the PEM label of a private key"
    );
    let error = PemError::Der(DerError::Algorithm);
    let source = core::error::Error::source(&error).unwrap();
    assert_eq!(
        source.to_string(),
        "expected the algorithm rsaEncryption with NULL parameters"
    );
}
