//! `--list`, in libtest's formats.

use super::console::Console;
use super::json::Escaped;
use super::logfile::Logfile;
use super::{Opening, Reporter};
use crate::filter::Filter;
use crate::fixture::FixtureDecl;
use crate::settings::{Format, Settings};
use crate::test::{Ignore, Test};
use std::io;
use std::time::Duration;

/// Lists tests.
///
/// # Errors
///
/// A message, if standard output or the log file cannot be written to.
pub(crate) fn list(tests: &[&'static Test], settings: &Settings, mut out: Console) -> Result<(), String> {
    if let Some(path) = &settings.logfile {
        let mut log = Logfile::open(path, Opening::Anew, false)?;
        let names = tests.iter().try_for_each(|test| log.list(test.name())).and_then(|()| log.flush());
        names.map_err(|error| format!("could not write to {}: {error}", log.name()))?;
    }
    match settings.format {
        Format::Pretty | Format::Terse => print(tests, settings.format, &mut out),
        Format::Json => print_json(tests, &settings.filter, &mut out),
    }
    out.flush().map_err(|error: io::Error| format!("could not write to standard output: {error}"))
}

/// The line that a run starts with.
pub(super) fn running(tests: usize, shuffle_seed: Option<u64>) -> String {
    let seed = shuffle_seed.map_or(String::new(), |seed| format!(" (shuffle seed: {seed})"));
    format!("\nrunning {}{seed}\n", counted(tests, "test"))
}

/// The line for a test that has been running for a while.
pub(super) fn still_running(test: &Test, after: Duration) -> String {
    format!("test {} has been running for over {}\n", test.name(), in_seconds(after))
}

/// The same for a teardown.
pub(super) fn still_torn_down(fixture: &FixtureDecl, after: Duration) -> String {
    format!("the teardown of fixture {} has been running for over {}\n", fixture.label(), in_seconds(after))
}

fn in_seconds(time: Duration) -> String {
    match time.subsec_nanos() {
        0 => format!("{} seconds", time.as_secs()),
        _ => format!("{time:?}"),
    }
}

fn print(tests: &[&'static Test], format: Format, out: &mut Console) {
    for test in tests {
        out.print(test.name());
        out.print(": test\n");
    }
    if format == Format::Pretty {
        let blank = if tests.is_empty() { "" } else { "\n" };
        out.print(&format!("{blank}{}, 0 benchmarks\n", counted(tests.len(), "test")));
    }
}

fn print_json(tests: &[&'static Test], filter: &Filter, out: &mut Console) {
    out.print("{ \"type\": \"suite\", \"event\": \"discovery\" }\n");
    for test in tests {
        let ignore = filter.ignores(test);
        let message = match test.ignore() {
            Ignore::No | Ignore::Yes => "",
            Ignore::Because(reason) => reason,
        };
        let function = test.path.whole.rsplit("::").next().unwrap_or(test.path.whole);
        let end = test.place.column as usize + function.chars().count();
        out.print(&format!(
            "{{ \"type\": \"test\", \"event\": \"discovered\", \"name\": \"{}\", \"ignore\": {ignore}, \
             \"ignore_message\": \"{}\", \"source_path\": \"{}\", \"start_line\": {line}, \"start_col\": {}, \
             \"end_line\": {line}, \"end_col\": {end} }}\n",
            Escaped(test.name()),
            Escaped(message),
            Escaped(test.place.file),
            test.place.column,
            line = test.place.line,
        ));
    }
    let ignored = tests.iter().filter(|test| filter.ignores(test)).count();
    let tests = tests.len();
    out.print(&format!(
        "{{ \"type\": \"suite\", \"event\": \"completed\", \"tests\": {tests}, \"benchmarks\": 0, \"total\": {tests}, \
         \"ignored\": {ignored} }}\n"
    ));
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
