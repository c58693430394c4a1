//! `alert_transitions`: one row for each change of an alert, whether or not anybody was notified of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::read::{id, list, moment, text};

/// One change of one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Its id, which a webhook carries as `alert.transition_id`.
    pub id: String,
    /// The node.
    pub node_id: String,
    /// The alert's name.
    pub name: String,
    /// The chart instance.
    pub instance: Option<String>,
    /// The chart's context.
    pub context: Option<String>,
    /// Whether the alert is active after it.
    pub is_raise: bool,
    /// When it happened.
    pub at: Timestamp,
    /// When Netdata notified somebody of it; `None` where nobody was, or not yet.
    pub notified_at: Option<Timestamp>,
    /// For how long Netdata holds the notification back.
    pub delay: SignedDuration,
    /// The row as it came.
    pub row: Value,
}

impl Transition {
    /// The rows of an answer, and how many of them nobody can place; `None` where there is no list.
    pub fn read_all(body: &Value) -> Option<(Vec<Self>, usize)> {
        let rows = list(body, "transitions")?;
        let read: Vec<_> = rows.iter().filter_map(Self::read).collect();
        let unreadable = rows.len() - read.len();
        Some((read, unreadable))
    }

    pub(crate) fn read(row: &Value) -> Option<Self> {
        let notification = &row["notification"];
        Some(Self {
            id: id(&row["transition_id"])?,
            node_id: id(&row["node_id"])?,
            name: text(&row["alert"])?,
            instance: text(&row["instance"]),
            context: text(&row["context"]),
            is_raise: row["new"]["status"].as_str().is_some_and(is_active),
            at: moment(&row["when"])?,
            notified_at: moment(&notification["when"]),
            delay: SignedDuration::from_secs(notification["delay"].as_i64().unwrap_or_default().max(0)),
            row: row.clone(),
        })
    }
}

fn is_active(status: &str) -> bool {
    ["critical", "warning"].iter().any(|active| active.eq_ignore_ascii_case(status))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_placed_by_its_id_and_its_time_and_what_has_neither_is_counted() {
        let row = |notification: Value| json!({ "transition_id": "T", "node_id": "N", "alert": "used_swap", "when": 1_772_507_508, "notification": notification });
        let body = json!({ "transitions": [
            row(json!({ "when": 1_772_507_520, "delay": 60 })), row(json!({ "when": 0 })), row(Value::Null), { "node_id": "N" },
        ] });
        let (rows, unreadable) = Transition::read_all(&body).unwrap();
        assert_eq!((rows.len(), unreadable), (3, 1));
        assert_eq!((rows[0].id.as_str(), rows[0].delay.as_secs()), ("t", 60));
        assert!(
            rows[0].notified_at.is_some() && rows[1].notified_at.is_none() && rows[2].notified_at.is_none()
        );
        assert_eq!(Transition::read_all(&json!({ "transitions": null })), Some((Vec::new(), 0)));
        assert_eq!(Transition::read_all(&json!({ "items": [] })), None, "another shape is no empty list");
    }
}
