// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing: this package has tests alone.
