// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that OpenSSL wrote, and each way to spoil them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::vec::Vec;

use super::{RsaParts, certificate, pkcs1, spki};
use crate::error::DerError::{self, Algorithm, Malformed, TrailingData};

type Parser = fn(&[u8]) -> Result<RsaParts<'_>, DerError>;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/keys/", $name)).as_slice()
    };
}

const SPKI: &[u8] = file!("spki.der");
const PKCS1: &[u8] = file!("pkcs1.der");
const CERTIFICATE: &[u8] = file!("certificate.der");
const CERTIFICATE_V1: &[u8] = file!("certificate-v1.der");
const FORMS: [(Parser, &[u8]); 4] = [
    (spki, SPKI),
    (pkcs1, PKCS1),
    (certificate, CERTIFICATE),
    (certificate, CERTIFICATE_V1),
];

fn hex(text: &[u8]) -> Vec<u8> {
    let text = core::str::from_utf8(text).unwrap().trim();
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

/// One TLV with a minimal length.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let len = u16::try_from(value.len()).unwrap().to_be_bytes();
    let head: &[u8] = match value.len() {
        0..0x80 => &[tag, len[1]],
        0x80..0x100 => &[tag, 0x81, len[1]],
        _ => &[tag, 0x82, len[0], len[1]],
    };
    [head, &value].concat()
}

const OID_RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const NULL: &[u8] = &[5, 0];

fn rsa_spki(key: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x30, &[OID_RSA, NULL]), &tlv(0x03, &[&[0], key])])
}

/// A certificate of nothing but its fields; `version` and `after` surround the four sequences and the key.
fn bare_certificate(version: &[u8], after: &[u8]) -> Vec<u8> {
    let empty = tlv(0x30, &[]);
    let tbs = tlv(
        0x30,
        &[version, &[2, 1, 1], &empty, &empty, &empty, &empty, SPKI, after],
    );
    tlv(0x30, &[&tbs, &empty, &[3, 1, 0]])
}

#[test]
fn every_form_gives_the_modulus_that_openssl_prints() {
    let n = hex(file!("modulus.hex"));
    assert_eq!(n.len(), 256);
    for (parse, der) in FORMS {
        assert_eq!(parse(der), Ok(RsaParts { n: &n, e: &[1, 0, 1] }));
    }
    let n = hex(file!("modulus-e3.hex"));
    assert_eq!(spki(file!("spki-e3.der")), Ok(RsaParts { n: &n, e: &[3] }));
}

#[test]
fn the_builder_of_these_tests_spells_as_openssl_does() {
    assert_eq!(rsa_spki(PKCS1), SPKI);
}

#[test]
fn one_form_is_not_read_as_another() {
    assert_eq!(spki(PKCS1), Err(Algorithm));
    assert_eq!(pkcs1(SPKI), Err(Malformed));
    assert_eq!(pkcs1(CERTIFICATE), Err(Malformed));
    assert_eq!(spki(CERTIFICATE), Err(Algorithm));
    assert_eq!(certificate(SPKI), Err(Malformed));
    assert_eq!(certificate(PKCS1), Err(Malformed));
}

#[test]
fn other_algorithms_and_parameters_are_refused() {
    assert_eq!(spki(file!("pss-spki.der")), Err(Algorithm));
    assert_eq!(spki(file!("ec-spki.der")), Err(Algorithm));
    let bits = tlv(0x03, &[&[0], PKCS1]);
    for algorithm in [
        tlv(0x30, &[OID_RSA]),             // parameters absent
        tlv(0x30, &[OID_RSA, &[0x30, 0]]), // an empty SEQUENCE
        tlv(0x30, &[OID_RSA, &[5, 1, 0]]), // a NULL that is not empty
        tlv(0x30, &[OID_RSA, NULL, NULL]),
        tlv(0x30, &[NULL, OID_RSA]),
        tlv(0x31, &[OID_RSA, NULL]), // SET
    ] {
        assert_eq!(spki(&tlv(0x30, &[&algorithm, &bits])), Err(Algorithm));
    }
    // The same algorithm, with a length that is not minimal.
    let algorithm = [&[0x30, 0x81, 13], OID_RSA, NULL].concat();
    assert_eq!(spki(&tlv(0x30, &[&algorithm, &bits])), Err(Malformed));
}

#[test]
fn integers_that_are_negative_or_not_minimal_are_refused() {
    let e: &[u8] = &[2, 3, 1, 0, 1];
    for n in [
        &[2, 2, 0x80, 1][..],   // negative
        &[2, 1, 0xff],          // -1
        &[2, 3, 0, 0x7f, 1],    // a zero octet too many
        &[2, 4, 0, 0, 0x80, 1], // the same, under a sign octet
        &[2, 0],                // no octets
        &[2, 0x81, 2, 0x7f, 1], // a length that is not minimal
        &[3, 2, 0x7f, 1],       // BIT STRING
        &[0x22, 3, 2, 1, 0x7f], // constructed
    ] {
        assert_eq!(pkcs1(&tlv(0x30, &[n, e])), Err(Malformed), "n {n:?}");
        assert_eq!(pkcs1(&tlv(0x30, &[e, n])), Err(Malformed), "e {n:?}");
    }
    // Zero has one octet and no sign octet; whether it makes a key is not judged here.
    assert_eq!(
        pkcs1(&tlv(0x30, &[&[2, 1, 0], e])),
        Ok(RsaParts { n: &[0], e: &[1, 0, 1] })
    );
    assert_eq!(
        pkcs1(&tlv(0x30, &[&[2, 2, 0, 0x80], e])),
        Ok(RsaParts {
            n: &[0x80],
            e: &[1, 0, 1]
        })
    );
}

#[test]
fn bit_strings_hold_whole_octets() {
    let algorithm = tlv(0x30, &[OID_RSA, NULL]);
    for unused in 1..=8 {
        // The last octet of the key is 1; clear it, so that up to 7 unused bits are zero as DER wants.
        let mut key = PKCS1.to_vec();
        *key.last_mut().unwrap() = 0;
        let bits = tlv(0x03, &[&[unused], &key]);
        assert_eq!(spki(&tlv(0x30, &[&algorithm, &bits])), Err(Malformed), "{unused}");
    }
    assert_eq!(spki(&tlv(0x30, &[&algorithm, &[3, 0]])), Err(Malformed));
    assert_eq!(spki(&tlv(0x30, &[&algorithm, &[3, 1, 0]])), Err(Malformed));
    // OCTET STRING, constructed BIT STRING
    assert_eq!(
        spki(&tlv(0x30, &[&algorithm, &tlv(0x04, &[&[0], PKCS1])])),
        Err(Malformed)
    );
    let part = tlv(0x03, &[&[0], PKCS1]);
    assert_eq!(spki(&tlv(0x30, &[&algorithm, &tlv(0x23, &[&part])])), Err(Malformed));
}

#[test]
fn nothing_may_follow_at_any_level() {
    for (parse, der) in FORMS {
        for tail in [&[0][..], NULL, der] {
            assert_eq!(parse(&[der, tail].concat()), Err(TrailingData));
        }
    }
    let fields = &PKCS1[4..];
    assert_eq!(pkcs1(&tlv(0x30, &[fields, NULL])), Err(TrailingData));
    assert_eq!(spki(&rsa_spki(&[PKCS1, &[0]].concat())), Err(TrailingData));
    assert_eq!(spki(&tlv(0x30, &[&SPKI[4..], NULL])), Err(TrailingData));
    assert_eq!(certificate(&tlv(0x30, &[&CERTIFICATE[4..], NULL])), Err(TrailingData));
}

#[test]
fn indefinite_and_wasteful_lengths_are_refused() {
    for (parse, der) in FORMS {
        // All four begin with 30 82 xx xx.
        assert_eq!(der[..2], [0x30, 0x82]);
        let body = &der[4..];
        assert_eq!(parse(&[&[0x30, 0x80], body, &[0, 0]].concat()), Err(Malformed));
        assert_eq!(parse(&[&[0x30, 0x83, 0], &der[2..4], body].concat()), Err(Malformed));
        assert_eq!(
            parse(&[&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], body].concat()),
            Err(Malformed)
        );
        assert_eq!(parse(&[&[0x30, 0xff], body].concat()), Err(Malformed));
    }
}

#[test]
fn every_truncation_is_refused() {
    for (parse, der) in FORMS {
        for len in 0..der.len() {
            assert_eq!(parse(&der[..len]), Err(Malformed), "{len} of {}", der.len());
        }
    }
}

#[test]
fn no_corrupt_octet_is_overlooked_or_panics() {
    for (parse, der) in FORMS {
        let good = parse(der).unwrap();
        // Outside its key a certificate is skipped over; from there on, every value has one spelling.
        let key = der.windows(SPKI.len()).position(|window| window == SPKI).unwrap_or(0);
        let key = key..der.len().min(key + SPKI.len());
        let step = if der.len() > SPKI.len() { 9 } else { 1 };
        let mut spoilt = der.to_vec();
        for at in 0..der.len() {
            for change in (1..=255).step_by(step) {
                spoilt[at] ^= change;
                assert!(parse(&spoilt) != Ok(good) || !key.contains(&at), "{at} ^ {change}");
                spoilt[at] ^= change;
            }
        }
    }
}

#[test]
fn certificates_keep_the_order_of_their_fields() {
    let version: &[u8] = &[0xa0, 3, 2, 1, 2];
    let (issuer_id, subject_id, extensions): (&[u8], &[u8], &[u8]) =
        (&[0x81, 1, 0], &[0x82, 1, 0], &[0xa3, 2, 0x30, 0]);
    for version in [version, &[]] {
        for after in [
            &[][..],
            &[issuer_id],
            &[subject_id],
            &[extensions],
            &[issuer_id, subject_id, extensions],
        ] {
            assert_eq!(certificate(&bare_certificate(version, &after.concat())), spki(SPKI));
        }
        for after in [
            &[extensions, issuer_id][..],
            &[subject_id, issuer_id],
            &[issuer_id, issuer_id],
            &[extensions, extensions],
            &[NULL],
            &[&[0xa0, 3, 2, 1, 2]],
            &[&[0xa1, 0]],
            &[&[0x83, 0]],
            &[&[0xa4, 0]],
            &[&[0x84, 0]],
        ] {
            assert_eq!(
                certificate(&bare_certificate(version, &after.concat())),
                Err(Malformed),
                "{after:?}"
            );
        }
    }
    // Two versions; a version of another class.
    assert_eq!(
        certificate(&bare_certificate(&[version, version].concat(), &[])),
        Err(Malformed)
    );
    assert_eq!(certificate(&bare_certificate(&[0x80, 1, 2], &[])), Err(Malformed));
}

#[test]
fn certificates_have_fields_of_the_right_type() {
    let empty = tlv(0x30, &[]);
    let (serial, signature): (&[u8], &[u8]) = (&[2, 1, 1], &[3, 1, 0]);
    let tbs = |fields: [&[u8]; 6]| tlv(0x30, &fields);
    let right = [serial, &empty, &empty, &empty, &empty, SPKI];
    let whole = |tbs: &[u8], algorithm: &[u8], signature: &[u8]| tlv(0x30, &[tbs, algorithm, signature]);
    assert_eq!(certificate(&whole(&tbs(right), &empty, signature)), spki(SPKI));
    for at in 0..5 {
        let mut wrong = right;
        wrong[at] = NULL;
        assert_eq!(
            certificate(&whole(&tbs(wrong), &empty, signature)),
            Err(Malformed),
            "{at}"
        );
    }
    assert_eq!(certificate(&whole(&tbs(right), NULL, signature)), Err(Malformed));
    assert_eq!(certificate(&whole(&tbs(right), &empty, NULL)), Err(Malformed));
    assert_eq!(certificate(&whole(&tbs(right), &empty, &[])), Err(Malformed));
}

#[test]
fn a_certificate_of_another_algorithm_is_refused() {
    let ec = file!("ec-spki.der");
    let empty = tlv(0x30, &[]);
    let tbs = tlv(0x30, &[&[2, 1, 1], &empty, &empty, &empty, &empty, ec]);
    assert_eq!(certificate(&tlv(0x30, &[&tbs, &empty, &[3, 1, 0]])), Err(Algorithm));
}

#[test]
fn deep_nesting_is_not_followed() {
    let mut bomb = Vec::new();
    for _ in 0..200 {
        bomb = tlv(0x30, &[&bomb]);
    }
    for (parse, _) in FORMS {
        assert!(parse(&bomb).is_err());
    }
    assert_eq!(certificate(&bare_certificate(&tlv(0xa0, &[&bomb]), &[])), spki(SPKI));
}
