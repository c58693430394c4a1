//! What each operation is called and what it does, and how it may fail: the part of the description that no type says.

use serde_json::{Map, Value, json};

use super::pointer;

/// One operation, as people and generators of clients read it.
struct Operation {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
}

/// The tags, and what each is about.
const TAGS: [(&str, &str); 8] = [
    ("alerts", "What fires, what has fired, and what people do about it."),
    ("events", "What sources said, event by event, with the requests that brought it."),
    ("silences", "For which alerts nobody is notified, from when to when."),
    ("notifications", "What destinations were notified of, and what is pending."),
    ("destinations", "How each destination fares."),
    ("sources", "Which sources speak, and what they send."),
    ("session", "Who asks, and how people sign in."),
    ("quarantine", "Authenticated requests that could not be understood, kept whole."),
];

const OPERATIONS: &[Operation] = &[
    Operation {
        id: "receiveAlertmanager",
        method: "post",
        path: "/v1/alertmanager",
        tag: "sources",
        summary: "Take a notification of an Alertmanager",
        description: "The receiver of Alertmanager's webhook, version 4. Every alert in it is recorded before this is answered.",
    },
    Operation {
        id: "listAlerts",
        method: "get",
        path: "/v1/alerts",
        tag: "alerts",
        summary: "List alerts",
        description: "The alerts that all filters admit, newest `condition_since` first. A page ends at `limit` or at about 2 MB, \
            whichever comes first; `next_cursor` goes on behind it and stays put while alerts come in.",
    },
    Operation {
        id: "actOnAlerts",
        method: "post",
        path: "/v1/alerts/actions",
        tag: "alerts",
        summary: "Do one thing with many alerts",
        description: "Acknowledges, gives back, resolves or silences the alerts of a list, or all that a filter shows, a thousand at \
            most. What came of it is told alert by alert, and one that is refused keeps no other from being done. An alert \
            that somebody has acknowledged already stays theirs. A silence covers exactly the alerts that were meant. Each \
            change is recorded with the name of the token.",
    },
    Operation {
        id: "getAlert",
        method: "get",
        path: "/v1/alerts/{fingerprint}",
        tag: "alerts",
        summary: "Show one alert",
        description: "One alert as it is now.",
    },
    Operation {
        id: "acknowledgeAlert",
        method: "post",
        path: "/v1/alerts/{fingerprint}/acknowledge",
        tag: "alerts",
        summary: "Acknowledge an alert",
        description: "Gives a firing alert to whoever asks; who comes later takes it over. An alert that is over is a conflict, \
            and a note that came with the attempt is kept all the same.",
    },
    Operation {
        id: "unacknowledgeAlert",
        method: "post",
        path: "/v1/alerts/{fingerprint}/unacknowledge",
        tag: "alerts",
        summary: "Give an alert back",
        description: "Takes the acknowledgement of a firing alert back.",
    },
    Operation {
        id: "resolveAlert",
        method: "post",
        path: "/v1/alerts/{fingerprint}/resolve",
        tag: "alerts",
        summary: "Resolve an alert by hand",
        description: "Records that a firing alert is over. It reopens when its source says that it fires again.",
    },
    Operation {
        id: "listNotes",
        method: "get",
        path: "/v1/alerts/{fingerprint}/notes",
        tag: "alerts",
        summary: "List the notes of an alert",
        description: "What was written about an alert and done with it, newest first; the newest 500.",
    },
    Operation {
        id: "addNote",
        method: "post",
        path: "/v1/alerts/{fingerprint}/notes",
        tag: "alerts",
        summary: "Write a note about an alert",
        description: "Keeps what somebody has to say about an alert, for as long as its history.",
    },
    Operation {
        id: "listAlertEvents",
        method: "get",
        path: "/v1/alerts/{fingerprint}/events",
        tag: "events",
        summary: "List the history of an alert",
        description: "What its source said of one alert, newest first, with the requests that brought it where `raw` is true.",
    },
    Operation {
        id: "replayEvent",
        method: "post",
        path: "/v1/alerts/{fingerprint}/events/{event_id}/replay",
        tag: "events",
        summary: "Read a stored request again",
        description: "Normalizes the request that brought an event once more, such as after an upgrade. What is known counts once.",
    },
    Operation {
        id: "explainNotifications",
        method: "get",
        path: "/v1/alerts/{fingerprint}/notifications",
        tag: "notifications",
        summary: "Show who was notified of an alert, or why not",
        description: "For each destination, whether it knows that the alert fires, what is pending, and what withholds it.",
    },
    Operation {
        id: "getCounts",
        method: "get",
        path: "/v1/counts",
        tag: "alerts",
        summary: "Count what fires",
        description: "How many alerts fire, by severity and source, and how many of them are acknowledged or silenced.",
    },
    Operation {
        id: "getStatistics",
        method: "get",
        path: "/v1/statistics",
        tag: "alerts",
        summary: "Show what was noisy, and how long it took",
        description: "Alerts a day by severity, the noisiest alerts and resources, and by week and source the median times to \
            acknowledge and to resolve, over so many UTC days that end today. It is counted as alerts change, since the release that \
            began to, and read without the history; a change is in it a few seconds later.",
    },
    Operation {
        id: "listDestinations",
        method: "get",
        path: "/v1/destinations",
        tag: "destinations",
        summary: "List the destinations",
        description: "How each destination fares, and what is wrong with the settings. No value that may be a credential is shown.",
    },
    Operation {
        id: "resumeDestination",
        method: "post",
        path: "/v1/destinations/{id}/resume",
        tag: "destinations",
        summary: "Notify a destination again",
        description: "Ends a suspension, a hold and the caution after failures.",
    },
    Operation {
        id: "retryDestination",
        method: "post",
        path: "/v1/destinations/{id}/retry",
        tag: "destinations",
        summary: "Try what waits for a destination now",
        description: "Resumes it, and what waits after a failed attempt is due at once.",
    },
    Operation {
        id: "listEvents",
        method: "get",
        path: "/v1/events",
        tag: "events",
        summary: "List all events",
        description: "The history of all alerts and notices, by the time it came in, newest first.",
    },
    Operation {
        id: "listNotifications",
        method: "get",
        path: "/v1/notifications",
        tag: "notifications",
        summary: "List notifications",
        description: "What waits first, then what came to an end, newest first.",
    },
    Operation {
        id: "retryNotification",
        method: "post",
        path: "/v1/notifications/{id}/retry",
        tag: "notifications",
        summary: "Try a notification now",
        description: "The destination is told what it does not know of the notification's alerts, now.",
    },
    Operation {
        id: "listQuarantine",
        method: "get",
        path: "/v1/quarantine",
        tag: "quarantine",
        summary: "List the quarantine",
        description: "Requests that were not understood, with the reason, newest first; bodies are in the view of one.",
    },
    Operation {
        id: "getQuarantined",
        method: "get",
        path: "/v1/quarantine/{id}",
        tag: "quarantine",
        summary: "Show a quarantined request",
        description: "One request whole, as it came, less its credentials.",
    },
    Operation {
        id: "forgetQuarantined",
        method: "delete",
        path: "/v1/quarantine/{id}",
        tag: "quarantine",
        summary: "Delete a quarantined request",
        description: "Forgets it for good.",
    },
    Operation {
        id: "replayQuarantined",
        method: "post",
        path: "/v1/quarantine/{id}/replay",
        tag: "quarantine",
        summary: "Read a quarantined request again",
        description: "Normalizes it once more; once it is understood it is recorded and leaves the quarantine.",
    },
    Operation {
        id: "getSession",
        method: "get",
        path: "/v1/session",
        tag: "session",
        summary: "Show who asks, and how people can sign in",
        description: "The name and role of whoever has the token or the cookie, and with whom people can sign in. Open to all.",
    },
    Operation {
        id: "signOut",
        method: "delete",
        path: "/v1/session",
        tag: "session",
        summary: "Sign out",
        description: "Forgets the cookie of a person who signed in, and says where their issuer is told. Open to all.",
    },
    Operation {
        id: "listSilences",
        method: "get",
        path: "/v1/silences",
        tag: "silences",
        summary: "List silences",
        description: "Every silence there is, and those that ended in the last five days, newest first.",
    },
    Operation {
        id: "addSilence",
        method: "post",
        path: "/v1/silences",
        tag: "silences",
        summary: "Make a silence",
        description: "Mutes the openings of all alerts whose labels satisfy all matchers, once or recurring.",
    },
    Operation {
        id: "getSilence",
        method: "get",
        path: "/v1/silences/{id}",
        tag: "silences",
        summary: "Show a silence",
        description: "One silence, and where it is in its life.",
    },
    Operation {
        id: "changeSilence",
        method: "put",
        path: "/v1/silences/{id}",
        tag: "silences",
        summary: "Change a silence",
        description: "The answer has another id where what it covered could not be changed any more.",
    },
    Operation {
        id: "endSilence",
        method: "delete",
        path: "/v1/silences/{id}",
        tag: "silences",
        summary: "End a silence",
        description: "Ends it now; one that is over stays as it is.",
    },
    Operation {
        id: "listSources",
        method: "get",
        path: "/v1/sources",
        tag: "sources",
        summary: "List the sources that have spoken",
        description: "When each account last spoke and whether it is silent for longer than it may be, by source and account.",
    },
];

/// Status, name among the components, what it means, and an example of the body.
const FAILURES: [(&str, &str, &str, &str, &str); 7] = [
    (
        "400",
        "BadRequest",
        "A parameter or the body is wrong; the message names it and the remedy.",
        "bad_request",
        "limit: `0` is not between 1 and 1000",
    ),
    (
        "401",
        "Unauthorized",
        "No token, or one that is not known.",
        "unauthorized",
        "no token that is known: send one as `Authorization: Bearer TOKEN`, or as the password of HTTP Basic",
    ),
    (
        "403",
        "Forbidden",
        "The token may only read.",
        "forbidden",
        "this token may read only: use one with the role `write`",
    ),
    (
        "404",
        "NotFound",
        "There is none of this name.",
        "not_found",
        "there is no alert `9b74c9897bac770ffc029102a200c5de`",
    ),
    (
        "409",
        "Conflict",
        "It makes no sense with the alert as it is.",
        "conflict",
        "the alert is resolved already: only a firing one can be taken or ended",
    ),
    (
        "422",
        "NotUnderstood",
        "The stored request is still not understood.",
        "not_understood",
        "it is still not understood: the body has a shape that is not known",
    ),
    (
        "503",
        "Unavailable",
        "Something that is needed does not answer: try again.",
        "unavailable",
        "the table cannot be used at present: try again",
    ),
];

/// Examples of requests and answers, by the id of the operation.
const EXAMPLES: &str = include_str!("examples.json");

/// `description` with what each operation is called, does and may fail with.
pub(super) fn explained(mut description: Value) -> Value {
    description["tags"] =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    description["components"]["responses"] = failures().into();
    // Compiled in, and read by a test.
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    for operation in OPERATIONS {
        let place = pointer(&["paths", operation.path, operation.method]);
        if let Some(Value::Object(known)) = description.pointer_mut(&place) {
            operation.explain(known, &examples[operation.id]);
        }
    }
    description
}

impl Operation {
    fn explain(&self, known: &mut Map<String, Value>, examples: &Value) {
        for (member, text) in
            [("operationId", self.id), ("summary", self.summary), ("description", self.description)]
        {
            known.insert(member.to_owned(), json!(text));
        }
        known.insert("tags".to_owned(), json!([self.tag]));
        let statuses = self.failures(known.contains_key("requestBody") || known.contains_key("parameters"));
        let responses = known.entry("responses").or_insert_with(|| json!({}));
        for (status, name, ..) in FAILURES.iter().filter(|(status, ..)| statuses.contains(status)) {
            responses[*status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
        for success in ["200", "201"] {
            if let Some(Value::Object(answer)) = responses.get_mut(success) {
                answer.insert("description".to_owned(), json!(self.summary));
                if self.method == "get" {
                    answer.insert("headers".to_owned(), etag());
                }
            }
            with_example(
                responses.pointer_mut(&format!("/{success}/content/application~1json")),
                &examples["answer"],
            );
        }
        if self.method == "get" {
            responses["304"] =
                json!({ "description": "`If-None-Match` names this answer: nothing has changed." });
        }
        let body = known.get_mut("requestBody");
        with_example(
            body.and_then(|body| body.pointer_mut("/content/application~1json")),
            &examples["request"],
        );
    }

    fn failures(&self, takes_something: bool) -> Vec<&'static str> {
        let mut statuses = vec!["401", "503"];
        statuses.extend(takes_something.then_some("400"));
        statuses.extend((self.method != "get").then_some("403"));
        statuses.extend(self.path.contains('{').then_some("404"));
        let is_about_one = self.path.starts_with("/v1/alerts/{");
        statuses.extend((is_about_one && self.method == "post" && self.tag == "alerts").then_some("409"));
        statuses.extend(self.id.starts_with("replay").then_some("422"));
        statuses
    }
}

fn with_example(content: Option<&mut Value>, example: &Value) {
    if let Some(Value::Object(content)) = content.filter(|_| !example.is_null()) {
        content.insert("example".to_owned(), example.clone());
    }
}

fn etag() -> Value {
    json!({ "ETag": {
        "description": "Names this answer; `If-None-Match` with it is answered 304 for as long as nothing changes.",
        "schema": { "type": "string" },
    } })
}

fn failures() -> Map<String, Value> {
    let failures = FAILURES.iter().map(|(_, name, description, code, message)| {
        let content = json!({ "application/json": {
            "schema": { "$ref": "#/components/schemas/Refusal" },
            "example": { "error": { "code": code, "message": message } },
        } });
        ((*name).to_owned(), json!({ "description": description, "content": content }))
    });
    failures.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_says_what_it_is_called_and_does_and_how_it_may_fail() {
        let (_, description) = super::super::described(crate::routes::described());
        let mut ids = BTreeSet::<String>::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                for member in ["operationId", "summary", "description"] {
                    assert!(
                        operation[member].as_str().is_some_and(|text| !text.is_empty()),
                        "{place}: {member}"
                    );
                }
                assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
                assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{place}");
                for status in ["401", "503"] {
                    assert!(operation["responses"][status].is_object(), "{place}: {status}");
                }
                let answers = operation["responses"].as_object().unwrap();
                let has_example =
                    |status: &str| answers[status]["content"]["application/json"]["example"].is_object();
                assert!(
                    answers.contains_key("204")
                        || ["200", "201"]
                            .iter()
                            .any(|status| { answers.contains_key(*status) && has_example(status) }),
                    "{place}: give an example of its answer in examples.json"
                );
                if let Some(body) = operation["requestBody"]["content"].get("application/json") {
                    assert!(
                        body["example"].is_object(),
                        "{place}: give an example of its body in examples.json"
                    );
                }
            }
        }
        assert_eq!(ids.len(), OPERATIONS.len());
        let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap();
        assert!(examples.keys().all(|id| ids.contains(id)), "an example of no operation");
    }
}
