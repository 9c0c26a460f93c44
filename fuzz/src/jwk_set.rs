// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loading a JWK Set against RFC 7517 sections 4 and 5 and RFC 7518 section 6.3.1, written over `serde_json` and
//! `base64ct`; a set that is refused leaves the keys as they were.

use base64ct::{Base64UrlUnpadded, Encoding};
use rs256::limits::{MAX_CLOUD_INSTANCE_NAME_LEN, MAX_KEY_ISSUER_LEN, MAX_KID_LEN, MAX_MEMBERS, MAX_X5T_LEN};
use rs256::{KeySet, LoadError, Rsa2048, Rsa4096, RsaSize};

use crate::model::{Node, Object};
use crate::smooth::key;

/// Room for keys: small, so that a set can have too many.
const CAPACITY: usize = 4;

/// What is known of a usable key: kid, issuer, cloud, bits.
type Known = (Option<String>, Option<String>, Option<String>, u32);

/// The set as it is, for two sizes of keys.
pub fn run(data: &[u8]) {
    agree::<Rsa2048>(data);
    agree::<Rsa4096>(data);
}

/// The octets of strict base64url without the zeros in front.
fn number(text: &str) -> Option<Vec<u8>> {
    let octets = Base64UrlUnpadded::decode_vec(text).ok()?;
    if Base64UrlUnpadded::encode_string(&octets) != text {
        return None;
    }
    Some(octets.into_iter().skip_while(|octet| *octet == 0).collect())
}

fn usable<S: RsaSize>(element: &Node) -> Option<Known> {
    let Node::Object(members) = element else { return None };
    let jwk = Object::strict(members.clone(), MAX_MEMBERS)?;
    let text = |name: &str, longest: usize| {
        let text = jwk.string(name)?;
        (text.is_none_or(|text| text.len() <= longest)).then_some(text)
    };
    // RULE types, RULE lengths
    let kid = text("kid", MAX_KID_LEN)?;
    let _x5t = text("x5t", MAX_X5T_LEN)?;
    let issuer = text("issuer", MAX_KEY_ISSUER_LEN)?;
    let cloud = text("cloud_instance_name", MAX_CLOUD_INSTANCE_NAME_LEN)?;
    // RULE use: a key for RS256 signatures, as far as it says
    if jwk.string("kty")? != Some("RSA")
        || !matches!(jwk.string("use")?, None | Some("sig"))
        || !matches!(jwk.string("alg")?, None | Some("RS256"))
    {
        return None;
    }
    match jwk.get("key_ops") {
        None => {}
        Some(Node::Array(operations)) => {
            let operations: Vec<&str> = operations.iter().map(Node::as_str).collect::<Option<_>>()?;
            if !operations.contains(&"verify") {
                return None;
            }
        }
        Some(_) => return None,
    }
    // RULE numbers: odd, of the sizes allowed
    let (n, e) = (number(jwk.string("n")??)?, number(jwk.string("e")??)?);
    let bits = n.len() as u32 * 8 - n.first()?.leading_zeros();
    let exponent = (e.len() <= 8).then(|| e.iter().fold(0_u64, |all, octet| all << 8 | u64::from(*octet)))?;
    let is_good = n.last()? & 1 == 1
        && (2048..=S::MAX_BITS).contains(&bits)
        && exponent & 1 == 1
        && (3..1 << 33).contains(&exponent);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    is_good.then(|| (owned(kid), owned(issuer), owned(cloud), bits))
}

fn known<S: RsaSize>(keys: &KeySet<CAPACITY, S>) -> Vec<Known> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    keys.iter()
        .map(|key| {
            let (issuer, cloud) = (owned(key.issuer()), owned(key.cloud_instance_name()));
            (owned(key.kid()), issuer, cloud, key.modulus_bits())
        })
        .collect()
}

fn agree<S: RsaSize>(text: &[u8]) {
    let mut keys = KeySet::<CAPACITY, S>::new();
    let before = format!(r#"{{"keys":[{}]}}"#, key(0).jwk(r#""kid":"before""#));
    keys.replace_from_jwk_set(before.as_bytes()).expect("a good set");
    let old = known(&keys);
    assert_eq!(old.len(), 1);

    let elements = Object::read(text, MAX_MEMBERS).and_then(|set| match set.get("keys") {
        Some(Node::Array(elements)) => Some(elements.clone()),
        _ => None,
    });
    let found: Option<Vec<Known>> = elements
        .as_ref()
        .map(|elements| elements.iter().filter_map(usable::<S>).collect());
    let skipped = |report: rs256::LoadReport| report.skipped().map(|(_, count)| usize::from(count)).sum::<usize>();
    crate::verdicts::note(
        found
            .as_ref()
            .is_some_and(|found| (1..=CAPACITY).contains(&found.len())),
    );
    match (keys.replace_from_jwk_set(text), found) {
        (Ok(report), Some(found)) if (1..=CAPACITY).contains(&found.len()) => {
            assert_eq!(known(&keys), found);
            assert_eq!(usize::from(report.kept()), found.len());
            assert_eq!(
                skipped(report),
                elements.map_or(0, |elements| elements.len()) - found.len()
            );
            return;
        }
        (Err(LoadError::Capacity { needed }), Some(found)) => {
            assert!(found.len() > CAPACITY && usize::from(needed) == found.len());
        }
        (Err(LoadError::NoUsableKey(report)), Some(found)) => {
            assert!(found.is_empty());
            assert_eq!(skipped(report), elements.map_or(0, |elements| elements.len()));
        }
        (Err(LoadError::TooLong | LoadError::Json(_) | LoadError::NotAJwkSet), None) => {}
        (ours, found) => panic!("{ours:?} where the rules find {found:?}"),
    }
    assert_eq!(known(&keys), old, "a set that is refused changes nothing");
}
