//! Points in time, and spans of it, as JUnit's schema has them.

use std::time::{Duration, SystemTime};

/// The last second that has four digits for its year, since 1970.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// A point in time to the millisecond. A clock that is set to before 1970 or far beyond our days is set wrong: it gives the
/// first moment or the last that there are words for.
pub(super) fn moment(time: SystemTime) -> String {
    let time = time.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST);
    let text = humantime::format_rfc3339_millis(time).to_string();
    // `Z` says the same; readers of our files have always seen it written out, as nextest does it.
    format!("{}+00:00", text.trim_end_matches('Z'))
}

/// A span of time, in seconds.
pub(super) fn span(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_date_milliseconds_and_a_zone() {
        let after = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert_eq!(moment(after(0)), "1970-01-01T00:00:00.000+00:00");
        assert_eq!(moment(after(1_772_366_400_007)), "2026-03-01T12:00:00.007+00:00");
        assert_eq!(moment(after(1_709_251_199_999)), "2024-02-29T23:59:59.999+00:00");
    }

    #[test]
    fn any_clock_gives_a_moment() {
        let epoch = SystemTime::UNIX_EPOCH;
        let early = epoch.checked_sub(Duration::from_secs(1)).unwrap();
        assert_eq!(moment(early), "1970-01-01T00:00:00.000+00:00");
        assert_eq!(moment(epoch + LAST), "9999-12-31T23:59:59.000+00:00");
        assert_eq!(moment(epoch + LAST * 2), "9999-12-31T23:59:59.000+00:00");
    }

    #[test]
    fn a_span_has_milliseconds() {
        assert_eq!(span(Duration::ZERO), "0.000");
        assert_eq!(span(Duration::from_micros(61_001_600)), "61.002");
    }
}
