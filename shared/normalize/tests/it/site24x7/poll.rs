//! Polled and pushed are one alert, and forty people notified of one outage are one event.

use std::collections::BTreeSet;

use alert::{EventId, Signal, Transition, fold};
use jiff::SignedDuration;
use jiff::tz::Offset;
use normalize::site24x7::{LogWindow, MonitorNames, alert_logs, current_status};
use serde_json::{Value, json};

use super::{
    ACCOUNT, API_ROOT, SCHEDULED_AT, at, everything, fixture, json_in, logs, names, status, webhook,
};

#[test]
fn webhook_current_status_and_alert_logs_agree_on_one_fingerprint() {
    let pushed = webhook("down.json").fingerprint;
    let rows = status("poll/current-status-after-down.json");
    let logged = logs(&json_in(&fixture("poll/alert-logs-of-one-outage.json")));
    assert_eq!(rows[0].event.fingerprint, pushed);
    assert!(logged.events.iter().all(|logged| logged.event.fingerprint == pushed));
}

#[test]
fn an_answer_reads_alike_whole_and_as_its_data() {
    let body = json_in(&fixture("poll/current-status-of-every-kind.json"));
    let read = |body| current_status(body, ACCOUNT, API_ROOT, at(SCHEDULED_AT));
    assert_eq!(read(&body), read(&body["data"]));
}

#[test]
fn each_monitor_has_one_row_with_the_group_that_it_is_in() {
    let rows = status("poll/current-status-of-every-kind.json");
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.monitor_id).collect();
    assert_eq!(ids.len(), rows.len());
    let front = rows.iter().find(|row| row.monitor_id == "123456000000025013").unwrap();
    assert_eq!(front.event.service.as_deref(), Some("Shop"));
}

#[test]
fn the_rows_of_one_minute_are_one_event_that_is_late_after_the_webhook() {
    let logged = logs(&json_in(&fixture("poll/alert-logs-of-one-outage.json")));
    let down = &logged.events[0];
    assert_eq!(down.rows.len(), 3);
    assert_eq!(down.event.occurred_at, at("2026-03-01T04:45:00Z"));

    let pushed = webhook("down.json");
    let alert = fold(None, &pushed, pushed.occurred_at).alert;
    assert_eq!(fold(alert, &down.event, pushed.occurred_at).transition, Some(Transition::Late));
}

#[test]
fn the_alert_logs_alone_fire_and_resolve() {
    let logged = logs(&json_in(&fixture("poll/alert-logs-of-one-outage.json")));
    let mut alert = None;
    let transitions: Vec<_> = logged
        .events
        .iter()
        .map(|logged| {
            let folded = fold(alert.take(), &logged.event, logged.event.occurred_at);
            alert = folded.alert;
            folded.transition
        })
        .collect();
    assert_eq!(transitions, [Some(Transition::Opened), Some(Transition::Resolved)]);
}

#[test]
fn a_row_is_of_the_monitor_and_the_state_that_its_message_is_about() {
    let meaning = |message: &str| {
        let row = json!({ "msg": message, "sent_time": "2026-03-01T10:15:29+0530" });
        let logged = logs(&json!({ "data": [row] })).events.remove(0);
        (logged.monitor_id, logged.event.title, logged.event.signal)
    };
    let of =
        |id: &str, title: &str, signal| (Some(format!("1234560000000250{id}")), title.to_owned(), signal);
    let front = meaning("Shop front is Up. It was Down for 3 minutes");
    assert_eq!(front, of("13", "Shop front is UP", Signal::Resolved));
    assert_eq!(meaning("Critical DB is Up"), of("22", "Critical DB is UP", Signal::Resolved));
    assert_eq!(meaning("web eu is Down"), of("24", "web eu is DOWN", Signal::Firing));
    assert_eq!(meaning("Twin is Down"), (None, "Twin is Down".to_owned(), Signal::Notice));
}

#[test]
fn a_minute_is_taken_only_when_it_is_over_and_only_inside_the_window() {
    let body = json_in(&fixture("poll/alert-logs-of-one-outage.json"));
    let rows = body["data"].as_array().unwrap();
    let events = |from, now| {
        let window = LogWindow { from: at(from), now: at(now) };
        alert_logs(rows, &names(), ACCOUNT, API_ROOT, window).events.len()
    };
    assert_eq!(events("2026-03-01T00:00:00Z", "2026-03-01T04:45:59Z"), 0);
    assert_eq!(events("2026-03-01T00:00:00Z", "2026-03-01T04:46:00Z"), 1);
    assert_eq!(events("2026-03-01T00:00:00Z", "2026-03-01T04:51:00Z"), 2);
    assert_eq!(events("2026-03-01T04:46:00Z", "2026-03-01T04:51:00Z"), 1);
}

#[test]
fn the_offset_of_the_newest_row_is_the_accounts() {
    let rows = [
        json!({ "msg": "a", "sent_time": "2026-03-29T00:59:00+0000" }),
        json!({ "msg": "c", "sent_time": "2026-03-29T03:10:00+0200" }),
        json!({ "msg": "b", "sent_time": "2026-03-29T02:01:00+0100" }),
    ];
    let read = alert_logs(&rows, &names(), ACCOUNT, API_ROOT, everything());
    assert_eq!(read.utc_offset.map(Offset::seconds), Some(2 * 3600));
}

#[test]
fn a_name_that_current_status_knows_is_as_good_as_one_of_the_monitors() {
    let mut names = MonitorNames::default();
    names.learn_status(&status("poll/current-status-of-every-kind.json"));
    let rows = [json!({ "msg": "TLS is Critical", "sent_time": "2026-03-01T10:15:29+0530" })];
    let read = alert_logs(&rows, &names, ACCOUNT, API_ROOT, everything());
    assert_eq!(read.events[0].monitor_id.as_deref(), Some("123456000000025015"));
    assert_eq!(read.unresolved_rows, 0);
}

#[test]
fn a_monitor_that_is_really_called_zylker_monitor_is_no_test() {
    let names: MonitorNames = [("7".to_owned(), "Zylker Monitor".to_owned())].into_iter().collect();
    let rows = [json!({ "msg": "Zylker Monitor is Down", "sent_time": "2026-03-01T10:15:29+0530" })];
    let read = alert_logs(&rows, &names, ACCOUNT, API_ROOT, everything());
    assert_eq!(read.events[0].monitor_id.as_deref(), Some("7"));
}

#[test]
fn a_day_of_five_thousand_rows_is_few_events_and_the_same_ones_when_read_again() {
    let names: MonitorNames = (0..500)
        .map(|n| (format!("{}", 123_456_000_000_025_000_u64 + n), format!("shop node {n}")))
        .collect();
    let mut rows = day_of_one_outage();
    assert_eq!(rows.len(), 5_000);

    let first = alert_logs(&rows, &names, ACCOUNT, API_ROOT, everything());
    rows.reverse();
    let again = alert_logs(&rows, &names, ACCOUNT, API_ROOT, everything());

    let ids = |logs: &normalize::site24x7::LogEvents| -> BTreeSet<EventId> {
        logs.events.iter().map(|logged| logged.event.event_id).collect()
    };
    // 125 rounds of 40 recipients, ten minutes apart; the slowest channel of each sends in the next minute.
    assert_eq!(first.events.len(), 2 * 125);
    assert_eq!(ids(&first).len(), first.events.len());
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(first.events.iter().map(|logged| logged.rows.len()).sum::<usize>(), rows.len());
    assert_eq!((first.unresolved_rows, first.unreadable.len()), (0, 0));
}

/// 124 reminders that a node is down and the word that it is up, each to forty people within seventy seconds.
fn day_of_one_outage() -> Vec<Value> {
    let start = at("2026-03-01T00:00:02Z");
    let row = |round: i64, recipient: i64| {
        let sent_at = start + SignedDuration::from_secs(600 * round + recipient * 7 / 4);
        let word = if round == 124 { "Up" } else { "Down" };
        json!({
            "msg": format!("shop node 17 is {word}"),
            "sent_time": sent_at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string(),
            "alert_type": recipient % 3 + 1,
            "display_name": format!("recipient {recipient}"),
        })
    };
    (0..125).flat_map(|round| (0..40).map(move |recipient| row(round, recipient))).collect()
}

#[test]
fn an_outage_whose_length_stands_in_words_alone_began_that_long_ago() {
    let rows = status("poll/current-status-with-durations-in-words.json");
    let began = |place: usize| rows[place].event.started_at;
    assert_eq!(began(0), Some(at("2026-02-27T01:55:35Z")));
    assert_eq!(began(1), Some(at("2026-03-01T04:55:15Z")));
    assert_eq!(began(2), None, "a month is no length of time");
}
