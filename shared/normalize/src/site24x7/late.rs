//! Notifications that arrive after what they report is over.
//!
//! A row of the alert logs is a request, and requests are late or lost. The last one of a monitor would be
//! its alert's condition; where something surer is known it becomes history only, with its word's severity.

use std::collections::HashMap;

use alert::Signal;

use super::{LogEvents, StatusRow};

impl LogEvents {
    /// Makes a notice of each monitor's last event that `status`, read later, contradicts.
    pub fn demote_contradicted(&mut self, status: &[StatusRow]) {
        let now: HashMap<_, _> =
            status.iter().map(|row| (row.monitor_id.as_str(), row.status.signal())).collect();
        self.demote_last(|monitor_id, last| match now.get(monitor_id) {
            Some(Signal::Firing) => last == Signal::Resolved,
            Some(Signal::Resolved) => last == Signal::Firing,
            Some(Signal::Notice) | None => false,
        });
    }

    /// Makes a notice of each firing that no later row has closed, where `status` does not hold the monitor: after
    /// a backfill nobody else would ever close it. Without current status give no rows.
    pub fn demote_unclosed(&mut self, status: &[StatusRow]) {
        self.demote_last(|monitor_id, last| {
            last == Signal::Firing && !status.iter().any(|row| row.monitor_id == monitor_id)
        });
    }

    /// Makes notices of those monitors' last events for which `is_wrong`.
    fn demote_last(&mut self, is_wrong: impl Fn(&str, Signal) -> bool) {
        let wrong: Vec<_> = self
            .last_of_each_monitor()
            .into_iter()
            .filter(|(monitor_id, (_, signal))| is_wrong(monitor_id, *signal))
            .map(|(_, (place, _))| place)
            .collect();
        for place in wrong {
            if let Some(last) = self.events.get_mut(place) {
                last.event.signal = Signal::Notice;
            }
        }
    }

    /// Where each monitor's last event that says anything of its alert stands; of one minute a recovery is the last,
    /// as it is to the alert.
    fn last_of_each_monitor(&self) -> HashMap<&str, (usize, Signal)> {
        let mut last = HashMap::new();
        for (place, logged) in self.events.iter().enumerate() {
            let (Some(monitor_id), signal) = (&logged.monitor_id, logged.event.signal) else {
                continue;
            };
            if signal == Signal::Notice {
                continue;
            }
            let known = last.entry(monitor_id.as_str()).or_insert((place, signal));
            let is_later =
                self.events.get(known.0).is_none_or(|e| e.event.occurred_at < logged.event.occurred_at);
            if is_later || signal == Signal::Resolved {
                *known = (place, signal);
            }
        }
        last
    }
}
