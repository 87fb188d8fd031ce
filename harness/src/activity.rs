//! Tells whether a test uses a core or waits, for runs in which more tests are alive than there are cores.
//!
//! A test is at work as long as any thread of its is: the one that polls it, or a worker of its runtime. The thread pool for
//! blocking code is not counted, since its threads cannot be told from idle ones.

use crate::sorted::sort_by;
use std::cell::Cell;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Whoever counts the cores in use. Neither call may block: a test that is about to go on may hold a lock that others
/// at work are waiting for.
pub(crate) trait Cores: Send + Sync {
    /// A test uses one again.
    fn take(&self);
    /// A test waits.
    fn give(&self);
}

/// One attempt's use of cores; at work from the start.
pub(crate) struct Activity {
    /// Whoever counts the cores, where somebody does.
    cores: Option<Arc<dyn Cores>>,
    /// How many of its threads are at work.
    threads: AtomicUsize,
    begin: Instant,
    /// Since when it waits, in nanoseconds from its beginning, and for how long it has waited before.
    waits_since: AtomicU64,
    waited: AtomicU64,
    /// When that was, where somebody wants to know.
    stretches: Option<Mutex<Stretches>>,
}

/// What is kept of the waiting of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// How long it was.
    Sum,
    /// When it was, too.
    Stretches,
}

/// The longest stretches of waiting, in their order; a test may wait a million times.
#[derive(Debug)]
struct Stretches {
    /// In nanoseconds from the beginning of the attempt.
    kept: Vec<Range<u64>>,
    /// What is shorter is not kept.
    least: u64,
}

impl Default for Stretches {
    fn default() -> Self {
        Stretches { kept: Vec::new(), least: Self::LEAST }
    }
}

impl Stretches {
    const MOST: usize = 48;

    /// What is shorter cannot be seen in a drawing, and many tests have two such, of their runtime's own.
    const LEAST: u64 = 50_000;

    fn add(&mut self, stretch: Range<u64>) {
        if stretch.end.saturating_sub(stretch.start) < self.least {
            return;
        }
        self.kept.push(stretch);
        if self.kept.len() > Self::MOST {
            let mut lengths: Vec<_> = self.kept.iter().map(|kept| kept.end - kept.start).collect();
            sort_by(&mut lengths, |a, b| a < b);
            // The longer half stays, and from now on nothing is kept that is no longer than those that go.
            let median = lengths[Self::MOST / 2];
            self.least = median + 1;
            self.kept.retain(|kept| kept.end - kept.start >= median);
            self.kept.truncate(Self::MOST);
        }
    }
}

/// Far from where a count of threads can get to from either side.
const ENDED: usize = usize::MAX / 2;

thread_local! {
    /// Whether this thread, which drives a runtime, counts as at work. That of a worker begins with a rest.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

impl Activity {
    /// For an attempt that begins; whoever starts it has taken a core for it.
    pub(crate) fn new(cores: Option<Arc<dyn Cores>>, keeps: Keeps) -> Arc<Self> {
        Arc::new(Activity {
            cores,
            threads: AtomicUsize::new(1),
            begin: Instant::now(),
            waits_since: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            stretches: (keeps == Keeps::Stretches).then(Mutex::default),
        })
    }

    /// A thread of the test goes on.
    pub(crate) fn work(&self) {
        if self.threads.fetch_add(1, Ordering::SeqCst) == 0 {
            self.goes_on();
        }
    }

    /// A thread of the test waits.
    pub(crate) fn rest(&self) {
        // Before the last thread rests: whichever comes back first reads it.
        self.waits_since.store(self.age(), Ordering::SeqCst);
        if self.threads.fetch_sub(1, Ordering::SeqCst) == 1
            && let Some(cores) = &self.cores
        {
            cores.give();
        }
    }

    /// The attempt is over, and whoever started it has its core again. Threads that it left behind are not counted.
    /// Answers for how long it has waited, and when, as far as that is kept.
    pub(crate) fn end(&self) -> (Duration, Vec<Range<Duration>>) {
        if self.threads.swap(ENDED, Ordering::SeqCst) == 0 {
            self.goes_on();
        }
        let waited = Duration::from_nanos(self.waited.load(Ordering::SeqCst));
        let Some(stretches) = &self.stretches else { return (waited, Vec::new()) };
        let kept = std::mem::take(&mut stretches.lock().unwrap_or_else(PoisonError::into_inner).kept);
        let moment = Duration::from_nanos;
        (waited, kept.into_iter().map(|kept| moment(kept.start)..moment(kept.end)).collect())
    }

    /// It has waited, and a core is in use again.
    fn goes_on(&self) {
        let (since, now) = (self.waits_since.load(Ordering::SeqCst), self.age());
        self.waited.fetch_add(now.saturating_sub(since), Ordering::SeqCst);
        if let Some(stretches) = &self.stretches {
            stretches.lock().unwrap_or_else(PoisonError::into_inner).add(since..now.max(since));
        }
        if let Some(cores) = &self.cores {
            cores.take();
        }
    }

    /// In nanoseconds.
    fn age(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// A thread that drives the test's runtime goes on.
    pub(crate) fn thread_goes_on(&self) {
        if !COUNTED.replace(true) {
            self.work();
        }
    }

    /// A thread that drives the test's runtime parks, or ends.
    pub(crate) fn thread_parks(&self) {
        if COUNTED.replace(false) {
            self.rest();
        }
    }
}

/// This thread, which is at work already, will drive the runtime of its test.
pub(crate) fn this_thread_drives() {
    COUNTED.set(true);
}

/// A future whose test is at work while it is polled, and waits between.
pub(crate) struct Counted<'a> {
    pub(crate) future: Pin<&'a mut dyn Future<Output = ()>>,
    pub(crate) activity: &'a Activity,
    /// Whether it waits.
    pub(crate) waits: bool,
}

impl Future for Counted<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.waits) {
            self.activity.work();
        }
        let polled = self.future.as_mut().poll(context);
        if polled.is_pending() {
            self.waits = true;
            self.activity.rest();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(lengths: impl Iterator<Item = u64>) -> Vec<u64> {
        let (mut stretches, mut at) = (Stretches::default(), 0);
        for length in lengths {
            stretches.add(at..at + length * Stretches::LEAST);
            at += length * Stretches::LEAST + 1;
        }
        assert!(stretches.kept.is_sorted_by(|a, b| a.end <= b.start));
        stretches.kept.iter().map(|kept| (kept.end - kept.start) / Stretches::LEAST).collect()
    }

    #[test]
    fn the_longest_stretches_are_kept_in_their_order() {
        assert_eq!(kept([5, 0, 1, 3].into_iter()), [5, 1, 3]);
        let lengths = |nth: u64| if nth % 1_000 == 7 { 1_000_000 + nth } else { nth % 13 };
        let kept_ones = kept((0..10_000).map(lengths));
        let long: Vec<_> = (0..10_000).map(lengths).filter(|length| *length > 13).collect();
        assert_eq!(kept_ones.iter().copied().filter(|length| *length > 13).collect::<Vec<_>>(), long);
        assert!(kept_ones.len() <= Stretches::MOST);
    }

    #[test]
    fn stretches_that_are_alike_are_not_all_lost() {
        let kept = kept(std::iter::repeat_n(7, 1_000));
        assert!((1..=Stretches::MOST).contains(&kept.len()), "{}", kept.len());
    }

    #[test]
    fn waiting_is_summed_up_and_told_apart() {
        let activity = Activity::new(None, Keeps::Stretches);
        for _ in 0..2 {
            activity.rest();
            std::thread::sleep(Duration::from_millis(2));
            activity.work();
        }
        let (waited, stretches) = activity.end();
        assert_eq!(stretches.len(), 2);
        assert_eq!(stretches.iter().map(|stretch| stretch.end - stretch.start).sum::<Duration>(), waited);
        assert!(waited >= Duration::from_millis(4));
        let activity = Activity::new(None, Keeps::Stretches);
        activity.rest();
        std::thread::sleep(Duration::from_millis(2));
        let (waited, stretches) = activity.end();
        assert!(waited >= Duration::from_millis(2) && stretches.len() == 1, "one that ends while it waits");
        let (waited, stretches) = Activity::new(None, Keeps::Sum).end();
        assert_eq!((waited, stretches), (Duration::ZERO, Vec::new()));
    }
}
