//! What is wrong with a request, all of it at once, each with the field it is about.

use serde::Serialize;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Where: `to.postal_code`, `parcel.weight_g`.
    pub field: String,
    /// What, for programs: `required`, `too_long`, `postal_code`.
    pub code: &'static str,
    /// What, for people.
    pub message: String,
}

/// Everything that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// Just one.
    pub fn one(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        let mut issues = Self::default();
        issues.add(field, code, message);
        issues
    }

    /// One more.
    pub fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Issue { field: field.into(), code, message: message.into() });
    }

    /// In the order in which they were found.
    pub fn list(&self) -> &[Issue] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The trimmed text of a field that must be there and be no longer than `most` characters.
    pub fn text(&mut self, field: &str, value: &str, most: usize) -> Option<String> {
        let value = value.trim();
        if value.is_empty() {
            self.add(field, "required", "must not be empty");
            return None;
        }
        self.short(field, value, most)
    }

    /// The trimmed text of a field that may be left out.
    pub fn optional_text(&mut self, field: &str, value: Option<&str>, most: usize) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        self.short(field, value, most)
    }

    fn short(&mut self, field: &str, value: &str, most: usize) -> Option<String> {
        let length = value.chars().count();
        if length > most {
            self.add(field, "too_long", format!("must be at most {most} characters (was {length})"));
            return None;
        }
        if value.chars().any(char::is_control) {
            self.add(field, "control_character", "must not hold control characters");
            return None;
        }
        Some(value.to_owned())
    }
}

impl fmt::Display for Issues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, issue) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "; " };
            write!(f, "{comma}{} {}", issue.field, issue.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Issues {}
