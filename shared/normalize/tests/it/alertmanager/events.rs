//! Which bodies are one event, which are one alert, and what the alert comes to.

use alert::{Condition, EventId, Fingerprint, Transition, fold};

use super::*;

#[test]
fn an_alert_is_identified_by_token_and_labels() {
    let labels = ["alertname", "InstanceDown", "instance", "web-1:9100", "job", "node", "severity", "page"];
    let expected = Fingerprint::of(["alertmanager/1", "prometheus-1"].into_iter().chain(labels));
    for fixture in [
        "webhook-firing",
        "labels-in-another-order",
        "labels-without-a-value",
        "end-at-the-moment-of-receipt",
        "times-with-offsets",
    ] {
        assert_eq!(event_of(fixture).fingerprint, expected, "{fixture}");
    }
}

#[test]
fn the_token_that_a_request_names_is_before_the_configured_account() {
    let mut inbound = fixture("webhook-firing");
    assert_eq!(events(&inbound)[0].account, "prometheus-1");
    inbound.headers.insert(TOKEN_NAME.into(), "prometheus-2".into());
    assert_eq!(events(&inbound)[0].account, "prometheus-2");
    assert_ne!(events(&inbound)[0].fingerprint, event_of("webhook-firing").fingerprint);
}

#[test]
fn a_repeat_counts_once_in_five_minutes() {
    let first = sent_again_after(0);
    let slot = "2026-11-01T12:00:00Z";
    assert_eq!(first.event_id, event_id(&first, "2026-11-01T11:40:15.123456789Z", "firing", slot));
    // The fixtures come in half a second after 12:00.
    assert_eq!(sent_again_after(299).event_id, first.event_id);
    assert_ne!(sent_again_after(300).event_id, first.event_id);
    let other_end = event_of("prometheus-repeats-one-that-fires");
    assert_eq!(other_end.event_id, first.event_id);
}

#[test]
fn a_resolution_is_one_event_however_often_it_is_sent() {
    let first = fixture("prometheus-sends-one-resolved");
    let ids = |seconds| events(&later(&first, seconds))[0].event_id;
    let event = event_of("prometheus-sends-one-resolved");
    assert_eq!(
        event.event_id,
        event_id(&event, "2026-11-01T11:40:15.123456789Z", "resolved", "2026-11-01T11:58:30Z")
    );
    assert_eq!((ids(60), ids(900)), (ids(0), ids(0)));
}

#[test]
fn what_an_alertmanager_repeats_is_one_event() {
    let firing = fixture("webhook-firing");
    let event = event_of("webhook-firing");
    assert_eq!(event.event_id, event_id(&event, "2026-11-01T11:55:00Z", "firing", ""));
    assert_eq!(events(&later(&firing, 14_400))[0].event_id, event.event_id);

    let resolved = event_of("webhook-resolved");
    assert_eq!(
        resolved.event_id,
        event_id(&resolved, "2026-11-01T11:55:00Z", "resolved", "2026-11-01T11:59:15Z")
    );
    let without_end = event_of("webhook-resolved-without-an-end");
    assert_eq!(without_end.event_id, event_id(&without_end, "2026-11-01T11:55:00Z", "resolved", ""));
    let without_start = event_of("webhook-firing-without-a-start");
    assert_eq!(without_start.event_id, event_id(&without_start, "", "firing", "2026-11-01T12:00:00Z"));
}

#[test]
fn an_alert_kept_by_itself_is_the_event_that_it_was() {
    for path in std::fs::read_dir(folder()).unwrap() {
        let sent = inbound(&path.unwrap().path());
        let Ok(batch) = split(&sent, &settings()) else {
            continue;
        };
        for understood in batch.understood {
            let alone = InboundRequest { body: understood.body, ..sent.clone() };
            assert_eq!(normalize(&alone, &settings()).unwrap().events, [understood.event]);
        }
        for refused in batch.refused {
            let alone = InboundRequest { body: refused.body, ..sent.clone() };
            assert_eq!(normalize(&alone, &settings()).unwrap_err().reason, refused.rejection.reason);
        }
    }
}

#[test]
fn a_prometheus_opens_repeats_resolves_and_reopens_by_reception() {
    let (firing, repeat) = (sent_again_after(0), sent_again_after(600));
    let resolved = event_of("prometheus-sends-one-resolved");
    let at = |minutes: i64| time(RECEIVED_AT) + SignedDuration::from_mins(minutes);
    let opened = fold(None, &firing, at(0));
    let repeated = fold(opened.alert, &repeat, at(10));
    let over = fold(repeated.alert, &resolved, at(11));
    let again = fold(over.alert.clone(), &repeat, at(12));

    assert_eq!(opened.transition, Some(Transition::Opened));
    assert_eq!(repeated.transition, Some(Transition::Repeated));
    assert_eq!(over.transition, Some(Transition::Resolved));
    let alert = over.alert.unwrap();
    assert_eq!(alert.condition, Condition::Resolved);
    assert_eq!(alert.ended_at, Some(time("2026-11-01T11:58:30Z")));
    assert_eq!(alert.occurrences, 2);
    assert_eq!(again.transition, Some(Transition::Reopened), "what is heard after an end fires");
    assert_eq!(again.alert.unwrap().started_at, firing.started_at, "the earliest start counts");
}

#[test]
fn a_repeat_reopens_what_had_expired() {
    let (firing, repeat) = (sent_again_after(0), sent_again_after(3600));
    let opened = fold(None, &firing, time(RECEIVED_AT)).alert.unwrap();
    let expired = alert::expire(opened, time("2026-11-01T12:20:00Z"));
    let reopened = fold(Some(expired), &repeat, time("2026-11-01T13:00:00Z"));
    assert_eq!(reopened.transition, Some(Transition::Reopened));
    assert_eq!(reopened.alert.unwrap().condition, Condition::Firing);
}

/// The same alert, sent once more with an end that is ahead still.
fn sent_again_after(seconds: i64) -> AlertEvent {
    let mut alert: Value = serde_json::from_slice(&fixture("one-alert-by-itself").body).unwrap();
    let on_time = later(&post_json(""), seconds);
    alert["endsAt"] = (on_time.received_at + SignedDuration::from_mins(4)).to_string().into();
    events(&InboundRequest { body: alert.to_string().into_bytes(), ..on_time }).remove(0)
}

fn event_id(event: &AlertEvent, starts_at: &str, signal: &str, apart: &str) -> EventId {
    EventId::of(["alertmanager-event/1", &event.fingerprint.to_string(), starts_at, signal, apart])
}
