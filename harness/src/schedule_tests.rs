use super::*;

/// Steps as words: `a` wants nothing, `a:x+y` writes the keys x and y, `a:-x` reads x.
struct Table {
    names: Vec<String>,
    schedule: Schedule,
}

impl Table {
    fn new(words: &str) -> Self {
        let mut names = Vec::new();
        let mut wants = Vec::new();
        for word in words.split_whitespace() {
            let (name, keys) = word.split_once(':').unwrap_or((word, ""));
            names.push(name.to_owned());
            wants.push(keys.split('+').filter(|key| !key.is_empty()).map(key).collect::<Vec<_>>().leak() as &_);
        }
        Table { names, schedule: Schedule::new(wants.into_iter()) }
    }

    /// Calls as words: `?` asks once, `??` until nothing more can start, `a` finishes the step a. The answers: names,
    /// `.` for wait, `|` for done.
    fn play(&mut self, calls: &str) -> String {
        let mut answers = Vec::new();
        for call in calls.split_whitespace() {
            match call {
                "?" => answers.push(self.ask()),
                "??" => loop {
                    answers.push(self.ask());
                    if matches!(answers.last().map(String::as_str), Some("." | "|")) {
                        break;
                    }
                },
                name => {
                    let position = self.names.iter().position(|other| other == name).unwrap();
                    self.schedule.finish(position);
                }
            }
        }
        answers.join(" ")
    }

    fn ask(&mut self) -> String {
        match self.schedule.next() {
            Next::Start(position) => self.names[position].clone(),
            Next::Wait => ".".to_owned(),
            Next::Done => "|".to_owned(),
        }
    }
}

fn key(word: &str) -> Key {
    match word.strip_prefix('-') {
        Some(name) => Key { name: name.to_owned().leak(), access: Access::Shared },
        None => Key { name: word.to_owned().leak(), access: Access::Exclusive },
    }
}

fn check(words: &str, calls: &str, answers: &str) {
    assert_eq!(Table::new(words).play(calls), answers, "for `{words}` and `{calls}`");
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
    let mut table = Table::new("a:x b:x c d");
    assert_eq!(table.play("?"), "a");
    assert_eq!(table.schedule.stop(), 3);
    assert_eq!(table.play("? a ?"), "| |");
}

/// Plays many random tables with a random number of workers and checks each decision against the keys held.
#[test]
fn no_two_running_steps_conflict_and_every_step_runs_once() {
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..300 {
        let steps: Vec<Vec<Key>> = (0..random(40))
            .map(|_| {
                let mut names = ["p", "q", "r", "s"].map(|name| (random(3) == 0).then_some(name));
                names.sort();
                let access = |write| if write == 0 { Access::Exclusive } else { Access::Shared };
                names.into_iter().flatten().map(|name| Key { name, access: access(random(2)) }).collect()
            })
            .collect();
        let mut schedule = Schedule::new(steps.iter().map(|keys| keys.clone().leak() as &_));
        let workers = 1 + random(5);
        let (mut running, mut seen) = (Vec::<usize>::new(), vec![0; steps.len()]);
        loop {
            let next = if running.len() < workers { schedule.next() } else { Next::Wait };
            match next {
                Next::Start(position) => {
                    for &other in &running {
                        assert!(!conflict(&steps[position], &steps[other]), "{position} beside {other}");
                    }
                    running.push(position);
                    seen[position] += 1;
                }
                Next::Done if running.is_empty() => break,
                Next::Wait | Next::Done => {
                    assert!(!running.is_empty(), "nothing runs and nothing may start");
                    let done = running.swap_remove(random(running.len()));
                    schedule.finish(done);
                }
            }
        }
        assert!(seen.iter().all(|&times| times == 1));
    }
}

fn conflict(a: &[Key], b: &[Key]) -> bool {
    a.iter().any(|a| {
        b.iter().any(|b| a.name == b.name && (a.access == Access::Exclusive || b.access == Access::Exclusive))
    })
}
