//! One instance that tests share: set up once, on first need, on a thread of its own; torn down when nobody needs it.

use super::session::{SessionRuntime, driven, park_on};
use super::{
    Broken, Context, Failed, Fixture, Of, PANICKED, SharedValue, Stored, TearDown, not_torn_down, overran,
    run_tear_down, set_up, tear_down,
};
use crate::aside::{self, run_aside};
use crate::capture::{Mark, Recording};
use crate::channel::Sender;
use crate::clock::Clock;
use crate::crash;
use crate::event::{Event, FixturePhase, FixtureRan, Holder};
use crate::fixture::{BUILT_IN, FixtureDecl, FixtureKind};
use crate::mailbox::{self, mailbox};
use crate::panics::{Running, caught, discard};
use crate::settings::Capture;
use crate::watchdog::{Doing, LeftBehind, Seat, Watchdog};
use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use std::any::Any;
use std::cmp::Reverse;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Sets an instance up, whatever its type.
pub(super) type Builder = fn(Context) -> LocalBoxFuture<'static, Result<Built, Failed>>;

/// A value and how to be rid of it.
pub(super) struct Built {
    value: SharedValue,
    tear_down: fn(Box<dyn Any>) -> TearDown,
}

/// The builder of a fixture's instances.
pub(super) fn builder<F: Fixture>() -> Builder {
    |context| {
        Box::pin(async move {
            match set_up::<F>(context).await? {
                Stored::Shared(value) => Ok(Built { value: Arc::new(value), tear_down: tear_down::<F> }),
                _ => Err(Failed::Broken(Broken {
                    fixture: F::decl(),
                    error: Some("its value does not go where its scope says".to_owned()),
                })),
            }
        })
    }
}

/// What all shared instances have from the run that they are of.
pub(crate) struct SharedRun {
    pub(super) session: SessionRuntime,
    pub(super) terms: Terms,
    /// How many instances have been set up.
    pub(super) set_up: AtomicUsize,
}

/// What the fixtures of a run get from it.
pub(crate) struct Terms {
    /// Where their failures are told of.
    pub(crate) events: Sender,
    /// When that is.
    pub(crate) clock: Clock,
    /// Whether what they print is kept.
    pub(crate) capture: Capture,
    /// Whoever ends those that take too long.
    pub(crate) watchdog: Arc<Watchdog>,
    /// How long each set-up and each teardown may take, unless its fixture says otherwise.
    pub(crate) limit: Option<Duration>,
    /// Whether it is told of each fixture of a single test, too.
    pub(crate) details: bool,
}

impl Terms {
    /// Says that a fixture was set up or torn down, from then until now.
    pub(super) fn ran(
        &self,
        fixture: &'static FixtureDecl,
        phase: FixturePhase,
        holder: Holder,
        since: Instant,
    ) {
        if fixture.place.file == BUILT_IN || (matches!(holder, Holder::Test(_)) && !self.details) {
            return;
        }
        let (began, duration) = (self.clock.at(since), since.elapsed());
        self.events.send(Event::FixtureRan(FixtureRan { fixture, phase, holder, began, duration }));
    }
}

/// Why a thread was left behind.
const STUCK: &str = "it blocked its thread, which was left behind";

impl SharedRun {
    /// Says that a fixture failed.
    pub(super) fn failed(
        &self,
        fixture: &'static FixtureDecl,
        phase: FixturePhase,
        error: String,
        output: Vec<u8>,
    ) {
        self.terms.events.send(Event::FixtureFailed { fixture, phase, error, output });
    }

    /// Runs a set-up or a teardown: a plain one where it may block.
    ///
    /// # Errors
    ///
    /// In words, if it was not run to its end. Others wait for that end, so no panic gets past here.
    fn run<T>(&self, kind: FixtureKind, future: impl Future<Output = T>) -> Result<T, String> {
        let run = || match kind {
            FixtureKind::Sync => self.session.enter_and_wait(future),
            FixtureKind::Async => self.session.block_on(future),
        };
        match caught(run) {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(format!("could not build the session runtime: {error}")),
            Err(payload) => {
                discard(payload);
                Err(PANICKED.to_owned())
            }
        }
    }

    fn record(&self) -> Option<Recording> {
        (self.terms.capture == Capture::Yes).then(Recording::begin_of_fixture)
    }

    /// Tears down what outlives a test, and says so if that fails.
    pub(super) fn tear_down(
        self: &Arc<Self>,
        fixture: &'static FixtureDecl,
        holder: Holder,
        value: Box<dyn Any + Send>,
        tear_down: fn(Box<dyn Any>) -> TearDown,
    ) {
        let since = Instant::now();
        if fixture.place.file != BUILT_IN {
            self.terms.events.send(Event::TearDownStarted { fixture });
        }
        let limit = fixture.limit(self.terms.limit);
        let (sender, torn) = mailbox();
        let this = Arc::clone(self);
        let tear_down = move || this.tear_down_here(fixture, limit, value, tear_down, sender);
        match limit {
            None => tear_down(),
            // Whoever waits for it must not be left behind with it.
            Some(_) => run_aside(&format!("fixture {}", fixture.label()), tear_down),
        }
        if let Ok((Err(error), output)) = torn.receive(None) {
            self.failed(fixture, FixturePhase::TearDown, error, output);
        }
        self.terms.ran(fixture, FixturePhase::TearDown, holder, since);
    }

    fn tear_down_here(
        &self,
        fixture: &'static FixtureDecl,
        limit: Option<Duration>,
        value: Box<dyn Any + Send>,
        tear_down: fn(Box<dyn Any>) -> TearDown,
        torn: mailbox::Sender<(Result<(), String>, Vec<u8>)>,
    ) {
        let recording = self.record();
        let mark = recording.as_ref().map(Recording::mark);
        let left = torn.clone();
        let seat = self.terms.watchdog.seat(move |LeftBehind { overdue, .. }| {
            // Where nobody listens any more there is nobody to tell.
            let _ = left.send((
                Err(format!("{overdue}: {STUCK}")),
                mark.map(Mark::close).unwrap_or_default().to_vec(),
            ));
        });
        seat.begin();
        let result = {
            let _running = Running::fixture(fixture, FixturePhase::TearDown);
            let future = async {
                let future = run_tear_down(tear_down, value);
                let ended = seat.limited(Doing::TearDown(fixture), limit, future).await;
                ended.unwrap_or_else(|it| Err(not_torn_down(it)))
            };
            self.run(fixture.end_kind(), future).flatten()
        };
        crash::torn_down(fixture);
        let output = recording.map(Recording::finish).unwrap_or_default().to_vec();
        if seat.end() {
            let _ = torn.send((result, output));
        }
    }
}

/// The place of one shared instance.
pub(crate) struct SharedCell {
    pub(super) fixture: &'static FixtureDecl,
    /// The shared fixtures that it needs.
    needs: Vec<Arc<SharedCell>>,
    /// How many tests, and instances that need it, have not ended.
    users: AtomicUsize,
    /// The so-and-so-manieth of the run to be set up, from 1; 0 before that.
    number: AtomicUsize,
    state: Mutex<State>,
    run: Arc<SharedRun>,
}

enum State {
    Empty,
    /// Being set up; these want to hear of it.
    Building(Vec<oneshot::Sender<()>>),
    Ready(Built),
    Failed(Failed),
    Gone,
}

/// What a shared fixture's set-up finds its own fixtures through.
pub(super) struct SharedContext {
    needs: Vec<Arc<SharedCell>>,
    seat: Arc<Seat>,
}

impl SharedContext {
    pub(super) async fn shared(
        &self,
        fixture: &'static FixtureDecl,
        builder: Builder,
    ) -> Result<SharedValue, Broken> {
        let cell = find(&self.needs, fixture)?;
        let obtained = self.seat.paused(cell.obtain(builder)).await;
        // What becomes of that one is told by itself.
        let ended = |_| Err(Failed::Broken(Broken { fixture, error: None }));
        obtained.unwrap_or_else(ended).map_err(super::attempt::broken)
    }
}

/// The cell of a fixture among those that were planned for.
pub(super) fn find<'a>(
    cells: &'a [Arc<SharedCell>],
    fixture: &'static FixtureDecl,
) -> Result<&'a Arc<SharedCell>, Broken> {
    let same = |cell: &&Arc<SharedCell>| std::ptr::eq(cell.fixture, fixture);
    cells.iter().find(same).ok_or_else(|| Broken {
        fixture,
        error: Some("it is not among the needs that were declared".to_owned()),
    })
}

impl SharedCell {
    /// A place for an instance, which uses these others until it is torn down.
    pub(super) fn new(
        fixture: &'static FixtureDecl,
        needs: Vec<Arc<SharedCell>>,
        run: &Arc<SharedRun>,
    ) -> Arc<Self> {
        needs.iter().for_each(|need| need.add_user());
        Arc::new(SharedCell {
            fixture,
            needs,
            users: AtomicUsize::new(0),
            number: AtomicUsize::new(0),
            state: Mutex::new(State::Empty),
            run: Arc::clone(run),
        })
    }

    pub(super) fn add_user(&self) {
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// The instance, if it is up.
    pub(super) fn ready(&self) -> Option<SharedValue> {
        match &*self.lock() {
            State::Ready(built) => Some(Arc::clone(&built.value)),
            _ => None,
        }
    }

    /// The instance, or why there is none, if that is known.
    fn known(&self) -> Option<Result<SharedValue, Failed>> {
        match &*self.lock() {
            State::Ready(built) => Some(Ok(Arc::clone(&built.value))),
            State::Failed(failed) => Some(Err(failed.clone())),
            State::Gone => Some(Err(self.broken("it has been torn down already"))),
            State::Empty | State::Building(_) => None,
        }
    }

    /// The instance, once it is there.
    pub(super) async fn obtain(self: &Arc<Self>, builder: Builder) -> Result<SharedValue, Failed> {
        loop {
            if let Some(result) = self.known() {
                return result;
            }
            let built = {
                let mut state = self.lock();
                match &mut *state {
                    State::Ready(_) | State::Failed(_) | State::Gone => continue,
                    State::Building(waiting) => {
                        let (sender, built) = oneshot::channel();
                        waiting.push(sender);
                        built
                    }
                    State::Empty => {
                        let (sender, built) = oneshot::channel();
                        *state = State::Building(vec![sender]);
                        self.build(builder, &mut state);
                        built
                    }
                }
            };
            // A builder that went without a word has left a state behind as well.
            let _ = built.await;
        }
    }

    /// Starts the set-up on a thread of its own: whatever becomes of the test that asked first, others need it too.
    fn build(self: &Arc<Self>, builder: Builder, state: &mut State) {
        let this = Arc::clone(self);
        let name = format!("fixture {}", self.fixture.label());
        let started = aside::start(&name, move || this.run_set_up(builder));
        if let Err(error) = started {
            *state = State::Failed(self.broken(&format!("could not start a thread for it: {error}")));
        }
    }

    fn run_set_up(self: &Arc<Self>, builder: Builder) {
        let fixture = self.fixture;
        let since = Instant::now();
        let recording = self.run.record();
        let _running = Running::fixture(fixture, FixturePhase::SetUp);
        let mark = recording.as_ref().map(Recording::mark);
        let this = Arc::clone(self);
        let seat = self.run.terms.watchdog.seat(move |LeftBehind { overdue, .. }| {
            let output = mark.map(Mark::close).unwrap_or_default().to_vec();
            this.end_set_up(Err(this.broken(&format!("{overdue}: {STUCK}"))), output);
        });
        seat.begin();
        let shared = SharedContext { needs: self.needs.clone(), seat: Arc::clone(&seat) };
        let context = Context { of: Of::Shared(Rc::new(shared)) };
        let limit = fixture.limit(self.run.terms.limit);
        let set_up = async {
            match seat.limited(Doing::SetUp(fixture), limit, builder(context)).await {
                Ok(result) => (result, None),
                Err(it) => {
                    let (failed, late) = overran(it, |why| self.broken(&why.to_string()));
                    (Err(failed), late)
                }
            }
        };
        let ran = self.run.run(fixture.kind, set_up);
        let (result, late) = ran.unwrap_or_else(|error| (Err(self.broken(&error)), None));
        let output = recording.map(Recording::finish).unwrap_or_default().to_vec();
        if seat.end() {
            self.run.terms.ran(fixture, FixturePhase::SetUp, Holder::Shared, since);
            if let Some(late) = late {
                // Before anybody hears of the end: the run waits for that.
                crash::set_up(fixture);
                self.tear_down_built(late);
            }
            self.end_set_up(result, output);
        }
    }

    fn end_set_up(&self, result: Result<Built, Failed>, output: Vec<u8>) {
        let new = match result {
            Ok(built) => {
                crash::set_up(self.fixture);
                let number = self.run.set_up.fetch_add(1, Ordering::Relaxed) + 1;
                self.number.store(number, Ordering::Relaxed);
                State::Ready(built)
            }
            Err(failed) => State::Failed(self.tell(failed, output)),
        };
        let old = std::mem::replace(&mut *self.lock(), new);
        if let State::Building(waiting) = old {
            for waiting in waiting {
                // Whoever does not wait any more does not want to hear of it.
                let _ = waiting.send(());
            }
        }
    }

    /// Tells of a failure where it happened, and leaves the error out for those whom it reaches later.
    fn tell(&self, failed: Failed, output: Vec<u8>) -> Failed {
        match failed {
            Failed::Broken(Broken { fixture, error: Some(error) }) => {
                self.run.failed(fixture, FixturePhase::SetUp, error, output);
                Failed::Broken(Broken { fixture, error: None })
            }
            other => other,
        }
    }

    /// These, the last one to be set up first.
    pub(super) fn last_first(cells: &[Arc<Self>]) -> Vec<&Self> {
        let mut cells: Vec<_> = cells.iter().map(Arc::as_ref).collect();
        cells.sort_by_key(|cell| Reverse(cell.number.load(Ordering::Relaxed)));
        cells
    }

    /// Somebody needs it no more. The last one tears it down, and then what it needed itself.
    pub(super) fn release(&self) {
        if self.users.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.tear_down();
            self.needs.iter().for_each(|need| need.release());
        }
    }

    /// Tears the instance down, if there is one; first waits for one that is being set up. That happens where the run is
    /// interrupted, and the set-up with it: so it does not take long.
    pub(super) fn tear_down(&self) {
        let state = loop {
            let built = match &mut *self.lock() {
                State::Building(waiting) => {
                    let (sender, built) = oneshot::channel();
                    waiting.push(sender);
                    built
                }
                state => break std::mem::replace(state, State::Gone),
            };
            let _ = driven(built, park_on);
        };
        if let State::Ready(built) = state {
            self.tear_down_built(built);
        }
    }

    fn tear_down_built(&self, Built { value, tear_down }: Built) {
        match Arc::try_unwrap(value) {
            Ok(value) => self.run.tear_down(self.fixture, Holder::Shared, value, tear_down),
            Err(_) => {
                let error = "something that a test left behind still holds it".to_owned();
                self.run.failed(self.fixture, FixturePhase::TearDown, error, Vec::new());
                // It is told of, and will never be.
                crash::torn_down(self.fixture);
            }
        }
    }

    fn broken(&self, error: &str) -> Failed {
        Failed::Broken(Broken { fixture: self.fixture, error: Some(error.to_owned()) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
