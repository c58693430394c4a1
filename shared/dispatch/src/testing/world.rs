//! The other ports in memory, and all of them together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alert::{Alert, AlertEvent, Clock, Condition, Fingerprint, Silence, SilenceState};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{FakeTransport, Faults, InMemoryOutbox};
use crate::{
    AlertReader, Destination, Dispatcher, LinkMaker, NotificationConfiguration, OutboxError, OwnAlerts, Page,
    Ports, Random, SettingsSource, Silences, Wake,
};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that goes as far as it is notified, or as somebody sleeps.
#[derive(Debug)]
pub struct VirtualClock(Mutex<Timestamp>);

impl VirtualClock {
    /// Goes `secs` on, or back.
    pub fn advance(&self, secs: i64) {
        let mut now = lock(&self.0);
        *now = now.checked_add(SignedDuration::from_secs(secs)).unwrap_or(*now);
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        *lock(&self.0)
    }

    async fn sleep(&self, duration: Duration) {
        let mut now = lock(&self.0);
        *now = now.checked_add(duration).unwrap_or(*now);
    }
}

/// Alerts in memory.
#[derive(Debug, Default)]
pub struct InMemoryAlerts {
    faults: Arc<Faults>,
    alerts: Mutex<HashMap<Fingerprint, Alert>>,
}

impl InMemoryAlerts {
    /// Keeps an alert.
    pub fn put(&self, alert: Alert) {
        lock(&self.alerts).insert(alert.fingerprint, alert);
    }

    /// One alert.
    pub fn get(&self, fingerprint: Fingerprint) -> Option<Alert> {
        lock(&self.alerts).get(&fingerprint).cloned()
    }
}

#[async_trait]
impl AlertReader for InMemoryAlerts {
    async fn alerts(&self, fingerprints: &[Fingerprint]) -> Result<HashMap<Fingerprint, Alert>, OutboxError> {
        self.faults.point().await?;
        let alerts = lock(&self.alerts);
        Ok(fingerprints.iter().filter_map(|found| Some((*found, alerts.get(found)?.clone()))).collect())
    }

    async fn firing(&self, cursor: Option<String>, limit: usize) -> Result<Page<Alert>, OutboxError> {
        self.faults.point().await?;
        let alerts = lock(&self.alerts);
        let is_next = |alert: &&Alert| {
            alert.condition == Condition::Firing
                && cursor.as_ref().is_none_or(|cursor| alert.fingerprint.to_string() > *cursor)
        };
        let mut items: Vec<Alert> = alerts.values().filter(is_next).cloned().collect();
        items.sort_by_key(|alert| alert.fingerprint);
        let is_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| is_more).map(|alert| alert.fingerprint.to_string());
        Ok(Page { items, next })
    }
}

/// Silences in memory.
#[derive(Debug)]
pub struct InMemorySilences {
    faults: Arc<Faults>,
    clock: Arc<VirtualClock>,
    silences: Mutex<Vec<Silence>>,
}

impl InMemorySilences {
    /// Keeps a silence, in place of one of the same id.
    pub fn put(&self, silence: Silence) {
        let mut silences = lock(&self.silences);
        silences.retain(|known| known.id != silence.id);
        silences.push(silence);
    }

    /// All of them.
    pub fn all(&self) -> Vec<Silence> {
        lock(&self.silences).clone()
    }
}

#[async_trait]
impl Silences for InMemorySilences {
    async fn live(&self) -> Result<Vec<Silence>, OutboxError> {
        self.faults.point().await?;
        let now = self.clock.now();
        let is_live = |silence: &&Silence| silence.state(now) != SilenceState::Expired;
        Ok(lock(&self.silences).iter().filter(is_live).cloned().collect())
    }
}

/// Remembers whom it was asked to wake.
#[derive(Debug, Default)]
pub struct RecordingWake {
    faults: Arc<Faults>,
    woken: Mutex<BTreeSet<String>>,
}

impl RecordingWake {
    /// Everybody since it was last asked.
    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *lock(&self.woken))
    }
}

#[async_trait]
impl Wake for RecordingWake {
    async fn wake(&self, destination: &str) -> Result<(), OutboxError> {
        self.faults.point().await?;
        lock(&self.woken).insert(destination.to_owned());
        Ok(())
    }
}

/// Settings that a test sets.
#[derive(Debug, Default)]
pub struct FixedSettings(Mutex<Arc<NotificationConfiguration>>);

impl FixedSettings {
    /// These are the settings from now on.
    pub fn set(&self, settings: NotificationConfiguration) {
        *lock(&self.0) = Arc::new(settings);
    }

    /// The settings.
    pub fn get(&self) -> Arc<NotificationConfiguration> {
        lock(&self.0).clone()
    }
}

#[async_trait]
impl SettingsSource for FixedSettings {
    async fn settings(&self) -> Result<Arc<NotificationConfiguration>, OutboxError> {
        Ok(self.get())
    }
}

/// Remembers the events about Campanile itself.
#[derive(Debug, Default)]
pub struct InMemoryOwnAlerts(Mutex<Vec<AlertEvent>>);

impl InMemoryOwnAlerts {
    /// All since it was last asked.
    pub fn take(&self) -> Vec<AlertEvent> {
        std::mem::take(&mut *lock(&self.0))
    }
}

#[async_trait]
impl OwnAlerts for InMemoryOwnAlerts {
    async fn record(&self, event: AlertEvent) -> Result<(), OutboxError> {
        lock(&self.0).push(event);
        Ok(())
    }
}

/// Makes no links.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLinks;

impl LinkMaker for NoLinks {
    fn links(&self, _: &Destination, _: &channels::Notification) -> channels::Links {
        channels::Links::default()
    }
}

/// Dice that fall on the middle.
#[derive(Debug, Clone, Copy, Default)]
pub struct FixedRandom;

impl Random for FixedRandom {
    fn fraction(&self) -> f64 {
        0.5
    }

    fn token(&self) -> String {
        "token".to_owned()
    }
}

/// All ports in memory, with one source of faults.
#[derive(Debug)]
pub struct World {
    /// Where calls fail or crash.
    pub faults: Arc<Faults>,
    /// The time.
    pub clock: Arc<VirtualClock>,
    /// What is to be notified and what was notified.
    pub outbox: Arc<InMemoryOutbox>,
    /// The alerts.
    pub alerts: Arc<InMemoryAlerts>,
    /// The silences.
    pub silences: Arc<InMemorySilences>,
    /// What destinations took.
    pub transport: Arc<FakeTransport>,
    /// Who was woken.
    pub wake: Arc<RecordingWake>,
    /// The settings.
    pub settings: Arc<FixedSettings>,
    /// Events about Campanile itself.
    pub own_alerts: Arc<InMemoryOwnAlerts>,
}

impl World {
    /// A world in which it is `now`, with these settings.
    pub fn new(now: Timestamp, settings: NotificationConfiguration) -> Self {
        let faults = Arc::new(Faults::default());
        let clock = Arc::new(VirtualClock(Mutex::new(now)));
        let fixed = FixedSettings::default();
        fixed.set(settings);
        Self {
            outbox: Arc::new(InMemoryOutbox::new(faults.clone())),
            alerts: Arc::new(InMemoryAlerts { faults: faults.clone(), alerts: Mutex::default() }),
            silences: Arc::new(InMemorySilences {
                faults: faults.clone(),
                clock: clock.clone(),
                silences: Mutex::default(),
            }),
            transport: Arc::new(FakeTransport::new(faults.clone(), clock.clone())),
            wake: Arc::new(RecordingWake { faults: faults.clone(), woken: Mutex::default() }),
            settings: Arc::new(fixed),
            own_alerts: Arc::default(),
            faults,
            clock,
        }
    }

    /// An engine in this world; as many as are wanted.
    pub fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(Ports {
            outbox: self.outbox.clone(),
            alerts: self.alerts.clone(),
            silences: self.silences.clone(),
            transport: self.transport.clone(),
            wake: self.wake.clone(),
            settings: self.settings.clone(),
            own_alerts: self.own_alerts.clone(),
            links: Arc::new(NoLinks),
            clock: self.clock.clone(),
            random: Arc::new(FixedRandom),
        })
    }
}
