// SPDX-License-Identifier: MIT OR Apache-2.0

//! Authentication and authorization as `tower` layers, for axum and for anything else that speaks `tower` and `http`.

mod jwt;
mod require;

pub use jwt::{JwtLayer, JwtService};
pub use require::{RequireRole, RequireScope, RequireService};
