// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Entra policies and the role map against their rules, written over `serde_json` with issuers written out: tokens of
//! every odd combination of claims, keys and settings.

use arbitrary::{Result, Unstructured};
use rs256::entra::{
    self, AccessTokenPolicy, Audience, Cloud, EntraClaims, Groups, Guid, IdTokenPolicy, Tenant, Version, guid,
};
use rs256::roles::{Grant, RoleMap, RoleSet, Section};
use rs256::{AcceptedToken, Check, KeySet, NumericDate, Verifier};

use crate::claims;
use crate::model::{Node, Object};
use crate::recipe::rarely;
use crate::smooth::key;

const NOW: u64 = 1_760_000_000;

const T1: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14");
const T2: Guid = guid!("b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31");
const T3: Guid = guid!("00000000-0000-0000-0000-00000000000a");
const APP: Guid = guid!("e84f6b12-9d07-4c3a-b5e8-0f2a7c6d1b95");
const CLIENT: Guid = guid!("11111111-2222-3333-4444-555555555555");
const LIST: &[Guid] = &[T1, T2];
const ALONE: &[Guid] = &[T1];
const CLIENTS: &[Guid] = &[CLIENT];
const URIS: &[&str] = &["api://orders", "https://orders.example/"];
const UPPER: &str = "7F1D0C3E-52A4-4B86-9E0B-3A6D5C2F8E14";

/// A setting of a policy, as data.
struct Rules {
    cloud: Cloud<'static>,
    tenants: Option<&'static [Guid]>,
    versions: [bool; 2],
    may_be_silent: bool,
    kind: Kind,
}

enum Kind {
    Access {
        users: bool,
        apps: bool,
        clients: Option<&'static [Guid]>,
        idtyp_required: bool,
    },
    Id {
        nonce: Option<&'static str>,
    },
}

/// The text with the first two placeholders, in whatever case, replaced.
fn expand(template: &str, tenant: &str) -> String {
    const PLACEHOLDER: &str = "{tenantid}";
    let (mut out, mut rest) = (String::new(), template);
    for _ in 0..2 {
        let Some(at) = rest.to_ascii_lowercase().find(PLACEHOLDER) else {
            break;
        };
        out += &rest[..at];
        out += tenant;
        rest = &rest[at + PLACEHOLDER.len()..];
    }
    out + rest
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, octet)| match at {
            8 | 13 | 18 | 23 => octet == b'-',
            _ => octet.is_ascii_hexdigit(),
        })
}

/// Whether JSON has no way to write the text without a backslash.
fn needs_escape(text: &str) -> bool {
    text.contains(|c| matches!(c, '"' | '\\' | '\0'..='\x1f'))
}

/// What the key set says about the key.
#[derive(Debug)]
struct Published {
    issuer: Option<String>,
    cloud: Option<&'static str>,
}

impl Rules {
    fn accepts(&self, has_header_nonce: bool, claims: &Object, published: &Published) -> Option<()> {
        let demand = |holds: bool| holds.then_some(());
        let text = |name: &str| claims.string(name);
        demand(!has_header_nonce)?;
        // RULE tenant: one claim of that name in whatever case, a GUID in lower case, as Entra writes it
        demand(
            claims
                .0
                .iter()
                .all(|(name, _)| name == "tid" || !name.eq_ignore_ascii_case("tid")),
        )?;
        let tid = text("tid")??;
        demand(is_guid(tid) && !tid.contains(|c: char| c.is_ascii_uppercase()))?;
        let version = ["1.0", "2.0"]
            .iter()
            .position(|known| text("ver").flatten() == Some(known))?;
        let client = text(["appid", "azp"][version])?;
        let (scp, idtyp, nonce) = (text("scp")?, text("idtyp")?, text("nonce")?);
        // RULE issuer: that of the cloud and of this tenant, whole
        let templates = [Version::V1, Version::V2].map(|version| self.cloud.issuer_template(version));
        let iss = text("iss")??;
        demand(templates[version].is_some_and(|template| expand(template, tid) == iss))?;
        let tenant = tid.to_ascii_lowercase();
        demand(
            self.tenants
                .is_none_or(|tenants| tenants.iter().any(|own| own.as_str() == tenant)),
        )?;
        // RULE key: it signs for this issuer, or, in version 1.0, for the same tenant's of version 2.0
        match &published.issuer {
            Some(own) => {
                let own = expand(own, tid);
                let is_v2_of_tenant = version == 0 && templates[1].is_some_and(|template| own == expand(template, tid));
                demand(own == iss || is_v2_of_tenant)?;
            }
            None => demand(self.may_be_silent || version == 0)?,
        }
        if let (Some(own), Some(expected)) = (published.cloud, self.cloud.instance_name()) {
            demand(own == expected)?;
        }
        demand(self.versions[version])?;
        let audience = claims.get("aud")?.strings()?;
        match &self.kind {
            Kind::Access {
                users,
                apps,
                clients,
                idtyp_required,
            } => {
                let has_hash = claims.get("at_hash").is_some() || claims.get("c_hash").is_some();
                let is_app = match (scp, idtyp) {
                    // RULE scope: a scp without a scope delegates nothing
                    (Some(scp), None | Some("user")) => {
                        demand(!needs_escape(scp) && scp.split(' ').any(|word| !word.is_empty()))?;
                        false
                    }
                    (None, Some("app")) => true,
                    (None, None) => {
                        demand(!idtyp_required && client.is_some() && nonce.is_none() && !has_hash)?;
                        true
                    }
                    _ => return None,
                };
                demand(if is_app { *apps } else { *users })?;
                let slashless = |uri: &str| uri.strip_suffix('/').unwrap_or(uri).to_owned();
                demand(audience.iter().any(|found| {
                    *found == APP.as_str() || version == 0 && URIS.iter().any(|uri| slashless(uri) == slashless(found))
                }))?;
                if let (true, Some(clients)) = (is_app, clients) {
                    demand(client.is_some_and(|client| clients.iter().any(|own| own.as_str() == client)))?;
                }
            }
            Kind::Id { nonce: expected } => {
                demand(scp.is_none() && idtyp != Some("app"))?;
                demand(audience.contains(&APP.as_str()))?;
                if let Some(expected) = expected {
                    demand(!expected.is_empty() && nonce == Some(expected))?;
                }
            }
        }
        let (_, exp) = claims::date(claims.get("exp")?)?;
        demand(NOW < exp + 60)
    }
}

/// The setting and the token by the recipe in the data.
pub fn run(data: &[u8]) {
    let _ = cook(&mut Unstructured::new(data));
}

fn cook(u: &mut Unstructured<'_>) -> Result<()> {
    let cloud = *u.choose(&[Cloud::GLOBAL, Cloud::GLOBAL, Cloud::CHINA, Cloud::EXTERNAL_ID])?;
    let (tenant, tenants) = match u.int_in_range(0..=3)? {
        0 => (Tenant::single(T1), Some(ALONE)),
        1 => (Tenant::any_of(LIST), Some(LIST)),
        2 => (Tenant::any_of(ALONE), Some(ALONE)),
        _ => (Tenant::any(), None),
    };
    let tenant = tenant.in_cloud(cloud);
    let accepts_silent_keys = u.arbitrary()?;
    let mut rules = Rules {
        cloud,
        tenants,
        versions: [false, true],
        may_be_silent: accepts_silent_keys || tenants.is_some_and(|tenants| tenants.len() == 1),
        kind: Kind::Id { nonce: None },
    };
    let policy: Box<dyn Check + Sync> = if !rarely(u, 3)? {
        let (audience, versions) = *u.choose(&[
            (Audience::v2(APP), [false, true]),
            (Audience::v1(APP, URIS), [true, false]),
            (Audience::v1_or_v2(APP, URIS), [true, true]),
        ])?;
        rules.versions = versions;
        let mut policy: AccessTokenPolicy<'static> = entra::access_token(tenant, audience);
        let (mut users, mut apps, mut clients, mut idtyp_required) = (true, true, None, true);
        match u.int_in_range(0..=5)? {
            0 => (policy, apps) = (policy.users_only(), false),
            1 => (policy, users) = (policy.apps_only(), false),
            2 => (policy, clients) = (policy.apps(CLIENTS), Some(CLIENTS)),
            _ => {}
        }
        if rarely(u, 3)? {
            (policy, idtyp_required) = (policy.waive_idtyp(), false);
        }
        if accepts_silent_keys {
            policy = policy.accept_keys_without_issuer();
        }
        rules.kind = Kind::Access {
            users,
            apps,
            clients,
            idtyp_required,
        };
        Box::new(policy)
    } else {
        let nonce = *u.choose(&["n1", "n1", ""])?;
        let mut policy: IdTokenPolicy<'static> = entra::id_token(tenant, APP, nonce);
        let mut expected = Some(nonce);
        if rarely(u, 4)? {
            (policy, rules.versions) = (policy.v1(), [true, false]);
        }
        if rarely(u, 4)? {
            (policy, expected) = (policy.waive_nonce(), None);
        }
        if accepts_silent_keys {
            policy = policy.accept_keys_without_issuer();
        }
        rules.kind = Kind::Id { nonce: expected };
        Box::new(policy)
    };

    let published = published(u, &cloud)?;
    let mut members = r#""kid":"k""#.to_owned();
    for (name, value) in [
        ("issuer", published.issuer.as_deref()),
        ("cloud_instance_name", published.cloud),
    ] {
        if let Some(value) = value {
            members += &format!(r#","{name}":"{value}""#);
        }
    }
    let mut keys = KeySet::<1>::new();
    let set = format!(r#"{{"keys":[{}]}}"#, key(0).jwk(&members));
    keys.replace_from_jwk_set(set.as_bytes()).expect("a good set");

    let has_header_nonce = rarely(u, 16)?;
    let header = if has_header_nonce {
        r#"{"alg":"RS256","kid":"k","nonce":"x"}"#
    } else {
        r#"{"alg":"RS256","kid":"k"}"#
    };
    let payload = payload(u, &cloud)?;
    let expected = claims::read(payload.as_bytes())
        .is_some_and(|claims| rules.accepts(has_header_nonce, &claims, &published).is_some());

    let token = key(0).token(header.as_bytes(), payload.as_bytes());
    let mut buf = [0; 8192];
    let verdict = Verifier::new(&keys, &*policy).verify(&token, NumericDate::from_secs(NOW), &mut buf);
    crate::verdicts::note(expected);
    assert_eq!(verdict.is_ok(), expected, "{verdict:?} {published:?} {payload}");
    if let Ok(token) = verdict {
        let claims = Object::read(payload.as_bytes(), 256).expect("it was accepted");
        roles_agree(&token, &claims, tenant, tenants, &cloud);
        entra_claims_agree(&token, &claims);
    }
    Ok(())
}

fn published(u: &mut Unstructured<'_>, cloud: &Cloud<'_>) -> Result<Published> {
    let v2 = cloud.issuer_template(Version::V2).expect("every cloud has one");
    let issuer = match u.int_in_range(0..=15)? {
        0 => None,
        1 => Some(expand(v2, T1.as_str())),
        2 => Some(expand(v2, T2.as_str())),
        3 => cloud.issuer_template(Version::V1).map(str::to_owned),
        4 => Some(v2.replace("{tenantid}", "{TenantId}")),
        5 => Some(format!("{v2}/")),
        6 => Some("{tenantid}{tenantid}{tenantid}".to_owned()),
        _ => Some(v2.to_owned()),
    };
    let cloud = match u.int_in_range(0..=5)? {
        0 => None,
        1 => Some("microsoftonline.us"),
        2 => Some("microsoftonline.com"),
        _ if *cloud == Cloud::CHINA => Some("partner.microsoftonline.cn"),
        _ => Some("microsoftonline.com"),
    };
    Ok(Published { issuer, cloud })
}

fn payload(u: &mut Unstructured<'_>, cloud: &Cloud<'_>) -> Result<String> {
    let quoted = |text: &str| format!("\"{text}\"");
    let version = u.int_in_range(0..=1)?;
    let template = cloud
        .issuer_template([Version::V1, Version::V2][version])
        .unwrap_or("https://sts.windows.net/{tenantid}/");
    let tid = *u.choose(&[T1.as_str(), T1.as_str(), T1.as_str(), T2.as_str(), T3.as_str(), UPPER])?;
    let mut members = vec![
        ("tid", quoted(tid)),
        ("iss", quoted(&expand(template, tid))),
        ("ver", quoted(["1.0", "2.0"][version])),
        ("aud", quoted(APP.as_str())),
        ("exp", (NOW + 100).to_string()),
    ];
    match u.int_in_range(0..=3)? {
        0 => members.push(("idtyp", quoted("app"))),
        1 => members.push(("nonce", quoted("n1"))),
        _ => members.push(("scp", quoted("Orders.Read  Orders.Write"))),
    }
    members.push((["appid", "azp"][version], quoted(CLIENT.as_str())));
    let lists = [
        "[]",
        "\"Admin\"",
        "[\"Admin\",\"Reader\"]",
        "[\"Admin\",7]",
        "7",
        "{}",
        "[\"DOMAIN\\\\group\"]",
        "[\"62e90394-69f5-4237-9190-012177145e10\"]",
        "[\"b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31\",\"62e90394-69f5-4237-9190-012177145e10\"]",
        "[\"b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31\", \"62e90394-69f5-4237-9190-012177145e10\",\"x\"]",
        "[\"62e90394-69f5-4237-9190-01217714\\\"e10\",\"62e90394-69f5-4237-9190-012177145e10\"]",
    ];
    let changes = if rarely(u, 3)? {
        u.int_in_range(0..=7)?
    } else {
        u.int_in_range(0..=2)?
    };
    for _ in 0..changes {
        let name = *u.choose(&[
            "tid",
            "iss",
            "ver",
            "aud",
            "exp",
            "scp",
            "idtyp",
            "azp",
            "appid",
            "nonce",
            "at_hash",
            "c_hash",
            "TID",
            "Tid",
            "roles",
            "roles",
            "groups",
            "groups",
            "wids",
            "wids",
            "hasgroups",
            "_claim_names",
            "oid",
            "idp",
            "in_corp",
        ])?;
        let any = *u.choose(&["null", "7", "true", "\"\"", "[]", "{}", "\"x\"", "\"true\""])?;
        let own = match name {
            "tid" => quoted(*u.choose(&[T1.as_str(), T2.as_str(), UPPER, "common"])?),
            "iss" => {
                let text = *u.choose(&[
                    "https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0",
                    "https://login.microsoftonline.com/{tenantid}/v2.0",
                    "https://sts.windows.net/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14",
                    "https://sts.windows.net/b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31/",
                ])?;
                quoted(text)
            }
            "ver" => quoted(*u.choose(&["1.0", "2.0", "3.0"])?),
            "aud" => (*u.choose(&[
                "\"api://orders\"",
                "\"api://orders/\"",
                "[\"x\",\"https://orders.example\"]",
                "\"api://orders//\"",
            ])?)
            .to_owned(),
            "exp" => (NOW - 61 + u.int_in_range(0..=3)?).to_string(),
            "idtyp" => quoted(*u.choose(&["app", "user", "App"])?),
            "azp" | "appid" => quoted(*u.choose(&[CLIENT.as_str(), T1.as_str()])?),
            "nonce" => quoted(*u.choose(&["n1", "n2", ""])?),
            "scp" => quoted(*u.choose(&["Orders.Read", "", " "])?),
            "roles" | "groups" | "wids" => (*u.choose(&lists)?).to_owned(),
            "_claim_names" => {
                (*u.choose(&[r#"{"groups":"src1"}"#, "{}", r#"{"a":1,"a":2}"#, r#"{"gr\u006fups":1}"#])?).to_owned()
            }
            "hasgroups" => (*u.choose(&["true", "false", "\"true\"", "\"yes\""])?).to_owned(),
            "oid" => quoted(*u.choose(&[T3.as_str(), "x"])?),
            _ => any.to_owned(),
        };
        let value = if rarely(u, 8)? { any.to_owned() } else { own };
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some(member) => member.1 = value,
            None => members.push((name, value)),
        }
    }
    if rarely(u, 6)? {
        members.remove(u.int_in_range(0..=members.len() - 1)?);
    }
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    Ok(format!("{{{}}}", members.join(",")))
}

const fn bit(bit: u32) -> RoleSet {
    RoleSet::from_bits(1 << bit)
}

const GLOBAL_ADMIN: Guid = guid!("62e90394-69f5-4237-9190-012177145e10");

/// Claim, value, the tenant that it is for, role.
const GRANTS: [(&str, &str, Option<Guid>, u32); 8] = [
    ("roles", "Admin", None, 0),
    ("roles", "Reader", None, 1),
    ("scp", "Orders.Write", None, 2),
    ("groups", T2.as_str(), Some(T1), 3),
    ("groups", "DOMAIN\\group", Some(T1), 4),
    ("wids", GLOBAL_ADMIN.as_str(), Some(T1), 5),
    ("wids", GLOBAL_ADMIN.as_str(), Some(T2), 6),
    // For any tenant: never matches in a section of Entra's.
    ("wids", GLOBAL_ADMIN.as_str(), None, 7),
];

/// Whoever has the first role has the second.
const IMPLIES: (u32, u32) = (1, 8);

fn roles_agree(
    token: &AcceptedToken<'_>,
    claims: &Object,
    tenant: Tenant<'_>,
    tenants: Option<&[Guid]>,
    cloud: &Cloud<'_>,
) {
    let grants = [
        Grant::app_role("Admin", bit(0)),
        Grant::app_role("Reader", bit(1)),
        Grant::scope("Orders.Write", bit(2)),
        Grant::group(T1, T2, bit(3)),
        Grant::group_name(T1, "DOMAIN\\group", bit(4)),
        Grant::directory_role(T1, GLOBAL_ADMIN, bit(5)),
        Grant::directory_role(T2, GLOBAL_ADMIN, bit(6)),
        Grant::claim("wids", GLOBAL_ADMIN.as_str(), bit(7)),
    ];
    let sections = [
        Section::entra(tenant, &grants),
        Section::issuer("https://elsewhere.example", &grants),
    ];
    let implied = [(bit(IMPLIES.0), bit(IMPLIES.1))];
    let held = RoleMap::new(&sections).implies(&implied).evaluate(token);

    // The token was accepted, so `tid` is a GUID and `iss` is the tenant's.
    let tid = claims.get("tid").and_then(Node::as_str).unwrap_or_default();
    let tenant = Guid::parse(tid).expect("an accepted token has one");
    assert!(tenants.is_none_or(|tenants| tenants.contains(&tenant)));
    assert!(cloud.instance_name().is_none_or(|name| !name.is_empty()));
    let (mut bits, mut unknown) = (0_u64, 0_u16);
    for claim in ["roles", "scp", "groups", "wids"] {
        let values: Vec<Option<&str>> = match claims.get(claim) {
            None => vec![],
            // A scope has no character that must be escaped, so this is one value that nobody knows.
            Some(Node::String(text)) if claim == "scp" && needs_escape(text) => vec![None],
            Some(Node::String(text)) if claim == "scp" => {
                text.split(' ').filter(|word| !word.is_empty()).map(Some).collect()
            }
            Some(Node::String(text)) => vec![Some(text)],
            Some(Node::Array(elements)) => elements.iter().map(Node::as_str).collect(),
            Some(_) => vec![None],
        };
        for value in values {
            let matches: Vec<u32> = GRANTS
                .iter()
                .filter(|(own, text, of, _)| {
                    let is_for = of.map_or(*own != "groups" && *own != "wids", |of| of == tenant);
                    *own == claim && Some(*text) == value && is_for
                })
                .map(|(_, _, _, bit)| *bit)
                .collect();
            unknown += u16::from(matches.is_empty());
            matches.iter().for_each(|bit| bits |= 1 << bit);
        }
    }
    if bits & 1 << IMPLIES.0 != 0 {
        bits |= 1 << IMPLIES.1;
    }
    assert_eq!((held.roles().bits(), held.unknown_values()), (bits, unknown));
    let may_lack = match groups(claims) {
        Some(State::Overage) | None => true,
        Some(State::Complete | State::Absent | State::Odd) => false,
    };
    assert_eq!(held.is_groups_overage(), may_lack, "{}", token.claims().json());
    let needed = bit(5);
    assert_eq!(held.require(needed).is_granted(), bits & needed.bits() != 0);
}

#[derive(Debug, PartialEq)]
enum State {
    Complete,
    Overage,
    Absent,
    /// A list with something else in it than strings: readable as far as it goes.
    Odd,
}

/// What the token says about groups; `None` where that cannot be read.
fn groups(claims: &Object) -> Option<State> {
    let list = match claims.get("groups") {
        None => State::Absent,
        Some(value @ (Node::String(_) | Node::Array(_))) if value.strings().is_some() => State::Complete,
        Some(Node::Array(_)) => State::Odd,
        Some(_) => return None,
    };
    let says_so = match claims.get("hasgroups") {
        None | Some(Node::Bool(false)) => false,
        Some(Node::Bool(true)) => true,
        Some(Node::String(text)) if text == "true" => true,
        Some(_) => return None,
    };
    let elsewhere = match claims.get("_claim_names") {
        None => false,
        Some(Node::Object(names)) => Object::strict(names.clone(), 32)?.get("groups").is_some(),
        Some(_) => return None,
    };
    Some(if says_so || elsewhere { State::Overage } else { list })
}

fn entra_claims_agree(token: &AcceptedToken<'_>, claims: &Object) {
    let is_text = |name: &str| claims.string(name).is_some();
    let is_list = |name: &str| claims.get(name).is_none_or(|value| value.strings().is_some());
    let texts = ["tid", "oid", "ver", "scp", "idtyp", "azp", "appid", "idp", "upn"]
        .into_iter()
        .all(is_text);
    let lists = ["amr", "acrs", "roles", "wids"].into_iter().all(is_list);
    let is_odd = claims.get("groups").is_some_and(|value| value.strings().is_none());
    let state = groups(claims).filter(|_| !is_odd);
    let read = EntraClaims::read(token.claims());
    assert_eq!(read.is_ok(), texts && lists && state.is_some());
    if let Ok(read) = read {
        let found = match read.groups() {
            Groups::Complete(_) => State::Complete,
            Groups::Overage => State::Overage,
            Groups::Absent => State::Absent,
        };
        assert_eq!(Some(found), state);
        let oid = claims.get("oid").and_then(Node::as_str);
        assert_eq!(read.identity().is_ok(), oid.is_some_and(is_guid));
        let scp = claims.get("scp").and_then(Node::as_str).unwrap_or_default();
        for scope in ["Orders.Read", "Orders", "", " "] {
            let expected = !scope.is_empty() && scp.split(' ').any(|word| word == scope);
            assert_eq!(read.has_scope(scope), expected, "{scope:?}");
        }
    }
}
