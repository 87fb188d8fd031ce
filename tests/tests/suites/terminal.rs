//! What a person sees at a terminal, and what is left on it.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Left, Run, Terminal, folder, suite};
use std::fs;
use std::path::PathBuf;

/// A run of tests that wait for files.
struct Watched {
    folder: PathBuf,
    run: Run,
}

impl Watched {
    fn new(test: &str, args: &str) -> Self {
        let folder = folder(test);
        let run = suite("watched").env("SUITE_FOLDER", &folder).env("TERM", "xterm-256color").line(args);
        Watched { folder, run }
    }

    fn env(self, name: &str, value: &str) -> Self {
        Watched { run: self.run.env(name, value), ..self }
    }

    fn start(&self, rows: u16, columns: u16) -> Terminal {
        self.run.clone().on_terminal(rows, columns)
    }

    /// Lets a test go on.
    fn make(&self, file: &str) {
        fs::write(self.folder.join(file), "").unwrap();
    }
}

/// Checks that nothing is left but lines of results, sections and the last line.
fn check_clean(left: &Left) {
    assert!(left.cursor_is_visible && left.cursor_is_below, "{left:#?}");
    for line in &left.lines {
        let is_bar = line.starts_with('[') || line.contains("s left") || line.contains("  and ");
        let is_running = line.trim_start().starts_with(|c: char| c.is_ascii_digit()) && line.contains("s  ");
        let is_summary = line.contains(".") && is_running;
        assert!(!is_bar && (!is_running || is_summary), "`{line}` is left in {left:#?}");
    }
}

fn last_line(left: &Left) -> &str {
    left.lines.last().map(String::as_str).unwrap_or_default()
}

#[test]
fn a_bar_shows_what_is_running_and_leaves_only_lines() {
    let watched = Watched::new("terminal-bar", "-n 4 quick waits fails");
    let terminal = watched.start(12, 140);
    let shown =
        terminal.wait_until("a bar", |screen| screen.contains("] 300/303") && screen.contains("  fails"));
    // The end of a long name is what tells it from others.
    assert!(shown.contains("..") && shown.contains("_of_eighty_columns_and_then_some"), "{shown}");
    assert!(shown.lines().any(|line| line.trim_end().ends_with("s  waits")), "{shown}");
    let bar = shown.lines().position(|line| line.starts_with("[=")).unwrap();
    // The cursor is in the empty line above, where the next line will be.
    assert_eq!(shown.lines().nth(bar - 1), Some(""), "{shown}");
    assert!(shown.lines().nth(bar - 2).unwrap().ends_with(" ... ok"), "{shown}");
    watched.make("fails");
    terminal.wait_for("] 301/303  1 failed");
    watched.make("waits");
    watched.make("waits_long");
    let left = terminal.end();
    check_clean(&left);
    assert_eq!(left.code, 101);
    let results =
        left.lines.iter().filter(|line| line.starts_with("test ") && line.contains(" ... ")).count();
    assert_eq!(results, 303, "{left:#?}");
    assert!(last_line(&left).starts_with("test result: FAILED. 302 passed; 1 failed;"), "{left:#?}");
}

#[test]
fn a_terminal_may_become_smaller_and_larger() {
    let watched = Watched::new("terminal-resize", "-n 4 waits child");
    let terminal = watched.start(20, 140);
    terminal.wait_for("  child_prints");
    terminal.resize(20, 40);
    terminal.wait_for("..ghty_columns_and_then_some");
    assert!(!terminal.screen().contains("[>"), "there is no room for a bar:\n{}", terminal.screen());
    terminal.resize(3, 12);
    terminal.wait_until("counts alone", |screen| screen.contains("0/3") && !screen.contains("child"));
    terminal.resize(24, 140);
    terminal.wait_for("[> ");
    for file in ["child", "child_ends", "waits", "waits_long"] {
        watched.make(file);
    }
    let left = terminal.end();
    check_clean(&left);
    assert!(left.lines.contains(&"said by a child".to_owned()), "{left:#?}");
    assert!(last_line(&left).starts_with("test result: ok. 3 passed;"), "{left:#?}");
}

#[test]
fn what_a_child_process_prints_stands_among_the_lines() {
    let watched = Watched::new("terminal-child", "-n 4 child waits --skip name");
    let terminal = watched.start(20, 140);
    terminal.wait_for("  child_prints");
    watched.make("child");
    let shown = terminal.wait_until("a bar again", |screen| {
        screen.contains("\nsaid by a child\n\n[") && screen.contains("  child_prints")
    });
    assert_eq!(shown.matches("] 0/2").count(), 1, "{shown}");
    watched.make("child_ends");
    watched.make("waits");
    check_clean(&terminal.end());
}

#[test]
fn a_crash_leaves_a_clean_terminal_and_the_bar_goes_on() {
    for (args, code) in [("", 101), ("--no-resume", 134), ("--isolate", 101)] {
        let watched = Watched::new("terminal-crash", &format!("-n 4 crashes waits --skip name {args}"));
        let terminal = watched.start(30, 140);
        terminal.wait_for("  crashes");
        watched.make("crashes");
        if args != "--no-resume" {
            terminal.wait_until("a bar again", |screen| {
                screen.contains("] 1/2  1 failed") && screen.contains("s  waits")
            });
        }
        watched.make("waits");
        let left = terminal.end();
        check_clean(&left);
        assert_eq!(left.code, code, "{left:#?}");
        assert!(left.lines.contains(&"test crashes ... FAILED".to_owned()), "{left:#?}");
        assert!(last_line(&left).starts_with("test result: FAILED. "), "{left:#?}");
    }
}

#[test]
fn an_interrupt_ends_with_a_report_and_a_second_one_with_a_clean_terminal() {
    let watched = Watched::new("terminal-interrupt", "-n 4 waits --skip name");
    let terminal = watched.start(30, 140);
    terminal.wait_for("s  waits");
    terminal.signal("INT");
    let left = terminal.end();
    check_clean(&left);
    assert!(last_line(&left).starts_with("test result: FAILED. 0 passed; 1 failed;"), "{left:#?}");

    let watched = Watched::new("terminal-interrupts", "-n 4 waits torn --skip name");
    let terminal = watched.start(30, 140);
    terminal.wait_for("s  is_torn_down_for_ever");
    watched.make("torn");
    terminal.signal("INT");
    terminal.wait_until("the one that can be ended", |screen| screen.contains("test waits ... FAILED"));
    // Interrupts that come at once are one.
    std::thread::sleep(std::time::Duration::from_millis(250));
    terminal.wait_for("s  is_torn_down_for_ever");
    terminal.signal("INT");
    let left = terminal.end();
    check_clean(&left);
    assert_eq!((left.code, last_line(&left)), (130, "test waits ... FAILED"), "{left:#?}");
}

#[test]
fn whoever_leaves_in_a_hurry_leaves_nothing_behind() {
    let watched = Watched::new("terminal-quit", "-n 4 waits --skip name");
    let terminal = watched.start(30, 140);
    terminal.wait_for("s  waits");
    terminal.signal("TSTP");
    terminal.wait_until("a clean screen", |screen| !screen.contains("waits"));
    terminal.signal("CONT");
    terminal.wait_for("s  waits");
    terminal.signal("QUIT");
    let left = terminal.end();
    check_clean(&left);
    assert_eq!((left.code, last_line(&left)), (131, "running 1 test"), "{left:#?}");
}

#[test]
fn there_is_no_bar_where_it_would_be_in_the_way() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[("CI", "true")]),
        ("", &[("TERM", "dumb")]),
        ("", &[("ASYNC_HARNESS_PROGRESS", "never")]),
        ("--progress never", &[]),
        ("--nocapture", &[]),
        ("-q", &[]),
        ("--format json", &[]),
    ];
    for (args, env) in cases {
        let watched = Watched::new("terminal-none", &format!("-n 4 waits --skip name {args}"));
        let watched = env.iter().fold(watched, |watched, (name, value)| watched.env(name, value));
        let terminal = watched.start(30, 140);
        terminal.wait_until("a beginning", |screen| {
            screen.contains("running 1 test") || screen.contains("\"waits\"")
        });
        std::thread::sleep(std::time::Duration::from_millis(500));
        let shown = terminal.screen();
        assert!(!shown.contains("0/1") && !shown.contains("s  waits"), "{args} {env:?}: {shown}");
        watched.make("waits");
        check_clean(&terminal.end());
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    for (args, env, red) in [("", "", true), ("--color never", "", false), ("", "1", false)] {
        let watched = Watched::new("terminal-colours", &format!("-n 4 waits fails --skip name {args}"));
        let watched = watched.env("NO_COLOR", env);
        let terminal = watched.start(30, 140);
        terminal.wait_for("s  fails");
        watched.make("fails");
        terminal.wait_for("  1 failed");
        assert_eq!(terminal.has_colours(), red, "{args} {env}");
        watched.make("waits");
        check_clean(&terminal.end());
    }
}

#[test]
fn the_time_left_is_known_from_earlier_runs() {
    let watched = Watched::new("terminal-left", "-n 4 waits --skip name");
    let history = watched.folder.join("history");
    let watched = watched.env("ASYNC_HARNESS_HISTORY", history.to_str().unwrap());
    let terminal = watched.start(30, 140);
    let first = terminal.wait_for("s  waits");
    assert!(!first.contains(" left"), "{first}");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    watched.make("waits");
    check_clean(&terminal.end());

    fs::remove_file(watched.folder.join("waits")).unwrap();
    let terminal = watched.start(30, 140);
    terminal.wait_for("s left");
    watched.make("waits");
    check_clean(&terminal.end());
}
