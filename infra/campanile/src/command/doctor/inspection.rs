//! The questions, one part of a deployment after the other, and what their answers mean.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::Configuration;
use serde_json::{Map, Value};

use super::account::{Account, AskError};
use super::{Finding, Part};
use crate::command::secret;

/// The functions, by what follows the stack's name in theirs.
const FUNCTIONS: [&str; 7] = [
    "netdata-webhook",
    "kazoo-webhook",
    "tencent-webhook",
    "site24x7-webhook",
    "site24x7-poller",
    "notifier",
    "alerts-api",
];
/// Outputs with the address of a webhook.
const WEBHOOKS: [&str; 4] = ["NetdataUrl", "KazooUrl", "TencentUrl", "Site24x7Url"];
/// How long an address may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at every part of `stack`.
pub(super) async fn inspect(account: &Account, stack: &str) -> Result<Vec<Finding>, AskError> {
    let described = account.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]).await?;
    let described = &described["Stacks"][0];
    let outputs = by_name(&described["Outputs"], "OutputKey", "OutputValue");
    let output = |name: &str| outputs.get(name).cloned().unwrap_or_default();
    let mut findings = vec![the_stack(stack, described)];
    for function in FUNCTIONS {
        let name = format!("{stack}-{function}");
        let asked = account.ask(&["lambda", "get-function-configuration", "--function-name", &name]).await;
        findings.push(answered(format!("function {function}"), asked, the_function));
    }
    for name in secret::NAMES {
        let id = format!("{}/{name}", output("SecretNames"));
        let asked = account.ask(&["secretsmanager", "get-secret-value", "--secret-id", &id]).await;
        findings.push(the_secret(name, asked.ok().as_ref()));
    }
    findings.extend(the_table(account, &output("AlertTableName")).await);
    let asked = account.ask(&["scheduler", "list-schedules", "--group-name", stack]).await;
    findings.push(answered("schedules".to_owned(), asked, the_schedules));
    let topic = output("AlarmTopicArn");
    let asked = account.ask(&["sns", "list-subscriptions-by-topic", "--topic-arn", &topic]).await;
    findings.push(answered("alarm subscription".to_owned(), asked, the_subscription));
    let prefix = format!("{stack}-");
    let alarms = ["cloudwatch", "describe-alarms", "--alarm-name-prefix", &prefix, "--state-value", "ALARM"];
    findings.push(answered("alarms".to_owned(), account.ask(&alarms).await, the_alarms));
    for name in WEBHOOKS {
        // Without a credential: refused by a function that could read its secret.
        findings.push(the_address(name, &output(name), &[401, 503]).await);
    }
    findings.push(the_address("ApiUrl", &format!("{}-/ready", output("ApiUrl")), &[200]).await);
    Ok(findings)
}

/// The members of a list of name and value.
fn by_name(list: &Value, name: &str, value: &str) -> BTreeMap<String, String> {
    let entries = list.as_array().into_iter().flatten();
    let entry = |entry: &Value| Some((entry[name].as_str()?.to_owned(), entry[value].as_str()?.to_owned()));
    entries.filter_map(entry).collect()
}

fn answered(
    part: Part,
    asked: Result<Value, AskError>,
    judge: fn(&Value) -> Option<(String, String)>,
) -> Finding {
    match asked {
        Ok(answer) => Finding::of(part, judge(&answer)),
        Err(error) => {
            Finding::bad(part, error.to_string(), "deploy again with `sam deploy`, or look at what aws says")
        }
    }
}

fn fault(fault: impl Into<String>, remedy: impl Into<String>) -> Option<(String, String)> {
    Some((fault.into(), remedy.into()))
}

fn the_stack(stack: &str, described: &Value) -> Finding {
    let status = described["StackStatus"].as_str().unwrap_or("unknown");
    let is_fine = ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status);
    let remedy = "read its events with `aws cloudformation describe-stack-events`, and deploy again";
    let fault = (!is_fine).then(|| (format!("its status is `{status}`"), remedy.to_owned()));
    Finding::of(format!("stack {stack}"), fault)
}

fn the_function(function: &Value) -> Option<(String, String)> {
    let state = function["State"].as_str().unwrap_or("Active");
    if state == "Failed" || function["LastUpdateStatus"] == "Failed" {
        let reason = function["LastUpdateStatusReason"].as_str().or(function["StateReason"].as_str());
        return fault(reason.unwrap_or("Lambda cannot run it"), "deploy again with `sam deploy`");
    }
    let variables = function["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
    let reading = Configuration::read(|name| variables.get(name)?.as_str().map(str::to_owned));
    let mistake = reading.mistakes.into_iter().next()?;
    fault(mistake.to_string(), "correct the parameter in infra/parameters.yaml, and deploy again")
}

fn the_secret(name: &str, answer: Option<&Value>) -> Finding {
    let part = format!("secret {name}");
    let remedy = format!("set it with `campanile secret set {name}`, or leave it where you do not use it");
    let Some(text) = answer.and_then(|answer| answer["SecretString"].as_str()) else {
        return Finding::bad(part, "it has no value that can be read", remedy);
    };
    let mistake = secret::mistake(name, text).map(|mistake| (mistake, remedy));
    Finding::of(part, mistake)
}

async fn the_table(account: &Account, name: &str) -> Vec<Finding> {
    let part = format!("table {name}");
    let asked = account.ask(&["dynamodb", "describe-table", "--table-name", name]).await;
    let stream =
        asked.as_ref().ok().and_then(|table| table["Table"]["LatestStreamArn"].as_str().map(str::to_owned));
    let mut findings = vec![answered(part, asked, table_itself)];
    let asked = account.ask(&["dynamodb", "describe-time-to-live", "--table-name", name]).await;
    findings.push(answered("table's expiry".to_owned(), asked, |expiry| {
        let attribute = &expiry["TimeToLiveDescription"]["AttributeName"];
        let remedy = "turn it on with `aws dynamodb update-time-to-live`, attribute `expires_at`";
        (attribute != "expires_at").then(|| ("items do not expire".to_owned(), remedy.to_owned()))
    }));
    let asked = account.ask(&["dynamodb", "describe-continuous-backups", "--table-name", name]).await;
    findings.push(answered("table's recovery".to_owned(), asked, |backups| {
        let recovery = &backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
        let is_on = recovery["PointInTimeRecoveryStatus"] == "ENABLED";
        let remedy = "turn it on with `aws dynamodb update-continuous-backups`";
        (!is_on).then(|| ("it cannot be put back to a point in time".to_owned(), remedy.to_owned()))
    }));
    let stream = stream.unwrap_or_default();
    let asked = account.ask(&["lambda", "list-event-source-mappings", "--event-source-arn", &stream]).await;
    findings.push(answered("stream mapping".to_owned(), asked, the_mapping));
    findings
}

fn table_itself(answer: &Value) -> Option<(String, String)> {
    let table = &answer["Table"];
    if table["TableStatus"] != "ACTIVE" {
        return fault(format!("its status is {}", table["TableStatus"]), "wait until it is ACTIVE");
    }
    if table["StreamSpecification"]["StreamViewType"] != "NEW_AND_OLD_IMAGES" {
        return fault(
            "its stream is off, so that nobody is notified",
            "see docs/deploy.md, restore the table",
        );
    }
    let remedy = "protect it with `aws dynamodb update-table --deletion-protection-enabled`";
    (table["DeletionProtectionEnabled"] == false).then(|| ("it can be deleted".to_owned(), remedy.to_owned()))
}

fn the_mapping(answer: &Value) -> Option<(String, String)> {
    let mapping = &answer["EventSourceMappings"][0];
    match mapping["State"].as_str() {
        None => fault("the notifier does not read the table's stream", "deploy again with `sam deploy`"),
        Some("Enabled" | "Enabling" | "Creating" | "Updating") => {
            let result = mapping["LastProcessingResult"].as_str().unwrap_or("OK");
            let is_fine = ["OK", "No records processed"].contains(&result);
            (!is_fine)
                .then(|| (format!("Lambda says `{result}`"), "look into the log of the notifier".to_owned()))
        }
        Some(state) => fault(
            format!("it is `{state}`, so that nobody is notified"),
            "enable it with `aws lambda update-event-source-mapping --enabled`",
        ),
    }
}

fn the_schedules(answer: &Value) -> Option<(String, String)> {
    let schedules: Vec<&Map<String, Value>> =
        answer["Schedules"].as_array().into_iter().flatten().filter_map(Value::as_object).collect();
    let disabled = schedules.iter().find(|schedule| schedule["State"] != "ENABLED");
    if let Some(schedule) = disabled {
        return fault(format!("{} is disabled", schedule["Name"]), "enable it in EventBridge Scheduler");
    }
    (schedules.len() < 2)
        .then(|| ("some are missing".to_owned(), "deploy again with `sam deploy`".to_owned()))
}

fn the_subscription(answer: &Value) -> Option<(String, String)> {
    let subscriptions = answer["Subscriptions"].as_array().cloned().unwrap_or_default();
    if subscriptions.is_empty() {
        return fault("nobody gets alarms", "deploy with `AlarmEmail`, or subscribe somebody to the topic");
    }
    let waits =
        subscriptions.iter().all(|subscription| subscription["SubscriptionArn"] == "PendingConfirmation");
    waits.then(|| ("it is not confirmed".to_owned(), "follow the link in the mail from AWS".to_owned()))
}

fn the_alarms(answer: &Value) -> Option<(String, String)> {
    let alarms = answer["MetricAlarms"].as_array().into_iter().flatten();
    let names: Vec<_> = alarms.filter_map(|alarm| alarm["AlarmName"].as_str()).collect();
    let remedy = "docs/operations.md says of each what it means and what to do";
    (!names.is_empty()).then(|| (format!("on: {}", names.join(", ")), remedy.to_owned()))
}

/// Whether `url` answers with one of `statuses`.
async fn the_address(name: &str, url: &str, statuses: &[u16]) -> Finding {
    let part = format!("address {name}");
    let client = match reqwest::Client::builder().timeout(PATIENCE).build() {
        Ok(client) => client,
        Err(error) => return Finding::bad(part, intake::chain(&error), "report this"),
    };
    let request = if name == "ApiUrl" { client.get(url) } else { client.post(url) };
    match request.send().await {
        Ok(answer) if statuses.contains(&answer.status().as_u16()) => Finding::Fine(part),
        Ok(answer) => Finding::bad(
            part,
            format!("it answered {}", answer.status()),
            "look into the gateway's access log and the function's log",
        ),
        Err(error) => Finding::bad(
            part,
            intake::chain(&error.without_url()),
            "look whether the name resolves, and whether this machine may reach it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_that_is_not_as_it_should_be_is_named_with_its_remedy() {
        let bad = |judge: fn(&Value) -> Option<(String, String)>, answer: Value| judge(&answer).unwrap();
        let mistaken = json!({ "Environment": { "Variables": { "CAMPANILE_LOG": "warning" } } });
        assert!(bad(the_function, mistaken).0.starts_with("`CAMPANILE_LOG` is `warning`"));
        let failed = json!({ "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no such key" });
        assert_eq!(bad(the_function, failed).0, "no such key");
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
            let (fault, remedy) = bad(judge, answer);
            assert!(fault.contains(says) && !remedy.is_empty(), "{fault}");
        }
        assert!(!the_secret("kazoo", None).is_fine());
        assert!(!the_secret("kazoo", Some(&json!({ "SecretString": "{}" }))).is_fine());
        assert!(!the_stack("campanile", &json!({ "StackStatus": "ROLLBACK_COMPLETE" })).is_fine());
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
        let token = json!({ "SecretString": r#"{"tokens": ["t"]}"# });
        assert!(the_secret("kazoo", Some(&token)).is_fine());
        assert!(the_stack("campanile", &json!({ "StackStatus": "UPDATE_COMPLETE" })).is_fine());
    }
}
