//! One round of routing: a change of an alert, every destination, and what is written about each.

use std::sync::Arc;

use alert::{Action, Alert, Condition, Silence};
use aws::{Course, Delivery, DestinationStates, Enrollment, Table, Turn};
use intake::StoreError;
use jiff::{SignedDuration, Timestamp};
use notify::{Change, Decision, Destination, Hearing, News, route};

use crate::gate::Gate;
use crate::prepared::Prepared;
use crate::{Notifier, NotifierError};

/// For how long whoever takes a delivery up has it to themselves. Longer than any attempt takes.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// What a destination may want between two messages without being left to the next tick.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// What holds for one invocation: who is told, how they fare, and what is silenced.
pub(crate) struct Round {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) states: DestinationStates,
    pub(crate) silences: Vec<Silence>,
}

impl Round {
    pub(crate) fn hearing(&self, alert: &Alert, now: Timestamp) -> Hearing {
        let is_silenced = self.silences.iter().any(|silence| silence.covers(alert, now));
        if is_silenced { Hearing::Silenced } else { Hearing::Audible }
    }
}

impl Notifier {
    pub(crate) async fn round(&self) -> Result<Round, NotifierError> {
        let prepared = self.prepared().await?;
        let table = &self.platform.table;
        let (states, silences) = futures::future::try_join(table.destination_states(), table.silences())
            .await
            .map_err(NotifierError::Store)?;
        Ok(Round { prepared, states, silences })
    }

    /// Routes `change` to `destination`, whose part in the alert is `known`, and writes what follows. Yields the delivery if
    /// it can be sent at once; it is then claimed.
    pub(crate) async fn tell(
        &self,
        round: &Round,
        destination: &Destination,
        mut known: Course,
        change: &Change<'_>,
    ) -> Result<Option<Turn>, StoreError> {
        let table: &Table = &self.platform.table;
        loop {
            if is_news(change) && known.record.routed_revision >= change.alert.revision {
                return Ok(None);
            }
            let (decision, mut course) = decide(destination, &known, change);
            if course == known {
                return Ok(None);
            }
            let delivery = self.delivery(round, destination, &course, decision);
            if table.enroll(&mut course, delivery.as_ref()).await? == Enrollment::Done {
                let claimed = delivery.filter(|delivery| delivery.record.claim > 0);
                return Ok(claimed.map(|delivery| Turn { delivery, course: Some(course) }));
            }
            if let Some(delivery) = &delivery
                && table.delivery(&delivery.id).await?.is_some()
            {
                return Ok(None);
            }
            known = table.course(change.alert.fingerprint, &destination.id).await?;
        }
    }

    fn delivery(
        &self,
        round: &Round,
        destination: &Destination,
        course: &Course,
        decision: Decision,
    ) -> Option<Delivery> {
        let Decision::Tell(message) = decision else { return None };
        let now = self.now();
        let is_open = Gate::of(destination, &round.states, now).opens_within(PAUSE, now);
        let is_next = course.record.waiting.is_empty();
        let mut delivery = Delivery::new(&destination.id, *message, now, now);
        if is_next && is_open && !self.is_troubled(&destination.id, now) {
            delivery.record.claim = 1;
            delivery.record.next_attempt_at = now.checked_add(LEASE).ok();
        }
        Some(delivery)
    }

    /// What `news` leaves out: who gave an alert back stands in its notes.
    pub(crate) async fn completed(&self, alert: &Alert, news: News) -> Result<News, StoreError> {
        if !matches!(news, News::Unacknowledged { .. }) {
            return Ok(news);
        }
        let notes = self.platform.table.notes(alert.fingerprint).await?;
        let note = notes.into_iter().find(|note| note.action == Action::Unacknowledge);
        Ok(note.map_or(news, |note| News::Unacknowledged {
            by: Some(note.by),
            note: Some(note.text).filter(|text| !text.is_empty()),
        }))
    }
}

/// Whether the alert itself changed; otherwise something that withheld it ended.
const fn is_news(change: &Change<'_>) -> bool {
    !matches!(change.news, News::SilenceEnded | News::DampingEnded)
}

fn decide(destination: &Destination, known: &Course, change: &Change<'_>) -> (Decision, Course) {
    let (decision, standing) = route(destination, &known.record.standing, change);
    let mut course = known.clone();
    course.record.damped_until = match (&decision, &change.news) {
        (Decision::Later(until), _) => Some(*until),
        (Decision::Quiet, News::Acknowledged | News::Unacknowledged { .. }) => course.record.damped_until,
        (Decision::Quiet | Decision::Tell(_), _) => None,
    };
    let is_remembered =
        standing != known.record.standing || course.record.damped_until != known.record.damped_until;
    if is_remembered || matches!(decision, Decision::Tell(_)) {
        course.record.standing = standing;
        course.record.routed_revision = course.record.routed_revision.max(change.alert.revision);
        course.record.is_over = change.alert.condition != Condition::Firing;
    }
    (decision, course)
}
