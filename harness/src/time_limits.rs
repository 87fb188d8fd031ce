//! libtest's limits for `--report-time` and `--ensure-time`: from when on a test is slow, from when on too slow.

use std::fmt;
use std::time::Duration;

/// The limits for the tests of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeLimits {
    /// From here on a duration is worth a warning.
    pub(crate) warn: Duration,
    /// From here on it is worth an alarm, and a failure where limits are enforced.
    pub(crate) critical: Duration,
    /// What comes of reaching the critical limit.
    pub(crate) enforcement: Enforcement,
}

/// What comes of reaching the critical limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enforcement {
    /// A colour: `--report-time`.
    Report,
    /// The test fails: `--ensure-time`.
    Fail,
}

/// The kinds of test that have limits of their own, as libtest tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The target's root file stands in a folder `src`.
    Unit,
    /// It stands in a folder `tests`.
    Integration,
    /// It stands elsewhere.
    Other,
}

impl Kind {
    /// The kind of the target with this root file.
    pub(crate) fn of(root: &str) -> Self {
        let mut folders = root.rsplit(['/', '\\']).skip(1);
        match folders.next() {
            Some("src") => Kind::Unit,
            Some("tests") => Kind::Integration,
            _ => Kind::Other,
        }
    }

    /// The environment variable that overrides the limits, and these limits in milliseconds.
    fn defaults(self) -> (Option<&'static str>, u64, u64) {
        match self {
            Kind::Unit => (Some("RUST_TEST_TIME_UNIT"), 50, 100),
            Kind::Integration => (Some("RUST_TEST_TIME_INTEGRATION"), 500, 1_000),
            Kind::Other => (None, 60_000, 120_000),
        }
    }
}

/// A variable that does not hold `WARN,CRITICAL` in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLimits {
    variable: &'static str,
    value: String,
}

impl fmt::Display for BadLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadLimits { variable, value } = self;
        write!(
            f,
            "{variable} must be two numbers of milliseconds, WARN,CRITICAL, like 500,2000 (was {value})"
        )
    }
}

impl TimeLimits {
    /// The limits for a kind of test: from the environment where it names some, else libtest's own.
    ///
    /// # Errors
    ///
    /// [`BadLimits`] if the variable is set to anything but two numbers, the smaller first.
    pub(crate) fn read(
        kind: Kind,
        enforcement: Enforcement,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BadLimits> {
        let (variable, warn, critical) = kind.defaults();
        let limits = |warn, critical| TimeLimits {
            warn: Duration::from_millis(warn),
            critical: Duration::from_millis(critical),
            enforcement,
        };
        let Some((variable, value)) = variable.and_then(|variable| Some((variable, env(variable)?))) else {
            return Ok(limits(warn, critical));
        };
        let numbers = value.split_once(',').and_then(|(warn, critical)| {
            Some((warn.trim().parse::<u64>().ok()?, critical.trim().parse::<u64>().ok()?))
        });
        match numbers {
            Some((warn, critical)) if warn <= critical => Ok(limits(warn, critical)),
            _ => Err(BadLimits { variable, value }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, value: Option<&str>) -> Result<(u128, u128), String> {
        let env = |_: &str| value.map(str::to_owned);
        TimeLimits::read(kind, Enforcement::Fail, &env)
            .map(|limits| (limits.warn.as_millis(), limits.critical.as_millis()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_target_is_known_by_the_folder_of_its_root() {
        assert_eq!(Kind::of("src/lib.rs"), Kind::Unit);
        assert_eq!(Kind::of("crates/a/tests/api.rs"), Kind::Integration);
        assert_eq!(Kind::of("tests/api/main.rs"), Kind::Other);
        assert_eq!(Kind::of("main.rs"), Kind::Other);
    }

    #[test]
    fn the_environment_overrides_the_limits() {
        assert_eq!(read(Kind::Unit, None), Ok((50, 100)));
        assert_eq!(read(Kind::Unit, Some("5,7")), Ok((5, 7)));
        assert_eq!(read(Kind::Other, Some("5,7")), Ok((60_000, 120_000)));
    }

    #[test]
    fn limits_that_are_none_are_named() {
        for value in ["", "5", "5,x", "7,5", "1,2,3"] {
            let message = read(Kind::Integration, Some(value)).unwrap_err();
            assert!(message.starts_with("RUST_TEST_TIME_INTEGRATION must be"), "{message}");
            assert!(message.ends_with(&format!("(was {value})")), "{message}");
        }
    }
}
