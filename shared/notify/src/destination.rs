//! A destination: whom to tell, of what, and in which way.

mod chat;
mod discord;
mod mattermost;
mod opsgenie;
mod pagerduty;
mod rocketchat;
mod slack;
mod target;
mod webhook;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) use target::Target;
pub use target::Type;
pub(crate) use webhook::Certificates;
pub use webhook::ChallengeFailure;

use crate::answer::{Answer, Unanswered};
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Probe};
use crate::message::Kind;
use crate::reach::Reach;
use crate::request::Request;
use crate::route::{Choice, Filter};
use crate::secret::redact;
use crate::settings::{Fields, shown};

/// Longest id, in characters.
const ID_CHARS: usize = 40;
/// Longest span of damping: a week.
const DAMPING_SECS: u32 = 7 * 24 * 3600;

/// One destination of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Unique and stable: part of a delivery's key.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is told anything at all.
    pub is_enabled: bool,
    /// Which alerts it is told of.
    pub filter: Filter,
    /// Which changes of them it is told of.
    pub choice: Choice,
    /// For how long after an opening further openings of the same alert are held back, in seconds.
    pub damping_secs: Option<u32>,
    /// How it is reached.
    pub(crate) target: Target,
    /// A hash of the settings above.
    digest: String,
}

impl Destination {
    /// Reads one destination; what is wrong is noted in `fields`.
    pub(crate) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let id = read_id(fields);
        let kind = read_type(fields);
        let name = fields.text("name");
        let is_enabled = fields.flag("enabled").unwrap_or(true);
        let filter = Filter::read(fields);
        let choice = Choice::read(fields);
        let damping_secs = fields.number("damping_secs", 1, DAMPING_SECS);
        let digest = digest(kind, fields.peek("settings"));
        let target = match kind {
            Some(kind) => fields.object("settings", |settings| Target::read(kind, settings, reach)),
            None => fields.value("settings").and(None),
        };
        Some(Self {
            id: id?,
            name,
            is_enabled,
            filter,
            choice: choice?,
            damping_secs,
            target: target?,
            digest,
        })
    }

    /// Which kind of destination it is.
    pub const fn kind(&self) -> Type {
        self.target.kind()
    }

    /// The host that its requests go to: all of its URL that may be named.
    pub fn host(&self) -> &str {
        self.target.url().host()
    }

    /// Changes with every change of its type and settings, so that the caller sees when to end a suspension and when to
    /// check the ownership again. 64 bits of a SHA-256 hash, in hex.
    pub fn settings_digest(&self) -> &str {
        &self.digest
    }

    /// Whether messages are to be held until [`Courier::challenge`](crate::Courier::challenge) has passed for
    /// these settings.
    pub const fn asks_for_challenge(&self) -> bool {
        matches!(&self.target, Target::Webhook(webhook) if webhook.has_challenge())
    }

    /// Whether its messages go to one thread, which the first of them makes: only one may be under way before that.
    pub const fn makes_thread(&self) -> bool {
        matches!(&self.target, Target::Discord(discord) if discord.makes_thread())
    }

    /// Whether it is told that somebody acknowledged an alert, or withdrew that.
    pub(crate) fn is_told_of_handling(&self, kind: Kind) -> bool {
        self.target.is_told_of_handling(kind)
    }

    /// The request that `attempt` makes next.
    pub(crate) fn request(&self, attempt: &Attempt<'_>) -> Request {
        self.target.request(&self.id, attempt)
    }

    /// What the answer to that request means.
    pub(crate) fn judge(&self, attempt: &Attempt<'_>, answer: &Result<Answer, Unanswered>) -> Judgement {
        match answer {
            Ok(answer) => self.target.judge(attempt, answer),
            Err(Unanswered::Denied(_)) => Judgement::suspended(Probe::Never),
            Err(_) => Judgement::retry().resuming(&self.target.resumes_at(&attempt.progress)),
        }
    }

    /// Why an attempt ended as it did, without anything secret.
    pub(crate) fn reason(&self, answer: &Result<Answer, Unanswered>) -> String {
        let host = self.host();
        let secrets = self.target.secrets();
        match answer {
            Ok(answer) => match answer.excerpt(&secrets).as_str() {
                "" => format!("{host} answered {}", answer.status),
                excerpt => format!("{host} answered {}: {excerpt}", answer.status),
            },
            Err(unanswered) => format!("{host}: {}", redact(&unanswered.to_string(), &secrets)),
        }
    }
}

fn read_id(fields: &mut Fields) -> Option<String> {
    let remedy = "give the destination a short stable name of a-z, 0-9 and -";
    let id = fields.required_text("id", remedy)?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.len() <= ID_CHARS && id.bytes().all(is_plain) {
        return Some(id);
    }
    fields.mistake("id", format!("`{}` is not an id: use at most {ID_CHARS} of a-z, 0-9 and -", shown(&id)));
    None
}

fn read_type(fields: &mut Fields) -> Option<Type> {
    let words = Type::ALL.map(|kind| (kind.as_str(), kind));
    fields.required_word("type", &words)
}

/// The first 64 bits of SHA-256, in hex: enough to see a change.
fn digest(kind: Option<Type>, settings: Option<&Value>) -> String {
    let text = json!([kind.map(Type::as_str), settings]).to_string();
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}
