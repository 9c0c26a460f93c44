// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a handler learns about the accepted token of its request: a few facts, and not the token.

use std::sync::Arc;

use rs256::roles::{Held, RoleMap};
use rs256::{AcceptedToken, Claims, JsonStr, JsonValue, NumericDate};

/// The request extension that [`JwtLayer`](crate::layers::JwtLayer) adds. Its presence says that the token was good in
/// every respect when the request came in.
#[derive(Clone, Debug)]
pub struct Accepted(Arc<Facts>);

#[derive(Debug)]
struct Facts {
    issuer: Option<String>,
    subject: Option<String>,
    scopes: String,
    expires: Option<NumericDate>,
    held: Held,
}

impl Accepted {
    pub fn new(token: &AcceptedToken<'_>, roles: &RoleMap<'_>) -> Self {
        let claims = token.claims();
        let string = |value: JsonStr<'_>| value.chars().collect();
        // `scp` is Entra's name for it, `scope` that of RFC 9068.
        let scopes = ["scp", "scope"].into_iter().find_map(|name| string_claim(claims, name));
        Self(Arc::new(Facts {
            issuer: claims.issuer().map(string),
            subject: claims.subject().map(string),
            scopes: scopes.map(string).unwrap_or_default(),
            expires: claims.expiration(),
            held: roles.evaluate(token),
        }))
    }

    /// What somebody else has verified, with the roles that `held` says.
    pub fn elsewhere(issuer: String, subject: String, scopes: String, expires: NumericDate, held: Held) -> Self {
        Self(Arc::new(Facts {
            issuer: Some(issuer),
            subject: Some(subject),
            scopes,
            expires: Some(expires),
            held,
        }))
    }

    /// `iss`
    pub fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// `sub`, unique for its issuer only.
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What the client may do for the user.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scopes.split(' ').filter(|scope| !scope.is_empty())
    }

    /// `exp`
    pub fn expires(&self) -> Option<NumericDate> {
        self.0.expires
    }

    /// The roles of the application that the token gives.
    pub fn held(&self) -> &Held {
        &self.0.held
    }
}

/// The claim `name`, if it is a string.
pub fn string_claim<'b>(claims: &Claims<'b>, name: &str) -> Option<JsonStr<'b>> {
    match claims.get(name)? {
        JsonValue::String(text) => Some(text),
        _ => None,
    }
}
