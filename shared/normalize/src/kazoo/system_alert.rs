//! `system_alert`: whatever KAZOO itself thinks an operator should read, distinguished by its wording.

use alert::Severity::{self, Critical, High, Warning};

use super::kinds::SYSTEM_ALERT;
use super::table::{Statement, firing, resolved};
use super::{Payload, causes};
use crate::SourceConfiguration;
use crate::value::filled;

const NODE_LOST: &str = " disconnected from ";
const NODE_BACK: &str = " connected to ";

/// What a subject is about.
enum Subject {
    /// Calls end with this cause, in capitals.
    Hangup(String),
    /// A node lost another; in the words in which it will say that it is back.
    NodeLost(String),
    /// A node is back.
    NodeBack(String),
    /// Anything else, as worded.
    Other(String),
}

/// What the alert says.
pub(super) fn says(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    let statement = match subject(payload) {
        Some(Subject::NodeBack(_)) => resolved(&SYSTEM_ALERT),
        Some(Subject::NodeLost(_)) => firing(Critical, &SYSTEM_ALERT),
        Some(Subject::Hangup(cause)) => firing(causes::severity(&cause).unwrap_or(Warning), &SYSTEM_ALERT),
        Some(Subject::Other(text)) => firing(severity_of_text(&text), &SYSTEM_ALERT),
        None => firing(High, &SYSTEM_ALERT),
    };
    vec![statement]
}

/// What makes two of them one alert: the cause, the pair of nodes, or else the wording before it was filled in.
pub(super) fn identity(payload: &Payload) -> Option<String> {
    match subject(payload) {
        Some(Subject::Hangup(cause)) => Some(cause),
        Some(Subject::NodeLost(text) | Subject::NodeBack(text)) => Some(text),
        Some(Subject::Other(text)) => payload.text("details.format").or(Some(text)),
        None => payload.text("details.format"),
    }
}

/// Its own words; a node that is back ends the alert of its loss, whose words they are.
pub(super) fn title(payload: &Payload) -> String {
    let text = match subject(payload) {
        Some(Subject::NodeBack(text)) => Some(text.replacen(NODE_BACK, NODE_LOST, 1)),
        _ => text(payload).or_else(|| payload.text("message")),
    };
    format!("System alert: {}", text.unwrap_or_else(|| "without a text".to_owned()))
}

/// The node that is lost, or the trunk that calls fail on, else the module that speaks.
pub(super) fn resource(payload: &Payload) -> Option<String> {
    let named = match subject(payload)? {
        Subject::NodeLost(text) | Subject::NodeBack(text) => word_after(&text, "node "),
        Subject::Hangup(_) => word_after(&text(payload)?, " via "),
        Subject::Other(_) => None,
    };
    named.or_else(|| payload.text("module"))
}

fn word_after(text: &str, mark: &str) -> Option<String> {
    let (_, after) = text.split_once(mark)?;
    after.split_whitespace().next().map(str::to_owned)
}

fn subject(payload: &Payload) -> Option<Subject> {
    text(payload).as_deref().map(read)
}

/// The subject without the words with which each of them begins.
fn text(payload: &Payload) -> Option<String> {
    let subject = payload.text("subject")?;
    let text = subject.strip_prefix("System Alert:").unwrap_or(&subject);
    filled(text).map(str::to_owned)
}

fn read(text: &str) -> Subject {
    let word = text.split_whitespace().next().unwrap_or_default();
    if causes::is_known(word) && !word.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Subject::Hangup(word.to_ascii_uppercase())
    } else if !text.starts_with("node ") {
        Subject::Other(text.to_owned())
    } else if text.contains(NODE_LOST) {
        Subject::NodeLost(text.replacen(NODE_LOST, NODE_BACK, 1))
    } else if text.contains(NODE_BACK) {
        Subject::NodeBack(text.to_owned())
    } else {
        Subject::Other(text.to_owned())
    }
}

fn severity_of_text(text: &str) -> Severity {
    if text.starts_with("blocked ") || text.starts_with("API Error ") { Warning } else { High }
}
