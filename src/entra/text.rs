// SPDX-License-Identifier: MIT OR Apache-2.0

//! Taking text apart at an octet.
//!
//! The searches of `str` can panic as far as a compiler sees, and a firmware that is linked without a panic handler
//! then does not link; these cannot.

/// What stands before and after the first `octet`, an ASCII one.
pub(crate) fn split_once(text: &str, octet: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|found| found == octet)?;
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}

/// The words of a text with spaces between them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut left = Some(text);
    core::iter::from_fn(move || {
        let text = left?;
        let (word, rest) = split_once(text, b' ').map_or((text, None), |(word, rest)| (word, Some(rest)));
        left = rest;
        Some(word)
    })
    .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{split_once, words};
    use std::vec::Vec;

    #[test]
    fn parts() {
        assert_eq!(split_once("a b c", b' '), Some(("a", "b c")));
        assert_eq!(split_once(" ", b' '), Some(("", "")));
        assert_eq!(split_once("é/ü", b'/'), Some(("é", "ü")));
        assert_eq!(split_once("abc", b'/'), None);
        for (text, expected) in [
            ("", &[][..]),
            ("   ", &[]),
            ("a", &["a"]),
            (" a  bc d ", &["a", "bc", "d"]),
            ("a\tb", &["a\tb"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
