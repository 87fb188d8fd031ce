//! One attempt at a test: marked, caught, recorded, judged.

use crate::capture::Recording;
use crate::judge::{Ending, judge};
use crate::outcome::{Failure, Finished, Outcome};
use crate::panics::{__rust_begin_short_backtrace, Running};
use crate::registry::{Body, Registered};
use crate::runtime;
use crate::settings::Capture;
use std::io;
use std::time::Instant;

/// Runs a test on this thread.
pub(super) fn run(entry: &'static Registered, capture: Capture) -> Finished {
    let Registered { test, body } = entry;
    let mut notes = Vec::new();
    let recording = (capture == Capture::Yes).then(Recording::begin);
    let begin = Instant::now();
    let ending = {
        let _running = Running::new(test);
        end(body, recording.as_ref(), &mut notes)
    };
    let duration = begin.elapsed();
    let output = recording.map(Recording::finish).unwrap_or_default();
    let outcome = match ending {
        Ok(ending) => judge(test.should_panic, test.place, &ending),
        Err(error) => {
            Outcome::Failed(Failure::Because(format!("the runtime of the test could not be built: {error}")))
        }
    };
    Finished { outcome, output, notes, duration }
}

fn end(body: &Body, recording: Option<&Recording>, notes: &mut Vec<String>) -> io::Result<Ending> {
    match *body {
        Body::Sync(run) => Ok(runtime::ending(|| __rust_begin_short_backtrace(run))),
        Body::Async { runtime, start } => {
            let ended = runtime::run(runtime, start, recording.map(Recording::mark))?;
            match ended.threads_left {
                0 => {}
                1 => notes
                    .push("a blocking task was still running after its test and was left behind".to_owned()),
                n => notes.push(format!(
                    "{n} blocking tasks were still running after their test and were left behind"
                )),
            }
            Ok(ended.ending)
        }
    }
}
