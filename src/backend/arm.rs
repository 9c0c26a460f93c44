// SPDX-License-Identifier: MIT OR Apache-2.0

//! The inner loops of the portable backend in assembly, for two kinds of Cortex-M. Off ARM both features are ignored.
//!
//! * `cortex-m-dsp`, for those with the DSP extension (M4, M7, M33 and their kin): UMAAL, `a·b + x + y` into two
//!   registers, is exactly the step of that loop. The compiler finds it by itself, but it keeps fewer of the fourteen
//!   values in registers than fit. Elsewhere on ARM it does not compile.
//! * `cortex-m0`, for those whose products have 32 bits (M0, M0+, M1): the rows of a window of columns. Processors with
//!   compare-and-swap ignore it: of these only Cortex-M23 has no wider products, and no cfg tells it from the others.
//!   Nor does any tell ARMv6-M from ARMv4T and ARMv5TE, whose MULS leaves nothing sure in C; there it must be off.
//!
//! `agree` holds both against the safe code, on the device.

#[cfg(all(feature = "cortex-m-dsp", not(target_has_atomic = "32")))]
compile_error!("the feature `cortex-m-dsp` needs UMAAL, which ARMv6-M and older do not have");

#[cfg(rs256_internals)]
mod agree;
#[cfg(all(feature = "cortex-m0", not(target_has_atomic = "32")))]
mod columns;
#[cfg(feature = "cortex-m-dsp")]
mod umaal;

#[cfg(rs256_internals)]
pub(super) use agree::agree;
#[cfg(all(feature = "cortex-m0", not(target_has_atomic = "32")))]
pub(crate) use columns::add_rows;
#[cfg(feature = "cortex-m-dsp")]
pub(crate) use umaal::multiply_columns;
