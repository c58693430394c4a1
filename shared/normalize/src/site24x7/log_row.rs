//! One row of the alert logs: whose it is, and what it says.

use std::ops::Range;

use alert::{EventId, Severity, Signal};
use jiff::Timestamp;
use serde_json::Value;

use super::names::MonitorNames;
use super::status::Status;
use super::time::{Moment, from_iso, minute_of};
use super::{TEST_MONITOR, identity};
use crate::value::{field, text};

/// Mark of the rows that the console's test button leaves.
const TEST_MARK: &str = "[Site24x7 Test Alert]";

/// One notification that was delivered to somebody.
pub(super) struct LogRow<'a> {
    pub raw: &'a Value,
    pub sent_at: Moment,
    pub message: String,
    pub channel: Option<String>,
    pub display_name: Option<String>,
    pub subject: Subject,
    pub status: Option<Status>,
}

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The one monitor that it names.
    Monitor { id: String, name: String },
    /// The console's test button, by its own monitor or for another.
    Test { name: Option<&'static str> },
    /// No monitor that could be distinguished from others.
    Unknown,
}

impl Subject {
    /// What stands for it in the ids.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Monitor { id, .. } => id,
            Self::Test { .. } => identity::TEST,
            Self::Unknown => identity::NO_MONITOR,
        }
    }

    /// The monitor's name.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Monitor { name, .. } => Some(name),
            Self::Test { name } => *name,
            Self::Unknown => None,
        }
    }
}

impl<'a> LogRow<'a> {
    /// Reads `raw`; `None` if it has no readable `sent_time`.
    pub(super) fn read(raw: &'a Value, names: &MonitorNames) -> Option<Self> {
        let members = raw.as_object()?;
        let sent_at = from_iso(&field(members, "sent_time")?)?;
        let message = field(members, "msg").unwrap_or_default();
        let display_name = field(members, "display_name");
        let found = names.found_in(&message);
        let subject = subject(&message, display_name.as_deref(), &found, names);
        Some(Self {
            status: status(&subject, &message, &named(&subject, &message, found)),
            channel: members.get("alert_type").and_then(text).map(|number| channel(&number)),
            raw,
            sent_at,
            message,
            display_name,
            subject,
        })
    }

    /// The minute in which it was sent.
    pub(super) fn minute(&self) -> Timestamp {
        minute_of(self.sent_at.at)
    }

    /// The monitor's id.
    pub(super) fn monitor_id(&self) -> Option<&str> {
        match &self.subject {
            Subject::Monitor { id, .. } => Some(id),
            Subject::Test { .. } | Subject::Unknown => None,
        }
    }

    /// What it says about its monitor's alert; without a monitor or a state it says nothing.
    pub(super) fn signal(&self) -> Signal {
        match (&self.subject, &self.status) {
            (Subject::Monitor { .. }, Some(status)) => status.signal(),
            _ => Signal::Notice,
        }
    }

    /// How bad it is, by its word alone.
    pub(super) fn severity(&self) -> Severity {
        match (&self.subject, &self.status) {
            (Subject::Monitor { .. } | Subject::Unknown, Some(status)) => status.severity(),
            (Subject::Test { .. }, _) | (_, None) => Severity::Info,
        }
    }

    /// One line for people.
    pub(super) fn title(&self) -> String {
        match (self.subject.name(), &self.status) {
            (Some(name), Some(status)) => format!("{name} is {}", status.word()),
            _ if self.message.is_empty() => "alert log row without a text".to_owned(),
            _ => self.message.clone(),
        }
    }

    /// Who was notified; a display name that is the monitor's is nobody's.
    pub(super) fn recipient(&self) -> Option<String> {
        self.display_name.clone().filter(|name| Some(name.as_str()) != self.subject.name())
    }

    /// The state that it reports of a monitor that it names, or of the test monitor.
    fn reported_status(&self) -> Option<&Status> {
        self.status.as_ref().filter(|_| self.subject != Subject::Unknown)
    }

    /// The id of the one event that it and every row like it are.
    pub(super) fn event_id(&self, account: &str) -> EventId {
        let reported = self.reported_status().map_or(self.message.as_str(), Status::word);
        identity::of_log(account, self.subject.id(), reported, self.minute())
    }
}

fn subject(
    message: &str,
    display_name: Option<&str>,
    found: &[Range<usize>],
    names: &MonitorNames,
) -> Subject {
    if let Some(test) = test(message, display_name, names) {
        return test;
    }
    let name = match found {
        [] => display_name,
        [first, others @ ..] => {
            let name = message.get(first.clone());
            name.filter(|name| others.iter().all(|other| message.get(other.clone()) == Some(name)))
        }
    };
    let monitor = name.and_then(|name| Some((names.only_id(name)?.to_owned(), name.to_owned())));
    monitor.map_or(Subject::Unknown, |(id, name)| Subject::Monitor { id, name })
}

fn test(message: &str, display_name: Option<&str>, names: &MonitorNames) -> Option<Subject> {
    let has = |mark| [Some(message), display_name].into_iter().flatten().any(|text| text.contains(mark));
    let name = has(TEST_MONITOR).then_some(TEST_MONITOR).filter(|name| !names.contains(name));
    (name.is_some() || has(TEST_MARK)).then_some(Subject::Test { name })
}

/// Where the subject's name stands in `message`.
fn named(subject: &Subject, message: &str, found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    match subject {
        Subject::Test { .. } => {
            message.match_indices(TEST_MONITOR).map(|(at, name)| at..at + name.len()).collect()
        }
        Subject::Monitor { .. } | Subject::Unknown => found,
    }
}

/// The state after `<name> is `, else the only one that `message` states outside of names; of several monitors
/// only the latter, as none of their names is the one that counts.
fn status(subject: &Subject, message: &str, names: &[Range<usize>]) -> Option<Status> {
    let after_name = match subject {
        Subject::Monitor { .. } | Subject::Test { .. } => status_after(message, names),
        Subject::Unknown => None,
    };
    after_name.or_else(|| only_status(message, names))
}

fn status_after(message: &str, names: &[Range<usize>]) -> Option<Status> {
    names.iter().find_map(|name| {
        let rest = message.get(name.end..)?;
        let is = rest.get(..4).filter(|is| is.eq_ignore_ascii_case(" is "))?;
        Status::at_start_of(rest.get(is.len()..)?)
    })
}

fn only_status(message: &str, names: &[Range<usize>]) -> Option<Status> {
    let mut stated = outside(message, names)
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter_map(Status::stated_by);
    let first = stated.next()?;
    stated.all(|status| status == first).then_some(first)
}

/// The parts of `message` between the ranges of `names`, which are sorted and may overlap.
fn outside<'a>(message: &'a str, names: &'a [Range<usize>]) -> impl Iterator<Item = &'a str> {
    let ends = names.iter().map(|name| name.start).chain([message.len()]);
    let starts = [0].into_iter().chain(names.iter().map(|name| name.end));
    starts.zip(ends).filter_map(|(start, end)| message.get(start..end))
}

/// The means by which somebody was notified; other numbers are disputed.
fn channel(number: &str) -> String {
    match number {
        "1" => "email",
        "2" => "sms",
        "3" => "voice",
        "4" => "chat",
        "5" => "alarmsone",
        "6" => "sdpod",
        "7" => "slack",
        "8" => "hipchat",
        "9" => "pagerduty",
        "10" => "sdp",
        "11" => "webhook",
        "14" => "servicenow",
        other => return format!("channel-{other}"),
    }
    .to_owned()
}
