//! The page in a real browser, where there is one: what its script has made of it, and what it says of mistakes.

use super::{Kept, folder};
use async_harness_tests::Run;
use std::fs;
use std::path::{Path, PathBuf};

/// A browser, if the machine has one.
#[allow(clippy::print_stderr, reason = "a test that is left out says so")]
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: there is no Chromium to show the page");
    }
    found
}

/// The page as it stands once its script has run, and what the browser says of it.
fn shown(browser: &Path, page: &Path) -> (String, String) {
    let profile = folder("timings-profile");
    let run = Run::new(browser).args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--virtual-time-budget=3000",
        "--window-size=1400,1200",
        "--dump-dom",
    ]);
    let run =
        run.args([format!("--user-data-dir={}", profile.display()), format!("file://{}", page.display())]);
    let output = run.limit(120).run();
    let _ = fs::remove_dir_all(profile);
    (output.stdout, output.stderr)
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
        ("keys", "-n 4", &["The busiest is", "wait for keys", "the serial phase"]),
        ("crashes", "-n 2 healthy parallel", &["parallel::segfault", "52 results"]),
    ] {
        let kept = Kept::new("timings-drawn", target, args);
        let (page, said) = shown(&browser, &kept.folder.join("made/too/page.html"));
        let said: Vec<_> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(said.is_empty(), "{said:#?}");
        // What the script makes stands before its data.
        let (drawn, _) = page.split_once("application/x-ndjson").unwrap_or_else(|| panic!("{page}"));
        assert!(drawn.contains("id=\"broken\" class=\"notice\" hidden"), "{drawn}");
        assert!(drawn.contains("<main id=\"main\">"), "{drawn}");
        for word in words {
            assert!(drawn.contains(word), "{target}: no {word} in {drawn}");
        }
        assert!(drawn.matches("role=\"row\"").count() > 10, "{drawn}");
    }
}
