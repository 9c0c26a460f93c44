// SPDX-License-Identifier: MIT OR Apache-2.0

//! The proof that the CPU and the operating system support what the kernels are compiled for.

use super::lanes;

// The features of every kernel of this backend: the same list as in each `#[target_feature]` below this folder.
cpufeatures::new!(cpuid, "avx512f", "avx512bw", "avx512ifma", "avx512vbmi", "sha");

/// A value of this type exists only where the AVX-512 subsets F, BW, IFMA and VBMI and the SHA instructions may be
/// used.
///
/// Every CPU with IFMA has the others: Intel since Cannon Lake, AMD since Zen 4.
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

/// Whether SHA instructions may stand between those of AVX-512 without a penalty, which `sha256.rs` explains.
///
/// No flag of the CPU tells, so it goes by the maker: AMD's processors have none. Asking takes microseconds on a
/// virtual machine, so it is done once for each key.
pub(super) fn hashes_in_gaps() -> bool {
    let vendor = lanes::vendor().map(u32::to_le_bytes);
    [b"AuthenticAMD", b"HygonGenuine"].contains(&vendor.as_flattened().first_chunk().unwrap_or(&[0; 12]))
}
