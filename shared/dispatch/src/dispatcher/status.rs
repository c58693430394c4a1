//! Was anybody notified? How each destination fares, and what each was notified of one alert.

use alert::{Alert, Condition};
use jiff::Timestamp;
use serde::Serialize;

use super::{Dispatcher, RunContext};
use crate::select::EventType;
use crate::{
    Availability, Destination, DestinationState, EntryKey, OutboxError, QueueKey, RoutingState, Suspension,
    Unselected, Waiting, group_of,
};

/// How many groups with something due are counted at most.
pub const MOST_WAITING: usize = 1_000;

/// How one destination fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DestinationStatus {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The host that its requests go to.
    pub host: String,
    /// In one word.
    pub state: Fares,
    /// Since when every attempt fails.
    pub failing_since: Option<Timestamp>,
    /// Why the last failed attempt failed.
    pub reason: Option<String>,
    /// Why nothing is sent to it.
    pub suspension: Option<Suspension>,
    /// Until when it wants nothing.
    pub held_until: Option<Timestamp>,
    /// When its hours begin.
    pub opens_at: Option<Timestamp>,
    /// How many groups of alerts something waits for; counted up to [`MOST_WAITING`].
    pub waiting: usize,
    /// Since when the oldest notification is overdue.
    pub oldest_pending_at: Option<Timestamp>,
    /// When something is due next.
    pub next_attempt_at: Option<Timestamp>,
    /// Notifications that were sent in the present and the last hour.
    pub sent_last_hour: u64,
    /// Attempts that failed in them.
    pub failed_last_hour: u64,
    /// When it last took a notification.
    pub last_success_at: Option<Timestamp>,
}

/// How a destination fares, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fares {
    /// It takes what it is sent, or nothing was sent yet.
    Healthy,
    /// Every attempt fails.
    Failing,
    /// Nothing is sent to it until somebody changes something, or a probe succeeds.
    Suspended,
    /// It wants nothing for a while.
    Held,
    /// It has not its hours.
    WaitingForItsHours,
    /// `enabled` is false.
    Disabled,
}

/// What one destination was notified of one alert, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The destination's id.
    pub destination: String,
    /// Since when it knows that the alert fires.
    pub notified_at: Option<Timestamp>,
    /// How bad it was notified the alert is.
    pub notified_severity: Option<alert::Severity>,
    /// Since when something is pending.
    pub pending_since: Option<Timestamp>,
    /// Why it is pending: the last attempt's failure, if there was one.
    pub pending_reason: Option<String>,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// What withholds it, and until when.
    pub withheld: Option<Waiting>,
    /// Somebody had acknowledged it when its rung of the ladder was reached.
    pub is_stopped: bool,
    /// The member of the settings by which it is not selected, for people.
    pub unselected: Option<String>,
}

impl Dispatcher {
    /// How all destinations fare, in the order of the settings.
    pub async fn status(&self) -> Result<Vec<DestinationStatus>, OutboxError> {
        let settings = self.ports.settings.settings().await?;
        let states = self.states().await?;
        let mut all = Vec::with_capacity(settings.destinations.len());
        for destination in &settings.destinations {
            let unknown = DestinationState::new(&destination.id);
            let state = states.get(&destination.id).unwrap_or(&unknown);
            all.push(self.status_of(destination, state).await?);
        }
        Ok(all)
    }

    /// How the destination `id` fares; none if the settings do not describe it.
    pub async fn status_of_one(&self, id: &str) -> Result<Option<DestinationStatus>, OutboxError> {
        let settings = self.ports.settings.settings().await?;
        let Some(destination) = settings.destination(id) else { return Ok(None) };
        let known = self.outbox().destination_state(id).await?;
        let state = known.unwrap_or_else(|| DestinationState::new(id));
        self.status_of(destination, &state).await.map(Some)
    }

    async fn status_of(
        &self,
        destination: &Destination,
        state: &DestinationState,
    ) -> Result<DestinationStatus, OutboxError> {
        let now = self.now();
        let availability = self.availability(destination, state).await?;
        let upcoming = self.outbox().upcoming(&destination.id, MOST_WAITING).await?;
        let next = upcoming.first().map(|next| next.due_at);
        let held_until = match availability {
            Availability::Held(until) => Some(until),
            _ => None,
        };
        let opens_at = destination.hours.opens_at(now);
        let this_hour = now.as_second().div_euclid(3600);
        let recent = || state.hours.iter().filter(|hour| hour.hour >= this_hour - 1);
        let is_suspended = |known: &&Suspension| known.settings_digest == destination.settings_digest;
        let suspension = state.suspension.as_ref().filter(is_suspended).cloned();
        Ok(DestinationStatus {
            id: destination.id.clone(),
            name: destination.name.clone(),
            type_name: destination.channel.type_name(),
            host: destination.channel.host().to_owned(),
            state: fares(destination, state, suspension.is_some(), held_until, opens_at),
            failing_since: state.failing_since,
            reason: state.last_error.clone(),
            suspension,
            held_until,
            opens_at,
            waiting: upcoming.len(),
            oldest_pending_at: next.filter(|next| *next <= now),
            next_attempt_at: next.map(|next| next.max(held_until.unwrap_or(next)).max(now)),
            sent_last_hour: recent().map(|hour| hour.sent).sum(),
            failed_last_hour: recent().map(|hour| hour.failed).sum(),
            last_success_at: state.last_success_at,
        })
    }

    /// What each destination was notified of `alert`, or why not, in the order of the settings.
    pub async fn explain(&self, alert: &Alert) -> Result<Vec<Explanation>, OutboxError> {
        let run = self.run_context().await?;
        let mut known = self.outbox().known(alert.fingerprint).await?;
        let mut all = Vec::with_capacity(run.settings.destinations.len());
        for destination in &run.settings.destinations {
            let routing = known.routing.remove(&destination.id);
            all.push(self.explain_to(&run, destination, alert, routing).await?);
        }
        Ok(all)
    }

    async fn explain_to(
        &self,
        run: &RunContext,
        destination: &Destination,
        alert: &Alert,
        routing: Option<RoutingState>,
    ) -> Result<Explanation, OutboxError> {
        let group = routing.as_ref().map_or_else(|| group_of(destination, alert).0, |routing| routing.group);
        let key = QueueKey { destination: destination.id.clone(), group };
        let entry = match destination.deliver {
            channels::Deliver::State => self.outbox().entry(&key, EntryKey::Alert(alert.fingerprint)).await?,
            channels::Deliver::Changes => self.outbox().entries(&key, 1).await?.pop(),
        };
        let queue = self.outbox().queue(&key).await?;
        let notified = queue.as_ref().and_then(|queue| queue.notified.get(&alert.fingerprint));
        let is_firing = alert.condition == Condition::Firing;
        let waiting = routing.as_ref().and_then(|routing| routing.waiting.clone()).filter(|_| is_firing);
        let withheld = match waiting {
            None if entry.is_none() && notified.is_some() => self.muted_now(run, destination, alert).await?,
            waiting => waiting,
        };
        let pending = queue.as_ref().filter(|_| entry.is_some());
        Ok(Explanation {
            destination: destination.id.clone(),
            notified_at: notified.map(|notified| notified.since),
            notified_severity: notified.map(|notified| notified.severity),
            pending_since: entry.as_ref().map(|entry| entry.at),
            pending_reason: pending.and_then(|queue| queue.reason.clone()),
            due_at: pending.and_then(crate::Queue::indexed_at),
            withheld,
            is_stopped: routing.is_some_and(|routing| routing.is_stopped) && notified.is_none(),
            unselected: unselected(destination, alert).filter(|_| notified.is_none()),
        })
    }

    /// What would withhold a rise of what was notified.
    async fn muted_now(
        &self,
        run: &RunContext,
        destination: &Destination,
        alert: &Alert,
    ) -> Result<Option<Waiting>, OutboxError> {
        let mutes = self.context(run, alert).await?.mutes(destination);
        Ok(mutes.map(|(reason, until)| Waiting { until, reason, event: channels::Event::Escalated }))
    }
}

fn fares(
    destination: &Destination,
    state: &DestinationState,
    is_suspended: bool,
    held_until: Option<Timestamp>,
    opens_at: Option<Timestamp>,
) -> Fares {
    match state.failing_since {
        _ if !destination.is_enabled => Fares::Disabled,
        _ if is_suspended => Fares::Suspended,
        Some(_) => Fares::Failing,
        None if held_until.is_some() => Fares::Held,
        None if opens_at.is_some() => Fares::WaitingForItsHours,
        None => Fares::Healthy,
    }
}

/// Why `destination` is not notified that `alert` fires.
fn unselected(destination: &Destination, alert: &Alert) -> Option<String> {
    let refusal =
        if destination.is_enabled { destination.filter.refusal(alert) } else { Some(Unselected::Disabled) };
    let is_chosen = destination.notify_on.selects(EventType::of_firing(alert));
    let refusal = refusal.or_else(|| (!is_chosen).then_some(Unselected::NotifyOn))?;
    Some(match refusal {
        Unselected::Disabled => "`enabled` is false".to_owned(),
        Unselected::Source => format!("`sources` does not name {}", alert.source),
        Unselected::Room => "`rooms` names none of its rooms".to_owned(),
        Unselected::Label(matcher) => format!("`labels` wants {matcher}"),
        Unselected::NotifyOn => "`notify` does not name this type".to_owned(),
    })
}
