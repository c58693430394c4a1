//! The key of signed links, and what a link to a group is about.

use alert::{Alert, Fingerprint};
use dispatch::{GroupId, LinkKeys, Outbox, OutboxError, QueueKey};
use intake::{SecretsError, StoreError};
use serde::Deserialize;

use crate::{Platform, TableOutbox};

/// The secret's name behind the prefix.
const LINKS: &str = "links";

/// The secret `<prefix>/links`.
#[derive(Deserialize)]
struct LinksSecret {
    /// Any text of 16 bytes or more that nobody knows.
    key: String,
}

/// What a link is about could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LinkTargetError {
    /// The alerts could not be read.
    #[error("could not read what the link is about")]
    Alerts(#[from] StoreError),
    /// The group could not be read.
    #[error("could not read the group that the link is about")]
    Group(#[from] OutboxError),
}

impl Platform {
    /// The keys of links; `None` where the secret `<prefix>/links` is missing or too short: there are no links then.
    pub async fn link_keys(&self) -> Result<Option<LinkKeys>, SecretsError> {
        let keyring = self.secrets.get::<LinksSecret>(LINKS).await?;
        Ok(keyring.and_then(|keyring| {
            let previous = keyring.previous.as_ref().map(|secret| secret.key.clone().into_bytes());
            LinkKeys::new(keyring.current.key.clone().into_bytes(), previous)
        }))
    }

    /// The alerts that `destination` knows to be firing in `group`, the worst first.
    pub async fn alerts_of_group(
        &self,
        destination: &str,
        group: GroupId,
    ) -> Result<Vec<Alert>, LinkTargetError> {
        let key = QueueKey { destination: destination.to_owned(), group };
        let queue = TableOutbox::new(self.table.clone()).queue(&key).await?;
        let notified: Vec<Fingerprint> =
            queue.map(|queue| queue.notified.into_keys().collect()).unwrap_or_default();
        let mut alerts: Vec<_> = self.table.alerts_of(notified).await?.into_values().collect();
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.fingerprint));
        Ok(alerts)
    }
}
