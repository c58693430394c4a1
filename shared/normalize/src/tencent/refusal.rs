//! Why a request is not understood, in words that somebody who looks into quarantine can act on. They are the sender's
//! answer, too, and repeat nothing of what it sent: the body is in quarantine.

use super::document::NoDocument;
use crate::Rejection;

/// The reason of a rejected check of a callback URL, which the function may yet answer with its code.
pub const VERIFICATION_PROBE: &str = "verification_probe";

pub(super) fn not_json(error: &NoDocument) -> Rejection {
    let message = format!(
        "the body is not a JSON object: {error}; send strict UTF-8 JSON, without the comments and the missing \
         commas of the published samples"
    );
    Rejection::new("not_json", message)
}

pub(super) fn unknown_source() -> Rejection {
    let message = "the CloudEvent's `source` is none of Tencent Cloud's, which end in `.cloud.tencent`: narrow the event \
                   rule that has this URL as its target";
    Rejection::new("unknown_source", message)
}

pub(super) fn no_identity() -> Rejection {
    let message = "the alarm names no policy (`policyId`, `policyName`), no metric (`metricName`) and no event \
                   (`eventName`), so it cannot be distinguished from others: look at what sent it";
    Rejection::new("no_identity", message)
}

/// For a body whose start time should stand under one of `keys`, where `found` is; `remedy` says what to do.
pub(super) fn no_time(keys: &[&str], found: Option<&str>, remedy: &str) -> Rejection {
    let found = if found.is_some() { "what stands there is no date and time" } else { "there is none" };
    let message = format!(
        "no start time under `{}`: {found}; without one a re-send cannot be distinguished from a new alarm: {remedy}",
        keys.join("`, `")
    );
    Rejection::new("no_time", message)
}

pub(super) fn verification_probe() -> Rejection {
    let message = "the body has the key `msg`, as the console's check of a callback URL had: set `validation_code` \
                   in the secret to the code that the console shows, and check again";
    Rejection::new(VERIFICATION_PROBE, message)
}

pub(super) fn unknown_shape() -> Rejection {
    let message = "its members belong to no known alarm body: use the default callback body, or a notification template \
                   with `status` and one of `policy_id`, `policy_name`, `object` and `content`";
    Rejection::new("unknown_shape", message)
}
