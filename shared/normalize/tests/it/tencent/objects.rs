//! Which object an alarm is about, however its sender names it, and what that is called.

use super::*;

fn fingerprint_of(name: &str) -> Fingerprint {
    event_of(name).fingerprint
}

#[test]
fn objects_that_only_tags_or_content_distinguish_are_two_alerts_and_a_recovery_ends_its_own() {
    for name in ["object-by-tags", "object-by-content"] {
        let firing = fingerprint_of(name);
        assert_ne!(fingerprint_of(&format!("{name}-another")), firing, "{name}");
        assert_eq!(fingerprint_of(&format!("{name}-recovery")), firing, "{name}");
    }
}

#[test]
fn tags_are_the_same_in_every_form() {
    for form in ["a-list-of-pairs", "a-list-of-texts", "a-text"] {
        let fingerprint = fingerprint_of(&format!("object-by-tags-in-{form}"));
        assert_eq!(fingerprint, fingerprint_of("object-by-tags"), "{form}");
    }
    let tags = |tags| changed("object-by-tags", "/alarmObjInfo/tags", tags).fingerprint;
    assert_eq!(tags(json!(["b", "a"])), tags(json!(["a", "b", "a"])), "a list has no order");
    assert_ne!(tags(json!("pod p-1")), tags(json!("pod p-2")));
}

#[test]
fn dimensions_are_the_same_in_every_form() {
    for form in ["dimensions-as-json-in-a-text", "dimensions-as-a-list-of-pairs"] {
        assert_eq!(fingerprint_of(form), fingerprint_of("metric-firing"), "{form}");
    }
    let text = fingerprint_of("dimensions-as-a-plain-text");
    let other = changed("dimensions-as-a-plain-text", "/alarmObjInfo/dimensions", json!("ins-bbbb2222"));
    assert_ne!(other.fingerprint, text);
}

#[test]
fn tags_beside_dimensions_change_nothing() {
    let mut body: Value = serde_json::from_slice(&inbound(&fixture_path("metric-firing")).body).unwrap();
    body["alarmObjInfo"]["tags"] = json!({ "team": "shop" });
    body["alarmObjInfo"]["content"] = json!("disk is full");
    let event = only_event(body.to_string());
    assert_eq!(event.event_id, event_of("metric-firing").event_id);
    assert_eq!(event.annotations["tags"], r#"{"team":"shop"}"#);
    assert_eq!(event.annotations["content"], "disk is full");
}

#[test]
fn an_alarm_without_any_object_is_kept_with_a_warning() {
    let read =
        |name| tencent::normalize(&inbound(&fixture_path(name)), &SourceConfiguration::default()).unwrap();
    assert_eq!(read("object-unknown").warnings.len(), 1);
    assert_eq!(read("object-by-content").warnings, Vec::<&str>::new());
}

#[test]
fn the_most_specific_key_names_the_resource() {
    for (fixture, resource) in [
        ("part-redis-node", "0f2ce0f969c4f43bc338bc1d6f60597d654bb3e4"),
        ("part-kubernetes-pod", "checkout-7d9f-x2x"),
        ("part-kubernetes-container", "checkout-7d9f-x2x/nginx"),
        ("part-kafka-topic", "orders"),
        ("part-kafka-consumer-group", "orders/billing/3"),
        ("part-load-balancer-server", "10.0.0.22:8440"),
        ("database-with-a-number-and-a-name", "postgres-1292ja01"),
        ("object-by-tags", "p-1"),
        ("object-by-an-id-beside-dimensions", "ins-aaaa1111"),
    ] {
        assert_eq!(event_of(fixture).resource.as_deref(), Some(resource), "{fixture}");
    }
    assert!(event_of("part-redis-node").title.contains(" on crs-1amp2588/"));
    assert!(event_of("database-with-a-number-and-a-name").title.ends_with(" on orders"));
}

#[test]
fn a_threshold_does_not_read_as_the_value() {
    assert_eq!(event_of("threshold-without-comparison").title, "DiskUtilization (threshold 95%) on web-1");
}

#[test]
fn the_level_at_the_end_of_an_alert_id_stands_in_for_a_missing_one() {
    let event = event_of("level-in-the-alert-id");
    assert_eq!((event.severity, event.severity_raw.as_str()), (Severity::Critical, "Serious"));
    let with = |id: &str| changed("level-in-the-alert-id", "/alertId", json!(id));
    assert_eq!(with("AAAA_remind").severity, Severity::Info);
    assert_eq!(with("AAAA_Warn").severity, Severity::Warning);
    assert_ne!(with("AAAA_Warn").event_id, event.event_id, "a rise is another event");
    for id in ["AAAA_bbbb", "Serious", "AAAA_"] {
        assert_eq!((with(id).severity, with(id).severity_raw), (Severity::Warning, String::new()), "{id}");
    }
}

#[test]
fn a_link_that_leads_elsewhere_than_it_seems_is_not_kept() {
    assert_eq!(event_of("link-that-leads-elsewhere").url, None);
}
