//! Carries events from the threads that run tests to the one that tells of them, in the order of their sending.
//!
//! Waking a thread costs a worker more than an empty test does. So the receiver, once woken, looks again by itself every
//! [`PAUSE`], or [`CLOSE`], as long as events keep coming, and senders wake it only when it has gone to sleep for good or
//! when the run is over.

use crate::crash;
use crate::event::{Event, FixturePhase, FixtureRan, InFlight, Listener};
use crate::fixture::FixtureDecl;
use crate::sampler::Sampler;
use crate::test::Test;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How late an event may be told at the most.
const PAUSE: Duration = Duration::from_millis(5);

/// The same where tests print past the harness, and results are to stand near to what their tests printed.
const CLOSE: Duration = Duration::from_millis(1);

/// How often the receiver looks for a crash while nothing happens: a handler of a signal cannot wake it.
const LOOK: Duration = Duration::from_millis(20);

/// For how many events there is room at once. A sender that has to make more does so under the lock, and a worker that waits
/// for it goes to sleep. It is memory only once it is used.
const ROOM: usize = 1_024;

/// Makes a channel. It ends once its last sender is dropped, or with [`Event::RunFinished`]. A test, or a teardown, is said to be still
/// running each time that `slow` has passed.
pub(crate) fn channel(slow: Duration) -> (Sender, Receiver) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            events: Vec::with_capacity(ROOM),
            asleep: false,
            wanted: 0,
            sent: 0,
            told: 0,
            senders: 1,
            shut: false,
        }),
        woken: Condvar::new(),
        told: Condvar::new(),
    });
    let receiver = Receiver {
        shared: Arc::clone(&shared),
        slow,
        pause: PAUSE,
        pace: None,
        running: Vec::new(),
        ending: Vec::new(),
        room: Vec::with_capacity(ROOM),
        sampler: None,
    };
    (Sender { shared }, receiver)
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// For the receiver: something it waits for has happened.
    woken: Condvar,
    /// For senders: events have been told.
    told: Condvar,
}

#[derive(Debug)]
struct State {
    events: Vec<Event>,
    /// Whether the receiver waits to be woken rather than for the end of a pause.
    asleep: bool,
    /// How many events senders wait to be told.
    wanted: u64,
    /// How many events have been sent, and told.
    sent: u64,
    told: u64,
    senders: usize,
    /// Whether nothing is told any more: the process is about to be executed again, or to end.
    shut: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that events are put into.
#[derive(Debug)]
pub(crate) struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    /// Sends an event; never blocks for longer than another sender takes to do the same.
    pub(crate) fn send(&self, event: Event) {
        let mut state = self.shared.lock();
        if state.shut {
            drop(state);
            wait_for_the_end();
        }
        state.events.push(event);
        state.sent += 1;
        if std::mem::take(&mut state.asleep) {
            drop(state);
            self.shared.woken.notify_one();
        }
    }

    /// Waits until everything that has been sent so far is told.
    pub(crate) fn wait_until_told(&self) {
        let mut state = self.shared.lock();
        let sent = state.sent;
        state.wanted = sent;
        state.asleep = false;
        self.shared.woken.notify_one();
        drop(
            self.shared
                .told
                .wait_while(state, |state| state.told < sent)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

/// Whoever sends now runs a test that no one will hear of in this process, and must not start another.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}

impl Clone for Sender {
    fn clone(&self) -> Self {
        self.shared.lock().senders += 1;
        Sender { shared: Arc::clone(&self.shared) }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.senders -= 1;
        if state.senders == 0 {
            drop(state);
            self.shared.woken.notify_one();
        }
    }
}

/// The end that events come out of.
#[derive(Debug)]
pub(crate) struct Receiver {
    shared: Arc<Shared>,
    slow: Duration,
    /// How late an event may be told.
    pause: Duration,
    /// How often a listener is given a pause while nothing happens.
    pace: Option<Duration>,
    /// What has started and not finished, and since when.
    running: Vec<Running>,
    /// The teardowns that have.
    ending: Vec<(&'static FixtureDecl, Lasting)>,
    /// Room for the events that come next: that of those told last.
    room: Vec<Event>,
    /// Where somebody wants to know what the process uses meanwhile.
    sampler: Option<Sampler>,
}

impl Drop for Receiver {
    /// Whoever waits for something to be told must not wait for a receiver that is gone.
    fn drop(&mut self) {
        self.shared.lock().told = u64::MAX;
        self.shared.told.notify_all();
    }
}

/// A test that has started and not finished.
#[derive(Debug)]
struct Running {
    test: &'static Test,
    worker: usize,
    began: Duration,
    lasting: Lasting,
}

/// Something that may take long.
#[derive(Debug)]
struct Lasting {
    since: Instant,
    /// How often it has been said that it is still running.
    told: u32,
}

impl Running {
    fn in_flight(&self) -> InFlight {
        let Running { test, worker, began, ref lasting } = *self;
        InFlight { test, worker, began, ran_for: lasting.since.elapsed() }
    }
}

impl Lasting {
    fn now() -> Self {
        Lasting { since: Instant::now(), told: 0 }
    }

    /// For how long it will have been running when that is said the next time.
    fn after(&self, slow: Duration) -> Duration {
        slow.saturating_mul(self.told.saturating_add(1))
    }

    /// When that is; never, where time does not reach that far.
    fn due(&self, slow: Duration) -> Option<Instant> {
        self.since.checked_add(self.after(slow))
    }

    /// For how long it has been running, if that is to be said now.
    fn tell(&mut self, slow: Duration, now: Instant) -> Option<Duration> {
        let after = self.after(slow);
        self.due(slow).filter(|due| *due <= now)?;
        self.told = self.told.saturating_add(1);
        Some(after)
    }
}

/// Why there are no more events.
#[derive(Debug)]
pub(crate) enum End {
    /// The last sender is gone.
    Over,
    /// The process has crashed while these ran.
    Crashed(Vec<InFlight>),
}

impl Receiver {
    /// Gives the listener a pause at least this often, also while nothing happens.
    pub(crate) fn pause_every(&mut self, pace: Option<Duration>) {
        self.pace = pace;
    }

    /// Tells of events soon after what tests print by themselves.
    pub(crate) fn keep_close(&mut self) {
        self.pause = CLOSE;
    }

    /// Tells of what the process uses, too.
    pub(crate) fn sample(&mut self, sampler: Sampler) {
        self.sampler = Some(sampler);
    }

    /// Tells a listener of every event until the last, with [`Event::TestStillRunning`] put between.
    pub(crate) fn tell_all(&mut self, listener: &mut dyn Listener) -> End {
        loop {
            let crashed = crash::begun();
            let Some(mut events) = (if crashed { Some(self.shut()) } else { self.receive() }) else {
                return End::Over;
            };
            // Before the events: nothing follows the last of a run.
            if let Some(event) = self.sampler.as_mut().and_then(Sampler::sample) {
                listener.tell(&event);
            }
            for event in &events {
                self.note(event);
                listener.tell(event);
            }
            for event in self.still_running() {
                listener.tell(&event);
            }
            listener.pause();
            if crashed {
                return End::Crashed(self.running.iter().map(Running::in_flight).collect());
            }
            // A thread that was left behind may hold a sender for ever.
            if !events.iter().any(|event| matches!(event, Event::RunFinished { .. })) {
                let told = events.len();
                events.clear();
                self.room = events;
                self.rest(told);
            } else if !crash::begun() {
                return End::Over;
            }
            // Else such a thread has crashed before the end was told of, which it therefore was not.
        }
    }

    /// The events since the last call; whoever sends another waits for ever.
    fn shut(&self) -> Vec<Event> {
        let mut state = self.shared.lock();
        state.shut = true;
        std::mem::take(&mut state.events)
    }

    /// The events since the last call, or none if a test has become slow or the process has crashed meanwhile, or if a pause is
    /// due; nothing once the channel has ended.
    fn receive(&mut self) -> Option<Vec<Event>> {
        let pause = self.pace.map(|pace| Instant::now() + pace);
        let mut state = self.shared.lock();
        loop {
            if !state.events.is_empty() {
                return Some(std::mem::replace(&mut state.events, std::mem::take(&mut self.room)));
            }
            if state.senders == 0 {
                return None;
            }
            state.asleep = true;
            let lasting = self.running.iter().map(|running| &running.lasting);
            let lasting = lasting.chain(self.ending.iter().map(|(_, lasting)| lasting));
            let due = lasting.filter_map(|lasting| lasting.due(self.slow)).min();
            let slow = due.into_iter().chain(pause).min();
            let slow = slow.map(|due| due.saturating_duration_since(Instant::now()));
            let look = crash::looked_for().then_some(LOOK);
            let sample = self.sampler.as_ref().and_then(Sampler::left);
            state = match slow.into_iter().chain(look).chain(sample).min() {
                Some(left) => {
                    self.shared.woken.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.shared.woken.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.asleep = false;
            let is_due = |left: Option<Duration>| left == Some(Duration::ZERO);
            if is_due(slow) || is_due(sample) || crash::begun() {
                return Some(std::mem::take(&mut self.room));
            }
        }
    }

    /// Takes what has been sent so far, where nobody tells of it as it comes.
    pub(crate) fn take(&self) -> Vec<Event> {
        let mut state = self.shared.lock();
        state.told = state.sent;
        std::mem::take(&mut state.events)
    }

    /// Says how many events have been told, and lets others gather for a moment.
    fn rest(&self, told: usize) {
        let mut state = self.shared.lock();
        if state.told < state.wanted {
            self.shared.told.notify_all();
        }
        state.told += told as u64;
        let go_on = |state: &mut State| state.senders > 0 && state.wanted <= state.told;
        drop(
            self.shared
                .woken
                .wait_timeout_while(state, self.pause, go_on)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::TestStarted { test, worker, began, .. } => {
                let (worker, began) = (*worker, *began);
                self.running.push(Running { test, worker, began, lasting: Lasting::now() });
            }
            Event::TestFinished { test, .. } => {
                // A plain loop: an adapter is as many instructions again for each test.
                let (mut index, running) = (0, &mut self.running);
                while index < running.len() && !std::ptr::eq(running[index].test, *test) {
                    index += 1;
                }
                if index < running.len()
                    && let Some(last) = running.pop()
                    && index < running.len()
                {
                    running[index] = last;
                }
            }
            Event::TearDownStarted { fixture } => self.ending.push((fixture, Lasting::now())),
            Event::FixtureRan(FixtureRan { fixture, phase: FixturePhase::TearDown, .. }) => {
                if let Some(place) = self.ending.iter().position(|(other, _)| std::ptr::eq(*other, *fixture))
                {
                    self.ending.swap_remove(place);
                }
            }
            Event::RunStarted { .. } => self.sampler.iter_mut().for_each(Sampler::begin),
            _ => {}
        }
    }

    fn still_running(&mut self) -> Vec<Event> {
        if self.running.is_empty() && self.ending.is_empty() {
            return Vec::new();
        }
        let (slow, now) = (self.slow, Instant::now());
        let tests = self.running.iter_mut().filter_map(|Running { test, lasting, .. }| {
            lasting.tell(slow, now).map(|after| Event::TestStillRunning { test, after })
        });
        let teardowns = self.ending.iter_mut().filter_map(|(fixture, lasting)| {
            lasting.tell(slow, now).map(|after| Event::TearDownStillRunning { fixture, after })
        });
        tests.chain(teardowns).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes the number in each `RunNoted`, which these tests use to tell events apart.
    #[derive(Default)]
    struct Notes {
        events: Vec<u64>,
        pauses: usize,
    }

    impl Listener for Notes {
        fn tell(&mut self, event: &Event) {
            if let Event::RunNoted { note } = event {
                self.events.push(note.parse().unwrap());
            }
        }

        fn catch_up(&mut self, _: &Event) {}

        fn pause(&mut self) {
            self.pauses += 1;
        }
    }

    fn event(number: u64) -> Event {
        Event::RunNoted { note: number.to_string() }
    }

    #[test]
    fn every_event_arrives_in_its_senders_order_and_the_last_sender_ends_the_channel() {
        let (sender, mut receiver) = channel(Duration::from_secs(60));
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let sender = sender.clone();
                std::thread::spawn(move || (0..1_000).for_each(|n| sender.send(event(thread * 10_000 + n))))
            })
            .collect();
        drop(sender);
        let mut notes = Notes::default();
        receiver.tell_all(&mut notes);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(notes.events.len(), 4_000);
        for thread in 0..4 {
            let own: Vec<_> = notes.events.iter().filter(|&&event| event / 10_000 == thread).collect();
            assert!(own.is_sorted(), "of thread {thread}");
        }
        assert!(notes.pauses > 0);
    }

    #[test]
    fn whoever_waits_until_all_is_told_is_woken() {
        let (sender, mut receiver) = channel(Duration::from_secs(60));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let sender = sender.clone();
                std::thread::spawn(move || {
                    for number in 0..2_000 {
                        sender.send(event(number));
                        sender.wait_until_told();
                    }
                })
            })
            .collect();
        drop(sender);
        let mut notes = Notes::default();
        receiver.tell_all(&mut notes);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(notes.events.len(), 6_000);
    }

    #[test]
    fn nobody_waits_for_a_receiver_that_is_gone() {
        let (sender, receiver) = channel(Duration::from_secs(60));
        sender.send(event(1));
        drop(receiver);
        let (gone_on, goes_on) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            sender.wait_until_told();
            gone_on.send(()).unwrap();
        });
        assert_eq!(goes_on.recv_timeout(Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn a_channel_without_events_ends_too() {
        let (sender, mut receiver) = channel(Duration::from_secs(60));
        drop(sender);
        let mut notes = Notes::default();
        receiver.tell_all(&mut notes);
        assert_eq!((notes.events.len(), notes.pauses), (0, 0));
    }
}
