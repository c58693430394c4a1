//! Discord: [Execute Webhook](https://docs.discord.com/developers/resources/webhook#execute-webhook).
//!
//! A change of an alert is a new message; editing the old one would notify nobody. In a forum channel every message
//! belongs to a thread: the first makes it, and its id is remembered for the others.

mod embed;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use self::embed::embed;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Hold, Judgement, Learned, Probe, Progress, Scope};
use crate::reach::Reach;
use crate::request::{Request, pruned};
use crate::retry::{retry_after, wait_of, whole_seconds};
use crate::secret::SecretUrl;
use crate::settings::Fields;
use crate::text;

/// Longest name of a thread, in UTF-16 code units.
const THREAD_NAME_UNITS: usize = 100;

/// A Discord destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Discord {
    pub(super) webhook_url: SecretUrl,
    channel: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Channel {
    Text,
    /// Messages go to one thread, made by the first with this name and these tags.
    Forum {
        thread_name: String,
        thread_tags: Vec<String>,
    },
}

impl Discord {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from Server Settings, Integrations, Webhooks";
        let webhook_url = fields.required_url("webhook_url", remedy, reach);
        let channel = Channel::read(fields);
        Some(Self { webhook_url: webhook_url?, channel: channel? })
    }

    pub(super) fn request(&self, attempt: &Attempt<'_>) -> Request {
        let (url, thread) = match &self.channel {
            Channel::Text => (self.url(None), Value::Null),
            Channel::Forum { thread_name, thread_tags } => match &attempt.known.thread {
                Some(id) => (self.url(Some(id)), Value::Null),
                None => (self.url(None), json!({ "name": thread_name, "tags": thread_tags })),
            },
        };
        let tags = thread.get("tags").filter(|tags| **tags != json!([]));
        let body = json!({
            "username": "Campanile",
            "allowed_mentions": { "parse": [] },
            "embeds": [embed(attempt.message)],
            "thread_name": thread.get("name"),
            "applied_tags": tags,
        });
        Request::post(url, &pruned(body))
    }

    /// The webhook's URL with `wait`, without which an answer says nothing, and with the thread.
    fn url(&self, thread: Option<&str>) -> Url {
        let mut url = self.webhook_url.expose().clone();
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| name != "wait" && name != "thread_id")
            .collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair("wait", "true");
        if let Some(id) = thread {
            url.query_pairs_mut().append_pair("thread_id", id);
        }
        url
    }

    /// Whether its messages go to a thread, which the first of them makes.
    pub(super) const fn makes_thread(&self) -> bool {
        matches!(self.channel, Channel::Forum { .. })
    }

    pub(super) fn judge(&self, attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        let body = answer.json();
        match (answer.status, body["code"].as_i64()) {
            (200, _) => self.saved(attempt, answer, &body),
            (_, Some(10003 | 160_005)) if self.goes_to_known_thread(attempt) => {
                Judgement::next(Progress::Start).learning(Learned::ThreadGone)
            }
            (_, Some(10015 | 50027 | 220_001..=220_004 | 40067)) => Judgement::suspended(Probe::Never),
            (_, Some(50006 | 50035 | 40005)) => Judgement::failed(),
            (429, _) | (_, Some(20016 | 20028 | 20029)) => limited(answer, &body, attempt.at),
            _ => Judgement::by_status(answer, attempt.at),
        }
    }

    fn saved(&self, attempt: &Attempt<'_>, answer: &Answer, body: &Value) -> Judgement {
        let id = |name: &str| body[name].as_str().filter(|id| is_id(id));
        let (Some(id), Some(channel)) = (id("id"), id("channel_id")) else { return Judgement::failed() };
        let sent = Judgement::sent().with_receipt(Some(format!("{channel}/{id}"))).holding(spent(answer));
        match self.channel {
            Channel::Forum { .. } if !self.goes_to_known_thread(attempt) => {
                sent.learning(Learned::Thread(channel.to_owned()))
            }
            _ => sent,
        }
    }

    fn goes_to_known_thread(&self, attempt: &Attempt<'_>) -> bool {
        matches!(self.channel, Channel::Forum { .. }) && attempt.known.thread.is_some()
    }
}

/// After the last request that a limit allows: the wait before the next.
fn spent(answer: &Answer) -> Option<Hold> {
    let is_spent = answer.header("x-ratelimit-remaining") == Some("0");
    let wait = answer.number("x-ratelimit-reset-after").and_then(wait_of).filter(|_| is_spent)?;
    Some(Hold { scope: Scope::Destination, wait })
}

fn limited(answer: &Answer, body: &Value, now: Timestamp) -> Judgement {
    let in_body = body["retry_after"].as_f64().and_then(wait_of);
    let wait: Option<SignedDuration> = in_body.max(retry_after(&answer.headers, now)).map(whole_seconds);
    let is_global = body["global"] == true || answer.header("x-ratelimit-global") == Some("true");
    let scope = if is_global { Scope::EveryDiscord } else { Scope::Destination };
    Judgement::retry_from(Progress::Start, wait).holding(wait.map(|wait| Hold { scope, wait }))
}

impl Channel {
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
    let name = text::line(&name);
    if (1..=THREAD_NAME_UNITS).contains(&text::units(&name)) {
        return Some(name);
    }
    fields.mistake("thread_name", format!("is no thread's name: use 1 to {THREAD_NAME_UNITS} characters"));
    None
}

/// Whether `text` is one of Discord's ids, a 64-bit number in digits.
fn is_id(text: &str) -> bool {
    text.parse::<u64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_tag(id: &str) -> Result<String, String> {
    is_id(id).then(|| id.to_owned()).ok_or_else(|| "is not a tag's id: write its digits in quotes".to_owned())
}
