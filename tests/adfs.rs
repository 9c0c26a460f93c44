// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tokens of AD FS, each wrong in one way, against the policies of `rs256::adfs`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/entra_signer.rs"]
mod entra_signer;

use entra_signer::{NOW, jwk, key_set, sign, verdict, with};
use rs256::adfs::{self, AccessTokenPolicy, Audience, Farm, IdTokenPolicy};
use rs256::{KeySet, NumericDate, Verifier};
use serde_json::{Value, json};

const ISSUER: &str = "https://fs.contoso.example/adfs";
const ACCESS_ISSUER: &str = "http://fs.contoso.example/adfs/services/trust";
const CLIENT: &str = "8d8b9d30-2eb5-4e23-aa59-cc9b4cbc83f9";

const FARM: Farm<'static> = Farm::new(ISSUER, ACCESS_ISSUER);
static ACCESS: AccessTokenPolicy<'static> = adfs::access_token(FARM, Audience::relying_party("orders"));
static ID: IdTokenPolicy<'static> = adfs::id_token(FARM, CLIENT, "n-0S6");

/// Two keys as AD FS publishes them; key 5, under `fs`, signs.
fn keys() -> KeySet<8> {
    let alg = json!({ "alg": "RS256" });
    key_set(&[jwk(4, "fs-old", &alg), jwk(5, "fs", &alg)])
}

/// AD FS names its key by `x5t` alone.
fn header() -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "x5t": "fs" })
}

/// An access token in the shape of AD FS 2016: no `nbf`, `auth_time` as text.
fn access() -> Value {
    json!({
        "aud": "microsoft:identityserver:orders", "iss": ACCESS_ISSUER, "iat": NOW - 300, "exp": NOW + 3300,
        "apptype": "Confidential", "appid": CLIENT,
        "authmethod": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "auth_time": "2025-10-09T08:48:20.000Z", "ver": "1.0", "scp": "profile openid",
    })
}

/// An ID token.
fn id() -> Value {
    json!({
        "aud": CLIENT, "iss": ISSUER, "iat": NOW - 300, "exp": NOW + 3300, "auth_time": NOW - 300, "nonce": "n-0S6",
        "sub": "0FLcF8Yqa", "upn": "zoe@contoso.example", "unique_name": "CONTOSO\\zoe", "pwd_exp": "3456000",
        "pwd_url": "https://fs.contoso.example/adfs/portal/updatepassword/", "sid": "S-1-5-21-0",
    })
}

#[test]
fn access_token_wrong_in_one_way() {
    let keys = keys();
    let ask = |changes: Value| verdict(&keys, &ACCESS, &sign(5, &header(), &with(&access(), &changes)));
    for (changes, expected) in [
        (json!({}), "accepted"),
        (json!({ "nbf": NOW - 1 }), "accepted"),
        (json!({ "nbf": NOW + 61 }), "not_yet_valid"),
        (json!({ "exp": NOW - 60 }), "expired"),
        (json!({ "exp": null }), "exp_missing"),
        (json!({ "iss": null }), "iss_missing"),
        (
            json!({ "iss": "https://fs.contoso.example/adfs/services/trust" }),
            "issuer",
        ),
        (
            json!({ "iss": "http://fs.contoso.example/adfs/services/trust/" }),
            "issuer",
        ),
        (json!({ "iss": "http://fs.contoso.example/adfs/services" }), "issuer"),
        (
            json!({ "iss": "http://fs.fabrikam.example/adfs/services/trust" }),
            "issuer",
        ),
        (json!({ "iss": ISSUER }), "token_kind"),
        (json!({ "aud": null }), "aud_missing"),
        (json!({ "aud": "orders" }), "audience"),
        (json!({ "aud": "microsoft:identityserver:orders2" }), "audience"),
        (json!({ "aud": "microsoft:identityserver:" }), "audience"),
        (
            json!({ "aud": "microsoft:identityserver:microsoft:identityserver:orders" }),
            "audience",
        ),
        (json!({ "aud": "urn:microsoft:userinfo" }), "audience"),
        (json!({ "aud": ["x", "microsoft:identityserver:orders"] }), "accepted"),
    ] {
        assert_eq!(ask(changes.clone()), expected, "{changes}");
    }
    // the key is found by `x5t`, `kid` or both, and a wrong one is not tried
    for (header, expected) in [
        (json!({ "alg": "RS256", "kid": "fs" }), "accepted"),
        (json!({ "alg": "RS256", "kid": "fs", "x5t": "fs-old" }), "accepted"),
        (json!({ "alg": "RS256", "x5t": "fs-old" }), "invalid_signature"),
        (json!({ "alg": "RS256", "x5t": "Fs" }), "unknown_key"),
        (json!({ "alg": "RS256" }), "ambiguous_key"),
    ] {
        assert_eq!(
            verdict(&keys, &ACCESS, &sign(5, &header, &access())),
            expected,
            "{header}"
        );
    }
}

#[test]
fn id_token_wrong_in_one_way() {
    let keys = keys();
    let ask = |changes: Value| verdict(&keys, &ID, &sign(5, &header(), &with(&id(), &changes)));
    for (changes, expected) in [
        (json!({}), "accepted"),
        (json!({ "nonce": null }), "nonce_missing"),
        (json!({ "nonce": "n-0S7" }), "nonce"),
        (json!({ "nonce": 1 }), "nonce_wrong_type"),
        (json!({ "aud": "microsoft:identityserver:orders" }), "audience"),
        (json!({ "aud": null }), "aud_missing"),
        (json!({ "iss": ACCESS_ISSUER }), "token_kind"),
        (json!({ "iss": "https://fs.contoso.example/adfs/" }), "issuer"),
        (json!({ "iss": null }), "iss_missing"),
        (json!({ "exp": NOW - 61 }), "expired"),
    ] {
        assert_eq!(ask(changes.clone()), expected, "{changes}");
    }
    let token = sign(5, &header(), &with(&id(), &json!({ "nonce": null })));
    assert_eq!(verdict(&keys, &ID.waive_nonce(), &token), "accepted");
}

#[test]
fn each_kind_presented_as_the_other() {
    let keys = keys();
    let id_as_access = with(&id(), &json!({ "aud": "microsoft:identityserver:orders" }));
    assert_eq!(
        verdict(&keys, &ACCESS, &sign(5, &header(), &id_as_access)),
        "token_kind"
    );
    let access_as_id = with(&access(), &json!({ "aud": CLIENT, "nonce": "n-0S6" }));
    assert_eq!(verdict(&keys, &ID, &sign(5, &header(), &access_as_id)), "token_kind");
    // A farm whose issuers are one cannot tell the kinds apart, so it accepts neither.
    let blurred = Farm::new(ISSUER, ISSUER);
    let policy = adfs::access_token(blurred, Audience::relying_party("orders"));
    let token = sign(5, &header(), &with(&access(), &json!({ "iss": ISSUER })));
    assert_eq!(verdict(&keys, &policy, &token), "token_kind");
    assert_eq!(
        verdict(
            &keys,
            &adfs::id_token(blurred, CLIENT, "n-0S6"),
            &sign(5, &header(), &id())
        ),
        "token_kind"
    );
}

#[test]
fn identifiers_that_are_urls_are_audiences_as_they_are() {
    let keys = keys();
    let url = "https://orders.contoso.example/api";
    let prefixed = format!("microsoft:identityserver:{url}");
    let ask = |audience, aud: &str| {
        let policy = adfs::access_token(FARM, audience);
        verdict(
            &keys,
            &policy,
            &sign(5, &header(), &with(&access(), &json!({ "aud": aud }))),
        )
    };
    assert_eq!(ask(Audience::relying_party(url), url), "accepted");
    assert_eq!(ask(Audience::relying_party(url), &prefixed), "audience");
    assert_eq!(ask(Audience::relying_party(url), &format!("{url}/")), "audience");
    assert_eq!(ask(Audience::exact(&prefixed), &prefixed), "accepted");
    assert_eq!(ask(Audience::exact(url), &prefixed), "audience");
    assert_eq!(
        ask(
            Audience::relying_party("urn:orders"),
            "microsoft:identityserver:urn:orders"
        ),
        "accepted"
    );
    assert_eq!(ask(Audience::relying_party("://"), "://"), "accepted");
}

/// A JSON text can only hold a backslash or a quotation mark escaped; they are compared as what they stand for.
#[test]
fn identifiers_with_characters_that_json_escapes() {
    let keys = keys();
    fn ask(keys: &KeySet<8>, audience: Audience<'_>, aud: &str) -> &'static str {
        let token = sign(5, &header(), &with(&access(), &json!({ "aud": aud })));
        verdict(keys, &adfs::access_token(FARM, audience), &token)
    }
    for identifier in ["CONTOSO\\orders", "the \"orders\" API", "\\"] {
        let written = format!("microsoft:identityserver:{identifier}");
        let audience = Audience::relying_party(identifier);
        assert_eq!(ask(&keys, audience, &written), "accepted", "{written}");
        assert_eq!(ask(&keys, Audience::exact(&written), &written), "accepted", "{written}");
        assert_eq!(
            ask(&keys, Audience::exact(identifier), identifier),
            "accepted",
            "{written}"
        );
        for wrong in [
            identifier.to_owned(),
            format!("{written}x"),
            format!("{written}\\"),
            written.replace('\\', "\\\\").replace('"', "\\\""),
            written.replacen("server:", "server:\\", 1),
            written.replacen("microsoft", "Microsoft", 1),
        ] {
            assert_eq!(ask(&keys, audience, &wrong), "audience", "{wrong}");
        }
    }
    // a prefix that holds an escape of its own is still the prefix
    assert_eq!(
        ask(
            &keys,
            Audience::relying_party("orders"),
            "microsoft:identityserver:\\orders"
        ),
        "audience"
    );
}

#[test]
fn network_claim() {
    let http = adfs::INSIDE_CORPORATE_NETWORK;
    let https = http.replace("http:", "https:");
    for (changes, inside) in [
        (json!({}), false),
        (json!({ http: "true" }), true),
        (json!({ http: "True" }), true),
        (json!({ http: true }), true),
        (json!({ &https: "true" }), true),
        (json!({ http: "false" }), false),
        (json!({ http: "yes" }), false),
        (json!({ http: 1 }), false),
        (json!({ http: ["true"] }), false),
        (json!({ http: "true", &https: "false" }), false),
    ] {
        let token = sign(5, &header(), &with(&access(), &changes));
        let keys = keys();
        let mut buf = [0; 4096];
        let token = Verifier::new(&keys, &ACCESS)
            .verify(&token, NumericDate::from_secs(NOW), &mut buf)
            .unwrap();
        assert_eq!(adfs::is_inside_corporate_network(token.claims()), inside, "{changes}");
    }
}

#[test]
fn committed_token_is_accepted() {
    let mut keys = KeySet::<4>::new();
    keys.replace_from_jwk_set(&common::read("benches/data/adfs-2048.jwks.json"))
        .unwrap();
    let policy = adfs::access_token(
        FARM,
        Audience::exact("microsoft:identityserver:https://orders.contoso.example/api"),
    );
    assert_eq!(
        verdict(&keys, &policy, &common::text("benches/data/adfs-2048.jwt")),
        "accepted"
    );
}
