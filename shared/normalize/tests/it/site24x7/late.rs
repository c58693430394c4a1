//! Notifications that contradict what is known for sure become history only.

use alert::{Severity, Signal};
use normalize::site24x7::{LogEvents, StatusRow, current_status};
use serde_json::{Value, json};

use super::{ACCOUNT, API_ROOT, SCHEDULED_AT, at, logs};

fn logs_of(rows: &[(&str, &str)]) -> LogEvents {
    let row = |(message, clock): &(&str, &str)| -> Value {
        json!({ "msg": message, "sent_time": format!("2026-03-01T{clock}+0000"), "alert_type": 1 })
    };
    logs(&json!({ "data": rows.iter().map(row).collect::<Vec<_>>() }))
}

fn status(code: i64) -> Vec<StatusRow> {
    let body =
        json!({ "monitors": [{ "monitor_id": "123456000000025013", "name": "Shop front", "status": code }] });
    current_status(&body, ACCOUNT, API_ROOT, at(SCHEDULED_AT))
}

fn signals(logs: &LogEvents) -> Vec<Signal> {
    logs.events.iter().map(|logged| logged.event.signal).collect()
}

const LATE_DOWN: [(&str, &str); 3] = [
    ("Shop front is Down", "04:45:29"),
    ("Shop front is Up", "04:50:07"),
    ("Shop front is Down", "04:52:11"),
];

#[test]
fn a_firing_of_a_monitor_that_is_up_is_history_and_keeps_its_severity() {
    let mut logs = logs_of(&LATE_DOWN);
    logs.demote_contradicted(&status(1));
    assert_eq!(signals(&logs), [Signal::Firing, Signal::Resolved, Signal::Notice]);
    assert_eq!(logs.events[2].event.severity, Severity::Critical);
    assert_eq!(logs.events[2].event.severity_raw, "DOWN");
}

#[test]
fn a_recovery_of_a_monitor_that_is_not_up_is_history() {
    for code in [0, 2, 3] {
        let mut logs = logs_of(&LATE_DOWN[..2]);
        logs.demote_contradicted(&status(code));
        assert_eq!(signals(&logs), [Signal::Firing, Signal::Notice], "{code}");
    }
}

#[test]
fn what_current_status_confirms_or_does_not_know_stays() {
    for status in [status(0), status(7), status(42), Vec::new()] {
        let mut logs = logs_of(&LATE_DOWN);
        logs.demote_contradicted(&status);
        assert_eq!(signals(&logs), [Signal::Firing, Signal::Resolved, Signal::Firing]);
    }
}

#[test]
fn of_one_minute_the_recovery_is_the_last_word() {
    let mut logs = logs_of(&[("Shop front is Up", "04:50:07"), ("Shop front is Down", "04:50:31")]);
    logs.demote_contradicted(&status(1));
    assert_eq!(signals(&logs), [Signal::Resolved, Signal::Firing]);
    logs.demote_contradicted(&status(0));
    assert_eq!(signals(&logs), [Signal::Notice, Signal::Firing]);
}

#[test]
fn each_monitor_has_its_own_last_word() {
    let mut logs = logs_of(&[("Shop front is Down", "04:45:29"), ("Cart is Down", "04:46:00")]);
    logs.demote_contradicted(&status(1));
    assert_eq!(signals(&logs), [Signal::Notice, Signal::Firing]);
}

#[test]
fn a_firing_that_a_backfill_leaves_open_is_history_unless_current_status_will_close_it() {
    let mut unclosed = logs_of(&LATE_DOWN);
    unclosed.demote_unclosed(&[]);
    assert_eq!(signals(&unclosed), [Signal::Firing, Signal::Resolved, Signal::Notice]);

    let mut known = logs_of(&LATE_DOWN);
    known.demote_unclosed(&status(0));
    assert_eq!(signals(&known), [Signal::Firing, Signal::Resolved, Signal::Firing]);

    let mut closed = logs_of(&LATE_DOWN[..2]);
    closed.demote_unclosed(&[]);
    assert_eq!(signals(&closed), [Signal::Firing, Signal::Resolved]);
}
