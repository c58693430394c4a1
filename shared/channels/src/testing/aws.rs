//! Stands in for three services of AWS: takes an operation's input, and answers as whoever carries it has to.

use std::sync::Mutex;

use http::HeaderMap;
use net::HttpAnswer;
use serde_json::{Value, json};

/// Most bytes of a message with its attributes, and of an event.
const MOST_BYTES: usize = 262_144;
/// Headers that SES makes itself.
const OWN_HEADERS: [&str; 10] =
    ["from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "reply-to", "return-path"];

/// SNS, `EventBridge` and SES, with what they have taken.
#[derive(Debug, Default)]
pub struct AwsStandIn {
    taken: Mutex<Vec<Value>>,
}

impl AwsStandIn {
    /// The answer to an operation with `input`.
    pub fn answer(&self, service: &str, input: &Value) -> HttpAnswer {
        let refusal = match service {
            "sns" => refused_by_sns(input),
            "eventbridge" => return self.put_events(input),
            "ses" => refused_by_ses(input),
            "sns:GetTopicAttributes" => return looked_at(&input["TopicArn"]),
            "eventbridge:DescribeEventBus" => return looked_at(&input["Name"]),
            "ses:GetAccount" => return answer(200, &json!({ "SendingEnabled": true })),
            _ => Some(error("UnknownOperationException", "no such service")),
        };
        refusal.unwrap_or_else(|| {
            self.take(input);
            answer(200, &json!({ "MessageId": "11111111-2222-3333-4444-555555555555" }))
        })
    }

    /// What was taken, without what SNS dropped because it had the id already.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap().clone()
    }

    fn take(&self, input: &Value) {
        let mut taken = self.taken.lock().unwrap();
        let id = &input["MessageDeduplicationId"];
        if id.is_null() || taken.iter().all(|earlier| earlier["MessageDeduplicationId"] != *id) {
            taken.push(input.clone());
        }
    }

    fn put_events(&self, input: &Value) -> HttpAnswer {
        let entries = input["Entries"].as_array().cloned().unwrap_or_default();
        if entries.is_empty() || entries.len() > 10 || input.to_string().len() > 2 * MOST_BYTES {
            return error("ValidationException", "entries must be 1 to 10 and not too large");
        }
        let results: Vec<_> = entries.iter().map(event_result).collect();
        let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
        if failed == 0 {
            self.take(input);
        }
        answer(200, &json!({ "FailedEntryCount": failed, "Entries": results }))
    }
}

/// What is called `missing` is not there.
fn looked_at(name: &Value) -> HttpAnswer {
    match name.as_str() {
        Some(name) if !name.contains("missing") => answer(200, &json!({})),
        _ => error("NotFound", "no such resource"),
    }
}

fn event_result(entry: &Value) -> Value {
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let is_object = serde_json::from_str::<Value>(text("Detail")).is_ok_and(|detail| detail.is_object());
    let is_invalid = text("Source").is_empty()
        || !(1..=128).contains(&text("DetailType").len())
        || entry_bytes(entry) > MOST_BYTES
        || text("Time").parse::<jiff::Timestamp>().is_err();
    let code = match (is_object, text("Source").starts_with("aws."), is_invalid) {
        (false, ..) => "MalformedDetail",
        (_, true, _) => "NotAuthorizedForSourceException",
        (.., true) => "InvalidArgument",
        _ => return json!({ "EventId": "22222222-3333-4444-5555-666666666666" }),
    };
    json!({ "ErrorCode": code, "ErrorMessage": "refused" })
}

/// An entry's size as the service counts it.
fn entry_bytes(entry: &Value) -> usize {
    let texts = ["Source", "DetailType", "Detail"].map(|name| entry[name].as_str().map_or(0, str::len));
    let resources = entry["Resources"].as_array().cloned().unwrap_or_default();
    let resources: usize = resources.iter().filter_map(Value::as_str).map(str::len).sum();
    14 + texts.iter().sum::<usize>() + resources
}

fn refused_by_sns(input: &Value) -> Option<HttpAnswer> {
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    let invalid = |what: &str| Some(error("InvalidParameter", &format!("Invalid parameter: {what}")));
    let attributes = input["MessageAttributes"].as_object().cloned().unwrap_or_default();
    let values: Vec<_> = attributes.values().filter_map(|value| value["StringValue"].as_str()).collect();
    let subject = text("Subject");
    if !text("TopicArn").starts_with("arn:aws") {
        return Some(error("NotFound", "Topic does not exist"));
    }
    if subject.len() >= 100 || !subject.chars().all(|c| matches!(c, ' '..='~')) {
        return invalid("Subject");
    }
    if text("Message").is_empty()
        || text("Message").len() + input["MessageAttributes"].to_string().len() > MOST_BYTES
    {
        return invalid("Message too long");
    }
    if values.iter().any(|value| value.is_empty()) || values.len() != attributes.len() {
        return Some(error("ParameterValueInvalid", "The message attribute must contain a value"));
    }
    if text("TopicArn").strip_suffix(".fifo").is_some() && text("MessageGroupId").is_empty() {
        return invalid("The MessageGroupId parameter is required for FIFO topics");
    }
    if text("MessageStructure") == "json" {
        let parts: Value = serde_json::from_str(text("Message")).unwrap_or_default();
        let is_whole = parts["default"].is_string()
            && parts.as_object().is_some_and(|parts| parts.values().all(Value::is_string));
        return if is_whole {
            None
        } else {
            invalid("Message Structure - No default entry in JSON message body")
        };
    }
    None
}

fn refused_by_ses(input: &Value) -> Option<HttpAnswer> {
    let bad = |text: &str| Some(error("BadRequestException", text));
    let simple = &input["Content"]["Simple"];
    let destination = input["Destination"].as_object().cloned().unwrap_or_default();
    let recipients: usize = destination.values().filter_map(Value::as_array).map(Vec::len).sum();
    let subject = simple["Subject"]["Data"].as_str().unwrap_or_default();
    let headers = simple["Headers"].as_array().cloned().unwrap_or_default();
    let from = input["FromEmailAddress"].as_str().unwrap_or_default();
    if !from.contains("@example.com") {
        return Some(error("MessageRejected", "Email address is not verified."));
    }
    if !(1..=50).contains(&recipients) {
        return bad("Recipient count exceeds 50.");
    }
    if subject.is_empty() || subject.contains(|c: char| c.is_control()) {
        return bad("Subject");
    }
    if headers.len() > 15 || !headers.iter().all(is_header) {
        return bad("Invalid header");
    }
    None
}

fn is_header(header: &Value) -> bool {
    let text = |name: &str| header[name].as_str().unwrap_or_default().to_owned();
    let (name, value) = (text("Name"), text("Value"));
    let is_printable = |text: &str| text.chars().all(|c| matches!(c, ' '..='~'));
    let is_own = OWN_HEADERS.contains(&name.to_lowercase().as_str());
    (1..=126).contains(&name.len())
        && !is_own
        && !name.contains([':', ' '])
        && is_printable(&name)
        && (1..=870).contains(&value.len())
        && is_printable(&value)
}

fn error(code: &str, message: &str) -> HttpAnswer {
    let status = match code {
        "NotFound" => 404,
        _ => 400,
    };
    answer(status, &json!({ "__type": code, "message": message }))
}

fn answer(status: u16, body: &Value) -> HttpAnswer {
    HttpAnswer::new(status, HeaderMap::new(), body.to_string())
}
