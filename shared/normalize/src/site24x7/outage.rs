//! When a webhook's outage began, when it ended, and which outage it is.

use alert::Signal;
use jiff::Timestamp;

use super::parameters::Parameters;
use super::time::{from_epoch_millis, from_iso, millis_between, to_seconds};

/// Furthest that the outage time of a firing event may be from the event to be its own.
const SAME_OUTAGE_MILLIS: i64 = 60_000;
/// Least time before a recovery at which its outage began; anything nearer may be the recovery's own time.
const SHORTEST_OUTAGE_MILLIS: i64 = 10_000;

/// The times of one webhook request.
pub(super) struct Times {
    pub occurred_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The outage's time in milliseconds, only where it is surely this outage's.
    pub episode: Option<String>,
    /// Whether the request named no time and that of its arrival stands for it.
    pub is_arrival: bool,
}

impl Times {
    /// Reads the times of a request that says `signal` and came in at `received_at`.
    pub(super) fn read(parameters: &Parameters, signal: Signal, received_at: Timestamp) -> Self {
        let outage_at = parameters.text("OUTAGE_TIME_UNIX_FORMAT").and_then(|text| from_epoch_millis(&text));
        let named = named_time(parameters).or(outage_at.filter(|_| signal == Signal::Firing));
        let occurred_at = named.unwrap_or(received_at);
        let episode_at = outage_at.filter(|outage_at| is_of(*outage_at, signal, occurred_at));
        Self {
            occurred_at,
            started_at: episode_at.or((signal == Signal::Firing).then_some(occurred_at)),
            ended_at: (signal == Signal::Resolved).then_some(occurred_at),
            episode: episode_at.map(|at| at.as_millisecond().to_string()),
            is_arrival: named.is_none(),
        }
    }

    /// The time as it distinguishes one event from the next: whole seconds, in which hook and action agree; without a
    /// named time the whole precision, as then every request is its own event.
    pub(super) fn identity(&self) -> String {
        if self.is_arrival { self.occurred_at.to_string() } else { to_seconds(self.occurred_at) }
    }
}

fn named_time(parameters: &Parameters) -> Option<Timestamp> {
    let iso = parameters.text("INCIDENT_TIME_ISO").and_then(|text| from_iso(&text)).map(|moment| moment.at);
    iso.or_else(|| from_epoch_millis(&parameters.text("ct")?))
}

/// Whether the outage that began at `outage_at` is surely the one that an event reports.
fn is_of(outage_at: Timestamp, signal: Signal, occurred_at: Timestamp) -> bool {
    let elapsed = millis_between(outage_at, occurred_at);
    match signal {
        Signal::Firing => elapsed.abs() <= SAME_OUTAGE_MILLIS,
        Signal::Resolved => elapsed >= SHORTEST_OUTAGE_MILLIS,
        Signal::Notice => false,
    }
}
