// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a key type of one size keeps of a key that the kernels verify with.

use super::{Avx2, Avx2Key};
use crate::backend::portable::{Modulus, Scratch};

/// A prepared key with room for the moduli of a key type, or those of them that the kernels serve.
pub trait Form: Clone + Send + Sync + 'static {
    /// Prepares the key of modulus `n` and exponent `e`; `None` when the kernels do not serve it.
    fn prepare(token: Avx2, n: &Modulus<'_, u64>, e: u64, scratch: &mut Scratch<'_, u64>) -> Option<Self>;

    /// Whether s^e mod n is the encoded message of the digest.
    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool;
}

impl<const B: usize> Form for Avx2Key<B> {
    fn prepare(token: Avx2, n: &Modulus<'_, u64>, e: u64, scratch: &mut Scratch<'_, u64>) -> Option<Self> {
        Self::new(token, n, e, scratch)
    }

    fn verify_vartime(&self, signature: &[u8], digest: &[u8; 32]) -> bool {
        self.verify_vartime(signature, digest)
    }
}
