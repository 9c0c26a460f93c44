// SPDX-License-Identifier: MIT OR Apache-2.0

//! What clients are told: every kind of status and challenge, and that a withdrawn token is refused from then on.

use rs256_gateway::config::Revocation;
use rs256_gateway::synthetic::Token;

use crate::Figures;
use crate::client::Client;
use crate::load::{Expect, Probe};
use crate::probes::{self, YEAR_2000, YEAR_2100};
use crate::world::{Checks, TempFile, World};

const INVALID_REQUEST: Option<&str> = Some("Bearer error=\"invalid_request\"");
const INVALID_TOKEN: Option<&str> = Some("Bearer error=\"invalid_token\"");
const NO_SCOPE: Option<&str> = Some("Bearer error=\"insufficient_scope\", scope=\"orders.read\"");
const NO_ROLE: Option<&str> = Some("Bearer error=\"insufficient_scope\"");

pub async fn statuses_and_challenges() -> Figures {
    let world = World::new().await;
    let key = &probes::keys()[0];
    let claims = probes::claims(&world.issuer);
    let bearer = |token: &Token| format!("Authorization: Bearer {}\r\n", token.sign(key));
    let good = bearer(&claims);
    let plain = Token::new(world.issuer.url(), world.issuer.audience(), YEAR_2000).claim("exp", YEAR_2100);
    let flipped = format!("Authorization: Bearer {}\r\n", probes::flipped(&claims.sign(key)));
    let unknown = format!("Authorization: Bearer {}\r\n", claims.sign(&key.renamed("z")));

    let rows: [(&str, String, u16, Option<&str>, &str); 18] = [
        ("/me", String::new(), 401, Some("Bearer"), "no_credentials"),
        (
            "/me",
            "Authorization: Basic eA==\r\n".into(),
            401,
            Some("Bearer"),
            "no_credentials",
        ),
        (
            "/me",
            "Authorization: Bearer\r\n".into(),
            400,
            INVALID_REQUEST,
            "malformed_authorization",
        ),
        (
            "/me",
            "Authorization: Bearer a.b.c d\r\n".into(),
            400,
            INVALID_REQUEST,
            "malformed_authorization",
        ),
        (
            "/me",
            format!("{good}{good}"),
            400,
            INVALID_REQUEST,
            "malformed_authorization",
        ),
        (
            "/me",
            "Authorization: Bearer a.b.c\r\n".into(),
            401,
            INVALID_TOKEN,
            "base64url",
        ),
        (
            "/me",
            "Authorization: Bearer abcd\r\n".into(),
            401,
            INVALID_TOKEN,
            "segment_count",
        ),
        ("/me", flipped, 401, INVALID_TOKEN, "invalid_signature"),
        ("/me", unknown, 401, INVALID_TOKEN, "unknown_key"),
        (
            "/me",
            bearer(&claims.clone().claim("exp", YEAR_2000)),
            401,
            INVALID_TOKEN,
            "expired",
        ),
        (
            "/me",
            bearer(&claims.clone().claim("nbf", YEAR_2100)),
            401,
            INVALID_TOKEN,
            "not_yet_valid",
        ),
        (
            "/me",
            bearer(&claims.clone().claim("aud", "x")),
            401,
            INVALID_TOKEN,
            "audience",
        ),
        (
            "/me",
            bearer(&claims.clone().claim("iss", "x")),
            401,
            INVALID_TOKEN,
            "issuer",
        ),
        ("/orders", bearer(&plain), 403, NO_SCOPE, "insufficient_scope"),
        (
            "/orders",
            bearer(&plain.claim("scp", "orders.read.all orders.read")),
            403,
            NO_ROLE,
            "insufficient_scope",
        ),
        ("/orders", good.clone(), 200, None, "tea"),
        ("/me", good, 200, None, "\"subject\":\"synthetic-subject\""),
        ("/nowhere", String::new(), 404, None, ""),
    ];
    let mut checks = Checks::default();
    let mut client = Client::connect(world.gateway.api).await.unwrap();
    for (path, lines, status, challenge, body) in rows {
        let answer = client.get(path, &lines).await.unwrap();
        let what = format!("{path}: expected {status}, {challenge:?}, {body}, found {answer:?}");
        let is_right = answer.status == status && answer.field("www-authenticate") == challenge;
        checks.check(&what, is_right && answer.body.contains(body));
    }
    // Verdicts are counted by code.
    let counted = world.metric("gateway_verdicts_total{code=\"malformed_authorization\"}");
    checks.check("verdicts are counted", counted == 3);
    world.end().await;
    checks.0
}

pub async fn withdrawn_tokens() -> Figures {
    let file = TempFile::new("# nothing yet\n");
    let world = World::with(|config| {
        config.revocation = Some(Revocation {
            file: file.0.clone(),
            reload_secs: 1,
        });
    })
    .await;
    let (good, bad) = world.probes();
    let key = &probes::keys()[0];
    let sign = |name, id| vec![probes::claims(&world.issuer).claim(name, id).sign(key)];
    let by_jti = Probe::new(sign("jti", "first"), Expect::Accepted);
    let by_uti = Probe::new(sign("uti", "sec\u{1}ond"), Expect::Accepted);
    let load = world.load(&[good, bad, by_jti.clone(), by_uti.clone()]);
    // Long enough for all of them to be in the cache.
    load.more(200).await;

    by_jti.expect(Expect::Changing);
    by_uti.expect(Expect::Changing);
    file.write(b"first # left the company\nsec\x01ond\n");
    world.until("withdrawn", || world.metric("gateway_revoked ") == 2).await;
    by_jti.expect(Expect::Refused);
    by_uti.expect(Expect::Refused);
    load.more(200).await;

    // A list that is gone, or not to be read, brings nothing back.
    let failed = || world.metric("gateway_revocation_reads_total{code=\"failed\"}");
    std::fs::remove_file(&file.0).unwrap();
    world.until("missing", || failed() >= 1).await;
    load.more(100).await;
    let before = failed();
    file.write(b"\xff\xfe");
    world.until("not UTF-8", || failed() > before).await;
    load.more(100).await;

    by_uti.expect(Expect::Changing);
    file.write(b"first\n");
    world
        .until("given back", || world.metric("gateway_revoked ") == 1)
        .await;
    by_uti.expect(Expect::Accepted);
    load.more(100).await;
    let figures = load.stop(2).await;
    world.end().await;
    figures
}
