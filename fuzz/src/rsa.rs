// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA by every backend of this build, singly, unprepared and eight at a time, against the `rsa` crate: keys, digests and
//! signatures by structure.

use arbitrary::{Result, Unstructured};
use rs256::internals::backend::{
    prepare_avx2, prepare_portable, public_op, verify_eight, verify_prepared, verify_static,
};
use rs256::{PreparedKey, Rsa2048, Rsa4096, Rsa8192, RsaPublicKey, RsaSize};
use rsa::hazmat::rsa_encrypt;
use rsa::{BigUint, Pkcs1v15Sign};

use crate::recipe::rarely;
use crate::smooth::{SmoothKey, encoded_message, key, octets};

const DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// How many keys, digests and signatures go together.
const LANES: usize = 8;

/// A modulus and an exponent, and who can sign under them.
struct Key {
    n: BigUint,
    e: u64,
    signer: Option<SmoothKey>,
}

/// A key, a digest and eight signatures by the recipe in the data.
pub fn run(data: &[u8]) {
    // Data that ends too early is a recipe with fewer choices.
    let _ = cook(&mut Unstructured::new(data));
}

fn cook(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=7)? {
        0..=2 => with_size::<Rsa2048>(u, 2048, 2048),
        3..=6 => with_size::<Rsa4096>(u, 2048, 4096),
        _ => with_size::<Rsa8192>(u, 2048, 8192),
    }
}

fn exponent(u: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u.int_in_range(0..=7)? {
        0..=3 => 65537,
        4 => 3,
        5 => *u.choose(&[5, 17, 257, 65539, (1 << 32) + 1, (1 << 33) - 1])?,
        6 => u64::from(u.arbitrary::<u16>()?) | 3,
        _ => u.arbitrary::<u64>()? & ((1 << 33) - 1) | 3,
    })
}

/// A modulus: of small primes, of any octets, or of runs of equal bits.
fn any_key(u: &mut Unstructured<'_>, smallest: usize, largest: usize) -> Result<Key> {
    let e = exponent(u)?;
    let bits = if smallest == largest || rarely(u, 3)? {
        smallest
    } else {
        u.int_in_range(smallest..=largest)?
    };
    if !rarely(u, 3)? {
        let choices: [u8; 24] = u.arbitrary()?;
        let mut choices = choices.iter().cycle();
        if let Some(signer) = SmoothKey::new(bits, e, || *choices.next().expect("a cycle")) {
            let n = signer.n.clone();
            return Ok(Key {
                n,
                e,
                signer: Some(signer),
            });
        }
    }
    let mut n = match u.int_in_range(0..=2)? {
        0 => vec![0xff; bits.div_ceil(8)],
        1 => vec![0; bits.div_ceil(8)],
        _ => vec![0xa5; bits.div_ceil(8)],
    };
    for _ in 0..u.int_in_range(0..=8)? {
        let at = u.int_in_range(0..=n.len() - 1)?;
        let run = u.int_in_range(1..=64)?.min(n.len() - at);
        let octets = u.bytes(run.min(u.len()))?.to_vec();
        n[at..at + octets.len()].copy_from_slice(&octets);
    }
    // Exactly `bits` bits, and odd.
    let above = n.len() * 8 - bits;
    n[0] &= 0xff >> above;
    n[0] |= 0x80 >> above;
    *n.last_mut().expect("it has 256 octets or more") |= 1;
    Ok(Key {
        n: BigUint::from_bytes_be(&n),
        e,
        signer: None,
    })
}

/// A signature: one that is good, one of an encoded message that is nearly right, or any octets.
fn signature(u: &mut Unstructured<'_>, key: &Key, digest: &[u8; 32]) -> Result<Vec<u8>> {
    let k = key.n.bits().div_ceil(8);
    let number = |u: &mut Unstructured<'_>, number: BigUint| -> Result<Vec<u8>> {
        // As k octets, or of a wrong length.
        let mut text = octets(&number, k);
        match u.int_in_range(0..=15)? {
            0 => text.insert(0, 0),
            1 => drop(text.remove(0)),
            2 => drop(text.pop()),
            3 => text.push(0),
            _ => {}
        }
        Ok(text)
    };
    let kind = u.int_in_range(0..=15)?;
    if let (Some(signer), 0..=9) = (&key.signer, kind) {
        let mut em = encoded_message(digest, k);
        match kind {
            // As it has to be.
            0..=3 => {}
            // A bit of the encoded message flipped.
            4 | 5 => {
                let at = u.int_in_range(2..=k - 1)?;
                em[at] ^= 1 << u.int_in_range(0..=7)?;
            }
            // Less padding and garbage behind (CVE-2006-4339), and other places for the digest.
            6 => {
                let by = u.int_in_range(1..=k - 64)?;
                em[2..].rotate_left(by);
            }
            // DigestInfo without the parameters.
            7 => {
                let info = [&DIGEST_INFO[..13], &DIGEST_INFO[15..], digest].concat();
                em = vec![0xff; k];
                em[..2].copy_from_slice(&[0, 1]);
                em[k - info.len() - 1] = 0;
                em[k - info.len()..].copy_from_slice(&info);
            }
            // A piece replaced by octets.
            8 => {
                let at = u.int_in_range(2..=k - 1)?;
                let piece = u.bytes(u.len().min(k - at).min(40))?.to_vec();
                em[at..at + piece.len()].copy_from_slice(&piece);
            }
            // The digest of something else.
            _ => em = encoded_message(&u.arbitrary()?, k),
        }
        let mut s = BigUint::from_bytes_be(&signer.raw(&(BigUint::from_bytes_be(&em) % &key.n)));
        match u.int_in_range(0..=7)? {
            // The same number modulo n.
            0 => s += &key.n,
            1 => s = &key.n - s % &key.n,
            _ => {}
        }
        return number(u, s);
    }
    let one = BigUint::from(1_u8);
    match kind {
        10 => number(u, BigUint::from(0_u8)),
        11 => number(u, one),
        12 => number(u, &key.n - one),
        13 => number(u, key.n.clone()),
        14 => Ok(vec![0xff; k]),
        _ => {
            let mut text = vec![u.arbitrary()?; k];
            let piece = u.bytes(u.len().min(k).min(64))?;
            let at = k - piece.len();
            text[at..].copy_from_slice(piece);
            number(u, BigUint::from_bytes_be(&text))
        }
    }
}

fn with_size<S: RsaSize>(u: &mut Unstructured<'_>, smallest: usize, largest: usize) -> Result<()> {
    let key = any_key(u, smallest, largest)?;
    let (n, e) = (key.n.to_bytes_be(), BigUint::from(key.e).to_bytes_be());
    let fits = key.n.bits() <= S::MAX_BITS as usize;
    let ours = S::from_be_bytes(&n, &e);
    let theirs = rsa::RsaPublicKey::new_with_max_size(key.n.clone(), BigUint::from(key.e), 8192).expect("odd numbers");
    // RULE sizes: from 2048 bits to those of the type
    assert_eq!(ours.is_ok(), fits && key.n.bits() >= 2048);
    let Ok(ours) = ours else { return Ok(()) };
    assert_eq!((ours.modulus_bits() as usize, ours.exponent()), (key.n.bits(), key.e));
    let mut back = vec![0; ours.modulus_len()];
    assert!(ours.write_modulus(&mut back) && back == n);

    let (fastest, portable) = (PreparedKey::new(&ours), prepare_portable(&ours));
    let avx2 = prepare_avx2(&ours);
    let mut digests: [[u8; 32]; LANES] = [[0x5a; 32]; LANES];
    let mut signatures: [Vec<u8>; LANES] = Default::default();
    let mut expected = [false; LANES];
    let different = u.int_in_range(1..=3)?;
    for lane in 0..LANES {
        if lane >= different {
            let from = usize::from(u.arbitrary::<u8>()?) % different;
            digests[lane] = digests[from];
            signatures[lane] = signatures[from].clone();
            expected[lane] = expected[from];
            continue;
        }
        digests[lane] = u.arbitrary()?;
        let digest = digests[lane];
        let signature = signature(u, &key, &digest)?;
        expected[lane] = agree(&ours, &fastest, &portable, avx2.as_ref(), &theirs, &signature, &digest);
        signatures[lane] = signature;
    }
    let texts: [&[u8]; LANES] = std::array::from_fn(|lane| signatures[lane].as_slice());
    assert_eq!(verify_eight([&fastest; LANES], texts, &digests), expected);
    assert_eq!(verify_eight([&portable; LANES], texts, &digests), expected);

    // Among seven lanes of another key, which all are good.
    if let Some((other, other_signature)) = other_key::<S>(key.n.bits()) {
        let lane = usize::from(u.arbitrary::<u8>()?) % LANES;
        let mut keys = [&other; LANES];
        let mut texts = [other_signature.as_slice(); LANES];
        let mut others = [OTHER_DIGEST; LANES];
        let mut all = [true; LANES];
        (keys[lane], texts[lane], others[lane], all[lane]) = (&fastest, &signatures[0], digests[0], expected[0]);
        assert_eq!(verify_eight(keys, texts, &others), all);
    }
    Ok(())
}

const OTHER_DIGEST: [u8; 32] = [0xc3; 32];

/// A prepared key of 2048 bits and its signature for [`OTHER_DIGEST`], where `bits` bits fit together with it.
fn other_key<S: RsaSize>(bits: usize) -> Option<(PreparedKey<S>, Vec<u8>)> {
    let signer = key(0);
    if bits.div_ceil(8) != signer.k() {
        return None;
    }
    let public = S::from_be_bytes(&signer.n.to_bytes_be(), &[1, 0, 1]).ok()?;
    Some((PreparedKey::new(&public), signer.sign(&OTHER_DIGEST)))
}

/// One signature, by every way of checking it; returns the verdict.
fn agree<S: RsaSize>(
    ours: &RsaPublicKey<S>,
    fastest: &PreparedKey<S>,
    portable: &PreparedKey<S>,
    avx2: Option<&PreparedKey<S>>,
    theirs: &rsa::RsaPublicKey,
    signature: &[u8],
    digest: &[u8; 32],
) -> bool {
    let digest_info = [DIGEST_INFO, digest].concat();
    let expected = theirs
        .verify(Pkcs1v15Sign::new_unprefixed(), &digest_info, signature)
        .is_ok();
    crate::verdicts::note(expected);
    assert_eq!(verify_static(ours, signature, digest), expected, "unprepared");
    assert_eq!(verify_prepared(portable, signature, digest), expected, "portable");
    assert_eq!(verify_prepared(fastest, signature, digest), expected, "fastest");
    if let Some(avx2) = avx2 {
        assert_eq!(verify_prepared(avx2, signature, digest), expected, "AVX2");
    }

    // The power itself, of which the verdict shows one bit.
    let k = ours.modulus_len();
    let s = BigUint::from_bytes_be(signature);
    let below = signature.len() == k && s < *rsa::traits::PublicKeyParts::n(theirs);
    let mut m = vec![0; k];
    assert_eq!(public_op(ours, signature, &mut m), below);
    if below {
        let power = rsa_encrypt(theirs, &s).expect("a number below n has a power");
        assert_eq!(m, octets(&power, k));
        assert_eq!(m == encoded_message(digest, k), expected);
    }
    expected
}
