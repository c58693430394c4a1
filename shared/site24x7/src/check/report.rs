//! What a check found.

use std::fmt;

/// The findings of a check, the two that decide first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the order in which they are printed.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, such as `valid_tld` or `scope Site24x7.Admin.Read`.
    pub name: String,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub detail: String,
    /// What to do about it, unless it is as it should be.
    pub remedy: Option<String>,
}

/// How a thing is that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Passed,
    /// Something is lost, and the rest works.
    Warning,
    /// Nothing works.
    Failed,
    /// Nobody knows.
    NotChecked,
}

impl Report {
    /// Whether Site24x7 can be polled at all: neither `valid_tld` nor `authenticated` failed.
    pub fn is_usable(&self) -> bool {
        self.findings.iter().all(|finding| finding.state != State::Failed)
    }
}

impl Finding {
    pub(super) fn passed(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::Passed, detail: detail.into(), remedy: None }
    }

    pub(super) fn not_checked(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::NotChecked, detail: detail.into(), remedy: None }
    }

    pub(super) fn warning(
        name: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let (name, detail, remedy) = (name.into(), detail.into(), Some(remedy.into()));
        Self { name, state: State::Warning, detail, remedy }
    }

    pub(super) fn failed(
        name: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { state: State::Failed, ..Self::warning(name, detail, remedy) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{:11}  {}: {}", finding.state.to_string(), finding.name, finding.detail)?;
            if let Some(remedy) = &finding.remedy {
                writeln!(f, "{:11}  -> {remedy}", "")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        })
    }
}
