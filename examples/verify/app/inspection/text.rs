// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text that is safe to look at. Whatever comes from a token passes through here before a person sees it.

use std::fmt::Write as _;

/// The text with every character that is not printable, or that changes the reading direction, as `\u{…}`.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_plain(char) {
            out.push(char);
        } else {
            let _ = write!(out, "{}", char.escape_unicode());
        }
    }
    out
}

/// Octets that should be text, no more than a screenful.
pub(crate) fn safe_octets(octets: &[u8]) -> String {
    const MOST: usize = 2000;
    let shown = octets.get(..MOST).unwrap_or(octets);
    let text = utf8(shown);
    let mut out = safe(text);
    if octets.len() > text.len() {
        let _ = write!(out, "… ({} octets in all)", octets.len());
    }
    out
}

/// The octets as far as they are UTF-8.
pub(crate) fn utf8(octets: &[u8]) -> &str {
    let valid = match str::from_utf8(octets) {
        Ok(text) => return text,
        Err(error) => error.valid_up_to(),
    };
    str::from_utf8(octets.get(..valid).unwrap_or_default()).unwrap_or_default()
}

/// Whether a screen shows the character as itself and nothing else. `escape_debug` escapes what is not printable by the
/// Unicode tables of the standard library, quotes aside; marks of reading direction and other invisible formatting are
/// named here.
fn is_plain(char: char) -> bool {
    let is_invisible = matches!(char,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}');
    let escapes = char.escape_debug().count() > 1 && !matches!(char, '"' | '\'' | '\\');
    !(is_invisible || escapes)
}

/// Whether [`safe`] had something to escape.
pub(crate) fn hides_something(text: &str) -> bool {
    !text.chars().all(is_plain)
}
