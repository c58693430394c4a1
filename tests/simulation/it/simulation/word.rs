//! What a source says of an alert, as Netdata Cloud words it.

use alert::{Condition, Severity};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The alerts that there are: name and node.
pub(super) const ALERTS: [(&str, &str); 4] = [("cpu", "n1"), ("disk", "n1"), ("cpu", "n2"), ("swap", "n2")];

/// What may be said of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Clear,
    Warning,
    Critical,
}

/// One statement.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its number, by which it is found again.
    pub(super) number: usize,
    pub(super) alert: usize,
    pub(super) status: Status,
    pub(super) at: Timestamp,
}

impl Status {
    pub(super) const ALL: [Self; 3] = [Self::Clear, Self::Warning, Self::Critical];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "Clear",
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }

    pub(super) const fn condition(self) -> Condition {
        match self {
            Self::Clear => Condition::Resolved,
            Self::Warning | Self::Critical => Condition::Firing,
        }
    }

    /// How bad it is; nothing where it is over.
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Clear => None,
            Self::Warning => Some(Severity::Warning),
            Self::Critical => Some(Severity::Critical),
        }
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "word {} ({} is {})", self.number, name(self.alert), self.status.as_str())
    }
}

/// An alert as people call it.
pub(super) fn name(alert: usize) -> String {
    let (name, node) = ALERTS[alert];
    format!("{name} of {node}")
}

impl Word {
    /// The text by which it is found in the history.
    pub(super) fn mark(&self) -> String {
        format!("this is word {}", self.number)
    }

    /// The request's body.
    pub(super) fn body(&self) -> Value {
        let (name, node) = ALERTS[self.alert];
        json!({
            "message": self.to_string(),
            "space": { "id": "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913", "name": "Example", "slug": "example" },
            "node": { "id": format!("a94d0f3b-6c21-4e57-8b9a-{:0>12}", &node[1..]), "hostname": node },
            "alert": {
                "name": name,
                "chart": { "id": name, "name": name },
                "state": { "status": self.status.as_str(), "value": 1.0, "value_str": "1" },
                "triggered_at": self.at.to_string(),
                "transition_id": format!("5b0e6f21-3a94-4d8c-b7e2-{:012}", self.number),
                "rendered": { "info": self.mark(), "summary": name },
            },
        })
    }
}
