// SPDX-License-Identifier: MIT OR Apache-2.0

//! jsonwebtoken, with either of its crypto providers.
//!
//! A process has one provider for good. So that both can take turns, the one installed here asks a flag which of the two
//! is meant: one load more for each token.

use super::json::OwnedClaims;
use super::{TokensOf, VerifyToken};
use crate::fixtures::{AUDIENCE, ISSUER, PublicKey, ROLES};
use jsonwebtoken::crypto::{CryptoProvider, KeyUtils, aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

pub const NAME: &str = "jsonwebtoken 11 (aws_lc_rs)";
pub const AWS_LC: TokensOf = (NAME, |key| tokens(key, false));
pub const RUST_CRYPTO: TokensOf = ("jsonwebtoken 11 (rust_crypto)", |key| tokens(key, true));

static USE_RUST_CRYPTO: AtomicBool = AtomicBool::new(false);

static EITHER: CryptoProvider = CryptoProvider {
    signer_factory: aws_lc::DEFAULT_PROVIDER.signer_factory,
    verifier_factory: |algorithm, key| {
        let provider = match USE_RUST_CRYPTO.load(Relaxed) {
            true => &rust_crypto::DEFAULT_PROVIDER,
            false => &aws_lc::DEFAULT_PROVIDER,
        };
        (provider.verifier_factory)(algorithm, key)
    },
    key_utils: KeyUtils::new_unimplemented(), // for JWKs, which are not used here
};

fn tokens(key: &PublicKey, rust_crypto: bool) -> VerifyToken {
    let _ = EITHER.install_default(); // refused the second time, when it is installed already
    let key = DecodingKey::from_rsa_raw_components(&key.n, &key.e);
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = 60;
    Box::new(move |token| {
        USE_RUST_CRYPTO.store(rust_crypto, Relaxed);
        decode::<OwnedClaims>(token, &key, &validation).is_ok_and(|data| black_box(data).claims.roles.len() == ROLES)
    })
}
