//! Why an attempt ended as it did, for people and without anything secret.

use net::{HttpAnswer, Redactor, Unanswered, sanitize};

use crate::{Attempt, Channel};

/// What `channel` answered to `attempt`, or why it did not: its host, the status and the beginning of the body, in which
/// nothing is left of its secrets and of the link that acknowledges.
pub fn reason(
    channel: &dyn Channel,
    attempt: &Attempt<'_>,
    answer: &Result<HttpAnswer, Unanswered>,
) -> String {
    let host = channel.host();
    let link = attempt.notification.links.acknowledge.clone();
    let redactor = Redactor::new(channel.secrets().into_iter().chain(link));
    match answer {
        Ok(answer) => match answer.excerpt(&redactor).as_str() {
            "" => format!("{host} answered {}", answer.status),
            excerpt => format!("{host} answered {}: {excerpt}", answer.status),
        },
        Err(unanswered) => format!("{host}: {}", redactor.redact(&sanitize::line(&unanswered.to_string()))),
    }
}
