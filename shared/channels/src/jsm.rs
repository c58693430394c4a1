//! Jira Service Management Operations: [integration
//! events](https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events/), Opsgenie's
//! successor.
//!
//! Like Opsgenie's API, but nothing of an alert can be changed: what is worse, milder or new is a note, after a create
//! that does no more than raise a count unless somebody has closed the alert there.

use std::sync::Arc;

use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, HttpRequest, Unanswered};
use serde_json::json;

use crate::opsgenie::create::{self, Responders, Tags};
use crate::opsgenie::step::{self, Step};
use crate::opsgenie::{Api, LIFECYCLE, created_at, is_of_opsgenie, lookup, refused, request_id};
use crate::settings::Fields;
use crate::text::{Markup, Room};
use crate::wording::Wording;
use crate::{Attempt, Channel, Event, Inspection, Interpretation, Lifecycle, Notification, Probe, Request};

const DEFAULT_URL: &str = "https://api.atlassian.com/jsm/ops/integration";
const NOTE_UNITS: usize = 25_000;
/// The step at which a note follows the create.
const NOTE: &str = "note";

/// A destination in Jira Service Management.
#[derive(Debug)]
pub(crate) struct Jsm {
    api: Api,
    responders: Responders,
    tags: Tags,
}

/// The requests that notifications are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Call {
    Create,
    Note,
    Action(&'static str),
    LookUp(String),
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from an API integration of a team's operations, not from the Atlassian account";
    let api = Api::read(fields, remedy, DEFAULT_URL, egress);
    let responders = Responders::read(fields);
    let tags = Tags::read(fields);
    if api.as_ref().is_some_and(|api| is_of_opsgenie(api.url.expose())) {
        let problem =
            "leads to Opsgenie: remove it, or write \"type\":\"opsgenie\" for an account that has not moved";
        fields.mistake("api_url", problem);
    }
    Some(Arc::new(Jsm { api: api?, responders, tags }))
}

impl Channel for Jsm {
    fn type_name(&self) -> &'static str {
        "jsm"
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
            Call::Note => self.note(notification),
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

impl Jsm {
    fn note(&self, notification: &Notification) -> HttpRequest {
        let note = Wording::of(notification).title_line(Room::units(NOTE_UNITS), Markup::None);
        let body = json!({ "note": note, "source": "Campanile" });
        self.api.post(self.api.of_alias(notification, "notes"), &body)
    }
}

impl Call {
    fn of(attempt: &Attempt<'_>) -> Self {
        match (attempt.notification.event, Step::of(attempt)) {
            (Event::Acknowledged, _) => Self::Action("acknowledge"),
            (Event::Unacknowledged, _) => Self::Action("unacknowledge"),
            (_, Step::Created(lookup) | Step::Closed { lookup, .. }) => Self::LookUp(lookup.request_id),
            (Event::Resolved | Event::Expired, _) => Self::Action("close"),
            (_, Step::Update(_)) => Self::Note,
            _ => Self::Create,
        }
    }
}

fn after_create(attempt: &Attempt<'_>) -> Interpretation {
    if step::is_change(attempt) { step::update(NOTE) } else { Interpretation::sent() }
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let call = Call::of(attempt);
    match (&call, answer.status) {
        (Call::LookUp(_), _) => lookup::answered(attempt, answer, after_create),
        (_, 202) => accepted(&call, attempt, answer),
        // Not documented: where it is not known, nothing is lost.
        (Call::Action("unacknowledge"), 400 | 402 | 404..=428 | 430..=499) => Interpretation::sent(),
        // There is no such API, or not for this key.
        (Call::Create, 404) => Interpretation::suspended(Probe::Never),
        (Call::Create, _) => refused(attempt, answer),
        (_, 404) => Interpretation::failed(),
        _ => refused(attempt, answer),
    }
}

fn accepted(call: &Call, attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match (call, request_id(answer)) {
        (Call::Create, Some(request_id)) => {
            lookup::first(&Step::created(request_id)).remembering(created_at(attempt))
        }
        (Call::Create, None) => after_create(attempt).remembering(created_at(attempt)),
        (Call::Action("close"), Some(request_id)) => {
            lookup::first(&Step::closed(request_id, &Step::of(attempt)))
        }
        (_, receipt) => Interpretation::sent().with_receipt(receipt),
    }
}
