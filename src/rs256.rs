// SPDX-License-Identifier: MIT OR Apache-2.0

//! RS256: RSASSA-PKCS1-v1_5 with SHA-256.

pub(crate) mod emsa;
pub(crate) mod public_key;
pub(crate) mod size;

pub use self::public_key::RsaPublicKey;
pub use self::size::{Rsa2048, Rsa4096, Rsa8192, RsaSize};
pub use crate::backend::PreparedKey;
