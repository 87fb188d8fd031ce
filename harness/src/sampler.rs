//! Looks now and then at what the process uses, where somebody wants to know the course of a run.

use crate::clock::Clock;
use crate::event::{Detail, Event};
use crate::usage;
use std::time::Duration;

/// The kernel counts in hundredths of a second: what is closer together shows little but that.
const CLOSEST: Duration = Duration::from_millis(40);

/// After which part of the run so far it looks again. So an hour is some five hundred looks, and each is as close to the next as
/// a drawing of the whole run can show.
const PART: u32 = 64;

/// Says when to look.
#[derive(Debug)]
pub(crate) struct Sampler {
    clock: Clock,
    /// When the next look is due; not before the run has begun to be told of.
    due: Option<Duration>,
}

impl Sampler {
    /// For a run with this clock.
    pub(crate) fn new(clock: Clock) -> Self {
        Sampler { clock, due: None }
    }

    /// The run has begun: the first look is due.
    pub(crate) fn begin(&mut self) {
        self.due = Some(Duration::ZERO);
    }

    /// How long there is until the next look.
    pub(crate) fn left(&self) -> Option<Duration> {
        Some(self.due?.saturating_sub(self.clock.now()))
    }

    /// Looks, if it is time to.
    pub(crate) fn sample(&mut self) -> Option<Event> {
        let at = self.clock.now();
        if at < self.due? {
            return None;
        }
        self.due = Some(at + CLOSEST.max(at / PART));
        let (cpu, memory) = usage::with_children()?;
        Some(Event::Detail(Detail::Sampled { at, cpu, memory }))
    }
}
