//! Alarms and the dashboard watch metrics that somebody counts: one of a wrong name, or with a dimension more or less,
//! would stay silent for ever.

use std::collections::BTreeSet;
use std::time::Duration;

use intake::Measure;
use serde_json::Value;
use tests::cloud::Fault;
use tests::{Alarm, Call, Deployment, NETDATA_TOKEN, Receiver, secrets};

use super::document::{functions, resources};
use super::expression::Query;

/// What the notifier counts, beside the measures of the pipeline: how notifications ended, at each tick the
/// destinations that are suspended, and for how long the oldest notification of a destination has been waiting.
const OF_THE_NOTIFIER: [&str; 5] = [
    "NotificationsSent",
    "NotificationsFailed",
    "NotificationsDeadLettered",
    "DestinationsSuspended",
    "OldestPendingSeconds",
];
/// What every function behind the gateway counts.
const OF_THE_GATEWAY: &str = "ResponsesFailed";

/// A metric of ours: its name and the names of its dimensions, sorted.
type Metric = (String, Vec<String>);

/// What a log in the embedded metric format holds.
fn metrics(log: &str) -> BTreeSet<Metric> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let metrics = lines.map(|line| line["_aws"]["CloudWatchMetrics"][0].clone());
    let metrics = metrics.filter(|metric| metric["Namespace"] == "Campanile");
    let name = |value: &Value| value.as_str().unwrap().to_owned();
    metrics
        .map(|metric| {
            let mut dimensions: Vec<_> =
                metric["Dimensions"][0].as_array().unwrap().iter().map(name).collect();
            dimensions.sort();
            (name(&metric["Metrics"][0]["Name"]), dimensions)
        })
        .collect()
}

/// What the webhook of Netdata counts when everything befalls it that can.
async fn counted() -> BTreeSet<Metric> {
    let secrets = secrets();
    let deployment = Deployment::with(&secrets, |setup| setup.timeout(Duration::from_secs(4))).await;
    let post = |body: String| Call::post("/netdata", body).bearer(NETDATA_TOKEN);
    for (call, status) in [
        (Call::post("/netdata", "{}"), 401),
        (Call::new("DELETE", "/netdata"), 405),
        (post("{".to_owned()), 422),
        (post(Alarm::raised(0).body()), 200),
        (post(Alarm::raised(0).body()), 200),
    ] {
        assert_eq!(deployment.answer(&call).await.status, status);
    }
    deployment.cloud().fail(|operation| {
        (operation == "TransactWriteItems").then_some(Fault::Refused("InternalServerError"))
    });
    assert_eq!(deployment.answer(&post(Alarm::raised(1).body())).await.status, 503);
    metrics(&deployment.stop().await)
}

/// What alarms ask for by query.
fn queried() -> Vec<Query> {
    let alarms = resources("AWS::CloudWatch::Alarm").into_iter();
    let expressions = alarms.flat_map(|(_, alarm)| {
        let metrics = alarm["Properties"]["Metrics"].as_array().cloned().unwrap_or_default();
        metrics.into_iter().filter_map(|metric| Some(metric["Expression"]["Fn::Sub"].as_str()?.to_owned()))
    });
    expressions.filter_map(|expression| Query::read(&expression)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_alarms_ask_for_is_counted_with_these_dimensions_by_the_function_itself() {
    let counted = counted().await;
    for measure in Measure::ALL.map(Measure::as_str) {
        assert!(counted.iter().any(|(name, _)| name == measure), "`{measure}` was not counted");
    }
    let queried = queried();
    assert_eq!(queried.len(), 8);
    for Query { metric, dimensions, .. } in queried {
        if OF_THE_NOTIFIER.contains(&metric.as_str()) {
            continue;
        }
        assert!(
            counted.contains(&(metric.clone(), dimensions.clone())),
            "nobody counts `{metric}` by {dimensions:?}"
        );
    }
}

#[test]
fn what_is_watched_of_one_function_is_counted_with_these_dimensions() {
    let measures = Measure::ALL.map(Measure::as_str);
    for (id, alarm) in resources("AWS::CloudWatch::Alarm") {
        for metric in alarm["Properties"]["Metrics"].as_array().into_iter().flatten() {
            let metric = &metric["MetricStat"]["Metric"];
            if metric["Namespace"] == "Campanile" {
                assert!(measures.contains(&metric["MetricName"].as_str().unwrap()), "{id}");
                let dimensions = metric["Dimensions"].as_array().unwrap().iter();
                let mut names: Vec<_> =
                    dimensions.map(|dimension| dimension["Name"].as_str().unwrap()).collect();
                names.sort_unstable();
                assert_eq!(names, ["function", "source", "stack"], "{id}");
            }
        }
    }
}

#[test]
fn the_dashboard_searches_for_metrics_that_somebody_counts() {
    let [(_, dashboard)] = resources("AWS::CloudWatch::Dashboard").try_into().unwrap();
    let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"][0].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let counted: BTreeSet<_> = Measure::ALL
        .map(Measure::as_str)
        .into_iter()
        .chain(OF_THE_NOTIFIER)
        .chain([OF_THE_GATEWAY])
        .collect();
    let mut shown = BTreeSet::new();
    for widget in body["widgets"].as_array().unwrap() {
        for metric in widget["properties"]["metrics"].as_array().unwrap() {
            let Some(search) = metric[0]["expression"].as_str().filter(|text| text.contains("{Campanile,"))
            else {
                continue;
            };
            let names =
                search.split("MetricName=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
            shown.extend(names);
        }
    }
    assert!(shown.contains("EventsRecorded"));
    for name in shown {
        assert!(counted.contains(name.as_str()), "nobody counts `{name}`");
    }
}

#[test]
fn every_function_has_an_alarm_for_its_errors_its_throttles_and_its_deadline() {
    let alarms: BTreeSet<_> = resources("AWS::CloudWatch::Alarm")
        .into_iter()
        .map(|(_, alarm)| alarm["Properties"]["AlarmName"]["Fn::Sub"].as_str().unwrap().to_owned())
        .collect();
    for (function, properties) in functions() {
        for what in ["errors", "throttles", "duration"] {
            let name = format!("${{AWS::StackName}}-{function}-{what}");
            assert!(alarms.contains(&name), "{name}");
        }
        let guard = properties["DeploymentPreference"]["Alarms"][0]["Ref"].as_str().unwrap().to_owned();
        assert!(guard.ends_with("ErrorsAlarm"), "{function}: nothing stops a bad version");
    }
}

#[test]
fn every_alarm_is_explained_in_the_manual_and_in_its_table_and_notifies_the_topic() {
    let manual = std::fs::read_to_string(super::document::root().join("docs/operations.md")).unwrap();
    let alarms = resources("AWS::CloudWatch::Alarm");
    assert!(!alarms.is_empty());
    for (id, alarm) in alarms {
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "AlarmTopic", "{id}");
        assert_eq!(alarm["OKActions"][0]["Ref"], "AlarmTopic", "{id}");
        let (_, section) = alarm["AlarmDescription"].as_str().unwrap().split_once('#').unwrap();
        assert!(manual.contains(&format!("### {section}\n")), "{id} has no section `{section}`");
        assert!(manual.contains(&format!("](#{section}) |")), "{id} has no line in the table");
    }
}
