//! Opsgenie: [Alert API](https://docs.opsgenie.com/docs/alert-api), whose end is announced.
//!
//! The fingerprint is the alert's `alias`. A create on an open alias changes nothing but its count, so a change of severity
//! is three updates. Every request is answered before it is processed; what matters is looked up after a close: one that
//! overtook its create would leave the alert open for ever.

mod create;
mod verify;

use http::{HeaderValue, Method, header};
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

use self::create::{Responders, Tags};
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Learned, Progress};
use crate::message::{self, Kind, Message};
use crate::reach::Reach;
use crate::request::{Request, pruned};
use crate::retry::{retry_after, wait_of};
use crate::secret::{Secret, SecretUrl};
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};

const DEFAULT_URL: &str = "https://api.opsgenie.com";
const USER_UNITS: usize = 100;
const NOTE_UNITS: usize = 25_000;
const END_OF_LIFE: &str = "Opsgenie is not sold since 2025-06-04 and its API ends on 2027-04-05: \
                           plan to move to another destination";

/// An Opsgenie destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opsgenie {
    pub(super) api_key: Secret,
    pub(super) api_url: SecretUrl,
    responders: Responders,
    tags: Tags,
}

/// The requests that messages are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Call {
    Create,
    UpdatePriority,
    UpdateMessage,
    UpdateDescription,
    Acknowledge,
    Unacknowledge,
    Close { closes: u8 },
    Verify { closes: u8, request_id: String },
}

impl Opsgenie {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from an API integration of Opsgenie, not from the account's API keys";
        let api_key = fields.required_secret("api_key", remedy);
        if api_key.as_ref().is_some_and(|key| HeaderValue::from_str(key.expose()).is_err()) {
            fields.mistake("api_key", "has characters that no header may have: copy it again");
        }
        let api_url = fields.url_or("api_url", DEFAULT_URL, reach);
        let responders = Responders::read(fields);
        let tags = Tags::read(fields);
        fields.warn("api_url", END_OF_LIFE);
        Some(Self { api_key: api_key?, api_url: api_url?, responders, tags })
    }

    pub(super) fn request(&self, attempt: &Attempt<'_>) -> Request {
        let message = attempt.message;
        let request = match Call::of(attempt) {
            Call::Create => {
                Request::post(self.url(&[]), &create::body(message, &self.responders, &self.tags))
            }
            Call::UpdatePriority => self.update(message, "priority", create::priority(message)),
            Call::UpdateMessage => self.update(message, "message", &create::message_text(message)),
            Call::UpdateDescription => self.update(message, "description", &create::description(message)),
            Call::Acknowledge => self.action(message, "acknowledge"),
            Call::Unacknowledge => self.action(message, "unacknowledge"),
            Call::Close { .. } => self.action(message, "close"),
            Call::Verify { request_id, .. } => Request::get(self.url(&["requests", &request_id])),
        };
        self.authorized(request)
    }

    fn authorized(&self, request: Request) -> Request {
        let key = HeaderValue::from_str(&format!("GenieKey {}", self.api_key.expose()));
        match key {
            Ok(mut key) => {
                key.set_sensitive(true);
                request.with_header(header::AUTHORIZATION, key)
            }
            Err(_) => request,
        }
    }

    fn update(&self, message: &Message, what: &str, value: &str) -> Request {
        let url = self.alias_url(message, what);
        Request::json(Method::PUT, url, &json!({ what: value }))
    }

    fn action(&self, message: &Message, what: &str) -> Request {
        let by = message::optional_line(message.by.as_deref());
        let note = match message.kind {
            Kind::Resolved | Kind::Expired => {
                Some(message::title(message, Room::units(NOTE_UNITS), Markup::None))
            }
            _ => message.note.as_deref().map(crate::text::lines).filter(|note| !note.is_empty()),
        };
        let body = json!({
            "source": "Campanile",
            "user": fit(by.as_deref().unwrap_or("Campanile"), Room::units(USER_UNITS), Markup::None),
            "note": note.map(|note| fit(&note, Room::units(NOTE_UNITS), Markup::None)),
        });
        Request::post(self.alias_url(message, what), &pruned(body))
    }

    fn alias_url(&self, message: &Message, what: &str) -> Url {
        let mut url = self.url(&[&message.alert.fingerprint.to_string(), what]);
        url.query_pairs_mut().append_pair("identifierType", "alias");
        url
    }

    /// `/v2/alerts` and `path` under the configured URL.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.api_url.expose().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["v2", "alerts"]).extend(path);
        }
        url
    }

    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        let call = Call::of(attempt);
        if let Call::Verify { closes, request_id } = &call {
            return verify::judge(attempt, answer, *closes, request_id);
        }
        match answer.status {
            202 => accepted(&call, attempt, answer),
            404 if call != Call::Create => Judgement::failed(),
            429 => Judgement::retry_held(throttled(answer, attempt)),
            _ => Judgement::by_status(answer, attempt.at),
        }
        .resuming(&Self::resumes_at(&attempt.progress))
    }

    /// Every request may be repeated, so a retry starts over, except that a close is not forgotten.
    pub(super) fn resumes_at(progress: &Progress) -> Progress {
        match progress {
            Progress::CloseAgain { .. } | Progress::VerifyClose { .. } => progress.clone(),
            _ => Progress::Start,
        }
    }
}

impl Call {
    fn of(attempt: &Attempt<'_>) -> Self {
        let message = attempt.message;
        match (message.kind, &attempt.progress) {
            (Kind::Acknowledged, _) => Self::Acknowledge,
            (Kind::Unacknowledged, _) => Self::Unacknowledge,
            (Kind::Resolved | Kind::Expired, Progress::VerifyClose { closes, request_id }) => {
                Self::Verify { closes: *closes, request_id: request_id.clone() }
            }
            (Kind::Resolved | Kind::Expired, Progress::CloseAgain { closes }) => {
                Self::Close { closes: *closes }
            }
            (Kind::Resolved | Kind::Expired, _) => Self::Close { closes: 0 },
            (Kind::Opened | Kind::Reopened, _) => Self::Create,
            (Kind::Escalated | Kind::Deescalated, _) if message.is_first => Self::Create,
            (_, Progress::UpdateMessage) => Self::UpdateMessage,
            (_, Progress::UpdateDescription) => Self::UpdateDescription,
            _ => Self::UpdatePriority,
        }
    }
}

fn accepted(call: &Call, attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
    let body = answer.json();
    let request_id = body["requestId"].as_str().map(|id| id.chars().take(100).collect::<String>());
    match (call, request_id) {
        (Call::Create, receipt) => {
            Judgement::sent().learning(Learned::Created(attempt.at)).with_receipt(receipt)
        }
        (Call::UpdatePriority, _) => Judgement::next(Progress::UpdateMessage),
        (Call::UpdateMessage, _) if message::summary(attempt.message).is_some() => {
            Judgement::next(Progress::UpdateDescription)
        }
        (Call::Close { closes }, Some(request_id)) => {
            Judgement::next(Progress::VerifyClose { closes: closes.saturating_add(1), request_id })
        }
        (_, receipt) => Judgement::sent().with_receipt(receipt),
    }
}

/// The wait of a 429: `Retry-After`, else one period of the limit that was hit.
fn throttled(answer: &Answer, attempt: &Attempt<'_>) -> Option<SignedDuration> {
    let is_throttled = answer.header("x-ratelimit-state") == Some("THROTTLED");
    let period = answer.number("x-ratelimit-period-in-sec").and_then(wait_of).filter(|_| is_throttled);
    retry_after(&answer.headers, attempt.at).or(period)
}
