// SPDX-License-Identifier: MIT OR Apache-2.0

//! Eight decimal digits in one go.

/// The number that eight digits stand for, or `None` when one of them is no digit.
#[inline]
pub(crate) fn value_of_eight(digits: [u8; 8]) -> Option<u64> {
    const ONES: u64 = u64::MAX / 0xff;
    // The first digit in the lowest octet. A digit becomes its value, anything else more than 9.
    let values = u64::from_le_bytes(digits) ^ (ONES * 0x30);
    // The top bit of an octet above 9 is set, or is set by adding 0x76 to the others; octets below it carry nothing unless
    // they are above 9 themselves.
    if (values | values.wrapping_add(ONES * 0x76)) & (ONES * 0x80) != 0 {
        return None;
    }
    // Neighbours together: four numbers below 100, two below 10^4, one below 10^8. In each step the lower one of two,
    // which came first, is taken times a power of ten.
    // BOUND: each number fits the room of two, so nothing is carried into the next.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::value_of_eight;

    #[test]
    fn eight_digits() {
        for number in (0..100_000_000_u64)
            .step_by(9_973)
            .chain([99_999_999, 12_345_678, 90_000_000, 9])
        {
            let text = std::format!("{number:08}");
            assert_eq!(value_of_eight(*text.as_bytes().first_chunk().unwrap()), Some(number));
        }
    }

    /// Every octet at every place, beside the largest digits and the smallest.
    #[test]
    fn anything_else_is_no_digit() {
        for beside in [b'0', b'9'] {
            for octet in 0..=u8::MAX {
                for place in 0..8 {
                    let mut digits = [beside; 8];
                    digits[place] = octet;
                    assert_eq!(
                        value_of_eight(digits).is_some(),
                        octet.is_ascii_digit(),
                        "{octet:#x} at {place}"
                    );
                }
            }
        }
    }
}
