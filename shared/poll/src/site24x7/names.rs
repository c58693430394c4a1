//! What the monitors are called: kept for a day, and asked for again where a notification names one that is unknown.

use std::collections::BTreeMap;

use alert::{Clock, Source};
use aws::KnownNames;
use intake::chain;
use jiff::{SignedDuration, Timestamp};
use normalize::site24x7::{MonitorNames, StatusRow};

use crate::site24x7::visit::Visit;

/// How long names do.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often they are asked for again at most, whatever is unknown.
const LEAST_AGE: SignedDuration = SignedDuration::from_hours(1);

/// Names, and how old they are.
pub(crate) struct Names {
    pub(crate) of_monitors: MonitorNames,
    read_at: Option<Timestamp>,
}

impl Names {
    fn of(known: Option<KnownNames>, status: &[StatusRow]) -> Self {
        let read_at = known.as_ref().map(|known| known.read_at);
        let mut of_monitors: MonitorNames = known.into_iter().flat_map(|known| known.monitors).collect();
        of_monitors.learn_status(status);
        Self { of_monitors, read_at }
    }
}

impl<C: Clock> Visit<'_, C> {
    /// The names that are kept, or newer ones where those are too old; and those that stand in `status`.
    pub(crate) async fn names(&self, status: &[StatusRow]) -> Names {
        let kept = self.table.known_names(Source::Site24x7, self.name()).await.unwrap_or_else(|error| {
            tracing::warn!(source = %Source::Site24x7, error = chain(&error), "names of monitors not read");
            None
        });
        let is_fresh = kept.as_ref().is_some_and(|kept| self.age(kept.read_at) < KEPT);
        let known = if is_fresh { kept } else { self.asked_for().await.or(kept) };
        Names::of(known, status)
    }

    /// Names that are newer than `known`, unless that is new enough.
    pub(crate) async fn newer_names(&self, known: &Names, status: &[StatusRow]) -> Option<Names> {
        if known.read_at.is_none_or(|read_at| self.age(read_at) < LEAST_AGE) {
            return None;
        }
        let newer = self.asked_for().await?;
        Some(Names::of(Some(newer), status))
    }

    /// Asks for all monitors, and keeps what they are called for those who poll next.
    async fn asked_for(&self) -> Option<KnownNames> {
        let monitors = match self.calls.monitors().await {
            Ok(monitors) => monitors,
            Err(error) => {
                tracing::warn!(source = %Source::Site24x7, error = chain(&error), "names of monitors not read");
                return None;
            }
        };
        let by_id = monitors.into_iter().map(|monitor| (monitor.monitor_id, monitor.display_name));
        let names = KnownNames { read_at: self.now, monitors: by_id.collect::<BTreeMap<_, _>>() };
        if let Err(error) = self.table.keep_names(Source::Site24x7, self.name(), &names).await {
            tracing::warn!(source = %Source::Site24x7, error = chain(&error), "names of monitors not kept");
        }
        Some(names)
    }

    fn age(&self, read_at: Timestamp) -> SignedDuration {
        self.now.duration_since(read_at)
    }
}
