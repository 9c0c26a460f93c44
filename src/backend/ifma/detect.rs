// SPDX-License-Identifier: MIT OR Apache-2.0

//! The proof that the CPU and the operating system support what the kernels are compiled for.

// The features of every kernel of this backend: the same list as in each `#[target_feature]` below this folder.
cpufeatures::new!(cpuid, "avx512f", "avx512ifma");

/// A value of this type exists only where AVX-512F and AVX-512 IFMA may be used.
#[derive(Clone, Copy, Debug)]
pub struct Ifma(
    // INVARIANT: made by `detect` alone.
    (),
);

impl Ifma {
    /// Asks the CPU, and the operating system whether it saves the 512-bit registers. The answer is cached.
    #[must_use]
    pub(crate) fn detect() -> Option<Self> {
        cpuid::get().then_some(Self(()))
    }
}
