//! What explains an alert: the event's name, the hook it came by, and every plain field of the payload.

use alert::{ACCOUNT_NAME, Labels};
use serde_json::{Map, Value};

use super::redaction::{REDACTED, Secrets};
use super::{Payload, names};
use crate::value;

/// Objects whose scalars are worth as much as those of the top level.
const NESTED: [&str; 7] = ["fax_info", "details", "reason", "comment", "feature", "zones", "cnam"];

/// Longest annotation in characters.
const MOST_CHARS: usize = 1024;

/// The annotations of an event called `event`; what `labels` say already is left out.
pub(super) fn annotations(payload: &Payload, event: &str, labels: &Labels) -> Labels {
    let secrets = Secrets::of_event(event);
    let nested =
        NESTED.iter().filter_map(|name| Some((format!("{name}."), value::object(&payload.fields, name)?)));
    let mut all: Labels = std::iter::once((String::new(), &payload.fields))
        .chain(nested)
        .flat_map(|(prefix, members)| scalars(prefix, members, secrets))
        .filter(|(name, text)| labels.get(name) != Some(text))
        .map(|(name, text)| (name, shortened(&text)))
        .collect();
    let ours = [
        ("event", Some(event.to_owned())),
        (ACCOUNT_NAME, names::account_name(payload)),
        ("hook", payload.hook()),
        ("hook_id", payload.header("x-hook-id")),
        ("hook_account_id", payload.header("x-account-id")),
    ];
    all.extend(ours.into_iter().filter_map(|(name, text)| Some((name.to_owned(), shortened(&text?)))));
    all
}

fn scalars(
    prefix: String,
    members: &Map<String, Value>,
    secrets: Secrets,
) -> impl Iterator<Item = (String, String)> {
    members.iter().filter_map(move |(name, value)| {
        let text = if secrets.hides(name) { REDACTED.to_owned() } else { plain(value)? };
        Some((format!("{prefix}{name}"), text))
    })
}

/// A scalar as text, and those of a list one after the other.
fn plain(value: &Value) -> Option<String> {
    value::text(value).or_else(|| value::texts(value))
}

fn shortened(text: &str) -> String {
    if text.chars().nth(MOST_CHARS).is_none() {
        return text.to_owned();
    }
    text.chars().take(MOST_CHARS - 1).chain(['…']).collect()
}
