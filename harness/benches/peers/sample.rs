//! The values of one figure over the rounds.

use std::fmt;

/// Values in one unit.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    values: Vec<f64>,
    unit: Unit,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Microseconds,
    Milliseconds,
    Seconds,
    Mebibytes,
    Megabytes,
    Crates,
}

impl Sample {
    /// Takes the values of the rounds; nothing if there are none.
    pub(crate) fn new(mut values: Vec<f64>, unit: Unit) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        (!values.is_empty()).then_some(Sample { values, unit })
    }

    /// The middle value, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        let (low, high) = ((self.values.len() - 1) / 2, self.values.len() / 2);
        f64::midpoint(self.values[low], self.values[high])
    }
}

impl Unit {
    /// What stands after a number, and how many digits after its point.
    fn shape(self) -> (&'static str, usize) {
        match self {
            Unit::Microseconds => (" us", 1),
            Unit::Milliseconds => (" ms", 1),
            Unit::Seconds => (" s", 1),
            Unit::Mebibytes => (" MiB", 1),
            Unit::Megabytes => (" MB", 1),
            Unit::Crates => ("", 0),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, digits) = self.unit.shape();
        write!(f, "{:.digits$}{unit}", self.median())?;
        if let [min, .., max] = self.values.as_slice() {
            write!(f, " ({min:.digits$}–{max:.digits$})")?;
        }
        Ok(())
    }
}
