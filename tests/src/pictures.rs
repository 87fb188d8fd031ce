//! The pictures in `docs/pictures/`, by name: the program `pictures` makes them, and a test holds the pages to this list.

/// A picture, and what makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A terminal while tests run.
    Progress,
    /// What a run has left on a terminal.
    Results,
    /// The page of `--timings`, in light colours.
    TimelineLight,
    /// The same in dark ones.
    TimelineDark,
}

impl Picture {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Progress, Self::Results, Self::TimelineLight, Self::TimelineDark];

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Progress => "progress.svg",
            Self::Results => "results.svg",
            Self::TimelineLight => "timeline-light.png",
            Self::TimelineDark => "timeline-dark.png",
        }
    }
}
