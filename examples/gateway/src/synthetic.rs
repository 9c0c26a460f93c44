// SPDX-License-Identifier: MIT OR Apache-2.0

//! A synthetic issuer: real keys, real TLS, real sockets, and every way to misbehave that the fault tests ask for.
//!
//! Its keys guard nothing. It is here so that `cargo run` works without any set-up.

mod behaviour;
mod issuer;
mod key;
mod publication;
mod token;

pub use behaviour::Behaviour;
pub use issuer::Issuer;
pub use key::SyntheticKey;
pub use publication::Publication;
pub use token::Token;
