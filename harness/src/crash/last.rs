//! The end of the last image: who ran, who crashed, and what they leave.

use super::journal::FolderRecord;
use super::lost;
use super::verdict::{Crash, blamed};
use crate::event::{Event, InFlight};
use crate::named::Named;
use crate::outcome::{FailedAttempt, Finished, Output};
use crate::test::Test;
use std::path::Path;

/// What the records since the process was last executed say of its end.
#[derive(Default)]
pub(super) struct LastImage {
    pub(super) in_flight: Vec<InFlight>,
    pub(super) crashes: Vec<Crash>,
    pub(super) outputs: Vec<(u8, Output)>,
    pub(super) folders: Vec<FolderRecord>,
    /// Attempts that had failed, of tests that were running.
    pub(super) earlier: Vec<(String, FailedAttempt)>,
    /// Fixtures that no crash before has cost their teardown.
    pub(super) lost: Vec<String>,
    /// Tests that have finished.
    pub(super) finished: Vec<&'static Test>,
    /// The number of its last crash.
    pub(super) number: Option<u8>,
    /// How many attempts there were results of when it crashed.
    pub(super) told_of: usize,
}

impl LastImage {
    /// How many attempts were over at its end, those that its crashes have cost among them.
    pub(super) fn attempts(&self) -> usize {
        self.told_of + self.earlier.len() + blamed(&self.crashes, &self.in_flight).len()
    }

    pub(super) fn runs(&self, name: &str) -> bool {
        self.in_flight.iter().any(|running| running.test.name() == name)
    }
}

/// The result of this test among these events.
pub(super) fn result_of<'a>(events: &'a mut [Event], name: &str) -> Option<&'a mut Finished> {
    events.iter_mut().find_map(|event| match event {
        Event::TestFinished { test, finished } if test.name() == name => Some(finished),
        _ => None,
    })
}

/// Names each folder that is kept in what its test has printed, where that does not name it yet: an attempt that counts names its
/// own. Gives back the others with their tests: these are none of `events`, or have not failed, so that nobody sees their output.
pub(super) fn name_folders<'a>(
    folders: &'a [FolderRecord],
    earlier: &'a [(String, FailedAttempt)],
    events: &mut [Event],
) -> Vec<(&'a str, &'a Path)> {
    let mut attempts = Named::default();
    for (name, _) in earlier {
        *attempts.entry(name, || 0) += 1;
    }
    let mut others = Vec::new();
    for FolderRecord { test, path, named } in folders {
        let attempts = attempts.entry(test, || 0);
        if *named && *attempts > 0 {
            *attempts -= 1;
            continue;
        }
        match result_of(events, test) {
            Some(Finished { outcome, output, .. }) if outcome.is_failure() => {
                output.extend_from_slice(lost::kept(path).as_bytes());
            }
            _ => others.push((test.as_str(), path.as_path())),
        }
    }
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Failure, Outcome};
    use crate::test::TestPath;

    #[test]
    fn a_folder_is_named_where_its_test_failed_and_no_attempt_has_named_it() {
        static TEST: Test = Test { path: TestPath::new("last::test"), ..Test::PLAIN };
        let failed = || Outcome::Failed(Failure::Told);
        for (named, attempts, outcome, said, left) in [
            (false, 0, Some(failed()), true, false),
            (false, 1, Some(failed()), true, false),
            // By the attempt before, or by the one that has crashed and does not count as one.
            (true, 1, Some(failed()), false, false),
            (true, 0, Some(failed()), true, false),
            (false, 0, Some(Outcome::FailedAsExpected(None)), false, true),
            (true, 1, Some(Outcome::FailedAsExpected(None)), false, false),
            (false, 0, None, false, true),
            (true, 1, None, false, false),
        ] {
            let case = format!("{named} {attempts} {outcome:?}");
            let folders = [FolderRecord { test: TEST.name().to_owned(), path: "/tmp/its".into(), named }];
            let failed = Finished::without_a_try(failed()).into_attempts().unwrap();
            let attempts = vec![(TEST.name().to_owned(), failed[0].clone()); attempts];
            let mut events: Vec<_> = outcome
                .map(|outcome| Event::TestFinished {
                    test: &TEST,
                    finished: Finished::without_a_try(outcome),
                })
                .into_iter()
                .collect();
            let others = name_folders(&folders, &attempts, &mut events).len();
            let output = result_of(&mut events, TEST.name()).map(|finished| finished.output.to_vec());
            assert_eq!(others == 1, left, "{case}");
            assert_eq!(output.is_some_and(|output| !output.is_empty()), said, "{case}");
        }
    }
}
