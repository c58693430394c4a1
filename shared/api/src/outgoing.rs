//! The way out, as far as the API shows and steers it.

use std::sync::Arc;

use alert::{Alert, Condition};
use aws::{DestinationSettings, Notifier, Platform, TableOutbox};
use dispatch::{InhibitRule, Inhibiting, NotificationConfiguration, SettingsSource, targets};
use intake::chain;

use crate::failure::Failure;

/// The engine over the platform, and the destinations.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) platform: Platform,
    pub(crate) notifier: Notifier,
    settings: Arc<DestinationSettings>,
}

impl Outgoing {
    pub(crate) fn new(platform: Platform) -> Self {
        let notifier = Notifier::for_api(platform.clone());
        Self { settings: Arc::new(DestinationSettings::new(platform.clone())), notifier, platform }
    }

    /// Says of each of `alerts` which others inhibit it, as the notifier has noted it.
    pub(crate) async fn mark_inhibited(&self, alerts: &mut [Alert]) {
        let Some(settings) = self.readable_settings().await else { return };
        let may_be = |alert: &Alert| {
            alert.condition == Condition::Firing && !targets(&settings.inhibit_rules, alert).is_empty()
        };
        if !alerts.iter().any(may_be) {
            return;
        }
        let inhibiting = self.inhibiting().await;
        for alert in alerts {
            alert.inhibited_by = inhibiting.by_which(&settings.inhibit_rules, alert);
        }
    }

    /// The rules of inhibition, and what inhibits by them at present.
    pub(crate) async fn inhibition(&self) -> (Vec<InhibitRule>, Inhibiting) {
        let rules = self.readable_settings().await.map(|settings| settings.inhibit_rules.clone());
        let rules = rules.unwrap_or_default();
        let inhibiting = if rules.is_empty() { Inhibiting::default() } else { self.inhibiting().await };
        (rules, inhibiting)
    }

    /// Nothing where it cannot be read: what is listed matters more than what is said of it.
    async fn inhibiting(&self) -> Inhibiting {
        let inhibiting = TableOutbox::new(Arc::clone(&self.platform.table)).inhibiting().await;
        inhibiting.unwrap_or_else(|error| {
            tracing::warn!(error = chain(&error), "what inhibits not shown");
            Inhibiting::default()
        })
    }

    async fn readable_settings(&self) -> Option<Arc<NotificationConfiguration>> {
        let settings = self.settings.settings().await;
        settings.inspect_err(|error| tracing::warn!(error = chain(error), "what inhibits not shown")).ok()
    }

    /// The destinations as the secret describes them.
    pub(crate) async fn settings(&self) -> Result<Arc<NotificationConfiguration>, Failure> {
        self.settings.settings().await.map_err(Failure::Outbox)
    }
}
