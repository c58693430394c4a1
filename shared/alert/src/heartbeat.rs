//! A source that usually speaks and has fallen silent is an alert itself.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Alert, AlertEvent, AutoResolve, EventId, Fingerprint, Order, Severity, Signal, Source};

/// When a source last spoke for one of its accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heartbeat {
    /// The source.
    pub source: Source,
    /// The account at the source.
    pub account: String,
    /// When it last spoke, by our clock, to within [`Heartbeat::EVERY`].
    pub last_event_at: Timestamp,
}

impl Heartbeat {
    /// How often a heartbeat is written at most, so that a storm of alerts does not become a storm of heartbeats.
    pub const EVERY: Duration = Duration::from_mins(1);

    /// How many accounts of one source may be alerts for their silence at a time: whoever has a source's token can invent
    /// accounts without end, and none of them will speak again.
    pub const MOST_SILENT: usize = 100;

    /// Whether the source, which should speak at least every `silent_after`, has been silent for longer at `now`.
    pub fn is_silent(&self, silent_after: Duration, now: Timestamp) -> bool {
        // It may have spoken once more within the minute that is not written down.
        self.silent_since(silent_after.saturating_add(Self::EVERY)) <= now
    }

    fn silent_since(&self, silent_after: Duration) -> Timestamp {
        self.last_event_at.checked_add(silent_after).unwrap_or(Timestamp::MAX)
    }

    /// Which alert its silence is.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(["campanile/silent/v1", self.source.as_str(), &self.account])
    }

    /// What opens the alert: the source has been silent for `silent_after`.
    pub fn fell_silent(&self, silent_after: Duration) -> AlertEvent {
        let occurred_at = self.silent_since(silent_after);
        AlertEvent {
            severity_raw: "silent".to_owned(),
            title: format!("{} is silent", self.source),
            summary: Some(format!(
                "Nothing was heard of {} ({}) since {}, and it should speak every {} s.",
                self.source,
                self.account,
                self.last_event_at,
                silent_after.as_secs()
            )),
            started_at: Some(occurred_at),
            ..self.event(occurred_at, Signal::Firing)
        }
    }

    /// What resolves `silence`, the alert: the source has spoken.
    pub fn spoke_again(&self, silence: &Alert) -> AlertEvent {
        let occurred_at = self.last_event_at.max(silence.last_seen);
        AlertEvent {
            severity_raw: "speaking".to_owned(),
            title: format!("{} speaks again", self.source),
            ended_at: Some(occurred_at),
            ..self.event(occurred_at, Signal::Resolved)
        }
    }

    fn event(&self, occurred_at: Timestamp, signal: Signal) -> AlertEvent {
        let fingerprint = self.fingerprint();
        let (identity, since) = (fingerprint.to_string(), self.last_event_at.to_string());
        let labels = [
            ("kind", "source_silent"),
            ("silent_source", self.source.as_str()),
            ("silent_account", self.account.as_str()),
        ];
        AlertEvent {
            source: Source::Campanile,
            account: self.account.clone(),
            fingerprint,
            event_id: EventId::of(["campanile-silent-event/1", &identity, signal.as_str(), &since]),
            signal,
            severity: Severity::High,
            severity_raw: String::new(),
            title: String::new(),
            summary: None,
            resource: Some(self.account.clone()),
            service: Some(self.source.to_string()),
            value: None,
            url: None,
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            annotations: [].into(),
            occurred_at,
            started_at: None,
            ended_at: None,
            auto_resolve: AutoResolve::Recovery,
            episode: None,
            expires_at: None,
            order: Order::default(),
        }
    }
}
