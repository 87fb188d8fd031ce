//! What is told of failures beside libtest's lines, and that the commands which run them again do.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Output, cargo, folder, suite};
use std::fs;

/// The commands that stand in an output.
fn commands(output: &str) -> Vec<&str> {
    output.lines().filter(|line| line.starts_with("cargo test ")).collect()
}

/// Runs a command as it would be pasted into a shell, in the folder of the workspace.
fn paste(command: &str) -> Output {
    cargo(&[]).through_shell(command).limit(300).run()
}

#[test]
fn a_pasted_command_runs_that_test_alone_and_it_fails_again() {
    for (target, args, count) in [
        // The library and the executable.
        ("terminal", "", 1),
        ("a-tool", "", 1),
        ("odd-name", "", 3),
        ("told_whole", "--ignored", 1),
        ("told_whole", "orders::books never", 2),
        ("deaths", "--isolate z_serial_aborts", 1),
    ] {
        let output = suite(target).line(args).run().exits_with(101);
        let commands = commands(&output.stdout);
        assert_eq!(commands.len(), count, "{}", output.all());
        for command in commands {
            let again = paste(command).exits_with(101);
            assert!(again.stdout.contains("\nrunning 1 test\n"), "{command}\n{}", again.all());
            let failed = again.stdout.contains("test result: FAILED. 0 passed; 1 failed; 0 ignored;");
            assert!(failed, "{command}\n{}", again.all());
            assert!(again.stdout.contains(&format!("\n{command}\n")), "{command}\n{}", again.all());
        }
    }
}

#[test]
fn a_command_runs_its_test_in_the_shell_of_a_shard() {
    let shard = |run: async_harness_tests::Run| run.env("ASYNC_HARNESS_PARTITION", "slice:1/1000").limit(300);
    let command = "cargo test -p terminal --test told_whole -- --exact orders::books";
    let again = shard(cargo(&[]).through_shell(command)).run().exits_with(101);
    assert!(again.stdout.contains("\nrunning 1 test\n"), "{}", again.all());
}

#[test]
fn a_test_that_fails_often_is_named_once() {
    let run = || suite("told_whole").env("TERM", "xterm").line("--repeat 3 -n 2 --exact orders::books");
    let output = run().run().exits_with(101);
    let left = run().on_terminal(200, 150).end();
    for text in [output.stdout, left.lines.join("\n")] {
        assert_eq!(text.matches("\n---- orders::books stdout ----\n").count(), 3, "{text}");
        assert_eq!(text.matches("\n    orders::books\n").count(), 1, "{text}");
        assert_eq!(commands(&text), ["cargo test -p terminal --test told_whole -- --exact orders::books"]);
    }
}

#[test]
fn a_command_for_all_runs_all_that_failed() {
    let history = folder("again-all").join("history");
    let run = || suite("told_whole").env("ASYNC_HARNESS_HISTORY", &history).line("--include-ignored");
    let output = run().run().exits_with(101);
    let failed = output.results().with("FAILED");
    assert_eq!(commands(&output.stdout).len(), failed.len(), "{}", output.all());
    assert!(!output.stdout.contains("run all of them again"), "they are few: {}", output.all());
    let again = run().line("--last-failed").run().exits_with(101);
    assert_eq!(again.results().with("FAILED"), failed);
}

#[test]
fn a_pipe_has_libtests_list_then_ours_then_the_last_line() {
    let output = suite("told_whole").line("-n 2").run().exits_with(101);
    let (_, end) = output.stdout.split_once("\nfailures:\n    ").unwrap();
    let parts: Vec<_> = end.split("\n\n").map(|part| part.lines().next().unwrap_or_default()).collect();
    let begins = [
        "ledger::a_poisons",
        "flaky:",
        "---- passes_later stdout ----",
        "thread 'passes_later'",
        "",
        "2 tests failed on a poisoned lock, probably poisoned when `ledger::a_poisons` panicked:",
        "run again:",
        "1 test failed as expected",
        "test result: FAILED. ",
        "",
    ];
    for (part, begin) in parts.iter().zip(begins) {
        assert!(part.starts_with(begin), "`{part}` for `{begin}` in {parts:#?}");
    }
    let list = "ledger::a_poisons\n    ledger::follows\n    ledger::follows_too\n    ledger::z_is_of_its_own\n    \
                never_ends\n    orders::books\n    orders::refuses\n\n";
    assert!(end.starts_with(list), "{end}");
    // Nothing of what a terminal shows.
    for ours in ["  --> ", "fixtures: ", "\nignored:", "\nslowest"] {
        assert!(!output.stdout.contains(ours), "{}", output.all());
    }
    // All of the followers is told in their own sections.
    assert!(output.results().section("ledger::follows_too").is_some_and(|text| text.contains("PoisonError")));
}

#[test]
fn a_terminal_has_each_failure_once_and_whole() {
    let terminal = suite("told_whole").env("TERM", "xterm").line("-n 2").on_terminal(60, 150);
    let left = terminal.end();
    assert_eq!(left.code, 101);
    let text = left.lines.join("\n");
    let books = "---- orders::books stdout ----\nasking the client\n\nthread 'orders::books' (";
    let rest = "assertion `left == right` failed: not this client\n  left: 7\n right: 8\n";
    let excerpt = "  --> terminal/tests/told_whole.rs:25:9\n   |\n23 |     async fn books(client: u32) {\n24 |         \
                   println!(\"asking the client\");\n25 |         assert_eq!(client, 8, \"not this client\");\n   \
                   |         ^\n26 |     }\n27 |\n\nfixtures: server (session), client\n\ncargo test -p terminal --test \
                   told_whole -- --exact orders::books\n";
    for part in [books, rest, excerpt] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    let ledger = text.split("---- ledger::a_poisons stdout ----\n").nth(1).unwrap();
    let ledger = ledger.split("\n---- ").next().unwrap();
    let followers =
        "2 tests failed on a lock that was probably poisoned by this panic:\n\nledger::follows at ";
    assert!(ledger.contains(followers), "{text}");
    assert!(ledger.contains("PoisonError { .. }\nbefore\ncargo test -p terminal"), "{text}");
    assert!(!text.contains("---- ledger::follows stdout"), "{text}");
    assert!(
        text.contains("\nignored:\n    orders::takes_a_day: takes a day\n    skips: no network\n"),
        "{text}"
    );
    for name in ["orders::refuses", "never_ends", "ledger::follows", "ledger::z_is_of_its_own"] {
        assert_eq!(text.matches(&format!(" --exact {name}\n")).count(), 1, "{text}");
    }
    assert!(
        left.lines.last().unwrap().starts_with("test result: FAILED. 2 passed; 7 failed; 2 ignored;"),
        "{text}"
    );
}

#[test]
fn github_actions_gets_annotations_before_the_last_line() {
    let run = |args: &str| suite("told_whole").env("GITHUB_ACTIONS", "true").line(args);
    let output = run("-n 2").run().exits_with(101);
    let annotations: Vec<_> = output.stdout.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(annotations.iter().filter(|line| line.starts_with("::error ")).count(), 7, "{}", output.all());
    for annotation in [
        "::error file=terminal/tests/told_whole.rs,line=25,title=orders%3A%3Abooks::assertion `left == right` failed: \
         not this client%0A  left: 7%0A right: 8",
        "::error file=terminal/tests/told_whole.rs,line=29,title=orders%3A%3Arefuses::Error: \"no such order\"",
        "::warning file=terminal/tests/told_whole.rs,line=73,title=passes_later::flaky: passed on attempt 2, after: \
         assertion `left == right` failed: not yet: 100 %25",
    ] {
        assert!(annotations.contains(&annotation), "{annotation}\nis not in\n{}", output.all());
    }
    assert!(
        output.stdout.trim_end().lines().last().unwrap().starts_with("test result: "),
        "{}",
        output.all()
    );

    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = run("orders::books -q").env("GITHUB_WORKSPACE", repository).run().exits_with(101);
    let file = "::error file=tests/suites/terminal/tests/told_whole.rs,line=25,";
    assert!(output.stdout.contains(file), "{}", output.all());

    let output = run("orders::books --format json").run().exits_with(101);
    assert!(!output.stdout.contains("::error") && !output.stderr.contains("::error"), "{}", output.all());
    let output = suite("told_whole").line("orders::books").run().exits_with(101);
    assert!(!output.stdout.contains("::error"), "{}", output.all());
}

#[test]
fn github_actions_gets_an_annotation_where_a_teardown_failed() {
    for args in ["-n 2", "-n 0", "-n 2 --isolate"] {
        let output =
            suite("reported").env("GITHUB_ACTIONS", "true").line("uses_what_breaks_later").line(args);
        let output = output.run().exits_with(101);
        let annotation = "\n::error file=capture/tests/reported.rs,line=60,title=fixture fragile::failed to tear \
                          down: cannot be torn down\n";
        assert!(output.stdout.contains(annotation), "{args}: {}", output.all());
    }
}

#[test]
fn github_actions_gets_a_summary_behind_that_of_other_targets() {
    let path = folder("step-summary").join("summary");
    let run = |args: &str| {
        let run = suite("told_whole").env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &path);
        run.line(args)
    };
    let _ = run("passes_later skips is_known").run().exits_with(0);
    let _ = run("is_known skips --format json").run().exits_with(0);
    let _ = run("orders -n 2 --isolate").run().exits_with(101);
    let written = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = written.lines().collect();
    let line = |start: &str| lines.iter().position(|line| line.starts_with(start));
    let flaky =
        line("### ✅ <code>terminal::told&#95;whole</code>: 2 passed, 1 of them flaky, 1 ignored, in ")
            .unwrap();
    let well = line("- ✅ <code>terminal::told&#95;whole</code>: 1 passed, 1 ignored, in ").unwrap();
    let failed =
        line("### ❌ <code>terminal::told&#95;whole</code>: 2 failed, 0 passed, 1 ignored, in ").unwrap();
    assert!(flaky < well && well < failed, "{written}");
    let row = "| <code>orders::books</code> | <code>assertion &#96;left == right&#96; failed: not this client</code> | \
               <code>terminal/tests/told&#95;whole.rs:25</code> | <code>cargo test -p terminal --test told&#95;whole -- \
               --isolate --exact orders::books</code> |";
    assert!(lines[failed..].contains(&row), "{written}");

    let run = suite("told_whole").env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", "/proc/version");
    let output = run.line("is_known").run().exits_with(101);
    assert!(output.stdout.contains("test result: ok. 1 passed"), "{}", output.all());
    assert!(output.stderr.starts_with("error: could not write to /proc/version: "), "{}", output.all());
}
