//! What happened, in the past tense: the only thing that the engine and the reports share.
//!
//! Events have one order, that of their sending. A report is a pure function of them.

use crate::fixture::FixtureDecl;
use crate::key::Key;
use crate::outcome::Finished;
use crate::test::Test;
use std::time::{Duration, SystemTime};

/// Something that wants to hear of a run.
pub(crate) trait Listener {
    /// Takes one event, in its order.
    fn tell(&mut self, event: &Event);

    /// Takes an event that was told before the process was executed again, after a crash: it counts, but whoever reads
    /// has read it.
    fn catch_up(&mut self, event: &Event) {
        self.tell(event);
    }

    /// There are no more events for the moment: what was put off can be done now.
    fn pause(&mut self);

    /// The process may be executed again, after a crash: what is in memory only and wanted there is to be put away.
    fn put_away(&mut self) {}
}

/// What a fixture was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixturePhase {
    /// It was being set up.
    SetUp,
    /// It was being torn down.
    TearDown,
}

/// A set-up or a teardown that is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixtureRan {
    /// The fixture.
    pub(crate) fixture: &'static FixtureDecl,
    /// What it did.
    pub(crate) phase: FixturePhase,
    /// Whose instance it is, where a worker or a test has one of its own.
    pub(crate) holder: Holder,
    /// When it began.
    pub(crate) began: Duration,
    /// How long it took, its wait for fixtures of its own included.
    pub(crate) duration: Duration,
}

/// Whose instance of a fixture it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder {
    /// Tests on any worker share it.
    Shared,
    /// This worker's, from 0.
    Worker(usize),
    /// This test's.
    Test(&'static Test),
}

/// What a process has used since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Time of all cores, its finished child processes' included.
    pub(crate) cpu: Duration,
    /// The most memory that it has had at once, in bytes.
    pub(crate) peak_memory: u64,
}

/// A test that has started and not finished.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlight {
    /// The test.
    pub(crate) test: &'static Test,
    /// Its worker, from 0.
    pub(crate) worker: usize,
    /// When it started.
    pub(crate) began: Duration,
    /// How long ago that was.
    pub(crate) ran_for: Duration,
}

/// Planned tests that were never started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NotRun {
    /// How many.
    pub(crate) count: usize,
    /// What ended the run, if it was ended: possibly after the last test had started.
    pub(crate) cut: Option<Cut>,
}

impl NotRun {
    /// Whether the run fails because of it: what follows a failure has failed already.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.cut, Some(Cut::Interrupt | Cut::MainThread(_)))
    }
}

/// What ends a run before its end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// As many tests failed as it was to bear.
    Failures,
    /// The process crashed, and could not be executed again, or was in vain again and again.
    Crash,
    /// Somebody wanted it to end.
    Interrupt,
    /// This test did not give the main thread back, on which the others should have run.
    MainThread(&'static Test),
}

/// What few want to know of a run.
#[cfg_attr(not(feature = "timings"), allow(dead_code, reason = "no report is there that tells of it"))]
#[derive(Debug)]
pub(crate) enum Detail {
    /// What is to run, in the order in which it is offered to workers, each test once. Follows the run's start.
    Planned(Vec<PlannedTest>),
    /// The tests of a phase start from now on.
    PhaseStarted {
        /// The phase.
        phase: Phase,
        /// When.
        at: Duration,
    },
    /// A test that had to wait for another may start from now on. Comes before its start, and not of tests that never had to.
    LetThrough {
        /// The test.
        test: &'static Test,
        /// The one that has ended.
        behind: &'static Test,
        /// What both want, where that is a key.
        key: Option<&'static str>,
        /// When.
        at: Duration,
    },
    /// What the process has used until now. Comes often at first, and less often the longer the run takes.
    Sampled {
        /// When.
        at: Duration,
        /// Time of all cores since it began, its children's included.
        cpu: Duration,
        /// Memory that it has now, its children's included, in bytes.
        memory: u64,
    },
    /// The process was executed again after a crash. Tests that had started and not finished start again.
    WentOn {
        /// When.
        at: Duration,
    },
}

/// A test that is to run, and what that means for it.
#[cfg_attr(not(feature = "timings"), allow(dead_code, reason = "no report is there that tells of it"))]
#[derive(Debug, Clone)]
pub(crate) struct PlannedTest {
    /// The test.
    pub(crate) test: &'static Test,
    /// When it runs.
    pub(crate) phase: Phase,
    /// Whether it will only be reported as ignored.
    pub(crate) ignored: bool,
    /// The keys that it holds while it runs, its fixtures' included.
    pub(crate) keys: Vec<Key>,
    /// The fixtures that it comes to, each after those that it needs itself.
    pub(crate) fixtures: Vec<&'static FixtureDecl>,
    /// Whether it runs on the session runtime.
    pub(crate) session: bool,
    /// What it stays on one worker with, under `--dist`.
    pub(crate) unit: Option<&'static str>,
    /// How long it took before, where that is known.
    pub(crate) expected: Option<Duration>,
    /// Whether it failed when it ran last.
    pub(crate) failed_last: bool,
}

/// A part of a run.
#[cfg_attr(not(feature = "timings"), allow(dead_code, reason = "no report is there that tells of it"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Tests run one at a time of which one may have crashed the process.
    Suspects,
    /// Tests run beside each other.
    Parallel,
    /// Tests run one at a time, on the main thread.
    Serial,
    /// What outlived the tests is torn down.
    Ending,
}

/// Something that happened in a run.
#[derive(Debug)]
pub(crate) enum Event {
    /// The plan is made; nothing has run. The first event of a run.
    RunStarted {
        /// How many tests are planned, ignored ones included.
        tests: usize,
        /// How many registered tests the filters left out.
        filtered_out: usize,
        /// What the order was shuffled with.
        shuffle_seed: Option<u64>,
        /// When the run began; all other times count from then.
        began: SystemTime,
    },
    /// A worker took a test. Comes before the test's first line of code, and for an ignored test too.
    TestStarted {
        /// The test.
        test: &'static Test,
        /// Whether it will only be reported as ignored.
        ignored: bool,
        /// The worker, from 0.
        worker: usize,
        /// When.
        began: Duration,
    },
    /// A test is still running. Comes between its start and its finish, again and again.
    TestStillRunning {
        /// The test.
        test: &'static Test,
        /// How long it has been running.
        after: Duration,
    },
    /// A test is over; no further event of it follows.
    TestFinished {
        /// The test.
        test: &'static Test,
        /// How it ended.
        finished: Finished,
    },
    /// A fixture that tests share could not be set up, or a fixture that outlives its tests not torn down. Comes once per
    /// instance; each test that needed it fails by its name.
    FixtureFailed {
        /// The fixture.
        fixture: &'static FixtureDecl,
        /// In what.
        phase: FixturePhase,
        /// Its error.
        error: String,
        /// What it printed meanwhile.
        output: Vec<u8>,
    },
    /// The teardown of a fixture that outlives its tests begins.
    TearDownStarted {
        /// The fixture.
        fixture: &'static FixtureDecl,
    },
    /// It goes on. Comes between its start and its [`Event::FixtureRan`], again and again.
    TearDownStillRunning {
        /// The fixture.
        fixture: &'static FixtureDecl,
        /// For how long.
        after: Duration,
    },
    /// A fixture was set up or torn down, well or not. Told of fixtures that outlive a test; of a test's own only where the
    /// settings ask for details.
    FixtureRan(FixtureRan),
    /// What the process has used. Told at the end, where the settings ask for it.
    Used(Usage),
    /// What is told only where the settings ask for the course of the run.
    #[cfg_attr(not(feature = "timings"), allow(dead_code, reason = "no report is there that tells of it"))]
    Detail(Detail),
    /// The run has failed for a reason that no test can be named for.
    RunBroken {
        /// What happened, in a sentence.
        reason: String,
        /// What was printed with it, where that is known.
        output: Vec<u8>,
    },
    /// Something about the run as a whole is not as it was asked for.
    RunNoted {
        /// What, in a sentence.
        note: String,
    },
    /// Everything is over. The last event of a run.
    RunFinished {
        /// From the run's start to its end.
        elapsed: Duration,
        /// What was left out.
        not_run: NotRun,
        /// What was printed while no single test could be named as its source.
        stray: Vec<u8>,
    },
}
