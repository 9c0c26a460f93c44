// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels against a big-integer library that computes s^65537 mod n and divides.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::vec::Vec;
use std::{eprintln, vec};

use num_bigint::BigUint;

use super::limbs::{LIMB_BITS, Lanes, from_words, os2ip, to_words};
use super::single::is_once_or_twice;
use super::{Avx2, Avx2Key};
use crate::backend::tests::numbers::{E, Random, em, moduli, octets, ones, oracle, representatives};
use crate::lanes;

/// The token, or a loud note.
fn token() -> Option<Avx2> {
    let token = Avx2::detect();
    if token.is_none() {
        eprintln!("SKIPPED: this CPU has no AVX2, so its kernels were not tested");
    }
    token
}

fn try_key<const B: usize>(token: Avx2, n: &BigUint, e: u64) -> Option<Avx2Key<B>> {
    let n0 = u64::try_from(&((BigUint::from(1u8) << 64) - n.modinv(&(BigUint::from(1u8) << 64))?)).unwrap();
    Avx2Key::new(token, &n.to_u64_digits(), n0, n.bits() as u32, e)
}

/// A key, its constants by the book.
fn key<const B: usize>(token: Avx2, n: &BigUint) -> Avx2Key<B> {
    let mut key = try_key(token, n, E.into()).unwrap();
    let r = BigUint::from(1u8) << (224 * key.row_blocks);
    let d = r.modpow(&65535u32.into(), n).modinv(n).unwrap();
    let p_d = BigUint::from_bytes_be(&em(key.k, &[0; 32])) * &d % n;
    key.set_constants(&(n - d).to_u64_digits(), &(n - p_d).to_u64_digits());
    key
}

/// What the columns stand for, whatever they carry.
fn number(columns: &[Lanes]) -> BigUint {
    let columns = columns.as_flattened().iter().rev();
    columns.fold(BigUint::ZERO, |sum, column| (sum << LIMB_BITS) + column)
}

fn packed(limbs: &[[u32; 4]]) -> BigUint {
    let limbs = limbs.as_flattened().iter().rev();
    limbs.fold(BigUint::ZERO, |sum, limb| {
        assert!(*limb < 1 << LIMB_BITS);
        (sum << LIMB_BITS) + limb
    })
}

/// Blocks of limbs of x.
fn limbs(x: &BigUint, blocks: usize) -> Vec<Lanes> {
    let mut out = vec![[0; 4]; blocks];
    os2ip(&mut out, &x.to_bytes_be());
    assert_eq!(number(&out), *x);
    out
}

/// The largest limb that a reduction leaves.
const LARGEST: u64 = (1 << LIMB_BITS) + (1 << 8);

/// Lengths that the kernels are used for: those of keys, those that fill blocks or rows, and their limit.
fn sizes<const B: usize>() -> &'static [u64] {
    match B {
        19 => &[2048, 2049, 2126],
        _ => &[2048, 2127, 2688, 3072, 3358, 3359, 3580, 4096, 4142],
    }
}

/// Makes `key` accept `s` with `digest`, whatever s^65537 mod n is: the constant P of the encoding is replaced by the
/// one that fits. So the whole computation is tested for numbers of any shape, although nobody can sign for them.
fn bend<const B: usize>(key: &mut Avx2Key<B>, n: &BigUint, s: &BigUint, digest: &[u8; 32]) {
    // D comes from `key`.
    let d = n - packed(&key.neg_d);
    let p = s.modpow(&E.into(), n) + n - BigUint::from_bytes_be(digest) % n;
    from_words(&mut key.neg_pd, &(n - p * d % n).to_u64_digits());
}

fn powers<const B: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(500 + B as u64);
    for &bits in sizes::<B>() {
        for n in moduli(&mut random, bits, 28) {
            let key = key::<B>(token, &n);
            assert_eq!(packed(&key.n), n);
            let friendly = (packed(&key.friendly) << 224) - 1u8;
            assert_eq!(&friendly % &n, BigUint::ZERO, "N is no multiple of n");
            assert!(friendly < &n << 224);
            let r = BigUint::from(1u8) << (224 * key.row_blocks);
            assert!(&n << 4 < r);
            let r_65535 = r.modpow(&65535u32.into(), &n);
            // D · R^65535 = 1.
            let mut d = vec![0; n.to_u64_digits().len()];
            key.write_d(&mut d);
            let d = BigUint::from_bytes_le(&d.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>());
            assert!(d < n);
            assert_eq!(d * &r_65535 % &n, BigUint::from(1u8));
            for s in representatives(&mut random, &n, 28).into_iter().step_by(3) {
                // Every bit of the result is looked at, not only the verdict at the end.
                let x = lanes::enter_avx2_raise(token, &key, &limbs(&s, key.blocks));
                assert!(x.as_flattened().iter().all(|&limb| limb <= LARGEST), "a limb too large");
                let x = number(&x);
                assert!(x < &n * 3u8, "above the bound");
                assert_eq!(x * &r_65535 % &n, s.modpow(&65536u32.into(), &n), "{bits} bits");
            }
        }
    }
}

fn verdicts<const B: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(600 + B as u64);
    let digest = [0xa5; 32];
    for &bits in sizes::<B>() {
        let k = bits.div_ceil(8) as usize;
        for n in moduli(&mut random, bits, 28) {
            let mut key = key::<B>(token, &n);
            for s in representatives(&mut random, &n, 28) {
                bend(&mut key, &n, &s, &digest);
                let good = octets(&s, k);
                assert!(key.verify_vartime(&good, &digest), "{bits} bits, n = {n:x}, s = {s:x}");
                for bit in [0, 27, 28, 111, 112, 255] {
                    let mut wrong = digest;
                    wrong[31 - bit / 8] ^= 1 << (bit % 8);
                    assert!(!key.verify_vartime(&good, &wrong), "bit {bit} of the digest");
                }
                let mut wrong = good.clone();
                wrong[k / 2] ^= 0x10;
                assert!(!key.verify_vartime(&wrong, &digest));
                let plus_n = &s + &n;
                if plus_n.bits() <= 8 * k as u64 {
                    assert!(!key.verify_vartime(&octets(&plus_n, k), &digest), "s >= n");
                }
                let mut long = vec![0];
                long.extend(&good);
                assert!(!key.verify_vartime(&long, &digest), "one octet too long");
                assert!(!key.verify_vartime(&good[1..], &digest), "one octet short");
            }
            // n itself must not pass for 0, and all ones are not below n.
            bend(&mut key, &n, &BigUint::ZERO, &digest);
            assert!(key.verify_vartime(&vec![0; k], &digest));
            assert!(!key.verify_vartime(&octets(&n, k), &digest));
            bend(&mut key, &n, &(ones(8 * k as u64) % &n), &digest);
            assert!(!key.verify_vartime(&vec![0xff; k], &digest));
            // And what is no bent key: the verdict of the book, which is no.
            let key = self::key::<B>(token, &n);
            let s = octets(&(random.below_bits(bits) % &n), k);
            assert_eq!(key.verify_vartime(&s, &digest), oracle(&n, &s, &digest));
        }
    }
}

/// Columns as full as they can be, which random numbers never make them: no sum may leave 64 bits.
#[test]
fn squares_of_the_largest_limbs() {
    let Some(token) = token() else { return };
    for blocks in [1, 2, 3, 18, 19, 28, 36, 37] {
        let mut random = Random(blocks as u64);
        let full = vec![[LARGEST; 4]; blocks];
        let some = (0..blocks)
            .map(|_| [(); 4].map(|()| random.word() % (LARGEST + 1)))
            .collect();
        for mut a in [full, some] {
            let mut t = vec![[7; 4]; 2 * blocks];
            lanes::enter_avx2_square(token, &mut t, &mut a);
            let flat = a.as_flattened();
            for (c, column) in t.as_flattened().iter().enumerate() {
                let products = (0..flat.len()).filter(|i| (i..&(i + flat.len())).contains(&&c));
                let sum: u128 = products.map(|i| u128::from(flat[i]) * u128::from(flat[c - i])).sum();
                assert_eq!(u128::from(*column), sum, "column {c} of {blocks} blocks");
            }
        }
    }
}

/// Reductions of columns as full as they can be, and of results that carry from every column to the next.
fn reductions<const B: usize>() {
    let Some(token) = token() else { return };
    let mut random = Random(700 + B as u64);
    for &bits in sizes::<B>() {
        for n in moduli(&mut random, bits, 28) {
            let key = key::<B>(token, &n);
            let rows = 8 * key.row_blocks;
            let r_inverse = (BigUint::from(1u8) << (28 * rows)).modinv(&n).unwrap();
            let check = |t: &[Lanes]| {
                let (x, double) = lanes::enter_avx2_reduce(token, &key, t);
                assert!(x.as_flattened().iter().all(|&limb| limb <= LARGEST), "a limb too large");
                assert_eq!(double, x.map(|lanes| lanes.map(|limb| 2 * limb)));
                assert!(
                    number(&x) < (number(t) >> (28 * rows)) + 1u8 + &n * 2u8,
                    "above the bound"
                );
                assert_eq!(number(&x) % &n, number(t) * &r_inverse % &n, "{bits} bits");
            };
            // The products of the last multiplication, with the most limbs that a number below n can have.
            let limbs = (bits / 28) as usize - usize::from(n < ones(bits));
            let mut t = vec![[0; 4]; 2 * key.blocks];
            for (c, column) in t.as_flattened_mut().iter_mut().enumerate().take(2 * limbs - 1) {
                let products = (c + 1).min(2 * limbs - 1 - c) as u64;
                *column = products * LARGEST * LARGEST + if c < limbs { 11 << 56 } else { 0 };
            }
            check(&t);
            // A multiple of R: the quotient is zero, and what is above is carried as it stands.
            let mut t = vec![[0; 4]; key.blocks + 2 * key.row_blocks];
            let above = t.as_flattened_mut();
            for column in above[rows..].iter_mut().take(limbs - 3) {
                *column = (1 << 28) - 1;
            }
            above[rows] += 1;
            check(&t);
            for column in t.as_flattened_mut()[rows..].iter_mut().take(limbs - 3) {
                *column = random.word() >> 1;
            }
            check(&t[..2 * key.row_blocks + key.blocks]);
        }
    }
}

/// The fullest sums that a reduction can meet, which random numbers never come near: columns at their largest, all
/// limbs of N'' full, all limbs of the quotient full. Above 120 limbs these leave 64 bits unless T is settled first.
fn fullest_sums<const B: usize>() {
    let Some(token) = token() else { return };
    let one = BigUint::from(1u8);
    let full_block = ones(224);
    for &bits in sizes::<B>() {
        // n = -1 modulo 2^224 is its own N, and N'' is short by eight limbs; the other N'' is as long as n.
        let top = (&one << bits) - (&one << (bits - 20));
        let long = &top - (&top - 1u8) % &full_block;
        let n_of_long: BigUint = ((long << 224) - 1u8) / &full_block;
        for n in [ones(bits) - (&one << 224), n_of_long] {
            assert_eq!(n.bits(), bits);
            let key = key::<B>(token, &n);
            let rows = 8 * key.row_blocks;
            let friendly = packed(&key.friendly);
            // T + q · N + q' · n is 0 in the columns that a reduction clears, so T has to be this there.
            let below = 28 * (rows - 8);
            let sum = ones(below as u64) * ((&friendly << 224) - 1u8) + ((&full_block * &n) << below);
            let low = (&one << (28 * rows)) - &sum % (&one << (28 * rows));
            let low = limbs(&low, 2 * key.row_blocks);

            let limbs = (bits / 28) as usize;
            let mut t = vec![[0; 4]; key.blocks + 2 * key.row_blocks];
            let mut carry = 0;
            for (c, column) in t.as_flattened_mut().iter_mut().enumerate().take(2 * limbs - 1) {
                let products = (c + 1).min(2 * limbs - 1 - c) as u64;
                *column = products * LARGEST * LARGEST + if c < limbs { 11 << 56 } else { 0 };
                if let Some(limb) = low.as_flattened().get(c) {
                    *column = ((*column >> 28) - 1) << 28 | limb.wrapping_sub(carry) & ((1 << 28) - 1);
                    carry = (*column + carry) >> 28;
                }
            }

            // What the rows with N'' make of these columns, were they not settled.
            let column = |c: usize| {
                let above = (0..c & !7).take(rows - 8);
                let limb = |row: usize| key.friendly.as_flattened().get((c - row).checked_sub(8)?);
                let sum: u128 = above.filter_map(limb).map(|&limb| u128::from(limb)).sum();
                u128::from(t.as_flattened()[c]) + sum * ((1 << 28) - 1)
            };
            let largest = (8..2 * limbs - 1).map(column).max().unwrap();
            match bits {
                ..=3358 => assert!(largest < 252 << 56, "{bits} bits"),
                4096.. => assert!(largest > 1 << 64, "{bits} bits: no sum is too large to be held"),
                _ => (),
            }

            let (x, _) = lanes::enter_avx2_reduce(token, &key, &t);
            assert!(x.as_flattened().iter().all(|&limb| limb <= LARGEST), "a limb too large");
            // Exactly this: so the quotient is the one that was meant.
            assert_eq!(number(&x) << (28 * rows), number(&t) + sum, "{bits} bits");
        }
    }
}

macro_rules! sized {
    ($($name:ident: $check:ident, $b:literal;)*) => {
        $(#[test]
        fn $name() {
            $check::<$b>();
        })*
    };
}

sized! {
    powers_up_to_19_blocks: powers, 19;
    powers_up_to_37_blocks: powers, 37;
    verdicts_up_to_19_blocks: verdicts, 19;
    verdicts_up_to_37_blocks: verdicts, 37;
    reductions_up_to_19_blocks: reductions, 19;
    reductions_up_to_37_blocks: reductions, 37;
    fullest_sums_up_to_19_blocks: fullest_sums, 19;
    fullest_sums_up_to_37_blocks: fullest_sums, 37;
}

#[test]
fn words_become_limbs_and_words_again() {
    let mut random = Random(800);
    for bits in [0, 1, 28, 64, 447, 448, 2048, 2128] {
        let x = random.below_bits(bits);
        let mut limbs = [[0; 4]; 19];
        from_words(&mut limbs, &x.to_u64_digits());
        assert_eq!(packed(&limbs), x);
        let mut words = [0; 34];
        to_words(&mut words, &limbs);
        let octets: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(BigUint::from_bytes_le(&octets), x);
    }
}

/// Twice n seldom comes out of a reduction, so it has to be told from others here.
#[test]
fn once_and_twice_are_told_from_others() {
    let mut random = Random(900);
    let one = BigUint::from(1u8);
    let is = |x: &BigUint, n: &BigUint| {
        let [mut x_limbs, mut n_limbs] = [[[0; 4]; 19]; 2];
        from_words(&mut x_limbs, &x.to_u64_digits());
        from_words(&mut n_limbs, &n.to_u64_digits());
        assert_eq!([packed(&x_limbs), packed(&n_limbs)], [x, n].map(Clone::clone));
        is_once_or_twice(&x_limbs, &n_limbs)
    };
    for bits in [2048, 2126] {
        for n in moduli(&mut random, bits, 28) {
            assert!(is(&n, &n));
            assert!(is(&(&n * 2u8), &n), "2n, n = {n:x}");
            for x in [
                BigUint::ZERO,
                &n >> 1,
                &n - 1u8,
                &n + 1u8,
                &n * 2u8 - 1u8,
                &n * 2u8 + 1u8,
            ] {
                assert!(!is(&x, &n), "x = {x:x}, n = {n:x}");
            }
            // One bit of each limb.
            for limb in 0..bits / 28 {
                let bit = &one << (28 * limb + random.word() % 28);
                assert!(!is(&(&n ^ &bit), &n), "limb {limb}");
                assert!(!is(&((&n * 2u8) ^ &bit), &n), "limb {limb}");
            }
        }
    }
}

#[test]
fn refuses_what_the_kernels_do_not_serve() {
    let Some(token) = token() else { return };
    assert!(try_key::<19>(token, &ones(2126), E.into()).is_some());
    assert!(try_key::<19>(token, &ones(2127), E.into()).is_none(), "2127 bits");
    assert!(try_key::<37>(token, &ones(4143), E.into()).is_none(), "4143 bits");
    assert!(try_key::<37>(token, &ones(4096), E.into()).is_some());
    for e in [3, 17, 257, 65539] {
        assert!(try_key::<19>(token, &ones(2048), e).is_none(), "e = {e}");
    }
}
