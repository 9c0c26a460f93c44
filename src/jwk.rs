// SPDX-License-Identifier: MIT OR Apache-2.0

//! Public keys, in every form that issuers hand them out.

mod der;
mod pem;
