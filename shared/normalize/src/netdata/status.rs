//! The words for an alert's state.

use alert::{PriorState, Severity, Signal};

use super::body::unknown_word;
use crate::Rejection;

/// The state that an alert has changed to.
///
/// Netdata Cloud documents the first three; the others are states of the agent that may come through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Critical,
    Warning,
    Clear,
    Removed,
    Undefined,
    Uninitialized,
}

impl Status {
    const ALL: [Self; 6] =
        [Self::Critical, Self::Warning, Self::Clear, Self::Removed, Self::Undefined, Self::Uninitialized];

    /// The state that `word` means, in any case; `path` is where it stood.
    pub(super) fn parse(word: &str, path: &str) -> Result<Self, Rejection> {
        let known = "critical, warning, clear, removed, undefined or uninitialized";
        Self::ALL
            .into_iter()
            .find(|status| status.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| unknown_word(path, known))
    }

    /// The word in lower case, as it is hashed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Clear => "clear",
            Self::Removed => "removed",
            Self::Undefined => "undefined",
            Self::Uninitialized => "uninitialized",
        }
    }

    pub(super) fn signal(self) -> Signal {
        match self {
            Self::Critical | Self::Warning => Signal::Firing,
            Self::Clear | Self::Removed => Signal::Resolved,
            Self::Undefined | Self::Uninitialized => Signal::Notice,
        }
    }

    /// What it says of an alert that has left it; of the states of an alert that is not watched nothing.
    pub(super) fn as_prior(self) -> Option<PriorState> {
        PriorState::of(self.signal(), self.severity())
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::Warning => Severity::Warning,
            Self::Clear | Self::Removed | Self::Undefined | Self::Uninitialized => Severity::Info,
        }
    }
}
