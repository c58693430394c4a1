//! What holds at any moment of a history, and what holds in the end.

use std::collections::BTreeMap;

use alert::{Alert, Condition};
use channels::{Deliver, Event, Subject};
use dispatch::testing::{Received, Weather};
use dispatch::{Destination, inhibitors, targets};
use jiff::SignedDuration;

use super::player::History;
use super::step::NAMES;
use crate::receiver::Receiver;

impl History {
    /// Reads what was notified meanwhile.
    pub(super) fn read(&mut self) -> Result<(), String> {
        for received in self.bench.take() {
            let is_named = |found: &&Destination| found.id == received.destination;
            let destination = self.destinations.iter().find(is_named).unwrap().clone();
            if self.weather.get(&destination.id) == Some(&Weather::SilentButTakes) {
                self.causes += 1;
            }
            let receiver = self.receivers.get_mut(&destination.id).unwrap();
            receiver
                .read(destination.deliver, &received)
                .and_then(|begun| self.are_allowed(&destination, &received, &begun))
                .map_err(|problem| format!("{}: {problem}", destination.id))?;
        }
        self.is_bounded()
    }

    /// Nothing begins, and of nothing is anybody reminded, while something mutes it, and no rung is reached early.
    fn are_allowed(
        &self,
        destination: &Destination,
        received: &Received,
        begun: &[Alert],
    ) -> Result<(), String> {
        if destination.deliver == Deliver::Changes {
            return Ok(());
        }
        for alert in begun {
            self.is_allowed(destination, received, alert)
                .map_err(|problem| format!("{} began although {problem}", alert.title))?;
        }
        let reminded = match &received.notification.subject {
            Subject::Alert(subject) if received.notification.event == Event::Reminder => &subject.alert,
            _ => return Ok(()),
        };
        self.is_allowed(destination, received, reminded)
            .map_err(|problem| format!("{} was reminded of although {problem}", reminded.title))
    }

    fn is_allowed(
        &self,
        destination: &Destination,
        received: &Received,
        alert: &Alert,
    ) -> Result<(), String> {
        let silences = self.bench.world.silences.all();
        if silences.iter().any(|silence| silence.covers(alert, received.at)) {
            return Err("it is silenced".to_owned());
        }
        if !destination.hours.is_open(received.at) {
            return Err("the destination is closed".to_owned());
        }
        // What follows depends on what routing had seen.
        if !self.is_up_to_date {
            return Ok(());
        }
        if self.is_muted(alert) {
            return Err("it is inhibited".to_owned());
        }
        let rung = SignedDuration::from_secs(destination.after_secs.unwrap_or_default().into());
        if received.at < alert.condition_since + rung {
            return Err(format!("its rung is reached {rung} after {}", alert.condition_since));
        }
        Ok(())
    }

    /// What is pending is one entry an alert.
    fn is_bounded(&self) -> Result<(), String> {
        let is_state = |id: &str| {
            self.destinations.iter().any(|found| found.id == id && found.deliver == Deliver::State)
        };
        let mut pending: BTreeMap<_, usize> = BTreeMap::new();
        for (queue, entry) in self.bench.world.outbox.all_entries() {
            if is_state(&queue.destination) {
                *pending.entry((queue.destination, entry.fingerprint)).or_default() += 1;
            }
        }
        match pending.into_iter().find(|(_, count)| *count > 1) {
            Some((place, count)) => Err(format!("{count} entries are pending of {place:?}")),
            None => Ok(()),
        }
    }

    /// Whether each reader knows in the end what fires.
    pub(super) fn check(&self) -> Result<(), String> {
        for destination in &self.destinations {
            let receiver = &self.receivers[&destination.id];
            self.check_receiver(destination, receiver)
                .map_err(|problem| format!("{}: {problem}", destination.id))?;
        }
        Ok(())
    }

    fn check_receiver(&self, destination: &Destination, receiver: &Receiver) -> Result<(), String> {
        let known = receiver.firing();
        for alert in self.alerts.iter().flatten() {
            let title = &alert.title;
            let notified = known.get(&alert.fingerprint);
            if alert.condition != Condition::Firing {
                if notified.is_some() {
                    return Err(format!("{title} is over, and was not notified over"));
                }
                continue;
            }
            if receiver.groups_with(alert.fingerprint) > 1 {
                return Err(format!("{title} fires in two groups"));
            }
            let is_taken = destination.unless_acknowledged && alert.acknowledgement.is_some();
            if self.is_muted(alert) || (is_taken && notified.is_none()) {
                continue;
            }
            if notified != Some(&alert.severity) {
                return Err(format!("{title} fires as {}, and was notified as {notified:?}", alert.severity));
            }
        }
        let is_each_change = destination.deliver == Deliver::Changes;
        let causes = self.causes + if is_each_change { self.overtaken } else { 0 };
        if receiver.repeats > causes * NAMES.len() {
            return Err(format!("{} repeats after {causes} faults", receiver.repeats));
        }
        if receiver.unknown_ends > self.causes * NAMES.len() {
            return Err(format!("{} ends of what was not notified", receiver.unknown_ends));
        }
        Ok(())
    }

    /// What is kept in the end, for reading.
    pub(super) fn state(&self) -> String {
        let outbox = &self.bench.world.outbox;
        let (queues, entries, routing) = (outbox.all_queues(), outbox.all_entries(), outbox.all_routing());
        format!("now {}\n{queues:#?}\n{entries:#?}\n{routing:#?}", self.bench.now())
    }

    /// Whether another alert mutes `alert`, by a reading of all of them.
    fn is_muted(&self, alert: &Alert) -> bool {
        let rules = &crate::setup::settings(Vec::new()).inhibit_rules;
        let all: Vec<_> = self.alerts.iter().flatten().flat_map(|alert| inhibitors(rules, alert)).collect();
        targets(rules, alert).into_iter().any(|target| {
            let found: Vec<_> = all.iter().filter(|inhibitor| inhibitor.key == target.key).cloned().collect();
            target.is_muted_by(&found)
        })
    }
}
