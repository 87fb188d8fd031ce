//! How many tests may be alive at once, and how much of that a heavy one takes.

/// The places for tests that are alive; at least one for each of those who drive tests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    all: usize,
    drivers: usize,
}

impl Capacity {
    /// For so many drivers of so many steps, of which up to `in_flight` may be alive where that is more.
    pub(crate) fn new(drivers: usize, in_flight: usize, steps: usize) -> Self {
        let drivers = drivers.max(1);
        Capacity { all: in_flight.min(steps).max(drivers), drivers }
    }

    /// How many there are.
    pub(crate) fn all(self) -> usize {
        self.all
    }

    /// What a test asks for that counts as so many: a heavy one has the share of them that it would have of the drivers.
    pub(crate) fn asked(self, threads: usize) -> usize {
        if threads > 1 { threads.saturating_mul(self.all / self.drivers) } else { threads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_test_asks_for_its_share_of_the_places() {
        for (drivers, in_flight, steps, threads, expected) in [
            (4, 4, 100, 1, (4, 1)),
            (4, 4, 100, 3, (4, 3)),
            (2, 32, 100, 1, (32, 1)),
            (2, 32, 100, 2, (32, 32)),
            (2, 32, 10, 2, (10, 10)),
            (4, 1, 100, 2, (4, 2)),
            (0, 0, 0, 2, (1, 2)),
        ] {
            let places = Capacity::new(drivers, in_flight, steps);
            assert_eq!(
                (places.all(), places.asked(threads)),
                expected,
                "{drivers} {in_flight} {steps} {threads}"
            );
        }
    }
}
