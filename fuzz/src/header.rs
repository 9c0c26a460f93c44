// SPDX-License-Identifier: MIT OR Apache-2.0

//! `JoseHeader::read` against the rules of RFC 7515 section 4 and RFC 8725, written over `serde_json`.

use rs256::internals::read_header;
use rs256::limits::MAX_MEMBERS;

use crate::model::{Node, Object, assert_str};

/// What the crate has to make of an acceptable header.
#[derive(Clone, Debug, Default)]
pub struct Header {
    pub kid: Option<String>,
    pub x5t: Option<String>,
    pub typ: Option<String>,
    pub has_nonce: bool,
}

impl Header {
    /// The header by the rules; `None` where it is refused.
    pub fn read(text: &[u8]) -> Option<Self> {
        let object = Object::read(text, MAX_MEMBERS)?;
        // RULE alg: RS256 and nothing else
        if object.get("alg")?.as_str()? != "RS256" {
            return None;
        }
        // RULE crit: no extension is understood; RULE b64: true where it is there
        if object.get("crit").is_some() || !matches!(object.get("b64"), None | Some(Node::Bool(true))) {
            return None;
        }
        // RULE types
        let owned = |name: &str| Some(object.string(name)?.map(str::to_owned));
        let header = Self {
            kid: owned("kid")?,
            x5t: owned("x5t")?,
            typ: owned("typ")?,
            has_nonce: object.get("nonce").is_some(),
        };
        // RULE nested: no token in a token
        match owned("cty")? {
            Some(cty) if same_media_type(&cty, "JWT") => None,
            _ => Some(header),
        }
    }
}

/// Media types of a header are compared without case, and `application/` may be left out where no other slash is.
pub fn same_media_type(one: &str, other: &str) -> bool {
    let long = |text: &str| {
        let text = text.to_ascii_lowercase();
        if text.contains('/') {
            text
        } else {
            format!("application/{text}")
        }
    };
    long(one) == long(other)
}

/// The decoded header as it is.
pub fn run(data: &[u8]) {
    let mut text = data.to_vec();
    let expected = Header::read(data);
    crate::verdicts::note(expected.is_some());
    match (read_header(&mut text), expected) {
        (Ok(header), Some(expected)) => {
            for (ours, theirs) in [
                (header.kid(), expected.kid),
                (header.x5t(), expected.x5t),
                (header.typ(), expected.typ.clone()),
            ] {
                assert_eq!(ours.is_some(), theirs.is_some());
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    assert_str(ours, &theirs);
                }
            }
            assert_eq!(header.has_nonce(), expected.has_nonce);
            for wanted in ["JWT", "application/at+jwt", "at+jwt"] {
                let expected = expected.typ.as_ref().is_some_and(|typ| same_media_type(typ, wanted));
                assert_eq!(header.is_typ(wanted), expected, "{wanted}");
            }
        }
        (Err(_), None) => {}
        (ours, expected) => panic!("{ours:?} instead of {expected:?}"),
    }
}
