//! Which bodies are one event, and which are one alert.

use super::*;

#[test]
fn a_resend_and_another_way_of_writing_it_are_the_same_event() {
    for group in [
        &[
            "metric-firing",
            "resend-with-a-new-session",
            "status-as-a-number",
            "recover-time-as-a-number",
            "recover-time-empty",
            "recover-time-null",
            "recover-time-absent",
            "duration-absent",
            "duration-negative",
            "duration-absurd",
            "exact-numbers",
            "byte-order-mark",
            "policy-with-tags",
            "metric-with-a-link-that-is-none",
            "metric-with-the-word-none-for-values",
        ][..],
        &["repeat-after-a-day", "repeat-with-every-number-as-a-number", "repeat-with-every-number-as-text"],
        &["recovery", "recovery-with-its-end-in-seconds"],
        &["network-metric-with-account", "keys-in-another-case", "account-as-a-number"],
        &["metric-of-a-global-product", "times-inside-the-policy"],
        &["event-ping-unreachable", "event-of-an-unknown-type"],
        &[
            "template-recovery",
            "template-recovery-in-chinese",
            "template-with-formatted-variables",
            "template-with-epoch-seconds",
        ],
        &["cloudevent-ping-unreachable", "cloudevent-with-timer"],
    ] {
        let first = event_of(group[0]);
        for other in &group[1..] {
            let event = event_of(other);
            assert_eq!(event.fingerprint, first.fingerprint, "{other}");
            assert_eq!(event.event_id, first.event_id, "{other}");
            assert_eq!(event.occurred_at, first.occurred_at, "{other}");
        }
    }
}

#[test]
fn a_repeat_a_recovery_and_another_level_are_other_events_of_the_same_alert() {
    for group in [
        &[
            "metric-firing",
            "repeat-after-a-day",
            "recovery",
            "metric-of-level-serious",
            "recovery-without-its-end",
        ][..],
        &["metric-firing", "metric-with-an-unknown-status", "metric-without-a-status"],
        &["event-ping-unreachable", "event-recovery"],
        &["event-from-eventbridge", "event-without-a-state"],
        &["template-recovery", "template-recovery-of-a-level"],
        &["template-firing", "template-with-a-duration-only", "template-without-its-first-time"],
        &["cloudevent-ping-unreachable", "cloudevent-recovery", "cloudevent-error-without-a-state"],
    ] {
        for (position, one) in group.iter().enumerate() {
            for other in &group[position + 1..] {
                let (event, next) = (event_of(one), event_of(other));
                assert_eq!(event.fingerprint, next.fingerprint, "{one}, {other}");
                assert_ne!(event.event_id, next.event_id, "{one}, {other}");
            }
        }
    }
}

#[test]
fn changed_names_and_values_leave_the_alert_the_same() {
    let known = event_of("metric-firing").fingerprint;
    for (path, value) in [
        ("/alarmPolicyInfo/policyName", json!("renamed")),
        ("/alarmPolicyInfo/conditions/calcValue", json!("80")),
        ("/alarmPolicyInfo/conditions/currentValue", json!("81")),
        ("/alarmObjInfo/dimensions/deviceName", json!("web-renamed")),
        ("/alarmObjInfo/dimensions/objName", json!("10.0.0.99#1000001")),
        ("/alarmObjInfo/region", json!("HK")),
        ("/firstOccurTime", json!("2022-05-05 04:37:00")),
    ] {
        assert_eq!(changed("metric-firing", path, value).fingerprint, known, "{path}");
    }
}

#[test]
fn another_policy_metric_region_or_dimension_is_another_alert() {
    let known = event_of("metric-firing").fingerprint;
    for (path, value) in [
        ("/alarmPolicyInfo/policyId", json!("policy-other")),
        ("/alarmPolicyInfo/conditions/metricName", json!("cpu_usage")),
        ("/alarmObjInfo/region", json!("gz")),
        ("/alarmObjInfo/namespace", json!("qce/lb")),
        ("/alarmObjInfo/dimensions/objId", json!("another")),
        ("/alarmObjInfo/dimensions/unInstanceId", json!("ins-other")),
    ] {
        assert_ne!(changed("metric-firing", path, value).fingerprint, known, "{path}");
    }
}

#[test]
fn a_new_first_time_is_a_new_event_and_a_new_episode() {
    let next = changed("metric-firing", "/firstOccurTime", json!("2021-06-05 04:37:00"));
    let first = event_of("metric-firing");
    assert_ne!(next.event_id, first.event_id);
    assert_ne!(next.episode, first.episode);
}

#[test]
fn a_recovery_event_wins_over_its_firing_in_either_order() {
    let (firing, recovery) = (event_of("event-ping-unreachable"), event_of("event-recovery"));
    assert_eq!(firing.occurred_at, recovery.occurred_at);
    for order in [[&firing, &recovery], [&recovery, &firing]] {
        let received_at = RECEIVED_AT.parse::<Timestamp>().unwrap();
        let alert = order.into_iter().fold(None, |alert, event| fold(alert, event, received_at).alert);
        assert_eq!(alert.unwrap().condition, alert::Condition::Resolved);
    }
}
