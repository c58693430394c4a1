//! E-mail by Amazon SES:
//! [SendEmail](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html), version 2 of the API.
//!
//! SES makes the `Message-ID` itself, so all mails of a group refer to one that was never sent, and so they are one thread.
//! Some readers also want the same subject: it stays what the first mail had, and the state is the first line of the text.

mod address;
mod page;

use std::sync::Arc;

use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, Unanswered};
use serde_json::{Value, json};

use crate::arn::is_region;
use crate::aws::Refusal;
use crate::json::pruned;
use crate::layout::Layout;
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::wording::Wording;
use crate::{
    Attempt, Channel, Deliver, Inspection, InspectionFailure, Interpretation, Lifecycle, Memory, Next,
    Notification, Probe, Progress, Request, Verdict, ascii, aws, inspection,
};

/// What every subject begins with.
const PREFIX: &str = "[Campanile] ";
/// Our cut of what follows, so that a subject has 200 code units.
const SUBJECT: Room = Room::units(200 - PREFIX.len());
/// Our cut of the text and of the page, far below what a mail may have.
const BODY: Room = Room::units(60_000);
/// Most characters of a header's value that SES takes.
const HEADER_CHARS: usize = 800;
/// Most recipients of one mail.
const MOST_RECIPIENTS: usize = 50;

/// An e-mail destination.
#[derive(Debug)]
pub(crate) struct Email {
    from: String,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    reply_to: Option<String>,
    configuration_set: Option<String>,
    subject: SubjectForm,
    host: String,
}

/// What the subject says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SubjectForm {
    /// The same of all mails of a group.
    Constant,
    /// The state, too.
    State,
}

const SUBJECT_FORMS: [(&str, SubjectForm); 2] =
    [("constant", SubjectForm::Constant), ("state", SubjectForm::State)];

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, _egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let from = read_from(fields);
    let [to, cc, bcc] = read_recipients(fields);
    let reply_to = fields.text("reply_to").and_then(|text| address::checked(fields, "reply_to", &text));
    let configuration_set = read_configuration_set(fields);
    let subject = fields.word_or("subject", &SUBJECT_FORMS, SubjectForm::Constant);
    let host = read_host(fields)?;
    let (from, subject) = (from?, subject?);
    Some(Arc::new(Email { from, to, cc, bcc, reply_to, configuration_set, subject, host }))
}

fn read_from(fields: &mut Fields) -> Option<String> {
    let from = fields.required_text("from", "give an address that SES has verified in this region")?;
    address::checked(fields, "from", &from)
}

fn read_recipients(fields: &mut Fields) -> [Vec<String>; 3] {
    if !fields.is_present("to") {
        fields.mistake("to", "is missing: give a list of addresses");
    } else if fields.peek("to").is_some_and(|to| to.as_array().is_some_and(Vec::is_empty)) {
        fields.mistake("to", "is empty: give at least one address");
    }
    let recipients = ["to", "cc", "bcc"].map(|name| fields.texts(name, address::parse));
    if recipients.iter().map(Vec::len).sum::<usize>() > MOST_RECIPIENTS {
        fields
            .mistake("to", format!("has too many addresses with cc and bcc: use at most {MOST_RECIPIENTS}"));
    }
    recipients
}

fn read_configuration_set(fields: &mut Fields) -> Option<String> {
    let name = fields.text("configuration_set")?;
    let name = name.trim();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !is_name || name.len() > 64 {
        fields.mistake(
            "configuration_set",
            "is no configuration set's name: use 1 to 64 letters, digits, - and _",
        );
    }
    Some(name.to_owned())
}

/// The host of the region; without one it is the function's own.
fn read_host(fields: &mut Fields) -> Option<String> {
    let Some(region) = fields.text("region") else { return Some("email.amazonaws.com".to_owned()) };
    let region = region.trim();
    if !is_region(region) {
        fields.mistake("region", "is no region: write it like eu-central-1");
        return None;
    }
    let end = if region.starts_with("cn-") { ".cn" } else { "" };
    Some(format!("email.{region}.amazonaws.com{end}"))
}

impl Channel for Email {
    fn type_name(&self) -> &'static str {
        "email"
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::State,
            opens_incidents: false,
            updates_in_place: false,
            threads: true,
            acknowledges: false,
            unacknowledges: false,
        }
    }

    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        vec![Inspection { request: Request::Aws { service: "ses:GetAccount", input: json!({}) }, judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let wording = Wording::of(attempt.notification);
        let thread = Thread::of(attempt, &wording);
        let subject = match self.subject {
            SubjectForm::Constant => thread.subject.clone(),
            SubjectForm::State => format!("{PREFIX}{}", wording.title_line(SUBJECT, Markup::None)),
        };
        let utf8 = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
        let listed = |addresses: &[String]| (!addresses.is_empty()).then(|| addresses.to_vec());
        let input = pruned(json!({
            "FromEmailAddress": self.from,
            "Destination": {
                "ToAddresses": listed(&self.to),
                "CcAddresses": listed(&self.cc),
                "BccAddresses": listed(&self.bcc),
            },
            "ReplyToAddresses": self.reply_to.as_ref().map(|address| vec![address]),
            "ConfigurationSetName": self.configuration_set,
            "Content": { "Simple": {
                "Subject": utf8(&subject),
                "Body": {
                    "Text": utf8(&Layout::PLAIN.message(&wording, BODY)),
                    "Html": utf8(&page::of(&wording, BODY)),
                },
                "Headers": thread.headers(attempt.notification),
            } },
        }));
        Some(Request::Aws { service: "ses", input })
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => accepted(attempt, answer),
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    let account = answer.json();
    if account["SendingEnabled"] == false || account["EnforcementStatus"] == "SHUTDOWN" {
        return Err(InspectionFailure::Refused(
            "sending is turned off in this account and region: turn it on",
        ));
    }
    inspection::of_aws(
        answer,
        "there is no such account",
        "these credentials may not look at the account, which needs ses:GetAccount",
    )
}

fn accepted(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let interpretation = aws::published(answer);
    match interpretation.next {
        Next::End(Verdict::Sent) => interpretation.remembering(remembered(attempt)),
        _ => interpretation,
    }
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match Refusal::of(answer) {
        Some(refusal) if refusal.code == "MessageRejected" => {
            let is_unverified = refusal.message.contains("not verified");
            if is_unverified { Interpretation::suspended(Probe::Hourly) } else { Interpretation::failed() }
        }
        _ => aws::refused(attempt, answer),
    }
}

/// What holds the mails of a group together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Thread {
    id: String,
    subject: String,
}

impl Thread {
    /// That of the group's first mail, unless this is it.
    fn of(attempt: &Attempt<'_>, wording: &Wording) -> Self {
        let known = Some(&attempt.memory.0).filter(|_| !attempt.notification.is_first);
        let text = |name: &str| Some(known?[name].as_str()?.to_owned());
        let subject = || format!("{PREFIX}{}", fit(&wording.title, SUBJECT, Markup::None));
        Self {
            id: text("thread").unwrap_or_else(|| attempt.notification.id.clone()),
            subject: text("subject").unwrap_or_else(subject),
        }
    }

    fn headers(&self, notification: &Notification) -> Value {
        let reference = format!("<{}@campanile.invalid>", ascii::of(&self.id));
        let headers = [
            ("References", reference.clone()),
            ("In-Reply-To", reference),
            ("Thread-Topic", ascii::of(&self.subject)),
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("X-Campanile-Fingerprint", ascii::of(&notification.subject_id())),
            ("X-Campanile-Transition", notification.event.as_str().to_owned()),
        ];
        let header = |(name, value): (&str, String)| {
            let value: String = value.chars().take(HEADER_CHARS).collect();
            json!({ "Name": name, "Value": value })
        };
        headers.into_iter().map(header).collect()
    }
}

/// What the next mail of the group has to know; nothing once all is over.
fn remembered(attempt: &Attempt<'_>) -> Memory {
    if attempt.notification.event.is_end() {
        return Memory::default();
    }
    let thread = Thread::of(attempt, &Wording::of(attempt.notification));
    Memory(json!({ "thread": thread.id, "subject": thread.subject }))
}
