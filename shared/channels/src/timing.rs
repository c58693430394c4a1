//! When what a notification is about happened.

use alert::Alert;
use jiff::Timestamp;

use crate::{Event, Notification, Subject};

/// When the run of firing that `alert` is in or was last in began, as far as is known.
pub(crate) fn since(alert: &Alert) -> Timestamp {
    alert.started_at.unwrap_or(alert.first_seen)
}

/// When it happened: by the source's clock if the source said it, else by ours.
pub(crate) fn occurred_at(notification: &Notification) -> Timestamp {
    match &notification.subject {
        Subject::Group(_) => notification.at,
        Subject::Alert(subject) => occurred_to(&subject.alert, notification.event, notification.at),
    }
}

fn occurred_to(alert: &Alert, event: Event, at: Timestamp) -> Timestamp {
    match event {
        Event::Acknowledged | Event::Unacknowledged | Event::Reminder => at,
        Event::Expired => alert.condition_since,
        _ => alert.last_seen,
    }
}

/// When we learned of it.
pub(crate) fn received_at(notification: &Notification) -> Timestamp {
    match (&notification.subject, notification.event) {
        (
            Subject::Alert(subject),
            Event::Opened
            | Event::Reopened
            | Event::Escalated
            | Event::Deescalated
            | Event::Updated
            | Event::Resolved,
        ) => subject.alert.last_received_at,
        _ => notification.at,
    }
}

/// For how many seconds `alert` fires or fired; none where the clocks of a source say less than nothing.
pub(crate) fn seconds(alert: &Alert, event: Event, at: Timestamp) -> Option<i64> {
    let ended_at = alert.ended_at.filter(|_| event.is_end());
    let until = ended_at.unwrap_or_else(|| occurred_to(alert, event, at));
    let seconds = until.as_second().saturating_sub(since(alert).as_second());
    (seconds >= 0).then_some(seconds)
}

/// Like `10m 12s`.
pub(crate) fn in_words(seconds: i64) -> String {
    let parts =
        [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let words: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

/// Like `2026-01-02 03:04:05 UTC`.
pub(crate) fn in_utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_names_only_what_is_not_zero() {
        assert_eq!(in_words(612), "10m 12s");
        assert_eq!(in_words(0), "0s");
        assert_eq!(in_words(90_061), "1d 1h 1m 1s");
        assert_eq!(in_words(7200), "2h");
    }
}
