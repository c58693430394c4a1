//! What nobody must read is taken out before a request is stored or logged.
//!
//! A value is replaced where it stands and nothing else is touched: a request without secrets keeps its bytes,
//! and redacting twice changes nothing more. JSON and forms are searched at every depth; where a body is
//! neither, the same names are looked for in its text.

mod form;
mod json;
mod splice;
mod text;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{decode, keys};
use crate::InboundRequest;
use crate::json::strict;
use crate::value::{field, object, plain};

/// What stands in place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// Keys whose value is secret in every event.
const ALWAYS: [&str; 9] = [
    "password",
    "password_reset_link",
    "account_api_key",
    "api_key",
    "token",
    "auth_token",
    "payment_token",
    "billing_address",
    "card_last_four",
];

/// How keys end whose value is a session description, with the keys of encrypted media in it.
const SESSION_DESCRIPTION: &str = "_sdp";

/// Mail that greets with a password or a link, and the keys under which its text stands.
const CREDENTIAL_MAILS: [&str; 3] = ["new_user", "new_account", "password_recovery"];
const MAIL_TEXTS: [&str; 2] = ["html", "text"];

/// `request` without its secrets: passwords, tokens and keys, cards and billing addresses, session descriptions,
/// and the text of mail that carries credentials. Check a signature before, and normalize after.
pub fn redact(mut request: InboundRequest) -> InboundRequest {
    if let Cow::Owned(body) = plain(&request.body) {
        // UTF-16, in which no name of a secret would be found.
        request.body = body;
    }
    let secrets = Secrets::in_request(&request);
    if let Some(query) = redact_form(request.query.as_bytes(), b"&?", secrets) {
        request.query = String::from_utf8_lossy(&query).into_owned();
    }
    if let Some(body) = redact_body(&request.body, secrets) {
        request.body = body;
    }
    request
}

/// The body redacted; `None` if there is nothing in it to hide.
fn redact_body(body: &[u8], secrets: Secrets) -> Option<Vec<u8>> {
    if json::is_tree(body) {
        return json::redact(body, secrets);
    }
    match strict(body) {
        // Where a secret ends is certain in repaired JSON alone, and each key of the damaged one is in it.
        Ok(repaired) => json::redact(repaired.bytes(), secrets),
        Err(_) => redact_form(body, b"&", secrets),
    }
}

fn redact_form(form: &[u8], separators: &[u8], secrets: Secrets) -> Option<Vec<u8>> {
    let by_text = if form::is_plain(form, separators) { None } else { text::redact(form, secrets) };
    form::redact(by_text.as_deref().unwrap_or(form), separators, secrets).or(by_text)
}

/// The names that are secret in one event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Secrets {
    includes_mail: bool,
}

impl Secrets {
    /// The names that are secret in an event called `event`.
    pub(super) fn of_event(event: &str) -> Self {
        Self { includes_mail: CREDENTIAL_MAILS.iter().any(|mail| mail.eq_ignore_ascii_case(event)) }
    }

    /// Whether the value under `name`, spelled anyhow, is secret.
    pub(super) fn hides(self, name: &str) -> bool {
        let name = keys::canonical(name);
        ALWAYS.contains(&name.as_str())
            || name.ends_with(SESSION_DESCRIPTION)
            || self.includes_mail && MAIL_TEXTS.contains(&name.as_str())
    }

    /// The names that are secret in `request`. Of one that does not decode or does not say what it is, the
    /// mere mention of such a mail counts.
    fn in_request(request: &InboundRequest) -> Self {
        let members = keys::canonical_members(decode::sent(request).unwrap_or_default().members);
        let names = event_names(&members);
        let includes_mail = if names.is_empty() {
            mentions_mail(&request.body) || mentions_mail(request.query.as_bytes())
        } else {
            names.iter().any(|name| Self::of_event(name).includes_mail)
        };
        Self { includes_mail }
    }
}

/// What the event may be called, by v1 and by v2.
fn event_names(members: &Map<String, Value>) -> Vec<String> {
    let enveloped = object(members, "data").and_then(|data| field(data, "event_name"));
    let plain = ["event_name", "hook_event", "name"].into_iter().filter_map(|key| field(members, key));
    plain.chain(enveloped).collect()
}

fn mentions_mail(bytes: &[u8]) -> bool {
    let mentions =
        |mail: &str| bytes.windows(mail.len()).any(|window| window.eq_ignore_ascii_case(mail.as_bytes()));
    CREDENTIAL_MAILS.into_iter().any(mentions)
}

#[cfg(test)]
mod tests;
