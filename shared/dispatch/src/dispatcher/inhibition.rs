//! Alerts that mute others are found by key: what mutes is written down when it begins, what waits for it when it waits.

use std::collections::BTreeSet;

use alert::{Alert, Condition};

use super::{Dispatcher, MOST_CONFLICTS, RunContext, gave_up};
use crate::inhibit::{inhibitors, targets};
use crate::span::after;
use crate::{
    InhibitedTarget, Inhibitor, InhibitorKey, Inhibits, OutboxError, RoutingContext, WaitingReason, Written,
};

/// After how long what still fires is notified when what muted it has ended, in seconds.
const RELEASED_AFTER_SECS: i64 = 60;
/// For how long it is remembered what an alert muted, in seconds.
const REMEMBERED_SECS: i64 = 3 * 24 * 3600;

impl Dispatcher {
    /// What holds for `alert` now.
    pub(super) async fn context(
        &self,
        run: &RunContext,
        alert: &Alert,
    ) -> Result<RoutingContext, OutboxError> {
        let inhibited_by = self.inhibited_by(run, alert).await?;
        Ok(RoutingContext::of(alert, &run.silences, inhibited_by, self.now()))
    }

    /// The keys of what mutes `alert`; what is noted to mute but does not fire any more does not.
    async fn inhibited_by(&self, run: &RunContext, alert: &Alert) -> Result<Vec<InhibitorKey>, OutboxError> {
        let mut keys = Vec::new();
        for target in targets(&run.settings.inhibit_rules, alert) {
            let mut found = self.outbox().inhibitors(target.key).await?;
            found.retain(|inhibitor| target.is_muted_by(std::slice::from_ref(inhibitor)));
            if self.one_mutes(run, &found).await? {
                keys.push(target.key);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    async fn one_mutes(&self, run: &RunContext, found: &[Inhibitor]) -> Result<bool, OutboxError> {
        if found.is_empty() {
            return Ok(false);
        }
        let fingerprints: Vec<_> = found.iter().map(|inhibitor| inhibitor.fingerprint).collect();
        let alerts = self.ports.alerts.alerts(&fingerprints).await?;
        let rules = &run.settings.inhibit_rules;
        Ok(found.iter().any(|inhibitor| {
            let alert = alerts.get(&inhibitor.fingerprint);
            let alert = alert.filter(|alert| alert.condition == Condition::Firing);
            alert.is_some_and(|alert| inhibitors(rules, alert).iter().any(|now| now.key == inhibitor.key))
        }))
    }

    /// Writes down what `alert` mutes as it is now, and what it does not mute any more.
    pub(super) async fn note_inhibitor(&self, run: &RunContext, alert: &Alert) -> Result<(), OutboxError> {
        if run.settings.inhibit_rules.is_empty() {
            return Ok(());
        }
        for _ in 0..MOST_CONFLICTS {
            if self.try_note_inhibitor(run, alert).await? == Written::Done {
                return Ok(());
            }
        }
        Err(gave_up("note what an alert mutes"))
    }

    async fn try_note_inhibitor(&self, run: &RunContext, alert: &Alert) -> Result<Written, OutboxError> {
        let wanted = inhibitors(&run.settings.inhibit_rules, alert);
        let known = self.outbox().known(alert.fingerprint).await?.inhibits;
        let known_keys: BTreeSet<_> = known.iter().flat_map(|known| known.keys.iter().copied()).collect();
        if known.as_ref().is_some_and(|known| known.revision > alert.revision)
            || (wanted.is_empty() && known_keys.is_empty())
        {
            return Ok(Written::Done);
        }
        let wanted_keys: BTreeSet<_> = wanted.iter().map(|inhibitor| inhibitor.key).collect();
        // Both before and after: a crash in between leaves nothing that is not found again.
        let mut noted = Inhibits {
            fingerprint: alert.fingerprint,
            keys: known_keys.union(&wanted_keys).copied().collect(),
            revision: alert.revision,
            expires_at: None,
            version: known.as_ref().map_or(0, |known| known.version),
        };
        if wanted_keys != known_keys && self.outbox().put_inhibits(&mut noted).await? == Written::Conflict {
            return Ok(Written::Conflict);
        }
        for inhibitor in &wanted {
            self.outbox().put_inhibitor(inhibitor).await?;
        }
        if known_keys.is_subset(&wanted_keys) {
            return Ok(Written::Done);
        }
        for key in known_keys.difference(&wanted_keys) {
            self.release(*key).await?;
            self.outbox().delete_inhibitor(*key, alert.fingerprint).await?;
        }
        noted.keys = wanted_keys.into_iter().collect();
        noted.expires_at = noted.keys.is_empty().then(|| after(self.now(), REMEMBERED_SECS));
        self.outbox().put_inhibits(&mut noted).await
    }

    /// Has everything that waits because of `key` decided again in a minute.
    async fn release(&self, key: InhibitorKey) -> Result<(), OutboxError> {
        for target in self.outbox().inhibited(key).await? {
            self.release_target(&target).await?;
            self.outbox().delete_inhibited(&target).await?;
        }
        Ok(())
    }

    async fn release_target(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        for _ in 0..MOST_CONFLICTS {
            let mut known = self.outbox().known(target.fingerprint).await?;
            let Some(mut routing) = known.routing.remove(&target.destination) else { return Ok(()) };
            let Some(waiting) = &mut routing.waiting else { return Ok(()) };
            if !matches!(waiting.reason, WaitingReason::Inhibited(_)) {
                return Ok(());
            }
            waiting.until = waiting.until.min(after(self.now(), RELEASED_AFTER_SECS));
            if self.outbox().put_routing(&mut routing).await? == Written::Done {
                return Ok(());
            }
        }
        Err(gave_up("have what was inhibited decided again"))
    }
}
