//! `--show-settings`: what a run is told, and by whom.

use super::console::Console;
use super::fixtures::flushed;
use crate::settings::Told;

/// Shows settings, a line each: name, value and source.
///
/// # Errors
///
/// A message, if standard output cannot be written to.
pub(crate) fn show_settings(settings: &[Told], mut out: Console) -> Result<(), String> {
    let width =
        |text: fn(&Told) -> &str| settings.iter().map(|told| text(told).chars().count()).max().unwrap_or(0);
    let (names, values) = (width(|told| &told.name), width(|told| &told.value));
    for Told { name, value, source } in settings {
        out.print(&format!("{name:names$}  {value:values$}  {source}\n"));
    }
    flushed(&mut out)
}
