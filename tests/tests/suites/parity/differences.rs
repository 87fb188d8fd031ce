//! Where the harness answers otherwise than libtest, on purpose; each with its reason.

/// An answer that differs.
pub(super) struct Difference {
    /// The command line.
    pub(super) line: &'static str,
    /// libtest's exit code, and a part of what it says.
    pub(super) judge: (i32, &'static str),
    /// The same of the harness.
    pub(super) ours: (i32, &'static str),
    /// Why that is better.
    pub(super) why: &'static str,
}

/// The answers that differ.
pub(super) const OF_ANSWERS: &[Difference] = &[
    Difference {
        line: "--nope",
        judge: (101, "error: Unrecognized option: 'nope'\n"),
        ours: (101, "error: Unrecognized option: 'nope' ("),
        why: "says what was meant, or where to look",
    },
    Difference {
        line: "--test-threads many",
        judge: (
            101,
            "error: argument for --test-threads must be a number > 0 (error: invalid digit found in string)\n",
        ),
        ours: (101, "error: argument for --test-threads must be a number > 0 (was many)\n"),
        why: "all messages on values show the value",
    },
    Difference {
        line: "-Z --shuffle-seed x",
        judge: (
            101,
            "error: argument for --shuffle-seed must be a number (error: invalid digit found in string)\n",
        ),
        ours: (101, "error: argument for --shuffle-seed must be a number (was x)\n"),
        why: "all messages on values show the value",
    },
    Difference {
        line: "--format nope",
        judge: (101, "error: argument for --format must be pretty, terse, json or junit (was nope)\n"),
        ours: (101, "error: argument for --format must be pretty, terse or json (was nope)\n"),
        why: "JUnit goes to a file, beside the output for people",
    },
    Difference {
        line: "-Z --format junit silent",
        judge: (0, "<testsuites>"),
        ours: (101, "(was junit)"),
        why: "JUnit goes to a file, beside the output for people",
    },
    Difference {
        line: "--list=3",
        judge: (101, "error: Option 'list' does not take an argument\n"),
        ours: (101, "error: argument for --list takes no value (was 3)\n"),
        why: "all messages on values show the value",
    },
    Difference {
        line: "--test-threads 1 --test-threads 2 --exact --exact silent",
        judge: (101, "given more than once"),
        ours: (0, "0 passed"),
        why: "wrappers add arguments to arguments: the last one wins",
    },
    Difference {
        line: "RUST_TEST_TIME_INTEGRATION=5,20 -Z --ensure-time sleepy -q",
        judge: (101, "\nfailures:\n\nfailures:\n\n"),
        ours: (101, "\nfailures (time limit exceeded):\n"),
        why: "libtest's terse format names none of the tests that were too slow",
    },
    Difference {
        line: "NOT_FLUSHED=1 not_flushed --test-threads=1",
        judge: (101, "first, without an endsecond\n\nthread"),
        ours: (101, "second\nfirst, without an end\nthread"),
        why: "std keeps a line until it ends, and only libtest can tell std not to",
    },
    Difference {
        line: "--logfile /dev/null silent",
        judge: (0, "warning: `--logfile` is deprecated"),
        ours: (0, "1 passed"),
        why: "here it stays",
    },
];

/// What libtest printed on a command line, as the harness means to print it.
pub(super) fn accepted(line: &str, text: String) -> String {
    if line.contains("--list") && line.contains("json") {
        // libtest leaves the quotes of a reason as they are, which is no JSON.
        return text.replace(r#""async: "quoted" ä""#, r#""async: \"quoted\" ä""#);
    }
    text
}

/// What the harness printed without the commands that run again what failed: one for each of them.
pub(super) fn without_commands(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\nrun again:\n") else {
        let has_failed =
            text.contains("test result: FAILED. ") || text.contains("test result: \x1b[31mFAILED");
        assert!(!has_failed, "there are no commands in {text}");
        return text.to_owned();
    };
    let (commands, end) = rest.split_once("\n\n").unwrap_or_else(|| panic!("a last line follows in {text}"));
    assert!(
        commands.lines().all(|line| line.starts_with("cargo test -p parity --test ours -- ")),
        "{commands}"
    );
    let failed = format!(" {} failed; ", commands.lines().count());
    assert!(end.contains(&failed), "there is not a command for each in {text}");
    format!("{before}\n{end}")
}
