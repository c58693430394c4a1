//! A webhook of one's own: three bodies, three ways to authenticate, signatures, and a check of who owns the URL.

mod alertmanager;
mod announced;
mod auth;
mod certificates;
mod challenge;
mod headers;
mod netdata;
mod signature;

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, header};
use jiff::Timestamp;
use net::{Certificates, EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered};
use serde_json::Value;

use self::announced::Announced;
use self::auth::Auth;
use self::headers::Headers;
use self::signature::Signing;
use crate::cloudevents;
use crate::settings::Fields;
use crate::{Attempt, Channel, Deliver, Interpretation, Lifecycle, Ownership, Progress, Request};

/// Most alerts of a group in one body of Alertmanager; how many are left out is in the body, too.
const MOST_ALERTS: usize = 1000;

/// A webhook destination.
#[derive(Debug)]
pub(crate) struct Webhook {
    url: SecretUrl,
    body: Body,
    headers: Headers,
    auth: Auth,
    certificates: Option<Certificates>,
    challenge_secret: Option<Secret>,
    signing: Signing,
    /// What the types of its CloudEvents begin with.
    event_type_prefix: String,
}

/// Which body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Netdata,
    Alertmanager,
    CloudEvents,
}

const BODIES: [(&str, Body); 3] =
    [("netdata", Body::Netdata), ("alertmanager", Body::Alertmanager), ("cloudevents", Body::CloudEvents)];

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let url = fields.required_url("url", "give the address that notifications are posted to", egress);
    let body = fields.word_or("body", &BODIES, Body::Netdata);
    let headers = Headers::read(fields);
    let certificates = certificates::read(fields);
    let signing = Signing::read(fields);
    let auth = Auth::read(fields, certificates.as_ref(), &signing);
    let challenge_secret = fields.secret("challenge_secret");
    let event_type_prefix = read_prefix(fields, body);
    Some(Arc::new(Webhook {
        url: url?,
        body: body?,
        headers,
        auth: auth?,
        certificates,
        challenge_secret,
        signing,
        event_type_prefix,
    }))
}

impl Channel for Webhook {
    fn type_name(&self) -> &'static str {
        "webhook"
    }

    fn host(&self) -> &str {
        self.url.host()
    }

    fn secrets(&self) -> Vec<String> {
        let challenge = self.challenge_secret.as_ref().map(|secret| secret.expose().to_owned());
        let parts =
            [self.url.sensitive_parts(), self.auth.secrets(), self.headers.secrets(), self.signing.secrets()];
        parts.concat().into_iter().chain(challenge).collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        let knows_handling = self.body == Body::CloudEvents;
        Lifecycle {
            deliver: Deliver::Changes,
            opens_incidents: false,
            updates_in_place: false,
            threads: false,
            acknowledges: knows_handling,
            unacknowledges: knows_handling,
        }
    }

    fn most_alerts(&self) -> usize {
        match self.body {
            Body::Netdata => 10,
            Body::Alertmanager | Body::CloudEvents => MOST_ALERTS,
        }
    }

    fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    fn ownership(&self) -> Option<&dyn Ownership> {
        self.challenge_secret.is_some().then_some(self)
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let notification = attempt.notification;
        let (body, content_type) = match self.body {
            Body::Netdata => (netdata::body(notification), "application/json"),
            Body::Alertmanager => (alertmanager::body(attempt), "application/json"),
            Body::CloudEvents => {
                (cloudevents::body(notification, &self.event_type_prefix), "application/cloudevents+json")
            }
        };
        let subject_id = notification.subject_id();
        let marks = [
            ("campanile-fingerprint", subject_id.as_str()),
            ("campanile-transition", notification.event.as_str()),
        ];
        let marks = marks.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        });
        let mut request = self.post(&body, content_type, &notification.id, attempt.at);
        request.headers.extend(marks);
        Some(Request::Http(request))
    }

    /// Any 2xx is success, whatever the body.
    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.is_success() && self.body == Body::Alertmanager => {
                Interpretation::sent().remembering(Announced::after(attempt))
            }
            Ok(answer) if answer.is_success() => Interpretation::sent(),
            Ok(answer) => Interpretation::by_status(answer, attempt.at),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

impl Webhook {
    fn post(&self, body: &Value, content_type: &'static str, id: &str, at: Timestamp) -> HttpRequest {
        let body = body.to_string().into_bytes();
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        headers.extend(self.own_headers());
        headers.extend(self.signing.headers(id, at, &body));
        HttpRequest { method: Method::POST, url: self.url.expose().clone(), headers, body }
    }

    /// The configured headers and the authentication, which the ownership check has too.
    fn own_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let authorization = self.auth.header().map(|value| (header::AUTHORIZATION, value));
        self.headers.iter().chain(authorization).collect()
    }
}

fn read_prefix(fields: &mut Fields, body: Option<Body>) -> String {
    let prefix = fields.text("event_type_prefix");
    if prefix.is_some() && body.is_some_and(|body| body != Body::CloudEvents) {
        fields.mistake("event_type_prefix", "is for body `cloudevents` only: remove it");
    }
    prefix.unwrap_or_else(|| "campanile".to_owned())
}
