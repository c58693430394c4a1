//! ntfy: [publishing as JSON](https://docs.ntfy.sh/publish/#publish-as-json), to ntfy.sh or a server of one's own.
//!
//! Each notification is a message in plain text. Whoever knows a topic of the public server can read it.

use std::sync::Arc;

use alert::Severity;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderValue, header};
use jiff::SignedDuration;
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered, retry_after};
use serde_json::{Value, json};

use crate::json::pruned;
use crate::layout::Layout;
use crate::settings::Fields;
use crate::text::{Markup, Room};
use crate::wording::{Link, LinkKind, Wording};
use crate::{
    Attempt, Channel, Event, Interpretation, Lifecycle, Notification, Probe, Progress, Request, chat,
};

const DEFAULT_URL: &str = "https://ntfy.sh";
/// Our cut; a longer message than 4096 bytes would become an attachment.
const MESSAGE: Room = Room::bytes(4000);
const TITLE: Room = Room::bytes(1000);
const MOST_ACTIONS: usize = 3;
/// A visitor who has used up what may be sent at once gets one more message in this time.
const REFILL: SignedDuration = SignedDuration::from_secs(5);
const MOST_WAIT: SignedDuration = SignedDuration::from_mins(10);

const LAYOUT: Layout = Layout { value: Room::bytes(300), ..Layout::PLAIN };

/// An ntfy destination.
#[derive(Debug)]
pub(crate) struct Ntfy {
    server: SecretUrl,
    topic: Secret,
    authorization: Option<Secret>,
    password: Option<Secret>,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let server = fields.url_or("server", DEFAULT_URL, egress);
    let topic = read_topic(fields);
    let (authorization, password) = read_authorization(fields);
    Some(Arc::new(Ntfy { server: server?, topic: topic?, authorization, password }))
}

fn read_topic(fields: &mut Fields) -> Option<Secret> {
    const REMEDY: &str =
        "give 1 to 64 letters, digits, - and _; on the public server as hard to guess as a password";
    let topic = fields.required_secret("topic", REMEDY)?;
    let is_topic = topic.expose().chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !is_topic || topic.expose().len() > 64 {
        fields.mistake("topic", format!("is no topic: {REMEDY}"));
        return None;
    }
    Some(topic)
}

/// The header's value, and the password in it.
fn read_authorization(fields: &mut Fields) -> (Option<Secret>, Option<Secret>) {
    let token = fields.secret("token");
    let (username, password) = (fields.text("username"), fields.secret("password"));
    if token.is_some() && (username.is_some() || password.is_some()) {
        fields.mistake("token", "stands beside username or password: keep one way to authenticate");
    }
    let text = match (&token, &username, &password) {
        (Some(token), ..) => format!("Bearer {}", token.expose()),
        (None, Some(username), Some(password)) => {
            let pair = format!("{username}:{}", password.expose());
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        }
        (None, None, None) => return (None, None),
        (None, None, _) => {
            fields.mistake("username", "is missing: give it beside password");
            return (None, None);
        }
        (None, _, None) => {
            fields.mistake("password", "is missing: give it beside username");
            return (None, None);
        }
    };
    if HeaderValue::from_str(&text).is_err() {
        fields.mistake("token", "has characters that no header may have: copy it again");
    }
    (Some(Secret::new(text)), password)
}

impl Channel for Ntfy {
    fn type_name(&self) -> &'static str {
        "ntfy"
    }

    fn host(&self) -> &str {
        self.server.host()
    }

    fn secrets(&self) -> Vec<String> {
        let credentials = self.authorization.as_ref().and_then(|value| value.expose().split_once(' '));
        let credentials = credentials.map(|(_, credentials)| credentials.to_owned());
        let password = self.password.as_ref().map(|password| password.expose().to_owned());
        [self.topic.expose().to_owned()].into_iter().chain(credentials).chain(password).collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        chat::LIFECYCLE
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let body = body(attempt.notification, self.topic.expose());
        let request = HttpRequest::post(self.server.expose().clone(), &body);
        let authorization = self.authorization.as_ref();
        let value = authorization.and_then(|value| HeaderValue::from_str(value.expose()).ok());
        Some(Request::Http(match value {
            Some(mut value) => {
                value.set_sensitive(true);
                request.with_header(header::AUTHORIZATION, value)
            }
            None => request,
        }))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => {
                let id = answer.json()["id"].as_str().map(str::to_owned);
                Interpretation::by_body(answer, id.is_some()).with_receipt(id)
            }
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match answer.status {
        429 => {
            let asked = retry_after(&answer.headers, attempt.at);
            Interpretation::limited(asked.or_else(|| Some(own_wait(attempt.number))))
        }
        // Without a way to say who we are, the topic is somebody else's.
        401 | 403 => Interpretation::suspended(Probe::Hourly),
        _ => Interpretation::by_status(answer, attempt.at),
    }
}

/// Twice as long with each attempt.
fn own_wait(number: u32) -> SignedDuration {
    (REFILL * (1_i32 << number.saturating_sub(1).min(8))).min(MOST_WAIT)
}

fn body(notification: &Notification, topic: &str) -> Value {
    let wording = Wording::of(notification);
    // Links are buttons; those that have none are in the text.
    let (buttons, in_text) = actions(&wording);
    let click = wording.links.iter().find(|link| link.kind != LinkKind::Acknowledge);
    let text = LAYOUT.details(&Wording { links: in_text, ..wording.clone() }, MESSAGE);
    let actions: Vec<_> = buttons
        .iter()
        .map(|link| json!({ "action": "view", "label": link.label, "url": link.url }))
        .collect();
    pruned(json!({
        "topic": topic,
        "title": wording.title_line(TITLE, Markup::None),
        "message": text,
        "priority": priority(notification),
        "tags": [tag(notification)],
        "click": click.map(|link| link.url.as_str()),
        "actions": (!actions.is_empty()).then_some(actions),
    }))
}

/// The most important links, in their order, and the others.
fn actions(wording: &Wording) -> (Vec<Link>, Vec<Link>) {
    let mut kinds: Vec<_> = wording.links.iter().map(|link| link.kind).collect();
    kinds.sort();
    kinds.truncate(MOST_ACTIONS);
    wording.links.iter().cloned().partition(|link| kinds.contains(&link.kind))
}

fn priority(notification: &Notification) -> u8 {
    if notification.event.is_end() || notification.event.is_handling() {
        return 3;
    }
    match notification.severity() {
        Severity::Critical => 5,
        Severity::High => 4,
        Severity::Warning => 3,
        Severity::Low | Severity::Info => 2,
    }
}

/// A tag that is shown as an emoji.
fn tag(notification: &Notification) -> &'static str {
    match notification.event {
        Event::Resolved => "white_check_mark",
        Event::Expired => "hourglass",
        Event::Acknowledged => "eyes",
        _ => match notification.severity() {
            Severity::Critical => "rotating_light",
            Severity::High | Severity::Warning => "warning",
            Severity::Low | Severity::Info => "information_source",
        },
    }
}
