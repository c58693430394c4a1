//! What KAZOO remembers of its deliveries.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use net::Secret;
use serde_json::Value;

use crate::document::{members, text, whole};
use crate::gregorian::{from_timestamp, to_timestamp};
use crate::id::HookId;
use crate::redaction::Redaction;
use crate::uri::HookUri;

/// From when to when attempts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRange {
    /// The earliest, cut to the second.
    pub from: Timestamp,
    /// The latest, cut to the second.
    pub to: Timestamp,
}

/// Headers of a delivery that mean something to whoever reads it; the others may hold tokens.
const HEADERS: [&str; 3] = ["content-type", "x-account-id", "x-hook-id"];

/// What `retries_left` says of the last of all tries.
const NO_MORE: &str = "retries exceeded";

/// One try to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The hook it was made for, where KAZOO says so.
    pub hook_id: Option<HookId>,
    /// The event it was to deliver.
    pub hook_event: Option<String>,
    /// What all tries to deliver one event to one hook have in common; never part of a delivery.
    pub event_id: Option<String>,
    /// When it was made.
    pub at: Option<Timestamp>,
    /// The address it went to.
    pub uri: Option<HookUri>,
    /// How it ended.
    pub result: AttemptResult,
    /// How many tries were left after it.
    pub retries_left: Option<i64>,
    /// Whether KAZOO gave up with it, because no try got an answer.
    pub gave_up: bool,
    /// The HTTP method in capitals.
    pub method: String,
    /// Content type, hook and account as they were sent, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body that was sent; it may carry passwords of KAZOO's users.
    pub request_body: Option<Secret>,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptResult {
    /// It was answered 200. KAZOO keeps these only if it is configured to.
    Success,
    /// It was answered otherwise.
    BadAnswer {
        /// The HTTP status.
        status: String,
        /// The beginning of the answer's body, without secrets.
        body: String,
    },
    /// No answer came.
    NoAnswer {
        /// What KAZOO's HTTP client says of it, such as `nxdomain`.
        reason: String,
    },
}

impl AttemptRange {
    /// The range as the API takes it: Gregorian seconds.
    pub(crate) fn query(self) -> [(&'static str, String); 2] {
        [("created_from", self.from), ("created_to", self.to)]
            .map(|(name, time)| (name, from_timestamp(time).to_string()))
    }
}

impl Attempt {
    /// Whether the event did not arrive by it.
    pub fn failed(&self) -> bool {
        self.result != AttemptResult::Success
    }

    /// Whether the event did not arrive by it and KAZOO makes no other try: it repeats what got no answer, and never what
    /// was answered.
    pub fn is_final_failure(&self) -> bool {
        match &self.result {
            AttemptResult::Success => false,
            // Delivered, though KAZOO writes down a failure.
            AttemptResult::BadAnswer { status, .. } => !(self.method == "PUT" && status == "201"),
            AttemptResult::NoAnswer { .. } => self.gave_up,
        }
    }

    pub(crate) fn read(entry: &Value) -> Self {
        let uri = text(entry, "uri").map(HookUri::new);
        let suspects = uri.as_ref().map(HookUri::suspects).unwrap_or_default();
        Self {
            hook_id: text(entry, "hook_id").and_then(|id| id.parse().ok()),
            hook_event: text(entry, "hook_event"),
            event_id: text(entry, "event_id").filter(|id| !id.is_empty()),
            at: whole(entry, "timestamp").and_then(to_timestamp),
            uri,
            result: AttemptResult::read(entry, &Redaction::of(&suspects)),
            // Documents of KAZOO also show it with a space.
            retries_left: whole(entry, "retries_left").or_else(|| whole(entry, "retries left")),
            gave_up: ["retries_left", "retries left", "reason"]
                .iter()
                .any(|name| text(entry, name).as_deref() == Some(NO_MORE)),
            method: text(entry, "method").unwrap_or_else(|| "POST".to_owned()).to_ascii_uppercase(),
            headers: headers(entry),
            request_body: text(entry, "req_body").filter(|body| !body.is_empty()).map(Secret::new),
        }
    }
}

fn headers(entry: &Value) -> BTreeMap<String, String> {
    let Some(sent) = entry.get("req_headers") else { return BTreeMap::new() };
    let kept = members(sent).into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    kept.filter(|(name, _)| HEADERS.contains(&name.as_str())).collect()
}

impl AttemptResult {
    fn read(entry: &Value, redaction: &Redaction) -> Self {
        let member = |key| redaction.clean(&text(entry, key).unwrap_or_default());
        if text(entry, "result").as_deref() == Some("success") {
            return Self::Success;
        }
        match text(entry, "resp_status_code") {
            Some(_) => Self::BadAnswer { status: member("resp_status_code"), body: member("resp_body") },
            None => Self::NoAnswer { reason: reason(&member("client_error"), &member("reason")) },
        }
    }
}

fn reason(client_error: &str, reason: &str) -> String {
    [client_error, reason, "no reason given"]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{at} ")?,
            None => f.write_str("at an unknown time ")?,
        }
        match &self.result {
            AttemptResult::Success => f.write_str("delivered"),
            AttemptResult::BadAnswer { status, body } if body.is_empty() => write!(f, "answered {status}"),
            AttemptResult::BadAnswer { status, body } => write!(f, "answered {status}: {body}"),
            AttemptResult::NoAnswer { reason } => write!(f, "no answer: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failed_attempt_says_why_without_the_secrets_it_carries() {
        let refused = Attempt::read(&json!({
            "hook_id": "h1", "hook_event": "channel_destroy", "result": "failure", "retries left": 2,
            "uri": "https://alerts.example.com/kazoo/s3cr3t?hook=channel_destroy",
            "reason": "bad response code", "resp_status_code": "401",
            "resp_body": "no such path /kazoo/s3cr3t (s3cr3t)\n", "req_body": "{\"password\":\"hunter2\"}",
            "timestamp": "63724349409"
        }));
        let unreachable = Attempt::read(&json!({
            "result": "failure", "reason": "kazoo http client error", "client_error": "nxdomain",
            "timestamp": 63_590_996_563_i64, "retries_left": 1
        }));
        let success = Attempt::read(&json!({"result": "success", "hook_id": "h1"}));
        assert!(refused.failed() && unreachable.failed() && !success.failed());
        let shown = format!("{refused}\n{unreachable}\n{success}\n{refused:?}\n{unreachable:?}");
        assert!(!shown.contains("s3cr3t") && !shown.contains("hunter2"));
        insta::assert_snapshot!(shown, @r#"
        2019-05-06T08:10:09Z answered 401: no such path /kazoo/[redacted] ([redacted])
        2015-02-12T21:42:43Z no answer: nxdomain
        at an unknown time delivered
        Attempt { hook_id: Some(HookId("h1")), hook_event: Some("channel_destroy"), event_id: None, at: Some(2019-05-06T08:10:09Z), uri: Some(HookUri(https://alerts.example.com/kazoo/[redacted]?hook=channel_destroy)), result: BadAnswer { status: "401", body: "no such path /kazoo/[redacted] ([redacted])" }, retries_left: Some(2), gave_up: false, method: "POST", headers: {}, request_body: Some([redacted]) }
        Attempt { hook_id: None, hook_event: None, event_id: None, at: Some(2015-02-12T21:42:43Z), uri: None, result: NoAnswer { reason: "nxdomain" }, retries_left: Some(1), gave_up: false, method: "POST", headers: {}, request_body: None }
        "#);
        assert_eq!(refused.request_body.unwrap().expose(), "{\"password\":\"hunter2\"}");
    }

    #[test]
    fn a_try_is_the_last_where_it_was_answered_or_kazoo_gave_up() {
        let is_final = |entry: Value| Attempt::read(&entry).is_final_failure();
        let unanswered = |left: Value| json!({ "client_error": "timeout", "retries_left": left });
        assert!(is_final(json!({ "resp_status_code": "503", "retries_left": 2 })));
        assert!(is_final(json!({ "resp_status_code": "201", "method": "post" })));
        assert!(!is_final(json!({ "resp_status_code": "201", "method": "put" })));
        assert!(!is_final(json!({ "resp_status_code": "200", "result": "success" })));
        assert!(!is_final(unanswered(json!(1))));
        assert!(is_final(unanswered(json!("retries exceeded"))));
        assert!(is_final(json!({ "reason": "retries exceeded" })));
    }

    #[test]
    fn headers_that_may_hold_a_token_are_left_where_they_are() {
        let attempt = Attempt::read(&json!({ "req_headers": {
            "Content-Type": "application/json", "x-hook-id": "h1", "authorization": "Bearer s3cr3t"
        } }));
        let headers: Vec<_> = attempt.headers.into_iter().collect();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(headers, [header("content-type", "application/json"), header("x-hook-id", "h1")]);
    }

    #[test]
    fn a_range_is_asked_for_in_gregorian_seconds() {
        let at = |text: &str| text.parse().unwrap();
        let range = AttemptRange { from: at("2019-05-06T08:10:09.9Z"), to: at("2019-05-06T08:10:10Z") };
        assert_eq!(
            range.query(),
            [("created_from", "63724349409".to_owned()), ("created_to", "63724349410".to_owned())]
        );
    }
}
