//! The engine: what the pure decisions say is read, written and sent here, in an order in which a crash at any point loses
//! nothing and repeats at most one notification a queue.

mod attempt;
mod changes;
mod claim;
mod commands;
mod fares;
mod inhibition;
mod outcome;
mod ownership;
mod reconcile;
mod routing;
mod sender;
mod status;
mod tick;

use alert::{Clock, Silence};
pub use status::{DestinationStatus, Explanation, Fares, MOST_WAITING};

use std::collections::HashMap;
use std::sync::Arc;

use crate::{
    AlertReader, DestinationState, LinkMaker, NotificationConfiguration, Outbox, OutboxError, OwnAlerts,
    Random, SettingsSource, Silences, Transport, Wake,
};

/// How often something is decided anew because somebody else wrote meanwhile.
const MOST_CONFLICTS: usize = 20;

/// All that the engine needs from the world.
#[derive(Clone)]
pub struct Ports {
    /// What is to be notified and what was notified.
    pub outbox: Arc<dyn Outbox>,
    /// Alerts as they are.
    pub alerts: Arc<dyn AlertReader>,
    /// The silences.
    pub silences: Arc<dyn Silences>,
    /// Carries requests.
    pub transport: Arc<dyn Transport>,
    /// Has a destination served.
    pub wake: Arc<dyn Wake>,
    /// The settings.
    pub settings: Arc<dyn SettingsSource>,
    /// Takes events about Campanile's own health.
    pub own_alerts: Arc<dyn OwnAlerts>,
    /// Makes addresses.
    pub links: Arc<dyn LinkMaker>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Dice.
    pub random: Arc<dyn Random>,
}

/// Notifies destinations of what happens to alerts.
#[derive(Clone)]
pub struct Dispatcher {
    ports: Ports,
}

/// What holds for one invocation.
pub(crate) struct RunContext {
    pub(crate) settings: Arc<NotificationConfiguration>,
    pub(crate) silences: Vec<Silence>,
}

impl Dispatcher {
    /// An engine that uses `ports`.
    pub const fn new(ports: Ports) -> Self {
        Self { ports }
    }

    pub(crate) fn outbox(&self) -> &dyn Outbox {
        self.ports.outbox.as_ref()
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.ports.clock.now()
    }

    pub(crate) async fn run_context(&self) -> Result<RunContext, OutboxError> {
        let settings = self.ports.settings.settings().await?;
        let silences = self.ports.silences.live().await?;
        Ok(RunContext { settings, silences })
    }

    pub(crate) async fn states(&self) -> Result<HashMap<String, DestinationState>, OutboxError> {
        self.outbox().destination_states().await
    }
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher").finish_non_exhaustive()
    }
}

/// An error and its causes, as one line.
pub(crate) fn chain(error: &OutboxError) -> String {
    chain_of(error)
}

/// The same of any error.
pub(crate) fn chain_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

pub(crate) fn gave_up(operation: &'static str) -> OutboxError {
    OutboxError::Unavailable { operation, source: "somebody else wrote again and again".into() }
}
