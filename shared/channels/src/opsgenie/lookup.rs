//! What became of a request that was accepted.

use jiff::{SignedDuration, Timestamp};
use net::HttpAnswer;
use serde_json::Value;

use super::step::{Lookup, Step};
use super::throttled;
use crate::{Attempt, Interpretation, Memory};

/// Wait before the first look; each further one waits twice as long.
const FIRST_WAIT_SECS: i64 = 1;
/// Looks in one attempt; then the schedule of retries says when to look again.
const MOST_LOOKS: u32 = 4;
/// How long after a create a missing alert may still be on its way.
const CREATE_SECS: i64 = 60;
/// Wait before such an alert is closed again, and how often it is.
const CLOSE_AGAIN: SignedDuration = SignedDuration::from_secs(5);
const MOST_CLOSES: u8 = 4;

/// Words of a refused request that mean: what was asked for is so already.
const DONE: &str = "already";
/// Words of a refused request that mean: not now.
const NOT_NOW: [&str; 4] = ["try again", "temporar", "timeout", "limit"];

/// What follows once the alert is there, by the API that has it.
pub(crate) type AfterCreate = fn(&Attempt<'_>) -> Interpretation;

/// The first look at what became of a request, after `step`.
pub(crate) fn first(step: &Step) -> Interpretation {
    Interpretation::request_after(SignedDuration::from_secs(FIRST_WAIT_SECS), step.progress())
}

/// What the answer to `GET /v2/alerts/requests/<request id>` means.
///
/// The request itself was accepted, so a key that may not look is no reason to hold anything.
pub(crate) fn answered(
    attempt: &Attempt<'_>,
    answer: &HttpAnswer,
    after_create: AfterCreate,
) -> Interpretation {
    let step = Step::of(attempt);
    let interpretation = match (answer.status, &step) {
        (200, Step::Closed { closes, .. }) => closed(attempt, &answer.json(), *closes),
        (200, _) => created(attempt, &answer.json(), after_create),
        (404, _) => return look_again(&step),
        (429, _) => Interpretation::limited(throttled(attempt, answer)).resuming(&afresh(&step).progress()),
        (408 | 425 | 500..=599, _) => {
            Interpretation::by_status(answer, attempt.at).resuming(&afresh(&step).progress())
        }
        (_, Step::Closed { .. }) => over(),
        _ => after_create(attempt),
    };
    interpretation.with_receipt(request_id(&step))
}

fn created(attempt: &Attempt<'_>, body: &Value, after_create: AfterCreate) -> Interpretation {
    let Some(refusal) = refusal(body) else { return after_create(attempt) };
    match refusal {
        text if text.contains(DONE) => after_create(attempt),
        text if NOT_NOW.iter().any(|words| text.contains(words)) => Interpretation::retry(),
        _ => Interpretation::failed(),
    }
}

fn closed(attempt: &Attempt<'_>, body: &Value, closes: u8) -> Interpretation {
    let is_missing = refusal(body).is_some_and(|text| text.contains("does not exist"));
    if is_missing && closes < MOST_CLOSES && was_just_created(attempt) {
        return Interpretation::request_after(CLOSE_AGAIN, Step::CloseAgain { closes }.progress());
    }
    over()
}

/// The alert is closed, and with it all that was known of it.
fn over() -> Interpretation {
    Interpretation::sent().remembering(Memory::default())
}

/// Why the request was not carried out, in lower case; none if it was.
fn refusal(body: &Value) -> Option<String> {
    let result = &body["data"];
    let is_done = result["success"] != false && result["isSuccess"] != false;
    (!is_done).then(|| result["status"].as_str().unwrap_or_default().to_lowercase())
}

/// It is not processed yet: a few times soon, then by the schedule.
fn look_again(step: &Step) -> Interpretation {
    let mut next = step.clone();
    let Some(lookup) = lookup_of(&mut next) else { return Interpretation::retry() };
    lookup.looks = lookup.looks.saturating_add(1);
    if lookup.looks >= MOST_LOOKS {
        return Interpretation::retry_from(afresh(step).progress(), None);
    }
    let wait = SignedDuration::from_secs(FIRST_WAIT_SECS << lookup.looks);
    Interpretation::request_after(wait, next.progress())
}

/// `step` as if nobody had looked yet.
fn afresh(step: &Step) -> Step {
    let mut step = step.clone();
    if let Some(lookup) = lookup_of(&mut step) {
        lookup.looks = 0;
    }
    step
}

fn request_id(step: &Step) -> Option<String> {
    lookup_of(&mut step.clone()).map(|lookup| lookup.request_id.clone())
}

const fn lookup_of(step: &mut Step) -> Option<&mut Lookup> {
    match step {
        Step::Created(lookup) | Step::Closed { lookup, .. } => Some(lookup),
        Step::Start | Step::Update(_) | Step::CloseAgain { .. } => None,
    }
}

fn was_just_created(attempt: &Attempt<'_>) -> bool {
    let created_at = attempt.memory.0["created_at"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    created_at.is_some_and(|created_at| attempt.at.duration_since(created_at).as_secs() < CREATE_SECS)
}
