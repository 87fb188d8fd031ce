//! `--doctor`: gathers what there is to examine, and has it told.

use super::{Success, Suite, check_tags, described, fixtures, made, tests};
use crate::cli::{NO_SUCH_VARIABLE, Said};
use crate::doctor::{Diagnosis, Patient, Section, Severity, examine as examine_patient, forecast};
use crate::factory::RegisteredFactory;
use crate::fixture::BUILT_IN;
use crate::history::{History, Past};
use crate::history_file::HistoryFile;
use crate::machine;
use crate::plan::{Choice, Empty, Plan};
use crate::report::{Console, show_diagnosis};
use crate::settings::{Settings, Told};
use crate::target::Target;
use std::path::PathBuf;

/// Examines the target, and tells what was found. It is a success unless tests never run.
///
/// # Errors
///
/// A message, if that cannot be told.
pub(super) fn examine(suite: &Suite, settings: &Settings, told: &[Told]) -> Result<Success, String> {
    let target = suite.target;
    let mut planned = Section::new("plan", "can be made");
    let made = made().unwrap_or_else(|error| {
        planned.find(Severity::Error, None, error);
        Vec::new()
    });
    let own = fixtures().into_iter().filter(|fixture| fixture.place.file != BUILT_IN);
    let patient = Patient {
        target,
        folders: folders(suite),
        factories: inventory::iter::<RegisteredFactory>.into_iter().map(|factory| &factory.test).collect(),
        fixtures: own.collect(),
        tags: suite.tags,
        files: &machine::Disk,
        tests: described(&tests(&made)),
    };
    if let Err(error) = check_tags(suite, settings, &|| patient.tests.clone()) {
        error.split("\nerror: ").for_each(|error| planned.find(Severity::Error, None, error.to_owned()));
    }
    let mut sections =
        vec![machine::versions(&patient.folders), machine::limits(settings.most_at_once()), told_by(told)];
    sections.extend(examine_patient(&patient));
    let (planned, history) = history(suite, settings, target, &made, planned);
    sections.extend([planned, history]);
    let diagnosis = Diagnosis { sections };
    let is_well = diagnosis.count(Severity::Error) == 0;
    show_diagnosis(target, &diagnosis, Console::new(settings))?;
    Ok(if is_well { Success::Yes } else { Success::No })
}

/// Where the package may be: where cargo says now, else where it said when the target was built, else here.
fn folders(suite: &Suite) -> Vec<PathBuf> {
    let now = std::env::var_os("CARGO_MANIFEST_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let here = std::env::current_dir().ok();
    let mut folders: Vec<_> =
        now.into_iter().chain(suite.target.folder.map(PathBuf::from)).chain(here).collect();
    let mut seen = Vec::new();
    folders.retain(|folder| {
        let is_new = !seen.contains(folder);
        seen.push(folder.clone());
        is_new
    });
    folders
}

/// The settings that somebody has set.
fn told_by(told: &[Told]) -> Section {
    let mut section = Section::new("settings", "all by default");
    for Told { name, value, source } in told {
        if source == NO_SUCH_VARIABLE {
            let meant = Said::meant(name).map_or(String::new(), |meant| format!(": did you mean {meant}?"));
            section.find(Severity::Warning, None, format!("nobody reads the variable {name}{meant}"));
        } else if !source.starts_with("default") {
            section.fact(name.clone().into_owned(), format!("{value}  ({source})"));
        }
    }
    section
}

fn history(
    suite: &Suite,
    settings: &Settings,
    target: Target,
    made: &[&'static crate::registry::Registered],
    mut planned: Section,
) -> (Section, Section) {
    let empty = if suite.allow_empty { Empty::Allowed } else { Empty::Forbidden };
    let located = HistoryFile::locate(&settings.history, target);
    let file = located.as_ref().ok().and_then(Option::as_ref);
    let read = || file.map(HistoryFile::read).unwrap_or_default();
    let past = Past::new(&read);
    let choice = Choice { recall: settings.recall, partition: settings.partition, past: &past };
    let plan = Plan::new(&tests(made), &settings.filter, &choice, settings.order, settings.mode, empty);
    let mut history = match plan {
        Ok(plan) => {
            planned.fact("tests", format!("{}, {} filtered out", plan.len(), plan.filtered_out));
            forecast(&plan, past.get(), settings.dist, settings.most_at_once())
        }
        Err(error) => {
            planned.find(Severity::Error, None, error.to_string());
            Section::new("history", "means nothing without a plan")
        }
    };
    match (&located, file) {
        (Err(error), _) => history.find(Severity::Warning, None, error.clone()),
        (Ok(_), None) => history.fact("file", "none is kept"),
        (Ok(_), Some(file)) => history.facts.insert(0, crate::doctor::Fact::new("file", file.shown())),
    }
    if let Some(file) = file.filter(|_| past.asked().is_some_and(History::is_damaged)) {
        history.find(Severity::Warning, None, file.damaged());
    }
    (planned, history)
}
