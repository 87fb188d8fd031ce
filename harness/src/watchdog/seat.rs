//! A thread that runs code of users, as others see it: what it is at, until when, and how to ask it to end.

use super::patrol::Patrol;
use crate::fixture::FixtureDecl;
use crate::outcome::Overdue;
use crate::panics::dropped;
use atomic_waker::AtomicWaker;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A blocked thread cannot be interrupted, only left behind. The grace lets one that is merely slow to notice its limit
/// end by itself, with its output and its teardown, before we give up on it.
const GRACE: Duration = Duration::from_millis(200);

/// What a thread is at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Doing {
    /// The test itself.
    Test,
    /// The set-up of a fixture.
    SetUp(&'static FixtureDecl),
    /// Its teardown.
    TearDown(&'static FixtureDecl),
    /// The end of the test's runtime, which drops the tasks that are left.
    ShutDown,
}

/// A thread that did not answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftBehind {
    /// What it was at.
    pub(crate) doing: Doing,
    /// Why it should have ended.
    pub(crate) overdue: Overdue,
}

/// Something that has not come to its end in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overran<T> {
    /// Why that counts no more.
    pub(crate) why: Overdue,
    /// What it came to all the same: it blocked its thread until after its time.
    pub(crate) came_to: Option<T>,
}

/// One thread, or what stands in for it.
pub(crate) struct Seat {
    presence: Mutex<Presence>,
    /// Whether what is on was asked to end; looked at whenever a future waits.
    asked: AtomicBool,
    /// Whether the run is to end, which concerns everything but teardowns.
    interrupted: AtomicBool,
    waker: AtomicWaker,
    patrol: Arc<Patrol>,
    left_behind: Box<dyn Fn(LeftBehind) + Send + Sync>,
}

enum Presence {
    /// Nothing of a user's runs.
    Away,
    /// Something does; under a limit, if there is one.
    At(Option<Stage>),
    /// The thread did not answer, and this is why it should have. Nothing that it still does counts.
    LeftBehind(Overdue),
}

/// Something that has to end by a certain time, or that has to be known for another reason.
#[derive(Clone, Copy)]
struct Stage {
    doing: Doing,
    limit: Option<Duration>,
    /// When it has to be over.
    due: Option<Instant>,
    /// Since when it knows that it is late.
    asked: Option<Instant>,
}

/// What was on before, with the time that was left to it.
pub(super) struct Before {
    stage: Option<Stage>,
    left: Option<Duration>,
}

/// What a look at a seat came to.
pub(super) enum Look {
    /// Look again then, if ever.
    Again(Option<Instant>),
    /// The thread has to be left behind, and has been marked so.
    Leave(LeftBehind),
}

impl Seat {
    pub(super) fn new(patrol: &Arc<Patrol>, left_behind: Box<dyn Fn(LeftBehind) + Send + Sync>) -> Self {
        Seat {
            presence: Mutex::new(Presence::Away),
            asked: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            patrol: Arc::clone(patrol),
            left_behind,
        }
    }

    /// Code of a user begins.
    pub(crate) fn begin(&self) {
        *self.lock() = Presence::At(None);
        if self.is_interrupted() {
            // Whoever looked then saw nobody here.
            self.patrol.expect(Instant::now());
        }
    }

    /// It is over; answers whether that still counts: the thread may have been left behind.
    pub(crate) fn end(&self) -> bool {
        let mut presence = self.lock();
        let counts = !matches!(*presence, Presence::LeftBehind(_));
        if counts {
            *presence = Presence::Away;
        }
        counts
    }

    /// Runs a future for as long as it may take. On a thread that was left behind nothing begins but teardowns: what is up
    /// there, nobody else can tear down.
    ///
    /// # Errors
    ///
    /// [`Overran`] if it was asked to end, when it has been dropped, or if it came to its end too late.
    pub(crate) async fn limited<T>(
        &self,
        doing: Doing,
        limit: Option<Duration>,
        future: impl Future<Output = T>,
    ) -> Result<T, Overran<T>> {
        let tears_down = matches!(doing, Doing::TearDown(_));
        if let Some(why) = self.left_behind()
            && !tears_down
        {
            return Err(Overran { why, came_to: None });
        }
        // Without a limit there is nothing to know but that a teardown is not to be interrupted.
        let known = limit.is_some() || tears_down;
        let before = known.then(|| self.enter(doing, limit));
        let mut future = pin!(Some(future));
        let result = poll_fn(|context| {
            let polled = future.as_mut().as_pin_mut().map(|future| future.poll(context));
            if let Some(Poll::Ready(value)) = polled {
                return Poll::Ready(Ok(value));
            }
            let Some(overdue) = self.overdue(context) else { return Poll::Pending };
            if tears_down && self.left_behind().is_some() {
                return Poll::Pending;
            }
            // Within its limit and its grace, as a destructor may block; and one that panics changes nothing.
            dropped(|| future.set(None));
            Poll::Ready(Err(overdue))
        })
        .await;
        let late = before.map_or_else(|| self.left_behind(), |before| self.leave(before));
        match (result, late) {
            (Ok(value), None) => Ok(value),
            (Ok(value), Some(why)) => Err(Overran { why, came_to: Some(value) }),
            (Err(why), _) => Err(Overran { why, came_to: None }),
        }
    }

    /// Runs a test; nobody can end a plain function before its end. On a thread that was left behind none begins.
    ///
    /// # Errors
    ///
    /// [`Overdue`] if it has come to its end too late, or not begun.
    pub(crate) fn in_time<T>(&self, limit: Option<Duration>, run: impl FnOnce() -> T) -> Result<T, Overdue> {
        if let Some(why) = self.left_behind() {
            return Err(why);
        }
        let before = limit.map(|_| self.enter(Doing::Test, limit));
        let result = run();
        let late = before.map_or_else(|| self.left_behind(), |before| self.leave(before));
        late.map_or(Ok(result), Err)
    }

    /// Runs what is to be left behind where it blocks, and may else take its time.
    pub(crate) fn watched<T>(&self, doing: Doing, limit: Duration, run: impl FnOnce() -> T) -> T {
        let before = self.enter(doing, Some(limit));
        let result = run();
        self.leave(before);
        result
    }

    /// Runs a future that waits for others, whose time is not that of whoever waits.
    ///
    /// # Errors
    ///
    /// [`Overdue`] if the run was interrupted meanwhile.
    pub(crate) async fn paused<T>(&self, future: impl Future<Output = T>) -> Result<T, Overdue> {
        let counts = matches!(&*self.lock(), Presence::At(Some(_)));
        let before = counts.then(|| self.replace(None));
        let mut future = pin!(future);
        let result = poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => self.overdue(context).map_or(Poll::Pending, |why| Poll::Ready(Err(why))),
        })
        .await;
        match before.and_then(|before| self.leave(before)) {
            Some(why) => Err(why),
            None => result,
        }
    }

    /// Whether a future that waits has to end instead; if not, it will be woken when that changes.
    pub(crate) fn overdue(&self, context: &Context<'_>) -> Option<Overdue> {
        self.waker.register(context.waker());
        if !self.asked.load(Ordering::Acquire) {
            return None;
        }
        match &*self.lock() {
            Presence::LeftBehind(why) => Some(*why),
            Presence::At(Some(Stage { doing: Doing::TearDown(_), asked: None, .. })) => None,
            Presence::At(Some(stage @ Stage { limit: Some(limit), asked: Some(_), .. })) => {
                Some(self.why(stage.doing, *limit))
            }
            _ => self.is_interrupted().then_some(Overdue::Interrupted),
        }
    }

    /// Why the thread was left behind, if it was.
    fn left_behind(&self) -> Option<Overdue> {
        // It was asked to end before that: nearly none need look further.
        if !self.asked.load(Ordering::Acquire) {
            return None;
        }
        match &*self.lock() {
            Presence::LeftBehind(why) => Some(*why),
            Presence::Away | Presence::At(_) => None,
        }
    }

    /// Why something with this limit has to end now.
    fn why(&self, doing: Doing, limit: Duration) -> Overdue {
        match doing {
            Doing::Test | Doing::SetUp(_) | Doing::ShutDown if self.is_interrupted() => Overdue::Interrupted,
            _ => Overdue::Late(limit),
        }
    }

    /// The run is to end: what waits ends now, what blocks is left behind after the grace, teardowns go on.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
        self.asked.store(true, Ordering::Release);
        self.waker.wake();
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }

    fn enter(&self, doing: Doing, limit: Option<Duration>) -> Before {
        let due = limit.and_then(|limit| Instant::now().checked_add(limit));
        let before = self.replace(Some(Stage { doing, limit, due, asked: None }));
        if let Some(due) = due {
            self.patrol.expect(due);
        }
        before
    }

    fn replace(&self, stage: Option<Stage>) -> Before {
        let mut presence = self.lock();
        let Presence::At(at) = &mut *presence else { return Before { stage: None, left: None } };
        let before = std::mem::replace(at, stage);
        let asked = stage.is_some_and(|stage| stage.asked.is_some());
        self.asked.store(asked || self.is_interrupted(), Ordering::Release);
        let left =
            before.and_then(|before| before.due).map(|due| due.saturating_duration_since(Instant::now()));
        Before { stage: before, left }
    }

    /// What was on is over, and what was on before it goes on; answers why the former counts no more, if it came too late.
    fn leave(&self, before: Before) -> Option<Overdue> {
        // By this thread's own look at the clock: when the watchdog has looked, says nothing about when it was over.
        let now = Instant::now();
        let due = before.left.and_then(|left| now.checked_add(left));
        // What was on meanwhile has answered: so the grace begins anew.
        let asked = |stage: Stage| stage.asked.map(|_| now);
        let over = self.replace(before.stage.map(|stage| Stage { due, asked: asked(stage), ..stage }));
        if let Some(due) = due {
            self.patrol.expect(due);
        }
        match over.stage {
            Some(Stage { doing, limit: Some(limit), due: Some(due), .. }) => {
                (due <= now).then(|| self.why(doing, limit))
            }
            _ => self.left_behind(),
        }
    }

    /// Looks after the thread: asks what is late to end, and leaves behind what did not answer.
    pub(super) fn look(&self, now: Instant) -> Look {
        let mut presence = self.lock();
        let Presence::At(at) = &mut *presence else { return Look::Again(None) };
        let interrupted = self.is_interrupted();
        if interrupted && at.is_none() {
            // Nobody has told the interrupted test's stage, and its grace begins now.
            *at = Some(Stage { doing: Doing::Test, limit: None, due: Some(now), asked: None });
        }
        let Some(stage) = at else { return Look::Again(None) };
        let due = match (interrupted, stage.doing) {
            (true, Doing::Test | Doing::SetUp(_) | Doing::ShutDown) => {
                Some(stage.due.map_or(now, |due| due.min(now)))
            }
            _ => stage.due,
        };
        let Some(due) = due else { return Look::Again(None) };
        if now < due {
            return Look::Again(Some(due));
        }
        match stage.asked {
            None => {
                stage.asked = Some(now);
                self.asked.store(true, Ordering::Release);
                drop(presence);
                self.waker.wake();
                Look::Again(Some(now + GRACE))
            }
            Some(asked) if now < asked + GRACE => Look::Again(Some(asked + GRACE)),
            Some(_) => {
                let overdue = match stage.limit {
                    Some(limit) if !interrupted => Overdue::Late(limit),
                    _ => Overdue::Interrupted,
                };
                let left = LeftBehind { doing: stage.doing, overdue };
                *presence = Presence::LeftBehind(overdue);
                Look::Leave(left)
            }
        }
    }

    /// Says to whoever took the seat that its thread was left behind.
    pub(super) fn tell(&self, left: LeftBehind) {
        (self.left_behind)(left);
    }

    fn lock(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
