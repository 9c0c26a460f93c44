// SPDX-License-Identifier: MIT OR Apache-2.0

//! The proof that the CPU and the operating system support what the kernels are compiled for.

// The same as in each `#[target_feature]` below this folder.
cpufeatures::new!(cpuid, "avx2");

/// A value of this type exists only where AVX2 may be used: Intel since Haswell, AMD since Excavator.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(
    // INVARIANT: made by `detect` alone.
    (),
);

impl Avx2 {
    /// Asks the CPU, and the operating system whether it saves the 256-bit registers. The answer is cached.
    #[must_use]
    pub(crate) fn detect() -> Option<Self> {
        cpuid::get().then_some(Self(()))
    }
}
