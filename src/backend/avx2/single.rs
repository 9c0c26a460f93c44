// SPDX-License-Identifier: MIT OR Apache-2.0

//! One signature.

use super::kernel::{Modulus, Operand, multiply_add, reduce, square};
use super::key::Avx2Key;
use super::limbs::{Lanes, Packed, os2ip, pack, unpack};

/// The numbers of one verification. Room beyond the blocks in use is there because an array of `B` blocks and some more
/// has no type; it costs nothing but stack.
#[repr(align(32))]
struct Work<const B: usize> {
    n: [[Lanes; B]; 2],
    friendly: [[Lanes; B]; 2],
    a: [Lanes; B],
    d: [[Lanes; B]; 2],
    t: [[Lanes; B]; 3],
}

/// Blocks of a 256-bit hash.
const HASH_BLOCKS: usize = 3;

impl<const B: usize> Work<B> {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(key: &Avx2Key<B>) -> Self {
        let mut work = Self {
            n: [[[0; 4]; B]; 2],
            friendly: [[[0; 4]; B]; 2],
            a: [[0; 4]; B],
            d: [[[0; 4]; B]; 2],
            t: [[[0; 4]; B]; 3],
        };
        unpack(work.n.as_flattened_mut(), &key.n);
        if let [_, _, friendly @ ..] = work.friendly.as_flattened_mut() {
            unpack(friendly, &key.friendly);
        }
        work
    }

    /// `a` = redc(T), below 3n.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn reduce(&mut self, key: &Avx2Key<B>) {
        let modulus = Modulus {
            n: first(self.n.as_flattened(), key.blocks + 2),
            friendly: first(self.friendly.as_flattened(), key.blocks + 4),
            n0: key.n0,
            row_blocks: key.row_blocks,
        };
        let mut x = Operand {
            a: first_mut(&mut self.a, key.blocks),
            d: first_mut(self.d.as_flattened_mut(), key.blocks + 1),
        };
        let t = first_mut(self.t.as_flattened_mut(), key.blocks + 2 * key.row_blocks);
        reduce(t, &modulus, &mut x);
    }

    /// `a` = a^65536 / R^65535 mod n, below 3n.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn raise(&mut self, key: &Avx2Key<B>) {
        for (d, a) in self
            .d
            .as_flattened_mut()
            .as_flattened_mut()
            .iter_mut()
            .zip(self.a.as_flattened())
        {
            *d = 2 * a;
        }
        for _ in 0..16 {
            let x = Operand {
                a: first_mut(&mut self.a, key.blocks),
                d: first_mut(self.d.as_flattened_mut(), key.blocks + 1),
            };
            let (t, above) = self.t.as_flattened_mut().split_at_mut((2 * key.blocks).min(3 * B));
            square(t, &x);
            for blocks in above.iter_mut().take((2 * key.row_blocks).saturating_sub(key.blocks)) {
                *blocks = [0; 4];
            }
            self.reduce(key);
        }
    }
}

fn first<T>(all: &[T], count: usize) -> &[T] {
    all.get(..count).unwrap_or(all)
}

fn first_mut<T>(all: &mut [T], count: usize) -> &mut [T] {
    let count = count.min(all.len());
    all.split_at_mut(count).0
}

/// `s`^65536 / R^65535 mod n, below 3n, in limbs below 2^28 + 2^8 + 1.
#[target_feature(enable = "avx2")]
pub(crate) fn raise<const B: usize>(key: &Avx2Key<B>, s: &[Lanes]) -> [Lanes; B] {
    let mut work = Work::new(key);
    for (a, limbs) in work.a.iter_mut().zip(s) {
        *a = *limbs;
    }
    work.raise(key);
    work.a
}

/// Whether `s`, big-endian, has the length of the modulus, is below it, and is a signature of the digest.
#[target_feature(enable = "avx2")]
pub(crate) fn verify<const B: usize>(key: &Avx2Key<B>, s: &[u8], digest: &[u8; 32]) -> bool {
    // RFC 8017 section 8.2.2, step 1: the length of the signature is k.
    if s.len() != key.k {
        return false;
    }
    let mut work = Work::new(key);
    // With a block of zeros on either side, as `multiply_add` wants it.
    let mut s_padded = [[[0; 4]; B]; 2];
    let s_padded = first_mut(s_padded.as_flattened_mut(), key.blocks + 2);
    if let [_, limbs @ ..] = &mut *s_padded {
        os2ip(limbs, s);
        for (a, limbs) in work.a.iter_mut().zip(limbs) {
            *a = *limbs;
        }
    }
    // Section 5.2.2 (RSAVP1), step 1: the signature representative is below n.
    let (a, n) = (work.a.as_flattened(), work.n.as_flattened().as_flattened());
    if !a.iter().rev().lt(first(n, a.len()).iter().rev()) {
        return false;
    }
    work.raise(key);

    // T = x · s + H · (−D) + (−P · D).
    let t = work.t.as_flattened_mut();
    unpack(t, &key.neg_pd);
    multiply_add(first_mut(t, 2 * key.blocks), first(&work.a, key.blocks), s_padded);
    let mut hash = [[0; 4]; HASH_BLOCKS];
    os2ip(&mut hash, digest);
    let neg_d = s_padded;
    if let [_, limbs @ ..] = &mut *neg_d {
        unpack(limbs, first(&key.neg_d, key.blocks));
    }
    multiply_add(first_mut(t, key.blocks + HASH_BLOCKS + 1), &hash, neg_d);
    work.reduce(key);

    // BOUND: the residue is above 0, because −P · D is at least 1, and below 3n: a multiple of n is n or 2n.
    let mut residue = [[0; 4]; B];
    pack(&mut residue, &work.a, 0);
    is_once_or_twice(&residue, &key.n)
}

/// Whether `x` is n or 2n.
pub(super) fn is_once_or_twice<const B: usize>(x: &[Packed; B], n: &[Packed; B]) -> bool {
    let (x, n) = (x.as_flattened(), n.as_flattened());
    let mut below = 0;
    let twice = n.iter().map(|n| {
        let double = (n << 1 | below) & 0x0fff_ffff;
        below = n >> 27;
        double
    });
    x == n || x.iter().copied().eq(twice)
}

/// redc(T) and its double.
#[cfg(test)]
#[target_feature(enable = "avx2")]
pub(crate) fn reduce_alone<const B: usize>(key: &Avx2Key<B>, t: &[Lanes]) -> ([Lanes; B], [Lanes; B]) {
    let mut work = Work::new(key);
    for (to, from) in work.t.as_flattened_mut().iter_mut().zip(t) {
        *to = *from;
    }
    work.reduce(key);
    let [double, _] = work.d;
    (work.a, double)
}
