//! What an answer means for the message, and for its destination.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::retry::{retry_after, whole_seconds};

/// What one answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) step: Step,
    /// A wait that the whole destination keeps.
    pub(crate) hold: Option<Hold>,
    /// What is to be remembered for later messages.
    pub(crate) learned: Option<Learned>,
    /// The destination's own name for what it made of the message.
    pub(crate) receipt: Option<String>,
}

/// What follows an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Another request belongs to the message.
    Next(Progress),
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
    /// This message will never succeed; others may.
    Failed,
    /// No message will succeed until somebody changes something: all are held, none is lost.
    Suspended(Probe),
}

/// Whether a suspended destination is tried again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// Once an hour, with the oldest message that is held.
    Hourly,
    /// Not before its settings change or the operator resumes it.
    Never,
}

/// A time in which nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// To whom.
    pub scope: Scope,
    /// For how long, in whole seconds.
    pub wait: SignedDuration,
}

/// To whom nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The destination that asked for it.
    Destination,
    /// Every destination of type Discord: its limit counts our address.
    EveryDiscord,
}

/// How far a message of several requests has come; kept with the delivery between attempts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Nothing of it is done, or all is to be done again.
    #[default]
    Start,
    /// Opsgenie: the priority is changed, the message is next.
    UpdateMessage,
    /// Opsgenie: the message is changed, the description is next.
    UpdateDescription,
    /// Opsgenie: closed, but the create had not been processed yet: to be closed again.
    CloseAgain {
        /// How often it was closed.
        closes: u8,
    },
    /// Opsgenie: closed; whether it was is to be asked.
    VerifyClose {
        /// How often it was closed.
        closes: u8,
        /// What the close is called there.
        request_id: String,
    },
}

/// What an answer taught, for the caller to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned {
    /// Of the destination: the Discord thread that later messages go to.
    Thread(String),
    /// Of the destination: that thread is gone.
    ThreadGone,
    /// Of the alert at the destination: when Opsgenie was asked to create it.
    Created(Timestamp),
}

impl Judgement {
    const fn of(step: Step) -> Self {
        Self { step, hold: None, learned: None, receipt: None }
    }

    pub(crate) const fn sent() -> Self {
        Self::of(Step::End(Verdict::Sent))
    }

    pub(crate) const fn failed() -> Self {
        Self::of(Step::End(Verdict::Failed))
    }

    pub(crate) const fn suspended(probe: Probe) -> Self {
        Self::of(Step::End(Verdict::Suspended(probe)))
    }

    pub(crate) const fn next(progress: Progress) -> Self {
        Self::of(Step::Next(progress))
    }

    /// Again from the start, by the schedule.
    pub(crate) const fn retry() -> Self {
        Self::retry_from(Progress::Start, None)
    }

    pub(crate) const fn retry_from(from: Progress, wait: Option<SignedDuration>) -> Self {
        Self::of(Step::End(Verdict::Retry { from, wait }))
    }

    /// Again from the start, the whole destination not before `wait` is over.
    pub(crate) fn retry_held(wait: Option<SignedDuration>) -> Self {
        let hold = wait.map(|wait| Hold { scope: Scope::Destination, wait: whole_seconds(wait) });
        Self { hold, ..Self::retry_from(Progress::Start, hold.map(|hold| hold.wait)) }
    }

    /// What the status alone says, with the wait in `Retry-After`.
    pub(crate) fn by_status(answer: &Answer, now: Timestamp) -> Self {
        match answer.status {
            429 | 503 => Self::retry_held(retry_after(&answer.headers, now)),
            401..=403 => Self::suspended(Probe::Hourly),
            300..=399 | 404 | 405 | 410 | 501 | 505 => Self::suspended(Probe::Never),
            408 | 425 | 500..=599 => Self::retry_from(Progress::Start, retry_after(&answer.headers, now)),
            _ => Self::failed(),
        }
    }

    /// The same, but a retry begins at `from`.
    #[must_use]
    pub(crate) fn resuming(mut self, progress: &Progress) -> Self {
        if let Step::End(Verdict::Retry { from, .. }) = &mut self.step {
            from.clone_from(progress);
        }
        self
    }

    #[must_use]
    pub(crate) fn holding(self, hold: Option<Hold>) -> Self {
        Self { hold, ..self }
    }

    #[must_use]
    pub(crate) fn learning(self, learned: Learned) -> Self {
        Self { learned: Some(learned), ..self }
    }

    #[must_use]
    pub(crate) fn with_receipt(self, receipt: Option<String>) -> Self {
        Self { receipt, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16) -> Step {
        let answer = Answer { status, headers: http::HeaderMap::new(), body: Vec::new() };
        Judgement::by_status(&answer, Timestamp::UNIX_EPOCH).step
    }

    #[test]
    fn every_status_has_its_class() {
        for status in [408, 425, 429, 500, 502, 503, 504, 506, 599] {
            assert_eq!(verdict(status), Judgement::retry().step, "{status}");
        }
        for status in [400, 406, 409, 413, 415, 418, 422, 451] {
            assert_eq!(verdict(status), Judgement::failed().step, "{status}");
        }
        for status in [401, 402, 403] {
            assert_eq!(verdict(status), Judgement::suspended(Probe::Hourly).step, "{status}");
        }
        for status in [301, 302, 307, 308, 404, 405, 410, 501, 505] {
            assert_eq!(verdict(status), Judgement::suspended(Probe::Never).step, "{status}");
        }
    }
}
