//! Our hooks: which of them KAZOO switched off, and switching them on.

use alert::AlertEvent;
use intake::{OWN_METHOD, chain, record_event};
use jiff::{SignedDuration, Timestamp};
use kazoo::{AttemptRange, Error, Hook, HookId, HookSummary, Patch, Refusal, State};
use normalize::InboundRequest;

use crate::kazoo::alarm::{OffHook, OffHooks, all_on, fingerprint};
use crate::kazoo::report::{HooksWatched, PartError};
use crate::kazoo::visit::Visit;

/// How far back the last try of a hook is looked for: KAZOO shows no more.
const MEMORY: SignedDuration = SignedDuration::from_hours(31 * 24 - 1);

impl Visit<'_> {
    /// Raises the alert of hooks that are off, switches them on, and resolves it with the run that finds all of them on.
    /// What a person switched off stays off.
    pub(crate) async fn watch_hooks(&self) -> Result<HooksWatched, PartError> {
        let hooks = self.account.client.hooks().await?;
        let ours: Vec<_> = hooks.into_iter().filter(|hook| self.account.owns(hook)).collect();
        let disabled = self.disabled(&ours).await?;
        if disabled.is_empty() {
            self.resolve().await?;
            return Ok(HooksWatched { ours: ours.len(), ..HooksWatched::default() });
        }
        let mut off = Vec::new();
        for hook in &disabled {
            off.push(self.off_hook(hook).await?);
        }
        let off = OffHooks { account: self.account_id, hooks: &off, found_at: self.clock.now() };
        self.record_event(off.are_off()).await?;
        let mut refused = None;
        let mut switched_on = 0;
        for hook in &disabled {
            match self.switch_on(hook).await {
                Ok(()) => switched_on += 1,
                Err(error) => refused = Some(error),
            }
        }
        let event = match &refused {
            None => off.are_on_again(self.clock.now()),
            Some(error) => off.stay_off(&chain(error)),
        };
        self.record_event(event).await?;
        Ok(HooksWatched { ours: ours.len(), switched_on, off: disabled.len() - switched_on })
    }

    /// The documents of those of `ours` that KAZOO switched off.
    async fn disabled(&self, ours: &[HookSummary]) -> Result<Vec<Hook>, PartError> {
        let mut disabled = Vec::new();
        for summary in ours.iter().filter(|summary| !summary.enabled) {
            match self.account.client.hook(&summary.id).await {
                Ok(hook) => {
                    // The list may know the reason where the document does not show it.
                    let disable_reason = hook.disable_reason.or_else(|| summary.disable_reason.clone());
                    disabled.push(Hook { disable_reason, ..hook });
                }
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        disabled.retain(|hook| matches!(hook.state(), State::AutoDisabled { .. }));
        Ok(disabled)
    }

    async fn off_hook(&self, hook: &Hook) -> Result<OffHook, PartError> {
        Ok(OffHook {
            id: hook.id.to_string(),
            label: hook.label(),
            since: self.last_try(&hook.id).await?,
            reason: hook.disable_reason.clone().unwrap_or_default(),
        })
    }

    /// When KAZOO last tried to deliver by `hook`; it lists the newest first.
    async fn last_try(&self, hook: &HookId) -> Result<Option<Timestamp>, PartError> {
        let to = self.clock.now();
        let from = to.checked_sub(MEMORY).unwrap_or(Timestamp::MIN);
        let page = self.account.client.hook_attempts(hook, AttemptRange { from, to }, None).await?;
        Ok(page.entries.iter().filter_map(|attempt| attempt.at).max())
    }

    /// Switches `hook` on, with the present token where it shows another: it would only be switched off again.
    async fn switch_on(&self, hook: &Hook) -> Result<(), Error> {
        let patch = match &self.account.receiver {
            Some(receiver) => Patch::address(hook, &receiver.uri(&hook.hook)).and_enable(),
            None => Patch::enable(),
        };
        match self.account.client.patch(&hook.id, &patch).await {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn resolve(&self) -> Result<(), PartError> {
        let fingerprint = fingerprint(self.account_id);
        let known = self.platform.table.alerts_of([fingerprint]).await?;
        match all_on(self.account_id, known.get(&fingerprint)) {
            Some(event) => self.record_event(event).await,
            None => Ok(()),
        }
    }

    async fn record_event(&self, event: AlertEvent) -> Result<(), PartError> {
        let inbound = InboundRequest::empty(OWN_METHOD, self.clock.now());
        record_event(&*self.platform.table, event, &inbound).await?;
        Ok(())
    }
}

fn is_gone(error: &Error) -> bool {
    matches!(error.refusal(), Some(Refusal::NotFound { .. }))
}
