//! Decides which tests stay together on one worker: `--dist`.

use crate::test::Test;

/// Which tests stay on one worker. The words and their meaning are those of pytest-xdist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Dist {
    /// Each test runs on any worker.
    #[default]
    Load,
    /// The tests of a module.
    Scope,
    /// The tests of a source file.
    File,
    /// The tests of a `group`; those without one run on any worker.
    Group,
}

impl Dist {
    /// The unit that a test is of.
    pub(crate) fn unit(self, test: &Test) -> Option<&'static str> {
        match self {
            Dist::Load => None,
            Dist::Scope => Some(test.module()),
            Dist::File => Some(test.place.file),
            Dist::Group => test.options().group,
        }
    }

    /// What its units are.
    pub(crate) fn kind_of_unit(self) -> &'static str {
        match self {
            Dist::Load => "unit",
            Dist::Scope => "module",
            Dist::File => "file",
            Dist::Group => "group",
        }
    }
}
