//! What history says of a run: which tests failed or were flaky, which take long, and how long all of them would take with
//! more workers, by playing the schedule in simulated time.

use super::found::{Section, Severity, counted};
use crate::dist::Dist;
use crate::history::{History, Known};
use crate::named::Named;
use crate::order::{Cost, longest_first};
use crate::plan::{Action, Plan, Planned, Step};
use crate::schedule::Schedule;
use crate::schedule::simulation::{Course, simulate};
use crate::sorted::places_by;
use crate::test::Test;

/// The numbers of workers to tell of.
const WORKERS: [usize; 5] = [1, 2, 4, 8, 16];

/// No machine has more, and nobody waits for the outcome of more.
const MOST: usize = 16_384;

/// How many of each list are named.
const NAMED: usize = 5;

/// Nobody asks what it is that keeps a run from taking less than this, in microseconds.
const WORTH_A_WORD: u64 = 100_000;

/// A step of the parallel phase with what is known of it.
struct Timed<'p, T> {
    step: &'p Step<T>,
    /// In microseconds.
    duration: u64,
    cost: Cost<'p>,
}

/// What history says of the steps of this plan, which may run on so many workers.
pub(crate) fn forecast<T: Planned>(plan: &Plan<T>, history: &History, dist: Dist, workers: usize) -> Section {
    let mut section = Section::new("history", "nothing is known of these tests yet: run them once");
    let (known, times) = read(plan, history, dist, &mut section);
    if known == 0 {
        return section;
    }
    let unknown = plan.steps().iter().filter(|step| step.action == Action::Run).count() - known;
    let guess = if unknown > 0 { ", the others taken for average" } else { "" };
    section.fact("known", format!("{} of {}{guess}", known, counted(known + unknown, "test")));
    let Times { parallel, serial, serial_steps } = times;
    longest(&parallel, &mut section);
    let mut counts = WORKERS.to_vec();
    if !counts.contains(&workers) {
        counts.insert(counts.partition_point(|count| *count < workers), workers);
    }
    let mut now = None;
    for count in counts {
        let Some(course) = course(&parallel, count) else { continue };
        let wall = course.end + serial;
        let these = if count == workers { " (as many as there are here)" } else { "" };
        section.fact(format!("{} predicted", counted(count, "worker")), format!("{}{these}", seconds(wall)));
        if count == workers {
            now = Some(wall);
        }
    }
    if serial > 0 {
        let value = format!("{}, of {} one after the other", seconds(serial), counted(serial_steps, "test"));
        section.fact("serial phase", value);
    }
    if let Some(now) = now {
        floor(&parallel, serial, now, &mut section);
    }
    section
}

/// What there is to play.
struct Times<'p, T> {
    parallel: Vec<Timed<'p, T>>,
    /// How long the serial phase takes.
    serial: u64,
    serial_steps: usize,
}

/// Looks all steps up, and tells of those that failed or were flaky; answers how many are known.
fn read<'p, T: Planned>(
    plan: &'p Plan<T>,
    history: &History,
    dist: Dist,
    section: &mut Section,
) -> (usize, Times<'p, T>) {
    let (mut failed, mut flaky): (Vec<&Test>, Vec<&Test>) = (Vec::new(), Vec::new());
    let (mut sum, mut count) = (0, 0);
    let mut look_up = history.look_up();
    let mut known: Vec<Option<Known>> = Vec::new();
    for step in plan.steps() {
        let found = look_up.find(step.test.test().name()).filter(|_| step.action == Action::Run);
        if let Some(found) = found {
            (sum, count) = (sum + found.duration, count + 1);
            failed.extend(found.failed.then_some(step.test.test()));
            flaky.extend((found.flaky > 0).then_some(step.test.test()));
        }
        known.push(found);
    }
    name_all("failed when last run", &failed, section);
    name_all("failed and passed within one run, not long ago", &flaky, section);
    let average = sum.checked_div(count).unwrap_or(0);
    let duration = |step: &Step<T>, known: Option<Known>| match (step.action, known) {
        (Action::Run, Some(known)) => known.duration,
        (Action::Run, None) => average,
        (Action::Ignore(_), _) => 0,
    };
    let before = plan.suspects.len();
    let (parallel, serial) = known[before..].split_at(plan.parallel.len());
    let serial_time = plan.serial.iter().zip(serial).map(|(step, known)| duration(step, *known)).sum();
    let parallel = plan.parallel.iter().zip(parallel).map(|(step, known)| Timed {
        step,
        duration: duration(step, *known),
        cost: Cost { wants: step.wants(dist), time: step.time(*known) },
    });
    let times = Times { parallel: parallel.collect(), serial: serial_time, serial_steps: plan.serial.len() };
    (usize::try_from(count).unwrap_or(usize::MAX), times)
}

/// One note for all tests of which this is so.
fn name_all(so: &str, tests: &[&Test], section: &mut Section) {
    let Some(first) = tests.first() else { return };
    let mut what = format!("{so}: `{}`", first.name());
    for test in tests.iter().take(NAMED).skip(1) {
        what += &format!(", `{}`", test.name());
    }
    if tests.len() > NAMED {
        what += &format!(" and {} more", tests.len() - NAMED);
    }
    let place = (tests.len() == 1).then(|| first.place.to_string());
    section.find(Severity::Note, place, what);
}

fn longest<T: Planned>(parallel: &[Timed<'_, T>], section: &mut Section) {
    let order = places_by(parallel.len(), &mut |a, b| parallel[a].duration > parallel[b].duration);
    for place in order.into_iter().take(NAMED).filter(|place| parallel[*place].duration > 0) {
        let Timed { step, duration, .. } = &parallel[place];
        section.fact("long", format!("{} `{}`", seconds(*duration), step.test.test().name()));
    }
}

/// How the parallel phase goes with so many workers, by the places of its steps.
fn course<T: Planned>(parallel: &[Timed<'_, T>], workers: usize) -> Option<Course> {
    let costs: Vec<_> = parallel.iter().map(|timed| timed.cost).collect();
    let order = longest_first(&costs, workers).filter(|_| workers > 1);
    let order = order.unwrap_or_else(|| (0..parallel.len()).collect());
    let durations: Vec<_> = order.iter().map(|place| parallel[*place].duration).collect();
    let schedule = Schedule::new(order.iter().map(|place| costs[*place].wants), workers);
    let played = simulate(schedule, workers, &durations)?;
    let mut begins = vec![0; parallel.len()];
    for (place, begin) in order.into_iter().zip(played.begins) {
        begins[place] = begin;
    }
    Some(Course { begins, end: played.end })
}

/// What no number of workers makes shorter: a test, or tests that wait for each other.
fn floor<T: Planned>(parallel: &[Timed<'_, T>], serial: u64, now: u64, section: &mut Section) {
    let Some(Course { begins, end }) = course(parallel, enough(parallel)) else { return };
    let floor = end + serial;
    if floor < WORTH_A_WORD {
        return;
    }
    let chain = chain(parallel, &begins, end);
    let name = |place: &usize| format!("`{}`", parallel[*place].step.test.test().name());
    let cause = match chain.as_slice() {
        [] if serial > 0 => ": the serial phase".to_owned(),
        [] => String::new(),
        [only] => format!(": {}", name(only)),
        chain => {
            let first = chain.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
            let more = chain.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(": {first}{more}, one after the other{}", shared(parallel, chain))
        }
    };
    let and_serial = if serial > 0 && !chain.is_empty() { ", and the serial phase" } else { "" };
    let what = format!("however many workers there are, it takes {}{cause}{and_serial}", seconds(floor));
    section.find(Severity::Note, None, what);
    if now <= floor.saturating_add(floor / 20) {
        section.find(
            Severity::Note,
            None,
            "more workers than there are here would bring next to nothing".to_owned(),
        );
    }
}

/// So many workers that none more has anything to do.
fn enough<T>(parallel: &[Timed<'_, T>]) -> usize {
    let (mut units, mut free) = (Named::<usize>::default(), 0);
    for timed in parallel {
        match timed.cost.wants.unit {
            Some(unit) => *units.entry(unit, || 0) += 1,
            None => free += timed.cost.wants.threads,
        }
    }
    let threads = parallel.iter().filter(|timed| timed.cost.wants.unit.is_some());
    let heaviest = threads.map(|timed| timed.cost.wants.threads).max().unwrap_or(0);
    (free + units.all().len() * heaviest).clamp(1, MOST)
}

/// The steps that end last, each of which began when the one before it ended.
fn chain<T: Planned>(parallel: &[Timed<'_, T>], begins: &[u64], end: u64) -> Vec<usize> {
    let ends: Vec<_> =
        begins.iter().zip(parallel).map(|(begin, timed)| begin.saturating_add(timed.duration)).collect();
    let mut by_end = places_by(ends.len(), &mut |a, b| ends[a] < ends[b]);
    // One that takes no time ends where it began, and holds nobody up.
    by_end.retain(|place| parallel[*place].duration > 0);
    let mut chain: Vec<_> = by_end.last().copied().filter(|place| ends[*place] == end).into_iter().collect();
    while let Some(&place) = chain.last().filter(|place| begins[**place] > 0) {
        let from = by_end.partition_point(|other| ends[*other] < begins[place]);
        let before = by_end[from..].iter().copied().take_while(|other| ends[*other] == begins[place]);
        let related = before.clone().find(|other| is_related(&parallel[*other], &parallel[place]));
        let Some(other) = related.or_else(|| before.clone().next()) else { break };
        chain.push(other);
    }
    chain.reverse();
    chain
}

fn is_related<T>(a: &Timed<'_, T>, b: &Timed<'_, T>) -> bool {
    let (a, b) = (a.cost.wants, b.cost.wants);
    a.unit.is_some() && a.unit == b.unit
        || a.keys.iter().any(|key| b.keys.iter().any(|other| other.name == key.name))
}

/// What these steps have in common.
fn shared<T>(parallel: &[Timed<'_, T>], chain: &[usize]) -> String {
    let Some(first) = chain.first() else { return String::new() };
    let first = parallel[*first].cost.wants;
    let has = |name: &str| {
        chain.iter().all(|place| parallel[*place].cost.wants.keys.iter().any(|key| key.name == name))
    };
    let key = first.keys.iter().find(|key| has(key.name));
    match (key, first.unit) {
        (Some(key), _) => format!(" with key `{}`", key.name),
        (None, Some(unit)) if chain.iter().all(|place| parallel[*place].cost.wants.unit == Some(unit)) => {
            format!(" in `{unit}`")
        }
        _ => String::new(),
    }
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:03}s", microseconds / 1_000_000, microseconds / 1_000 % 1_000)
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
