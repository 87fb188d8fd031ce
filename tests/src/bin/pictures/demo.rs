//! Runs the suite, and has pictures of it.

use crate::svg;
use async_harness_tests::{Browser, Look, Picture, Run, Scheme, Span, folder, suite};
use std::fs;
use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The columns of the terminal.
const COLUMNS: u16 = 104;

/// The part of the page that is seen, in pixels.
const PAGE: (u32, u32) = (1280, 800);

/// The command that the pictures are of.
const COMMAND: &str = "cargo test -p shop --test orders";

pub(crate) fn main() -> ExitCode {
    let Some(browser) = Browser::find() else {
        let _ =
            writeln!(stderr(), "error: there is no Chromium on the PATH, which draws the page of --timings");
        return ExitCode::FAILURE;
    };
    let demo = Demo::new();
    for picture in Picture::ALL {
        let path = demo.make(picture, &browser);
        let _ = writeln!(stdout(), "picture made: {}", path.display());
    }
    let _ = fs::remove_dir_all(demo.folder);
    ExitCode::SUCCESS
}

/// How long tests take: a bar is to show times that one can see.
#[derive(Debug, Clone, Copy)]
enum Pace {
    Quick,
    Slow,
}

/// The suite, of which a run before tells how long tests take, and the folders of what comes of it.
struct Demo {
    folder: PathBuf,
    pictures: PathBuf,
}

impl Demo {
    fn new() -> Self {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package stands in the workspace");
        let pictures = root.join("docs/pictures");
        fs::create_dir_all(&pictures).expect("a folder can be made among the pages");
        let demo = Demo { folder: folder("pictures"), pictures };
        for pace in [Pace::Quick, Pace::Slow] {
            let _ = demo.run(pace, "").run().exits_with(101);
        }
        demo
    }

    /// A run on four threads.
    fn run(&self, pace: Pace, args: &str) -> Run {
        let (history, times) = match pace {
            Pace::Quick => ("quick", "1"),
            Pace::Slow => ("slow", "3"),
        };
        suite("orders")
            .env("ASYNC_HARNESS_HISTORY", self.folder.join(history))
            .env("SHOP_PACE", times)
            .env("TERM", "xterm-256color")
            .line("-n 4")
            .line(args)
    }

    fn make(&self, picture: Picture, browser: &Browser) -> PathBuf {
        let path = self.pictures.join(picture.file());
        match picture {
            Picture::Progress => write(&path, &self.progress()),
            Picture::Results => write(&path, &self.results()),
            Picture::TimelineLight => self.timeline(browser, Scheme::Light, &path),
            Picture::TimelineDark => self.timeline(browser, Scheme::Dark, &path),
        }
        path
    }

    /// A terminal in the middle of a run.
    fn progress(&self) -> String {
        let terminal = self.run(Pace::Slow, "").on_terminal(18, COLUMNS);
        terminal.wait_until("the middle of the run", |screen| {
            let is_told = screen.contains("1 failed") && screen.contains("s left");
            is_told && done(screen).is_some_and(|done| done > 6) && running(screen) >= 3
        });
        let lines = terminal.spans();
        drop(terminal);
        svg::window("A terminal while tests run, with a progress bar", COLUMNS.into(), &lines)
    }

    /// All that a run leaves on a terminal.
    fn results(&self) -> String {
        let filters = "carrier kettles cancelled imported the_stock";
        let (code, mut lines) = self.run(Pace::Quick, filters).on_terminal(90, COLUMNS).last_spans();
        assert_eq!(code, 101, "{lines:#?}");
        while lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        let prompt = |column, text: &str, look| Span { column, text: text.to_owned(), look };
        let green = Look { color: Some(2), bold: true, dim: false };
        let command = format!("{COMMAND} -- {filters}");
        lines.insert(0, vec![prompt(0, "$", green), prompt(2, &command, Look::default())]);
        svg::window("What a run with a failure leaves on a terminal", COLUMNS.into(), &lines)
    }

    /// The page; both pictures are of one run.
    fn timeline(&self, browser: &Browser, scheme: Scheme, path: &Path) {
        let page = self.folder.join("page.html");
        if !page.is_file() {
            let args = format!("--timings={}", page.display());
            let _ = self.run(Pace::Quick, &args).run().exits_with(101);
        }
        browser.photograph(&page, scheme, PAGE, path);
    }
}

/// How many tests are over, by the bar.
fn done(screen: &str) -> Option<u32> {
    let bar = screen.lines().find(|line| line.starts_with('['))?;
    bar.split_once("] ")?.1.split('/').next()?.parse().ok()
}

/// How many tests stand below the bar that have been running for a second.
fn running(screen: &str) -> usize {
    let below = screen.lines().skip_while(|line| !line.starts_with('[')).skip(1);
    below.filter(|line| line.contains("s  ") && !line.contains(" 0s  ")).count()
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("a picture can be written among the pages");
}
