//! Keeps the workers of a run on a core each.
//!
//! A worker with tests to run hardly sleeps, so two that are on one core stay there, each at half its speed and with another core
//! idle, until the kernel balances by itself, which can take all of a short run. Nor does it help everywhere to sleep: on virtual
//! machines workers have been seen to wake up where they were. So workers count where they are, and one that has company
//! moves to a core that has less.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// For how long a worker stays where it is once it has looked for a better core, the first time; then each time twice as long.
/// So it moves a few times in any run: whoever is in a long test may be elsewhere than it is counted, and the kernel has balanced by
/// then.
const PAUSE: Duration = Duration::from_micros(500);

/// The cores that a process may use.
struct Cores(libc::cpu_set_t);

impl Cores {
    /// Those of the calling thread; nothing where the system does not say.
    fn of_this_thread() -> Option<Self> {
        let mut cores = Cores::none();
        // SAFETY: the call writes no more than so many bytes, and 0 is the calling thread.
        let failed = unsafe { libc::sched_getaffinity(0, size_of_val(&cores.0), &raw mut cores.0) };
        (failed == 0).then_some(cores)
    }

    fn none() -> Self {
        // SAFETY: a set is a row of bits, and none of them is set in an empty one.
        Cores(unsafe { MaybeUninit::zeroed().assume_init() })
    }

    fn only(core: usize) -> Self {
        let mut cores = Cores::none();
        // SAFETY: the set is initialised, and the number that of a core in another set.
        unsafe { libc::CPU_SET(core, &mut cores.0) };
        cores
    }

    fn count(&self) -> usize {
        // SAFETY: the set is initialised.
        usize::try_from(unsafe { libc::CPU_COUNT(&self.0) }).unwrap_or(0)
    }

    fn numbers(&self) -> Vec<usize> {
        let (mut numbers, count) = (Vec::new(), self.count());
        for core in 0..libc::CPU_SETSIZE as usize {
            if numbers.len() == count {
                break;
            }
            // SAFETY: the set is initialised, and has so many bits.
            if unsafe { libc::CPU_ISSET(core, &self.0) } {
                numbers.push(core);
            }
        }
        numbers
    }

    fn are(&self, others: &Self) -> bool {
        // SAFETY: both sets are initialised.
        unsafe { libc::CPU_EQUAL(&self.0, &others.0) }
    }

    /// Lets the calling thread use these alone. Answers whether it now does.
    fn confine(&self) -> bool {
        // SAFETY: the call reads so many bytes, and 0 is the calling thread.
        unsafe { libc::sched_setaffinity(0, size_of_val(&self.0), &raw const self.0) == 0 }
    }
}

/// The number of the core that this runs on; none that is counted on, where it has none.
fn this_core() -> usize {
    // SAFETY: the call has no requirement.
    usize::try_from(unsafe { libc::sched_getcpu() }).unwrap_or(usize::MAX)
}

/// How many workers are on which core.
struct Census {
    /// The cores that they may use, by their numbers.
    cores: Vec<usize>,
    /// How many there are, by the number of a core.
    workers: Vec<AtomicUsize>,
}

impl Census {
    fn new(cores: Vec<usize>) -> Self {
        let workers = (0..=cores.last().copied().unwrap_or(0)).map(|_| AtomicUsize::new(0)).collect();
        Census { cores, workers }
    }

    fn come(&self, core: usize) {
        if let Some(workers) = self.workers.get(core) {
            workers.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn go(&self, core: usize) {
        if let Some(workers) = self.workers.get(core) {
            workers.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn on(&self, core: usize) -> usize {
        self.workers.get(core).map_or(0, |workers| workers.load(Ordering::Relaxed))
    }

    /// A core that has so much less than this one that it is better to be there.
    fn better_than(&self, core: usize) -> Option<usize> {
        let here = self.on(core);
        self.cores.iter().copied().find(|other| self.on(*other) + 1 < here)
    }

    /// Counts a worker there rather than here, unless the count here is no longer that which made it go: one of two has to move,
    /// not both.
    fn part(&self, here: usize, company: usize, there: usize) -> bool {
        let left = |workers: &AtomicUsize| {
            workers.compare_exchange(company, company - 1, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        let parted = company > 0 && self.workers.get(here).is_some_and(left);
        if parted {
            self.come(there);
        }
        parted
    }
}

/// Where the workers of a run are, and may be.
pub(super) struct Spread {
    allowed: Cores,
    census: Census,
}

impl Spread {
    /// Watches over so many workers, if that is a core for each. Of more cores the kernel finds an idle one, and more workers
    /// share cores anyway.
    pub(super) fn of(workers: usize) -> Option<Arc<Self>> {
        let allowed = Cores::of_this_thread()?;
        if workers < 2 || workers != allowed.count() {
            return None;
        }
        let census = Census::new(allowed.numbers());
        Some(Arc::new(Spread { allowed, census }))
    }

    /// Has the calling thread go on on this core, from where the kernel may take it wherever it could before. One that a test or a
    /// fixture has bound to cores of its own stays there.
    fn go_on(&self, core: usize) -> bool {
        let is_free = Cores::of_this_thread().is_some_and(|own| own.are(&self.allowed));
        is_free && Cores::only(core).confine() && self.allowed.confine()
    }
}

/// Where one worker is. It stays on the worker's thread.
pub(super) struct Footing {
    spread: Arc<Spread>,
    /// The core that it is counted on.
    core: usize,
    /// When it looked for a better one.
    looked: Option<Instant>,
    pause: Duration,
}

impl Footing {
    /// Counts the calling thread where it is.
    pub(super) fn find(spread: &Arc<Spread>) -> Self {
        let core = this_core();
        spread.census.come(core);
        Footing { spread: Arc::clone(spread), core, looked: None, pause: PAUSE }
    }

    /// Moves the thread if it has company and there is a core that has less. It takes no time to speak of where it has none.
    pub(super) fn keep(&mut self) {
        let (here, census) = (this_core(), &self.spread.census);
        if here != self.core {
            census.go(self.core);
            census.come(here);
            self.core = here;
        }
        let company = census.on(here);
        if company < 2 {
            return;
        }
        match self.looked {
            Some(looked) if looked.elapsed() < self.pause => return,
            Some(_) => self.pause = self.pause.saturating_mul(2),
            None => {}
        }
        self.looked = Some(Instant::now());
        let Some(there) = census.better_than(here) else { return };
        if census.part(here, company, there) {
            self.core = there;
            if !self.spread.go_on(there) {
                // A system that refuses this once will do so again, and who is bound mostly stays so.
                self.pause = Duration::MAX;
            }
        }
    }
}

impl Drop for Footing {
    fn drop(&mut self) {
        self.spread.census.go(self.core);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `counts` as `core:workers`; from where to where a worker moves.
    fn check(counts: &str, moves: Option<(usize, usize)>) {
        let counts = counts.split(' ').map(|count| count.split_once(':').unwrap());
        let counts: Vec<(usize, usize)> =
            counts.map(|(core, workers)| (core.parse().unwrap(), workers.parse().unwrap())).collect();
        let census = Census::new(counts.iter().map(|(core, _)| *core).collect());
        for (core, workers) in &counts {
            (0..*workers).for_each(|_| census.come(*core));
        }
        let found = counts.iter().find_map(|(core, _)| Some((*core, census.better_than(*core)?)));
        assert_eq!(found, moves, "{counts:?}");
        if let Some((here, there)) = found {
            let (company, before) = (census.on(here), census.on(there));
            assert!(!census.part(here, company + 1, there), "another has gone meanwhile");
            assert!(census.part(here, company, there));
            assert_eq!((census.on(here), census.on(there)), (company - 1, before + 1));
        }
    }

    #[test]
    fn whoever_has_company_goes_where_there_is_less() {
        check("0:1 1:1", None);
        check("0:2 1:0", Some((0, 1)));
        check("0:0 1:2", Some((1, 0)));
        check("2:1 5:3 7:0", Some((5, 2)));
        check("0:2 1:1 2:1", None);
        check("0:2 1:2 2:1", None);
        check("0:3 1:3 2:0", Some((0, 2)));
        check("4:2", None);
    }

    #[test]
    fn a_core_that_is_none_of_the_process_is_counted_on_by_nobody() {
        let census = Census::new(vec![1, 3]);
        census.come(usize::MAX);
        census.go(usize::MAX);
        assert_eq!((census.on(usize::MAX), census.better_than(usize::MAX)), (0, None));
        assert!(!census.part(usize::MAX, 2, 1));
    }

    #[test]
    fn a_thread_that_was_moved_may_be_wherever_it_could_before() {
        let before = Cores::of_this_thread().unwrap().numbers();
        let Some(spread) = Spread::of(before.len()) else {
            assert_eq!(before.len(), 1);
            return;
        };
        for core in &before {
            assert!(spread.go_on(*core));
            assert_eq!(Cores::of_this_thread().unwrap().numbers(), before);
        }
        let bound = Cores::only(before[0]);
        assert!(bound.confine() && !spread.go_on(before[1]));
        assert_eq!(Cores::of_this_thread().unwrap().numbers(), before[..1]);
        assert!(spread.allowed.confine());
        let last = libc::CPU_SETSIZE as usize - 1;
        assert!(before.contains(&last) || !spread.go_on(last), "no such core");
        let mut footings: Vec<_> = before.iter().map(|_| Footing::find(&spread)).collect();
        footings.iter_mut().for_each(Footing::keep);
        let counted = || before.iter().map(|core| spread.census.on(*core)).sum::<usize>();
        assert_eq!(counted(), before.len());
        drop(footings);
        assert_eq!(counted(), 0);
    }

    #[test]
    fn nobody_watches_over_more_workers_than_cores_or_fewer() {
        let cores = Cores::of_this_thread().unwrap().numbers().len();
        assert!(Spread::of(cores - 1).is_none() && Spread::of(cores + 1).is_none());
        assert_eq!(Spread::of(cores).is_some(), cores > 1);
    }
}
