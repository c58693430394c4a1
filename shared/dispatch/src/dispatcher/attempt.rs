//! One attempt: requests and answers, until the channel says how it ended.

use std::time::Duration;

use channels::{Attempt, Hold, Interpretation, Memory, Next, Notification, Probe, Progress, Verdict, reason};
use jiff::SignedDuration;
use net::Unanswered;

use super::claim::Claim;
use super::sender::Served;
use super::{Dispatcher, MOST_CONFLICTS, RunContext, gave_up};
use crate::{Destination, OutboxError, Queue, QueueKey};

/// Which pause between two requests of one attempt is waited for; a longer one is left to the next.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// Most requests of one attempt.
const MOST_REQUESTS: usize = 10;

/// How an attempt ended, and what it taught.
#[derive(Debug, Clone)]
pub(super) struct Attempted {
    pub(super) ending: Ending,
    pub(super) hold: Option<Hold>,
    pub(super) memory: Option<Memory>,
    pub(super) shared_memory: Option<Memory>,
    pub(super) receipt: Option<String>,
    pub(super) reason: Option<String>,
    /// Whether the destination may have it although it did not say so.
    pub(super) is_ambiguous: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Sent,
    Failed,
    Suspended(Probe),
    Retry {
        from: Progress,
        wait: Option<SignedDuration>,
    },
    /// It goes well, and goes on after a longer pause.
    Paused {
        from: Progress,
        wait: SignedDuration,
    },
}

impl Dispatcher {
    /// Sends what one queue has to say, if it is due and nobody else does.
    pub(super) async fn serve_queue(
        &self,
        run: &RunContext,
        destination: &Destination,
        key: &QueueKey,
    ) -> Result<Served, OutboxError> {
        for _ in 0..MOST_CONFLICTS {
            let Some(queue) = self.outbox().queue(key).await? else { return Ok(Served::Left) };
            let now = self.now();
            if queue.is_claimed(now) || queue.indexed_at().is_none_or(|at| at > now) {
                return Ok(Served::Left);
            }
            match self.claim(run, destination, queue).await? {
                Claim::Claimed(queue) => {
                    let attempted = self.attempt(destination, &queue).await?;
                    return self.conclude(destination, *queue, attempted).await;
                }
                Claim::Quiet => return Ok(Served::Done),
                Claim::Lost => {}
            }
        }
        Err(gave_up("claim a queue"))
    }

    async fn attempt(&self, destination: &Destination, queue: &Queue) -> Result<Attempted, OutboxError> {
        let mut attempted = Attempted {
            ending: Ending::Sent,
            hold: None,
            memory: None,
            shared_memory: None,
            receipt: None,
            reason: None,
            is_ambiguous: false,
        };
        let Some(in_flight) = &queue.in_flight else { return Ok(attempted) };
        let mut notification = in_flight.notification.clone();
        notification.links = self.ports.links.links(destination, &notification);
        let state = self.outbox().destination_state(&destination.id).await?.unwrap_or_default();
        let mut progress = queue.progress.clone();
        for _ in 0..MOST_REQUESTS {
            let memory = attempted.memory.clone().unwrap_or_else(|| queue.memory.clone());
            let shared = attempted.shared_memory.clone().unwrap_or_else(|| state.shared_memory.clone());
            let made = self.make(destination, queue, &notification, progress.clone(), (&memory, &shared));
            let Some(next) = made.send(self, &mut attempted).await else { break };
            match next {
                Next::Request { progress: from, wait } if wait <= PAUSE => {
                    self.ports.clock.sleep(Duration::try_from(wait).unwrap_or_default()).await;
                    progress = from;
                }
                Next::Request { progress: from, wait } => {
                    attempted.ending = Ending::Paused { from, wait };
                    break;
                }
                Next::End(verdict) => {
                    attempted.ending = Ending::of(verdict);
                    break;
                }
            }
        }
        Ok(attempted)
    }

    fn make<'a>(
        &self,
        destination: &'a Destination,
        queue: &Queue,
        notification: &'a Notification,
        progress: Progress,
        (memory, shared_memory): (&'a Memory, &'a Memory),
    ) -> Made<'a> {
        let attempt = Attempt {
            destination: &destination.id,
            notification,
            progress,
            number: queue.attempts.saturating_add(1),
            at: self.now(),
            memory,
            shared_memory,
        };
        Made { destination, attempt }
    }
}

/// One request of an attempt.
struct Made<'a> {
    destination: &'a Destination,
    attempt: Attempt<'a>,
}

impl Made<'_> {
    /// What follows its answer; `None` if the channel has nothing to say of it.
    async fn send(self, dispatcher: &Dispatcher, attempted: &mut Attempted) -> Option<Next> {
        let channel = self.destination.channel.as_ref();
        let request = channel.request(&self.attempt)?;
        let answer = dispatcher.ports.transport.send(self.destination, request).await;
        let interpretation = channel.interpret(&self.attempt, &answer);
        let is_unheard = matches!(answer, Err(Unanswered::Timeout | Unanswered::Broken(_)));
        attempted.is_ambiguous |= is_unheard;
        let is_success = matches!(interpretation.next, Next::Request { .. } | Next::End(Verdict::Sent));
        attempted.reason = (!is_success).then(|| reason(channel, &self.attempt, &answer));
        let Interpretation { next, hold, memory, shared_memory, receipt } = interpretation;
        attempted.hold = hold.or_else(|| attempted.hold.take());
        attempted.memory = memory.or_else(|| attempted.memory.take());
        attempted.shared_memory = shared_memory.or_else(|| attempted.shared_memory.take());
        attempted.receipt = receipt.or_else(|| attempted.receipt.take());
        Some(next)
    }
}

impl Ending {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Sent => Self::Sent,
            Verdict::Failed => Self::Failed,
            Verdict::Suspended(probe) => Self::Suspended(probe),
            Verdict::Retry { from, wait } => Self::Retry { from, wait },
        }
    }
}
