// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an issuer says about itself, and where: that of a plain one, of Microsoft Entra ID, of AD FS.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// The metadata document of an issuer. What its keys say beside their numbers is said with them.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Host, and port unless it is 443, of all its addresses.
    pub host: String,
    pub metadata_path: String,
    pub keys_path: String,
    pub metadata: Value,
}

impl Publication {
    /// The issuer is its own address.
    pub fn plain(address: SocketAddr) -> Self {
        let url = format!("https://{address}");
        Self::new(
            address.to_string(),
            "/.well-known/openid-configuration".into(),
            "/keys".into(),
            json!({ "issuer": url }),
        )
    }

    /// The document for one tenant of the global cloud, version 2.0.
    pub fn entra(tenant: &str) -> Self {
        let host = "login.microsoftonline.com";
        Self::new(
            host.into(),
            format!("/{tenant}/v2.0/.well-known/openid-configuration"),
            format!("/{tenant}/discovery/v2.0/keys"),
            json!({
                "issuer": format!("https://{host}/{tenant}/v2.0"),
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
                "subject_types_supported": ["pairwise"],
            }),
        )
    }

    /// The document of a farm, whose access tokens have an issuer of their own.
    pub fn adfs(host: &str) -> Self {
        Self::new(
            host.into(),
            "/adfs/.well-known/openid-configuration".into(),
            "/adfs/discovery/keys".into(),
            json!({
                "issuer": format!("https://{host}/adfs"),
                "access_token_issuer": format!("http://{host}/adfs/services/trust"),
                "capabilities": [],
            }),
        )
    }

    fn new(host: String, metadata_path: String, keys_path: String, mut metadata: Value) -> Self {
        metadata["jwks_uri"] = format!("https://{host}{keys_path}").into();
        metadata["id_token_signing_alg_values_supported"] = json!(["RS256"]);
        Self {
            host,
            metadata_path,
            keys_path,
            metadata,
        }
    }

    /// The issuer by its own document.
    pub fn issuer(&self) -> &str {
        self.metadata["issuer"].as_str().unwrap_or_default()
    }

    /// The name in its certificate.
    pub fn name(&self) -> &str {
        self.host.split(':').next().unwrap_or_default()
    }
}
