// SPDX-License-Identifier: MIT OR Apache-2.0

//! NumericDate: seconds since 1970 ([RFC 7519 section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).

use core::fmt;
use core::num::NonZeroU64;

use crate::json::{JsonValue, value_of_eight};

/// 2^53: up to here every whole number is exact in every JSON implementation (RFC 8259 section 6), and no sum with a
/// leeway comes near the end of a `u64`.
const LIMIT: u64 = 1 << 53;

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// # Examples
///
/// ```
/// let now = rs256::NumericDate::from_secs(1_800_000_000);
/// assert_eq!(now.as_secs(), 1_800_000_000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NumericDate(u64);

impl NumericDate {
    /// The time `secs` seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// `secs` later; the end of the range when that is past it.
    pub(crate) const fn plus(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }
}

/// Prints the seconds as a number.
// Not by way of `u64`, whose formatter divides 64 bits: a long routine on processors without an instruction for it.
impl fmt::Display for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; DIGITS];
        let mut rest = self.0;
        for (digit, power) in digits.iter_mut().zip(POWERS) {
            // BOUND: at most nine turns, because rest < 10 · power.
            while rest >= power {
                rest = rest.wrapping_sub(power);
                *digit = digit.wrapping_add(1);
            }
        }
        let zeros = digits
            .iter()
            .take(DIGITS - 1)
            .take_while(|&&digit| digit == b'0')
            .count();
        let digits = digits.get(zeros..).unwrap_or_default();
        f.pad_integral(true, "", core::str::from_utf8(digits).unwrap_or_default())
    }
}

impl fmt::Debug for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NumericDate").field(&format_args!("{self}")).finish()
    }
}

/// Decimal digits of the largest `u64`.
const DIGITS: usize = 20;

/// 10^19 down to 1.
const POWERS: [u64; DIGITS] = {
    let mut powers = [1; DIGITS];
    let mut rest = powers.as_mut_slice();
    let mut power = 1_u64;
    while let [before @ .., last] = rest {
        *last = power;
        power = power.wrapping_mul(10);
        rest = before;
    }
    powers
};

/// A date as a claim gives it: whole seconds and whether a fraction follows. That is all a clock of whole seconds can
/// tell apart, so comparing stays exact without floating point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
// Where words are short nothing else needs the alignment of a `u64`.
#[cfg_attr(not(target_pointer_width = "64"), repr(Rust, packed(4)))]
pub(crate) struct ClaimedDate(
    // INVARIANT: the whole seconds, below LIMIT, with PRESENT and perhaps FRACTION. A word that is never zero makes an
    // `Option` of it no larger.
    NonZeroU64,
);

/// Set in every [`ClaimedDate`].
const PRESENT: NonZeroU64 = match NonZeroU64::new(1 << 62) {
    Some(bit) => bit,
    None => NonZeroU64::MAX,
};
/// Set where a fraction follows.
const FRACTION: u64 = 1 << 63;

impl ClaimedDate {
    /// The date in a claim's value; `None` unless it is a JSON number in 0 ≤ t < 2^53, in whichever of the forms of
    /// [RFC 8259 section 6](https://www.rfc-editor.org/rfc/rfc8259#section-6).
    pub(crate) fn from_json(value: JsonValue<'_>) -> Option<Self> {
        match value {
            JsonValue::Number(number) => Self::from_number(number.as_str()),
            _ => None,
        }
    }

    /// The value of `digits[.digits][e[±]digits]`, which the JSON grammar has already accepted.
    fn from_number(text: &str) -> Option<Self> {
        // Where words are short, the path that takes every form is enough, and saves flash.
        if cfg!(target_pointer_width = "64")
            && let Some(floor) = few_digits(text)
        {
            return Some(Self(PRESENT | floor));
        }
        // How many of the digits stand before the decimal point once the exponent has moved it.
        let mut before_point = 0_i32;
        let mut is_whole = true;
        let mut octets = text.as_bytes().iter();
        for octet in octets.by_ref() {
            match octet {
                b'e' | b'E' => break,
                b'.' => is_whole = false,
                b'-' => {}
                // BOUND: no text has 2^31 octets.
                _ => before_point = before_point.wrapping_add(i32::from(is_whole)),
            }
        }
        before_point = before_point.wrapping_add(saturating_exponent(octets.as_slice()));

        let (mut floor, mut fraction) = (0, 0);
        for octet in text.bytes() {
            let digit = octet.wrapping_sub(b'0');
            match octet {
                b'e' | b'E' => break,
                b'.' | b'-' => continue,
                _ if before_point > 0 => floor = append_digit(floor, digit)?,
                b'0' => {}
                _ => fraction = FRACTION,
            }
            before_point = before_point.saturating_sub(1);
        }
        // Zeros that the exponent appends. Nothing but zero can take more than sixteen of them.
        while before_point > 0 && floor != 0 {
            floor = append_digit(floor, 0)?;
            before_point = before_point.saturating_sub(1);
        }
        let date = floor | fraction;
        // STRICT: a date before the epoch is refused; minus zero is zero.
        if text.starts_with('-') && date != 0 {
            None
        } else {
            Some(Self(PRESENT | date))
        }
    }

    /// Rounded down to whole seconds.
    pub(crate) const fn floor(self) -> NumericDate {
        NumericDate(self.0.get() & (LIMIT - 1))
    }

    /// Rounded up to whole seconds.
    pub(crate) const fn ceil(self) -> NumericDate {
        self.floor().plus(self.0.get() >> 63)
    }
}

/// `floor` · 10 + `digit`, while below the limit.
fn append_digit(floor: u64, digit: u8) -> Option<u64> {
    // BOUND: floor < 2^53, so 10 · floor + 9 < 2^57
    let floor = floor.wrapping_mul(10).wrapping_add(u64::from(digit));
    (floor < LIMIT).then_some(floor)
}

/// The number of at most 15 digits and nothing else: how every issuer writes its dates.
#[inline]
fn few_digits(text: &str) -> Option<u64> {
    // BOUND: 10^15 < 2^53
    let digits = text.as_bytes();
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let (first, rest) = match digits.split_first_chunk() {
        Some((eight, rest)) => (value_of_eight(*eight)?, rest),
        None => (0, digits),
    };
    rest.iter().try_fold(first, |sum, octet| {
        let digit = octet.wrapping_sub(b'0');
        (digit < 10).then(|| sum.wrapping_mul(10).wrapping_add(u64::from(digit)))
    })
}

/// The exponent, held at ±2^24 when its digits say more: far beyond what the digits of any token could balance. Zero where
/// there is none.
fn saturating_exponent(text: &[u8]) -> i32 {
    const LARGEST: i32 = 1 << 24;
    let (mut exponent, mut is_negative) = (0_i32, false);
    for octet in text {
        match octet {
            b'-' => is_negative = true,
            b'+' => {}
            // BOUND: 10 · 2^24 + 9 < 2^28
            digit => {
                let digit = i32::from(digit.wrapping_sub(b'0'));
                exponent = exponent.wrapping_mul(10).wrapping_add(digit).min(LARGEST);
            }
        }
    }
    if is_negative { exponent.wrapping_neg() } else { exponent }
}

#[cfg(test)]
mod tests {
    use super::{ClaimedDate, NumericDate, few_digits};

    fn date(text: &str) -> Option<(u64, u64)> {
        ClaimedDate::from_number(text).map(|date| (date.floor().as_secs(), date.ceil().as_secs()))
    }

    #[test]
    fn every_form_of_a_number() {
        for (text, expected) in [
            ("0", Some((0, 0))),
            ("999999999999999", Some((999_999_999_999_999, 999_999_999_999_999))),
            ("1234567890123456", Some((1_234_567_890_123_456, 1_234_567_890_123_456))),
            ("-0", Some((0, 0))),
            ("-0.0e5", Some((0, 0))),
            ("1760000000", Some((1_760_000_000, 1_760_000_000))),
            ("1760000000.0", Some((1_760_000_000, 1_760_000_000))),
            ("1760000000.25", Some((1_760_000_000, 1_760_000_001))),
            ("1.76e9", Some((1_760_000_000, 1_760_000_000))),
            ("1.7600000005E+9", Some((1_760_000_000, 1_760_000_001))),
            ("17600000000e-1", Some((1_760_000_000, 1_760_000_000))),
            ("17600000001e-1", Some((1_760_000_000, 1_760_000_001))),
            ("0.0000000000000000000000176e32", Some((1_760_000_000, 1_760_000_000))),
            ("1e-99999999999999999999", Some((0, 1))),
            ("0e99999999999999999999", Some((0, 0))),
            ("9007199254740991", Some((9_007_199_254_740_991, 9_007_199_254_740_991))),
            (
                "9007199254740991.5",
                Some((9_007_199_254_740_991, 9_007_199_254_740_992)),
            ),
            ("9007199254740992", None),
            ("9223372036854775808", None),
            ("18446744073709551616", None),
            ("1e20", None),
            ("1e99999999999999999999", None),
            ("-1", None),
            ("-0.5", None),
            ("-1e400", None),
            ("-1e-400", None),
        ] {
            assert_eq!(date(text), expected, "{text}");
        }
    }

    #[test]
    fn prints_as_a_number_does() {
        for secs in [
            0,
            1,
            9,
            10,
            99,
            100,
            1_760_000_000,
            9_999_999_999,
            10_000_000_000,
            1 << 53,
            u64::MAX,
        ] {
            let date = NumericDate::from_secs(secs);
            assert_eq!(std::format!("{date}"), std::format!("{secs}"));
            assert_eq!(std::format!("{date:>24}"), std::format!("{secs:>24}"));
            assert_eq!(std::format!("{date:?}"), std::format!("NumericDate({secs})"));
        }
    }

    #[test]
    fn digits_without_end() {
        let zeros = std::string::String::from_utf8(std::vec![b'0'; 5000]).unwrap_or_default();
        assert_eq!(
            date(&std::format!("1760000000{zeros}e-5000")),
            Some((1_760_000_000, 1_760_000_000))
        );
        assert_eq!(date(&std::format!("1760000000{zeros}")), None);
        assert_eq!(date(&std::format!("0.{zeros}1")), Some((0, 1)));
    }

    #[test]
    fn up_to_fifteen_digits_are_read_the_short_way() {
        for (text, expected) in [
            ("0", Some(0)),
            ("9", Some(9)),
            ("1760000000", Some(1_760_000_000)),
            ("123456789012345", Some(123_456_789_012_345)),
            ("1234567890123456", None),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("1e3", None),
            ("1:", None), // the octet after the digits
        ] {
            assert_eq!(few_digits(text), expected, "{text}");
        }
    }
}
