// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of all errors: what causes each of them, and what it says.

use super::*;

const TOKEN: Option<&str> = Some("Bearer error=\"invalid_token\"");

/// The error, its code, its text; its status, its challenge, whether a refresh could help.
pub(crate) type Row = (Error, &'static str, &'static str, u16, Option<&'static str>, bool);

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = early_rows();
    rows.extend(header_rows());
    rows.extend(claims_rows());
    rows.extend(policy_rows());
    rows.extend(provider_rows());
    rows
}

fn early_rows() -> Vec<Row> {
    let good = Signer::good().token(HEADER, claims(&[]));
    let needed = CompactJws::parse(good.as_bytes()).unwrap().buffer_len();
    let keys = keys();
    let too_small = Verifier::new(&keys, &POLICY).verify(&good, NumericDate::from_secs(NOW), &mut []);
    let too_small = too_small.map(|_| ()).unwrap_err();
    let text: &'static str = format!("expected a buffer of at least {needed} octets").leak();
    let ambiguous = key_set(&[Signer::good().jwk(""), Signer::other().jwk("")]);
    let no_kid = Signer::good().token(r#"{"alg":"RS256"}"#, claims(&[]));
    vec![
        (
            bearer(b"").unwrap_err().into(),
            "no_credentials",
            "expected a bearer token, found none",
            401,
            Some("Bearer"),
            false,
        ),
        (
            bearer(b"Bearer a b").unwrap_err().into(),
            "malformed_authorization",
            "expected one `Authorization` field with `Bearer` and one token",
            400,
            Some("Bearer error=\"invalid_request\""),
            false,
        ),
        (
            refused(vec![b'a'; 65_537]),
            "token_too_long",
            "expected a token of at most 65536 octets",
            401,
            TOKEN,
            false,
        ),
        (
            refused("a.b"),
            "segment_count",
            "expected exactly three segments",
            401,
            TOKEN,
            false,
        ),
        (
            refused(".a.b"),
            "empty_header",
            "expected a header, found an empty segment",
            401,
            TOKEN,
            false,
        ),
        (
            refused("a.b."),
            "empty_signature",
            "expected a signature, found an empty segment",
            401,
            TOKEN,
            false,
        ),
        (
            refused(format!("{}.a.b", "A".repeat(12_000))),
            "header_too_long",
            "expected a decoded header of at most 8192 octets",
            401,
            TOKEN,
            false,
        ),
        (
            refused(format!("{good}=")),
            "base64url",
            "expected unpadded canonical base64url",
            401,
            TOKEN,
            false,
        ),
        (too_small, "buffer_too_small", text, 431, None, false),
        (
            header(r#"{"alg":"RS256","kid":"x"}"#),
            "unknown_key",
            "expected a key of the key set, found an unknown key identifier",
            401,
            TOKEN,
            true,
        ),
        (
            refused_by(&POLICY, &ambiguous, no_kid),
            "ambiguous_key",
            "expected a key identifier, since the key set holds several keys",
            401,
            TOKEN,
            false,
        ),
        (
            refused_by(&POLICY, &KeySet::new(), good),
            "no_keys",
            "expected a key set with keys, found an empty one",
            503,
            None,
            true,
        ),
        (
            stale(Signer::good().token(HEADER, claims(&[]))),
            "keys_stale",
            "expected keys fetched lately, found stale ones",
            503,
            None,
            true,
        ),
        (
            refused(Signer::other().token(HEADER, claims(&[]))),
            "invalid_signature",
            "invalid signature",
            401,
            TOKEN,
            false,
        ),
    ]
}

fn header_rows() -> Vec<Row> {
    let not_utf8 = format!("{}.e30", encode(b"{\"alg\":\"\xff\"}"));
    [
        (
            refused(Signer::good().seal(&not_utf8)),
            "header_not_utf8",
            "JOSE header: expected UTF-8 without lone surrogates at octet 8",
        ),
        (
            header("{]"),
            "header_syntax",
            "JOSE header: expected JSON, found a syntax error at octet 1",
        ),
        (
            header("[]"),
            "header_not_an_object",
            "JOSE header: expected a JSON object at octet 0",
        ),
        (
            header("{}x"),
            "header_trailing_data",
            "JOSE header: expected nothing after the JSON object at octet 2",
        ),
        (
            header(&format!("{{\"a\":{}}}", nested(64))),
            "header_too_deep",
            "JOSE header: JSON nested too deeply at octet 68",
        ),
        (
            header(&format!("{{{}}}", members(33))),
            "header_too_many_members",
            "JOSE header: too many members in a JSON object at octet 215",
        ),
        (
            header(r#"{"a":1,"a":1}"#),
            "header_duplicate_name",
            "JOSE header: duplicate member name in a JSON object at octet 7",
        ),
        (
            header(r#"{"alg":"HS256"}"#),
            "algorithm",
            "expected the algorithm RS256",
        ),
        (
            header(r#"{"crit":[]}"#),
            "critical",
            "expected no critical header extension",
        ),
        (
            header(r#"{"b64":false}"#),
            "unencoded_payload",
            "expected a base64url payload, found `b64`",
        ),
        (
            header(r#"{"kid":1}"#),
            "header_wrong_type",
            "expected a string for `kid`, `x5t`, `typ` and `cty`",
        ),
        (
            header(r#"{"cty":"JWT"}"#),
            "nested_token",
            "expected claims, found a nested token",
        ),
    ]
    .map(|(error, code, text)| (error, code, text, 401, TOKEN, false))
    .to_vec()
}

fn claims_rows() -> Vec<Row> {
    let seconds =
        |name| -> &'static str { format!("expected a number of seconds from 0 to below 2^53 for `{name}`").leak() };
    [
        (
            refused(Signer::good().token(HEADER, b"{\"\xff")),
            "claims_not_utf8",
            "claims set: expected UTF-8 without lone surrogates at octet 2",
        ),
        (
            payload("{\"a\"}"),
            "claims_syntax",
            "claims set: expected JSON, found a syntax error at octet 4",
        ),
        (
            payload("1"),
            "claims_not_an_object",
            "claims set: expected a JSON object at octet 0",
        ),
        (
            payload("{} {}"),
            "claims_trailing_data",
            "claims set: expected nothing after the JSON object at octet 3",
        ),
        (
            payload(&format!("{{\"a\":{}}}", nested(64))),
            "claims_too_deep",
            "claims set: JSON nested too deeply at octet 68",
        ),
        (
            payload(&format!("{{{}}}", members(257))),
            "claims_too_many_members",
            "claims set: too many members in a JSON object at octet 1939",
        ),
        (
            payload(r#"{"a":1,"\u0061":1}"#),
            "claims_duplicate_name",
            "claims set: duplicate member name in a JSON object at octet 7",
        ),
        (claim("iss", "1"), "iss_wrong_type", "expected a string for `iss`"),
        (claim("sub", "null"), "sub_wrong_type", "expected a string for `sub`"),
        (
            claim("aud", "[1]"),
            "aud_wrong_type",
            "expected a string or an array of strings for `aud`",
        ),
        (claim("exp", "\"1\""), "exp_wrong_type", seconds("exp")),
        (claim("nbf", "-1"), "nbf_wrong_type", seconds("nbf")),
        (claim("iat", "1e99"), "iat_wrong_type", seconds("iat")),
        (claim("jti", "{}"), "jti_wrong_type", "expected a string for `jti`"),
    ]
    .map(|(error, code, text)| (error, code, text, 401, TOKEN, false))
    .to_vec()
}

fn policy_rows() -> Vec<Row> {
    let aged = POLICY.max_age(60);
    let mut rows = [
        (claim("iss", ""), "iss_missing", "expected the claim `iss`, found none"),
        (claim("aud", ""), "aud_missing", "expected the claim `aud`, found none"),
        (claim("exp", ""), "exp_missing", "expected the claim `exp`, found none"),
        (by(&aged, &[]), "iat_missing", "expected the claim `iat`, found none"),
        (
            own(PolicyError::MissingClaim(RegisteredClaim::Subject)),
            "sub_missing",
            "expected the claim `sub`, found none",
        ),
        (
            own(PolicyError::MissingClaim(RegisteredClaim::NotBefore)),
            "nbf_missing",
            "expected the claim `nbf`, found none",
        ),
        (
            own(PolicyError::MissingClaim(RegisteredClaim::JwtId)),
            "jti_missing",
            "expected the claim `jti`, found none",
        ),
        (
            by(&POLICY.require(&["exp", "sub"]), &[]),
            "required_claim_missing",
            "required claim number 1 is missing",
        ),
        (
            by(&POLICY.token_type("at+jwt"), &[]),
            "token_type",
            "expected another token type (`typ`)",
        ),
        (claim("iss", "\"x\""), "issuer", "expected another issuer (`iss`)"),
        (claim("aud", "\"x\""), "audience", "expected another audience (`aud`)"),
        (
            claim("exp", "1.5"),
            "expired",
            "expired: `exp` is 2, the time is 1760000000",
        ),
        (
            claim("nbf", "1770000000.5"),
            "not_yet_valid",
            "not yet valid: `nbf` is 1770000001, the time is 1760000000",
        ),
        (
            by(&aged, &[("iat", "1760000060.5")]),
            "issued_in_future",
            "issued in the future: `iat` is 1760000061, the time is 1760000000",
        ),
        (
            by(&aged, &[("iat", "1.5")]),
            "too_old",
            "issued too long ago: `iat` is 1, the time is 1760000000",
        ),
        (revoked(), "revoked", "revoked"),
        (
            own(PolicyError::Other("mine")),
            "mine",
            "refused by a check of the application: mine",
        ),
    ]
    .map(|(error, code, text)| (error, code, text, 401, TOKEN, false))
    .to_vec();
    rows.push((
        own(PolicyError::InsufficientScope),
        "insufficient_scope",
        "expected a scope or role that the token does not hold",
        403,
        Some("Bearer error=\"insufficient_scope\""),
        false,
    ));
    rows
}

/// What the policies of a provider and the rotation of keys refuse; `entra/main.rs`, `adfs.rs`, `roles.rs` and
/// `rotation.rs` cause these.
fn provider_rows() -> Vec<Row> {
    let mut rows = [
        (
            PolicyError::GraphToken,
            "graph_token",
            "expected a token for this application, found one for Microsoft Graph",
        ),
        (
            PolicyError::TenantAmbiguous,
            "tid_ambiguous",
            "expected one tenant, found a second spelling of `tid`",
        ),
        (PolicyError::TenantSyntax, "tid_not_a_guid", "expected a GUID for `tid`"),
        (PolicyError::Tenant, "tenant", "expected another tenant (`tid`)"),
        (
            PolicyError::TokenVersion,
            "token_version",
            "expected another version (`ver`) for this issuer and audience",
        ),
        (PolicyError::TokenKind, "token_kind", "expected another kind of token"),
        (
            PolicyError::SigningKeyIssuer,
            "signing_key_issuer",
            "expected a key that signs for this issuer",
        ),
        (
            PolicyError::SigningKeyCloud,
            "signing_key_cloud",
            "expected a key of this cloud, found one of another",
        ),
        (PolicyError::Nonce, "nonce", "expected another nonce"),
        (PolicyError::Client, "client", "expected another client application"),
    ]
    .map(|(error, code, text)| (own(error), code, text, 401, TOKEN, false))
    .to_vec();
    for (claim, name, missing, wrong_type) in [
        (ProviderClaim::TenantId, "`tid`", "tid_missing", "tid_wrong_type"),
        (ProviderClaim::ObjectId, "`oid`", "oid_missing", "oid_wrong_type"),
        (ProviderClaim::Version, "`ver`", "ver_missing", "ver_wrong_type"),
        (ProviderClaim::Scopes, "`scp`", "scp_missing", "scp_wrong_type"),
        (
            ProviderClaim::IdentityType,
            "`idtyp`",
            "idtyp_missing",
            "idtyp_wrong_type",
        ),
        (ProviderClaim::AuthorizedParty, "`azp`", "azp_missing", "azp_wrong_type"),
        (
            ProviderClaim::ApplicationId,
            "`appid`",
            "appid_missing",
            "appid_wrong_type",
        ),
        (ProviderClaim::Nonce, "`nonce`", "nonce_missing", "nonce_wrong_type"),
        (
            ProviderClaim::Groups,
            "`groups`, `hasgroups` or `_claim_names`",
            "groups_missing",
            "groups_wrong_type",
        ),
        (
            ProviderClaim::Other,
            "of the provider",
            "provider_claim_missing",
            "provider_claim_wrong_type",
        ),
    ] {
        let text: &'static str = format!("expected the claim {name}, found none").leak();
        rows.push((own(PolicyError::ClaimMissing(claim)), missing, text, 401, TOKEN, false));
        let text: &'static str = format!("expected another JSON type for the claim {name}").leak();
        rows.push((own(PolicyError::ClaimType(claim)), wrong_type, text, 401, TOKEN, false));
    }
    rows.push((
        own(PolicyError::GroupsOverage),
        "groups_overage",
        "expected a role that the token does not hold, and its groups are not listed",
        403,
        Some("Bearer error=\"insufficient_scope\""),
        false,
    ));
    rows
}
