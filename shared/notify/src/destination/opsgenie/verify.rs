//! Whether a close was processed, and not before its create.

use jiff::SignedDuration;

use super::throttled;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Progress};

/// How long after a create a missing alert may still be on its way.
const CREATE_SECS: i64 = 60;
/// Wait before such an alert is closed again, and how often it is.
const AGAIN: SignedDuration = SignedDuration::from_secs(5);
const MOST_CLOSES: u8 = 4;

/// What the answer to `GET /v2/alerts/requests/<request id>` means.
///
/// The close itself was accepted, so a key that may not read is no reason to hold it.
pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer, closes: u8, request_id: &str) -> Judgement {
    let receipt = Some(request_id.to_owned());
    let look_again = |wait| Judgement::retry_from(attempt.progress.clone(), wait);
    match answer.status {
        200 => processed(attempt, answer, closes).with_receipt(receipt),
        404 => look_again(None),
        429 => Judgement::retry_held(throttled(answer, attempt)).resuming(&attempt.progress),
        408 | 425 | 500..=599 => Judgement::by_status(answer, attempt.at).resuming(&attempt.progress),
        _ => Judgement::sent().with_receipt(receipt),
    }
}

fn processed(attempt: &Attempt<'_>, answer: &Answer, closes: u8) -> Judgement {
    let body = answer.json();
    let result = &body["data"];
    if result["success"] != false && result["isSuccess"] != false {
        return Judgement::sent();
    }
    let is_missing = result["status"].as_str().is_some_and(|status| status.contains("does not exist"));
    if is_missing && closes < MOST_CLOSES && was_just_created(attempt) {
        return Judgement::retry_from(Progress::CloseAgain { closes }, Some(AGAIN));
    }
    Judgement::sent()
}

fn was_just_created(attempt: &Attempt<'_>) -> bool {
    attempt
        .known
        .created_at
        .is_some_and(|created_at| attempt.at.duration_since(created_at).as_secs() < CREATE_SECS)
}
