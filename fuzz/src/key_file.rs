// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys from DER and PEM: against the parsers of the `rsa` crate, against a small walk over tags and lengths for
//! certificates, and against `pem-rfc7468`.

use rs256::{KeyFileError, RsaPublicKey};
use rsa::BigUint;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;

type Key = RsaPublicKey;

/// The octets as they are, by every reader; as PEM, those with a label and line breaks around them as well.
pub fn run(data: &[u8]) {
    agree(Key::from_spki_der(data), spki(data));
    agree(Key::from_pkcs1_der(data), pkcs1(data));
    agree(Key::from_certificate_der(data), certificate(data));
    pem(data);
    if let [choice, body @ ..] = data {
        let label = [
            "PUBLIC KEY",
            "RSA PUBLIC KEY",
            "CERTIFICATE",
            "RSA PRIVATE KEY",
            "X509 CRL",
        ][usize::from(*choice % 5)];
        let end = [pem_rfc7468::LineEnding::LF, pem_rfc7468::LineEnding::CRLF][usize::from(*choice / 128)];
        if let Ok(text) = pem_rfc7468::encode_string(label, end, body) {
            pem(text.as_bytes());
        }
    }
}

/// Modulus and exponent where both read a key.
fn agree(ours: Result<Key, KeyFileError>, theirs: Option<rsa::RsaPublicKey>) {
    crate::verdicts::note(ours.is_ok());
    match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            let mut n = vec![0; ours.modulus_len()];
            assert!(ours.write_modulus(&mut n));
            assert_eq!(n, theirs.n().to_bytes_be());
            assert_eq!(BigUint::from(ours.exponent()), *theirs.e());
        }
        (Err(_), None) => {}
        // RULE size: 2048 to 4096 bits; what else is in the rules, the rsa crate has too
        (Err(KeyFileError::Key(_)), Some(theirs)) if theirs.n().bits() < 2048 => {}
        (ours, theirs) => panic!("{ours:?} instead of {theirs:?}"),
    }
}

fn spki(der: &[u8]) -> Option<rsa::RsaPublicKey> {
    rsa::RsaPublicKey::from_public_key_der(der).ok()
}

fn pkcs1(der: &[u8]) -> Option<rsa::RsaPublicKey> {
    rsa::RsaPublicKey::from_pkcs1_der(der).ok()
}

/// The first element of a text in DER: its tag, the whole of it, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // DER: the fewest octets that hold the length, and no indefinite form
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let len = octets.iter().fold(0_usize, |len, &octet| len << 8 | usize::from(octet));
            (octets[0] != 0 && len > 0x7f).then_some((len, rest))?
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(len)?;
    Some((tag, &der[..der.len() - behind.len()], content, behind))
}

/// The key of a certificate, whose other parts have to be there and are not looked into.
fn certificate(der: &[u8]) -> Option<rsa::RsaPublicKey> {
    let sequence = |der| element(der).filter(|(tag, ..)| *tag == 0x30);
    let (_, _, content, b"") = sequence(der)? else {
        return None;
    };
    let (_, _, mut tbs, rest) = sequence(content)?;
    // signatureAlgorithm, signature
    let (_, _, _, rest) = sequence(rest)?;
    let (0x03, _, [unused, bits @ ..], b"") = element(rest)? else {
        return None;
    };
    // RULE signature: nobody looks at the bits of the certificate's own signature, so those that are unused may be set
    if *unused > 7 || *unused > 0 && bits.is_empty() {
        return None;
    }
    // version, serialNumber
    if let (0xa0, _, _, rest) = element(tbs)? {
        tbs = rest;
    }
    (_, _, _, tbs) = element(tbs).filter(|(tag, ..)| *tag == 0x02)?;
    // signature, issuer, validity, subject
    for _ in 0..4 {
        (_, _, _, tbs) = sequence(tbs)?;
    }
    let (_, key, _, mut rest) = sequence(tbs)?;
    // issuerUniqueID, subjectUniqueID, extensions: each once at most, in this order
    for tag in [0x81, 0x82, 0xa3] {
        if let Some((found, _, _, behind)) = element(rest)
            && found == tag
        {
            rest = behind;
        }
    }
    if rest.is_empty() { spki(key) } else { None }
}

fn pem(text: &[u8]) {
    let mut buf = vec![0; text.len()];
    let ours = Key::from_pem(text, &mut buf);
    let trimmed = text.trim_ascii();
    let theirs = pem_rfc7468::decode_vec(trimmed).ok();
    let key = theirs.as_ref().and_then(|(label, der)| match *label {
        "PUBLIC KEY" => spki(der),
        "RSA PUBLIC KEY" => pkcs1(der),
        "CERTIFICATE" => certificate(der),
        _ => None,
    });
    // RULE one block: nothing before it, lines of 64 characters with one kind of end
    let is_strict = theirs.as_ref().is_some_and(|(label, der)| {
        let written = |end| pem_rfc7468::encode_string(label, end, der).unwrap_or_default();
        [pem_rfc7468::LineEnding::LF, pem_rfc7468::LineEnding::CRLF]
            .iter()
            .any(|&end| written(end).trim().as_bytes() == trimmed)
    });
    match (&ours, is_strict) {
        (_, true) => agree(ours, key),
        (Ok(_), false) => agree(ours, key),
        (Err(_), false) => {}
    }
}
