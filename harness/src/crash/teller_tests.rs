use super::journal::{Header, Journal, Outputs, Record};
use super::records::read;
use super::story::GoingOn;
use super::teller::Teller;
use crate::event::{Cut, Event, Listener, NotRun};
use crate::outcome::{Failure, Finished, Outcome};
use crate::test::{Test, TestPath};
use std::fs::File;
use std::time::{Duration, SystemTime};

/// What is told aloud, in words.
#[derive(Default)]
struct Told(Vec<String>);

impl Listener for Told {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::TestFinished { test, .. } => self.0.push(test.name().to_owned()),
            Event::RunFinished { not_run, .. } => self.0.push(format!("{} {:?}", not_run.count, not_run.cut)),
            _ => {}
        }
    }

    fn catch_up(&mut self, _: &Event) {}
    fn put_away(&mut self) {}
    fn pause(&mut self) {}
}

fn finished(test: &'static Test) -> Event {
    Event::TestFinished { test, finished: Finished::without_a_try(Outcome::Failed(Failure::Told)) }
}

/// What a teller tells that goes on with this, and what it adds to the journal.
fn told(going_on: GoingOn) -> (Vec<String>, Vec<Record>) {
    let path = std::env::temp_dir().join(format!("async-harness-teller-{:?}", std::thread::current().id()));
    let file = File::options().read(true).append(true).create(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    let header = Header { process: 0, begin: Duration::ZERO, seed: 0, had_children: false };
    let journal = Journal::begin(file.try_clone().unwrap(), header, Outputs::OfAll);
    let mut teller = Teller::new(Told::default(), Some(journal), Some(going_on), Duration::ZERO);
    teller.tell(&Event::RunStarted {
        tests: 0,
        filtered_out: 0,
        shuffle_seed: None,
        began: SystemTime::UNIX_EPOCH,
    });
    teller.write();
    let not_run = NotRun::default();
    teller.tell(&Event::RunFinished { elapsed: Duration::ZERO, not_run, stray: Vec::new() });
    let (records, _) = read(&mut file.try_clone().unwrap()).unwrap();
    (teller.listener.0, records.into_iter().skip(1).map(|(_, record)| record).collect())
}

#[test]
fn a_result_that_stands_in_the_journal_is_told_and_not_written_again() {
    static WRITTEN: Test = Test { path: TestPath::new("teller::written"), ..Test::PLAIN };
    static NEW: Test = Test { path: TestPath::new("teller::new"), ..Test::PLAIN };
    let mut going_on = GoingOn::default();
    going_on.untold = vec![finished(&WRITTEN)];
    going_on.new = vec![finished(&NEW)];
    let (told, records) = told(going_on);
    assert_eq!(told, ["written", "new", "0 None"]);
    let [Record::Finished(name, _), Record::WentOn] = &records[..] else { panic!("{records:?}") };
    assert_eq!(name, "new");
}

#[test]
fn a_run_that_was_ended_before_it_went_on_says_by_what() {
    for cut in [Cut::Crash, Cut::Failures] {
        let mut going_on = GoingOn::default();
        going_on.not_run = NotRun { count: 3, cut: Some(cut) };
        assert_eq!(told(going_on).0, [format!("3 {:?}", Some(cut))]);
    }
}
