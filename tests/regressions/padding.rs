// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signatures that are nearly PKCS#1 v1.5: what a verifier accepts that parses the encoded message where it should
//! compare it, and what one accepts that does not look at lengths and ranges.
//!
//! Every forgery is a true private-key operation over a wrong encoded message, so that nothing but the comparison can
//! refuse it. With e = 3 some need no private key at all; those are computed from the public key alone.

use std::collections::HashSet;

use crate::common::encode;
use crate::common::setting::{HEADER, NOW, POLICY, claims, key_set, verdict_at};
use crate::common::signer::{DIGEST_INFO, Signer, encoded_message, octets, padded, sha256};
use rs256::{PreparedKey, Rsa2048, Rsa8192, RsaPublicKey};
use rsa::BigUint;
use sha2::Digest;

const MESSAGE: &[u8] = b"eyJhbGciOiJSUzI1NiJ9.e30";

/// What every key type and both forms of a key say; they must agree.
fn accepts(signer: &Signer, message: &[u8], signature: &[u8]) -> bool {
    let key = signer.public();
    let large = RsaPublicKey::<Rsa8192>::from_be_bytes(&signer.n(), &signer.e()).unwrap();
    let mut verdicts = vec![
        key.verify_rs256(message, signature),
        PreparedKey::new(&key).verify_rs256(message, signature),
        large.verify_rs256(message, signature),
        PreparedKey::new(&large).verify_rs256(message, signature),
    ];
    if let Ok(small) = RsaPublicKey::<Rsa2048>::from_be_bytes(&signer.n(), &signer.e()) {
        verdicts.push(small.verify_rs256(message, signature));
        verdicts.push(PreparedKey::new(&small).verify_rs256(message, signature));
    }
    assert!(verdicts.iter().all(|verdict| verdict == &verdicts[0]), "{verdicts:?}");
    verdicts[0].is_ok()
}

/// A DER value with a length in the short form.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u8::try_from(content.len()).unwrap();
    assert!(len < 0x80);
    [&[tag, len], content].concat()
}

/// A DigestInfo of these algorithm parameters and this digest, and perhaps more.
fn digest_info(oid: &[u8], parameters: &[u8], digest: &[u8], more: &[u8]) -> Vec<u8> {
    let algorithm = tlv(0x30, &[&tlv(0x06, oid)[..], parameters].concat());
    tlv(0x30, &[&algorithm[..], &tlv(0x04, digest), more].concat())
}

const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
const MD5: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02\x05";
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";
const SHA224: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x04";
const SHA3_256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x08";
const NULL: &[u8] = b"\x05\x00";

/// Values of T that are not the one for [`MESSAGE`], with the name of the mistake that accepts them.
fn wrong_digest_infos() -> Vec<(&'static str, Vec<u8>)> {
    let hash = &sha256(MESSAGE)[..];
    let other = &sha256(b"another message")[..];
    let good = digest_info(SHA256, NULL, hash, b"");
    assert_eq!(good, [DIGEST_INFO, hash].concat());
    // 30 31 30 0d 06 09 … 05 00 04 20 …, taken apart for lengths in the long form
    let (algorithm, digest) = (&good[2..17], &good[17..]);
    let long = |tag: u8, content: &[u8]| [&[tag, 0x81, u8::try_from(content.len()).unwrap()], content].concat();
    let longer = |tag: u8, content: &[u8]| [&[tag, 0x82, 0x00, u8::try_from(content.len()).unwrap()], content].concat();
    let outer = |content: &[&[u8]]| tlv(0x30, &content.concat());
    let mut reversed = hash.to_vec();
    reversed.reverse();
    vec![
        ("no parameters", digest_info(SHA256, b"", hash, b"")),
        ("NULL with content", digest_info(SHA256, b"\x05\x01\x00", hash, b"")),
        (
            "NULL with garbage",
            digest_info(SHA256, b"\x05\x04\xde\xad\xbe\xef", hash, b""),
        ),
        ("NULL twice", digest_info(SHA256, b"\x05\x00\x05\x00", hash, b"")),
        ("NULL in the long form", digest_info(SHA256, b"\x05\x81\x00", hash, b"")),
        (
            "parameters of another type",
            digest_info(SHA256, b"\x30\x00", hash, b""),
        ),
        (
            "an extra field behind the digest",
            digest_info(SHA256, NULL, hash, b"\x04\x00"),
        ),
        ("an extra NULL behind the digest", digest_info(SHA256, NULL, hash, NULL)),
        ("an octet behind T", [&good[..], b"\x00"].concat()),
        ("an octet before T", [b"\xff", &good[..]].concat()),
        ("zero before T", [b"\x00", &good[..]].concat()),
        ("outer length in the long form", long(0x30, &good[2..])),
        ("outer length in two octets", longer(0x30, &good[2..])),
        (
            "indefinite outer length",
            [b"\x30\x80", &good[2..], b"\x00\x00"].concat(),
        ),
        (
            "algorithm length in the long form",
            outer(&[&long(0x30, &algorithm[2..]), digest]),
        ),
        ("digest length in the long form", outer(&[algorithm, &long(0x04, hash)])),
        ("digest length in two octets", outer(&[algorithm, &longer(0x04, hash)])),
        (
            "digest as a BIT STRING",
            outer(&[algorithm, &tlv(0x03, &[b"\x00", hash].concat())]),
        ),
        (
            "digest in pieces",
            outer(&[
                algorithm,
                &tlv(0x24, &[tlv(4, &hash[..16]), tlv(4, &hash[16..])].concat()),
            ]),
        ),
        ("a SET around it", [b"\x31", &good[1..]].concat()),
        ("OID of MD5", digest_info(MD5, NULL, hash, b"")),
        ("OID of SHA-1", digest_info(SHA1, NULL, hash, b"")),
        ("OID of SHA-224", digest_info(SHA224, NULL, hash, b"")),
        ("OID of SHA-384", digest_info(SHA384, NULL, hash, b"")),
        ("OID of SHA-512", digest_info(SHA512, NULL, hash, b"")),
        ("OID of SHA3-256", digest_info(SHA3_256, NULL, hash, b"")),
        ("an empty OID", digest_info(b"", NULL, hash, b"")),
        (
            "SHA-512 with its digest",
            digest_info(SHA512, NULL, &sha2::Sha512::digest(MESSAGE), b""),
        ),
        ("a digest of 31 octets", digest_info(SHA256, NULL, &hash[..31], b"")),
        (
            "a digest of 33 octets",
            digest_info(SHA256, NULL, &[hash, b"\x00"].concat(), b""),
        ),
        ("an empty digest", digest_info(SHA256, NULL, b"", b"")),
        ("the digest of another message", digest_info(SHA256, NULL, other, b"")),
        (
            "the digest of the digest",
            digest_info(SHA256, NULL, &sha256(hash), b""),
        ),
        ("the digest backwards", digest_info(SHA256, NULL, &reversed, b"")),
        ("the digest alone", hash.to_vec()),
        ("the message alone", MESSAGE.to_vec()),
        ("nothing", Vec::new()),
    ]
}

/// Encoded messages of `k` octets around the right T, none of them right.
fn wrong_paddings(k: usize) -> Vec<(&'static str, Vec<u8>)> {
    let t = [DIGEST_INFO, &sha256(MESSAGE)].concat();
    let good = padded(&t, k);
    let separator = k - t.len() - 1;
    let set = |changes: &[(usize, u8)]| {
        let mut em = good.clone();
        for (index, value) in changes {
            em[*index] = *value;
        }
        em
    };
    // 00 01, `ps` octets FF, 00, T and then `garbage` for the rest
    let short = |ps: usize, garbage: u8| {
        let mut em = vec![0x00, 0x01];
        em.resize(2 + ps, 0xff);
        em.push(0x00);
        em.extend(&t);
        em.resize(k, garbage);
        em
    };
    let mut nonzero = good.clone();
    for (index, octet) in nonzero[2..separator].iter_mut().enumerate() {
        *octet = u8::try_from(index % 255 + 1).unwrap();
    }
    nonzero[1] = 0x02;
    let mut middle_garbage = good.clone();
    middle_garbage[10..separator].fill(0xa5);
    vec![
        ("block type 00", set(&[(1, 0x00)])),
        ("block type 02", set(&[(1, 0x02)])),
        ("block type 02 with random padding", nonzero),
        ("block type 03", set(&[(1, 0x03)])),
        ("block type 81", set(&[(1, 0x81)])),
        ("first octet 01", set(&[(0, 0x01)])),
        ("first octet 01, block type FF", set(&[(0, 0x01), (1, 0xff)])),
        ("PS begins with 00", set(&[(2, 0x00)])),
        ("PS begins with FE", set(&[(2, 0xfe)])),
        ("PS with 7F in the middle", set(&[(k / 2, 0x7f)])),
        ("PS with 00 in the middle", set(&[(k / 2, 0x00)])),
        ("PS with 00 at its ninth octet", set(&[(10, 0x00)])),
        ("PS ends with FE", set(&[(separator - 1, 0xfe)])),
        ("separator 01", set(&[(separator, 0x01)])),
        ("separator FF", set(&[(separator, 0xff)])),
        ("PS that is no PS behind eight octets", middle_garbage),
        ("PS of 8, trailing 00", short(8, 0x00)),
        ("PS of 8, trailing FF", short(8, 0xff)),
        ("PS of 8, trailing 5A", short(8, 0x5a)),
        ("PS of 7", short(7, 0x5a)),
        ("PS of 1", short(1, 0x5a)),
        ("PS of 0", short(0, 0x5a)),
        ("everything shifted out by one", [&good[1..], b"\x00"].concat()),
        ("no padding", octets(&BigUint::from_bytes_be(&t), k)),
        ("zero", vec![0; k]),
        ("one", octets(&BigUint::from(1_u8), k)),
    ]
}

#[test]
fn cve_2006_4339_wrong_encoded_messages() {
    for signer in [Signer::good(), Signer::e3(), Signer::odd()] {
        let k = signer.k();
        assert!(accepts(signer, MESSAGE, &signer.raw(&encoded_message(MESSAGE, k))));
        let digest_infos = wrong_digest_infos().into_iter().map(|(name, t)| (name, padded(&t, k)));
        let forgeries: Vec<_> = digest_infos.chain(wrong_paddings(k)).collect();
        let different: HashSet<_> = forgeries.iter().map(|(_, em)| em).collect();
        assert_eq!((forgeries.len(), different.len()), (63, 63));
        for (name, em) in forgeries {
            assert_ne!(em, encoded_message(MESSAGE, k), "{name}");
            assert!(!accepts(signer, MESSAGE, &signer.raw(&em)), "{name}");
        }
    }
}

#[test]
fn cve_2022_24771_every_octet_of_the_encoded_message_is_compared() {
    let signer = Signer::good();
    let key = PreparedKey::new(&signer.public());
    let good = encoded_message(MESSAGE, signer.k());
    for index in 0..signer.k() {
        let mut em = good.clone();
        // the lowest bit; in the first octet that keeps it below the modulus
        em[index] ^= 1;
        assert!(key.verify_rs256(MESSAGE, &signer.raw(&em)).is_err(), "octet {index}");
    }
}

/// The smallest x with x³ ≥ `cube`.
fn cube_root_ceil(cube: &BigUint) -> BigUint {
    let one = BigUint::from(1_u8);
    let (mut low, mut high) = (BigUint::from(0_u8), &one << (cube.bits() / 3 + 1));
    while low < high {
        let middle: BigUint = (&low + &high) >> 1;
        if &middle * &middle * &middle < *cube {
            low = middle + &one;
        } else {
            high = middle;
        }
    }
    low
}

/// An x with x³ ≡ `cube` modulo 2^`bits`, for odd `cube`.
fn cube_root_of_low_bits(cube: &BigUint, bits: usize) -> BigUint {
    let one = BigUint::from(1_u8);
    let mut x = one.clone();
    for bit in 1..bits {
        let modulus = &one << (bit + 1);
        if (&x * &x * &x) % &modulus != cube % &modulus {
            x += &one << bit;
        }
    }
    x
}

#[test]
fn cve_2006_4339_a_cube_root_in_place_of_a_signature() {
    // Bleichenbacher's forgery: EM with a short PS and T, whatever follows T; its cube root, rounded up, is a signature
    // for whoever stops reading behind T.
    let signer = Signer::e3();
    let k = signer.k();
    for ps in [8, 20] {
        let mut em = vec![0x00, 0x01];
        em.resize(2 + ps, 0xff);
        em.push(0x00);
        em.extend([DIGEST_INFO, &sha256(MESSAGE)].concat());
        let (wanted, mut low) = (em.clone(), em);
        low.resize(k, 0x00);
        let s = cube_root_ceil(&BigUint::from_bytes_be(&low));
        let cube = octets(&(&s * &s * &s), k);
        assert!(cube.starts_with(&wanted), "the forgery is one, PS of {ps}");
        assert!(!accepts(signer, MESSAGE, &octets(&s, k)));
    }
}

#[test]
fn cve_2016_1494_a_cube_root_with_the_right_beginning_and_end() {
    // EM with 00 01 FF in front and 00 T at the end and anything between, for whoever takes PS for good: the end by a
    // cube root modulo a power of two, the beginning by a real one.
    let signer = Signer::e3();
    let k = signer.k();
    let Some((message, end)) = (0_u32..)
        .map(|i| format!("message {i}").into_bytes())
        .map(|message| {
            let end = [b"\x00", DIGEST_INFO, &sha256(&message)].concat();
            (message, end)
        })
        .find(|(_, end)| end[end.len() - 1] & 1 == 1)
    else {
        unreachable!("half of all digests are odd")
    };
    let bits = end.len() * 8;
    let low = cube_root_of_low_bits(&BigUint::from_bytes_be(&end), bits);
    let mut beginning = vec![0x00, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let wanted = beginning.clone();
    beginning.resize(k, 0x80);
    let high = cube_root_ceil(&BigUint::from_bytes_be(&beginning));
    let s = ((high >> bits) << bits) + low;
    let cube = octets(&(&s * &s * &s), k);
    assert!(cube.starts_with(&wanted) && cube.ends_with(&end), "the forgery is one");
    assert!(!accepts(signer, &message, &octets(&s, k)));
}

#[test]
fn cve_2026_33894_a_forged_token_with_an_exponent_of_three() {
    // The same as a token, for the pipeline as a whole.
    let signer = Signer::e3();
    let keys = key_set(&[signer.jwk(r#""kid":"k1""#)]);
    let input = format!("{}.{}", encode(HEADER.as_bytes()), encode(claims(&[]).as_bytes()));
    let mut em = b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00".to_vec();
    em.extend([DIGEST_INFO, &sha256(input.as_bytes())].concat());
    em.resize(signer.k(), 0x00);
    let s = octets(&cube_root_ceil(&BigUint::from_bytes_be(&em)), signer.k());
    let verdict = |token: String| verdict_at(&keys, &POLICY, token, NOW);
    assert_eq!(verdict(format!("{input}.{}", encode(&s))), "invalid_signature");
    assert_eq!(verdict(signer.seal(&input)), "accepted");
}

#[test]
fn cve_2020_14967_signatures_of_another_length() {
    // With a modulus of 2050 bits the first octet of a signature is often zero.
    let signer = Signer::odd();
    let mut seen = HashSet::new();
    for i in 0_u32.. {
        let message = format!("message {i}").into_bytes();
        let signature = signer.sign(&message);
        let begins_with_zero = signature[0] == 0;
        if !seen.insert(begins_with_zero) {
            continue;
        }
        assert!(accepts(signer, &message, &signature));
        for zeros in [1, 2, 7, 8, 64, 255] {
            let front = [&vec![0; zeros], &signature[..]].concat();
            let back = [&signature[..], &vec![0; zeros]].concat();
            assert!(!accepts(signer, &message, &front), "{zeros} zero octets in front");
            assert!(!accepts(signer, &message, &back), "{zeros} zero octets behind");
        }
        // without its zero octet it is the same number
        assert!(!accepts(signer, &message, &signature[1..]));
        assert!(!accepts(signer, &message, &signature[..signer.k() - 1]));
        assert!(!accepts(signer, &message, b""));
        if seen.len() == 2 {
            break;
        }
    }
}

#[test]
fn cve_2021_30246_a_token_with_a_zero_octet_before_its_signature() {
    let signer = Signer::good();
    let keys = key_set(&[signer.jwk(r#""kid":"k1""#)]);
    let input = format!("{}.{}", encode(HEADER.as_bytes()), encode(claims(&[]).as_bytes()));
    let signature = signer.sign(input.as_bytes());
    for (octets, expected) in [
        (signature.clone(), "accepted"),
        ([b"\x00", &signature[..]].concat(), "invalid_signature"),
        ([&[0; 256], &signature[..]].concat(), "invalid_signature"),
        ([&signature[..], b"\x00"].concat(), "invalid_signature"),
        (signature[1..].to_vec(), "invalid_signature"),
        (signature[..255].to_vec(), "invalid_signature"),
        ([&signature[..], &signature[..]].concat(), "invalid_signature"),
        (vec![0; 1], "invalid_signature"),
        (vec![0; 512], "invalid_signature"),
        (vec![0; 513], "invalid_signature"),
        (vec![0; 40_000], "invalid_signature"),
    ] {
        let token = format!("{input}.{}", encode(&octets));
        assert_eq!(
            verdict_at(&keys, &POLICY, &token, NOW),
            expected,
            "{} octets",
            octets.len()
        );
    }
}

#[test]
fn cve_2021_30246_signatures_out_of_range_and_at_its_ends() {
    for signer in [Signer::good(), Signer::e3(), Signer::odd(), Signer::large()] {
        let (n, k) = (signer.modulus(), signer.k());
        let one = BigUint::from(1_u8);
        let signature = signer.sign(MESSAGE);
        assert!(accepts(signer, MESSAGE, &signature));
        let s = BigUint::from_bytes_be(&signature);
        let end = &one << (8 * k);
        let mut numbers = vec![
            BigUint::from(0_u8),
            one.clone(),
            BigUint::from(2_u8),
            n - &one,
            n.clone(),
            n + &one,
            n - &s,
            &end - &one,
            &one << (8 * k - 1),
        ];
        // s + n, s + 2n, … are the same number modulo n: all of them that fit.
        let mut multiple = &s + n;
        while multiple < end {
            numbers.push(multiple.clone());
            multiple += n;
        }
        for number in numbers {
            assert!(!accepts(signer, MESSAGE, &octets(&number, k)), "{number:x}");
        }
    }
    // k octets have room for 2^6 times a modulus of 2050 bits.
    let odd = Signer::odd();
    let room = (BigUint::from(1_u8) << (8 * odd.k())) / odd.modulus();
    assert!(room >= BigUint::from(64_u8));
}

#[test]
fn cve_2022_21449_signatures_of_nothing_but_zeros_or_ones() {
    for signer in [Signer::good(), Signer::large()] {
        let key = PreparedKey::new(&signer.public());
        for octet in [0x00, 0xff, 0x01, 0x80] {
            for len in (0..=signer.k() + 1).chain([1024, 1025, 65_536]) {
                assert!(
                    key.verify_rs256(MESSAGE, &vec![octet; len]).is_err(),
                    "{octet:02x}, {len}"
                );
                assert!(key.verify_rs256(b"", &vec![octet; len]).is_err(), "{octet:02x}, {len}");
            }
        }
    }
}

#[test]
fn a_signature_is_one_over_its_own_signing_input_alone() {
    let signer = Signer::good();
    let token = signer.token(HEADER, claims(&[]));
    let other = signer.token(HEADER, claims(&[("sub", r#""a""#)]));
    let keys = key_set(&[signer.jwk(r#""kid":"k1""#)]);
    let (input, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    let mixed = format!("{input}.{signature}");
    assert_eq!(verdict_at(&keys, &POLICY, mixed, NOW), "invalid_signature");
    // One bit changed, anywhere in what is signed, and the token still well-formed.
    let (header, payload) = input.split_once('.').unwrap();
    let spaced = encode(format!("{HEADER} ").as_bytes());
    for (header, payload) in [
        (spaced.as_str(), payload),
        (header, &encode(claims(&[("jti", r#""b""#)]).as_bytes())),
    ] {
        let (_, signature) = token.rsplit_once('.').unwrap();
        let token = format!("{header}.{payload}.{signature}");
        assert_eq!(verdict_at(&keys, &POLICY, token, NOW), "invalid_signature");
    }
}
