//! Which fields an alert and an event are known by.

use super::*;

#[test]
fn a_metric_alarm_is_identified_by_policy_metric_place_and_lasting_dimensions() {
    let event = event_of("metric-firing");
    let fingerprint = Fingerprint::of([
        "tencent/1",
        "",
        "metric",
        "policy-bbbb2222",
        "disk_usage",
        "hk",
        "qce/cvm",
        "objId",
        "0c0ffee0-0000-4000-8000-000000000001",
        "unInstanceId",
        "ins-aaaa1111",
    ]);
    assert_eq!(event.fingerprint, fingerprint);
    assert_eq!(event.event_id, event_id(&event, ["2021-05-04T20:37:00Z", "1", "0", "", ""]));
}

#[test]
fn a_recovery_is_identified_by_its_end_too() {
    let event = event_of("recovery");
    let fields = ["2021-05-04T20:37:00Z", "0", "101340", "2021-05-06T00:46:00Z", ""];
    assert_eq!(event.event_id, event_id(&event, fields));
}

#[test]
fn an_account_and_a_namespace_are_part_of_a_metric_alarm() {
    let mut fields =
        vec!["tencent/1", "100000000001", "metric", "policy-bbbb2222", "disk_usage", "hk", "qce/lb"];
    fields.extend(["objId", "0c0ffee0-0000-4000-8000-000000000001", "unInstanceId", "ins-aaaa1111"]);
    assert_eq!(event_of("network-metric-with-account").fingerprint, Fingerprint::of(fields));
}

#[test]
fn an_event_is_identified_by_its_instance_alone() {
    let event = event_of("event-ping-unreachable");
    let place = ["hk", "", "unInstanceId", "ins-eeee5555"];
    let fields = ["tencent/1", "", "event", "host-events/cvm_device", "cvm/ping_unreachable"];
    assert_eq!(event.fingerprint, Fingerprint::of(fields.into_iter().chain(place)));
    assert_eq!(event.event_id, event_id(&event, ["2021-04-20T02:23:24Z", "1", "0", "", ""]));

    let fields = ["tencent/1", "", "event", "rule-name/", "cvm/guest_reboot"];
    let fingerprint = Fingerprint::of(fields.into_iter().chain(place));
    assert_eq!(event_of("event-from-eventbridge").fingerprint, fingerprint);
}

#[test]
fn an_event_without_an_instance_is_identified_by_what_lasts_then_details_then_names() {
    let fields = ["tencent/1", "", "event", "host-events/cvm_device", "cvm/ping_unreachable", "hk", ""];
    for (fixture, dimensions) in [
        ("event-with-other-dimensions", vec!["diskid", "disk-gggg7777", "port", "443"]),
        ("event-without-an-instance", vec!["deviceLanIp", "10.0.0.125", "uniqVpcId", "vpc-ffff6666"]),
        ("event-with-a-name-only", vec!["deviceName", "web-3"]),
    ] {
        let fingerprint = Fingerprint::of(fields.into_iter().chain(dimensions));
        assert_eq!(event_of(fixture).fingerprint, fingerprint, "{fixture}");
    }
}

#[test]
fn a_metric_alarm_without_lasting_dimensions_is_identified_by_name() {
    let fields = ["tencent/1", "", "metric", "policy-bbbb2222", "disk_usage", "hk", "qce/cvm"];
    let named = Fingerprint::of(fields.into_iter().chain(["objName", "10.0.0.7#1000001"]));
    assert_eq!(event_of("metric-with-a-name-only").fingerprint, named);

    let nested = ["node", r#"{"name":"n-1","zone":"a"}"#, "pods", r#"["p-2","p-1"]"#];
    let nested = Fingerprint::of(fields.into_iter().chain(nested));
    assert_eq!(event_of("metric-with-nested-dimensions").fingerprint, nested);
}

#[test]
fn several_conditions_are_identified_by_their_sorted_names() {
    let fields = ["tencent/1", "", "metric", "policy-bbbb2222", "cpu_usage,disk_usage", "hk", "qce/cvm"];
    let dimensions = ["objId", "0c0ffee0-0000-4000-8000-000000000001", "unInstanceId", "ins-aaaa1111"];
    let fingerprint = Fingerprint::of(fields.into_iter().chain(dimensions));
    assert_eq!(event_of("two-conditions").fingerprint, fingerprint);
}

#[test]
fn a_policy_without_an_id_is_identified_by_its_names() {
    let fields = ["tencent/1", "", "metric", "disk-full/cvm_device", "disk_usage", "hk", "qce/cvm"];
    let dimensions = ["objId", "0c0ffee0-0000-4000-8000-000000000001", "unInstanceId", "ins-aaaa1111"];
    let fingerprint = Fingerprint::of(fields.into_iter().chain(dimensions));
    assert_eq!(event_of("metric-with-a-policy-name-only").fingerprint, fingerprint);
}

#[test]
fn a_template_is_identified_by_policy_metric_and_object() {
    let object = "AppId:1250000000|ZoneId:zone-xxxx|domain:www.example.com";
    let event = event_of("template-recovery");
    let fields =
        ["tencent/1", "1250000000", "template", "policy-kkkk1111", "host_requests", "", "", "object"];
    assert_eq!(event.fingerprint, Fingerprint::of(fields.into_iter().chain([object])));
    let times = ["2026-08-09T04:00:00Z", "0", "2026-08-09T04:36:00Z", "2026-08-09T04:37:00Z", ""];
    assert_eq!(event.event_id, event_id(&event, times));

    let event = event_of("template-without-a-policy-id");
    let fields =
        ["tencent/1", "1250000000", "template", "host_requests/Site Acceleration-host", "host_requests"];
    let fields = fields.into_iter().chain(["ap-guangzhou", "", "object", object]);
    assert_eq!(event.fingerprint, Fingerprint::of(fields));
}

#[test]
fn a_template_without_trigger_time_distinguishes_repeats_by_duration() {
    let event = event_of("template-with-a-duration-only");
    assert_eq!(event.event_id, event_id(&event, ["2026-08-09T04:00:00Z", "1", "2160", "", "serious"]));
}

#[test]
fn a_cloudevent_is_identified_by_type_and_subject() {
    let event = event_of("cloudevent-ping-unreachable");
    let fields =
        ["tencent/1", "1250000000", "cloudevent", "", "cvm:ErrorEvent:ping_unreachable", "ap-guangzhou", ""];
    let fingerprint = Fingerprint::of(fields.into_iter().chain(["instanceId", "ins-kkkk0000"]));
    assert_eq!(event.fingerprint, fingerprint);
    assert_eq!(event.event_id, event_id(&event, ["2021-03-11T02:42:39.146Z", "1", "", "", ""]));

    let fingerprint = Fingerprint::of(fields.into_iter().chain(["ip", "10.0.0.125", "port", "443"]));
    assert_eq!(event_of("cloudevent-with-dimensions-only").fingerprint, fingerprint);
}

#[test]
fn a_number_is_the_text_it_came_as() {
    let sent = |app_id: &str, port: &str| {
        let body = r#"{"alarmStatus":1,"alarmObjInfo":{"appId":@APP,"dimensions":{"port":@PORT}},
            "alarmPolicyInfo":{"policyId":"p"},"firstOccurTime":"2021-05-05 04:37:00"}"#;
        only_event(body.replace("@APP", app_id).replace("@PORT", port))
    };
    let id = "1234567890123456789012345";
    let event = sent(id, "443");
    assert_eq!(event.account, id);
    assert_eq!(event.fingerprint, sent(&format!("\"{id}\""), "\"443\"").fingerprint);
    assert_eq!(sent("1", "1.50").fingerprint, sent("1", "\"1.50\"").fingerprint);
    assert_ne!(sent("1", "1.50").fingerprint, sent("1", "1.5").fingerprint);
}

fn event_id(event: &AlertEvent, fields: [&str; 5]) -> EventId {
    let fingerprint = event.fingerprint.to_string();
    EventId::of(["tencent-event/1", &fingerprint].into_iter().chain(fields))
}
