// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whose tokens a key may sign: what Entra publishes with each key, held against the token.
//!
//! SOURCE: Microsoft Entra documentation, "Access tokens in the Microsoft identity platform", section "Validate the
//! signing key issuer".

use super::template::Template;
use super::tenant::{Cloud, Version};
use crate::error::PolicyError;
use crate::jwk::SigningKey;

/// What is to be done about a key that does not say whose tokens it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    Allowed,
    Refused,
}

/// Checks the key's `issuer` and `cloud_instance_name`.
///
/// `issuer` is the token's `iss`, which was found to be that of `cloud` for the tenant `tid`.
pub(super) fn check(
    key: &SigningKey<'_>,
    cloud: &Cloud<'_>,
    tid: &str,
    issuer: &str,
    version: Version,
    silence: Silence,
) -> Result<(), PolicyError> {
    match key.issuer() {
        Some(own) => {
            // Nearly always it is the cloud's own template of version 2.0, whose keys sign what `iss` was found to be: an
            // expansion of that template, or of the one of version 1.0 for the same tenant.
            let v2 = cloud.template(Version::V2);
            let is_own_template = cloud.issuer_template(Version::V2) == Some(own);
            if !is_own_template {
                let own = Template::new(own);
                // A template must expand to `iss`; an exact issuer must equal it.
                let signs_this_issuer = own.expands_to(tid, issuer);
                // The keys of the version 2.0 endpoint sign tokens of version 1.0 too: there the key's issuer is the
                // same tenant's of version 2.0.
                let signs_as_v1 = version == Version::V1 && v2.is_some_and(|v2| own.expands_alike(v2, tid));
                if !signs_this_issuer && !signs_as_v1 {
                    return Err(PolicyError::SigningKeyIssuer);
                }
            }
        }
        // Keys of the version 1.0 endpoint never have one.
        None if silence == Silence::Refused && version == Version::V2 => return Err(PolicyError::SigningKeyIssuer),
        None => {}
    }
    match (key.cloud_instance_name(), cloud.instance_name()) {
        (Some(own), Some(expected)) if own != expected => Err(PolicyError::SigningKeyCloud),
        _ => Ok(()),
    }
}
