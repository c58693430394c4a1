//! The three formats of a message.

use serde_json::{Value, json};

use super::q;
use crate::layout::Layout;
use crate::text::{Markup, Room};
use crate::wording::Wording;
use crate::{Notification, ascii, cloudevents};

/// Our cut of a message; with attributes a topic takes 262,144 bytes.
pub(super) const MESSAGE_BYTES: usize = 200_000;
/// Most characters of a subject.
const SUBJECT_CHARS: usize = 99;
/// What all parts of a short message hold, where a character needs two bytes, and our cut of a message of one part.
const SMS_UNITS: usize = 670;
const SHORT: Room = Room::units(160);

/// What subscribers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Plain text, for people.
    Text,
    /// A `CloudEvent`, for machines.
    Json,
    /// The schema of Amazon Q Developer in chat applications, and plain text for everybody else.
    Q,
}

pub(super) const FORMATS: [(&str, Format); 3] =
    [("text", Format::Text), ("json", Format::Json), ("q", Format::Q)];

impl Format {
    /// The members of the input that say what is said.
    pub(super) fn message(self, notification: &Notification) -> Value {
        let wording = Wording::of(notification);
        match self {
            Self::Text => text(&wording),
            Self::Json => {
                let event = cloudevents::body_within(notification, "campanile", MESSAGE_BYTES);
                json!({ "Message": event.to_string() })
            }
            Self::Q => {
                let text = plain(&wording);
                let parts = json!({
                    "default": text,
                    "email": text,
                    "sms": short(&wording),
                    "https": q::document(notification, &wording).to_string(),
                });
                structured(&wording, &parts)
            }
        }
    }
}

/// The text alone, or beside a short one where telephones would not get all of it.
fn text(wording: &Wording) -> Value {
    let text = plain(wording);
    if crate::text::units(&text) <= SMS_UNITS {
        return json!({ "Subject": subject(wording), "Message": text });
    }
    structured(wording, &json!({ "default": text, "sms": short(wording) }))
}

fn structured(wording: &Wording, parts: &Value) -> Value {
    json!({ "Subject": subject(wording), "MessageStructure": "json", "Message": parts.to_string() })
}

/// Its first line says everything, and it can be twice as long in JSON.
fn plain(wording: &Wording) -> String {
    Layout::PLAIN.message(wording, Room::bytes(MESSAGE_BYTES / 8))
}

fn short(wording: &Wording) -> String {
    wording.title_line(SHORT, Markup::None)
}

/// What mail readers show: ASCII on one line, as older pages want it.
fn subject(wording: &Wording) -> String {
    let title = ascii::of(&wording.title_line(Room::ANY, Markup::None));
    title.chars().take(SUBJECT_CHARS).collect::<String>().trim_end().to_owned()
}
