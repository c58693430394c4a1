//! The rows of the alert logs: whom Site24x7 notified of what, and the few events behind that.

use std::collections::{BTreeSet, HashMap};

use alert::{AlertEvent, AutoResolve, EventId, Source};
use jiff::{Timestamp, tz::Offset};
use serde_json::Value;

use super::current_status::monitor_page;
use super::identity;
use super::labels::labels;
use super::log_row::{LogRow, Subject};
use super::names::MonitorNames;
use super::redaction::redact_urls;
use super::time::minute_of;
use crate::Rejection;

/// Seconds after whose end a minute's rows are complete.
const MINUTE_SECS: i64 = 60;

/// Which rows of a day are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWindow {
    /// Rows sent before are passed over.
    pub from: Timestamp,
    /// Our clock: rows of a minute that is not over yet are left to the next read, so that one event has all of
    /// its rows.
    pub now: Timestamp,
}

impl LogWindow {
    fn holds(self, sent_at: Timestamp) -> bool {
        sent_at >= self.from && minute_of(sent_at).as_second() + MINUTE_SECS <= self.now.as_second()
    }
}

/// What a read of the alert logs has yielded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogEvents {
    /// The events, oldest first.
    pub events: Vec<LogEvent>,
    /// Rows for the quarantine.
    pub unreadable: Vec<UnreadableRow>,
    /// Rows that name no monitor, or not one alone; newer names may resolve them.
    pub unresolved_rows: usize,
    /// The account's offset as the newest row has it.
    pub utc_offset: Option<Offset>,
}

/// One event, and the rows that report it.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEvent {
    /// What they say.
    pub event: AlertEvent,
    /// The monitor, unless it is unknown or a test.
    pub monitor_id: Option<String>,
    /// All of them as answered, without userinfo in URLs: the event's raw body.
    pub rows: Vec<Value>,
}

/// A row whose time cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct UnreadableRow {
    /// The row as answered, without userinfo in URLs.
    pub row: Value,
    /// What is wrong with it.
    pub rejection: Rejection,
}

/// Reads `rows` of `GET /alert_logs`, of one day or of several: the rows of one monitor, state and minute are one
/// event, however many people were notified by whatever channel.
pub fn alert_logs(
    rows: &[Value],
    names: &MonitorNames,
    account: &str,
    api_root: &str,
    window: LogWindow,
) -> LogEvents {
    let rows: Vec<_> = rows.iter().map(without_userinfo).collect();
    let (read, unreadable) = read(&rows, names);
    let utc_offset = read.last().map(|row| row.sent_at.offset);
    let wanted: Vec<_> = read.into_iter().filter(|row| window.holds(row.sent_at.at)).collect();
    LogEvents {
        unresolved_rows: wanted.iter().filter(|row| row.subject == Subject::Unknown).count(),
        events: grouped(wanted, account)
            .into_iter()
            .map(|group| group.into_event(account, api_root))
            .collect(),
        unreadable,
        utc_offset,
    }
}

fn without_userinfo(row: &Value) -> Value {
    let mut row = row.clone();
    redact_urls(&mut row);
    row
}

/// The rows in the order in which they were sent, and those whose time is unreadable.
fn read<'a>(rows: &'a [Value], names: &MonitorNames) -> (Vec<LogRow<'a>>, Vec<UnreadableRow>) {
    let (mut read, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        match LogRow::read(row, names) {
            Some(log_row) => read.push(log_row),
            None => unreadable.push(UnreadableRow { row: row.clone(), rejection: no_time(row) }),
        }
    }
    read.sort_by_key(|row| row.sent_at.at);
    (read, unreadable)
}

fn no_time(row: &Value) -> Rejection {
    let message = match row.get("sent_time") {
        Some(sent_time) => {
            let sent_time: String = sent_time.to_string().chars().take(64).collect();
            format!("sent_time `{sent_time}` of an alert log row is no time such as 2026-03-01T10:15:29+0530")
        }
        None => "an alert log row has no sent_time".to_owned(),
    };
    Rejection::new("unreadable:sent_time", message)
}

/// Rows that are one event.
struct Group<'a> {
    event_id: EventId,
    first: LogRow<'a>,
    rows: Vec<Value>,
    channels: BTreeSet<String>,
    recipients: BTreeSet<String>,
}

fn grouped<'a>(rows: Vec<LogRow<'a>>, account: &str) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = HashMap::new();
    for mut row in rows {
        let event_id = row.event_id(account);
        let (raw, channel, recipient) = (row.raw.clone(), row.channel.take(), row.recipient());
        let place = *places.entry(event_id).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group::of(row, event_id));
        }
        let Some(group) = groups.get_mut(place) else {
            continue;
        };
        group.rows.push(raw);
        group.channels.extend(channel);
        group.recipients.extend(recipient);
    }
    groups
}

impl<'a> Group<'a> {
    fn of(first: LogRow<'a>, event_id: EventId) -> Self {
        Self { event_id, first, rows: Vec::new(), channels: [].into(), recipients: [].into() }
    }

    fn into_event(self, account: &str, api_root: &str) -> LogEvent {
        let monitor_id = self.first.monitor_id().map(str::to_owned);
        LogEvent { event: self.event(account, api_root), monitor_id, rows: self.rows }
    }

    fn event(&self, account: &str, api_root: &str) -> AlertEvent {
        let row = &self.first;
        let id = row.subject.id();
        AlertEvent {
            source: Source::Site24x7,
            account: account.to_owned(),
            fingerprint: identity::fingerprint(account, id),
            event_id: self.event_id,
            signal: row.signal(),
            severity: row.severity(),
            severity_raw: row.status.as_ref().map(|status| status.word().to_owned()).unwrap_or_default(),
            title: row.title(),
            summary: Some(row.message.clone()).filter(|message| says_more(message, &row.title())),
            resource: row.subject.name().map(str::to_owned),
            service: None,
            value: None,
            url: row.monitor_id().map(|id| monitor_page(api_root, id)),
            labels: labels([
                ("monitor_id", Some(id.to_owned())),
                ("monitor_name", row.subject.name().map(str::to_owned)),
            ]),
            annotations: labels([
                ("channels", list(&self.channels)),
                ("recipients", list(&self.recipients)),
                ("rows", Some(self.rows.len().to_string())),
            ]),
            occurred_at: row.minute(),
            started_at: None,
            ended_at: None,
            auto_resolve: AutoResolve::Recovery,
            episode: None,
            expires_at: None,
            order: alert::Order::logged(),
        }
    }
}

/// Whether `message` is more than the title in other letters.
fn says_more(message: &str, title: &str) -> bool {
    !message.is_empty() && message.to_lowercase().trim_end_matches('.') != title.to_lowercase()
}

fn list(entries: &BTreeSet<String>) -> Option<String> {
    let entries: Vec<_> = entries.iter().map(String::as_str).collect();
    (!entries.is_empty()).then(|| entries.join(", "))
}
