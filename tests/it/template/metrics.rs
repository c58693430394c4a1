//! Alarms and the dashboard watch metrics that somebody counts: one of a wrong name, or with a dimension more or less,
//! would stay silent for ever.

use std::collections::BTreeSet;
use std::time::Duration;

use channels::testing::destinations::StandIn;
use intake::Measure;
use serde_json::{Value, json};
use tests::cloud::Fault;
use tests::function::{Outcome, Setup};
use tests::{Alarm, Call, Deployment, Function, NETDATA_TOKEN, Receiver, secrets};

use super::document::{functions, list, resources, root};
use super::expression::Query;
use super::stream::{admits, patterns};

/// What the notifier counts of the destinations' settings, beside what the engine of notifications counts.
const MISCONFIGURED: &str = "DestinationsMisconfigured";
/// What every function behind the gateway counts.
const OF_THE_GATEWAY: &str = "ResponsesFailed";
/// What the API counts of a canary that is back; `tests/it/notifications/canary.rs` sees it counted.
const OF_THE_CANARY: &str = "CanaryRoundTripSeconds";

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

/// What the notifier counts when one destination takes everything, one refuses all, one refuses what it is sent, and one
/// is mistaken.
async fn counted_by_the_notifier() -> BTreeSet<Metric> {
    let stand_in = StandIn::start().await;
    let url = format!("{}/picky", stand_in.base);
    let picky =
        json!({ "id": "picky", "settings": { "url": url, "auth": "bearer", "token": "token-of-ours" } });
    let (taking, picky) =
        (stand_in.destination("webhook", &Value::Null), stand_in.destination("webhook", &picky));
    let suspended = stand_in.destination("pagerduty", &Value::Null);
    let mut secrets = secrets();
    secrets["campanile/destinations"] =
        json!({ "destinations": [taking, suspended, picky, { "id": "loft", "type": "pigeon" }] });
    stand_in.fail("pagerduty", 401);
    stand_in.fail("picky", 400);

    let deployment = Deployment::start(&secrets).await;
    let post = Call::post("/netdata", Alarm::raised(0).body()).bearer(NETDATA_TOKEN);
    assert_eq!(deployment.answer(&post).await.status, 200);
    let Some(table) = deployment.cloud().embedded_table() else { return BTreeSet::new() };
    let records =
        table.oldest_records("campanile", 100).await.unwrap().into_iter().map(|record| record.event);
    let patterns = patterns();
    let admitted: Vec<_> = records.filter(|record| admits(&patterns, record)).collect();

    let notifier = Function::start(Setup::new("notifier", deployment.cloud().url())).await;
    for event in [json!({ "Records": admitted }), json!({ "tick": "retry" }), json!({ "tick": "retry" })] {
        match notifier.run(&event).await {
            Outcome::Answered(_) => {}
            other => panic!("{other:?}\n{}", notifier.log()),
        }
    }
    metrics(&notifier.stop().await)
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
    let by_the_notifier = counted_by_the_notifier().await;
    for measure in dispatch::MEASURES.into_iter().chain([MISCONFIGURED]) {
        assert!(by_the_notifier.iter().any(|(name, _)| name == measure), "`{measure}` was not counted");
    }
    let counted: BTreeSet<_> = counted().await.into_iter().chain(by_the_notifier).collect();
    let queried = queried();
    assert_eq!(queried.len(), 9);
    for Query { metric, dimensions, .. } in queried {
        assert!(
            counted.contains(&(metric.clone(), dimensions.clone())),
            "nobody counts `{metric}` by {dimensions:?}"
        );
    }
}

/// The names of all that is counted.
fn all_names() -> BTreeSet<&'static str> {
    let measures = Measure::ALL.map(Measure::as_str).into_iter();
    measures.chain(dispatch::MEASURES).chain([MISCONFIGURED, OF_THE_GATEWAY, OF_THE_CANARY]).collect()
}

/// The names that the dashboard searches for.
fn searched() -> BTreeSet<String> {
    let [(_, dashboard)] = resources("AWS::CloudWatch::Dashboard").try_into().unwrap();
    let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"][0].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let metrics =
        list(&body["widgets"]).into_iter().flat_map(|widget| list(&widget["properties"]["metrics"]));
    let searches = metrics.filter_map(|metric| Some(metric[0]["expression"].as_str()?.to_owned()));
    let ours = searches.filter(|search| search.contains("{Campanile,"));
    let names = |search: String| {
        let names =
            search.split("MetricName=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    ours.flat_map(names).collect()
}

#[test]
fn the_dashboard_searches_for_metrics_that_somebody_counts() {
    let (counted, searched) = (all_names(), searched());
    assert!(searched.contains("EventsRecorded"));
    for name in searched {
        assert!(counted.contains(name.as_str()), "nobody counts `{name}`");
    }
}

#[test]
fn what_is_counted_is_watched_or_explained_in_the_manual() {
    let manual = std::fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let asked: BTreeSet<_> = queried().into_iter().map(|query| query.metric).chain(searched()).collect();
    for name in all_names() {
        assert!(asked.contains(name) || manual.contains(&format!("`{name}`")), "nobody looks at `{name}`");
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
    let manual = std::fs::read_to_string(root().join("docs/operations.md")).unwrap();
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
