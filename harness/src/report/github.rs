//! What GitHub Actions shows of a run: annotations beside the code, and a summary on the page of the step.

mod annotations;
mod places;
mod plain;
mod step_summary;
#[cfg(test)]
mod tests;

pub(super) use annotations::Annotations;
pub(super) use step_summary::StepSummary;
