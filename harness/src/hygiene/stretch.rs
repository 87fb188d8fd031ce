//! Tells a thread that was blocked from one that was busy.
//!
//! The kernel says how long a thread has run and for how long it has waited for a core. What is left of the time on the
//! wall it was asleep: in a sleep, on a lock, in a system call. A loaded machine thus makes no test look blocked. Nor does
//! one that stands still as a whole, as virtual machines do: whoever sleeps has given its core away by itself, which the
//! kernel counts too.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// From when on it is said. asyncio's debug mode takes the same for a callback that is slow.
const BLOCKED: Duration = Duration::from_millis(100);

thread_local! {
    /// Since when this thread has driven a runtime without parking.
    static SINCE: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// A thread's clocks, read together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    wall: Instant,
    /// For how long it has run, or waited for a core.
    awake: Duration,
    /// How often it has given its core away.
    sleeps: u64,
}

impl Moment {
    /// Those of this thread; nothing where the system does not say it.
    pub(super) fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let status = std::fs::read_to_string("/proc/thread-self/status").ok()?;
        Some(Moment { wall: Instant::now(), awake: awake(&stat)?, sleeps: sleeps(&status)? })
    }

    /// For how long this thread has been asleep since then, where that is too long.
    pub(super) fn blocked_since(self) -> Option<Duration> {
        let wall = self.wall.elapsed();
        // What is short needs no look at the other clock.
        if wall < BLOCKED {
            return None;
        }
        let now = Moment::now()?;
        blocked(wall, now.awake.saturating_sub(self.awake)).filter(|_| now.sleeps > self.sleeps)
    }
}

/// Whether the system says how long a thread has run. Linux does, unless it was built without that.
pub(crate) fn is_available() -> bool {
    Moment::now().is_some()
}

fn blocked(wall: Duration, awake: Duration) -> Option<Duration> {
    Some(wall.saturating_sub(awake)).filter(|asleep| *asleep >= BLOCKED)
}

/// The first two numbers of `/proc/<pid>/schedstat`, in nanoseconds.
fn awake(stat: &str) -> Option<Duration> {
    let mut numbers = stat.split_ascii_whitespace().map(str::parse::<u64>);
    let (ran, waited) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(Duration::from_nanos(ran.saturating_add(waited)))
}

/// The number in the line of `/proc/<pid>/status` that counts how often a thread gave its core away.
fn sleeps(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    line.trim().parse().ok()
}

/// This thread goes on.
pub(super) fn begin() {
    SINCE.set(Moment::now());
}

/// This thread parks; for how long it was blocked meanwhile, where that is too long.
pub(super) fn end() -> Option<Duration> {
    SINCE.take()?.blocked_since()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        assert_eq!(awake("1500 500 7\n"), Some(Duration::from_nanos(2000)));
        assert_eq!((awake(""), awake("1 x 2")), (None, None));
        let status = "Name:\tx\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n";
        assert_eq!((sleeps(status), sleeps("Name:\tx\n")), (Some(150), None));
    }

    #[test]
    fn only_sleep_is_blocking() {
        let ms = Duration::from_millis;
        assert_eq!(blocked(ms(300), ms(2)), Some(ms(298)));
        assert_eq!(blocked(ms(300), ms(250)), None);
        assert_eq!(blocked(ms(300), ms(301)), None);
    }
}
