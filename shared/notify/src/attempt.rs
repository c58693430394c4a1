//! One attempt to deliver one message to one destination.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::judgement::{Hold, Learned, Progress, Verdict};
use crate::message::Message;

/// Everything that a request depends on besides its destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// What is said.
    pub message: &'a Message,
    /// How far earlier attempts have come.
    pub progress: Progress,
    /// Which attempt it is, from 1.
    pub number: u32,
    /// When it is made.
    pub at: Timestamp,
    /// What earlier answers taught.
    pub known: Known,
    /// Where people find the console, if it has an address.
    pub console_url: Option<&'a str>,
}

/// What earlier answers taught about a destination, or about one alert there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// The Discord thread that messages go to; the same for every alert of the destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// When Opsgenie was last asked to create the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// How an attempt went, for the caller to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub verdict: Verdict,
    /// Why, without anything secret; none if it was sent.
    pub reason: Option<String>,
    /// A wait that outlasts the message, and for whom it is.
    pub hold: Option<Hold>,
    /// What is to be remembered, in order.
    pub learned: Vec<Learned>,
    /// The destination's own name for what it made of the message.
    pub receipt: Option<String>,
}

impl<'a> Attempt<'a> {
    /// The first attempt to send `message`.
    pub fn first(message: &'a Message, at: Timestamp) -> Self {
        Self { message, progress: Progress::Start, number: 1, at, known: Known::default(), console_url: None }
    }
}

impl Known {
    /// Takes in what an answer taught.
    pub fn learn(&mut self, learned: &Learned) {
        match learned {
            Learned::Thread(id) => self.thread = Some(id.clone()),
            Learned::ThreadGone => self.thread = None,
            Learned::Created(at) => self.created_at = Some(*at),
        }
    }
}
