//! Addresses in notifications: the console's, and the signed link that acknowledges.

use std::sync::{Arc, PoisonError, RwLock};

use alert::{Alert, Clock};
use channels::{Links, Notification, Subject};
use dispatch::{Destination, Link, LinkAction, LinkKeys, LinkMaker};

use crate::Platform;

/// Makes links from the console's public address and the key of links.
pub(super) struct SignedLinks {
    platform: Platform,
    clock: Arc<dyn Clock>,
    keys: RwLock<Option<LinkKeys>>,
}

impl SignedLinks {
    pub(super) fn new(platform: Platform, clock: Arc<dyn Clock>) -> Self {
        Self { platform, clock, keys: RwLock::new(None) }
    }

    /// Reads the key again if its time has come. Without one notifications have no links to acknowledge.
    pub(super) async fn refresh(&self) {
        match self.platform.link_keys().await {
            Ok(keys) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys,
            Err(error) => tracing::warn!(error = intake::chain(&error), "the key of links cannot be read"),
        }
    }

    /// The keys as they were read last.
    pub(super) fn keys(&self) -> Option<LinkKeys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn acknowledge(
        &self,
        base: &str,
        destination: &Destination,
        notification: &Notification,
    ) -> Option<String> {
        let keys = self.keys()?;
        let now = self.clock.now();
        let link = match &notification.subject {
            Subject::Alert(subject) => {
                let alert = &subject.alert;
                Link::new(LinkAction::Acknowledge, alert.fingerprint, opened_at(alert), &destination.id, now)
            }
            Subject::Group(_) => {
                let group = notification.group.parse().ok()?;
                Link::new(LinkAction::AcknowledgeGroup, group, now, &destination.id, now)
            }
        };
        Some(format!("{base}/a/{}", keys.sign(&link)))
    }
}

impl LinkMaker for SignedLinks {
    fn links(&self, destination: &Destination, notification: &Notification) -> Links {
        let Some(base) = self.platform.configuration.console_url.as_deref() else { return Links::default() };
        let base = base.trim_end_matches('/');
        let acknowledge =
            destination.has_links.then(|| self.acknowledge(base, destination, notification)).flatten();
        Links { console: Some(console(base, notification)), acknowledge }
    }
}

fn opened_at(alert: &Alert) -> jiff::Timestamp {
    alert.started_at.unwrap_or(alert.first_seen)
}

/// The console with the alert open, or with what shares the group's labels.
fn console(base: &str, notification: &Notification) -> String {
    match &notification.subject {
        Subject::Alert(subject) => format!("{base}/?open={}", subject.alert.fingerprint),
        Subject::Group(subject) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &subject.labels {
                query.append_pair("filter", &format!("{name}={value:?}"));
            }
            format!("{base}/?{}", query.finish())
        }
    }
}
