//! The questions, one part of a deployment after the other, and what their answers mean.

use std::collections::BTreeMap;
use std::time::Duration;

use intake::WEBHOOKS;
use serde_json::Value;

use super::super::secrets::known::{OPTIONAL, names};
use super::account::{Account, AskError};
use super::finding::{Fault, Finding, Part, fault};
use super::verdict::{table_itself, the_alarms, the_function, the_mapping, the_schedules, the_subscription};
use crate::command::secret;

/// The functions that are no webhook, by what follows the stack's name in theirs.
const OTHER_FUNCTIONS: [&str; 4] = ["site24x7-poller", "source-keeper", "notifier", "alerts-api"];
/// How long an address may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at every part of `stack`.
pub(super) async fn inspect(account: &Account, stack: &str) -> Result<Vec<Finding>, AskError> {
    let described = account.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]).await?;
    let described = &described["Stacks"][0];
    let outputs = by_name(&described["Outputs"], "OutputKey", "OutputValue");
    let output = |name: &str| outputs.get(name).cloned().unwrap_or_default();
    let mut findings = vec![the_stack(stack, described)];
    let webhooks = WEBHOOKS.iter().map(|source| format!("{source}-webhook"));
    for function in webhooks.chain(OTHER_FUNCTIONS.map(str::to_owned)) {
        let name = format!("{stack}-{function}");
        let asked = account.ask(&["lambda", "get-function-configuration", "--function-name", &name]).await;
        findings.push(answered(format!("function {function}"), asked, the_function));
    }
    for name in names().into_iter().filter(|name| !OPTIONAL.contains(name)) {
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
    for source in WEBHOOKS {
        let name = address_output(source.as_str());
        // Without a credential: refused by a function that could read its secret.
        findings.push(the_address(&name, &output(&name), &[401, 503]).await);
    }
    findings.push(the_address("ApiUrl", &format!("{}-/ready", output("ApiUrl")), &[200]).await);
    Ok(findings)
}

/// The output with the address of the webhook of `source`, such as `NetdataUrl`.
fn address_output(source: &str) -> String {
    let (first, rest) = source.split_at(1);
    format!("{}{rest}Url", first.to_uppercase())
}

/// The members of a list of name and value.
fn by_name(list: &Value, name: &str, value: &str) -> BTreeMap<String, String> {
    let entries = list.as_array().into_iter().flatten();
    let entry = |entry: &Value| Some((entry[name].as_str()?.to_owned(), entry[value].as_str()?.to_owned()));
    entries.filter_map(entry).collect()
}

fn answered(part: Part, asked: Result<Value, AskError>, judge: fn(&Value) -> Option<Fault>) -> Finding {
    match asked {
        Ok(answer) => Finding::of(part, judge(&answer)),
        Err(error) => {
            Finding::bad(part, error.to_string(), "deploy again with `sam deploy`, or look at what aws says")
        }
    }
}

fn the_stack(stack: &str, described: &Value) -> Finding {
    let status = described["StackStatus"].as_str().unwrap_or("unknown");
    let is_fine = ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status);
    let remedy = "read its events with `aws cloudformation describe-stack-events`, and deploy again";
    let fault = (!is_fine).then(|| fault(format!("its status is `{status}`"), remedy));
    Finding::of(format!("stack {stack}"), fault)
}

fn the_secret(name: &str, answer: Option<&Value>) -> Finding {
    let part = format!("secret {name}");
    let remedy = format!("set it with `campanile secret set {name}`, or leave it where you do not use it");
    let Some(text) = answer.and_then(|answer| answer["SecretString"].as_str()) else {
        return Finding::bad(part, "it has no value that can be read", remedy);
    };
    let mistake = secret::mistake(name, text).map(|mistake| fault(mistake, remedy));
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
        (attribute != "expires_at").then(|| fault("items do not expire", remedy))
    }));
    let asked = account.ask(&["dynamodb", "describe-continuous-backups", "--table-name", name]).await;
    findings.push(answered("table's recovery".to_owned(), asked, |backups| {
        let recovery = &backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
        let is_on = recovery["PointInTimeRecoveryStatus"] == "ENABLED";
        let remedy = "turn it on with `aws dynamodb update-continuous-backups`";
        (!is_on).then(|| fault("it cannot be put back to a point in time", remedy))
    }));
    let stream = stream.unwrap_or_default();
    let asked = account.ask(&["lambda", "list-event-source-mappings", "--event-source-arn", &stream]).await;
    findings.push(answered("stream mapping".to_owned(), asked, the_mapping));
    findings
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
    fn a_stack_and_its_secrets_are_judged_by_what_aws_says_of_them() {
        assert!(!the_secret("kazoo", None).is_fine());
        assert!(!the_secret("kazoo", Some(&json!({ "SecretString": "{}" }))).is_fine());
        assert!(!the_stack("campanile", &json!({ "StackStatus": "ROLLBACK_COMPLETE" })).is_fine());
        let token = json!({ "SecretString": r#"{"tokens": ["t"]}"# });
        assert!(the_secret("kazoo", Some(&token)).is_fine());
        assert!(the_stack("campanile", &json!({ "StackStatus": "UPDATE_COMPLETE" })).is_fine());
    }
}
