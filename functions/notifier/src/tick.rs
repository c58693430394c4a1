//! A tick of the schedule: what had to wait, and whether it still has to.

use alert::{Alert, Condition, Silence, served_labels};
use aws::{AlertFilter, Cursor, Plan, Turn};
use futures::future::join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use intake::{StoreError, TimeLeft, chain};
use jiff::{SignedDuration, Timestamp};
use notify::{Change, Destination, Hearing, News, Probe};
use serde_json::{Value, json};

use crate::budget::Budget;
use crate::gate::Gate;
use crate::line::Line;
use crate::round::Round;
use crate::{Notifier, NotifierError};

/// How many deliveries of one destination are read at a time.
const DELIVERIES_AT_A_TIME: usize = 100;
/// How many alerts that damping withheld are looked at in one tick.
const MOST_DAMPED: usize = 500;
/// How many alerts are read at a time.
const ALERTS_AT_A_TIME: usize = 200;
/// How many alerts are told of at a time whose silence has ended.
const TOLD_AT_A_TIME: usize = 16;
/// How much later than it happens the end of a silence may be seen: clocks differ, and the index of what fires lags behind.
const SEEN_LATE: SignedDuration = SignedDuration::from_secs(30);

impl Notifier {
    /// Sees to everything whose time has come.
    pub(crate) async fn retry(&self, time_left: TimeLeft) -> Result<Value, NotifierError> {
        let budget = Budget::of_tick(time_left);
        // What is read below is at least as new.
        let begun = self.now();
        let round = self.round().await?;
        count_suspended(&round);
        // What cannot be looked at now is looked at again in the next tick; it keeps nobody from what is due.
        for looked_at in [self.end_damping(&round).await, self.follow_silences(&round, begun).await] {
            if let Err(error) = looked_at {
                tracing::error!(error = chain(&error), "what was withheld could not be looked at");
            }
        }
        let served = round.prepared.enabled().map(|destination| self.serve(&round, destination, budget));
        for served in join_all(served).await {
            if let Err(error) = served {
                tracing::error!(error = chain(&error), "destination not served");
            }
        }
        Ok(json!({}))
    }

    /// Makes alerts expire that nobody speaks of any more, and notices who fell silent. The stream then tells of it.
    pub(crate) async fn sweep(&self) -> Result<Value, NotifierError> {
        let swept = self.platform.table.sweep(self.now()).await.map_err(NotifierError::Store)?;
        tracing::info!(expired = swept.expired, fell_silent = swept.fell_silent, "swept");
        Ok(
            json!({ "expired": swept.expired, "fell_silent": swept.fell_silent, "spoke_again": swept.spoke_again }),
        )
    }

    /// Sends what is due to one destination.
    async fn serve(
        &self,
        round: &Round,
        destination: &Destination,
        budget: Budget,
    ) -> Result<(), StoreError> {
        let table = &self.platform.table;
        let mut line = Line::new(self, round, destination, budget);
        match Gate::of(destination, &round.states, self.now()) {
            Gate::Closed => return Ok(()),
            Gate::Open | Gate::Held(_) => {}
            Gate::Resume => {
                table.resume(&destination.id).await?;
                return self.serve_resumed(round, destination, budget).await;
            }
            Gate::Challenge if !self.challenge(round, &line, destination).await? => return Ok(()),
            Gate::Challenge => return self.serve_resumed(round, destination, budget).await,
            Gate::Probe => {
                let Some(oldest) = table.due(&destination.id, self.now(), 1).await?.pop() else {
                    return Ok(());
                };
                Box::pin(line.probe(oldest.into())).await;
            }
        }
        self.drain(&mut line, destination).await
    }

    /// The same with the present state, after it was changed for the better.
    async fn serve_resumed(
        &self,
        round: &Round,
        destination: &Destination,
        budget: Budget,
    ) -> Result<(), StoreError> {
        let states = self.platform.table.destination_states().await?;
        let round = Round { prepared: round.prepared.clone(), states, silences: Vec::new() };
        let gate = Gate::of(destination, &round.states, self.now());
        let mut line = Line::new(self, &round, destination, budget);
        match gate {
            Gate::Challenge if !self.challenge(&round, &line, destination).await? => Ok(()),
            Gate::Open | Gate::Held(_) | Gate::Challenge => self.drain(&mut line, destination).await,
            Gate::Closed | Gate::Probe | Gate::Resume => Ok(()),
        }
    }

    async fn drain(&self, line: &mut Line<'_>, destination: &Destination) -> Result<(), StoreError> {
        while !line.is_stopped() {
            let due = self.platform.table.due(&destination.id, self.now(), DELIVERIES_AT_A_TIME).await?;
            let is_last = due.len() < DELIVERIES_AT_A_TIME;
            line.carry(due.into_iter().map(Turn::from)).await;
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// Asks the destination to show that it knows the challenge secret; suspends it if it does not.
    async fn challenge(
        &self,
        round: &Round,
        line: &Line<'_>,
        destination: &Destination,
    ) -> Result<bool, StoreError> {
        let table = &self.platform.table;
        let random = std::array::from_fn(|_| fastrand::u8(..));
        match round.prepared.courier.challenge(destination, random).await {
            Ok(()) => {
                table.pass(&destination.id, destination.settings_digest()).await?;
                table.resume(&destination.id).await?;
                Ok(true)
            }
            Err(failure) => {
                line.close(Probe::Hourly, chain(&failure)).await?;
                Ok(false)
            }
        }
    }

    /// Asks routing again about what damping has withheld until now.
    async fn end_damping(&self, round: &Round) -> Result<(), StoreError> {
        let table = &self.platform.table;
        for (fingerprint, destination) in table.damped(self.now(), MOST_DAMPED).await? {
            let alert = table.alert(fingerprint).await?;
            if let (Some(alert), Some(destination)) =
                (alert, round.prepared.settings.destination(&destination))
            {
                self.tell_late(round, destination, &alert, News::DampingEnded).await?;
                continue;
            }
            let mut course = table.course(fingerprint, &destination).await?;
            course.record.damped_until = None;
            table.enroll(&mut Plan { course, delivery: None }).await?;
        }
        Ok(())
    }

    /// Tells of alerts whose last silence has ended since the tick before, as of `now`, before which `round` was not read.
    async fn follow_silences(&self, round: &Round, now: Timestamp) -> Result<(), StoreError> {
        let table = &self.platform.table;
        let Some(since) = table.silences_followed_until().await? else {
            return table.follow_silences_until(now).await;
        };
        // Looked at twice, nobody is told twice.
        let since = since.checked_sub(SEEN_LATE).unwrap_or(since);
        let ended = |silence: &&Silence| silence.ends_at > since && silence.ends_at <= now;
        let ended: Vec<_> = round.silences.iter().filter(ended).collect();
        if ended.is_empty() {
            return Ok(());
        }
        let mut cursor = None;
        loop {
            let filter = AlertFilter { conditions: vec![Condition::Firing], ..AlertFilter::default() };
            let page = table.alerts(&filter, aws::PageSize::items(ALERTS_AT_A_TIME), cursor.as_ref()).await?;
            let covered = page.alerts.iter().filter(|alert| was_covered(alert, &ended));
            let told: Vec<_> = covered.map(|alert| self.unsilenced(round, alert, now).boxed()).collect();
            stream::iter(told).buffer_unordered(TOLD_AT_A_TIME).try_collect::<()>().await?;
            cursor = page.next as Option<Cursor>;
            if cursor.is_none() {
                return table.follow_silences_until(now).await;
            }
        }
    }

    async fn unsilenced(&self, round: &Round, alert: &Alert, now: Timestamp) -> Result<(), StoreError> {
        let hearing = round.hearing(alert, now);
        if hearing == Hearing::Silenced {
            return Ok(());
        }
        let change =
            Change { alert, news: News::SilenceEnded, previous_severity: None, hearing, at: self.now() };
        let known = self.platform.table.courses(alert.fingerprint).await?;
        for told in self.tell_all(round, &known, &change).await {
            self.make_due(told?).await?;
        }
        Ok(())
    }

    /// Tells of something that was withheld; it is then due and not claimed.
    async fn tell_late(
        &self,
        round: &Round,
        destination: &Destination,
        alert: &Alert,
        news: News,
    ) -> Result<(), StoreError> {
        let at = self.now();
        let hearing = round.hearing(alert, at);
        let change = Change { alert, news, previous_severity: None, hearing, at };
        let known = self.platform.table.course(alert.fingerprint, &destination.id).await?;
        let told = self.tell(round, destination, known, &change).await?;
        self.make_due(told).await
    }

    /// Gives back what was claimed, to be sent with everything else that is due.
    async fn make_due(&self, claimed: Option<Turn>) -> Result<(), StoreError> {
        if let Some(Turn { mut delivery, .. }) = claimed {
            delivery.record.next_attempt_at = Some(self.now());
            self.platform.table.postpone(&delivery).await?;
        }
        Ok(())
    }
}

/// Counts, for an alarm, the destinations that are told nothing until somebody changes something.
fn count_suspended(round: &Round) {
    let is_suspended = |destination: &&Destination| {
        round.states.get(&destination.id).is_some_and(|state| state.suspension.is_some())
    };
    let count = round.prepared.enabled().filter(is_suspended).count();
    if count > 0 {
        tracing::trace!(target: intake::COUNTS, measure = "DestinationsSuspended", count);
    }
}

fn was_covered(alert: &Alert, ended: &[&Silence]) -> bool {
    let served = served_labels(alert);
    ended.iter().any(|silence| silence.matches(&served))
}
