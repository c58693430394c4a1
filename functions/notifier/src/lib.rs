//! The notifier: alerts' changes in, messages to destinations out.
//!
//! [`Notifier::handle`] takes two kinds of event. A batch of the table's stream brings changes of alerts: each is routed
//! to every destination, written down, and then sent. A tick of the schedule sees to what had to wait: attempts that
//! are due, suspended destinations whose hour is over, damping and silences that ended.
//!
//! Nothing is sent that was not written down before, and what was sent is written down after: a crash between the two
//! repeats that one message.

mod batch;
mod budget;
mod gate;
mod line;
mod pace;
mod prepared;
mod round;
mod tick;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws::{Platform, SystemClock};
use intake::{SecretsError, StoreError, TimeLeft};
use jiff::{SignedDuration, Timestamp};
use notify::{BuildError, Deadlines, Reach};
use serde_json::Value;

pub use crate::pace::Pace;
use crate::prepared::Prepared;

/// For how long after repeated failures a destination is left to the schedule, so that no batch of the stream waits for it.
const TROUBLE: SignedDuration = SignedDuration::from_secs(60);

/// Tells destinations what changed.
#[derive(Clone)]
pub struct Notifier {
    platform: Platform,
    reach: Reach,
    deadlines: Deadlines,
    pace: Arc<dyn Pace>,
    prepared: Arc<tokio::sync::Mutex<Option<Arc<Prepared>>>>,
    /// Destinations that failed repeatedly, and until when the stream leaves them alone.
    troubled: Arc<Mutex<HashMap<String, Timestamp>>>,
}

/// Why an event could not be handled at all. It will come again.
#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    /// Who is to be told is not known.
    #[error("cannot read who is to be told")]
    Secrets(#[source] SecretsError),
    /// The settings cannot be used.
    #[error("cannot make ready to reach the destinations")]
    Courier(#[source] BuildError),
    /// The table refused or did not answer.
    #[error("cannot read or write what is to be told")]
    Store(#[source] StoreError),
    /// Nobody sends such an event.
    #[error(
        "the event is neither a batch of a stream nor a tick: send {{\"tick\":\"retry\"}} or {{\"tick\":\"sweep\"}}"
    )]
    Event,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").finish_non_exhaustive()
    }
}

impl Notifier {
    /// A notifier over `platform` that reaches public addresses and the networks that the operator allows; over a local
    /// platform this machine, too.
    pub fn new(platform: Platform) -> Self {
        let reach = Reach::public().and_networks(platform.configuration.notify_networks.clone());
        let reach = if platform.is_local { reach.and_loopback() } else { reach };
        Self {
            platform,
            reach,
            deadlines: Deadlines::default(),
            pace: Arc::new(SystemClock),
            prepared: Arc::default(),
            troubled: Arc::default(),
        }
    }

    /// The same, by another clock.
    #[must_use]
    pub fn with_pace(self, pace: Arc<dyn Pace>) -> Self {
        Self { pace, ..self }
    }

    /// The same, with other deadlines for requests.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// Handles one event of Lambda: a batch of the table's stream, or a tick of the schedule.
    pub async fn handle(
        self,
        event: Value,
        time_left: TimeLeft,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let handled = match (event["Records"].as_array(), event["tick"].as_str()) {
            (Some(records), _) => self.receive(records, time_left).await,
            (None, Some("retry")) => self.retry(time_left).await,
            (None, Some("sweep")) => self.sweep().await,
            (None, _) => Err(NotifierError::Event),
        };
        handled.map_err(|error| {
            tracing::error!(error = intake::chain(&error), "event not handled");
            error.into()
        })
    }

    fn now(&self) -> Timestamp {
        self.pace.now()
    }

    fn is_troubled(&self, destination: &str, now: Timestamp) -> bool {
        let troubled = self.troubled.lock().unwrap_or_else(PoisonError::into_inner);
        troubled.get(destination).is_some_and(|until| *until > now)
    }

    fn note_trouble(&self, destination: &str, now: Timestamp) {
        let until = now.checked_add(TROUBLE).unwrap_or(now);
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner).insert(destination.to_owned(), until);
    }
}
