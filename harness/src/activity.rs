//! Tells whether a test uses a core or waits, for runs in which more tests are alive than there are cores.
//!
//! A test is at work as long as any thread of its is: the one that polls it, or a worker of its runtime. The thread pool for
//! blocking code is not counted, since its threads cannot be told from idle ones.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
}

/// Far from where a count of threads can get to from either side.
const ENDED: usize = usize::MAX / 2;

thread_local! {
    /// Whether this thread, which drives a runtime, counts as at work. That of a worker begins with a rest.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

impl Activity {
    /// For an attempt that begins; whoever starts it has taken a core for it.
    pub(crate) fn new(cores: Option<Arc<dyn Cores>>) -> Arc<Self> {
        Arc::new(Activity {
            cores,
            threads: AtomicUsize::new(1),
            begin: Instant::now(),
            waits_since: AtomicU64::new(0),
            waited: AtomicU64::new(0),
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
    /// Answers for how long it has waited.
    pub(crate) fn end(&self) -> Duration {
        if self.threads.swap(ENDED, Ordering::SeqCst) == 0 {
            self.goes_on();
        }
        Duration::from_nanos(self.waited.load(Ordering::SeqCst))
    }

    /// It has waited, and a core is in use again.
    fn goes_on(&self) {
        let waited = self.age().saturating_sub(self.waits_since.load(Ordering::SeqCst));
        self.waited.fetch_add(waited, Ordering::SeqCst);
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
