//! One sentence for people: who spoke to whom, and what went wrong.

use super::Payload;
use crate::value;

/// Fields that say in words what happened, the plainest first.
const REASONS: [&str; 9] = [
    "fax_error",
    "fax_result_text",
    "fax_info.fax_result_text",
    "error_message",
    "reason",
    "reason.content",
    "comment.content",
    "message",
    "response",
];

/// One side of a call: its name and its number, each where it is found first.
struct Party {
    names: &'static [&'static str],
    numbers: &'static [&'static str],
}

const CALLER: Party = Party {
    names: &["caller_id_name", "emergency_caller_id_name"],
    numbers: &["caller_id_number", "emergency_caller_id_number", "from_user", "fax_from_email", "from"],
};

const CALLEE: Party = Party {
    names: &["callee_id_name"],
    numbers: &["callee_id_number", "emergency_to_did", "to_user", "fax_to_email", "to"],
};

/// What can be said in one sentence; `None` if the payload names neither parties nor a reason.
pub(super) fn summary(payload: &Payload) -> Option<String> {
    let mut sentence = match (parties(payload), reason(payload)) {
        (Some(parties), Some(reason)) => format!("{parties}: {reason}"),
        (parties, reason) => parties.or(reason)?,
    };
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    Some(sentence)
}

fn parties(payload: &Payload) -> Option<String> {
    match (CALLER.named_in(payload), CALLEE.named_in(payload)) {
        (Some(from), Some(to)) => Some(format!("From {from} to {to}")),
        (Some(from), None) => Some(format!("From {from}")),
        (None, Some(to)) => Some(format!("To {to}")),
        (None, None) => None,
    }
}

fn reason(payload: &Payload) -> Option<String> {
    hangup(payload).or_else(|| payload.first_text(&REASONS)).or_else(|| errors(payload))
}

fn hangup(payload: &Payload) -> Option<String> {
    match (payload.text("hangup_cause"), payload.text("hangup_code")) {
        (Some(cause), Some(code)) => Some(format!("{cause} ({code})")),
        (cause, code) => cause.or(code),
    }
}

fn errors(payload: &Payload) -> Option<String> {
    let all: Vec<_> = payload.fields.get("errors")?.as_array()?.iter().filter_map(value::text).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

impl Party {
    fn named_in(&self, payload: &Payload) -> Option<String> {
        match (payload.first_text(self.names), payload.first_text(self.numbers)) {
            (Some(name), Some(number)) if name != number => Some(format!("{name} ({number})")),
            (name, number) => number.or(name),
        }
    }
}
