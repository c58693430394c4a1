//! Which changes of an alert a destination is told of.

use std::collections::BTreeSet;

use alert::{Alert, Severity};

use crate::message::{Kind, is_reachability};
use crate::settings::{Fields, shown};

/// What a destination wants to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A level: its types, and every recovery of what was told.
    Level(Level),
    /// Exactly these types.
    Types(BTreeSet<NoticeType>),
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
pub enum NoticeType {
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

/// Every spelling of a level; the last four are the older API's.
const LEVELS: [(&str, Level); 7] = [
    ("All Alerts and unreachable", Level::AllAndUnreachable),
    ("All Alerts", Level::All),
    ("Critical only", Level::CriticalOnly),
    ("ALARMS_SETTING_ALL", Level::AllAndUnreachable),
    ("ALARMS_SETTING_ALL_BUT_UNREACHABLE", Level::All),
    ("ALARMS_SETTING_CRITICAL", Level::CriticalOnly),
    ("ALARMS_SETTING_UNREACHABLE", Level::Unreachable),
];

const TYPES: [(&str, NoticeType); 5] = [
    ("CRITICAL", NoticeType::Critical),
    ("WARNING", NoticeType::Warning),
    ("CLEAR", NoticeType::Clear),
    ("UNREACHABLE", NoticeType::Unreachable),
    ("REACHABLE", NoticeType::Reachable),
];

impl Choice {
    /// Reads `notify`: a level, or a list of types.
    pub(crate) fn read(fields: &mut Fields) -> Option<Self> {
        if !fields.peek("notify").is_some_and(serde_json::Value::is_array) {
            return fields.word_or("notify", &LEVELS, Level::AllAndUnreachable).map(Self::Level);
        }
        let types: BTreeSet<_> = fields.texts("notify", read_type).into_iter().collect();
        if types.is_empty() {
            fields.mistake("notify", format!("names no type: use {}, or leave it out", type_words()));
        }
        Some(Self::Types(types))
    }

    /// Whether `kind` is among the chosen types.
    pub(crate) fn selects(&self, kind: NoticeType) -> bool {
        match self {
            Self::Level(level) => level.selects(kind),
            Self::Types(types) => types.contains(&kind),
        }
    }

    /// Whether it is a list that holds no firing type: who chose it wants to hear of recoveries alone.
    pub(crate) fn is_recoveries_only(&self) -> bool {
        match self {
            Self::Level(_) => false,
            Self::Types(types) => !types.iter().any(|kind| kind.is_firing()),
        }
    }
}

impl Level {
    fn selects(self, kind: NoticeType) -> bool {
        use NoticeType::{Clear, Critical, Reachable, Unreachable, Warning};
        match self {
            Self::AllAndUnreachable => true,
            Self::All => matches!(kind, Critical | Warning | Clear),
            Self::CriticalOnly => kind == Critical,
            Self::Unreachable => matches!(kind, Unreachable | Reachable),
        }
    }
}

impl NoticeType {
    /// The type of a change `kind` of `alert`, which is a firing or an end.
    pub(crate) fn of(kind: Kind, alert: &Alert) -> Self {
        match (is_reachability(alert), kind.is_end()) {
            (true, true) => Self::Reachable,
            (true, false) => Self::Unreachable,
            (false, true) => Self::Clear,
            (false, false) if alert.severity == Severity::Critical => Self::Critical,
            (false, false) => Self::Warning,
        }
    }

    const fn is_firing(self) -> bool {
        matches!(self, Self::Critical | Self::Warning | Self::Unreachable)
    }
}

fn read_type(word: &str) -> Result<NoticeType, String> {
    let found = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim()));
    found
        .map(|(_, kind)| *kind)
        .ok_or_else(|| format!("`{}` is not a type: use {}", shown(word), type_words()))
}

fn type_words() -> String {
    TYPES.map(|(word, _)| word).join(", ")
}
