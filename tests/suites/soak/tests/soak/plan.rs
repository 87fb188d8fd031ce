//! What each test of the soak does: a pure function of a seed and the test's place.
//!
//! One file for both sides: the suite does what stands here, and the driver knows from it what has to be reported.

use Behaviour::*;
use std::time::Duration;

/// The deadline of the families that have one.
pub const DEADLINE: Duration = Duration::from_millis(400);

/// How often the tests of the family `again` are tried again.
pub const AGAIN: u32 = 2;

/// What a panic says that is expected.
pub const EXPECTED: &str = "as it should";

/// Random numbers: splitmix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The same numbers for the same seed and words.
    pub fn new(seed: u64, words: &str) -> Self {
        let hash = words.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut random = Random(hash);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// One of the numbers below this one.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Whether one of so many throws hits.
    pub fn once_in(&mut self, throws: usize) -> bool {
        self.below(throws) == 0
    }
}

/// Tests with the same attributes, in a module of their own: what a family is called is the module's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The module.
    pub name: &'static str,
    /// How many there are, at least and at most. They are listed in the source, by `#[values]`, where it is one number.
    pub tests: (usize, usize),
    /// What they do.
    pub temper: Temper,
}

/// What the tests of a family may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Anything but to take too long.
    Wild,
    /// Anything that needs no runtime.
    WildWithoutRuntime,
    /// Mostly to sleep for a while.
    Mild,
    /// To take too long.
    Late,
    /// To panic, as it should or not.
    ShouldPanic,
    /// To pass on a later attempt.
    Flaky,
    /// To lose a panic in a task.
    Tasks,
    /// To have a fixture of their own that fails.
    OfFixture,
    /// To look for what was left behind.
    Watch,
}

const fn made(name: &'static str, least: usize, most: usize, temper: Temper) -> Family {
    Family { name, tests: (least, most), temper }
}

const fn listed(name: &'static str, temper: Temper) -> Family {
    Family { name, tests: (LISTED, LISTED), temper }
}

/// How many tests a family has that stands in the source.
pub const LISTED: usize = 8;

/// All of them. What stands in their attributes is said by the functions of [`Test`].
pub const FAMILIES: [Family; 22] = [
    made("plain", 30, 60, Temper::Wild),
    made("many_threads", 4, 10, Temper::Wild),
    listed("without_runtime", Temper::WildWithoutRuntime),
    made("hurried", 1, 3, Temper::Late),
    made("should_panic", 4, 10, Temper::ShouldPanic),
    made("known", 4, 10, Temper::Wild),
    made("writes_a", 4, 8, Temper::Mild),
    made("writes_b", 2, 6, Temper::Mild),
    made("writes_both", 2, 6, Temper::Mild),
    made("reads_a", 4, 10, Temper::Mild),
    made("heavy", 2, 5, Temper::Mild),
    made("heaviest", 1, 2, Temper::Mild),
    made("strict_tasks", 2, 6, Temper::Tasks),
    made("left_out", 1, 3, Temper::Mild),
    listed("again", Temper::Flaky),
    listed("with_session", Temper::Wild),
    listed("with_module", Temper::Wild),
    listed("with_worker", Temper::Wild),
    listed("with_own", Temper::OfFixture),
    listed("with_folder", Temper::Wild),
    made("last", 6, 14, Temper::Wild),
    made("last_hurried", 0, 1, Temper::Late),
];

/// The family of the one test that comes after all others.
pub const WATCH: Family = made("zz_watch", 1, 1, Temper::Watch);

/// A test of the soak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test {
    /// Its family.
    pub family: Family,
    /// Its place in that.
    pub index: usize,
    /// What it does.
    pub behaviour: Behaviour,
    /// What else it prints.
    pub prints: Prints,
}

/// What a test does, after it has printed who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Nothing.
    Pass,
    /// It sleeps for so many milliseconds, on its runtime's clock.
    Sleep(u64),
    /// It blocks its thread for so many milliseconds.
    BlockShortly(u64),
    /// It panics.
    Panic,
    /// It panics as `#[should_panic(expected = ..)]` says.
    PanicAsExpected,
    /// It panics, and catches that.
    CaughtPanic,
    /// It returns an error.
    Error,
    /// It skips itself.
    Skip,
    /// A task of it panics, and it does not look.
    TaskPanics,
    /// It waits for its deadline.
    Hang,
    /// It blocks its thread, beyond its deadline.
    Block,
    /// It keeps its core busy, beyond its deadline.
    Spin,
    /// It dies.
    Die(Death),
    /// It leaves a thread behind that prints later.
    LeaveThread,
    /// It leaves a task behind on the blocking pool.
    LeaveBlocking,
    /// It leaves tasks behind that never end.
    LeaveTasks,
    /// It uses rayon's pool, within itself.
    Rayon,
    /// It has a child that prints, and waits for it.
    Child,
    /// It passes after so many attempts that fail.
    Flaky(u32),
    /// Its own fixture fails to set up.
    SetUpFails,
    /// Its own fixture fails to tear down.
    TearDownFails,
    /// It fails, and so does the teardown of its own fixture.
    BothFail,
    /// It looks for what the others have left behind.
    Watch,
}

/// How a test ends its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// `abort`.
    Abort,
    /// A write to the null pointer.
    Segfault,
    /// An illegal instruction.
    Illegal,
    /// A recursion without end.
    Overflow,
    /// A panic during a panic.
    DoublePanic,
    /// `exit`.
    Exit(i32),
    /// `_exit`, with 0.
    ExitAtOnce,
    /// `quick_exit`, with 0.
    ExitQuickly,
    /// `abort`, on a thread of its own.
    OnAThread,
    /// `abort`, with a child that sleeps.
    WithAChild,
}

const DEATHS: [Death; 11] = [
    Death::Abort,
    Death::Segfault,
    Death::Illegal,
    Death::Overflow,
    Death::DoublePanic,
    Death::Exit(0),
    Death::Exit(3),
    Death::ExitAtOnce,
    Death::ExitQuickly,
    Death::OnAThread,
    Death::WithAChild,
];

/// What a test prints between its first and its last words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prints {
    /// Nothing.
    Nothing,
    /// So many lines, by turns to both streams.
    Lines(usize),
    /// Bytes that are no text.
    NoText,
    /// More than is kept.
    Flood,
}

impl Test {
    /// The name that it is reported under.
    pub fn name(&self) -> String {
        match self.family.tests {
            (LISTED, LISTED) => format!("{}::t::n_{}_{}", self.family.name, self.index + 1, self.index),
            _ => format!("{}::t::{:03}", self.family.name, self.index),
        }
    }

    /// Whether it is one of the last phase.
    pub fn is_serial(&self) -> bool {
        matches!(self.family.name, "last" | "last_hurried" | "zz_watch")
    }

    /// Whether it keeps its thread.
    pub fn blocks(&self) -> bool {
        matches!(self.behaviour, Block | Spin)
    }

    /// Whether it has a deadline, after which it is reported, whatever its thread is at.
    pub fn is_hurried(&self) -> bool {
        self.family.temper == Temper::Late
    }

    /// Whether it runs on the runtime of the session, where its tasks belong to no test.
    pub fn is_on_session_runtime(&self) -> bool {
        matches!(self.family.name, "with_session" | "with_module")
    }

    /// What it holds, and whether so exclusively.
    pub fn keys(&self) -> &'static [(char, bool)] {
        match self.family.name {
            "writes_a" => &[('a', true)],
            "writes_b" => &[('b', true)],
            "writes_both" => &[('a', true), ('b', true)],
            "reads_a" => &[('a', false)],
            _ => &[],
        }
    }

    /// For how many tests it counts.
    pub fn weight(&self) -> usize {
        match self.family.name {
            "heavy" => 2,
            "heaviest" => 64,
            _ => 1,
        }
    }
}

/// All tests of this seed.
pub fn tests(seed: u64) -> Vec<Test> {
    FAMILIES.iter().chain([&WATCH]).flat_map(|family| of_family(seed, *family)).collect()
}

/// The tests of a family, for this seed.
pub fn of_family(seed: u64, family: Family) -> Vec<Test> {
    let (least, most) = family.tests;
    let count = least + Random::new(seed, family.name).below(most - least + 1);
    (0..count).map(|index| test(seed, family, index)).collect()
}

/// The test of this place.
pub fn test(seed: u64, family: Family, index: usize) -> Test {
    let mut random = Random::new(seed, &format!("{} {index}", family.name));
    let behaviour = behaviour(&mut random, family.temper);
    let prints = match random.below(40) {
        0..6 => Prints::Lines(random.below(60)),
        6..8 => Prints::NoText,
        8 if family.name == "plain" => Prints::Flood,
        _ => Prints::Nothing,
    };
    Test { family, index, behaviour, prints }
}

/// The family of this name.
pub fn family(name: &str) -> Family {
    let families = || FAMILIES.iter().chain([&WATCH]);
    *families().find(|family| family.name == name).unwrap_or_else(|| panic!("there is no family {name}"))
}

fn behaviour(random: &mut Random, temper: Temper) -> Behaviour {
    let pause = 1 + random.below(12) as u64;
    match temper {
        Temper::Wild => match random.below(100) {
            0..3 => TaskPanics,
            3..6 => LeaveBlocking,
            6..9 => LeaveTasks,
            _ => wild(random, pause),
        },
        Temper::WildWithoutRuntime => match wild(random, pause) {
            Sleep(pause) => BlockShortly(pause),
            other => other,
        },
        Temper::Mild => random.pick(&[Pass, Sleep(pause), Sleep(pause), Sleep(2 * pause), Panic, Pass]),
        Temper::Late => random.pick(&[Pass, Hang, Hang, Block, Spin]),
        Temper::ShouldPanic => match random.below(10) {
            0..5 => PanicAsExpected,
            _ => random.pick(&[Pass, Panic, Skip, Error, Die(Death::Abort)]),
        },
        Temper::Flaky => match random.below(8) {
            0..6 => Flaky(1 + random.below(3) as u32),
            _ => random.pick(&[Pass, Panic, Skip]),
        },
        Temper::Tasks => random.pick(&[Pass, TaskPanics, Panic]),
        Temper::OfFixture => {
            random.pick(&[Pass, Sleep(pause), Panic, Skip, SetUpFails, TearDownFails, BothFail])
        }
        Temper::Watch => Watch,
    }
}

/// What any test may do.
fn wild(random: &mut Random, pause: u64) -> Behaviour {
    match random.below(100) {
        0..36 => Pass,
        36..56 => Sleep(pause),
        56..60 => BlockShortly(pause),
        60..68 => Panic,
        68..71 => CaughtPanic,
        71..76 => Error,
        76..81 => Skip,
        81..84 => LeaveThread,
        84..88 => Rayon,
        88..91 => Child,
        _ => Die(random.pick(&DEATHS)),
    }
}
