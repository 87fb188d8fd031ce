//! Durations as people write them: `30s`, `500ms`, `1m 30s`. The harness and its macros read them alike, each with a copy
//! of this file; a test holds the two to each other.

use std::time::Duration;

/// Reads whole numbers, each with its unit: `us`, `ms`, `s`, `m` or `min`, `h`. A bare number is no duration.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let number = number.parse::<u64>().ok()?;
        let part = match unit {
            "us" => Duration::from_micros(number),
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" | "min" => Duration::from_secs(number.checked_mul(60)?),
            "h" => Duration::from_secs(number.checked_mul(3_600)?),
            _ => return None,
        };
        sum = sum.checked_add(part)?;
        rest = tail.trim_start();
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_add_up() {
        for (text, millis) in [
            ("30s", 30_000),
            ("500ms", 500),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("2min", 120_000),
            (" 1h ", 3_600_000),
            ("2000us", 2),
            ("0s", 0),
            ("0s 1ms", 1),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "for `{text}`");
        }
    }

    #[test]
    fn what_has_no_unit_or_no_number_is_none() {
        for text in [
            "",
            " ",
            "5",
            "s",
            "5 s",
            "5x",
            "-5s",
            "1.5s",
            "1s 5",
            "1s,5s",
            "soon",
            "5S",
            "5µs",
            "٣s",
            "18446744073709551616s",
            "18446744073709551615h",
            "18446744073709551615s 1s",
        ] {
            assert_eq!(parse(text), None, "for `{text}`");
        }
    }
}
