//! What Discord's answers mean.

use jiff::SignedDuration;
use net::{HttpAnswer, retry_after, wait_of_seconds};
use serde_json::{Value, json};

use super::{Call, Discord, SCOPE, edited, known_message, memory, thread};
use crate::{Attempt, InspectionFailure, Interpretation, Memory, Probe, Progress};

/// How long everybody is held after a 429 that names no wait, which is a ban of our address; each time as long again.
const BAN: SignedDuration = SignedDuration::from_mins(10);

impl Discord {
    pub(super) fn answered(&self, attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
        let body = answer.json();
        let is_edit = matches!(Call::of(attempt), Call::Edit(_));
        match (answer.status, body["code"].as_i64()) {
            (200, _) if is_edit => edit_saved(attempt, answer),
            (200, _) => self.saved(attempt, answer, &body),
            (_, Some(10008)) | (404, None) if is_edit => post_again(attempt),
            (_, Some(10003 | 160_005)) if self.is_forum() && thread(attempt).is_some() => {
                post_again(attempt).sharing(Memory::default())
            }
            (_, Some(10015 | 50027 | 220_001..=220_004 | 40067)) => Interpretation::suspended(Probe::Never),
            (_, Some(50006 | 50035 | 40005)) => Interpretation::failed(),
            (429, _) | (_, Some(20016 | 20028 | 20029)) => limited(attempt, answer, &body),
            _ => Interpretation::by_status(answer, attempt.at).resuming(&attempt.progress),
        }
    }

    fn saved(&self, attempt: &Attempt<'_>, answer: &HttpAnswer, body: &Value) -> Interpretation {
        let id = |name: &str| body[name].as_str().filter(|id| is_id(id));
        let (Some(id), Some(channel)) = (id("id"), id("channel_id")) else {
            return Interpretation::by_body(answer, false);
        };
        let is_over = attempt.notification.event.is_end();
        let known = if is_over { Memory::default() } else { memory(id) };
        let sent = Interpretation::sent()
            .with_receipt(Some(format!("{channel}/{id}")))
            .remembering(known)
            .pacing(spent(answer));
        if self.is_forum() && thread(attempt).is_none() {
            return sent.sharing(Memory(json!({ "thread": channel })));
        }
        sent
    }
}

/// The message says it; of an end another is posted, as an edit notifies nobody.
fn edit_saved(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    if attempt.notification.event.is_end() {
        return Interpretation::request_after(spent(answer).unwrap_or_default(), edited());
    }
    Interpretation::sent().with_receipt(known_message(attempt)).pacing(spent(answer))
}

/// What was to be edited is gone: a new message takes its place.
fn post_again(attempt: &Attempt<'_>) -> Interpretation {
    let progress = if attempt.notification.event.is_end() { edited() } else { Progress::default() };
    Interpretation::request(progress).remembering(Memory::default())
}

/// After the last request that a limit allows: the wait before the next.
fn spent(answer: &HttpAnswer) -> Option<SignedDuration> {
    let is_spent = answer.header("x-ratelimit-remaining") == Some("0");
    answer.number("x-ratelimit-reset-after").and_then(wait_of_seconds).filter(|_| is_spent)
}

fn limited(attempt: &Attempt<'_>, answer: &HttpAnswer, body: &Value) -> Interpretation {
    let in_body = body["retry_after"].as_f64().and_then(wait_of_seconds);
    let wait = in_body.max(retry_after(&answer.headers, attempt.at));
    let is_global = body["global"] == true || answer.header("x-ratelimit-global") == Some("true");
    let interpretation = match wait {
        Some(wait) if is_global => Interpretation::limited_everywhere(wait, SCOPE),
        None if answer.status == 429 => {
            let times = i32::try_from(attempt.number.clamp(1, 100)).unwrap_or(1);
            Interpretation::limited_everywhere(BAN.saturating_mul(times), SCOPE)
        }
        wait => Interpretation::limited(wait),
    };
    interpretation.resuming(&attempt.progress)
}

/// Of a look at the webhook itself.
pub(super) fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    match answer.status {
        200 if answer.json()["id"].is_string() => Ok(()),
        401 | 404 => Err(InspectionFailure::Refused(
            "there is no such webhook any more: make one in the channel's settings, and copy its URL",
        )),
        status => Err(InspectionFailure::Unclear(status)),
    }
}

/// Whether `text` is one of Discord's ids, a 64-bit number in digits.
pub(super) fn is_id(text: &str) -> bool {
    text.parse::<u64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit())
}
