//! Amazon SNS: [Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html) to a topic: plain text for people,
//! events for machines, or the schema of Amazon Q Developer in chat applications.
//!
//! The function's own role signs, so there is no secret.

mod format;
mod q;

use std::sync::Arc;

use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, Unanswered};
use serde_json::{Map, Value, json};

use self::format::Format;
use crate::arn::Arn;
use crate::json::pruned;
use crate::settings::Fields;
use crate::wording::optional_line;
use crate::{
    Attempt, Channel, Deliver, Inspection, InspectionFailure, Interpretation, Lifecycle, Notification,
    Progress, Request, Subject, aws, inspection,
};

/// Most characters of an attribute's value.
const ATTRIBUTE_CHARS: usize = 256;
/// Most alerts of a group in one event for machines.
const MOST_ALERTS: usize = 100;

/// An SNS destination.
#[derive(Debug)]
pub(crate) struct Sns {
    topic_arn: String,
    host: String,
    format: Format,
    is_fifo: bool,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, _egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let topic = read_topic(fields);
    let format = fields.word_or("format", &format::FORMATS, Format::Text);
    let (topic_arn, host) = topic?;
    let is_fifo = topic_arn.strip_suffix(".fifo").is_some();
    if is_fifo && format == Some(Format::Q) {
        let problem =
            "`q` cannot go through a FIFO topic, which delivers to queues only: use a standard topic";
        fields.mistake("format", problem);
    }
    Some(Arc::new(Sns { topic_arn, host, format: format?, is_fifo }))
}

/// The topic, and the host of its region.
fn read_topic(fields: &mut Fields) -> Option<(String, String)> {
    const REMEDY: &str = "give it like arn:aws:sns:<region>:<account>:<name>";
    let text = fields.required_text("topic_arn", REMEDY)?;
    let text = text.trim();
    let is_name = |name: &str| {
        let name = name.strip_suffix(".fifo").unwrap_or(name);
        (1..=256).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let arn = Arn::parse(text).filter(|arn| arn.service == "sns" && is_name(arn.resource));
    if arn.is_none() {
        fields.mistake("topic_arn", format!("is not the ARN of a topic: {REMEDY}"));
    }
    Some((text.to_owned(), arn?.host("sns")))
}

impl Channel for Sns {
    fn type_name(&self) -> &'static str {
        "sns"
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn lifecycle(&self) -> Lifecycle {
        let is_for_machines = self.format == Format::Json;
        Lifecycle {
            deliver: if is_for_machines { Deliver::Changes } else { Deliver::State },
            opens_incidents: false,
            updates_in_place: false,
            threads: self.format == Format::Q,
            acknowledges: is_for_machines,
            unacknowledges: is_for_machines,
        }
    }

    fn most_alerts(&self) -> usize {
        if self.format == Format::Json { MOST_ALERTS } else { 10 }
    }

    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let request =
            Request::Aws { service: "sns:GetTopicAttributes", input: json!({ "TopicArn": self.topic_arn }) };
        vec![Inspection { request, judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let notification = attempt.notification;
        let mut input = self.format.message(notification);
        input["TopicArn"] = self.topic_arn.as_str().into();
        input["MessageAttributes"] = attributes(notification).into();
        if self.is_fifo {
            // A message with a known id is taken and dropped for five minutes: each has its own.
            input["MessageGroupId"] = notification.group.as_str().into();
            input["MessageDeduplicationId"] = notification.id.as_str().into();
        }
        Some(Request::Aws { service: "sns", input: pruned(input) })
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => aws::published(answer),
            Ok(answer) => aws::refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    inspection::of_aws(
        answer,
        "there is no such topic: correct topic_arn",
        "these credentials may not look at the topic, which needs sns:GetTopicAttributes",
    )
}

/// What subscribers filter by. SNS refuses an empty value.
fn attributes(notification: &Notification) -> Map<String, Value> {
    let (source, service) = match &notification.subject {
        Subject::Alert(subject) => (Some(subject.alert.source.as_str()), subject.alert.service.as_deref()),
        Subject::Group(group) => (group.labels.get("source").map(String::as_str), None),
    };
    let status = if notification.event.is_end() { "resolved" } else { "firing" };
    let subject_id = notification.subject_id();
    let attributes = [
        ("severity", Some(notification.severity().as_str())),
        ("status", Some(status)),
        ("source", source),
        ("service", service),
        ("fingerprint", Some(subject_id.as_str())),
    ];
    let attribute = |(name, value): (&str, Option<&str>)| {
        let value: String = optional_line(value)?.chars().take(ATTRIBUTE_CHARS).collect();
        Some((name.to_owned(), json!({ "DataType": "String", "StringValue": value })))
    };
    attributes.into_iter().filter_map(attribute).collect()
}
