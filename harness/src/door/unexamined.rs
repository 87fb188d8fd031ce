//! `--doctor` where it was left out of the build.

use super::{Success, Suite};
use crate::settings::{Settings, Told};

/// Says that it is not there.
///
/// # Errors
///
/// Always.
pub(super) fn examine(suite: &Suite, _: &Settings, _: &[Told]) -> Result<Success, String> {
    let of = suite
        .target
        .folder
        .map_or_else(String::new, |folder| format!(" ({folder}/Cargo.toml switches it off)"));
    Err(format!("--doctor needs the feature `doctor` of async-harness, which is on by default{of}"))
}
