//! One instance that tests share: set up once, on first need, on a thread of its own; torn down when nobody needs it.

use super::session::SessionRuntime;
use super::{
    Broken, Context, Failed, Fixture, Of, SharedValue, Stored, TearDown, run_tear_down, set_up, tear_down,
};
use crate::capture::Recording;
use crate::channel::Sender;
use crate::crash;
use crate::event::{Event, FixturePhase};
use crate::fixture::{FixtureDecl, FixtureKind};
use crate::panics::Running;
use crate::settings::Capture;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use std::any::Any;
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
            let value = set_up::<F>(context).await?;
            match F::store(value) {
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
    pub(super) events: Sender,
    pub(super) capture: Capture,
}

impl SharedRun {
    /// Says that a fixture failed.
    pub(super) fn failed(
        &self,
        fixture: &'static FixtureDecl,
        phase: FixturePhase,
        error: String,
        output: Vec<u8>,
    ) {
        self.events.send(Event::FixtureFailed { fixture, phase, error, output });
    }

    /// Runs a set-up or a teardown: a plain one where it may block.
    pub(super) fn run<T>(&self, kind: FixtureKind, future: impl Future<Output = T>) -> io::Result<T> {
        match kind {
            FixtureKind::Sync => self.session.enter_and_wait(future),
            FixtureKind::Async => self.session.block_on(future),
        }
    }

    fn record(&self) -> Option<Recording> {
        (self.capture == Capture::Yes).then(Recording::begin_of_fixture)
    }

    /// Runs the teardown of a fixture that outlives a test, and says so if it fails.
    pub(super) fn tear_down(
        &self,
        fixture: &'static FixtureDecl,
        tear_down: impl FnOnce() -> Result<(), String>,
    ) {
        let recording = self.record();
        let result = {
            let _running = Running::fixture(fixture, FixturePhase::TearDown);
            tear_down()
        };
        crash::torn_down(fixture);
        let output = recording.map(Recording::finish).unwrap_or_default();
        if let Err(error) = result {
            self.failed(fixture, FixturePhase::TearDown, error, output);
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
}

impl SharedContext {
    pub(super) async fn shared(
        &self,
        fixture: &'static FixtureDecl,
        builder: Builder,
    ) -> Result<SharedValue, Broken> {
        find(&self.needs, fixture)?.obtain(builder).await.map_err(super::attempt::broken)
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
            state: Mutex::new(State::Empty),
            run: Arc::clone(run),
        })
    }

    pub(super) fn add_user(&self) {
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// The instance, once it is there.
    pub(super) async fn obtain(self: &Arc<Self>, builder: Builder) -> Result<SharedValue, Failed> {
        loop {
            let built = {
                let mut state = self.lock();
                match &mut *state {
                    State::Ready(built) => return Ok(Arc::clone(&built.value)),
                    State::Failed(failed) => return Err(failed.clone()),
                    State::Gone => return Err(self.broken("it has been torn down already")),
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
        let started = std::thread::Builder::new()
            .name(format!("fixture {}", self.fixture.label()))
            .spawn(move || this.run_set_up(builder));
        if let Err(error) = started {
            *state = State::Failed(self.broken(&format!("could not start a thread for it: {error}")));
        }
    }

    fn run_set_up(&self, builder: Builder) {
        let recording = self.run.record();
        let _running = Running::fixture(self.fixture, FixturePhase::SetUp);
        let context = Context { of: Of::Shared(Rc::new(SharedContext { needs: self.needs.clone() })) };
        let result = self.run.run(self.fixture.kind, builder(context)).unwrap_or_else(|error| {
            Err(self.broken(&format!("could not build the session runtime: {error}")))
        });
        let output = recording.map(Recording::finish).unwrap_or_default();
        let new = match result {
            Ok(built) => {
                crash::set_up(self.fixture);
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

    /// Somebody needs it no more. The last one tears it down, and then what it needed itself.
    pub(super) fn release(&self) {
        if self.users.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.tear_down();
            self.needs.iter().for_each(|need| need.release());
        }
    }

    /// Tears the instance down, if there is one.
    pub(super) fn tear_down(&self) {
        let state = std::mem::replace(&mut *self.lock(), State::Gone);
        let State::Ready(Built { value, tear_down }) = state else { return };
        self.run.tear_down(self.fixture, || match Arc::try_unwrap(value) {
            Ok(value) => self
                .run
                .run(self.fixture.end_kind(), run_tear_down(tear_down, value))
                .unwrap_or_else(|error| Err(error.to_string())),
            Err(_) => Err("something that a test left behind still holds it".to_owned()),
        });
    }

    fn broken(&self, error: &str) -> Failed {
        Failed::Broken(Broken { fixture: self.fixture, error: Some(error.to_owned()) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
