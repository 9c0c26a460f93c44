// SPDX-License-Identifier: MIT OR Apache-2.0

//! What header members and claims mean, in a few words, and which of them may be shown to others.
//!
//! SOURCE: RFC 7515 section 4, RFC 7519 section 4.1; Microsoft Entra documentation, "Access token claims reference", "ID
//! token claims reference", "Optional claims reference"; AD FS: open specification MS-OIDCE.

/// How a value is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Says nothing about a person: shown in a copy for others.
    Public,
    /// A NumericDate; shown as a date, also in a copy for others.
    Date,
    /// Tells who somebody is, or leads to it: masked in a copy for others, and pointed out.
    Personal,
    /// Masked in a copy for others, as everything that is not listed here.
    Masked,
}

use Kind::{Date, Masked, Personal, Public};

/// Names, meanings and kinds of claims.
const CLAIMS: &[(&str, &str, Kind)] = &[
    ("iss", "who issued the token", Public),
    (
        "sub",
        "whom it is about; in Entra ID another one for each client",
        Personal,
    ),
    ("aud", "which service it is for", Public),
    ("exp", "when it expires", Date),
    ("nbf", "from when it is valid", Date),
    ("iat", "when it was issued", Date),
    ("jti", "identifier of this token", Masked),
    // Microsoft Entra ID
    ("tid", "tenant (directory) of the account", Public),
    (
        "oid",
        "account in that tenant; with tid the key to store users by",
        Personal,
    ),
    ("ver", "version of the token, the choice of the resource", Public),
    (
        "scp",
        "scopes delegated to the client by a user; access tokens only",
        Public,
    ),
    ("roles", "application roles of the user or application", Public),
    ("wids", "directory roles of the user", Masked),
    ("groups", "groups of the user", Masked),
    ("hasgroups", "the user is in more groups than the token lists", Public),
    (
        "_claim_names",
        "claims left out for their size, such as groups: ask Microsoft Graph",
        Masked,
    ),
    (
        "_claim_sources",
        "where Microsoft keeps those claims; never fetch from here",
        Masked,
    ),
    ("idtyp", "'app': an application acts by itself", Public),
    ("azp", "client that got the token (v2.0)", Public),
    (
        "azpacr",
        "how that client proved itself: 0 not, 1 secret, 2 certificate",
        Public,
    ),
    ("appid", "client that got the token (v1.0, AD FS)", Public),
    (
        "appidacr",
        "how that client proved itself: 0 not, 1 secret, 2 certificate",
        Public,
    ),
    ("acr", "authentication context class (v1.0: 0 is weak)", Public),
    ("amr", "how the user signed in: pwd, mfa, … (v1.0)", Public),
    ("acrs", "authentication contexts (step-up) that are satisfied", Public),
    ("auth_time", "when the user signed in (AD FS writes text)", Date),
    (
        "xms_cc",
        "client capabilities; cp1: understands claims challenges (CAE)",
        Public,
    ),
    ("uti", "identifier of this token in Microsoft's logs", Masked),
    ("rh", "internal to Microsoft", Masked),
    ("aio", "internal to Microsoft", Masked),
    ("sid", "session", Masked),
    ("idp", "who authenticated the user, where that is another", Public),
    ("tenant_region_scope", "region of the tenant", Public),
    ("in_corp", "signed in from the corporate network", Public),
    ("login_hint", "name for signing in or out without asking", Personal),
    (
        "upn",
        "user principal name; can change hands, never authorize by it",
        Personal,
    ),
    (
        "unique_name",
        "name for showing; can change hands, never authorize by it",
        Personal,
    ),
    (
        "preferred_username",
        "name for showing; can change hands, never authorize by it",
        Personal,
    ),
    ("email", "e-mail address; not verified, never authorize by it", Personal),
    ("name", "name for showing", Personal),
    ("given_name", "first name", Personal),
    ("family_name", "last name", Personal),
    ("ipaddr", "address that the user signed in from", Personal),
    ("onprem_sid", "security identifier of the user on premises", Personal),
    ("puid", "account identifier, internal to Microsoft", Personal),
    ("altsecid", "account identifier at another provider", Personal),
    ("phone_number", "telephone number", Personal),
    ("ctry", "country of the user", Personal),
    ("deviceid", "device of the user", Personal),
    ("pwd_exp", "when the password expires (AD FS: seconds left)", Masked),
    ("pwd_url", "where to change the password", Masked),
    ("nonce", "value of the sign-in request; ID tokens only", Masked),
    ("at_hash", "binds an ID token to an access token", Masked),
    ("c_hash", "binds an ID token to an authorization code", Masked),
    ("client_id", "client that got the token", Public),
    ("scope", "scopes delegated to the client", Public),
    (
        "cnf",
        "key that the holder of the token must prove (proof of possession)",
        Masked,
    ),
    // AD FS
    ("apptype", "kind of client (AD FS)", Public),
    ("authmethod", "how the user signed in (AD FS)", Public),
    ("role", "role of the user (AD FS)", Public),
    ("group", "group of the user (AD FS)", Masked),
    (
        "http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork",
        "signed in from the corporate network",
        Public,
    ),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        "role of the user (AD FS)",
        Public,
    ),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid",
        "group of the user (AD FS)",
        Masked,
    ),
];

/// Names, meanings and kinds of header members.
const HEADER: &[(&str, &str, Kind)] = &[
    ("alg", "algorithm of the signature", Public),
    ("typ", "media type of the token", Public),
    ("cty", "media type of the payload", Public),
    ("kid", "which key of the issuer signed", Public),
    ("x5t", "certificate of that key, by its thumbprint", Public),
    (
        "nonce",
        "marks a Microsoft Graph token, which only Microsoft Graph can verify",
        Masked,
    ),
    (
        "crit",
        "extensions that must be understood; none is, so it is refused",
        Public,
    ),
    ("enc", "encryption: not a signed token", Public),
    ("jku", "address of keys; ignored, anybody can write one", Masked),
    ("jwk", "a key; ignored, anybody can write one", Masked),
    (
        "x5u",
        "address of a certificate; ignored, anybody can write one",
        Masked,
    ),
    ("x5c", "a certificate; ignored, anybody can write one", Masked),
];

pub(crate) fn claim(name: &str) -> Option<(&'static str, Kind)> {
    lookup(CLAIMS, name)
}

pub(crate) fn header_member(name: &str) -> Option<(&'static str, Kind)> {
    lookup(HEADER, name)
}

fn lookup(table: &[(&str, &'static str, Kind)], name: &str) -> Option<(&'static str, Kind)> {
    table
        .iter()
        .find_map(|(known, meaning, kind)| (*known == name).then_some((*meaning, *kind)))
}
