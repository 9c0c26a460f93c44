// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that made other verifiers accept everything, panic, or burn the processor.

use crate::common::setting::{ACCEPTED, HEADER, NOW, POLICY, claims, jwk_set, key_set, verdict_at};
use crate::common::signer::Signer;
use crate::common::{encode, read};
use rs256::{
    DerError, KeyError, KeyFileError, KeySet, LoadError, LoadReport, PemError, PreparedKey, Rsa2048, Rsa8192,
    RsaPublicKey, SkipReason,
};

/// Loads a set of this one JWK.
fn load(jwk: &str) -> Result<LoadReport, LoadError> {
    KeySet::<4>::new().replace_from_jwk_set(jwk_set(&[jwk.to_owned()]).as_bytes())
}

/// Why the one JWK was passed over.
fn skipped(jwk: &str) -> Option<SkipReason> {
    match load(jwk) {
        Ok(_) => None,
        Err(LoadError::NoUsableKey(report)) => report.skipped().map(|(reason, _)| reason).next(),
        Err(other) => panic!("{other}"),
    }
}

fn jwk(n: &[u8], e: &[u8]) -> String {
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, encode(n), encode(e))
}

#[test]
fn cve_2026_4603_moduli_and_exponents_that_collapse() {
    const SMALL: KeyError = KeyError::ModulusTooSmall;
    const LARGE: KeyError = KeyError::ModulusTooLarge;
    let good = Signer::good().n();
    let mut even = good.clone();
    even[255] &= 0xfe;
    let ones = vec![0xff; 256];
    let zeros = |n: usize| vec![0; n];
    let power = |octets: usize| [&[0x80][..], &vec![0; octets - 1]].concat();
    let e: &[u8] = &[1, 0, 1];
    let moduli: [(&str, &[u8], Option<KeyError>); 17] = [
        ("the good one", &good, None),
        ("nothing", &[], Some(SMALL)),
        ("0", &[0], Some(SMALL)),
        ("0 in 256 octets", &zeros(256), Some(SMALL)),
        ("0 in 1 MiB", &zeros(1 << 20), Some(SMALL)),
        ("1", &[1], Some(SMALL)),
        ("1 in 256 octets", &[&zeros(255)[..], &[1]].concat(), Some(SMALL)),
        ("3", &[3], Some(SMALL)),
        ("even", &even, Some(KeyError::ModulusEven)),
        ("2^2047", &power(256), Some(KeyError::ModulusEven)),
        ("2^4095", &power(512), Some(KeyError::ModulusEven)),
        ("2047 bits", &[&[0x7f][..], &ones[1..]].concat(), Some(SMALL)),
        (
            "2047 bits and a zero octet",
            &[&[0, 0x7f][..], &ones[1..]].concat(),
            Some(SMALL),
        ),
        ("2048 bits, all ones", &ones, None),
        ("4096 bits, all ones", &[0xff; 512], None),
        ("4097 bits", &[&[1][..], &[0xff; 512]].concat(), Some(LARGE)),
        ("1 MiB", &vec![0xff; 1 << 20], Some(LARGE)),
    ];
    for (name, n, expected) in moduli {
        let key = RsaPublicKey::<rs256::Rsa4096>::from_be_bytes(n, e);
        assert_eq!(key.err(), expected, "{name}");
        if n.len() < 700_000 {
            assert_eq!(skipped(&jwk(n, e)), expected.map(SkipReason::Key), "{name}");
        }
    }
    let exponents: [(&str, &[u8], bool); 18] = [
        ("65537", e, true),
        ("nothing", &[], false),
        ("0", &[0], false),
        ("1", &[1], false),
        ("2", &[2], false),
        ("3", &[3], true),
        ("4", &[4], false),
        ("65536", &[1, 0, 0], false),
        ("1 in nine octets", &[0, 0, 0, 0, 0, 0, 0, 0, 1], false),
        ("3 in nine octets", &[0, 0, 0, 0, 0, 0, 0, 0, 3], true),
        ("2^33 - 1", &[1, 0xff, 0xff, 0xff, 0xff], true),
        ("2^33", &[2, 0, 0, 0, 0], false),
        ("2^33 + 1", &[2, 0, 0, 0, 1], false),
        ("2^64 + 3, which is 3 in 64 bits", &[1, 0, 0, 0, 0, 0, 0, 0, 3], false),
        ("2^64 + 65537", &[1, 0, 0, 0, 0, 0, 1, 0, 1], false),
        ("2^128 + 3", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], false),
        ("n itself", &good, false),
        ("n + 2", &[&good[..255], &[good[255] | 2]].concat(), false),
    ];
    for (name, e, expected) in exponents {
        assert_eq!(
            RsaPublicKey::<Rsa2048>::from_be_bytes(&good, e).err(),
            (!expected).then_some(KeyError::Exponent),
            "{name}"
        );
        let reason = (!expected).then_some(SkipReason::Key(KeyError::Exponent));
        assert_eq!(skipped(&jwk(&good, e)), reason, "{name}");
    }
}

#[test]
fn cve_2026_4603_leading_zeros_make_no_key_larger() {
    // 1024 bits in 256 octets are 1024 bits.
    let weak = [&[0; 128], &Signer::weak().n()[..]].concat();
    assert_eq!(weak.len(), 256);
    let too_small = Some(SkipReason::Key(KeyError::ModulusTooSmall));
    assert_eq!(skipped(&jwk(&weak, &[1, 0, 1])), too_small);
    assert_eq!(skipped(&Signer::weak().jwk("")), too_small);

    // A good key keeps its length with zeros in front, however many, and so do its signatures; the report tells.
    let token = Signer::good().token(HEADER, claims(&[]));
    for zeros in [1, 2, 3, 8, 256, 5000] {
        let n = [&vec![0; zeros][..], &Signer::good().n()].concat();
        for e in [&[1, 0, 1][..], &[0, 1, 0, 1]] {
            let jwk = jwk(&n, e).replacen('{', r#"{"kid":"k1","#, 1);
            let mut keys = KeySet::<4>::new();
            let report = keys.replace_from_jwk_set(jwk_set(&[jwk]).as_bytes()).unwrap();
            assert_eq!((report.kept(), report.with_leading_zeros()), (1, 1));
            assert!(keys.iter().all(|key| key.modulus_bits() == 2048));
            assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
        }
    }
    let plain = load(&Signer::good().jwk("")).unwrap();
    assert_eq!((plain.kept(), plain.with_leading_zeros()), (1, 0));
}

#[test]
fn cve_2022_23539_weak_keys_are_no_keys() {
    let weak = Signer::weak();
    assert_eq!(
        RsaPublicKey::<Rsa2048>::from_be_bytes(&weak.n(), &weak.e()).err(),
        Some(KeyError::ModulusTooSmall)
    );
    let mut keys = key_set(&[
        Signer::good().jwk(r#""kid":"k1""#),
        Signer::other().jwk(r#""kid":"k2""#),
    ]);
    let set = jwk_set(&[weak.jwk(r#""kid":"k3""#), Signer::good().jwk(r#""kid":"k1""#)]);
    let report = keys.replace_from_jwk_set(set.as_bytes()).unwrap();
    assert_eq!(report.kept(), 1);
    let token = weak.token(r#"{"alg":"RS256","kid":"k3"}"#, claims(&[]));
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "unknown_key");
    let token = weak.token(HEADER, claims(&[]));
    assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "invalid_signature");
}

#[test]
fn cve_2023_29409_huge_keys_cost_nothing() {
    for bits in [4104, 8200, 16_384, 65_536, 5_000_000] {
        let n = vec![0xff; bits / 8];
        let expected = Some(SkipReason::Key(KeyError::ModulusTooLarge));
        assert_eq!(skipped(&jwk(&n, &[1, 0, 1])), expected, "{bits} bits");
        assert_eq!(
            RsaPublicKey::<Rsa8192>::from_be_bytes(&n, &[1, 0, 1]).is_err(),
            bits > 8192,
            "{bits} bits"
        );
    }
    // An exponent of a million bits as well.
    let e = vec![0xff; 1 << 17];
    assert_eq!(
        skipped(&jwk(&Signer::good().n(), &e)),
        Some(SkipReason::Key(KeyError::Exponent))
    );
}

#[test]
fn cve_2026_34950_the_label_says_what_a_pem_file_holds() {
    let pem = String::from_utf8(read("tests/data/keys/spki.pem")).unwrap();
    let expected = RsaPublicKey::<Rsa2048>::from_spki_der(&read("tests/data/keys/spki.der")).unwrap();
    let from = |text: &str| RsaPublicKey::<Rsa2048>::from_pem(text.as_bytes(), &mut [0; 2048]);
    // Whitespace around it changes nothing.
    for text in [
        format!("\n{pem}"),
        format!(" \t\r\n{pem}\r\n\r\n "),
        pem.trim().to_owned(),
        pem.replace('\n', "\r\n"),
    ] {
        assert!(from(&text) == Ok(expected.clone()), "{text:?}");
    }
    // Nothing else is a key, least of all something to try as a secret.
    let body = &pem[pem.find('\n').unwrap()..pem.rfind("-----END").unwrap()];
    let relabelled = |label: &str| format!("-----BEGIN {label}-----{body}-----END {label}-----\n");
    for (text, error) in [
        (String::new(), PemError::Boundary),
        ("secret".to_owned(), PemError::Boundary),
        (body.to_owned(), PemError::Boundary),
        (format!("\u{feff}{pem}"), PemError::Boundary),
        (format!("x{pem}"), PemError::Boundary),
        (format!("# a key\n{pem}"), PemError::Boundary),
        (format!("{pem}x"), PemError::Boundary),
        (format!("{pem}{pem}"), PemError::MoreThanOneBlock),
        (pem.replace("END PUBLIC", "END RSA PUBLIC"), PemError::Boundary),
        (pem.replace("-----BEGIN", "---- BEGIN"), PemError::Boundary),
        (pem.to_lowercase(), PemError::Boundary),
        (relabelled("public key"), PemError::Label),
        (relabelled("EC PUBLIC KEY"), PemError::Label),
        (relabelled("SECRET"), PemError::Label),
        (relabelled(""), PemError::Label),
        (relabelled("PRIVATE KEY"), PemError::PrivateKey),
        (relabelled("OPENSSH PRIVATE KEY"), PemError::PrivateKey),
        // the right octets under the wrong label
        (relabelled("RSA PUBLIC KEY"), PemError::Der(DerError::Malformed)),
        (relabelled("CERTIFICATE"), PemError::Der(DerError::Malformed)),
    ] {
        assert_eq!(from(&text).err(), Some(KeyFileError::Pem(error)), "{text}");
    }
    assert!(from(&relabelled("PUBLIC KEY")) == Ok(expected));
}

#[test]
fn cve_2026_21895_no_octets_of_a_key_file_cause_a_panic() {
    type Read = fn(&[u8]) -> Result<RsaPublicKey<Rsa2048>, KeyFileError>;
    let files: [(&str, Read); 6] = [
        ("spki.der", RsaPublicKey::<Rsa2048>::from_spki_der),
        ("pkcs1.der", RsaPublicKey::<Rsa2048>::from_pkcs1_der),
        ("certificate.der", RsaPublicKey::<Rsa2048>::from_certificate_der),
        ("certificate-v1.der", RsaPublicKey::<Rsa2048>::from_certificate_der),
        ("spki.pem", |pem| RsaPublicKey::from_pem(pem, &mut [0; 2048])),
        ("certificate.pem", |pem| RsaPublicKey::from_pem(pem, &mut [0; 2048])),
    ];
    let signature = Signer::good().sign(b"a");
    for (name, read_key) in files {
        let octets = read(&format!("tests/data/keys/{name}"));
        let original = read_key(&octets).unwrap();
        let mut others = 0;
        let mut try_one = |octets: &[u8]| {
            if let Ok(key) = read_key(octets)
                && key != original
            {
                // Another number: usable, and good for nothing.
                others += 1;
                assert!(key.modulus_bits() == 2048 && key.exponent() & 1 == 1);
                assert!(others % 50 != 0 || PreparedKey::new(&key).verify_rs256(b"a", &signature).is_err());
            }
        };
        for index in 0..octets.len() {
            for value in [0x00, 0x01, 0x02, 0x30, 0x7f, 0x80, 0x81, 0x84, 0xff, b'\n', b'=', b'A'] {
                let mut changed = octets.clone();
                changed[index] = value;
                try_one(&changed);
                // and cut there, and one octet more
                changed.truncate(index);
                try_one(&changed);
                changed.push(value);
                changed.extend(&octets[index..]);
                try_one(&changed);
            }
        }
    }
}

#[test]
fn cve_2026_89314_a_megabyte_of_key_ops() {
    // Every operation another one, or every one the same; the one that counts comes last, or not at all.
    for (count, operation) in [
        (
            90_000,
            Box::new(|i: u32| format!("\"{i}\"")) as Box<dyn Fn(u32) -> String>,
        ),
        (110_000, Box::new(|_| "\"sign\"".to_owned())),
    ] {
        let operations: Vec<String> = (0..count).map(operation).collect();
        let operations = operations.join(",");
        let member = |last: &str| format!(r#""kid":"k1","key_ops":[{operations},"{last}"]"#);
        assert_eq!(
            skipped(&Signer::good().jwk(&member("encrypt"))),
            Some(SkipReason::KeyOperations)
        );
        assert_eq!(skipped(&Signer::good().jwk(&member("verify"))), None);
    }
    // As many names in one JWK, or in the set, or keys, end at a cap or cost as much as they are long.
    let members: Vec<String> = (0..80_000).map(|i| format!("\"{i}\":1")).collect();
    let members = members.join(",");
    assert!(matches!(
        skipped(&Signer::good().jwk(&members)),
        Some(SkipReason::Json(_))
    ));
    let set = format!(r#"{{{members},"keys":[]}}"#);
    assert!(matches!(
        KeySet::<4>::new().replace_from_jwk_set(set.as_bytes()),
        Err(LoadError::Json(_))
    ));
    let set = format!(r#"{{"keys":[{}{{}}]}}"#, "{},".repeat(300_000));
    assert!(matches!(
        KeySet::<4>::new().replace_from_jwk_set(set.as_bytes()),
        Err(LoadError::NoUsableKey(_))
    ));
    // That the work is linear, `tests/bounds` shows by counting instructions (`set_key_ops`).
}

#[test]
fn two_keys_with_one_kid_are_tried_in_order() {
    let jwk = |signer: &Signer| signer.jwk(r#""kid":"k1""#);
    let (good, other, odd) = (jwk(Signer::good()), jwk(Signer::other()), jwk(Signer::odd()));
    for set in [
        [good.clone(), other.clone()],
        [other.clone(), good.clone()],
        [odd, good],
    ] {
        let keys = key_set(&set);
        let token = Signer::good().token(HEADER, claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), ACCEPTED);
        let token = Signer::e3().token(HEADER, claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), "invalid_signature");
    }
}

#[test]
fn a_kid_of_no_octets_and_of_very_many() {
    let keys = key_set(&[
        Signer::good().jwk(r#""kid":"""#),
        Signer::other().jwk(&format!(r#""kid":"{}""#, "a".repeat(96))),
        Signer::odd().jwk(""),
    ]);
    let verdict = |signer: &Signer, kid: &str| {
        let token = signer.token(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#), claims(&[]));
        verdict_at(&keys, &POLICY, &token, NOW)
    };
    assert_eq!(verdict(Signer::good(), ""), ACCEPTED);
    assert_eq!(verdict(Signer::other(), &"a".repeat(96)), ACCEPTED);
    // The empty kid is not the absent one.
    assert_eq!(verdict(Signer::odd(), ""), "invalid_signature");
    for len in [95, 97, 1000, 8000] {
        assert_eq!(
            verdict(Signer::other(), &"a".repeat(len)),
            "unknown_key",
            "{len} octets"
        );
    }
    // A key whose kid is longer than what is kept is passed over, and the token's is not cut to fit.
    let long = Signer::other().jwk(&format!(r#""kid":"{}""#, "a".repeat(97)));
    assert_eq!(skipped(&long), Some(SkipReason::MemberTooLong));
}

#[test]
fn a_kid_with_nul_or_escapes_is_compared_as_what_it_means() {
    let keys = key_set(&[
        Signer::good().jwk(r#""kid":"a\u0000b""#),
        Signer::other().jwk(r#""kid":"\u00e4\ud83d\ude00\/\"""#),
    ]);
    for (signer, kid, expected) in [
        (Signer::good(), r"a\u0000b", ACCEPTED),
        (Signer::good(), r"\u0061\u0000\u0062", ACCEPTED),
        (Signer::good(), "a", "unknown_key"),
        (Signer::good(), "ab", "unknown_key"),
        (Signer::good(), r"a\u0000", "unknown_key"),
        (Signer::good(), r"a\u0000c", "unknown_key"),
        (Signer::good(), r"a\\u0000b", "unknown_key"),
        (Signer::other(), r#"ä😀/\""#, ACCEPTED),
        (Signer::other(), r"\u00E4\uD83D\uDE00/\u0022", ACCEPTED),
        (Signer::other(), r#"Ä😀/\""#, "unknown_key"),
        // the same to a human reader, other octets
        (Signer::other(), r#"a\u0308😀/\""#, "unknown_key"),
    ] {
        let token = signer.token(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#), claims(&[]));
        assert_eq!(verdict_at(&keys, &POLICY, &token, NOW), expected, "{kid}");
    }
}
