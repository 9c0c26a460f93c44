// SPDX-License-Identifier: MIT OR Apache-2.0

//! A modulus as peripherals want it: 32-bit words, lowest first, and the constants of Montgomery's multiplication with
//! R = 2^(32·words).

use super::public_key::RsaPublicKey;
use super::size::RsaSize;

impl<S: RsaSize> RsaPublicKey<S> {
    /// Writes the modulus as words, the lowest first, and zeros above it. Returns `false`, and leaves `out` as it is,
    /// when it is too short.
    #[must_use]
    pub fn write_modulus_words(&self, out: &mut [u32]) -> bool {
        if !self.fits(out) {
            return false;
        }
        for (out, word) in out.iter_mut().zip(self.words()) {
            *out = word;
        }
        true
    }

    /// -1/n modulo 2^32.
    #[must_use]
    pub fn negative_inverse_word(&self) -> u32 {
        // Newton's iteration as in `public_key`, which does it for one limb of this build.
        let n = self.words().next().unwrap_or(1);
        let mut x = n;
        for _ in 0..4 {
            x = x.wrapping_mul(2_u32.wrapping_sub(n.wrapping_mul(x)));
        }
        x.wrapping_neg()
    }

    /// Writes R² mod n for R = 2^(32·`out.len()`) as words, the lowest first. Returns `false`, and leaves `out` as it is,
    /// when it is shorter than the modulus.
    ///
    /// By doubling, bit after bit, since it is needed once for a key: about twice the work of a verification.
    #[must_use]
    pub fn write_rr_words(&self, out: &mut [u32]) -> bool {
        if !self.fits(out) {
            return false;
        }
        // From 2^(bits - 1), which is below n, by doubling modulo n.
        let top = self.modulus_bits().saturating_sub(1);
        let mut position = 0_u32;
        for word in out.iter_mut() {
            *word = if position == top / 32 { 1 << (top % 32) } else { 0 };
            position = position.saturating_add(1);
        }
        let r_squared = position.saturating_mul(64);
        for _ in top..r_squared {
            self.double(out);
        }
        true
    }

    /// `x = 2x mod n`, for x below n.
    fn double(&self, x: &mut [u32]) {
        let mut top_bit = 0;
        let mut below = false;
        for (x, n) in x.iter_mut().zip(self.words()) {
            (*x, top_bit) = (*x << 1 | top_bit, *x >> 31);
            below = subtract(*x, n, below).1;
        }
        // BOUND: 2x < 2n, so n goes in at most once; without a bit above the words it does when 2x is not below it.
        if top_bit == 1 || !below {
            below = false;
            for (x, n) in x.iter_mut().zip(self.words()) {
                (*x, below) = subtract(*x, n, below);
            }
        }
    }

    fn fits(&self, words: &[u32]) -> bool {
        words.len().saturating_mul(4) >= self.modulus_len()
    }

    /// The words of the modulus, and zeros above it.
    fn words(&self) -> impl Iterator<Item = u32> {
        let limbs = self.modulus().blocks.as_flattened().iter();
        limbs
            .flat_map(|limb| {
                let octets = limb.to_le_bytes();
                let (words, _) = octets.as_chunks::<4>();
                words_of(words)
            })
            .chain(core::iter::repeat(0))
    }
}

fn words_of(words: &[[u8; 4]]) -> impl Iterator<Item = u32> + use<> {
    let mut iter = words.iter().map(|word| u32::from_le_bytes(*word));
    [iter.next(), iter.next()].into_iter().flatten()
}

fn subtract(x: u32, y: u32, borrow: bool) -> (u32, bool) {
    let (difference, below) = x.overflowing_sub(y);
    let (difference, below_again) = difference.overflowing_sub(u32::from(borrow));
    (difference, below | below_again)
}
