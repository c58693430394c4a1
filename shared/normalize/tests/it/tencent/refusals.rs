//! What is not understood, and what people read about it.

use super::*;

#[test]
fn each_body_that_is_not_understood_has_its_reason() {
    for (fixture, reason) in [
        ("comments-and-a-missing-comma", "not_json"),
        ("list-of-alarms", "not_json"),
        ("bare-text", "not_json"),
        ("cloudevent-of-another-source", "unknown_source"),
        ("neither-policy-nor-metric-nor-event", "no_identity"),
        ("metric-without-a-start", "no_time"),
        ("metric-whose-start-has-no-year", "no_time"),
        ("metric-whose-start-cannot-be", "no_time"),
        ("template-without-a-time", "no_time"),
        ("cloudevent-without-a-time", "no_time"),
        ("prometheus-webhook", "unknown_shape"),
        ("verification-probe", tencent::VERIFICATION_PROBE),
    ] {
        let refused = tencent::normalize(&inbound(&fixture_path(fixture)), &SourceConfiguration::default());
        assert_eq!(refused.unwrap_err().reason, reason, "{fixture}");
    }
}

#[test]
fn a_body_that_nests_without_end_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let refused = rejection_of(format!("{{\"a\":{}1{}}}", open.repeat(50_000), close.repeat(50_000)));
        assert_eq!(refused.reason, "not_json");
        assert!(refused.message.contains("nests deeper than 127 levels"), "{}", refused.message);
    }
}

#[test]
fn a_message_repeats_little_of_the_body() {
    let long = "é".repeat(5_000);
    let foreign = rejection_of(json!({"specversion": "1.0", "source": long}).to_string());
    let unknown = rejection_of(json!({ long.clone(): 1 }).to_string());
    let timeless = rejection_of(
        json!({"alarmStatus": 1, "alarmPolicyInfo": {"policyId": "p"}, "firstOccurTime": long}).to_string(),
    );
    for (refused, reason) in [(foreign, "unknown_source"), (unknown, "unknown_shape"), (timeless, "no_time")]
    {
        assert_eq!(refused.reason, reason);
        assert!(refused.message.chars().count() < 400, "{}", refused.message);
    }
}
