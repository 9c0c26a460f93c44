// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a key type of one size keeps of a key that the kernels verify with.

use super::{Avx2, Avx2Key};

/// A prepared key with room for the moduli of a key type, or those of them that the kernels serve.
pub trait Form: Clone + Send + Sync + 'static {
    /// Begins a key of the modulus `n` (64-bit words, lowest first) of so many bits, which is odd, with `n0` = −1/n
    /// modulo 2^64, and of exponent `e`; `None` when the kernels do not serve it.
    fn begin(token: Avx2, n: &[u64], n0: u64, bits: u32, e: u64) -> Option<Self>;

    /// Writes D = 1 / R^65535 mod n, in as many words as n has.
    fn write_d(&self, d: &mut [u64]);

    /// Finishes the key with −D and −P · D mod n.
    fn set_constants(&mut self, neg_d: &[u64], neg_pd: &[u64]);

    /// Whether s^e mod n is the encoded message of the digest.
    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool;
}

impl<const B: usize> Form for Avx2Key<B> {
    fn begin(token: Avx2, n: &[u64], n0: u64, bits: u32, e: u64) -> Option<Self> {
        Self::new(token, n, n0, bits, e)
    }

    fn write_d(&self, d: &mut [u64]) {
        self.write_d(d);
    }

    fn set_constants(&mut self, neg_d: &[u64], neg_pd: &[u64]) {
        self.set_constants(neg_d, neg_pd);
    }

    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool {
        self.verify_vartime(signature, digest)
    }
}
