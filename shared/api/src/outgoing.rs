//! The way out, as far as the API shows and steers it.

use std::sync::Arc;

use aws::{DestinationSettings, Notifier, Platform};
use dispatch::{NotificationConfiguration, SettingsSource};

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

    /// The destinations as the secret describes them.
    pub(crate) async fn settings(&self) -> Result<Arc<NotificationConfiguration>, Failure> {
        self.settings.settings().await.map_err(Failure::Outbox)
    }
}
