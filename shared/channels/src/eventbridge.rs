//! Amazon EventBridge: [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html), every
//! change as an event whose detail is a `CloudEvent`.
//!
//! The function's own role signs, so there is no secret. Nobody drops what comes twice: consumers go by `detail.id`.

use std::sync::Arc;

use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, Unanswered, sanitize};
use serde_json::{Value, json};

use crate::arn::Arn;
use crate::aws::Refusal;
use crate::json::pruned;
use crate::settings::Fields;
use crate::synthetic::test_token;
use crate::timing::occurred_at;
use crate::wording::optional_line;
use crate::{
    Attempt, Channel, Deliver, Inspection, InspectionFailure, Interpretation, Lifecycle, Notification,
    Progress, Request, Subject, aws, cloudevents, inspection,
};

/// Our cut of the detail: an entry may have 262,144 bytes where no larger ones are taken yet.
const DETAIL_BYTES: usize = 200_000;
/// Most characters of a detail type, of a source, of a bus and of a resource.
const DETAIL_TYPE_CHARS: usize = 128;
const SOURCE_CHARS: usize = 256;
const BUS_CHARS: usize = 1600;
const RESOURCE_CHARS: usize = 2048;
/// Most alerts of a group in one event.
const MOST_ALERTS: usize = 100;

/// An `EventBridge` destination.
#[derive(Debug)]
pub(crate) struct EventBridge {
    event_bus: String,
    host: String,
    source: String,
    detail_type: String,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, _egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let bus = read_bus(fields);
    let source = read_label(fields, "source", "campanile", SOURCE_CHARS);
    if source.as_ref().is_some_and(|source| source.to_lowercase().starts_with("aws.")) {
        fields.mistake("source", "begins with `aws.`, which is AWS's own: choose another");
    }
    let detail_type = read_label(fields, "detail_type", "Campanile Alert", DETAIL_TYPE_CHARS);
    let (event_bus, host) = bus?;
    Some(Arc::new(EventBridge { event_bus, host, source: source?, detail_type: detail_type? }))
}

/// The bus, and the host of its region.
fn read_bus(fields: &mut Fields) -> Option<(String, String)> {
    const REMEDY: &str = "give its ARN, like arn:aws:events:<region>:<account>:event-bus/<name>";
    let text = fields.required_text("event_bus", REMEDY)?;
    let text = text.trim();
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
    };
    let arn = Arn::parse(text).filter(|arn| arn.service == "events");
    let is_bus = match arn {
        Some(arn) => arn.resource.strip_prefix("event-bus/").is_some_and(is_name),
        None => is_name(text),
    };
    if !is_bus || text.len() > BUS_CHARS {
        fields.mistake("event_bus", format!("is not an event bus: {REMEDY}"));
        return None;
    }
    let host = arn.map_or_else(|| "events.amazonaws.com".to_owned(), |arn| arn.host("events"));
    Some((text.to_owned(), host))
}

fn read_label(fields: &mut Fields, name: &str, default: &str, most: usize) -> Option<String> {
    let text = fields.text(name).unwrap_or_else(|| default.to_owned());
    let text = text.trim();
    if sanitize::line(text) != text || text.chars().count() > most {
        fields.mistake(name, format!("is not one line of at most {most} characters: shorten it"));
        return None;
    }
    Some(text.to_owned())
}

impl Channel for EventBridge {
    fn type_name(&self) -> &'static str {
        "eventbridge"
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::Changes,
            opens_incidents: false,
            updates_in_place: false,
            threads: false,
            acknowledges: true,
            unacknowledges: true,
        }
    }

    fn most_alerts(&self) -> usize {
        MOST_ALERTS
    }

    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let request = Request::Aws {
            service: "eventbridge:DescribeEventBus",
            input: json!({ "Name": self.event_bus }),
        };
        vec![Inspection { request, judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let entry = self.entry(attempt.notification);
        Some(Request::Aws { service: "eventbridge", input: json!({ "Entries": [entry] }) })
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => accepted(answer),
            Ok(answer) => aws::refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

impl EventBridge {
    fn entry(&self, notification: &Notification) -> Value {
        let detail = cloudevents::body_within(notification, "campanile", DETAIL_BYTES);
        let resource = resource(notification);
        pruned(json!({
            "EventBusName": self.event_bus,
            "Source": self.source,
            "DetailType": if is_test(notification) { "Campanile Test" } else { &self.detail_type },
            "Time": occurred_at(notification).to_string(),
            "Resources": resource.map(|resource| vec![resource]),
            "Detail": detail.to_string(),
        }))
    }
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    inspection::of_aws(
        answer,
        "there is no such event bus: correct event_bus",
        "these credentials may not look at the bus, which needs events:DescribeEventBus",
    )
}

fn is_test(notification: &Notification) -> bool {
    matches!(&notification.subject, Subject::Alert(subject) if test_token(&subject.alert).is_some())
}

fn resource(notification: &Notification) -> Option<String> {
    let resource = match &notification.subject {
        Subject::Alert(subject) => subject.alert.resource.as_deref(),
        Subject::Group(group) => group.labels.get("resource").map(String::as_str),
    };
    Some(optional_line(resource)?.chars().take(RESOURCE_CHARS).collect())
}

/// An answer of 200, which can hold a failure for the one entry.
fn accepted(answer: &HttpAnswer) -> Interpretation {
    let body = answer.json();
    let entry = &body["Entries"][0];
    let text = |name: &str| entry[name].as_str().map(str::to_owned);
    if let Some(code) = text("ErrorCode") {
        let refusal = Refusal { code, message: text("ErrorMessage").unwrap_or_default() };
        return refusal.meaning().unwrap_or_else(Interpretation::failed);
    }
    match body["FailedEntryCount"].as_u64() {
        Some(0) => Interpretation::sent().with_receipt(text("EventId")),
        Some(_) => Interpretation::retry(),
        None => Interpretation::by_body(answer, false),
    }
}
