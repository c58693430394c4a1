//! Discord: [Execute Webhook](https://docs.discord.com/developers/resources/webhook#execute-webhook).
//!
//! Good news of a group changes the message that is there; an edit notifies nobody, so what is worse, a reminder and the
//! end are messages of their own. In a forum channel every message belongs to one thread: the first makes it, and its id
//! is remembered for the destination.

mod answer;
mod embed;

use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered, sanitize};
use serde_json::{Value, json};
use url::Url;

use self::answer::is_id;
use self::embed::embed;
use crate::json::pruned;
use crate::settings::Fields;
use crate::text;
use crate::wording::Wording;
use crate::{
    Attempt, Channel, Deliver, Event, Inspection, Interpretation, Lifecycle, Memory, Progress, Request,
};

/// Longest name of a thread, in UTF-16 code units.
const THREAD_NAME_UNITS: usize = 100;
/// What all Discord destinations share: its limit counts our address.
const SCOPE: &str = "discord";

/// A Discord destination.
#[derive(Debug)]
pub(crate) struct Discord {
    webhook_url: SecretUrl,
    place: Target,
}

/// Where in Discord messages go.
#[derive(Debug)]
enum Target {
    Text,
    /// To one thread, made by the first with this name and these tags.
    Forum {
        thread_name: String,
        thread_tags: Vec<String>,
    },
}

/// The requests that notifications are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Call {
    Post,
    Edit(String),
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from Server Settings, Integrations, Webhooks";
    let webhook_url = fields.required_url("webhook_url", remedy, egress);
    let place = Target::read(fields);
    Some(Arc::new(Discord { webhook_url: webhook_url?, place: place? }))
}

impl Channel for Discord {
    fn type_name(&self) -> &'static str {
        "discord"
    }

    fn host(&self) -> &str {
        self.webhook_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        self.webhook_url.sensitive_parts()
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::State,
            opens_incidents: false,
            updates_in_place: true,
            threads: false,
            acknowledges: false,
            unacknowledges: false,
        }
    }

    /// Two messages at once would make two threads.
    fn concurrency(&self) -> usize {
        match self.place {
            Target::Text => 8,
            Target::Forum { .. } => 1,
        }
    }

    fn rate_limit_scope(&self) -> Option<&'static str> {
        Some(SCOPE)
    }

    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let request = HttpRequest::get(self.webhook_url.expose().clone());
        vec![Inspection { request: Request::Http(request), judge: answer::judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let embed = embed(&Wording::of(attempt.notification));
        let request = match Call::of(attempt) {
            Call::Post => HttpRequest::post(self.url(attempt, None), &self.message(attempt, &embed)),
            Call::Edit(id) => {
                let body = json!({ "allowed_mentions": { "parse": [] }, "embeds": [embed] });
                HttpRequest::json(Method::PATCH, self.url(attempt, Some(&id)), &body)
            }
        };
        Some(Request::Http(request))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => self.answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, attempt.progress.clone()),
        }
    }
}

impl Discord {
    fn message(&self, attempt: &Attempt<'_>, embed: &Value) -> Value {
        let thread = match &self.place {
            Target::Forum { thread_name, thread_tags } if thread(attempt).is_none() => {
                Some((thread_name, thread_tags))
            }
            _ => None,
        };
        pruned(json!({
            "username": "Campanile",
            "allowed_mentions": { "parse": [] },
            "embeds": [embed],
            "thread_name": thread.map(|(name, _)| name),
            "applied_tags": thread.map(|(_, tags)| tags).filter(|tags| !tags.is_empty()),
        }))
    }

    /// The webhook's URL, or that of one of its messages, with `wait`, without which an answer says nothing, and with
    /// the thread.
    fn url(&self, attempt: &Attempt<'_>, message: Option<&str>) -> Url {
        let mut url = self.webhook_url.expose().clone();
        let is_kept = |(name, _): &(String, String)| name != "wait" && name != "thread_id";
        let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(is_kept).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair("wait", "true");
        if let Some(id) = thread(attempt).filter(|_| self.is_forum()) {
            url.query_pairs_mut().append_pair("thread_id", id);
        }
        if let (Some(id), Ok(mut segments)) = (message, url.path_segments_mut()) {
            segments.pop_if_empty().extend(["messages", id]);
        }
        url
    }

    const fn is_forum(&self) -> bool {
        matches!(self.place, Target::Forum { .. })
    }
}

impl Call {
    fn of(attempt: &Attempt<'_>) -> Self {
        let Some(id) = known_message(attempt) else { return Self::Post };
        let is_edited = attempt.progress == edited();
        match attempt.notification.event {
            Event::Updated | Event::Deescalated | Event::Acknowledged | Event::Unacknowledged => {
                Self::Edit(id)
            }
            Event::Resolved | Event::Expired if !is_edited => Self::Edit(id),
            _ => Self::Post,
        }
    }
}

/// Where an end goes on once the message that is there says so.
fn edited() -> Progress {
    Progress("edited".into())
}

/// The message about the group, unless the group is new.
fn known_message(attempt: &Attempt<'_>) -> Option<String> {
    let id = attempt.memory.0["message"].as_str().filter(|id| is_id(id))?;
    (!attempt.notification.is_first).then(|| id.to_owned())
}

/// The thread that messages go to.
fn thread<'a>(attempt: &'a Attempt<'_>) -> Option<&'a str> {
    attempt.shared_memory.0["thread"].as_str().filter(|id| is_id(id))
}

/// What is remembered of the group.
fn memory(message: &str) -> Memory {
    Memory(json!({ "message": message }))
}

impl Target {
    fn read(fields: &mut Fields) -> Option<Self> {
        let is_forum = fields.word_or("channel_type", &[("text", false), ("forum", true)], false)?;
        if !is_forum {
            for name in ["thread_name", "thread_tags"] {
                if fields.value(name).is_some() {
                    fields.mistake(name, "is for channel_type `forum` only: remove it");
                }
            }
            return Some(Self::Text);
        }
        let thread_name = read_thread_name(fields);
        let thread_tags = fields.texts("thread_tags", read_tag);
        Some(Self::Forum { thread_name: thread_name?, thread_tags })
    }
}

fn read_thread_name(fields: &mut Fields) -> Option<String> {
    let name = fields.required_text("thread_name", "name the thread that messages go to")?;
    let name = sanitize::line(&name);
    if (1..=THREAD_NAME_UNITS).contains(&text::units(&name)) {
        return Some(name);
    }
    fields.mistake("thread_name", format!("is no thread's name: use 1 to {THREAD_NAME_UNITS} characters"));
    None
}

fn read_tag(id: &str) -> Result<String, String> {
    is_id(id).then(|| id.to_owned()).ok_or_else(|| "is not a tag's id: write its digits in quotes".to_owned())
}
