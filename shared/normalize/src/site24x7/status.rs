//! The words for a monitor's state, and what they mean to an alert.

use alert::{Severity, Signal};

/// The state of a monitor, as Site24x7 names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    /// It does not answer.
    Down,
    /// It answers.
    Up,
    /// It answers, though not well.
    Trouble,
    /// It answers badly.
    Critical,
    /// Nobody looks, because somebody switched it off.
    Suspended,
    /// Nobody is notified, because it is worked on.
    Maintenance,
    /// It was just added.
    Discovery,
    /// It cannot be checked as it is set up.
    ConfigurationError,
    /// A state that we do not know, in capitals.
    Other(String),
}

/// Every state that we know.
const KNOWN: [Status; 8] = [
    Status::Down,
    Status::Up,
    Status::Trouble,
    Status::Critical,
    Status::Suspended,
    Status::Maintenance,
    Status::Discovery,
    Status::ConfigurationError,
];

/// The words that stand for a state in a text for people.
const STATED: [Status; 4] = [Status::Down, Status::Up, Status::Trouble, Status::Critical];

impl Status {
    /// The state that `word` names, in any case.
    pub(super) fn of_word(word: &str) -> Self {
        let word = word.trim().to_uppercase();
        match word.replace('_', " ").as_str() {
            "CONFIG ERROR" => Self::ConfigurationError,
            spaced => KNOWN.into_iter().find(|known| known.word() == spaced).unwrap_or(Self::Other(word)),
        }
    }

    /// The state that the API gives the number `code`.
    pub(super) fn of_code(code: i64) -> Self {
        match code {
            0 => Self::Down,
            1 => Self::Up,
            2 => Self::Trouble,
            3 => Self::Critical,
            5 => Self::Suspended,
            7 => Self::Maintenance,
            9 => Self::Discovery,
            10 => Self::ConfigurationError,
            other => Self::Other(format!("STATUS {other}")),
        }
    }

    /// The state that `text` begins with, in any case, as whole words.
    pub(super) fn at_start_of(text: &str) -> Option<Self> {
        let begins_with = |word: &str| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && !text[word.len()..].starts_with(char::is_alphanumeric)
        };
        KNOWN.into_iter().find(|known| begins_with(known.word()))
    }

    /// The state that the one word `word` of a text stands for, in any case.
    pub(super) fn stated_by(word: &str) -> Option<Self> {
        STATED.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }

    /// The word in capitals.
    pub fn word(&self) -> &str {
        match self {
            Self::Down => "DOWN",
            Self::Up => "UP",
            Self::Trouble => "TROUBLE",
            Self::Critical => "CRITICAL",
            Self::Suspended => "SUSPENDED",
            Self::Maintenance => "MAINTENANCE",
            Self::Discovery => "DISCOVERY",
            Self::ConfigurationError => "CONFIGURATION ERROR",
            Self::Other(word) => word,
        }
    }

    /// What the state says about the monitor's alert.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Down | Self::Critical | Self::Trouble => Signal::Firing,
            Self::Up => Signal::Resolved,
            Self::Suspended
            | Self::Maintenance
            | Self::Discovery
            | Self::ConfigurationError
            | Self::Other(_) => Signal::Notice,
        }
    }

    /// How bad the state is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Down | Self::Critical => Severity::Critical,
            Self::Trouble | Self::Other(_) => Severity::Warning,
            Self::Up | Self::Suspended | Self::Maintenance | Self::Discovery | Self::ConfigurationError => {
                Severity::Info
            }
        }
    }
}
