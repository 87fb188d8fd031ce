use super::How;
use super::choice::Chosen;
use super::journal::{Header, Journal, MANY, Outputs, OwnerKind, OwnerName, Record, death};
use super::records::read;
use crate::event::{Event, FixturePhase};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome};
use crate::test::Test;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

const HEADER: Header = Header { process: 7, begin: Duration::from_nanos(8), seed: 9, had_children: true };

static TEST: Test = Test { path: crate::test::TestPath::new("suite::books"), ..Test::PLAIN };

/// An empty file that is gone with its handle.
fn file() -> File {
    let path = std::env::temp_dir().join(format!(
        "async-harness-journal-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    let file = File::options().read(true).append(true).create(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

fn finished(outcome: Outcome, output: &str, notes: &[&str]) -> Event {
    let notes = notes.iter().map(ToString::to_string).collect();
    let duration = Duration::from_micros(5);
    let finished = Finished { output: output.into(), notes, duration, ..Finished::without_a_try(outcome) };
    Event::TestFinished { test: &TEST, finished }
}

/// What is read of a journal that was told of these events.
fn read_back(outputs: Outputs, events: &[Event]) -> Vec<Record> {
    let own = file();
    let mut journal = Journal::begin(own.try_clone().unwrap(), HEADER, outputs);
    for event in events {
        journal.note(event);
        journal.write().unwrap();
    }
    let len = journal.write().unwrap();
    let (records, end) = read(&mut own.try_clone().unwrap()).unwrap();
    assert_eq!((len, end), (own.metadata().unwrap().len(), own.metadata().unwrap().len()));
    let mut records: Vec<_> = records.into_iter().map(|(_, record)| record).collect();
    assert_eq!(records.remove(0), Record::Header(HEADER));
    records
}

#[test]
fn each_outcome_is_read_as_it_was_written() {
    for outcome in [
        Outcome::Passed,
        Outcome::Failed(Failure::Told),
        Outcome::Failed(Failure::Because("of this".to_owned())),
        Outcome::Failed(Failure::TimeLimit),
        Outcome::Failed(Failure::Interrupted),
        Outcome::FailedAsExpected(None),
        Outcome::FailedAsExpected(Some("#7")),
        Outcome::Ignored(None),
        Outcome::Ignored(Some("later".into())),
    ] {
        let event = finished(outcome, "one\ntwo", &["a note", ""]);
        let Event::TestFinished { finished, .. } = &event else { unreachable!() };
        let expected = Record::Finished("books".to_owned(), finished.clone());
        assert_eq!(read_back(Outputs::OfAll, &[event]), [expected]);
    }
}

#[test]
fn attempts_come_before_the_result_of_their_test() {
    let attempt = |failure, output: &str| FailedAttempt {
        failure,
        output: output.into(),
        notes: vec!["noted".to_owned()],
        duration: Duration::from_millis(3),
        course: Course { worker: 2, began: Duration::from_secs(1), ..Course::default() },
        parks: Vec::new(),
    };
    let earlier = vec![attempt(Failure::Told, "first"), attempt(Failure::Because("late".into()), "")];
    let Event::TestFinished { test, finished } = finished(Outcome::Passed, "", &[]) else { unreachable!() };
    let event = Event::TestFinished { test, finished: Finished { earlier: earlier.clone(), ..finished } };
    let records = read_back(Outputs::OfFailures, &[event]);
    let [Record::Attempt(first), Record::Attempt(second), Record::Finished(..)] = &records[..] else {
        panic!("{records:?}");
    };
    assert_eq!([first, second], [&earlier[0], &earlier[1]]);
}

#[test]
fn output_that_nobody_will_ask_for_is_not_kept() {
    let event = finished(Outcome::Passed, "much", &[]);
    let [Record::Finished(_, finished)] = &read_back(Outputs::OfFailures, &[event])[..] else {
        panic!("one result was told of");
    };
    assert!(finished.output.is_empty());
}

#[test]
fn what_is_no_result_is_read_as_it_was_written_and_starts_are_not_kept() {
    let records = read_back(
        Outputs::OfFailures,
        &[
            Event::TestStarted { test: &TEST, ignored: false, worker: 0, began: Duration::ZERO },
            Event::RunNoted { note: "odd".to_owned() },
            Event::RunBroken { reason: "badly".to_owned(), output: b"x".to_vec() },
        ],
    );
    let broken = Record::Broken { reason: "badly".to_owned(), output: b"x".to_vec() };
    assert_eq!(records, [Record::Noted("odd".to_owned()), broken]);
}

#[test]
fn where_when_and_for_how_long_a_test_passed_is_kept() {
    for (worker, set_up) in [(0, 0), (3, 0), (MANY - 1, 0), (MANY, 0), (1, 5)] {
        let duration = Duration::new(7, 999_999_999);
        let course = Course {
            worker,
            began: Duration::new(1 << 33, 1),
            set_up: Duration::from_nanos(set_up),
            ..Course::default()
        };
        let plain = Finished { duration, course, ..Finished::without_a_try(Outcome::Passed) };
        let printing = Finished { output: "x".into(), ..plain.clone() };
        let told = |finished: &Finished| Event::TestFinished { test: &TEST, finished: finished.clone() };
        let kept = |finished: &Finished| Record::Finished("books".to_owned(), finished.clone());
        let events = [told(&plain), told(&printing)];
        assert_eq!(read_back(Outputs::OfFailures, &events), [kept(&plain), kept(&plain)]);
        assert_eq!(read_back(Outputs::OfAll, &events), [kept(&plain), kept(&printing)]);
    }
}

#[test]
fn what_the_handler_writes_is_read_as_a_death() {
    for (how, kind, name, owner) in [
        (How::Signal(11), OwnerKind::Test, "books", OwnerName::Test("books".to_owned())),
        (How::StackOverflow(11), OwnerKind::Nobody, "", OwnerName::Nobody),
        (
            How::Exit(Some(-1)),
            OwnerKind::SettingUp,
            "pool",
            OwnerName::Fixture("pool".to_owned(), FixturePhase::SetUp),
        ),
        (
            How::Exit(None),
            OwnerKind::TearingDown,
            "pool",
            OwnerName::Fixture("pool".to_owned(), FixturePhase::TearDown),
        ),
    ] {
        let mut file = file();
        file.write_all(&[&death(3, how, kind, 1234, name.len()), name.as_bytes()].concat()).unwrap();
        let (records, _) = read(&mut file).unwrap();
        assert_eq!(records, [(0, Record::Death { number: 3, how, owner, told: 1234 })]);
    }
}

#[test]
fn what_was_chosen_is_read_as_it_was_written() {
    let texts = |words: &str| words.split(' ').map(ToOwned::to_owned).collect::<Vec<String>>();
    for chosen in [
        Chosen {
            arguments: Some(texts("suite --exact a").into_iter().map(Into::into).collect()),
            tests: None,
        },
        Chosen { arguments: None, tests: Some(texts("a b::c")) },
        Chosen { arguments: Some(Vec::new()), tests: Some(Vec::new()) },
    ] {
        let own = file();
        let mut journal = Journal::begin(own.try_clone().unwrap(), HEADER, Outputs::OfAll);
        journal.chosen(&chosen);
        journal.write().unwrap();
        let (records, _) = read(&mut own.try_clone().unwrap()).unwrap();
        assert_eq!(records[1].1, Record::Chosen(chosen));
    }
}

#[test]
fn a_record_that_was_cut_off_is_none_and_the_next_one_takes_its_place() {
    let own = file();
    let mut journal = Journal::begin(own.try_clone().unwrap(), HEADER, Outputs::OfAll);
    let whole = journal.write().unwrap();
    journal.note(&finished(Outcome::Passed, "long enough to be cut", &[]));
    let full = journal.write().unwrap();
    for cut in whole..full {
        own.set_len(cut).unwrap();
        let (records, end) = read(&mut own.try_clone().unwrap()).unwrap();
        assert_eq!((records.len(), end), (1, whole), "cut at {cut}");
    }
    let mut journal = Journal::go_on(own.try_clone().unwrap(), whole, Outputs::OfAll).unwrap();
    journal.went_on();
    journal.write().unwrap();
    let (records, _) = read(&mut own.try_clone().unwrap()).unwrap();
    assert_eq!(records.last(), Some(&(whole, Record::WentOn)));
}

#[test]
fn attempts_whose_result_was_cut_off_are_no_other_tests() {
    let own = file();
    let mut journal = Journal::begin(own.try_clone().unwrap(), HEADER, Outputs::OfAll);
    let whole = journal.write().unwrap();
    let Event::TestFinished { test, finished: failed } = finished(Outcome::Failed(Failure::Told), "", &[])
    else {
        unreachable!()
    };
    let earlier = [failed.clone(), failed].into_iter().flat_map(Finished::into_attempts).flatten().collect();
    let passed = Finished { earlier, ..Finished::without_a_try(Outcome::Passed) };
    journal.note(&Event::TestFinished { test, finished: passed });
    let full = journal.write().unwrap();
    assert_eq!(
        read(&mut own.try_clone().unwrap()).unwrap().0.len(),
        4,
        "a header, two attempts and a result"
    );
    for cut in whole..full {
        own.set_len(cut).unwrap();
        let (records, end) = read(&mut own.try_clone().unwrap()).unwrap();
        assert_eq!((records.len(), end), (1, whole), "cut at {cut}");
    }
}

#[test]
fn nothing_is_written_to_another_file_that_has_the_descriptor_of_the_journal() {
    let mut own = file();
    let mut journal = Journal::begin(own.try_clone().unwrap(), HEADER, Outputs::OfAll);
    let len = journal.write().unwrap();
    journal.went_on();
    own.write_all(b"of a test").unwrap();
    journal.write().unwrap_err();
    assert_eq!(own.metadata().unwrap().len(), len + 9);
}
