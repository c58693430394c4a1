//! What Telegram's answers mean.

use jiff::SignedDuration;
use net::{HttpAnswer, retry_after, wait_of_seconds};
use serde_json::{Value, json};

use super::message::ParseMode;
use super::{Call, Step, Telegram, known_message, memory, reaches_people};
use crate::{Attempt, InspectionFailure, Interpretation, Memory, Probe, Progress};

/// Our own pace: a group takes 20 messages a minute, any other chat one a second.
const GROUP_PAUSE: SignedDuration = SignedDuration::from_secs(3);
const CHAT_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// What is wrong with the HTML or a link of it: without them it can be said.
const UNREADABLE: [&str; 4] =
    ["can't parse entities", "BUTTON_URL_INVALID", "wrong HTTP URL", "unsupported URL"];
/// What says that the message which was to be edited is none any more.
const UNEDITABLE: [&str; 2] = ["message to edit not found", "message can't be edited"];
/// What somebody has to change in the chat, and may.
const REPAIRABLE: [&str; 3] = ["not enough rights", "TOPIC_CLOSED", "message thread not found"];

impl Telegram {
    pub(super) fn answered(&self, attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
        let body = answer.json();
        let says = |words: &str| body["description"].as_str().is_some_and(|text| text.contains(words));
        match answer.status {
            200 if body["ok"] == true => self.taken(attempt, &body),
            200 => Interpretation::by_body(answer, false).resuming(&attempt.progress),
            429 => {
                let in_body = body["parameters"]["retry_after"].as_f64().and_then(wait_of_seconds);
                let wait = in_body.max(retry_after(&answer.headers, attempt.at));
                Interpretation::limited(wait).resuming(&attempt.progress)
            }
            400 if says("message is not modified") => self.edited(attempt),
            400 if UNEDITABLE.iter().any(|words| says(words)) => forgotten(attempt),
            400 if UNREADABLE.iter().any(|words| says(words)) => plainly(attempt),
            400 if body["parameters"]["migrate_to_chat_id"].is_i64() => {
                self.moved(&body["parameters"]["migrate_to_chat_id"])
            }
            400 if REPAIRABLE.iter().any(|words| says(words)) => Interpretation::suspended(Probe::Hourly),
            400 if says("chat not found") => Interpretation::suspended(Probe::Never),
            // The vendor's own word for a token that is none; a page of somebody else has no `ok`.
            404 if body["ok"] == false => Interpretation::suspended(Probe::Never),
            409 => Interpretation::retry().resuming(&attempt.progress),
            _ => Interpretation::by_status(answer, attempt.at).resuming(&attempt.progress),
        }
    }

    fn taken(&self, attempt: &Attempt<'_>, body: &Value) -> Interpretation {
        if matches!(Call::of(attempt), Call::Edit(_)) {
            return self.edited(attempt);
        }
        let id = body["result"]["message_id"].as_i64();
        let sent =
            Interpretation::sent().with_receipt(id.map(|id| id.to_string())).pacing(Some(self.pause()));
        if attempt.notification.event.is_end() {
            return sent.remembering(Memory::default());
        }
        match (known_message(attempt), id) {
            (None, Some(id)) => sent.remembering(memory(id)),
            _ => sent,
        }
    }

    /// The message says it; what must reach people is said in a reply, too.
    fn edited(&self, attempt: &Attempt<'_>) -> Interpretation {
        if reaches_people(attempt.notification.event) {
            let progress = Step { is_edited: true, ..Step::of(attempt) }.progress();
            return Interpretation::request_after(self.pause(), progress);
        }
        let receipt = known_message(attempt).map(|id| id.to_string());
        Interpretation::sent().with_receipt(receipt).pacing(Some(self.pause()))
    }

    /// The chat has a new id, in which no old message is known.
    fn moved(&self, to: &Value) -> Interpretation {
        Interpretation::request(Progress::default())
            .remembering(Memory::default())
            .sharing(Memory(json!({ "from": self.chat_id, "to": to })))
    }

    fn pause(&self) -> SignedDuration {
        if self.is_group() { GROUP_PAUSE } else { CHAT_PAUSE }
    }
}

/// Of a call without effect.
pub(super) fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    let body = answer.json();
    let refused = |problem| Err(InspectionFailure::Refused(problem));
    match answer.status {
        200 if body["ok"] == true => Ok(()),
        // It is followed to its new id.
        400 if body["parameters"]["migrate_to_chat_id"].is_i64() => Ok(()),
        400 => refused("the bot does not know the chat: correct chat_id, or add the bot to it"),
        401 | 404 if body["ok"] == false => {
            refused("the bot's token is refused: copy it from BotFather again")
        }
        403 => refused("the bot was removed from the chat: add it again"),
        status => Err(InspectionFailure::Unclear(status)),
    }
}

/// What was to be edited is gone: a new message takes its place.
fn forgotten(attempt: &Attempt<'_>) -> Interpretation {
    let progress = Step { is_edited: true, ..Step::of(attempt) }.progress();
    Interpretation::request(progress).remembering(Memory::default())
}

/// Once more as plain text; what cannot be read then either has failed.
fn plainly(attempt: &Attempt<'_>) -> Interpretation {
    let step = Step::of(attempt);
    match step.parse_mode {
        ParseMode::Html => Interpretation::request(Step { parse_mode: ParseMode::Plain, ..step }.progress()),
        ParseMode::Plain => Interpretation::failed(),
    }
}
