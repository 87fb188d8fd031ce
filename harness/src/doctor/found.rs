//! The words for what was found.

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Diagnosis {
    /// In the order in which it is told.
    pub(crate) sections: Vec<Section>,
}

/// What there is to say of one matter.
#[derive(Debug)]
pub(crate) struct Section {
    /// What it is about.
    pub(crate) title: &'static str,
    /// What is so, whether or not that is well.
    pub(crate) facts: Vec<Fact>,
    /// What somebody should know of.
    pub(crate) findings: Vec<Finding>,
    /// What to say where there is nothing else.
    pub(crate) well: &'static str,
}

/// Something that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What it is of.
    pub(crate) name: String,
    /// What it is.
    pub(crate) value: String,
}

/// Something that somebody should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How bad it is.
    pub(crate) severity: Severity,
    /// Where it is.
    pub(crate) place: Option<String>,
    /// What it is, and what to do about it.
    pub(crate) what: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Tests never run, or it cannot be told whether they do.
    Error,
    /// Something is most likely not as it was meant.
    Warning,
    /// It may be as it was meant.
    Note,
}

impl Severity {
    /// As it is told.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl Diagnosis {
    /// How many findings are so bad.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        let findings = self.sections.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.severity == severity).count()
    }
}

impl Fact {
    /// Of this it is that.
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Fact { name: name.into(), value: value.into() }
    }
}

impl Section {
    /// A section in which nothing was found so far.
    pub(crate) fn new(title: &'static str, well: &'static str) -> Self {
        Section { title, facts: Vec::new(), findings: Vec::new(), well }
    }

    /// Adds what is so.
    pub(crate) fn fact(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.facts.push(Fact::new(name, value));
    }

    /// Adds a finding.
    pub(crate) fn find(&mut self, severity: Severity, place: impl Into<Option<String>>, what: String) {
        self.findings.push(Finding { severity, place: place.into(), what });
    }
}

/// So many of them: `1 test`, `2 tests`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
