//! Opsgenie: [Alert API](https://docs.opsgenie.com/docs/alert-api), whose end is announced.
//!
//! The group is the alert's `alias`. Every request is answered 202 before it is processed, so what became of it is looked
//! up: an integration's rules may discard a create, and a close may overtake its create and leave the alert open for ever.
//! A create on an open alias raises its count only, and on one that a person has closed makes a new alert; so a change
//! creates first and then updates.

pub(crate) mod create;
pub(crate) mod lookup;
pub(crate) mod step;

use std::sync::Arc;

use http::{HeaderValue, Method, header};
use jiff::{SignedDuration, Timestamp};
use net::{
    EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered, retry_after, sanitize,
    wait_of_seconds,
};
use serde_json::{Value, json};
use url::Url;

use self::create::{Responders, Tags};
use self::step::{Call, Step};
use crate::json::pruned;
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::wording::{Wording, optional_line};
use crate::{
    Attempt, Channel, Deliver, Inspection, InspectionFailure, Interpretation, Lifecycle, Memory,
    Notification, Probe, Request, Subject,
};

const DEFAULT_URL: &str = "https://api.opsgenie.com";
/// The id of a request that nobody has made.
const NO_REQUEST: &str = "00000000-0000-4000-8000-000000000000";
const USER_UNITS: usize = 100;
const NOTE_UNITS: usize = 25_000;
const OF_JSM: &str = "leads to Jira Service Management";
const END_OF_LIFE: &str = "Opsgenie is not sold since 2025-06-04 and its API ends on 2027-04-05: \
                           plan to move to type `jsm`";

/// An Opsgenie destination.
#[derive(Debug)]
pub(crate) struct Opsgenie {
    api: Api,
    responders: Responders,
    tags: Tags,
}

/// An alert API, and how it is authorized.
#[derive(Debug)]
pub(crate) struct Api {
    key: Secret,
    pub(crate) url: SecretUrl,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from an API integration of Opsgenie, not from the account's API keys";
    let api = Api::read(fields, remedy, DEFAULT_URL, egress);
    let responders = Responders::read(fields);
    let tags = Tags::read(fields);
    match &api {
        Some(api) if is_of_jsm(api.url.expose()) => {
            let problem = format!("{OF_JSM}: write \"type\":\"jsm\" instead of `opsgenie`");
            fields.mistake("api_url", problem);
        }
        _ => fields.warn("api_url", END_OF_LIFE),
    }
    Some(Arc::new(Opsgenie { api: api?, responders, tags }))
}

/// Whether `url` is one of Jira Service Management, whose API is another one behind a similar face.
fn is_of_jsm(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_atlassian = ["atlassian.com", "atlassian.net", "jira.com"]
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    is_atlassian || url.path().contains("/jsm/ops/")
}

/// Whether `url` is one of Opsgenie.
pub(crate) fn is_of_opsgenie(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.strip_suffix("opsgenie.com").is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Of Opsgenie and its successor: incidents, notified of everything.
pub(crate) const LIFECYCLE: Lifecycle = Lifecycle {
    deliver: Deliver::State,
    opens_incidents: true,
    updates_in_place: true,
    threads: false,
    acknowledges: true,
    unacknowledges: true,
};

impl Channel for Opsgenie {
    fn type_name(&self) -> &'static str {
        "opsgenie"
    }

    fn host(&self) -> &str {
        self.api.url.host()
    }

    fn secrets(&self) -> Vec<String> {
        self.api.secrets()
    }

    fn lifecycle(&self) -> Lifecycle {
        LIFECYCLE
    }

    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        self.api.inspections()
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let notification = attempt.notification;
        let request = match Call::of(attempt) {
            Call::Create => {
                let body = create::body(notification, &self.responders, &self.tags);
                self.api.post(self.api.alerts(&[]), &body)
            }
            Call::Update(what) => self.update(notification, what),
            Call::Action(what) => self.api.action(notification, what),
            Call::LookUp(request_id) => self.api.look_up(&request_id),
        };
        Some(Request::Http(request))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, attempt.progress.clone()),
        }
    }
}

impl Opsgenie {
    fn update(&self, notification: &Notification, what: &'static str) -> HttpRequest {
        let wording = Wording::of(notification);
        let value = match what {
            "priority" => create::priority(notification.severity()).to_owned(),
            "message" => create::message_text(&wording),
            _ => create::description(&wording).unwrap_or_default(),
        };
        let url = self.api.of_alias(notification, what);
        self.api.authorized(HttpRequest::json(Method::PUT, url, &json!({ what: value })))
    }
}

impl Api {
    /// Reads `api_key` and `api_url`.
    pub(crate) fn read(
        fields: &mut Fields,
        remedy: &str,
        default_url: &str,
        egress: &EgressPolicy,
    ) -> Option<Self> {
        let key = fields.required_secret("api_key", remedy);
        if key.as_ref().is_some_and(|key| HeaderValue::from_str(key.expose()).is_err()) {
            fields.mistake("api_key", "has characters that no header may have: copy it again");
        }
        let url = fields.url_or("api_url", default_url, egress);
        Some(Self { key: key?, url: url? })
    }

    pub(crate) fn secrets(&self) -> Vec<String> {
        vec![self.key.expose().to_owned()]
    }

    pub(crate) fn authorized(&self, request: HttpRequest) -> HttpRequest {
        let Ok(mut key) = HeaderValue::from_str(&format!("GenieKey {}", self.key.expose())) else {
            return request;
        };
        key.set_sensitive(true);
        request.with_header(header::AUTHORIZATION, key)
    }

    pub(crate) fn post(&self, url: Url, body: &Value) -> HttpRequest {
        self.authorized(HttpRequest::post(url, body))
    }

    pub(crate) fn look_up(&self, request_id: &str) -> HttpRequest {
        self.authorized(HttpRequest::get(self.alerts(&["requests", request_id])))
    }

    /// A look at a request that nobody has made: only a good key learns that there is none.
    pub(crate) fn inspections(&self) -> Vec<Inspection> {
        vec![Inspection { request: Request::Http(self.look_up(NO_REQUEST)), judge }]
    }

    /// Acknowledges, withdraws that, or closes.
    pub(crate) fn action(&self, notification: &Notification, what: &str) -> HttpRequest {
        let (by, note) = by_and_note(notification);
        let body = json!({
            "source": "Campanile",
            "user": fit(by.as_deref().unwrap_or("Campanile"), Room::units(USER_UNITS), Markup::None),
            "note": note.map(|note| fit(&note, Room::units(NOTE_UNITS), Markup::None)),
        });
        self.post(self.of_alias(notification, what), &pruned(body))
    }

    /// `what` of the alert whose alias is the group.
    pub(crate) fn of_alias(&self, notification: &Notification, what: &str) -> Url {
        let mut url = self.alerts(&[&notification.group, what]);
        url.query_pairs_mut().append_pair("identifierType", "alias");
        url
    }

    /// `/v2/alerts` and `path` under the configured URL.
    pub(crate) fn alerts(&self, path: &[&str]) -> Url {
        let mut url = self.url.expose().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["v2", "alerts"]).extend(path);
        }
        url
    }
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    match answer.status {
        200 | 404 => Ok(()),
        401 | 422 => Err(InspectionFailure::Refused(
            "its key is refused: copy it again, and see that its integration is turned on",
        )),
        402 | 403 => Err(InspectionFailure::Refused(
            "its key may not open alerts: take that of an API integration, with the right to create",
        )),
        status => Err(InspectionFailure::Unclear(status)),
    }
}

/// Who did it and what they said; of an end, that it is over.
fn by_and_note(notification: &Notification) -> (Option<String>, Option<String>) {
    let (by, note) = match &notification.subject {
        Subject::Alert(subject) => (subject.by.as_deref(), subject.note.as_deref()),
        Subject::Group(group) => (group.by.as_deref(), None),
    };
    let note = if notification.event.is_end() {
        Some(Wording::of(notification).title_line(Room::ANY, Markup::None))
    } else {
        note.map(sanitize::lines).filter(|note| !note.is_empty())
    };
    (optional_line(by), note)
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let call = Call::of(attempt);
    if matches!(call, Call::LookUp(_)) {
        return lookup::answered(attempt, answer, step::after_create);
    }
    match answer.status {
        202 => accepted(&call, attempt, answer),
        404 if call != Call::Create => Interpretation::failed(),
        _ => refused(attempt, answer),
    }
}

/// What is the same for every call.
pub(crate) fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let interpretation = match answer.status {
        422 if answer.text().contains("Key format is not valid") => Interpretation::suspended(Probe::Hourly),
        429 => Interpretation::limited(throttled(attempt, answer)),
        _ => Interpretation::by_status(answer, attempt.at),
    };
    interpretation.resuming(&attempt.progress)
}

fn accepted(call: &Call, attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let request_id = request_id(answer);
    match (call, request_id) {
        (Call::Create, Some(request_id)) => {
            lookup::first(&Step::created(request_id)).remembering(created_at(attempt))
        }
        (Call::Create, None) => step::after_create(attempt).remembering(created_at(attempt)),
        (Call::Update(what), receipt) => step::after_update(what, attempt).with_receipt(receipt),
        (Call::Action("close"), Some(request_id)) => {
            lookup::first(&Step::closed(request_id, &Step::of(attempt)))
        }
        (_, receipt) => Interpretation::sent().with_receipt(receipt),
    }
}

/// What the accepted request is called.
pub(crate) fn request_id(answer: &HttpAnswer) -> Option<String> {
    answer.json()["requestId"].as_str().map(|id| id.chars().take(100).collect())
}

/// When the alert was asked to be created, lest its close overtakes it.
pub(crate) fn created_at(attempt: &Attempt<'_>) -> Memory {
    Memory(json!({ "created_at": attempt.at.to_string() }))
}

/// The wait of a 429: `Retry-After`, else one period of the limit that was hit.
fn throttled(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Option<SignedDuration> {
    let is_throttled = answer.header("x-ratelimit-state") == Some("THROTTLED");
    let period =
        answer.number("x-ratelimit-period-in-sec").and_then(wait_of_seconds).filter(|_| is_throttled);
    retry_after(&answer.headers, attempt.at).or(period)
}
