//! What an operator asks for, and what a failing destination is notified of.

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Severity, Signal, Source};
use jiff::Timestamp;

use super::Dispatcher;
use crate::availability::suspension;
use crate::span::after;
use crate::{Destination, DestinationState, NotificationRecord, OutboxError, Queue, QueueKey, Written};

/// How long a destination fails before an alert opens for it, in seconds.
const ALERT_AFTER_SECS: i64 = 600;
/// Most queues that are made due by one command.
const MOST_QUEUES: usize = 1_000;

impl Dispatcher {
    /// Ends whatever keeps the destination `id` from being notified: a suspension, a hold, failures in a row.
    pub async fn resume(&self, id: &str) -> Result<(), OutboxError> {
        self.update_state(id, |state| {
            state.suspension = None;
            state.held_until = None;
            state.failures = 0;
            true
        })
        .await?;
        self.ports.wake.wake(id).await
    }

    /// Tries at once what waits for the destination `id` after a failed attempt, and resumes it.
    pub async fn retry_destination(&self, id: &str) -> Result<(), OutboxError> {
        for upcoming in self.outbox().upcoming(id, MOST_QUEUES).await? {
            self.hasten(&upcoming.key).await?;
        }
        self.resume(id).await
    }

    /// Compares the alerts of a notification that was not sent with what the destination was notified of, and notifies what differs.
    pub async fn retry_notification(&self, record: &NotificationRecord) -> Result<(), OutboxError> {
        let run = self.run_context().await?;
        let Some(destination) = run.settings.destination(&record.destination) else { return Ok(()) };
        for fingerprint in &record.fingerprints {
            self.decide(&run, destination, *fingerprint).await?;
        }
        let key = QueueKey { destination: record.destination.clone(), group: record.group };
        self.hasten(&key).await?;
        self.ports.wake.wake(&record.destination).await
    }

    async fn hasten(&self, key: &QueueKey) -> Result<(), OutboxError> {
        let now = self.now();
        let Some(mut queue) = self.outbox().queue(key).await? else { return Ok(()) };
        if queue.is_claimed(now) || queue.indexed_at().is_none_or(|at| at <= now) {
            return Ok(());
        }
        queue = Queue { retry_at: queue.retry_at.map(|_| now), due_at: queue.due_at.map(|_| now), ..queue };
        match self.outbox().put_queue(&mut queue).await? {
            Written::Done | Written::Conflict => Ok(()),
        }
    }

    /// Opens an alert about a destination that has failed for ten minutes, and ends it when it is well.
    ///
    /// That an alert may be open is written down before it is, and that it is afterwards: a crash in between leaves
    /// neither an alert that nobody ends nor a failure without its alert.
    pub(super) async fn alert_of_failure(
        &self,
        destination: &Destination,
        state: &DestinationState,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        match state.failing_since.filter(|since| after(*since, ALERT_AFTER_SECS) <= now) {
            Some(since) if state.alerted_since != Some(since) => {
                self.note_alert(destination, true, state.alerted_since).await?;
                let event = own_event(destination, state, Signal::Firing, since, now);
                self.ports.own_alerts.record(event).await?;
                self.note_alert(destination, true, Some(since)).await
            }
            None if state.is_alerted => {
                let began = state.alerted_since.or(state.last_success_at).unwrap_or(now);
                let event = own_event(destination, state, Signal::Resolved, began, now);
                self.ports.own_alerts.record(event).await?;
                self.note_alert(destination, false, None).await
            }
            _ => Ok(()),
        }
    }

    async fn note_alert(
        &self,
        destination: &Destination,
        is_alerted: bool,
        alerted_since: Option<Timestamp>,
    ) -> Result<(), OutboxError> {
        self.update_state(&destination.id, |state| {
            let known = (state.is_alerted, state.alerted_since);
            (state.is_alerted, state.alerted_since) = (is_alerted, alerted_since);
            known != (is_alerted, alerted_since)
        })
        .await
        .map(drop)
    }

    /// Forgets that `destination` fails where nothing waits for it any more: it will not be tried, so that nothing would
    /// ever say that it is well. One that somebody must repair goes on failing until its settings change.
    pub(super) async fn forget_failure(
        &self,
        destination: &Destination,
        state: &DestinationState,
    ) -> Result<DestinationState, OutboxError> {
        if state.failing_since.is_none() || suspension(destination, state).is_some() {
            return Ok(state.clone());
        }
        self.update_state(&destination.id, |known| {
            let is_same = known.failing_since == state.failing_since && known.failures == state.failures;
            if is_same {
                (known.failing_since, known.failures) = (None, 0);
            }
            is_same
        })
        .await
    }
}

/// That `destination` fails, or does not any more; the same whenever it is said of one failure.
fn own_event(
    destination: &Destination,
    state: &DestinationState,
    signal: Signal,
    began: Timestamp,
    now: Timestamp,
) -> AlertEvent {
    let id = destination.id.as_str();
    let is_firing = signal == Signal::Firing;
    let is_well = state.last_success_at.is_some_and(|at| at >= began);
    let title = match signal {
        Signal::Firing => format!("Destination {id} fails"),
        _ if is_well => format!("Destination {id} works again"),
        _ => format!("Destination {id} is not tried any more: nothing waits for it"),
    };
    let labels = [("alertname", "destination_failing"), ("destination", id)];
    let began_text = began.to_string();
    AlertEvent {
        source: Source::Campanile,
        account: id.to_owned(),
        fingerprint: Fingerprint::of(["campanile/destination/v1", id]),
        event_id: EventId::of(["campanile/destination-event/v1", id, &began_text, signal.as_str()]),
        signal,
        severity: if is_firing { Severity::High } else { Severity::Info },
        severity_raw: signal.as_str().to_owned(),
        title,
        summary: state.last_error.clone().filter(|_| is_firing),
        resource: Some(id.to_owned()),
        service: None,
        value: None,
        url: None,
        labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        annotations: Labels::new(),
        occurred_at: if is_firing { began } else { now },
        started_at: is_firing.then_some(began),
        ended_at: (!is_firing).then_some(now),
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        order: alert::Order::default(),
    }
}
