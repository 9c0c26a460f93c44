// SPDX-License-Identifier: MIT OR Apache-2.0

//! The feature `cortex-m-dsp`: the inner loop of the portable backend in assembly, for Cortex-M with the DSP extension
//! (M4, M7, M33 and their kin). Elsewhere on ARM it does not compile, and off ARM it is ignored.
//!
//! UMAAL, `a·b + x + y` into two registers, is exactly the step of that loop. The compiler finds it by itself, but it
//! keeps fewer of the fourteen values in registers than fit.

#[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
compile_error!("the feature `cortex-m-dsp` needs UMAAL, which ARMv6-M and older do not have");

mod umaal;

pub(crate) use umaal::multiply_columns;
