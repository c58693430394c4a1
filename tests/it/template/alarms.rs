//! Which alarm goes off when a part dies: the alarms of the template, evaluated over recorded metrics.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::resources;
use super::expression::{Query, compute};

/// How many periods of five minutes are looked at: as many as any of these alarms waits for, and one to spare.
const PERIODS: usize = 4;

/// One metric over time: where it is found, and a datapoint or none for each period.
#[derive(Debug, Clone)]
struct Series {
    namespace: &'static str,
    name: &'static str,
    /// As the template writes them, such as `{"Ref": "Notifier"}`; of ours as they are.
    dimensions: BTreeMap<&'static str, String>,
    datapoints: [Option<f64>; PERIODS],
}

fn series(
    namespace: &'static str,
    name: &'static str,
    dimensions: &[(&'static str, &str)],
    datapoints: [Option<f64>; PERIODS],
) -> Series {
    let dimensions = dimensions.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Series { namespace, name, dimensions, datapoints }
}

/// A stack in which everything works: the notifier ticks, the schedules call, the table changes, the stream is read.
fn healthy() -> Vec<Series> {
    let always = |value| [Some(value); PERIODS];
    vec![
        series("AWS/Lambda", "Invocations", &[("FunctionName", "Notifier")], always(6.0)),
        series("AWS/Lambda", "Errors", &[("FunctionName", "Notifier")], always(0.0)),
        series("AWS/Lambda", "Duration", &[("FunctionName", "Notifier")], always(900.0)),
        series("AWS/Scheduler", "InvocationAttemptCount", &[("ScheduleGroup", "Schedules")], always(7.0)),
        series("AWS/DynamoDB", "ConsumedWriteCapacityUnits", &[("TableName", "table")], always(60.0)),
        series(
            "AWS/Lambda",
            "PolledEventCount",
            &[("EventSourceMappingUUID", "NotifierStream")],
            always(20.0),
        ),
        ours("CanaryRoundTripSeconds", &[("function", "AlertsApi")], always(3.0)),
        ours("NotificationsSent", &[("function", "notifier"), ("destination", "chat")], always(3.0)),
        ours("DestinationsSuspended", &[("function", "notifier")], always(0.0)),
        ours("OldestPendingSeconds", &[("function", "notifier"), ("destination", "chat")], always(2.0)),
        ours("EventsRecorded", &[("function", "netdata-webhook"), ("source", "netdata")], always(3.0)),
        ours("RequestsUnauthorized", &[("function", "netdata-webhook"), ("source", "netdata")], always(1.0)),
    ]
}

fn ours(
    name: &'static str,
    dimensions: &[(&'static str, &str)],
    datapoints: [Option<f64>; PERIODS],
) -> Series {
    let dimensions: Vec<_> = dimensions.iter().copied().chain([("stack", "AWS::StackName")]).collect();
    series("Campanile", name, &dimensions, datapoints)
}

/// `healthy` without the metric `name`.
fn without(name: &str) -> Vec<Series> {
    let mut all = healthy();
    all.retain(|series| series.name != name);
    all
}

/// What stands behind a dimension's value in the template, in a word.
fn word(value: &Value) -> String {
    let reference = value["Ref"].as_str().or_else(|| value["Fn::GetAtt"].as_str());
    reference.map_or_else(|| "table".to_owned(), |name| name.split('.').next().unwrap().to_owned())
}

/// The datapoints of one metric of an alarm in period `at`.
fn datapoint(metric: &Value, recorded: &[Series], at: usize) -> Option<f64> {
    let dimensions = metric["Dimensions"].as_array().unwrap().iter();
    let dimensions: BTreeMap<_, _> = dimensions
        .map(|dimension| (dimension["Name"].as_str().unwrap(), word(&dimension["Value"])))
        .collect();
    let found = recorded.iter().find(|series| {
        metric["Namespace"] == series.namespace
            && metric["MetricName"] == series.name
            && dimensions == series.dimensions
    });
    found.and_then(|series| series.datapoints[at])
}

/// The worst series that a query yields in period `at`.
fn answer(query: &Query, recorded: &[Series], at: usize) -> Option<f64> {
    let mut groups = BTreeMap::<String, f64>::new();
    for series in
        recorded.iter().filter(|series| series.namespace == "Campanile" && series.name == query.metric)
    {
        let names: Vec<_> = series.dimensions.keys().map(|name| (*name).to_owned()).collect();
        let Some(value) = series.datapoints[at].filter(|_| names == query.dimensions) else { continue };
        let group =
            query.group.as_ref().map(|group| series.dimensions[group.as_str()].clone()).unwrap_or_default();
        let sum = groups.entry(group).or_default();
        *sum = if query.function == "SUM" { *sum + value } else { sum.max(value) };
    }
    groups.into_values().reduce(f64::max)
}

/// What `alarm` compares with its threshold in period `at`.
fn value(alarm: &Value, recorded: &[Series], at: usize) -> Option<f64> {
    let Some(metrics) = alarm["Metrics"].as_array() else {
        return datapoint(alarm, recorded, at);
    };
    let expression = &metrics[0]["Expression"];
    let expression = expression.as_str().or_else(|| expression["Fn::Sub"].as_str()).unwrap();
    if let Some(query) = Query::read(expression) {
        return answer(&query, recorded, at);
    }
    let parts = metrics.iter().skip(1).map(|metric| {
        let id = metric["Id"].as_str().unwrap().to_owned();
        (id, datapoint(&metric["MetricStat"]["Metric"], recorded, at))
    });
    // Deadlines are parameters; two minutes are the notifier's.
    let deadline = ["Webhook", "Poller", "Keeper", "Notifier"].map(|name| format!("${{{name}TimeoutSecs}}"));
    let expression = deadline.iter().fold(expression.to_owned(), |text, name| text.replace(name, "120"));
    compute(&expression, &parts.collect())
}

fn breaches(alarm: &Value, value: Option<f64>) -> bool {
    let threshold = alarm["Threshold"].as_f64().unwrap();
    match (value, alarm["ComparisonOperator"].as_str().unwrap()) {
        (None, _) => alarm["TreatMissingData"] == "breaching",
        (Some(value), "GreaterThanThreshold") => value > threshold,
        (Some(value), "LessThanThreshold") => value < threshold,
        (_, other) => panic!("`{other}` is not known here"),
    }
}

/// The alarms that are on at the end, by name; those of a condition are not part of a stack of defaults.
fn raised(recorded: &[Series]) -> BTreeSet<String> {
    let alarms = resources("AWS::CloudWatch::Alarm").into_iter();
    let alarms = alarms
        .filter(|(_, alarm)| alarm["Condition"].is_null())
        .map(|(_, alarm)| alarm["Properties"].clone());
    let raised = alarms.filter(|alarm| {
        let periods = usize::try_from(alarm["EvaluationPeriods"].as_u64().unwrap()).unwrap();
        (PERIODS - periods..PERIODS).all(|at| breaches(alarm, value(alarm, recorded, at)))
    });
    let name =
        |alarm: Value| alarm["AlarmName"]["Fn::Sub"].as_str().unwrap().replace("${AWS::StackName}-", "");
    raised.map(name).collect()
}

fn only(name: &str) -> BTreeSet<String> {
    [name.to_owned()].into()
}

/// `recorded` without the canary, which is the first thing not to come back where a part of its way is dead.
fn without_canary(mut recorded: Vec<Series>) -> Vec<Series> {
    recorded.retain(|series| series.name != "CanaryRoundTripSeconds");
    recorded
}

#[test]
fn nothing_goes_off_while_everything_works() {
    assert_eq!(raised(&healthy()), BTreeSet::new());
}

#[test]
fn a_notifier_that_does_not_run_raises_an_alarm_within_five_minutes() {
    let mut recorded = without("Invocations");
    assert_eq!(raised(&recorded), only("notifier-stopped"));
    let last_period = [Some(6.0), Some(6.0), Some(6.0), None];
    recorded.push(series("AWS/Lambda", "Invocations", &[("FunctionName", "Notifier")], last_period));
    assert_eq!(raised(&recorded), only("notifier-stopped"));
}

#[test]
fn schedules_that_do_not_run_raise_an_alarm_though_the_stream_still_wakes_the_notifier() {
    assert_eq!(raised(&without("InvocationAttemptCount")), only("schedules-stopped"));
}

#[test]
fn a_stream_that_is_not_read_raises_an_alarm_within_a_quarter_of_an_hour() {
    let mut recorded = without("PolledEventCount");
    assert_eq!(raised(&recorded), only("stream-stopped"));
    // A table that does not change hands nothing on, and that is no fault.
    recorded.retain(|series| series.name != "ConsumedWriteCapacityUnits");
    assert_eq!(raised(&recorded), BTreeSet::new());
}

#[test]
fn a_canary_that_does_not_come_back_or_comes_late_raises_an_alarm_within_a_quarter_of_an_hour() {
    assert_eq!(raised(&without_canary(healthy())), only("canary"));
    for (last, alarms) in [
        ([Some(3.0), Some(130.0), Some(400.0), None], only("canary")),
        // One that is late is not two.
        ([Some(3.0), Some(3.0), Some(400.0), None], BTreeSet::new()),
    ] {
        let mut recorded = without_canary(healthy());
        recorded.push(ours("CanaryRoundTripSeconds", &[("function", "AlertsApi")], last));
        assert_eq!(raised(&recorded), alarms);
    }
    let dead = ["canary", "stream-stopped"].map(str::to_owned).into();
    assert_eq!(raised(&without_canary(without("PolledEventCount"))), dead);
}

#[test]
fn a_destination_that_takes_nothing_raises_an_alarm_though_the_others_do() {
    let waiting = [Some(100.0), Some(400.0), Some(700.0), Some(1000.0)];
    let mut recorded = healthy();
    recorded.push(ours(
        "OldestPendingSeconds",
        &[("function", "notifier"), ("destination", "pager")],
        waiting,
    ));
    assert_eq!(raised(&recorded), only("failing-destination"));
    let mut recorded = without("DestinationsSuspended");
    recorded.push(ours("DestinationsSuspended", &[("function", "notifier")], [Some(1.0); PERIODS]));
    assert_eq!(raised(&recorded), only("suspended"));
}

#[test]
fn attempts_that_fail_again_and_again_at_one_destination_raise_an_alarm() {
    let of = |destination, failed| {
        let dimensions = [("function", "notifier"), ("destination", destination)];
        ours("NotificationsFailed", &dimensions, [None, None, None, Some(failed)])
    };
    let mut recorded = healthy();
    recorded.extend([of("chat", 2.0), of("pager", 2.0)]);
    assert_eq!(raised(&recorded), BTreeSet::new(), "two of one and two of another are not four of one");
    recorded.push(of("mail", 3.0));
    assert_eq!(raised(&recorded), only("notifications-failed"));
}

#[test]
fn a_dead_lettered_notification_and_a_mistake_in_the_destinations_raise_alarms_at_once() {
    let last = [None, None, None, Some(1.0)];
    for (name, dimensions, alarm) in [
        (
            "NotificationsDeadLettered",
            &[("function", "notifier"), ("destination", "chat")][..],
            "dead-lettered",
        ),
        ("DestinationsMisconfigured", &[("function", "notifier")], "misconfigured"),
    ] {
        let mut recorded = healthy();
        recorded.push(ours(name, dimensions, last));
        assert_eq!(raised(&recorded), only(alarm));
    }
}

#[test]
fn a_secret_that_cannot_be_used_raises_an_alarm_with_the_first_request() {
    let webhook = [("function", "kazoo-webhook"), ("source", "kazoo")];
    let last = [None, None, None, Some(1.0)];
    let mut recorded = healthy();
    recorded.push(ours("RequestsFailed", &webhook, last));
    recorded.push(ours("ResponsesFailed", &[("function", "kazoo-webhook")], last));
    assert_eq!(raised(&recorded), ["failed", "responses-failed"].map(str::to_owned).into());
}

#[test]
fn one_source_without_a_credential_is_not_lost_among_the_others() {
    let mut recorded = healthy();
    let kazoo = [("function", "kazoo-webhook"), ("source", "kazoo")];
    recorded.push(ours("RequestsUnauthorized", &kazoo, [None, None, None, Some(5.0)]));
    assert_eq!(raised(&recorded), BTreeSet::new(), "five of one and one of another are not six of one");
    recorded.push(ours("RequestsUnauthorized", &kazoo, [None, None, None, Some(1.0)]));
    assert_eq!(raised(&recorded), only("unauthorized"));
}

#[test]
fn an_invocation_that_takes_nearly_all_of_its_time_twice_raises_an_alarm() {
    let mut recorded = without("Duration");
    let slow = [Some(900.0), Some(900.0), Some(118_000.0), Some(119_000.0)];
    recorded.push(series("AWS/Lambda", "Duration", &[("FunctionName", "Notifier")], slow));
    assert_eq!(raised(&recorded), only("notifier-duration"));
}
