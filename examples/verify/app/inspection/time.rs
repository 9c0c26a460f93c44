// SPDX-License-Identifier: MIT OR Apache-2.0

//! Dates and spans of time for people.

/// A point in time as UTC; a number of seconds where no calendar goes.
pub(crate) fn utc(secs: u64) -> String {
    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;
    if secs > LAST {
        return format!("{secs} s after 1970");
    }
    let (days, second) = (secs / 86_400, secs % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day in the Gregorian calendar of a number of days since 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted from the first of March of the year 0, so that the odd day of a leap year is the last of its year: 400
    // years have 146097 days, 100 years 36524, 4 years 1461, and five months from March on 153.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// A span of time in its two largest units: `3 h 12 min`.
pub(crate) fn span(secs: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (31_557_600, "years"),
        (86_400, "days"),
        (3600, "h"),
        (60, "min"),
        (1, "s"),
    ];
    let one = |count: u64, unit: &str| match (count, unit) {
        (1, "years") => "1 year".to_owned(),
        (1, "days") => "1 day".to_owned(),
        _ => format!("{count} {unit}"),
    };
    let Some(first) = UNITS.iter().position(|(length, _)| secs >= *length) else {
        return "0 s".to_owned();
    };
    let (length, unit) = UNITS[first];
    let (count, rest) = (secs / length, secs % length);
    match UNITS.get(first + 1) {
        Some((length, next)) if rest >= *length => format!("{} {}", one(count, unit), one(rest / length, next)),
        _ => one(count, unit),
    }
}

/// How long ago, or how far ahead, `then` is.
pub(crate) fn age(then: u64, now: u64) -> String {
    if then > now {
        format!("in {}", span(then - now))
    } else if then == now {
        "now".to_owned()
    } else {
        format!("{} ago", span(now - then))
    }
}

#[cfg(test)]
mod tests {
    use super::{age, span, utc};

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (secs, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_760_000_000, "2025-10-09T08:53:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "253402300800 s after 1970"),
            (u64::MAX, "18446744073709551615 s after 1970"),
        ] {
            assert_eq!(utc(secs), expected);
        }
    }

    #[test]
    fn spans_have_their_two_largest_units() {
        for (secs, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (11_530, "3 h 12 min"),
            (86_400, "1 day"),
            (90_061, "1 day 1 h"),
            (31_557_600 * 2 + 86_400, "2 years 1 day"),
        ] {
            assert_eq!(span(secs), expected);
        }
        assert_eq!(age(10, 10), "now");
        assert_eq!(age(10, 70), "1 min ago");
        assert_eq!(age(70, 10), "in 1 min");
    }
}
