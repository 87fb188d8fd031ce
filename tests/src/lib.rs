//! Builds the suites in `suites/`, runs them as child processes, and reads what they print.
//!
//! Nothing here knows the harness: its suites are judged by libtest, and by what libtest does with the same tests.
#![cfg(unix)]

mod browser;
mod build;
mod console;
mod pictures;
mod run;
#[cfg(target_os = "linux")]
mod spans;
#[cfg(target_os = "linux")]
mod terminal;
mod text;
mod trace;

pub use browser::{Browser, Scheme};
pub use build::{
    cargo, cargo_of_an_editor, folder, standing_folder, suite, suites_manifest, write_if_changed,
};
pub use console::Results;
pub use pictures::Picture;
pub use run::{Output, Run};
#[cfg(target_os = "linux")]
pub use spans::{Look, Span};
#[cfg(target_os = "linux")]
pub use terminal::{Left, Terminal};
pub use text::{blocks, normal};
pub use trace::{Line, Trace};
