//! What the account's answers mean, part by part.

use aws::Configuration;
use serde_json::Value;

use super::finding::{Fault, fault};

pub(super) fn the_function(function: &Value) -> Option<Fault> {
    let state = function["State"].as_str().unwrap_or("Active");
    if state == "Failed" || function["LastUpdateStatus"] == "Failed" {
        let reason = function["LastUpdateStatusReason"].as_str().or(function["StateReason"].as_str());
        return Some(fault(reason.unwrap_or("Lambda cannot run it"), "deploy again with `sam deploy`"));
    }
    let variables = function["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
    let reading = Configuration::read(|name| variables.get(name)?.as_str().map(str::to_owned));
    let mistake = reading.mistakes.into_iter().next()?;
    Some(fault(mistake.to_string(), "correct the parameter in infra/parameters.yaml, and deploy again"))
}

pub(super) fn table_itself(answer: &Value) -> Option<Fault> {
    let table = &answer["Table"];
    if table["TableStatus"] != "ACTIVE" {
        return Some(fault(format!("its status is {}", table["TableStatus"]), "wait until it is ACTIVE"));
    }
    if table["StreamSpecification"]["StreamViewType"] != "NEW_AND_OLD_IMAGES" {
        return Some(fault(
            "its stream is off, so that nobody is notified",
            "see docs/deploy.md, restore the table",
        ));
    }
    let remedy = "protect it with `aws dynamodb update-table --deletion-protection-enabled`";
    (table["DeletionProtectionEnabled"] == false).then(|| fault("it can be deleted", remedy))
}

pub(super) fn the_mapping(answer: &Value) -> Option<Fault> {
    let mapping = &answer["EventSourceMappings"][0];
    match mapping["State"].as_str() {
        None => {
            Some(fault("the notifier does not read the table's stream", "deploy again with `sam deploy`"))
        }
        Some("Enabled" | "Enabling" | "Creating" | "Updating") => {
            let result = mapping["LastProcessingResult"].as_str().unwrap_or("OK");
            let is_fine = ["OK", "No records processed"].contains(&result);
            (!is_fine).then(|| fault(format!("Lambda says `{result}`"), "look into the log of the notifier"))
        }
        Some(state) => Some(fault(
            format!("it is `{state}`, so that nobody is notified"),
            "enable it with `aws lambda update-event-source-mapping --enabled`",
        )),
    }
}

pub(super) fn the_schedules(answer: &Value) -> Option<Fault> {
    let schedules = answer["Schedules"].as_array().cloned().unwrap_or_default();
    let disabled = schedules.iter().find(|schedule| schedule["State"] != "ENABLED");
    if let Some(schedule) = disabled {
        return Some(fault(
            format!("{} is disabled", schedule["Name"]),
            "enable it in EventBridge Scheduler",
        ));
    }
    (schedules.len() < 3).then(|| fault("some are missing", "deploy again with `sam deploy`"))
}

pub(super) fn the_subscription(answer: &Value) -> Option<Fault> {
    let subscriptions = answer["Subscriptions"].as_array().cloned().unwrap_or_default();
    if subscriptions.is_empty() {
        return Some(fault(
            "nobody gets alarms",
            "deploy with `AlarmEmail`, or subscribe somebody to the topic",
        ));
    }
    let waits =
        subscriptions.iter().all(|subscription| subscription["SubscriptionArn"] == "PendingConfirmation");
    waits.then(|| fault("it is not confirmed", "follow the link in the mail from AWS"))
}

pub(super) fn the_alarms(answer: &Value) -> Option<Fault> {
    let alarms = answer["MetricAlarms"].as_array().into_iter().flatten();
    let names: Vec<_> = alarms.filter_map(|alarm| alarm["AlarmName"].as_str()).collect();
    let remedy = "docs/operations.md says of each what it means and what to do";
    (!names.is_empty()).then(|| fault(format!("on: {}", names.join(", ")), remedy))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_that_is_not_as_it_should_be_is_named_with_its_remedy() {
        let bad = |judge: fn(&Value) -> Option<Fault>, answer: Value| judge(&answer).unwrap();
        let mistaken = json!({ "Environment": { "Variables": { "CAMPANILE_LOG": "warning" } } });
        assert!(bad(the_function, mistaken).what.starts_with("`CAMPANILE_LOG` is `warning`"));
        let failed = json!({ "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no such key" });
        assert_eq!(bad(the_function, failed).what, "no such key");
        for (judge, answer, says) in [
            (
                table_itself as fn(&Value) -> _,
                json!({ "Table": { "TableStatus": "CREATING" } }),
                "its status is",
            ),
            (table_itself, json!({ "Table": { "TableStatus": "ACTIVE" } }), "its stream is off"),
            (the_mapping, json!({ "EventSourceMappings": [] }), "the notifier does not read"),
            (the_mapping, json!({ "EventSourceMappings": [{ "State": "Disabled" }] }), "it is `Disabled`"),
            (
                the_schedules,
                json!({ "Schedules": [{ "Name": "a", "State": "DISABLED" }] }),
                "\"a\" is disabled",
            ),
            (
                the_schedules,
                json!({ "Schedules": [{ "Name": "a", "State": "ENABLED" }] }),
                "some are missing",
            ),
            (the_subscription, json!({ "Subscriptions": [] }), "nobody gets alarms"),
            (
                the_subscription,
                json!({ "Subscriptions": [{ "SubscriptionArn": "PendingConfirmation" }] }),
                "it is not confirmed",
            ),
            (
                the_alarms,
                json!({ "MetricAlarms": [{ "AlarmName": "campanile-failed" }] }),
                "on: campanile-failed",
            ),
        ] {
            let Fault { what, remedy } = bad(judge, answer);
            assert!(what.contains(says) && !remedy.is_empty(), "{what}");
        }
    }

    #[test]
    fn what_is_as_it_should_be_is_fine() {
        assert_eq!(the_function(&json!({ "State": "Active", "LastUpdateStatus": "Successful" })), None);
        assert_eq!(
            the_mapping(
                &json!({ "EventSourceMappings": [{ "State": "Enabled", "LastProcessingResult": "OK" }] })
            ),
            None
        );
        let schedules = json!({ "Schedules": [{ "Name": "a", "State": "ENABLED" }, { "Name": "b", "State": "ENABLED" }] });
        assert_eq!(the_schedules(&schedules), None);
        assert_eq!(
            the_subscription(&json!({ "Subscriptions": [{ "SubscriptionArn": "arn:aws:sns:…" }] })),
            None
        );
        assert_eq!(the_alarms(&json!({ "MetricAlarms": [] })), None);
    }
}
