//! Slack with a bot's token: the [Web API](https://docs.slack.dev/reference/methods/chat.postMessage).
//!
//! The first message of a group is updated with every change. An update notifies nobody, so what must reach people is also
//! posted in its thread: what is worse, and a reminder, in the channel, too.

mod answer;

use std::sync::Arc;

use http::{HeaderValue, header};
use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered};
use serde_json::{Value, json};

use crate::settings::Fields;
use crate::slack;
use crate::wording::Wording;
use crate::{
    Attempt, Channel, Deliver, Event, Inspection, Interpretation, Lifecycle, Memory, Progress, Request,
};

const DEFAULT_URL: &str = "https://slack.com/api";

/// A Slack destination that a bot posts to.
#[derive(Debug)]
pub(crate) struct SlackBot {
    bot_token: Secret,
    channel: String,
    /// For buttons, which are answered elsewhere.
    signing_secret: Option<Secret>,
    api_url: SecretUrl,
}

/// A message about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    channel: String,
    ts: String,
}

/// The requests that notifications are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Call {
    Post { thread: Option<String> },
    Update(Known),
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let bot_token = read_token(fields);
    let channel = fields.required_text("channel", "give the channel's id, like C0123456789");
    let signing_secret = fields.secret("signing_secret");
    let api_url = fields.url_or("api_url", DEFAULT_URL, egress);
    Some(Arc::new(SlackBot { bot_token: bot_token?, channel: channel?, signing_secret, api_url: api_url? }))
}

fn read_token(fields: &mut Fields) -> Option<Secret> {
    let remedy = "copy the Bot User OAuth Token of the app's page OAuth & Permissions, like xoxb-…";
    let token = fields.required_secret("bot_token", remedy)?;
    let is_token =
        token.expose().starts_with("xoxb-") && token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    if !is_token {
        fields.mistake("bot_token", format!("is not a bot's token: {remedy}"));
    }
    is_token.then_some(token)
}

impl Channel for SlackBot {
    fn type_name(&self) -> &'static str {
        "slack_bot"
    }

    fn host(&self) -> &str {
        self.api_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        let signing = self.signing_secret.iter().map(|secret| secret.expose().to_owned());
        [self.bot_token.expose().to_owned()].into_iter().chain(signing).collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::State,
            opens_incidents: false,
            updates_in_place: true,
            threads: true,
            acknowledges: true,
            unacknowledges: true,
        }
    }

    /// A channel takes one message a second.
    fn concurrency(&self) -> usize {
        1
    }

    /// Whether the bot may post in the channel is not shown by it.
    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let request = self.call("auth.test", &json!({}));
        let inspection = |request| Inspection { request: Request::Http(request), judge: answer::judge };
        request.map(inspection).into_iter().collect()
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let notification = attempt.notification;
        let mut body = slack::message(&Wording::of(notification));
        let method = match Call::of(attempt) {
            Call::Update(known) => {
                body["channel"] = known.channel.into();
                body["ts"] = known.ts.into();
                "chat.update"
            }
            Call::Post { thread } => {
                body["channel"] = self.channel.as_str().into();
                body["metadata"] = json!({
                    "event_type": "campanile_notification",
                    "event_payload": { "id": notification.id, "group": notification.group },
                });
                if let Some(ts) = thread {
                    body["thread_ts"] = ts.into();
                    body["reply_broadcast"] = is_urgent(notification.event).into();
                }
                "chat.postMessage"
            }
        };
        self.call(method, &body).map(Request::Http)
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answer::answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, attempt.progress.clone()),
        }
    }
}

impl SlackBot {
    fn call(&self, method: &str, body: &Value) -> Option<HttpRequest> {
        let mut url = self.api_url.expose().clone();
        url.path_segments_mut().ok()?.pop_if_empty().push(method);
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.bot_token.expose())).ok()?;
        token.set_sensitive(true);
        let mut request = HttpRequest::post(url, body).with_header(header::AUTHORIZATION, token);
        let content_type = HeaderValue::from_static("application/json; charset=utf-8");
        for (name, value) in &mut request.headers {
            if *name == header::CONTENT_TYPE {
                value.clone_from(&content_type);
            }
        }
        Some(request)
    }
}

impl Known {
    /// The message about the group, unless the group is new.
    fn of(attempt: &Attempt<'_>) -> Option<Self> {
        let text = |name: &str| attempt.memory.0[name].as_str().map(str::to_owned);
        let known = Self { channel: text("channel")?, ts: text("ts")? };
        (!attempt.notification.is_first).then_some(known)
    }

    fn memory(&self) -> Memory {
        Memory(json!({ "channel": self.channel, "ts": self.ts }))
    }
}

impl Call {
    fn of(attempt: &Attempt<'_>) -> Self {
        match Known::of(attempt) {
            Some(known) if attempt.progress != updated() => Self::Update(known),
            known => Self::Post { thread: known.map(|known| known.ts) },
        }
    }
}

/// Where a notification goes on once the message that is there says it.
fn updated() -> Progress {
    Progress("updated".into())
}

/// Whether it must reach people, which an update does not.
const fn reaches_people(event: Event) -> bool {
    !matches!(event, Event::Updated | Event::Acknowledged | Event::Unacknowledged)
}

/// Whether a reply must be seen by those, too, who do not follow the thread.
const fn is_urgent(event: Event) -> bool {
    matches!(event, Event::Opened | Event::Reopened | Event::Escalated | Event::Reminder)
}
