use super::*;
use crate::key::Access;

/// Steps as words: `a` wants nothing, `a:x+y` writes the keys x and y, `a:-x` reads x, `a*3` counts for three, `a@u` is of
/// the unit u.
struct Table {
    names: Vec<String>,
    schedule: Schedule,
}

impl Table {
    fn new(words: &str, capacity: usize) -> Self {
        let (names, wants): (Vec<_>, Vec<_>) = words.split_whitespace().map(step).unzip();
        Table { names, schedule: Schedule::new(wants.into_iter(), capacity) }
    }

    /// Calls as words: `?` asks as worker 0 and `?1` as worker 1, `??` and `??1` until nothing more can start, `a` finishes
    /// the step a, `!1` says that worker 1 has left. The answers: names, `.` for wait, `|` for done.
    fn play(&mut self, calls: &str) -> String {
        let mut answers = Vec::new();
        for call in calls.split_whitespace() {
            let worker = call.trim_start_matches(['?', '!']).parse().unwrap_or(0);
            match call {
                _ if call.starts_with("??") => loop {
                    answers.push(self.ask(worker));
                    if matches!(answers.last().map(String::as_str), Some("." | "|")) {
                        break;
                    }
                },
                _ if call.starts_with('?') => answers.push(self.ask(worker)),
                _ if call.starts_with('!') => self.schedule.leave(worker),
                name => {
                    self.finish(name);
                }
            }
        }
        answers.join(" ")
    }

    fn ask(&mut self, worker: usize) -> String {
        match self.schedule.next(worker) {
            Next::Start(position) => self.names[position].clone(),
            Next::Wait => ".".to_owned(),
            Next::Done => "|".to_owned(),
        }
    }

    fn finish(&mut self, name: &str) -> Freed {
        let position = self.names.iter().position(|other| other == name).unwrap();
        self.schedule.finish(position)
    }
}

fn step(word: &str) -> (String, Wants<'static>) {
    let (word, unit) = word.split_once('@').unwrap_or((word, ""));
    let (word, threads) = word.split_once('*').unwrap_or((word, "1"));
    let (name, keys) = word.split_once(':').unwrap_or((word, ""));
    let keys: Vec<_> = keys.split('+').filter(|key| !key.is_empty()).map(key).collect();
    let unit = Some(unit).filter(|unit| !unit.is_empty()).map(|unit| &*unit.to_owned().leak());
    (name.to_owned(), Wants { keys: keys.leak(), threads: threads.parse().unwrap(), unit })
}

fn key(word: &str) -> Key {
    match word.strip_prefix('-') {
        Some(name) => Key { name: name.to_owned().leak(), access: Access::Shared },
        None => Key { name: word.to_owned().leak(), access: Access::Exclusive },
    }
}

fn check(words: &str, calls: &str, answers: &str) {
    check_with_room(usize::MAX, words, calls, answers);
}

fn check_with_room(capacity: usize, words: &str, calls: &str, answers: &str) {
    assert_eq!(Table::new(words, capacity).play(calls), answers, "for `{words}` and `{calls}`");
}

#[test]
fn free_steps_start_in_the_order_of_the_plan() {
    check("a b c", "??", "a b c |");
    check("", "?", "|");
}

#[test]
fn a_held_key_is_passed_over_for_a_free_one() {
    check("a:db b:db c:net", "??", "a c .");
    check("a:db b:db c:net", "?? a ??", "a c . b |");
}

#[test]
fn readers_run_beside_readers_and_never_beside_a_writer() {
    check("a:-db b:-db c:db d:-db", "?? a ?? b ?? c ??", "a b . . c . d |");
    check("a:db b:-db c:-db", "?? a ??", "a . b c |");
}

#[test]
fn readers_do_not_starve_a_writer() {
    check("a:-x b:x c:-x d:-x", "? ? a ?? b ??", "a . b . c d |");
}

#[test]
fn a_step_with_several_keys_takes_all_or_none() {
    check("a:x b:x+y c:z", "?? a ??", "a c . b |");
    check("a:x b:y c:x+y", "?? a ?? b ??", "a b . . c |");
}

#[test]
fn a_step_with_several_keys_is_not_starved_by_steps_with_one() {
    check("a:x b:y w:x+y c:x d:y e:x f:y", "?? a ?? b ?? w ??", "a b . . w . c d .");
}

#[test]
fn a_free_step_overtakes_all_that_wait() {
    check("a:x b:x c:x d e", "??", "a d e .");
}

#[test]
fn a_stopped_schedule_is_done_and_says_what_was_left() {
    for (words, left) in [("a:x b:x c d", 3), ("a@u b@u c*2 d", 3), ("a*2 b*2 c:x", 2)] {
        let mut table = Table::new(words, 2);
        assert_eq!(table.play("?"), "a");
        table.play("?1");
        assert_eq!(table.schedule.stop(), left - usize::from(words.contains("c d")), "for `{words}`");
        assert_eq!(table.play("? ?1 a ? ?1"), "| | | |");
    }
    let mut table = Table::new("a@u b@u", 2);
    assert_eq!(table.play("? a"), "a");
    assert_eq!((table.schedule.stop(), table.play("?")), (1, "|".to_owned()));
}

#[test]
fn a_finish_says_whether_others_have_something_to_do() {
    for (words, calls, name, freed) in [
        ("a b c d", "? ?1", "a", Freed::ForFinisher),
        ("a:x b:x c", "? ?1", "a", Freed::ForFinisher),
        ("a:x b:-x c:-x", "? ?1", "a", Freed::ForOthers),
        ("a b", "? ?1", "a", Freed::ForOthers),
        // The next one of its unit may be all that worker 1 waits for.
        ("a:x b@u c:x@u", "? ?1 b", "a", Freed::ForOthers),
        // One that begins a unit may be for worker 1, which has none, and not for the one that finishes.
        ("a:x@u c:x@v b:x@u", "? ?1", "a", Freed::ForOthers),
        ("a*2 b c", "? ?1", "a", Freed::ForOthers),
        // There is nothing more: worker 1 is to hear of it.
        ("a:x", "? ?1", "a", Freed::ForOthers),
        ("a:x b", "? ?1", "a", Freed::ForOthers),
    ] {
        let mut table = Table::new(words, 2);
        table.play(calls);
        assert_eq!(table.finish(name), freed, "for `{words}` and `{calls}`");
    }
}

#[test]
fn a_unit_stays_with_the_worker_that_began_it_and_in_order() {
    check("a@u b@u c@v d@v", "? ?1 ? ?1 a ?1 ? c ? ?1", "a c . . . b . d");
    // Whoever has begun one finishes it before anything else.
    check("a@u b c@u", "? a ? ?1", "a c b");
    check("a@u c@v b@u", "? a ? ?1", "a b c");
}

#[test]
fn a_worker_whose_unit_waits_for_a_key_takes_something_else() {
    check("a:x b@u c:x@u d e@v", "? ?1 b ?1 d ?1 a ?1 ?", "a b d e c |");
}

#[test]
fn a_unit_is_begun_by_a_worker_that_has_none_if_one_waits() {
    check("a:x@u c:x@v b:x@u", "? ?1 a ? ?1 c ? ?1", "a . . c b |");
    // Nobody waits who could, or whoever does has begun one too.
    check("a:x@u c:x@v b:x@u", "? a ? c ?", "a c b");
    check("a:x@u d@w c:x@v b:x@u e:x@w", "? ?1 d ?1 a ?", "a d . c");
    // What is of no unit is for anybody.
    check("a:x@u c:x@v f b:x@u", "? ?1 ?1 f ?1 a ?", "a f . . .");
    check("a:x@u c:x@v b:x@u f", "? ?1 a ?1", "a f c");
}

#[test]
fn units_and_keys_make_no_circle() {
    check("a@u b@v c:x@u d:x@v e@u", "? ?1 b ?1 a ? c ?1 ?", "a b . c d e");
}

#[test]
fn the_unit_of_a_worker_that_has_left_is_anybodys() {
    check("a@u b@u c@u", "? a ?1 !0 ?1 b ?1", "a . b c");
    check("a@u b@u", "? !0 ?1 a ?1", "a . b");
    // Whoever comes under its number has begun no unit, and one that has left does not wait for any.
    check("a@u b@u", "? ?1 !0 a ?", "a . b");
    check("a:x@u c:x@v b:x@u", "? ?1 !1 a ?", "a . c");
}

#[test]
fn a_step_that_counts_for_several_runs_beside_fewer() {
    check_with_room(4, "a*2 b c d e", "??", "a b c .");
    check_with_room(4, "a*2 b*2 c", "?? a ??", "a b . c |");
    check_with_room(2, "a*9 b c", "?? a ??", "a . b c |");
    check_with_room(2, "a b*9 c", "?? a ?? b ??", "a . b . c |");
}

#[test]
fn room_is_made_for_the_first_that_finds_none() {
    check_with_room(4, "a b*4 c d", "?? a ?? b ??", "a . b . c d |");
    check_with_room(4, "a*3 b*3 c*2 d e", "?? a ?? b ??", "a . b . c d e |");
    // It waits for no key meanwhile that others hold, nor others for one of its own that it will not get.
    check_with_room(2, "a:x b:x*2 c", "?? a ?? c ?? b ??", "a c . . b | |");
}

#[test]
fn room_that_is_made_for_another_workers_unit_is_left_to_it() {
    check_with_room(3, "a@u c*2 b*2@u d", "? ?1 a ? ?2 c ?2 ? ?2", "a c . . d b |");
}

#[test]
fn simulated_workers_take_as_long_as_their_steps() {
    let length = |words: &str, workers, durations: &[u64]| {
        simulation::makespan(Table::new(words, workers).schedule, workers, durations)
    };
    assert_eq!(length("a b c", 2, &[5, 3, 4]), 7);
    assert_eq!(length("a:x b:x c", 2, &[5, 3, 4]), 8);
    assert_eq!(length("a@u b@u c*2", 2, &[5, 3, 4]), 12);
    assert_eq!(length("", 2, &[]), 0);
}

/// Plays many random tables with a random number of workers and checks each decision against what runs.
#[test]
fn no_two_running_steps_conflict_and_every_step_runs_once() {
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..600 {
        let steps: Vec<(Vec<Key>, usize, Option<usize>)> = (0..random(40))
            .map(|_| {
                let mut names = ["p", "q", "r", "s"].map(|name| (random(3) == 0).then_some(name));
                names.sort();
                let access = |write| if write == 0 { Access::Exclusive } else { Access::Shared };
                let keys = names.into_iter().flatten().map(|name| Key { name, access: access(random(2)) });
                let keys = keys.collect();
                let threads = if round % 2 == 0 { 1 } else { [1, 1, 1, 1, 2, 3, 9][random(7)] };
                let unit = Some(random(6)).filter(|unit| *unit < 3 && round % 3 == 0);
                (keys, threads, unit)
            })
            .collect();
        let wants = steps.iter().map(|(keys, threads, unit)| Wants {
            keys,
            threads: *threads,
            unit: unit.map(|unit| ["u", "v", "w"][unit]),
        });
        let workers = 1 + random(5);
        let mut schedule = Schedule::new(wants, workers);
        let mut running = vec![None::<Position>; workers];
        let mut owners = [None; 3];
        let mut idle = 0;
        let mut seen = Vec::<Position>::new();
        loop {
            let worker = random(workers);
            if let Some(done) = running[worker] {
                if random(3) > 0 {
                    running[worker] = None;
                    let _ = schedule.finish(done);
                }
                continue;
            }
            match schedule.next(worker) {
                Next::Start(position) => {
                    let beside: Vec<_> = running.iter().flatten().copied().collect();
                    for &other in &beside {
                        assert!(!conflict(&steps[position].0, &steps[other].0), "{position} beside {other}");
                    }
                    let threads = beside.iter().chain([&position]).map(|at| steps[*at].1.min(workers));
                    assert!(threads.sum::<usize>() <= workers, "{position} beside {beside:?}");
                    if let Some(unit) = steps[position].2 {
                        assert_eq!(*owners[unit].get_or_insert(worker), worker, "{position} elsewhere");
                        let earlier = seen.iter().rfind(|at| steps[**at].2 == Some(unit));
                        assert!(earlier.is_none_or(|earlier| *earlier < position), "{position} too early");
                    }
                    running[worker] = Some(position);
                    seen.push(position);
                }
                Next::Wait => {
                    // Nobody but the owner of a unit may be what all wait for.
                    idle += usize::from(running.iter().all(Option::is_none));
                    assert!(idle < 1_000, "nothing runs and nothing may start in round {round}");
                }
                Next::Done if running.iter().all(Option::is_none) => break,
                Next::Done => {}
            }
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..steps.len()), "in round {round}");
    }
}

fn conflict(a: &[Key], b: &[Key]) -> bool {
    a.iter().any(|a| {
        b.iter().any(|b| a.name == b.name && (a.access == Access::Exclusive || b.access == Access::Exclusive))
    })
}

#[test]
fn steps_that_ask_for_nothing_need_not_be_looked_at() {
    let nothing = Wants { keys: &[], threads: 1, unit: None };
    for count in 0..4 {
        let mut looked_at = Schedule::new(std::iter::repeat_n(nothing, count), 2);
        let mut unseen = Schedule::plain(count);
        for _ in 0..=count {
            let next = looked_at.next(0);
            assert_eq!(unseen.next(0), next);
            if let Next::Start(position) = next {
                assert_eq!(unseen.finish(position), looked_at.finish(position));
            }
            assert_eq!(unseen.is_done(), looked_at.is_done());
        }
        assert!(unseen.is_done() && unseen.next(1) == Next::Done);
    }
}
