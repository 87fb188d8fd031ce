//! The reports of the course of a run, where they are built in.

#[cfg(not(feature = "timings"))]
pub(super) use absent::{render, tell};
#[cfg(feature = "timings")]
pub(super) use present::{render, tell};

#[cfg(feature = "timings")]
mod present {
    use crate::fixtures::run_id;
    use crate::history_file::build_folder;
    use crate::report::{self, Console, Head, Opening, Reports};
    use crate::settings::{Settings, Told};
    use crate::target::Target;
    use std::num::NonZeroUsize;

    /// Makes the page of an earlier run.
    pub(in crate::door) fn render(target: Target, settings: &Settings) -> Result<(), String> {
        let build = std::env::current_exe().ok().and_then(|executable| build_folder(&executable));
        report::render(&settings.reports, target, build.as_deref(), Console::new(settings))
    }

    /// Adds the reports of the course of a run, which was told this.
    pub(in crate::door) fn tell(
        reports: &mut Reports,
        settings: &Settings,
        target: Target,
        told: Vec<Told>,
        opening: Opening,
    ) -> Result<(), String> {
        let executable = std::env::current_exe().ok();
        let build = executable.as_deref().and_then(build_folder);
        let arguments = std::env::args_os().skip(1);
        let head = Head {
            run_id: run_id().to_owned(),
            arguments: arguments.map(|argument| argument.to_string_lossy().into_owned()).collect(),
            executable,
            folder: std::env::current_dir().ok(),
            cores: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            settings: told,
            ..Head::new(target, settings)
        };
        reports.tell_course(&settings.reports, &head, build.as_deref(), opening)
    }
}

#[cfg(not(feature = "timings"))]
mod absent {
    use crate::report::{Opening, Reports};
    use crate::settings::{Settings, Told};
    use crate::target::Target;

    pub(in crate::door) fn render(_: Target, _: &Settings) -> Result<(), String> {
        Err(missing("--from-events"))
    }

    pub(in crate::door) fn tell(
        _: &mut Reports,
        settings: &Settings,
        _: Target,
        _: Vec<Told>,
        _: Opening,
    ) -> Result<(), String> {
        Err(missing(if settings.reports.events.is_some() { "--events" } else { "--timings" }))
    }

    fn missing(flag: &str) -> String {
        format!("{flag} needs the feature `timings` of async-harness, which is on by default")
    }
}
