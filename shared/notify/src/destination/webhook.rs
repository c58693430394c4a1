//! A webhook of one's own: three bodies, three ways to authenticate, signatures, and a check of who owns the URL.

mod alertmanager;
mod auth;
mod certificates;
mod challenge;
mod cloudevents;
mod headers;
mod netdata;
mod signature;

use http::{HeaderName, HeaderValue, Method, header};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) use self::certificates::Certificates;
pub use self::challenge::ChallengeFailure;

use self::auth::Auth;
use self::headers::Headers;
use self::signature::Signing;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::Judgement;
use crate::reach::Reach;
use crate::request::Request;
use crate::secret::{Secret, SecretUrl};
use crate::settings::Fields;

/// A webhook destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(super) url: SecretUrl,
    body: Body,
    headers: Headers,
    auth: Auth,
    certificates: Certificates,
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

impl Webhook {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let url = fields.required_url("url", "give the address that messages are posted to", reach);
        let body = fields.word_or("body", &BODIES, Body::Netdata);
        let headers = Headers::read(fields);
        let certificates = Certificates::read(fields);
        let signing = Signing::read(fields);
        let auth = Auth::read(fields, &certificates, &signing);
        let challenge_secret = fields.secret("challenge_secret");
        let event_type_prefix = read_prefix(fields, body);
        Some(Self {
            url: url?,
            body: body?,
            headers,
            auth: auth?,
            certificates,
            challenge_secret,
            signing,
            event_type_prefix,
        })
    }

    pub(crate) const fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub(super) const fn has_challenge(&self) -> bool {
        self.challenge_secret.is_some()
    }

    pub(super) const fn is_told_of_handling(&self) -> bool {
        matches!(self.body, Body::CloudEvents)
    }

    pub(super) const fn announces_labels(&self) -> bool {
        matches!(self.body, Body::Alertmanager)
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        let challenge = self.challenge_secret.as_ref().map(|secret| secret.expose().to_owned());
        [self.auth.secrets(), self.headers.secrets(), challenge.into_iter().collect()].concat()
    }

    pub(super) fn request(&self, id: &str, attempt: &Attempt<'_>) -> Request {
        let message = attempt.message;
        let (body, content_type) = match self.body {
            Body::Netdata => (netdata::body(message), "application/json"),
            Body::Alertmanager => (alertmanager::body(id, attempt), "application/json"),
            Body::CloudEvents => {
                (cloudevents::body(message, &self.event_type_prefix), "application/cloudevents+json")
            }
        };
        let fingerprint = message.alert.fingerprint.to_string();
        let marks = [
            ("campanile-fingerprint", fingerprint.as_str()),
            ("campanile-transition", message.kind.as_str()),
        ];
        let marks = marks.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        });
        let mut request = self.post(&body, content_type, &message.id(), attempt.at);
        request.headers.extend(marks);
        request
    }

    /// The test notification that Netdata sends, with a `token` to find it by.
    pub(crate) fn trial(&self, token: &str, at: Timestamp) -> Request {
        let text = "This is a test notification of Campanile. Nothing is wrong.";
        let body = json!({ "message": text, "title": "Test Notification", "token": token });
        self.post(&body, "application/json", &format!("test-{token}"), at)
    }

    fn post(&self, body: &Value, content_type: &'static str, id: &str, at: Timestamp) -> Request {
        let body = body.to_string().into_bytes();
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        headers.extend(self.own_headers());
        headers.extend(self.signing.headers(id, at, &body));
        Request { method: Method::POST, url: self.url.expose().clone(), headers, body }
    }

    /// The configured headers and the authentication, which the ownership check has too.
    fn own_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let authorization = self.auth.header().map(|value| (header::AUTHORIZATION, value));
        self.headers.iter().chain(authorization).collect()
    }

    /// Any 2xx is success, whatever the body.
    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        if answer.is_success() { Judgement::sent() } else { Judgement::by_status(answer, attempt.at) }
    }
}

fn read_prefix(fields: &mut Fields, body: Option<Body>) -> String {
    let prefix = fields.text("event_type_prefix");
    if prefix.is_some() && body.is_some_and(|body| body != Body::CloudEvents) {
        fields.mistake("event_type_prefix", "is for body `cloudevents` only: remove it");
    }
    prefix.unwrap_or_else(|| "campanile".to_owned())
}
