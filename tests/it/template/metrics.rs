//! Alarms and the dashboard watch metrics that somebody counts: one of a wrong name would stay silent for ever.

use std::collections::BTreeSet;

use intake::Measure;
use serde_json::Value;

use super::document::resources;

/// What the notifier counts, beside the measures of the pipeline: how its messages ended, and at each tick the
/// destinations that are suspended.
const OF_THE_NOTIFIER: [&str; 4] = ["sent", "failed", "dead", "suspended"];

/// Every `{Namespace: Campanile, MetricName: …}` below `value`.
fn watched(value: &Value, found: &mut BTreeSet<String>) {
    if value["Namespace"] == "Campanile" {
        found.insert(value["MetricName"].as_str().unwrap().to_owned());
    }
    match value {
        Value::Object(members) => members.values().for_each(|member| watched(member, found)),
        Value::Array(elements) => elements.iter().for_each(|element| watched(element, found)),
        _ => {}
    }
}

/// The metrics of the dashboard: `["Campanile", "<name>", …]`.
fn shown(found: &mut BTreeSet<String>) {
    let [(_, dashboard)] = resources("AWS::CloudWatch::Dashboard").try_into().unwrap();
    let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let widgets = body["widgets"].as_array().unwrap().iter();
    let metrics = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap());
    let own = metrics.filter(|metric| metric[0] == "Campanile");
    found.extend(own.map(|metric| metric[1].as_str().unwrap().to_owned()));
}

#[test]
fn what_is_watched_is_counted() {
    let counted: BTreeSet<_> = Measure::ALL.map(Measure::as_str).into_iter().chain(OF_THE_NOTIFIER).collect();
    let mut watched_or_shown = BTreeSet::new();
    for (_, alarm) in resources("AWS::CloudWatch::Alarm") {
        watched(&alarm, &mut watched_or_shown);
    }
    shown(&mut watched_or_shown);
    assert!(watched_or_shown.contains("unauthorized"));
    for metric in watched_or_shown {
        assert!(counted.contains(metric.as_str()), "nobody counts `{metric}`");
    }
}

#[test]
fn every_alarm_is_explained_and_tells_the_topic() {
    let manual = std::fs::read_to_string(super::document::root().join("docs/operations.md")).unwrap();
    let alarms = resources("AWS::CloudWatch::Alarm");
    assert!(!alarms.is_empty());
    for (id, alarm) in alarms {
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "AlarmTopic", "{id}");
        let (_, section) = alarm["AlarmDescription"].as_str().unwrap().split_once('#').unwrap();
        assert!(manual.contains(&format!("### {section}\n")), "{id} has no section `{section}`");
    }
}
