// SPDX-License-Identifier: MIT OR Apache-2.0

//! The demonstration: an issuer with a new key, a gateway that trusts it, and what to try.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use rs256_gateway::config::{Authority, Cache, Config, Fetch, Grant, Limits, Rotation, Trust};
use rs256_gateway::gateway::Gateway;
use rs256_gateway::synthetic::{Issuer, SyntheticKey};

/// On port 8443, or on a free one.
pub async fn issuer() -> Result<Issuer, Box<dyn Error>> {
    let key = SyntheticKey::generate("key-1")?;
    match Issuer::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)), vec![key.clone()]).await {
        Ok(issuer) => Ok(issuer),
        Err(_) => Issuer::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), vec![key]).await,
    }
}

pub fn config(issuer: &Issuer) -> Config {
    let grant = |value: &str, role: &str| Grant {
        claim: "roles".into(),
        value: value.into(),
        role: role.into(),
    };
    Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, free_or(8080))),
        admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, free_or(9090))),
        authorities: vec![Authority {
            name: "synthetic".into(),
            metadata: issuer.metadata_url(),
            trust: Trust::Issuer {
                issuer: issuer.url().into(),
                audiences: vec![issuer.audience().into()],
            },
            grants: vec![grant("Orders.Read", "reader"), grant("Orders.Approve", "approver")],
        }],
        revocation: None,
        cache: Cache::default(),
        fetch: Fetch::default(),
        // Impatient, so that a rotation can be watched.
        rotation: Rotation {
            refresh_secs: 60,
            unknown_kid_secs: 10,
            max_stale_secs: 600,
        },
        limits: Limits::default(),
    }
}

/// The port, or any if somebody else has it.
fn free_or(port: u16) -> u16 {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_or(0, |_| port)
}

pub fn explain(issuer: &Issuer, gateway: &Gateway) {
    let (issuer, api, admin) = (issuer.url(), gateway.api, gateway.admin);
    println!(
        r#"
A gateway at http://{api} that trusts a synthetic issuer at {issuer}. Try:

  token() {{ curl -sk "{issuer}/token?$1"; }}
  ask() {{ curl -si "http://{api}/$1" -H "Authorization: Bearer $2" "${{@:3}}"; echo; }}

  ask me ""                                                            # 400: no token in the field
  ask me "$(token)"                                                    # 200: who it is
  ask orders "$(token)"                                                # 403: no scope
  ask orders "$(token 'scopes=orders.read&roles=Orders.Read')"         # 200
  ask orders/7/approval "$(token 'roles=Orders.Approve')" -d fine      # 200
  ask me "$(token | tr a b)"                                           # 401: not its text any more
  curl -sk -X POST {issuer}/rotate                           # a new key; its first token costs a fetch
  curl -sk -X POST {issuer}/behave/hanging                   # or error, garbage, empty, huge, redirect-loop, …, well
  curl -s http://{admin}/metrics | grep -v '^#'                   # also /healthz, /readyz

Stop it with Ctrl-C.
"#
    );
}
