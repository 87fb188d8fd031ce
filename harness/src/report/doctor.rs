//! `--doctor`: tells what was found, section by section.

use super::console::{Console, Hue};
use super::fixtures::flushed;
use super::list::counted;
use crate::doctor::{Diagnosis, Finding, Section, Severity};
use crate::target::Target;

/// Tells what was found in a target.
///
/// # Errors
///
/// A message, if standard output cannot be written to.
pub(crate) fn show_diagnosis(target: Target, diagnosis: &Diagnosis, mut out: Console) -> Result<(), String> {
    let package = target.package.map_or_else(String::new, |package| format!(" of package `{package}`"));
    out.print(&format!("doctor: target `{}`{package}\n", target.name()));
    for section in &diagnosis.sections {
        show_section(section, &mut out);
    }
    out.print("\ndoctor: ");
    let counts = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = counts.map(|severity| (severity, diagnosis.count(severity)));
    let several = counts.iter().filter(|(_, count)| *count > 0);
    let told: Vec<_> = several.map(|(severity, count)| counted(*count, severity.word())).collect();
    match told.as_slice() {
        [] => out.paint(Hue::Green, "nothing is wrong"),
        told if counts[0].1 > 0 => out.paint(Hue::Red, &told.join(", ")),
        told => out.print(&told.join(", ")),
    }
    out.print("\n");
    flushed(&mut out)
}

fn show_section(section: &Section, out: &mut Console) {
    let Section { title, facts, findings, well } = section;
    out.print(&format!("\n{title}\n"));
    let width = facts.iter().map(|fact| fact.name.chars().count()).max().unwrap_or(0);
    for fact in facts {
        out.print(&format!("  {:width$}  {}\n", fact.name, fact.value));
    }
    for Finding { severity, place, what } in findings {
        out.print("  ");
        match severity {
            Severity::Error => out.paint(Hue::Red, severity.word()),
            Severity::Warning => out.paint(Hue::Yellow, severity.word()),
            Severity::Note => out.print(severity.word()),
        }
        let place = place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
        out.print(&format!(": {place}{what}\n"));
    }
    if facts.is_empty() && findings.is_empty() {
        out.print(&format!("  {well}\n"));
    }
}
