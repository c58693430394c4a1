//! One try to send a notification, and what the answer means.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use net::HttpRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Notification;

/// Everything that a request depends on besides its destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The id of the destination in the settings.
    pub destination: &'a str,
    /// What is said.
    pub notification: &'a Notification,
    /// How far earlier attempts have come.
    pub progress: Progress,
    /// Which attempt it is, from 1.
    pub number: u32,
    /// When it is made.
    pub at: Timestamp,
    /// What earlier answers taught of this group.
    pub memory: &'a Memory,
    /// What earlier answers taught of the destination as a whole.
    pub shared_memory: &'a Memory,
}

/// What is known where nothing is.
static NOTHING: Memory = Memory(Value::Null);

impl<'a> Attempt<'a> {
    /// The first attempt to send `notification` to `destination`, of which nothing is known.
    pub fn first(destination: &'a str, notification: &'a Notification, at: Timestamp) -> Self {
        Self {
            destination,
            notification,
            progress: Progress::default(),
            number: 1,
            at,
            memory: &NOTHING,
            shared_memory: &NOTHING,
        }
    }
}

/// A request as data, by the way it is carried. It may hold credentials, so printing it shows little of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Request {
    /// Over HTTP, by the one client.
    Http(HttpRequest),
    /// Signed with the function's own role, in the region that [`crate::aws_region`] finds in the channel's host.
    /// [`crate::AwsService`] writes it for HTTP and reads the answer.
    ///
    /// Whoever carries it answers as if it were HTTP. The status is that of the operation's answer. The body of a success
    /// is a JSON object with the operation's output, named as AWS does: `{"MessageId":"…"}` of `sns` and `ses`,
    /// `{"FailedEntryCount":0,"Entries":[{"EventId":"…"}]}` of `eventbridge`, failed entries with `ErrorCode` and
    /// `ErrorMessage`. The body of an error is `{"__type":"<code>","message":"…"}`, with the code as the SDK names it.
    /// Where no answer came, it is [`net::Unanswered`]. Nothing is repeated below: one schedule rules.
    Aws {
        /// `sns` (`Publish`), `eventbridge` (`PutEvents`) or `ses` (`SendEmail` of version 2); with a colon and the
        /// operation behind it, one that only looks, whose answer stays as it is.
        service: &'static str,
        /// The operation's input, with the member names of AWS's API; times are texts of RFC 3339.
        input: Value,
    },
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(request) => request.fmt(f),
            Self::Aws { service, input } => write!(f, "Aws({service}, {} bytes)", input.to_string().len()),
        }
    }
}

/// What a channel remembers between notifications: opaque to all but the channel, `null` where nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memory(pub Value);

/// How far a notification of several requests has come: opaque to all but the channel, `null` at the start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Progress(pub Value);

/// What one answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// What follows.
    pub next: Next,
    /// A time in which nothing is sent, and to whom.
    pub hold: Option<Hold>,
    /// What is to be remembered of the group, in place of what was; the next request of the same attempt knows it already.
    pub memory: Option<Memory>,
    /// What is to be remembered of the destination as a whole, in place of what was; known at once, too.
    pub shared_memory: Option<Memory>,
    /// The destination's own name for what it made of the notification.
    pub receipt: Option<String>,
}

/// What follows an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another request belongs to the notification, after `wait`.
    Request {
        /// Where it goes on.
        progress: Progress,
        /// How long the system wants to be left alone before.
        wait: SignedDuration,
    },
    /// The attempt is over.
    End(Verdict),
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The destination has it.
    Sent,
    /// It may succeed later, and then begins at `from`; the destination asked for `wait`, if it asked for one.
    Retry {
        /// Where the next attempt begins.
        from: Progress,
        /// The destination's own wait.
        wait: Option<SignedDuration>,
    },
    /// This notification will never succeed; others may.
    Failed,
    /// No notification will succeed until somebody changes something: all are held, none is lost.
    Suspended(Probe),
}

/// Whether a suspended destination is tried again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// Once an hour.
    Hourly,
    /// Not before its settings change or the operator resumes it.
    Never,
}

/// A time in which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// To whom.
    pub scope: HoldScope,
    /// For how long, in whole seconds.
    pub wait: SignedDuration,
    /// Whether the system asked for it or is in trouble; false where it is only the channel's own pace.
    pub is_trouble: bool,
}

/// To whom nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldScope {
    /// The destination that asked for it.
    Destination,
    /// Every destination of this rate limit scope, such as `discord`, whose limit counts our address.
    Everyone(String),
}
