//! libtest's `--format json`: an object per event, a line per object. What has no event there goes to standard error.

use super::Reporter;
use super::console::Console;
use super::tally::{Tally, before_the_last};
use crate::event::Event;
use crate::outcome::{Failure, Finished, Outcome};
use crate::settings::Settings;
use crate::target::Target;
use crate::test::Test;
use std::fmt::{self, Write};
use std::io;
use std::path::Path;

/// An object per event.
pub(super) struct Json {
    out: Console,
    tally: Tally,
    show_output: bool,
    show_time: bool,
}

impl Json {
    pub(super) fn new(out: Console, settings: &Settings, target: Target) -> Self {
        Json {
            tally: Tally::new(settings, target, &out),
            out,
            show_output: settings.show_output,
            show_time: settings.time.is_some(),
        }
    }

    fn finished(&self, test: &Test, finished: &Finished) -> String {
        let event = match finished.outcome {
            Outcome::Passed | Outcome::FailedAsExpected(_) => "ok",
            Outcome::Failed(_) => "failed",
            Outcome::Ignored(_) => "ignored",
        };
        let mut line =
            format!(r#"{{ "type": "test", "name": "{}", "event": "{event}""#, Escaped(test.name()));
        let mut add = |field: fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            let _ = line.write_fmt(field);
        };
        if self.show_time && !matches!(finished.outcome, Outcome::Ignored(_)) {
            add(format_args!(r#", "exec_time": {}"#, finished.duration.as_secs_f64()));
        }
        let shown = self.show_output || matches!(finished.outcome, Outcome::Failed(_));
        if shown {
            let earlier = match finished.outcome {
                Outcome::Failed(_) => before_the_last(finished),
                _ => Vec::new(),
            };
            let output = [&earlier[..], &finished.output[..]].concat();
            if !output.is_empty() {
                add(format_args!(r#", "stdout": "{}""#, Escaped(&String::from_utf8_lossy(&output))));
            }
        }
        match &finished.outcome {
            Outcome::Failed(Failure::Because(reason)) => {
                add(format_args!(r#", "message": "{}""#, Escaped(reason)));
            }
            Outcome::Failed(Failure::TimeLimit) => add(format_args!(r#", "reason": "time limit exceeded""#)),
            Outcome::Ignored(Some(reason)) => add(format_args!(r#", "message": "{}""#, Escaped(reason))),
            Outcome::Failed(Failure::Interrupted) => add(format_args!(r#", "message": "interrupted""#)),
            _ => {}
        }
        if !finished.earlier.is_empty() {
            add(format_args!(r#", "attempts": {}"#, finished.earlier.len() + 1));
        }
        line + " }\n"
    }
}

impl Reporter for Json {
    fn name(&self) -> String {
        "standard output".to_owned()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.tally.count(event);
        let line = match event {
            Event::RunStarted { tests, shuffle_seed, .. } => {
                let seed = shuffle_seed.map_or(String::new(), |seed| format!(r#", "shuffle_seed": {seed}"#));
                format!("{{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": {tests}{seed} }}\n")
            }
            Event::TestStarted { test, .. } => {
                let name = Escaped(test.name());
                format!("{{ \"type\": \"test\", \"event\": \"started\", \"name\": \"{name}\" }}\n")
            }
            Event::TestStillRunning { test, .. } => {
                let name = Escaped(test.name());
                format!("{{ \"type\": \"test\", \"event\": \"timeout\", \"name\": \"{name}\" }}\n")
            }
            Event::TestFinished { test, finished } => {
                if finished.is_flaky() {
                    // A test that passes has no output there, unless all are to be shown, and that of its last attempt then.
                    self.out.print_aside(&self.tally.last_flaky())?;
                }
                self.finished(test, finished)
            }
            Event::FixtureFailed { .. } => {
                self.out.print_aside(&self.tally.last_fixture())?;
                String::new()
            }
            Event::TearDownStarted { .. } | Event::TearDownStillRunning { .. } => String::new(),
            Event::FixtureRan(_) | Event::Used(_) | Event::Detail(_) => String::new(),
            Event::RunBroken { .. } | Event::RunNoted { .. } => String::new(),
            Event::RunFinished { elapsed, not_run, stray } => {
                let remarks = self.tally.remarks(*elapsed, not_run, stray);
                if !remarks.is_empty() {
                    self.out.print_aside(&remarks)?;
                }
                let Tally { passed, failed, ignored, filtered_out, .. } = &self.tally;
                let event = if self.tally.is_success() { "ok" } else { "failed" };
                let seconds = elapsed.as_secs_f64();
                format!(
                    "{{ \"type\": \"suite\", \"event\": \"{event}\", \"passed\": {passed}, \"failed\": {failed}, \
                     \"ignored\": {ignored}, \"measured\": 0, \"filtered_out\": {filtered_out}, \"exec_time\": \
                     {seconds} }}\n"
                )
            }
        };
        self.out.print(&line);
        Ok(())
    }

    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        self.tally.count(event);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn written(&mut self, file: &Path) {
        self.tally.name_file(file);
    }
}

/// Text as it stands between the quotes of a JSON string.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(|c: char| c.is_ascii_control() || c == '"' || c == '\\') {
            f.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => f.write_str("\\\"")?,
                b'\\' => f.write_str("\\\\")?,
                b'\n' => f.write_str("\\n")?,
                b'\r' => f.write_str("\\r")?,
                b'\t' => f.write_str("\\t")?,
                b'\x08' => f.write_str("\\b")?,
                b'\x0c' => f.write_str("\\f")?,
                byte => write!(f, "\\u{byte:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_libtest_does() {
        for (text, escaped) in [
            ("plain é", "plain é"),
            ("a\"b\\c", "a\\\"b\\\\c"),
            ("\n\r\t\x08\x0c", "\\n\\r\\t\\b\\f"),
            ("\x00\x1b[31m\x7f", "\\u0000\\u001b[31m\\u007f"),
        ] {
            assert_eq!(Escaped(text).to_string(), escaped);
        }
    }
}
