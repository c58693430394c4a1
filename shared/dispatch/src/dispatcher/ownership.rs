//! A destination shows that whoever answers at its address knows a secret, before anything is sent there.

use channels::{Probe, Request};

use super::{Dispatcher, chain_of};
use crate::span::after;
use crate::{Destination, OutboxError, PROBE_EVERY_SECS, Suspension};

impl Dispatcher {
    /// Asks; yields whether the answer was right. Suspends the destination if it was not.
    pub(super) async fn asks_ownership(&self, destination: &Destination) -> Result<bool, OutboxError> {
        let token = self.ports.random.token();
        let Some(question) = destination.channel.ownership().map(|ownership| ownership.question(&token))
        else {
            return Ok(true);
        };
        let answer = self.ports.transport.send(destination, Request::Http(question)).await;
        let verified =
            destination.channel.ownership().map_or(Ok(()), |ownership| ownership.verify(&token, &answer));
        let (now, digest) = (self.now(), destination.settings_digest.clone());
        let reason = verified.err().map(|failure| chain_of(&failure));
        if let Some(reason) = &reason {
            let host = destination.channel.host();
            tracing::warn!(destination = destination.id, host, reason, "destination suspended");
        }
        self.update_state(&destination.id, |state| {
            match &reason {
                None => {
                    state.passed = Some(digest.clone());
                    state.suspension = None;
                }
                Some(reason) => {
                    state.last_error = Some(reason.clone());
                    state.failing_since = state.failing_since.or(Some(now));
                    let since = state.suspension.as_ref().map_or(now, |known| known.since);
                    state.suspension = Some(Suspension {
                        since,
                        reason: reason.clone(),
                        probe: Probe::Hourly,
                        next_probe_at: after(now, PROBE_EVERY_SECS),
                        settings_digest: digest.clone(),
                    });
                }
            }
            true
        })
        .await?;
        Ok(reason.is_none())
    }
}
