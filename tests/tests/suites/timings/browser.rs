//! The page in a real browser, where there is one: what its script has made of it, and what it says of mistakes.

use super::Kept;
use async_harness_tests::Browser;

/// A browser, if the machine has one.
#[allow(clippy::print_stderr, reason = "a test that is left out says so")]
fn browser() -> Option<Browser> {
    let found = Browser::find();
    if found.is_none() {
        eprintln!("skipped: there is no Chromium to show the page");
    }
    found
}

#[test]
fn a_browser_draws_the_page() {
    let Some(browser) = browser() else { return };
    for (target, args, words) in [
        (
            "reported",
            "-n 2",
            &["capture::reported: timeline", "never_passes", "failed as expected", "flaky", "12 results"][..],
        ),
        // These hold one key, all of them, so that none is free to run beside another.
        (
            "keys",
            "-n 4 --exact a_1 a_2 a_3 a_4 ab_1 ab_2 a_sync a_panics z_1 z_2",
            &["The busiest is", "wait for keys", "the serial phase"],
        ),
        (
            "units",
            "-n 4 --dist file --skip heavy",
            &["file scheduling/tests/units.rs, which stays on one worker"],
        ),
        // Which of them are in the part of the table that is drawn depends on how long they took.
        ("crashes", "-n 2 healthy parallel", &["the process was executed again after a crash", "52 results"]),
    ] {
        let kept = Kept::new("timings-drawn", target, args);
        let shown = browser.open(&kept.folder.join("made/too/page.html"));
        let (page, said) = (shown.stdout, shown.stderr);
        let said: Vec<_> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(said.is_empty(), "{said:#?}");
        // What the script makes stands before its data.
        let (drawn, _) = page.split_once("application/x-ndjson").unwrap_or_else(|| panic!("{page}"));
        assert!(drawn.contains("id=\"broken\" class=\"notice\" hidden"), "{drawn}");
        assert!(drawn.contains("<main id=\"main\">"), "{drawn}");
        for word in words {
            assert!(drawn.contains(word), "{target}: no {word} in {drawn}");
        }
        assert!(drawn.matches("role=\"row\"").count() >= 10, "{drawn}");
    }
}
