// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whole tokens: header and claims by structure or as any octets, validly signed, then damaged or not. A token is
//! accepted exactly when nobody touched its text after it was signed and the rules, written once more, let it pass; and
//! every way of verifying says the same.

use arbitrary::{Result, Unstructured};
use rs256::cache::VerifiedCache;
use rs256::limits::{MAX_HEADER_LEN, MAX_TOKEN_LEN};
use rs256::{
    Authority, CompactJws, Error, Issuer, JwsError, KeySet, Leeway, NumericDate, Policy, PolicyError, Verifier, batch,
};
use rsa::BigUint;

use crate::claims::{self, date};
use crate::header::{Header, same_media_type};
use crate::model::{Node, Object};
use crate::recipe::rarely;
use crate::smooth::{encode, key, octets};

/// What the clock says, more or less.
const NOW: u64 = 1_760_000_000;

const ISSUERS: [&str; 3] = ["https://a.example", "https://b.example", "https://a.example/"];
const AUDIENCES: [&str; 2] = ["api://orders", "api://other"];
const REQUIRED: [&str; 2] = ["sub", "roles"];

/// A policy as data, to build the crate's from and to judge by.
#[derive(Clone, Debug)]
struct Rules {
    issuers: &'static [&'static str],
    audiences: Option<&'static [&'static str]>,
    required: &'static [&'static str],
    typ: Option<&'static str>,
    exp_required: bool,
    exp_leeway: u16,
    nbf_leeway: u16,
    max_age: Option<u32>,
}

impl Rules {
    fn any(u: &mut Unstructured<'_>) -> Result<Self> {
        let issuers = u.int_in_range(0..=2)?;
        Ok(Self {
            issuers: &ISSUERS[issuers..(issuers + u.int_in_range(1..=2)?).min(3)],
            audiences: if rarely(u, 8)? {
                None
            } else {
                Some(&AUDIENCES[..u.int_in_range(0..=2)?])
            },
            required: &REQUIRED[..*u.choose(&[0, 0, 0, 1, 2])?],
            typ: *u.choose(&[None, None, None, Some("at+jwt"), Some("JWT")])?,
            exp_required: !rarely(u, 8)?,
            exp_leeway: *u.choose(&[60, 0, 1, 600, 30])?,
            nbf_leeway: *u.choose(&[60, 0, 1, 600, 30])?,
            max_age: *u.choose(&[None, None, Some(0), Some(300), Some(u32::MAX)])?,
        })
    }

    fn policy(&self) -> Policy<'static> {
        let leeway = |secs| Leeway::from_secs(secs).expect("600 seconds or less");
        let mut policy = Policy::new(Issuer::any_of(self.issuers), self.audiences.unwrap_or_default())
            .expiration_leeway(leeway(self.exp_leeway))
            .not_before_leeway(leeway(self.nbf_leeway))
            .require(self.required);
        if self.audiences.is_none() {
            policy = policy.any_audience();
        }
        if let Some(typ) = self.typ {
            policy = policy.token_type(typ);
        }
        if !self.exp_required {
            policy = policy.waive_expiration();
        }
        if let Some(secs) = self.max_age {
            policy = policy.max_age(secs);
        }
        policy
    }

    fn accepts_header(&self, header: &Header) -> bool {
        let has_typ = |wanted| header.typ.as_ref().is_some_and(|typ| same_media_type(typ, wanted));
        self.typ.is_none_or(has_typ)
    }

    /// With 128 bits, where nothing wraps.
    fn accepts(&self, claims: &Object, now: u64) -> bool {
        let text = |name| claims.get(name).and_then(Node::as_str);
        let dates = |name| claims.get(name).and_then(date);
        let now = i128::from(now);
        let issuer = text("iss").is_some_and(|iss| self.issuers.contains(&iss));
        let audience = self.audiences.is_none_or(|wanted| {
            let found = claims.get("aud").and_then(Node::strings).unwrap_or_default();
            found.iter().any(|found| wanted.contains(found))
        });
        let expiration = match dates("exp") {
            Some((_, exp)) => now < i128::from(exp) + i128::from(self.exp_leeway),
            None => !self.exp_required,
        };
        let latest = now + i128::from(self.nbf_leeway);
        let not_before = dates("nbf").is_none_or(|(_, nbf)| i128::from(nbf) <= latest);
        let age = self.max_age.is_none_or(|max_age| {
            dates("iat").is_some_and(|(iat, iat_ceil)| {
                let oldest = i128::from(iat) + i128::from(max_age) + i128::from(self.exp_leeway);
                i128::from(iat_ceil) <= latest && now <= oldest
            })
        });
        let required = self.required.iter().all(|name| claims.get(name).is_some());
        issuer && audience && expiration && not_before && age && required
    }
}

/// Which keys an authority has: kid, x5t, and which of the keys.
type Published = &'static [(Option<&'static str>, Option<&'static str>, u8)];

const SETS: [Published; 4] = [
    &[
        (Some("a"), Some("ta"), 0),
        (Some("b"), None, 1),
        (Some("b"), Some("tb"), 2),
    ],
    &[(None, None, 0)],
    &[(Some("a"), Some("ta"), 3), (Some("c"), None, 1), (None, Some("tb"), 0)],
    &[(Some("c"), None, 2)],
];

fn key_set(set: Published) -> KeySet<4> {
    let jwks: Vec<String> = set
        .iter()
        .map(|(kid, x5t, index)| {
            let member = |name: &str, value: &Option<&str>| value.map(|value| format!(r#","{name}":"{value}""#));
            let members = [member("kid", kid), member("x5t", x5t)]
                .into_iter()
                .flatten()
                .collect::<String>();
            key(*index).jwk(&format!(r#""use":"sig"{members}"#))
        })
        .collect();
    let mut keys = KeySet::new();
    let report = keys.replace_from_jwk_set(format!(r#"{{"keys":[{}]}}"#, jwks.join(",")).as_bytes());
    assert_eq!(report.map(|report| usize::from(report.kept())), Ok(set.len()));
    keys
}

fn selects(set: Published, header: &Header, index: u8) -> bool {
    let by = |entry: &&(Option<&str>, Option<&str>, u8)| match (&header.kid, &header.x5t) {
        (Some(kid), _) => entry.0 == Some(kid),
        (None, Some(x5t)) => entry.1 == Some(x5t),
        (None, None) => set.len() == 1,
    };
    set.iter().filter(by).any(|entry| entry.2 == index)
}

/// The token and its circumstances by the recipe in the data.
pub fn run(data: &[u8]) {
    let _ = cook(&mut Unstructured::new(data));
}

fn cook(u: &mut Unstructured<'_>) -> Result<()> {
    let sets = [SETS[u.int_in_range(0..=3)?], SETS[u.int_in_range(0..=3)?]];
    let rules = [Rules::any(u)?, Rules::any(u)?];
    let count = u.int_in_range(1..=2)?;
    // Mostly a token that the authority meant accepts, but for a few odd things; else anything.
    let meant = u.int_in_range(0..=count - 1)?;
    let (kid, x5t, mut signer) = *u.choose(sets[meant])?;
    let oddities = if rarely(u, 2)? { u.int_in_range(0..=3)? } else { 0 };
    let mut odd = [false; 4];
    for _ in 0..oddities {
        odd[u.int_in_range(0..=3)?] = true;
    }
    let [odd_signer, odd_time, odd_header, odd_payload] = odd;
    if odd_signer {
        signer = u.int_in_range(0..=3)?;
    }
    let now = if odd_time { around_now(u)? } else { NOW };
    let header = if odd_header {
        header(u)?
    } else {
        good_header(u, kid, x5t, &rules[meant])?
    };
    let payload = payload(u, &rules[meant], odd_payload)?;
    let original = key(signer).token(&header, &payload).into_bytes();
    let text = damage(u, &original, signer)?;

    // What has to come out.
    let rules_of_signer = Header::read(&header).and_then(|header| {
        let is_signer = |&at: &usize| selects(sets[at], &header, signer) && rules[at].accepts_header(&header);
        (0..count).find(is_signer).map(|at| &rules[at])
    });
    let fits = header.len() <= MAX_HEADER_LEN && !header.is_empty() && original.len() <= MAX_TOKEN_LEN;
    let is_good =
        rules_of_signer.is_some_and(|rules| claims::read(&payload).is_some_and(|claims| rules.accepts(&claims, now)));
    let expected = fits && is_good && text == original;

    // What does.
    let (keys, policies) = (sets.map(key_set), rules.each_ref().map(Rules::policy));
    let both = [0, 1].map(|at| Authority::new(&keys[at], &policies[at]));
    let verifier = Verifier::any(&both[..count]);
    let now = NumericDate::from_secs(now);
    let mut buf = vec![0xa5; MAX_TOKEN_LEN];
    let verdict = verifier
        .verify(&text, now, &mut buf)
        .map(|token| token.claims().json().to_owned());
    crate::verdicts::note(expected);
    assert_eq!(
        verdict.is_ok(),
        expected,
        "{verdict:?} {}",
        String::from_utf8_lossy(&text)
    );
    all_ways_agree(&verifier, &text, now, verdict);
    Ok(())
}

/// Every way of verifying, against the verdict of the first.
fn all_ways_agree(verifier: &Verifier<'_>, text: &[u8], now: NumericDate, verdict: Result<String, Error>) {
    let mut buf = vec![0x5a; MAX_TOKEN_LEN];
    let pending = |buf| verifier.prepare(text, buf);
    let single = pending(&mut buf).and_then(|pending| Ok(pending.verify()?.accept(now)?.claims().json().to_owned()));
    assert_eq!(single, verdict, "prepared");

    let mut bufs = [0; 9].map(|_: u8| vec![0; text.len()]);
    let mut many: Vec<_> = bufs.iter_mut().flat_map(|buf| verifier.prepare(text, buf)).collect();
    batch::verify(&mut many);
    for token in many {
        let one = token
            .verify()
            .map_err(Error::from)
            .and_then(|token| Ok(token.accept(now)?.claims().json().to_owned()));
        assert_eq!(one, verdict, "in a batch");
    }

    let mut cache = VerifiedCache::<8>::new();
    for _ in 0..2 {
        let cached = verifier
            .prepare(text, &mut buf)
            .and_then(|pending| Ok(cache.verify(pending)?.accept(now)?.claims().json().to_owned()));
        assert_eq!(cached, verdict, "from the cache");
    }

    // A buffer of the length asked for is enough; with one octet less it is too small, or something else is wrong first.
    if let Ok(jws) = CompactJws::parse(text) {
        let needed = jws.buffer_len();
        assert_eq!(
            verifier
                .verify(text, now, &mut buf[..needed])
                .map(|token| token.claims().json().to_owned()),
            verdict
        );
        if verdict.is_ok() {
            let short = verifier.verify(text, now, &mut buf[..needed - 1]).map(|_| ());
            let needed = u32::try_from(needed).expect("below 64 KiB");
            assert_eq!(short, Err(Error::Jws(JwsError::BufferTooSmall { needed })));
        }
    }
    if let Err(Error::Policy(PolicyError::Revoked | PolicyError::InsufficientScope)) = verdict {
        panic!("nobody asked for that");
    }
}

fn around_now(u: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u.int_in_range(0..=15)? {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << 53,
        3..=8 => NOW,
        _ => NOW + u.int_in_range(0..=1400)? - 700,
    })
}

/// `text` as a JSON string, some of its characters escaped.
fn quoted(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let mut out = String::from("\"");
    let escapes = rarely(u, 6)?;
    for c in text.chars() {
        if c < ' ' || c == '"' || c == '\\' || escapes && rarely(u, 4)? {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
    Ok(out)
}

/// Any value: short JSON texts, right and wrong, or a few octets.
fn any_value(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=13)? {
        0 => "null".into(),
        1 => "true".into(),
        2 => "[]".into(),
        3 => "{}".into(),
        4 => "\"\"".into(),
        5 => "-1".into(),
        6 => "1e999".into(),
        7 => "9007199254740992".into(),
        8 => r#"["a",1]"#.into(),
        9 => r#"{"a":[[{}]],"a":0}"#.into(),
        10 => "[".repeat(u.int_in_range(1..=70)?),
        11 => {
            let depth = u.int_in_range(1..=70)?;
            format!("{}{}", "[".repeat(depth), "]".repeat(depth))
        }
        _ => {
            let len = u.int_in_range(0..=12)?;
            String::from_utf8_lossy(u.bytes(len.min(u.len()))?).into_owned()
        }
    })
}

fn any_date(u: &mut Unstructured<'_>, now: u64) -> Result<String> {
    let offset = *u.choose(&[0, 1, -1, 60, 61, 59, -60, -61, -59, 600, -600, 3600, 30, -30, 29, -31])?;
    let secs = now.saturating_add_signed(offset);
    Ok(match u.int_in_range(0..=7)? {
        0 => format!("{secs}.0"),
        1 => format!("{secs}.5"),
        2 => format!("{secs}000e-3"),
        3 => format!("{secs}0001E-4"),
        4 => format!("0.{secs}e+10"),
        _ => secs.to_string(),
    })
}

/// Members, in any order, with any whitespace.
fn object(u: &mut Unstructured<'_>, members: &[(&str, String)], may_be_broken: bool) -> Result<Vec<u8>> {
    let mut text = String::from("{");
    for (index, (name, value)) in members.iter().enumerate() {
        let space = *u.choose(&["", "", "", " ", "\n", "\t\r"])?;
        let comma = if index == 0 { "" } else { "," };
        text += &format!("{comma}{space}{}{space}:{value}{space}", quoted(u, name)?);
    }
    text += if may_be_broken {
        *u.choose(&["}", "}", "}", "}", "} ", "}}", ",}", ""])?
    } else {
        "}"
    };
    Ok(text.into_bytes())
}

fn header(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    if rarely(u, 16)? {
        let len = u.int_in_range(0..=40)?;
        return Ok(u.bytes(len.min(u.len()))?.to_vec());
    }
    let mut members = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        let name = *u.choose(&[
            "kid", "kid", "kid", "x5t", "typ", "typ", "cty", "crit", "b64", "nonce", "jwk", "x",
        ])?;
        let value = if rarely(u, 10)? {
            any_value(u)?
        } else {
            let text = *match name {
                "kid" => u.choose(&["a", "b", "c", "d", ""])?,
                "x5t" => u.choose(&["ta", "tb", "tc"])?,
                "typ" => u.choose(&["JWT", "at+jwt", "application/at+jwt", "AT+JWT", "x/at+jwt"])?,
                "cty" => u.choose(&["json", "JWT", "application/jwt"])?,
                _ => &"x",
            };
            if name == "b64" { "true".into() } else { quoted(u, text)? }
        };
        members.push((name, value));
    }
    let alg = match u.int_in_range(0..=15)? {
        0 => {
            let alg = *u.choose(&["HS256", "none", "PS256", "rs256", "RS256 ", "RS512", ""])?;
            quoted(u, alg)?
        }
        1 => any_value(u)?,
        _ => quoted(u, "RS256")?,
    };
    members.insert(u.int_in_range(0..=members.len())?, ("alg", alg));
    object(u, &members, true)
}

/// A header that selects this key and that these rules accept.
fn good_header(u: &mut Unstructured<'_>, kid: Option<&str>, x5t: Option<&str>, rules: &Rules) -> Result<Vec<u8>> {
    let mut members = vec![("alg", quoted(u, "RS256")?)];
    for (name, value) in [("kid", kid), ("x5t", x5t), ("typ", rules.typ.or(Some("JWT")))] {
        // One of `kid` and `x5t` is enough.
        if let Some(value) = value
            && (name != "kid" || x5t.is_none() || !rarely(u, 3)?)
        {
            members.insert(u.int_in_range(0..=members.len())?, (name, quoted(u, value)?));
        }
    }
    object(u, &members, false)
}

fn payload(u: &mut Unstructured<'_>, rules: &Rules, is_odd: bool) -> Result<Vec<u8>> {
    if is_odd && rarely(u, 8)? {
        let len = u.int_in_range(0..=200)?;
        return Ok(u.bytes(len.min(u.len()))?.to_vec());
    }
    let issuer = *u.choose(if is_odd { &ISSUERS } else { rules.issuers })?;
    let audience = match rules.audiences {
        Some([first, ..]) if !is_odd => first,
        _ => *u.choose(&AUDIENCES)?,
    };
    let (exp, iat) = if is_odd {
        (any_date(u, NOW)?, any_date(u, NOW)?)
    } else {
        ((NOW + 300).to_string(), NOW.to_string())
    };
    let mut members = vec![
        ("iss", quoted(u, issuer)?),
        ("aud", quoted(u, audience)?),
        ("exp", exp),
        ("sub", quoted(u, "s")?),
        ("roles", r#"["r"]"#.to_owned()),
        ("iat", iat),
    ];
    if !is_odd {
        let first = u.int_in_range(0..=members.len() - 1)?;
        members.rotate_left(first);
        let extra = quoted(u, *["", "\"", "x\\y", "\u{e9}\u{1f600}"].get(first).unwrap_or(&"x"))?;
        members.insert(first, ("extra", extra));
        return object(u, &members, false);
    }
    for _ in 0..u.int_in_range(0..=5)? {
        let name = *u.choose(&[
            "iss", "aud", "exp", "nbf", "nbf", "iat", "sub", "jti", "x", "roles", "Iss",
        ])?;
        let value = match name {
            _ if rarely(u, 6)? => any_value(u)?,
            "exp" | "nbf" | "iat" => any_date(u, NOW)?,
            "aud" => format!("[{},{}]", quoted(u, "x")?, quoted(u, audience)?),
            _ => quoted(u, "x")?,
        };
        // In the place of the one that is there, or once more.
        match members.iter_mut().find(|(own, _)| *own == name) {
            Some(member) if !rarely(u, 12)? => member.1 = value,
            _ => members.push((name, value)),
        }
    }
    for _ in 0..u.int_in_range(0..=2)? {
        let from = u.int_in_range(0..=members.len() - 1)?;
        let member = members.remove(from);
        if !rarely(u, 8)? {
            members.insert(u.int_in_range(0..=members.len())?, member);
        }
    }
    object(u, &members, true)
}

/// The token, or what became of it.
fn damage(u: &mut Unstructured<'_>, original: &[u8], signer: u8) -> Result<Vec<u8>> {
    let mut text = original.to_vec();
    if !rarely(u, 2)? {
        return Ok(text);
    }
    for _ in 0..u.int_in_range(1..=3)? {
        let at = u.int_in_range(0..=text.len().saturating_sub(1))?;
        let dot = text.iter().rposition(|octet| *octet == b'.');
        match (u.int_in_range(0..=15)?, dot) {
            (0 | 1, _) => text
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|octet| *octet ^= 1 << (at % 8)),
            (2, _) => text.insert(at, u.arbitrary()?),
            (3, _) => text.truncate(at),
            (4, _) => drop(text.drain(..at)),
            (5, _) => text.insert(at, b'.'),
            (6, _) => {
                text.extend_from_slice(*u.choose(&[&b"="[..], b"==", b".", b" ", b"\n", b"A", b"AAAA", b"\0"])?)
            }
            (7, _) => {
                let piece = u.bytes(u.len().min(text.len() - at.min(text.len())).min(30))?;
                text[at..at + piece.len()].copy_from_slice(piece);
            }
            (8, _) => text.retain(|octet| *octet != b'.'),
            // The spare bits of the last character of a segment.
            (9, _) => {
                let ends: Vec<usize> = (0..text.len())
                    .filter(|at| text.get(at + 1).is_none_or(|next| *next == b'.'))
                    .collect();
                if let Some(&end) = ends.get(at % ends.len().max(1)) {
                    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                    if let Some(value) = ALPHABET.iter().position(|octet| *octet == text[end]) {
                        text[end] = ALPHABET[value ^ 1];
                    }
                }
            }
            // The same signature modulo n, and its negative.
            (10 | 11, Some(dot)) => {
                use base64ct::{Base64UrlUnpadded, Encoding};
                let signature = String::from_utf8_lossy(&text[dot + 1..]).into_owned();
                if let Ok(signature) = Base64UrlUnpadded::decode_vec(&signature) {
                    let n = &key(signer).n;
                    let s = BigUint::from_bytes_be(&signature);
                    let other = if at % 2 == 0 { s + n } else { n - s % n };
                    text.truncate(dot + 1);
                    text.extend(encode(&octets(&other, signature.len())).bytes());
                }
            }
            (12, Some(dot)) => text.truncate(dot + 1),
            // Another one's signature.
            (13, Some(dot)) => {
                let other = key(signer).token(b"{}", b"{}");
                text.truncate(dot);
                text.extend_from_slice(&other.as_bytes()[other.rfind('.').unwrap_or(0)..]);
            }
            (14, _) => {
                let other = key(u.arbitrary()?).token(b"{\"alg\":\"RS256\"}", b"{}").into_bytes();
                text = [&other[..], b".", &text].concat();
            }
            _ => text
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|octet| octet.make_ascii_uppercase()),
        }
    }
    Ok(text)
}
