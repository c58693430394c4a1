//! What labels, annotations and times mean.

use alert::{Severity, Signal};

use super::*;

#[test]
fn every_known_word_has_its_severity() {
    for (words, severity) in [
        (&["critical", "page", "fatal", "emergency", "CRITICAL"][..], Severity::Critical),
        (&["high", "major", "error"], Severity::High),
        (&["warning", "warn", "ticket", "5"], Severity::Warning),
        (&["low", "minor"], Severity::Low),
        (&["info", "informational", "notice", "none"], Severity::Info),
    ] {
        for word in words {
            let event = event(&json!([{ "labels": { "alertname": "a", "severity": word } }]));
            assert_eq!((event.severity, event.severity_raw.as_str()), (severity, *word));
        }
    }
    let without = event(&json!([{ "labels": { "alertname": "a" } }]));
    assert_eq!((without.severity, without.severity_raw.as_str()), (Severity::Warning, "firing"));
}

#[test]
fn the_first_label_that_names_something_names_it() {
    let labels = [("host", "h"), ("pod", "p"), ("node", "n"), ("instance", "i")];
    let services = [("job", "j"), ("service", "s")];
    for count in 1..=labels.len() {
        let given: serde_json::Map<_, _> =
            labels[..count].iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let event = event(&json!([{ "labels": given }]));
        assert_eq!(event.resource.as_deref(), Some(labels[count - 1].1));
        assert_eq!(event.service, None);
    }
    let given: serde_json::Map<_, _> =
        services.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    assert_eq!(event(&json!([{ "labels": given }])).service.as_deref(), Some("s"));
}

#[test]
fn a_summary_is_before_a_description_and_that_before_a_message() {
    let mut annotations = serde_json::Map::new();
    for name in ["message", "description", "summary"] {
        annotations.insert(name.into(), name.into());
        let event = event(&json!([{ "labels": { "alertname": "a" }, "annotations": annotations }]));
        assert_eq!(event.summary.as_deref(), Some(name));
    }
    let blank =
        json!([{ "labels": { "alertname": "a" }, "annotations": { "summary": " ", "message": "m" } }]);
    assert_eq!(event(&blank).summary.as_deref(), Some("m"));
}

#[test]
fn an_end_that_is_not_ahead_resolves() {
    for (ends_at, signal) in [
        ("2026-11-01T12:00:00.499999999Z", Signal::Resolved),
        ("2026-11-01T12:00:00.5Z", Signal::Resolved),
        ("2026-11-01T12:00:00.500000001Z", Signal::Firing),
        ("0001-01-01T00:00:00Z", Signal::Firing),
        ("0001-01-01T00:00:00.000Z", Signal::Firing),
    ] {
        let event = event(&json!([{ "labels": { "alertname": "a" }, "endsAt": ends_at }]));
        assert_eq!(event.signal, signal, "{ends_at}");
    }
}

#[test]
fn only_what_a_prometheus_calls_firing_expires() {
    for (fixture, expires_at) in [
        ("one-alert-by-itself", Some("2026-11-01T12:14:00.000000001Z")),
        ("amtool-adds-one-without-times", Some("2026-11-01T12:15:00.5Z")),
        ("prometheus-sends-one-resolved", None),
        ("webhook-firing", None),
        ("webhook-resolved", None),
    ] {
        assert_eq!(event_of(fixture).expires_at, expires_at.map(time), "{fixture}");
    }
}

#[test]
fn each_body_that_breaks_the_schema_has_its_reason() {
    for (fixture_name, reason) in [
        ("breaks-off", "not_json"),
        ("text", "wrong_type"),
        ("list-of-texts", "wrong_type"),
        ("time-that-is-none", "wrong_type"),
        ("webhook-with-an-unknown-status", "wrong_type"),
        ("webhook-without-a-status", "missing:status"),
        ("neither-list-nor-webhook", "missing:alerts"),
    ] {
        assert_eq!(rejection(fixture(fixture_name).body).reason, reason, "{fixture_name}");
    }
    assert_eq!(rejection("").reason, "not_json");
}

#[test]
fn an_alert_that_breaks_a_rule_takes_nothing_from_the_others() {
    let batch = batch(&fixture("one-of-three-without-labels"));
    let titles: Vec<_> = batch.understood.iter().map(|understood| understood.event.title.as_str()).collect();
    assert_eq!(titles, ["DiskFull on db-1:9100", "InstanceDown on web-1:9100"]);
    let refused: Vec<_> =
        batch.refused.iter().map(|refused| (refused.position, &*refused.rejection.reason)).collect();
    assert_eq!(refused, [(1, "no_labels")]);
}

#[test]
fn an_alert_that_is_not_of_the_schema_takes_nothing_from_the_others() {
    let good = json!({ "labels": { "alertname": "good" } });
    for (bad, reason) in [
        (json!({ "labels": { "code": 500 } }), "wrong_type"),
        (json!({ "labels": { "a": "b" }, "annotations": { "value": 95.2 } }), "wrong_type"),
        (json!({ "labels": { "a": "b" }, "startsAt": "yesterday" }), "wrong_type"),
        (json!({ "annotations": {} }), "missing:labels"),
        (json!("InstanceDown"), "wrong_type"),
        (json!(null), "wrong_type"),
        (json!({ "labels": { "a": "x".repeat(98_304) } }), "labels_too_large"),
    ] {
        let batch = batch(&post_json(json!([good, bad, good]).to_string()));
        assert_eq!(batch.understood.len(), 2, "{bad}");
        let [refused] = &batch.refused[..] else { panic!("{bad}") };
        assert_eq!((refused.position, &*refused.rejection.reason), (1, reason));
        assert!(refused.rejection.message.contains("alert 1"), "{}", refused.rejection.message);
    }
}

#[test]
fn a_batch_of_which_nothing_is_of_the_schema_is_rejected_as_a_whole() {
    let bad = json!({ "labels": { "code": 500 } });
    assert_eq!(rejection(json!([bad, bad]).to_string()).reason, "wrong_type");
}

#[test]
fn an_alert_is_kept_whatever_its_size() {
    let long = "x".repeat(1_000_000);
    let alert = json!([{ "labels": { "alertname": "a" }, "annotations": { "b": long } }]);
    assert_eq!(batch(&post_json(alert.to_string())).refused, []);
}

#[test]
fn of_two_equal_members_the_later_counts() {
    let body =
        r#"[{"labels":{"a":"1"},"labels":{"a":"2","a":"3"},"startsAt":7,"startsAt":"2026-11-01T11:00:00Z"}]"#;
    assert_eq!(event(&serde_json::from_str(body).unwrap()), events(&post_json(body)).remove(0));
    assert_eq!(events(&post_json(body)).remove(0).labels, [("a".into(), "3".into())].into());
}

#[test]
fn a_message_repeats_little_of_the_body() {
    let long = "é".repeat(5_000);
    let body = json!([{ "labels": { "alertname": "a" }, "startsAt": long }]);
    assert!(rejection(body.to_string()).message.chars().count() < 250);
    let body = json!({ "alerts": [{ "labels": { "alertname": "a" }, "status": long }] });
    assert!(rejection(body.to_string()).message.chars().count() < 250);
}
