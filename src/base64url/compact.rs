// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decoding without a table, character by character, in safe code: the form for targets where flash is dear. It takes two
//! hundred octets less than a table and some more instructions for a character.

/// The symbol of `character`, unless it is outside the alphabet.
const fn symbol(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

/// Writes the octets that `src` stands for; false when a character is outside the alphabet or a trailing bit is set.
#[expect(clippy::as_conversions, reason = "takes the low octet")]
pub(super) fn translate(src: &[u8], out: &mut [u8]) -> bool {
    // The last characters, six bits each, of which `count` bits are not written yet.
    let (mut bits, mut count) = (0_u32, 0);
    let mut out = out.iter_mut();
    for character in src {
        let Some(symbol) = symbol(*character) else { return false };
        bits = bits << 6 | u32::from(symbol);
        count += 6;
        // BOUND: count is 6, 12, 10 and 8 in turn, less 8 where it is as many.
        if count >= u8::BITS {
            count -= u8::BITS;
            if let Some(octet) = out.next() {
                *octet = (bits >> count) as u8;
            }
        }
    }
    // STRICT: as `has_zero_trailing_bits`. What has not been written is what reaches no octet.
    bits & ((1 << count) - 1) == 0
}
