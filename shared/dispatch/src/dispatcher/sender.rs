//! One destination is served: by one invocation at a time, which has the sender's lease, and apart from all others.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::{Dispatcher, RunContext, chain};
use crate::span::after;
use crate::{Availability, Destination, DestinationState, OutboxError, QueueKey, Written, availability};

/// For how long the sender's lease is taken, in seconds; longer than an attempt takes.
const LEASE_SECS: i64 = 60;
/// How much of it must be left when attempts begin, in seconds.
const LEASE_NEEDED_SECS: i64 = 30;
/// How many of the queues that are due are looked at for the worst, in a backlog.
const MOST_DUE: usize = 2_000;
/// How long what was found due is served before it is asked anew, in seconds: what became worse meanwhile waits no longer.
const LOOK_AGAIN_SECS: i64 = 1;
/// Which pause a destination may want without being left to the next tick.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// What became of one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Served {
    /// The destination has what it had to say, or nothing had to be said.
    Done,
    /// Somebody else has it, or it is not due any more.
    Left,
    /// An attempt failed.
    Failed,
}

/// Queues that were found due and are not served yet.
#[derive(Debug, Default)]
struct Backlog {
    worst_first: VecDeque<QueueKey>,
    fresh_until: Timestamp,
}

impl Dispatcher {
    /// Serves the destination `id` until nothing is due or it is `until`: what is worst first. Returns at once where somebody
    /// else serves it.
    ///
    /// May be repeated at any time.
    pub async fn deliver(&self, id: &str, until: Timestamp) -> Result<(), OutboxError> {
        while self.now() < until {
            let run = self.run_context().await?;
            let Some(destination) = run.settings.destination(id).filter(|found| found.is_enabled) else {
                return Ok(());
            };
            if !self.take_lease(id).await? {
                return Ok(());
            }
            let served = self.serve(&run, destination, until).await;
            self.give_lease_back(id).await?;
            // Whoever was woken while the lease was taken has gone: what came meanwhile is looked for once more.
            if !served? || !self.has_due(destination).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Yields whether it is worth looking again.
    async fn serve(
        &self,
        run: &RunContext,
        destination: &Destination,
        until: Timestamp,
    ) -> Result<bool, OutboxError> {
        let mut skipped = BTreeSet::new();
        let mut backlog = Backlog::default();
        while self.now() < until {
            self.renew_lease(&destination.id).await?;
            let state = self.outbox().destination_state(&destination.id).await?.unwrap_or_default();
            let abreast = match self.availability(destination, &state).await? {
                Availability::Open => destination.channel.concurrency().max(1),
                Availability::Cautious | Availability::Probe => 1,
                Availability::Held(held) if self.is_short(held, until) => {
                    let wait = held.duration_since(self.now());
                    self.ports.clock.sleep(Duration::try_from(wait).unwrap_or_default()).await;
                    continue;
                }
                Availability::Ownership if self.asks_ownership(destination).await? => continue,
                Availability::Held(_) | Availability::Closed | Availability::Ownership => return Ok(false),
            };
            let due = self.worst_due(destination, abreast, &skipped, &mut backlog).await?;
            if due.is_empty() {
                return Ok(skipped.is_empty());
            }
            let served = self.serve_queues(run, destination, due, abreast).await;
            let has_failed = served.iter().any(|(_, served)| *served == Served::Failed);
            skipped
                .extend(served.into_iter().filter(|(_, served)| *served != Served::Done).map(|(key, _)| key));
            if has_failed && abreast == 1 {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// The worst of what is due, as many as are served abreast.
    async fn worst_due(
        &self,
        destination: &Destination,
        abreast: usize,
        skipped: &BTreeSet<QueueKey>,
        backlog: &mut Backlog,
    ) -> Result<Vec<QueueKey>, OutboxError> {
        let now = self.now();
        if backlog.worst_first.is_empty() || now >= backlog.fresh_until {
            let due = self.outbox().due(&destination.id, now, MOST_DUE).await?;
            let keys = due.into_iter().map(|due| due.key).filter(|key| !skipped.contains(key));
            *backlog =
                Backlog { worst_first: keys.collect(), fresh_until: after(self.now(), LOOK_AGAIN_SECS) };
        }
        let count = abreast.min(backlog.worst_first.len());
        Ok(backlog.worst_first.drain(..count).collect())
    }

    async fn serve_queues(
        &self,
        run: &RunContext,
        destination: &Destination,
        due: Vec<QueueKey>,
        abreast: usize,
    ) -> Vec<(QueueKey, Served)> {
        let serve = |key: QueueKey| async move {
            let served = self.serve_queue(run, destination, &key).await.unwrap_or_else(|error| {
                let (destination, group) = (&destination.id, key.group);
                tracing::error!(destination, %group, error = chain(&error), "queue not served");
                Served::Left
            });
            (key, served)
        };
        stream::iter(due.into_iter().map(serve)).buffer_unordered(abreast).collect().await
    }

    fn is_short(&self, held: Timestamp, until: Timestamp) -> bool {
        held.duration_since(self.now()) <= PAUSE && held < until
    }

    pub(super) async fn availability(
        &self,
        destination: &Destination,
        state: &DestinationState,
    ) -> Result<Availability, OutboxError> {
        let scope = match destination.channel.rate_limit_scope() {
            Some(scope) => self.outbox().destination_state(&DestinationState::scope_id(scope)).await?,
            None => None,
        };
        Ok(availability(destination, state, scope.as_ref(), self.now()))
    }

    async fn has_due(&self, destination: &Destination) -> Result<bool, OutboxError> {
        Ok(!self.outbox().due(&destination.id, self.now(), 1).await?.is_empty())
    }

    async fn take_lease(&self, id: &str) -> Result<bool, OutboxError> {
        loop {
            let known = self.outbox().destination_state(id).await?;
            let mut state = known.unwrap_or_else(|| DestinationState::new(id));
            let now = self.now();
            // A lease that ends later than any that is taken now is of a clock that was wrong.
            let is_taken = |until: &Timestamp| *until > now && *until <= after(now, LEASE_SECS * 2);
            if state.sending_until.as_ref().is_some_and(is_taken) {
                return Ok(false);
            }
            state.sending_until = Some(after(now, LEASE_SECS));
            if self.outbox().put_destination_state(&mut state).await? == Written::Done {
                return Ok(true);
            }
        }
    }

    async fn renew_lease(&self, id: &str) -> Result<(), OutboxError> {
        let now = self.now();
        let is_short = |state: &DestinationState| {
            state.sending_until.is_none_or(|until| until < after(now, LEASE_NEEDED_SECS))
        };
        self.update_state(id, |state| {
            let is_short = is_short(state);
            if is_short {
                state.sending_until = Some(after(now, LEASE_SECS));
            }
            is_short
        })
        .await
        .map(drop)
    }

    async fn give_lease_back(&self, id: &str) -> Result<(), OutboxError> {
        self.update_state(id, |state| state.sending_until.take().is_some()).await.map(drop)
    }
}
