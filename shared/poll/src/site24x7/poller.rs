//! One call of the schedule, from the event to the outcome.

use std::sync::Arc;
use std::time::Duration;

use alert::{Clock, Source};
use aws::{Platform, Upkeep};
use intake::{SecretsError, StoreError, chain};
use jiff::{SignedDuration, Timestamp};
use net::BuildError;
use serde_json::Value;
use site24x7::{AccountConfigurationError, CallError, Deadlines, Readiness, TokenError, Transport};
use tokio::sync::Mutex;

use crate::site24x7::account::{Account, Configured};
use crate::site24x7::report::{Outcome, PartError, failure_of, healed_of, say};
use crate::site24x7::request::{Request, RequestError};
use crate::site24x7::visit::Visit;

/// What recording needs at the end of a run: no call of the API goes on into it.
const RECORDING: SignedDuration = SignedDuration::from_secs(10);

/// The poller of one account. It outlives runs; clones share it.
#[derive(Debug, Clone)]
pub struct Poller<C> {
    shared: Arc<Shared<C>>,
}

#[derive(Debug)]
struct Shared<C> {
    platform: Platform,
    transport: Transport,
    clock: C,
    account: Mutex<Option<Arc<Account<C>>>>,
    /// What was last said of an incomplete secret: the schedule need not hear it every five minutes.
    complaint: Mutex<String>,
}

/// Why a run came to nothing. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// The event asks for something else.
    #[error("the event is not understood")]
    Request(#[source] RequestError),
    /// The secret cannot be read.
    #[error("the secret of site24x7 cannot be read")]
    Secret(#[source] SecretsError),
    /// The secret is complete and wrong.
    #[error("the secret of site24x7 cannot be used")]
    Configuration(#[source] AccountConfigurationError),
    /// Zoho issues no token.
    #[error("there is no access token to poll with")]
    Token(#[source] TokenError),
    /// The cursor cannot be read.
    #[error("could not read the poll cursor")]
    Cursor(#[source] StoreError),
    /// Neither part of a poll came to anything; the other part's failure is in the log.
    #[error("neither the alert logs nor the current status could be read and recorded")]
    NothingWorked(#[source] PartError),
    /// A backfill could not record what it had read.
    #[error("the backfill could not be recorded: ask for it once more")]
    Backfill(#[source] PartError),
    /// A backfill ended before its last date; the dates before are recorded.
    #[error("the backfill stopped before {next}: ask for the rest with `from` {next}")]
    Stopped {
        /// The first date that was not read.
        next: jiff::civil::Date,
        /// Why.
        #[source]
        source: CallError,
    },
    /// The run's time was up; what is recorded stays, the next run records the rest.
    #[error("the time of this run is over: the next one goes on")]
    OutOfTime,
}

impl<C: Clock + Clone> Poller<C> {
    /// A poller of the account in `platform`'s secret that goes by `clock`.
    pub fn new(platform: Platform, clock: C) -> Result<Self, BuildError> {
        let transport = Transport::new(Deadlines::default())?;
        let (account, complaint) = (Mutex::default(), Mutex::default());
        Ok(Self { shared: Arc::new(Shared { platform, transport, clock, account, complaint }) })
    }

    /// Does what `event` asks for, until `deadline` at most, and says in the log what became of it.
    pub async fn run(self, event: Value, deadline: Timestamp) -> Result<Outcome, PollError> {
        let left = Duration::try_from(deadline.duration_since(self.shared.clock.now())).unwrap_or_default();
        let running = tokio::time::timeout(left, Box::pin(self.carry_out(&event, deadline))).await;
        let result = running.unwrap_or(Err(PollError::OutOfTime));
        self.note(&result).await;
        let outcome = result?;
        self.say(&outcome).await;
        Ok(outcome)
    }

    /// Keeps what the run came to, for people; a secret that lacks the same as before is not written down again.
    async fn note(&self, result: &Result<Outcome, PollError>) {
        let Shared { platform, clock, complaint, .. } = &*self.shared;
        let missing = match result {
            Ok(Outcome::NotConfigured { missing }) => Some(missing.clone()),
            _ => None,
        };
        if missing.as_ref() == Some(&*complaint.lock().await) {
            return;
        }
        let ran_at = clock.now();
        let upkeep = Upkeep {
            ran_at,
            missing,
            failure: failure_of(result),
            healed: result.as_ref().ok().and_then(healed_of).map(|what| (ran_at, what)),
        };
        if let Err(error) = platform.table.note_upkeep(Source::Site24x7, &upkeep).await {
            tracing::warn!(source = %Source::Site24x7, error = chain(&error), "what the run came to not kept");
        }
    }

    async fn carry_out(&self, event: &Value, deadline: Timestamp) -> Result<Outcome, PollError> {
        let request = Request::read(event).map_err(PollError::Request)?;
        let account = match self.account().await? {
            Configured::Account(account) => account,
            Configured::Incomplete(missing) => return Ok(Outcome::NotConfigured { missing }),
        };
        let calls = account.client.until(deadline.checked_sub(RECORDING).unwrap_or(deadline));
        if let Readiness::CoolingDown { until } = calls.ready().await.map_err(PollError::Token)? {
            return Ok(Outcome::CoolingDown { until });
        }
        let table = &self.shared.platform.table;
        let visit = Visit { table, account: &account, calls, now: self.shared.clock.now() };
        match request {
            Request::Poll { scheduled_at } => visit.poll(scheduled_at.unwrap_or(visit.now)).await,
            Request::Backfill(days) => visit.backfill(days).await,
        }
    }

    async fn account(&self) -> Result<Configured<C>, PollError> {
        let Shared { platform, transport, clock, .. } = &*self.shared;
        let mut known = self.shared.account.lock().await;
        let configured = Account::open(platform, transport, clock, known.take()).await?;
        if let Configured::Account(account) = &configured {
            *known = Some(Arc::clone(account));
        }
        Ok(configured)
    }

    async fn say(&self, outcome: &Outcome) {
        let mut complaint = self.shared.complaint.lock().await;
        match outcome {
            Outcome::NotConfigured { missing } if *missing == *complaint => {}
            Outcome::NotConfigured { missing } => {
                complaint.clone_from(missing);
                say(outcome);
            }
            _ => {
                complaint.clear();
                say(outcome);
            }
        }
    }
}
