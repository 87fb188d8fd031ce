//! Failures as a person at a terminal wants them: each once, with its source, its fixtures and the command that runs it
//! again; those that follow from another under that.

use super::again::Commands;
use super::cause::{Reason, Spot, before_panic, first_line, reason};
use super::closing::{is_last_of_test, print_names};
use super::console::{Console, Hue};
use super::fixtures::with_scope;
use super::list::counted;
use super::poison::Followers;
use super::source::Sources;
use super::tally::Failed;
use crate::needs::closure;

/// What there is to know of failures beside what they say themselves.
pub(super) struct Failures<'a> {
    /// Where the sources are.
    pub(super) sources: &'a Sources,
    /// How tests are run again, where that is known.
    pub(super) commands: Option<&'a Commands<'a>>,
}

impl Failures<'_> {
    /// Prints a section: what fixtures failed, the tests, and their names.
    pub(super) fn print(
        &self,
        out: &mut Console,
        title: &str,
        fixtures: &[(String, Vec<u8>)],
        failed: &[Failed],
        groups: &[Followers],
    ) {
        out.print(&format!("\n{title}:\n\n"));
        for (name, output) in fixtures {
            print_heading(out, name);
            print_whole(out, &String::from_utf8_lossy(output));
            out.print("\n");
        }
        let mut told = vec![false; failed.len()];
        for group in groups {
            for place in &group.places {
                told[*place] = true;
            }
        }
        let (mut names, mut of_others) = (Vec::with_capacity(failed.len()), vec![true; groups.len()]);
        for (place, one) in failed.iter().enumerate() {
            names.push(one.test.name());
            if told[place] {
                continue;
            }
            let command = if is_last_of_test(failed, place) { self.commands } else { None };
            self.print_one(out, one, command);
            for (group, of_others) in groups.iter().zip(&mut of_others) {
                if group.cause.is_some_and(|cause| std::ptr::eq(cause, one.test)) {
                    *of_others = false;
                    let tests = counted(group.places.len(), "test");
                    out.print(&format!(
                        "{tests} failed on a lock that was probably poisoned by this panic:\n\n"
                    ));
                    self.print_followers(out, group, failed);
                }
            }
        }
        for (group, of_others) in groups.iter().zip(of_others) {
            if of_others {
                out.print(&format!("{}:\n\n", group.told()));
                self.print_followers(out, group, failed);
            }
        }
        print_names(out, title, !fixtures.is_empty(), &names);
    }

    fn print_one(
        &self,
        out: &mut Console,
        Failed { test, failure, output, .. }: &Failed,
        commands: Option<&Commands<'_>>,
    ) {
        let output = String::from_utf8_lossy(output);
        print_heading(out, test.name());
        print_whole(out, &output);
        let spot = reason(test, failure, &output).spot;
        match spot.as_ref().and_then(|spot| self.sources.excerpt(spot)) {
            Some(excerpt) => out.print(&format!("\n{excerpt}")),
            None => {
                let Spot { file, line, column } = Spot::of(test.place);
                out.print(&format!("\n --> {file}:{line}:{column}\n"));
            }
        }
        // A test whose fixtures go round in a circle has not run.
        for (number, fixture) in closure(test.needs).unwrap_or_default().into_iter().enumerate() {
            out.print(if number == 0 { "\nfixtures: " } else { ", " });
            out.print(&with_scope(fixture));
        }
        if !test.needs.is_empty() {
            out.print("\n");
        }
        if let Some(commands) = commands {
            out.print(&format!("\n{}\n", commands.of(test, failure)));
        }
        out.print("\n");
    }

    /// Each of them in short: its panic says nothing that the cause does not.
    fn print_followers(&self, out: &mut Console, group: &Followers, failed: &[Failed]) {
        for place in &group.places {
            let Failed { test, failure, output, .. } = &failed[*place];
            let output = String::from_utf8_lossy(output);
            let Reason { message, spot } = reason(test, failure, &output);
            out.paint(Hue::Red, test.name());
            if let Some(Spot { file, line, column }) = spot {
                out.print(&format!(" at {file}:{line}:{column}"));
            }
            out.print(&format!(": {}\n", first_line(&message)));
            let before = before_panic(test, &output).trim_end();
            if !before.is_empty() {
                print_whole(out, before);
            }
            if let Some(commands) = self.commands {
                out.print(&commands.of(test, failure));
                out.print("\n");
            }
            out.print("\n");
        }
    }
}

/// libtest's line, in the colour of failures.
fn print_heading(out: &mut Console, name: &str) {
    out.paint(Hue::Red, &format!("---- {name} stdout ----"));
    out.print("\n");
}

/// What was printed, to the end of its last line.
fn print_whole(out: &mut Console, output: &str) {
    out.print(output);
    if !output.is_empty() && !output.ends_with('\n') {
        out.print("\n");
    }
}
