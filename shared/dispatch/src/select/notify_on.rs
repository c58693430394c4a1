//! Which changes of an alert a destination is notified of.

use std::collections::BTreeSet;

use alert::{Alert, Severity, Source};

/// What a destination wants to be notified of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotifyOn {
    /// A level: its types, and every recovery of what was notified.
    Level(Level),
    /// Exactly these types.
    Types(BTreeSet<EventType>),
}

/// A level of Netdata's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything.
    AllAndUnreachable,
    /// Everything but reachability.
    All,
    /// What is critical.
    CriticalOnly,
    /// Reachability alone.
    Unreachable,
}

/// The type of one change, in Netdata's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// It fires and is critical.
    Critical,
    /// It fires and is not.
    Warning,
    /// It is over.
    Clear,
    /// A Netdata node cannot be reached.
    Unreachable,
    /// It can be again.
    Reachable,
}

impl NotifyOn {
    /// Every spelling of a level; the last four are the older API's.
    pub(crate) const LEVELS: [(&str, Level); 7] = [
        ("All Alerts and unreachable", Level::AllAndUnreachable),
        ("All Alerts", Level::All),
        ("Critical only", Level::CriticalOnly),
        ("ALARMS_SETTING_ALL", Level::AllAndUnreachable),
        ("ALARMS_SETTING_ALL_BUT_UNREACHABLE", Level::All),
        ("ALARMS_SETTING_CRITICAL", Level::CriticalOnly),
        ("ALARMS_SETTING_UNREACHABLE", Level::Unreachable),
    ];

    /// The types and their spelling.
    pub(crate) const TYPES: [(&str, EventType); 5] = [
        ("CRITICAL", EventType::Critical),
        ("WARNING", EventType::Warning),
        ("CLEAR", EventType::Clear),
        ("UNREACHABLE", EventType::Unreachable),
        ("REACHABLE", EventType::Reachable),
    ];

    /// Whether it holds `event`.
    pub fn selects(&self, event: EventType) -> bool {
        match self {
            Self::Level(level) => level.selects(event),
            Self::Types(types) => types.contains(&event),
        }
    }

    /// Whether the end of what was notified is notified: always with a level, else if its type is named.
    pub fn selects_end(&self, alert: &Alert) -> bool {
        match self {
            Self::Level(_) => true,
            Self::Types(types) => types.contains(&EventType::of_end(alert)),
        }
    }

    /// Whether it is a list that holds no firing type: who chose it wants recoveries alone.
    pub fn is_recoveries_only(&self) -> bool {
        match self {
            Self::Level(_) => false,
            Self::Types(types) => !types.iter().any(|event| event.is_firing()),
        }
    }
}

impl Level {
    fn selects(self, event: EventType) -> bool {
        use EventType::{Clear, Critical, Reachable, Unreachable, Warning};
        match self {
            Self::AllAndUnreachable => true,
            Self::All => matches!(event, Critical | Warning | Clear),
            Self::CriticalOnly => event == Critical,
            Self::Unreachable => matches!(event, Unreachable | Reachable),
        }
    }
}

impl EventType {
    /// The type of `alert`'s firing.
    pub fn of_firing(alert: &Alert) -> Self {
        match (is_reachability(alert), alert.severity) {
            (true, _) => Self::Unreachable,
            (false, Severity::Critical) => Self::Critical,
            (false, _) => Self::Warning,
        }
    }

    /// The type of its end.
    pub fn of_end(alert: &Alert) -> Self {
        if is_reachability(alert) { Self::Reachable } else { Self::Clear }
    }

    const fn is_firing(self) -> bool {
        matches!(self, Self::Critical | Self::Warning | Self::Unreachable)
    }
}

/// Whether `alert` says that a Netdata node cannot be reached.
fn is_reachability(alert: &Alert) -> bool {
    alert.source == Source::Netdata
        && alert.labels.get("alertname").is_some_and(|name| name == "node_unreachable")
}
