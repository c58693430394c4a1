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
fn of_an_alert_that_no_table_item_holds_only_the_labels_stay_whole() {
    let long = "x".repeat(70_000);
    let texts: serde_json::Map<_, _> = (0..5).map(|number| (format!("t{number}"), json!(long))).collect();
    let labels = json!({ "alertname": "a", "path": long });
    let alert = json!({ "labels": labels, "annotations": texts, "startsAt": "2026-11-01T11:00:00Z" });
    for body in [json!([alert]), json!({ "alerts": [with_status(&alert)] })] {
        let [understood] = batch(&post_json(body.to_string())).understood.try_into().unwrap();
        assert_eq!(understood.event.labels["path"].len(), 70_000);
        assert!(understood.body.len() < 100_000, "{}", understood.body.len());
        let alone = events(&post_json(understood.body));
        assert_eq!(
            (alone[0].event_id, &alone[0].labels),
            (understood.event.event_id, &understood.event.labels)
        );
    }
}

#[test]
fn labels_that_no_table_item_holds_are_refused_with_what_fits_of_their_alert() {
    let alert = json!({ "labels": { "alertname": "a", "b": "é".repeat(300_000) } });
    let [refused] = batch(&post_json(json!([alert]).to_string())).refused.try_into().unwrap();
    assert_eq!(refused.rejection.reason, "labels_too_large");
    assert!(refused.body.len() > 200_000 && refused.body.len() <= 256 * 1024 + 16);
}

fn with_status(alert: &Value) -> Value {
    let mut alert = alert.clone();
    alert["status"] = "firing".into();
    alert
}

#[test]
fn each_alert_of_a_batch_stands_alone() {
    let good = json!({ "labels": { "alertname": "Good" } });
    for (bad, reason) in [
        (json!({ "labels": { "alertname": "Bad" }, "annotations": { "value": 95.2 } }), "wrong_type"),
        (json!({ "labels": { "alertname": "Bad", "code": 500 } }), "wrong_type"),
        (json!({ "labels": { "alertname": "Bad" }, "startsAt": "yesterday" }), "wrong_type"),
        (json!({ "labels": { "alertname": "Bad" }, "startsAt": 1_772_323_200 }), "wrong_type"),
        (json!({ "annotations": {} }), "missing:labels"),
        (json!({ "labels": {} }), "no_labels"),
        (json!("Bad"), "wrong_type"),
        (json!(null), "wrong_type"),
    ] {
        for body in [json!([bad, good]), json!([good, bad])] {
            let batch = batch(&post_json(body.to_string()));
            assert_eq!(batch.understood.len(), 1, "{bad}");
            assert_eq!(batch.refused[0].rejection.reason, reason, "{bad}");
            let place = format!("alert {}", batch.refused[0].position);
            assert!(batch.refused[0].rejection.message.contains(&place), "{bad}");
        }
    }
}

#[test]
fn what_alertmanager_takes_for_a_time_is_one() {
    for (starts_at, expected) in [
        ("2026-11-01T11:00:00", Some("2026-11-01T11:00:00Z")),
        ("2026-11-01T13:00:00+02:00", Some("2026-11-01T11:00:00Z")),
        ("", None),
    ] {
        let event = event(&json!([{ "labels": { "alertname": "a" }, "startsAt": starts_at }]));
        assert_eq!(event.started_at, expected.map(time), "{starts_at}");
    }
}

#[test]
fn of_equal_alerts_in_one_batch_the_last_counts() {
    let alert =
        |summary: &str| json!({ "labels": { "alertname": "a" }, "annotations": { "summary": summary } });
    let batch = batch(&post_json(json!([alert("first"), alert("last")]).to_string()));
    let summaries: Vec<_> = batch.understood.iter().map(|one| one.event.summary.as_deref()).collect();
    assert_eq!(summaries, [Some("last")]);
}

#[test]
fn a_generator_is_a_link_or_kept_beside_the_annotations() {
    let from = |url: &str| event(&json!([{ "labels": { "alertname": "a" }, "generatorURL": url }]));
    assert_eq!(from("https://a.example/graph").url.as_deref(), Some("https://a.example/graph"));
    assert_eq!(from("/graph?g0.expr=up").annotations[alert::GENERATOR_URL], "/graph?g0.expr=up");
    for url in ["javascript:alert(1)", "a b", "", "data:text/html,x"] {
        assert!(from(url).url.is_none() && from(url).annotations.is_empty(), "{url}");
    }
}

#[test]
fn what_an_alertmanager_left_out_is_known() {
    let webhook = |left_out: Value| {
        let alert = json!({ "labels": { "alertname": "a" }, "status": "firing" });
        batch(&post_json(json!({ "alerts": [alert], "truncatedAlerts": left_out }).to_string())).left_out
    };
    assert_eq!((webhook(json!(740)), webhook(json!(0)), webhook(json!("many"))), (740, 0, 0));
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
