//! What the Web API's answers mean: errors are words, under 200, too.

use jiff::SignedDuration;
use net::{HttpAnswer, retry_after};
use serde_json::Value;

use super::{Call, Known, reaches_people, updated};
use crate::{Attempt, InspectionFailure, Interpretation, Memory, Probe};

/// A channel takes one message a second.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The message that was to be updated is none any more.
const UNEDITABLE: [&str; 3] = ["message_not_found", "cant_update_message", "edit_window_closed"];
/// Too much for now.
const LIMITED: [&str; 3] = ["ratelimited", "rate_limited", "message_limit_exceeded"];
/// Slack is in trouble.
const TROUBLE: [&str; 7] = [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "external_channel_migrating",
    "update_failed",
];
/// Nothing succeeds until somebody changes something in Slack.
const SUSPENDING: [&str; 18] = [
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "no_permission",
    "missing_scope",
    "org_login_required",
    "ekm_access_denied",
    "team_access_not_granted",
    "accesslimited",
    "app_access_restricted",
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "messages_tab_disabled",
    "access_denied",
];

pub(super) fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let body = answer.json();
    let interpretation = match body["error"].as_str() {
        _ if answer.status == 200 && body["ok"] == true => return taken(attempt, &body),
        Some(word) if UNEDITABLE.contains(&word) && matches!(Call::of(attempt), Call::Update(_)) => {
            return Interpretation::request(updated()).remembering(Memory::default());
        }
        Some(word) if LIMITED.contains(&word) => {
            Interpretation::limited(retry_after(&answer.headers, attempt.at))
        }
        Some(word) if TROUBLE.contains(&word) => Interpretation::retry(),
        Some(word) if SUSPENDING.contains(&word) || word.starts_with("restricted_action") => {
            Interpretation::suspended(Probe::Hourly)
        }
        Some(_) if answer.status == 200 => Interpretation::failed(),
        None if answer.status == 200 => Interpretation::by_body(answer, false),
        _ => Interpretation::by_status(answer, attempt.at),
    };
    interpretation.resuming(&attempt.progress)
}

/// Of `auth.test`.
pub(super) fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    let body = answer.json();
    match body["error"].as_str() {
        None if answer.status == 200 && body["ok"] == true => Ok(()),
        Some(word) if SUSPENDING.contains(&word) => Err(InspectionFailure::Refused(
            "the bot's token is refused: copy the Bot User OAuth Token again, and install the app in the workspace",
        )),
        _ => Err(InspectionFailure::Unclear(answer.status)),
    }
}

fn taken(attempt: &Attempt<'_>, body: &Value) -> Interpretation {
    let event = attempt.notification.event;
    if matches!(Call::of(attempt), Call::Update(_)) {
        return if reaches_people(event) {
            Interpretation::request(updated())
        } else {
            Interpretation::sent().pacing(Some(PAUSE))
        };
    }
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let posted = text("channel").zip(text("ts")).map(|(channel, ts)| Known { channel, ts });
    let receipt = posted.as_ref().map(|known| format!("{}/{}", known.channel, known.ts));
    let sent = Interpretation::sent().with_receipt(receipt).pacing(Some(PAUSE));
    match posted {
        _ if event.is_end() => sent.remembering(Memory::default()),
        Some(posted) if Known::of(attempt).is_none() => sent.remembering(posted.memory()),
        _ => sent,
    }
}
