//! A browser without a window: what it makes of a page, as text and as a picture.

use crate::build::folder;
use crate::run::{Output, Run};
use std::fs;
use std::path::{Path, PathBuf};

/// A Chromium of this machine.
#[derive(Debug, Clone)]
pub struct Browser {
    program: PathBuf,
}

/// The colours that a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Browser {
    /// The first that `PATH` leads to, if there is one.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let mut programs =
            std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
        programs.find(|path| path.is_file()).map(|program| Browser { program })
    }

    /// Opens the page; standard output is its elements once its script has run, standard error what the browser says of it.
    pub fn open(&self, page: &Path) -> Output {
        self.run(page, &["--window-size=1400,1200", "--dump-dom"])
    }

    /// Puts a picture of the page's beginning, of so many pixels, into a PNG file.
    ///
    /// # Panics
    ///
    /// If the browser leaves no picture there.
    pub fn photograph(&self, page: &Path, scheme: Scheme, (width, height): (u32, u32), picture: &Path) {
        let scheme = match scheme {
            Scheme::Dark => 0,
            Scheme::Light => 1,
        };
        let output = self.run(
            page,
            &[
                &format!("--window-size={width},{height}"),
                &format!("--blink-settings=preferredColorScheme={scheme}"),
                "--hide-scrollbars",
                &format!("--screenshot={}", picture.display()),
            ],
        );
        assert!(output.passed() && picture.is_file(), "there is no picture:\n{}", output.all());
    }

    fn run(&self, page: &Path, args: &[&str]) -> Output {
        let profile = folder("browser-profile");
        let run = Run::new(&self.program).args([
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
        ]);
        let place = [format!("--user-data-dir={}", profile.display()), format!("file://{}", page.display())];
        // What it puts into the folder for temporary files goes with its profile.
        let output = run.args(args.iter().copied()).args(place).env("TMPDIR", &profile).limit(120).run();
        let _ = fs::remove_dir_all(profile);
        output
    }
}
