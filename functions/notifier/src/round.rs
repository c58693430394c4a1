//! One round of routing: a change of an alert, every destination, and what is written about each.

use std::collections::HashMap;
use std::sync::Arc;

use alert::{Action, Alert, Silence};
use aws::{Course, Delivery, DestinationStates, Enrollment, Plan, Table, Turn};
use futures::future::join_all;
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

    /// Routes `change` to every destination, whose parts in the alert are `known`, and writes what follows. Yields for
    /// each the delivery if it can be sent at once; it is then claimed.
    pub(crate) async fn tell_all(
        &self,
        round: &Round,
        known: &HashMap<String, Course>,
        change: &Change<'_>,
    ) -> Vec<Result<Option<Turn>, StoreError>> {
        let mut plans: Vec<_> = round
            .prepared
            .enabled()
            .filter_map(|destination| {
                self.plan(round, destination, &part(destination, known, change), change)
            })
            .collect();
        let mut told = Vec::with_capacity(plans.len());
        while !plans.is_empty() {
            let later = plans.split_off(plans.len().min(Table::MOST_PLANS));
            told.extend(self.carry_out(round, plans, known, change).await);
            plans = later;
        }
        told
    }

    async fn carry_out(
        &self,
        round: &Round,
        mut plans: Vec<Plan>,
        known: &HashMap<String, Course>,
        change: &Change<'_>,
    ) -> Vec<Result<Option<Turn>, StoreError>> {
        if matches!(self.platform.table.enroll_all(&mut plans).await, Ok(Enrollment::Done)) {
            return plans.into_iter().map(|plan| Ok(claimed(plan))).collect();
        }
        // One of them stands in the way of the others: each for itself.
        let each = plans.into_iter().filter_map(|plan| {
            let destination = round.prepared.settings.destination(&plan.course.destination)?;
            Some(self.tell(round, destination, part(destination, known, change), change))
        });
        join_all(each).await
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
        while let Some(mut plan) = self.plan(round, destination, &known, change) {
            if table.enroll(&mut plan).await? == Enrollment::Done {
                return Ok(claimed(plan));
            }
            if let Some(delivery) = &plan.delivery
                && table.delivery(&delivery.id).await?.is_some_and(|known| !delivery.may_replace(&known))
            {
                return Ok(None);
            }
            known = table.course(change.alert.fingerprint, &destination.id).await?;
        }
        Ok(None)
    }

    /// What follows from `change` for `destination`; `None` if nothing does, or if it followed before.
    fn plan(
        &self,
        round: &Round,
        destination: &Destination,
        known: &Course,
        change: &Change<'_>,
    ) -> Option<Plan> {
        if is_news(change) && known.has_routed(change.alert) {
            return None;
        }
        let (decision, course) = decide(destination, &known.clone().in_present_life(change.alert), change);
        if course == *known {
            return None;
        }
        let delivery = self.delivery(round, destination, &course, decision);
        Some(Plan { course, delivery })
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

/// The part of `destination` in the alert, a new one if none is known.
fn part(destination: &Destination, known: &HashMap<String, Course>, change: &Change<'_>) -> Course {
    let fresh = || Course::new(change.alert.fingerprint, &destination.id);
    known.get(&destination.id).cloned().unwrap_or_else(fresh)
}

/// The turn of a delivery that was born claimed.
fn claimed(Plan { course, delivery }: Plan) -> Option<Turn> {
    let delivery = delivery.filter(|delivery| delivery.record.claim > 0)?;
    Some(Turn { delivery, course: Some(course) })
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
        course.note_routed(change.alert);
    }
    (decision, course)
}
