//! The notifier: the engine of the way out over AWS.
//!
//! Four kinds of event reach it: a batch of the table's stream, which is routed and never sent; `{"deliver": "<id>"}`, which
//! serves one destination apart from all others; and the ticks of the schedule, `{"tick": "retry"}`, `{"tick": "sweep"}` and
//! `{"tick": "canary"}`.

mod canary;
mod dice;
mod links;
mod operations;
mod own_alerts;
mod records;
mod settings;
mod transport;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use alert::Clock;
use dispatch::{Dispatcher, OutboxError, Ports, Transport, Wake};
use futures::future::join_all;
use intake::{Deadline, StoreError, chain};
use jiff::{SignedDuration, Timestamp};
use net::Deadlines;
use serde_json::{Value, json};

pub use self::settings::DestinationSettings;
pub use self::transport::HttpSender;

use self::dice::Dice;
use self::links::SignedLinks;
use self::own_alerts::RecordedAlerts;
use self::wake::{Engine, InvokeSelf, LeaveToTick, Missed, Remembering, SpawnTask};
use crate::configuration::function_name;
use crate::{AlertsOfTable, Platform, SilencesOfTable, SystemClock, TableOutbox};

/// What an attempt takes at most, with what is written about it.
const ATTEMPT: Duration = Duration::from_secs(18);

/// Notifies destinations of what changed.
#[derive(Clone)]
pub struct Notifier {
    platform: Platform,
    engine: Arc<Engine>,
    links: Arc<SignedLinks>,
    tasks: SpawnTask,
    missed: Arc<Missed>,
}

/// Why an event could not be handled at all. It will come again.
#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    /// The outbox could not be used.
    #[error("could not dispatch notifications")]
    Outbox(#[source] OutboxError),
    /// The table refused or did not answer.
    #[error("could not sweep the table")]
    Store(#[source] StoreError),
    /// Nobody sends such an event.
    #[error(
        "the event is none of the notifier's: send a batch of the table's stream, {{\"deliver\":\"<destination>\"}}, \
         {{\"tick\":\"retry\"}}, {{\"tick\":\"sweep\"}} or {{\"tick\":\"canary\"}}"
    )]
    Event,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").finish_non_exhaustive()
    }
}

impl Notifier {
    /// A notifier over `platform`. As a Lambda function it has each destination served by an invocation of its own, else
    /// by a task.
    pub fn new(platform: Platform) -> Self {
        Self::with(platform, Arc::new(SystemClock), Deadlines::default())
    }

    /// The same by another clock and with other deadlines for requests.
    pub fn with(platform: Platform, clock: Arc<dyn Clock>, deadlines: Deadlines) -> Self {
        let missed = Arc::new(Missed::default());
        let invoke = InvokeSelf::of(&platform)
            .map(|invoke| Arc::new(Remembering::new(invoke, Arc::clone(&missed))) as Arc<dyn Wake>);
        let transport = Arc::new(HttpSender::of(&platform, deadlines));
        Self { missed, ..Self::assemble(platform, clock, transport, invoke) }
    }

    /// The same with other ways to send and to wake: for simulations, in which there is no network.
    pub fn over(platform: Platform, transport: Arc<dyn Transport>, wake: Arc<dyn Wake>) -> Self {
        Self::assemble(platform, Arc::new(SystemClock), transport, Some(wake))
    }

    /// The engine for whoever shows and steers it. In another Lambda function than the notifier's it leaves sending to the
    /// notifier's next tick.
    pub fn for_api(platform: Platform) -> Self {
        let later = function_name().map(|_| Arc::new(LeaveToTick) as Arc<dyn Wake>);
        let transport = Arc::new(HttpSender::of(&platform, Deadlines::default()));
        Self::assemble(platform, Arc::new(SystemClock), transport, later)
    }

    /// With `wake`, or with tasks where there is none.
    fn assemble(
        platform: Platform,
        clock: Arc<dyn Clock>,
        transport: Arc<dyn Transport>,
        wake: Option<Arc<dyn Wake>>,
    ) -> Self {
        let task = SpawnTask::default();
        let wake = wake.unwrap_or_else(|| Arc::new(task.clone()));
        let links = Arc::new(SignedLinks::new(platform.clone(), clock.clone()));
        let ports = Ports {
            outbox: Arc::new(TableOutbox::new(platform.table.clone())),
            alerts: Arc::new(AlertsOfTable(platform.table.clone())),
            silences: Arc::new(SilencesOfTable(platform.table.clone())),
            transport,
            wake,
            settings: Arc::new(DestinationSettings::new(platform.clone())),
            own_alerts: Arc::new(RecordedAlerts::new(platform.table.clone(), clock.clone())),
            links: links.clone(),
            clock: clock.clone(),
            random: Arc::new(Dice),
        };
        let engine = Arc::new(Engine { dispatcher: Dispatcher::new(ports), clock });
        task.serve_by(&engine);
        Self { platform, engine, links, tasks: task, missed: Arc::default() }
    }

    /// The engine itself, for the API and the command.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.engine.dispatcher
    }

    /// Waits until no task of this process sends anything.
    pub async fn settled(&self) {
        self.tasks.settled().await;
    }

    /// Handles one event of Lambda.
    pub async fn handle(
        self,
        event: Value,
        deadline: Deadline,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let until = self.last_attempt(deadline);
        self.links.refresh().await;
        let records = event["Records"].as_array();
        let handled = match (records, event["tick"].as_str(), event["deliver"].as_str()) {
            (Some(records), _, _) => Box::pin(self.route(records)).await,
            (None, Some("retry"), _) => Box::pin(self.tick(until)).await,
            (None, Some("sweep"), _) => Box::pin(self.sweep()).await,
            (None, Some("canary"), _) => Ok(self.send_out_canary().await),
            (None, None, Some(destination)) => Box::pin(self.deliver(destination, until)).await,
            _ => Err(NotifierError::Event),
        };
        handled.map_err(|error| {
            tracing::error!(error = chain(&error), "event not handled");
            error.into()
        })
    }

    /// Until when an attempt may begin.
    fn last_attempt(&self, Deadline(left): Deadline) -> Timestamp {
        let left = SignedDuration::try_from(left.saturating_sub(ATTEMPT)).unwrap_or_default();
        self.engine.clock.now().checked_add(left).unwrap_or(Timestamp::MAX)
    }

    async fn deliver(&self, destination: &str, until: Timestamp) -> Result<Value, NotifierError> {
        self.engine.dispatcher.deliver(destination, until).await.map_err(NotifierError::Outbox)?;
        Ok(json!({}))
    }

    async fn tick(&self, until: Timestamp) -> Result<Value, NotifierError> {
        self.engine.dispatcher.tick(until).await.map_err(NotifierError::Outbox)?;
        // Whom no invocation of its own could be had for is served here, all at once.
        let missed = self.missed.take();
        let served = missed.iter().map(|destination| self.engine.dispatcher.deliver(destination, until));
        for result in join_all(served).await {
            if let Err(error) = result {
                tracing::error!(error = chain(&error), "destination not served");
            }
        }
        Ok(json!({}))
    }

    /// Expires alerts of which nothing is heard any more, and finds stale sources. The stream then carries those changes.
    async fn sweep(&self) -> Result<Value, NotifierError> {
        let swept = self.platform.table.sweep(self.engine.clock.now()).await.map_err(NotifierError::Store)?;
        tracing::info!(expired = swept.expired, fell_silent = swept.fell_silent, "swept");
        Ok(
            json!({ "expired": swept.expired, "fell_silent": swept.fell_silent, "spoke_again": swept.spoke_again }),
        )
    }
}
