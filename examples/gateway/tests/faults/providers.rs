// SPDX-License-Identifier: MIT OR Apache-2.0

//! Microsoft Entra ID and AD FS, with the hosts, documents, keys and tokens that they have, and a gateway that trusts both
//! by a configuration file. Each token but the good ones is wrong in one way.

use std::net::SocketAddr;
use std::sync::Arc;

use rs256_gateway::config::Config;
use rs256_gateway::gateway::Gateway;
use rs256_gateway::synthetic::{Behaviour, Issuer, Publication, SyntheticKey, Token};
use serde_json::{Value, json};

use crate::Figures;
use crate::client::Client;
use crate::clock::SteppedClock;
use crate::probes::{self, YEAR_2000, YEAR_2100};
use crate::world::{ANY_PORT, Checks, TempFile, World};

const TENANT: &str = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";
const OTHER_TENANT: &str = "0b8f3a52-6c1d-4e97-8a20-5d4c7e9f1b36";
const CLIENT_ID: &str = "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31";
const ADMINS: &str = "98db240f-3b25-4a8f-a680-cb3046ec3045";
const ENTRA: &str = "login.microsoftonline.com";
const ADFS: &str = "adfs.contoso.example";

const INVALID_TOKEN: Option<&str> = Some("Bearer error=\"invalid_token\"");
const NO_SCOPE: Option<&str> = Some("Bearer error=\"insufficient_scope\", scope=\"orders.read\"");
const NO_ROLE: Option<&str> = Some("Bearer error=\"insufficient_scope\"");

/// A token, the status, the challenge, and a part of the body: the code of the error.
type Row = (&'static str, String, u16, Option<&'static str>, &'static str);

/// A token that is refused for this.
fn refused(code: &'static str, token: String) -> Row {
    ("/orders", token, 401, INVALID_TOKEN, code)
}

fn accepted(path: &'static str, token: String) -> Row {
    (path, token, 200, None, "")
}

/// A key as Entra publishes it: it says whose tokens it signs.
fn entra_key(index: usize, kid: &str) -> SyntheticKey {
    published(index, kid)
        .with("issuer", &format!("https://{ENTRA}/{{tenantid}}/v2.0"))
        .with("cloud_instance_name", "microsoftonline.com")
}

/// A key as AD FS publishes it: `kid` and `x5t` are the same, and it says its algorithm.
fn adfs_key(index: usize, kid: &str) -> SyntheticKey {
    published(index, kid).with("alg", "RS256")
}

fn published(index: usize, kid: &str) -> SyntheticKey {
    probes::keys()[index].renamed(kid).with("x5t", kid)
}

/// Both issuers and the gateway.
struct Both {
    entra: Issuer,
    adfs: Issuer,
    world: World,
}

async fn provider(keys: &[&SyntheticKey], publication: Publication) -> Issuer {
    let keys = keys.iter().copied().cloned().collect();
    Issuer::start_as(ANY_PORT, keys, |_| publication).await.unwrap()
}

impl Both {
    /// The gateway is configured by a file, as an operator would write it.
    async fn start(entra: Issuer, adfs: Issuer) -> Self {
        let roots = TempFile::new(&(entra.certificate_pem().to_owned() + adfs.certificate_pem()));
        let roots_path = roots.0.with_extension("pem");
        std::fs::rename(&roots.0, &roots_path).unwrap();
        let (entra_at, adfs_at): (SocketAddr, SocketAddr) = (entra.address(), adfs.address());
        let file = TempFile::new(&format!(
            r#"
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"

[[authorities]]
name = "entra"
metadata = "{}"
trust.entra = {{ tenant = "{TENANT}", client_id = "{CLIENT_ID}" }}
grants = [
    {{ claim = "roles", value = "Orders.Read", role = "reader" }},
    {{ claim = "groups", value = "{ADMINS}", role = "admin" }},
]

[[authorities]]
name = "adfs"
metadata = "{}"
trust.adfs = {{ issuer = "https://{ADFS}/adfs", access_token_issuer = "http://{ADFS}/adfs/services/trust", relying_party = "orders" }}
grants = [{{ claim = "role", value = "Orders Readers", role = "reader" }}]

[fetch]
timeout_secs = 2
trust_roots = ["{}"]
addresses = {{ "{ENTRA}" = "{entra_at}", "{ADFS}" = "{adfs_at}" }}
"#,
            entra.metadata_url(),
            adfs.metadata_url(),
            roots_path.display(),
        ));
        let config = Config::load(&file.0).unwrap();
        let clock = Arc::new(SteppedClock::default());
        let gateway = Gateway::start(&config, &[], clock.clone()).await.unwrap();
        std::fs::remove_file(roots_path).unwrap();
        // The world's issuer is the first one; the second one is only published.
        let world = World {
            issuer: provider(&[], Publication::adfs("unused.example")).await,
            gateway,
            clock,
        };
        Self { entra, adfs, world }
    }

    fn fetches(&self, authority: &str, code: &str) -> u64 {
        let name = format!("gateway_fetches_total{{authority=\"{authority}\",code=\"{code}\"}}");
        self.world.metric(&name)
    }

    async fn until_both_have_keys(&self) {
        let have = |name| self.fetches(name, "ok") > 0;
        self.world.until("keys of both", || have("entra") && have("adfs")).await;
    }

    /// Asks with each token, and compares status, challenge and code.
    async fn ask(&self, rows: Vec<Row>) -> Checks {
        let mut checks = Checks::default();
        let mut client = Client::connect(self.world.gateway.api).await.unwrap();
        for (number, (path, token, status, challenge, body)) in rows.into_iter().enumerate() {
            let method = if path.ends_with("approval") { "POST" } else { "GET" };
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            // Twice: the second time from the cache, where the first one was accepted.
            for _ in 0..2 {
                let answer = client.send(request.as_bytes()).await.unwrap();
                let is_code = status == 200 || answer.body == format!("{{\"error\":\"{body}\"}}\n");
                let is_right = answer.status == status && answer.field("www-authenticate") == challenge && is_code;
                checks.check(
                    &format!("row {number}, {path}: expected {status}, {challenge:?}, {body}, found {answer:?}"),
                    is_right,
                );
                checks.0.faults += u64::from(status != 200);
            }
        }
        checks
    }

    async fn end(self) {
        self.entra.go_down().await;
        self.adfs.go_down().await;
        self.world.end().await;
    }
}

/// Claims of an access token of version 2.0 for a user, good in every respect.
fn entra_claims() -> Token {
    Token::new(&format!("https://{ENTRA}/{TENANT}/v2.0"), CLIENT_ID, YEAR_2000)
        .claim("exp", YEAR_2100)
        .claim("ver", "2.0")
        .claim("tid", TENANT)
        .claim("oid", "4c1f7a3d-9b28-4e56-a0d7-2f8e6b5c3a19")
        .claim("azp", "1a7c5e92-3d4b-4f86-b09e-8c2d6a4f7e15")
        .claim("scp", "orders.write orders.read")
        .claim("roles", ["Orders.Read"].as_slice())
}

/// Claims of an access token of AD FS: no `nbf`, no `sub`, and `auth_time` as text.
fn adfs_claims() -> Token {
    Token::new(
        &format!("http://{ADFS}/adfs/services/trust"),
        "microsoft:identityserver:orders",
        YEAR_2000,
    )
    .without("nbf")
    .without("sub")
    .claim("exp", YEAR_2100)
    .claim("ver", "1.0")
    .claim("appid", "synthetic-client")
    .claim("apptype", "Confidential")
    .claim("auth_time", "2026-11-22T08:27:46.918Z")
    .claim("scp", "orders.read openid")
    .claim("role", "Orders Readers")
}

async fn both() -> Both {
    let template = |host: &str| format!("https://{host}/{{tenantid}}/v2.0");
    let entra = [
        entra_key(0, "entra-1"),
        // What a set may hold beside it.
        entra_key(1, "another-cloud").with("issuer", &template("login.microsoftonline.us")),
        entra_key(1, "another-instance").with("cloud_instance_name", "microsoftonline.us"),
        entra_key(1, "another-tenant").with("issuer", &format!("https://{ENTRA}/{OTHER_TENANT}/v2.0")),
        published(1, "no-issuer"),
        entra_key(1, "this-tenant").with("issuer", &format!("https://{ENTRA}/{TENANT}/v2.0")),
    ];
    let entra = provider(&entra.iter().collect::<Vec<_>>(), Publication::entra(TENANT)).await;
    let adfs = provider(
        &[&adfs_key(2, "adfs-1"), &adfs_key(3, "adfs-2")],
        Publication::adfs(ADFS),
    )
    .await;
    let both = Both::start(entra, adfs).await;
    both.until_both_have_keys().await;
    both
}

pub async fn entra_tokens() -> Figures {
    let both = both().await;
    let key = entra_key(0, "entra-1");
    let good = entra_claims();
    let with = |name: &str, value: Value| good.clone().claim(name, value).sign(&key);
    let signed_by = |kid: &str| good.sign(&entra_key(1, kid));
    let issuer = |host: &str, tenant: &str| format!("https://{host}/{tenant}/v2.0");
    let another_tenant = good
        .clone()
        .claim("tid", OTHER_TENANT)
        .claim("iss", issuer(ENTRA, OTHER_TENANT));
    let v1 = good
        .clone()
        .claim("iss", format!("https://sts.windows.net/{TENANT}/"))
        .claim("ver", "1.0");
    let id_token = good.clone().without("scp").claim("nonce", "from-the-sign-in");
    let app = good.clone().without("scp").claim("idtyp", "app");
    let overage = good
        .clone()
        .without("roles")
        .claim("_claim_names", json!({ "groups": "src1" }))
        .claim(
            "_claim_sources",
            json!({ "src1": { "endpoint": "https://graph.example/" } }),
        );
    let checks = both
        .ask(vec![
            accepted("/orders", good.sign(&key)),
            accepted("/orders", signed_by("this-tenant")),
            // With a single tenant a key may be silent: custom signing keys are.
            accepted("/orders", signed_by("no-issuer")),
            accepted("/me", app.sign(&key)),
            accepted("/orders/7/approval", with("groups", json!([ADMINS]))),
            (
                "/orders/7/approval",
                good.sign(&key),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            ("/orders", app.sign(&key), 403, NO_SCOPE, "insufficient_scope"),
            (
                "/orders",
                with("scp", json!("orders.write")),
                403,
                NO_SCOPE,
                "insufficient_scope",
            ),
            (
                "/orders",
                with("roles", json!(["Orders.Audit"])),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            (
                "/orders",
                good.clone().without("roles").sign(&key),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            ("/orders/7/approval", overage.sign(&key), 403, NO_ROLE, "groups_overage"),
            refused("tenant", another_tenant.sign(&key)),
            refused("issuer", with("tid", json!(OTHER_TENANT))),
            refused("issuer", with("iss", json!(issuer(ENTRA, OTHER_TENANT)))),
            refused("issuer", with("iss", json!(issuer("login.microsoftonline.us", TENANT)))),
            refused("issuer", with("iss", json!(issuer(ENTRA, "{tenantid}")))),
            refused("tid_missing", good.clone().without("tid").sign(&key)),
            refused("tid_not_a_guid", with("tid", json!("contoso.example"))),
            refused("tid_ambiguous", with("TID", json!(OTHER_TENANT))),
            refused("token_version", with("ver", json!("1.0"))),
            refused("token_version", v1.sign(&key)),
            refused("token_kind", id_token.sign(&key)),
            refused("token_kind", with("scp", json!(""))),
            refused("token_kind", with("idtyp", json!("app"))),
            refused("graph_token", good.clone().header("nonce", "transformed").sign(&key)),
            refused("signing_key_issuer", signed_by("another-cloud")),
            refused("signing_key_cloud", signed_by("another-instance")),
            refused("signing_key_issuer", signed_by("another-tenant")),
            refused("audience", with("aud", json!(format!("api://{CLIENT_ID}")))),
            refused("audience", with("aud", json!(OTHER_TENANT))),
            refused("expired", with("exp", json!(YEAR_2000 + 1))),
            refused("exp_missing", good.clone().without("exp").sign(&key)),
            refused("not_yet_valid", with("nbf", json!(YEAR_2100 - 1))),
            refused("invalid_signature", probes::flipped(&good.sign(&key))),
            refused("invalid_signature", good.sign(&entra_key(1, "entra-1"))),
            refused("unknown_key", good.sign(&entra_key(0, "entra-9"))),
            // Good claims of the one under a good key of the other.
            refused("issuer", good.sign(&adfs_key(2, "adfs-1"))),
        ])
        .await;
    both.end().await;
    checks.0
}

pub async fn adfs_tokens() -> Figures {
    let both = both().await;
    let key = adfs_key(2, "adfs-1");
    let good = adfs_claims();
    let with = |name: &str, value: Value| good.clone().claim(name, value).sign_by_thumbprint(&key);
    let checks = both
        .ask(vec![
            accepted("/orders", good.sign_by_thumbprint(&key)),
            accepted("/orders", good.sign(&key)),
            accepted("/orders", good.sign_by_thumbprint(&adfs_key(3, "adfs-2"))),
            accepted("/orders", with("role", json!(["Others", "Orders Readers"]))),
            (
                "/orders/7/approval",
                good.sign(&key),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            (
                "/orders",
                with("role", json!("Others")),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            (
                "/orders",
                with("role", json!("orders readers")),
                403,
                NO_ROLE,
                "insufficient_scope",
            ),
            (
                "/orders",
                with("scp", json!("openid")),
                403,
                NO_SCOPE,
                "insufficient_scope",
            ),
            // `iss` of its ID tokens
            refused("token_kind", with("iss", json!(format!("https://{ADFS}/adfs")))),
            refused(
                "issuer",
                with("iss", json!(format!("https://{ADFS}/adfs/services/trust"))),
            ),
            refused(
                "issuer",
                with("iss", json!("http://adfs.fabrikam.example/adfs/services/trust")),
            ),
            refused("audience", with("aud", json!("orders"))),
            refused("audience", with("aud", json!("microsoft:identityserver:invoices"))),
            refused("audience", with("aud", json!("urn:microsoft:userinfo"))),
            refused("expired", with("exp", json!(YEAR_2000 + 1))),
            refused("exp_missing", good.clone().without("exp").sign(&key)),
            refused("not_yet_valid", with("nbf", json!(YEAR_2100 - 1))),
            refused("unknown_key", good.sign_by_thumbprint(&adfs_key(2, "adfs-9"))),
            refused("invalid_signature", good.sign_by_thumbprint(&adfs_key(3, "adfs-1"))),
            refused("invalid_signature", probes::flipped(&good.sign_by_thumbprint(&key))),
            // Good claims of the one under a good key of the other.
            refused("tid_missing", good.sign(&entra_key(0, "entra-1"))),
        ])
        .await;
    both.end().await;
    checks.0
}

/// Documents that are somebody else's: no keys are taken from where they point.
pub async fn metadata_of_another() -> Figures {
    let mut checks = Checks::default();
    let (entra_key, adfs_key) = (entra_key(0, "entra-1"), adfs_key(2, "adfs-1"));
    let entra_good = Publication::entra(TENANT);
    let adfs_good = Publication::adfs(ADFS);
    let changed = |publication: &Publication, member: &str, value: &str| {
        let mut metadata = publication.metadata.clone();
        metadata[member] = value.into();
        metadata
    };
    let common = format!("https://{ENTRA}/{{tenantid}}/v2.0");
    let trust = format!("https://{ADFS}/adfs/services/trust");
    for (entra_says, entra_code, adfs_says, adfs_code) in [
        // for all tenants; with https where the farm has http
        (
            changed(&entra_good, "issuer", &common),
            "discovery_issuer",
            changed(&adfs_good, "access_token_issuer", &trust),
            "discovery_access_token_issuer",
        ),
        (
            Publication::entra(OTHER_TENANT).metadata,
            "discovery_issuer",
            Publication::adfs("adfs.fabrikam.example").metadata,
            "discovery_access_token_issuer",
        ),
        (
            changed(&entra_good, "cloud_instance_name", "microsoftonline.us"),
            "discovery_cloud",
            changed(&adfs_good, "issuer", "https://adfs.fabrikam.example/adfs"),
            "discovery_issuer",
        ),
        (
            changed(&entra_good, "jwks_uri", "https://keys.example/"),
            "discovery_jwks_uri",
            changed(&adfs_good, "jwks_uri", "https://keys.example/"),
            "discovery_jwks_uri",
        ),
    ] {
        let entra = provider(&[&entra_key], entra_good.clone()).await;
        let adfs = provider(&[&adfs_key], adfs_good.clone()).await;
        entra.behave_for_metadata(Behaviour::Text(entra_says.to_string()));
        adfs.behave_for_metadata(Behaviour::Text(adfs_says.to_string()));
        let both = Both::start(entra, adfs).await;
        both.world
            .until("both documents are refused", || {
                both.fetches("entra", entra_code) == 1 && both.fetches("adfs", adfs_code) == 1
            })
            .await;
        let asked = both.entra.keys_requests() + both.adfs.keys_requests();
        checks.check(&format!("keys were asked for {asked} times"), asked == 0);
        for token in [entra_claims().sign(&entra_key), adfs_claims().sign(&adfs_key)] {
            let mut client = Client::connect(both.world.gateway.api).await.unwrap();
            let answer = client.get_with_token("/me", &token).await.unwrap();
            checks.check(&format!("expected 503, found {answer:?}"), answer.status == 503);
        }
        checks.0.faults += 2;
        both.end().await;
    }
    checks.0
}
