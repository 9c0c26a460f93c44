// SPDX-License-Identifier: MIT OR Apache-2.0

//! Identifiers of tenants, users, groups and applications.

use core::fmt;

const LEN: usize = 36;

/// All bits set where its hyphens are.
const HYPHENS: [u8; LEN] = {
    let mut hyphens = [0; LEN];
    (hyphens[8], hyphens[13], hyphens[18], hyphens[23]) = (0xff, 0xff, 0xff, 0xff);
    hyphens
};

/// A GUID as Microsoft Entra ID writes it: `8-4-4-4-12` hexadecimal digits, without braces.
///
/// Held in lower case, which is how Entra writes it in every claim, so that a value copied from a portal in upper case
/// means the same.
///
/// # Examples
///
/// ```
/// use rs256::entra::{Guid, guid};
///
/// const TENANT: Guid = guid!("7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14"); // anything else does not compile
/// assert_eq!(Guid::parse("7F1D0C3E-52A4-4B86-9E0B-3A6D5C2F8E14"), Some(TENANT));
/// assert_eq!(Guid::parse("contoso.onmicrosoft.com"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid([u8; LEN]); // INVARIANT: lower-case hexadecimal digits, and hyphens where they belong

impl Guid {
    /// The characters of a GUID.
    pub(crate) const LEN: usize = LEN;

    /// The tenant of personal Microsoft accounts.
    ///
    /// SOURCE: Microsoft Entra documentation, "Access tokens in the Microsoft identity platform".
    pub const CONSUMERS: Self = match Self::parse("9188040d-6c67-4c5b-b112-36a304b66dad") {
        Some(guid) => guid,
        None => Self([b'0'; LEN]),
    };

    /// Reads a GUID in either case; `None` for any other text.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the index is below the length of all arrays")]
    pub const fn parse(text: &str) -> Option<Self> {
        let (Some(digits), true) = (text.as_bytes().first_chunk::<LEN>(), text.len() == LEN) else {
            return None;
        };
        // Every octet is looked at whatever the others are, with masks instead of branches: vector code.
        let mut octets = *digits;
        let mut wrong = 0;
        let mut index = 0;
        while index < LEN {
            let octet = digits[index];
            let is_digit = mask(octet.wrapping_sub(b'0') < 10) | mask((octet | 0x20).wrapping_sub(b'a') < 6);
            let is_hyphen = mask(octet == b'-');
            wrong |= (HYPHENS[index] & !is_hyphen) | (!HYPHENS[index] & !is_digit);
            octets[index] = octet | 0x20; // letters in lower case; digits and hyphens have that bit
            index += 1;
        }
        if wrong != 0 {
            return None;
        }
        Some(Self(octets))
    }

    /// Reads a GUID in the one spelling that Entra gives it, lower case.
    pub(crate) fn parse_lower(text: &str) -> Option<Self> {
        Self::parse(text).filter(|guid| guid.is_written(text))
    }

    /// The GUID in lower case.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(&self.0) {
            Ok(text) => text,
            Err(_) => "", // digits and hyphens are UTF-8
        }
    }
}

impl Guid {
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `text` is the GUID in lower case. (As `as_str() == text`, without a look at what its octets are.)
    #[inline]
    pub(crate) fn is_written(&self, text: &str) -> bool {
        text.len() == LEN && text.as_bytes().first_chunk() == Some(&self.0)
    }
}

/// All bits set, or none.
#[expect(clippy::as_conversions, reason = "a bool")]
const fn mask(condition: bool) -> u8 {
    0_u8.wrapping_sub(condition as u8)
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A [`Guid`](crate::entra::Guid) from a literal; what is no GUID does not compile.
#[macro_export]
#[doc(hidden)]
macro_rules! __guid {
    ($text:expr) => {
        const {
            match $crate::entra::Guid::parse($text) {
                Some(guid) => guid,
                None => panic!("expected a GUID"),
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn syntax() {
        let good = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14";
        assert_eq!(Guid::parse(good).as_ref().map(Guid::as_str), Some(good));
        let upper = good.to_ascii_uppercase();
        assert_eq!(Guid::parse(&upper), Guid::parse(good));
        assert_eq!(Guid::CONSUMERS.as_str(), "9188040d-6c67-4c5b-b112-36a304b66dad");
        assert_eq!(
            std::format!("{0} {0:?}", Guid::CONSUMERS),
            std::format!("{0} {0}", Guid::CONSUMERS.as_str())
        );
        for bad in [
            "",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e144",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1g",
            "7f1d0c3e-52a4-4b86-9e0b/3a6d5c2f8e14",
            "7f1d0c3e052a4-4b86-9e0b-3a6d5c2f8e14",
            "7f1d0c3e-52a44b86-9e0b--3a6d5c2f8e14",
            "{7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e}",
            "7f1d0c3e52a44b869e0b3a6d5c2f8e14",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1\u{11}",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1\u{19}",
            "7f1d0c3e\u{d}52a4-4b86-9e0b-3a6d5c2f8e14",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1/",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1:",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1@",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e1`",
            "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8\u{e9}1",
        ] {
            assert_eq!(Guid::parse(bad), None, "{bad}");
        }
    }
}
