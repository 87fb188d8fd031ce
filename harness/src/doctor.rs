//! `--doctor`: looks for what keeps tests from running, and for what they have and nobody uses. It reads the sources of the
//! target and the manifest of its package, and runs nothing.
//!
//! What an attribute is called says little, as names can be imported and renamed; whether a function is a test of this
//! harness, the registry knows. So the sources are read for functions that look like tests, and the registry is asked which
//! of them are. Files are handed in, and what comes of it is a list of findings: no report, no clock, no system.

mod attribute;
mod condition;
mod forecast;
mod found;
mod manifest;
mod marks;
mod never;
mod registered;
mod source;
mod sources;
mod targets;
mod tokens;
mod toml;
mod tree;

pub(crate) use forecast::forecast;
pub(crate) use found::{Diagnosis, Fact, Finding, Section, Severity};
pub(crate) use sources::examine;

use crate::fixture::FixtureDecl;
use crate::target::Target;
use crate::test::Test;
use std::path::{Path, PathBuf};

/// What is examined.
pub(crate) struct Patient<'a> {
    /// The target.
    pub(crate) target: Target,
    /// Where its package may be, the likeliest first.
    pub(crate) folders: Vec<PathBuf>,
    /// Its tests.
    pub(crate) tests: Vec<&'static Test>,
    /// Its test factories, each by what holds for all its tests.
    pub(crate) factories: Vec<&'static Test>,
    /// Its own fixtures.
    pub(crate) fixtures: Vec<&'static FixtureDecl>,
    /// The tags that `main!` declares.
    pub(crate) tags: &'a [&'static str],
    /// The files of the system.
    pub(crate) files: &'a dyn Files,
}

/// Files, handed in so that tests can have their own.
pub(crate) trait Files {
    /// The text of a file; nothing if there is none, or no text in it.
    fn read(&self, path: &Path) -> Option<String>;

    /// Whether there is a file.
    fn exists(&self, path: &Path) -> bool;

    /// What is in a folder, by name: the name of each, and whether it is a folder itself.
    fn list(&self, folder: &Path) -> Vec<(String, bool)>;
}

#[cfg(test)]
#[path = "doctor/doctor_tests.rs"]
mod tests;
