//! What is known of one secret, since when, and for how long that is good enough.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use intake::Keyring;
use tokio::time::Instant;

use super::versions::Versions;

/// How often a secret is read for unknown credentials at most: whoever guesses tokens must not make us read without end.
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// How new a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Not older than it may become.
    ByAge,
    /// Read because of an unknown credential, now or within the last seconds.
    Renewed,
}

/// What is known of one secret as one type.
#[derive(Default)]
pub(super) struct Slot {
    known: Option<Known>,
    fresh_until: Option<Instant>,
    read_at: Option<Instant>,
    renewed_at: Option<Instant>,
    failed: Option<(Instant, String)>,
}

/// A keyring of some type with the texts that it was read from, or the knowledge that there is none.
#[derive(Default)]
struct Known {
    keyring: Option<Arc<dyn Any + Send + Sync>>,
    versions: Option<Versions>,
}

impl Slot {
    /// Whether what is known will do for somebody who asked at `asked_at`.
    pub(super) fn serves(&self, freshness: Freshness, asked_at: Instant) -> bool {
        let now = Instant::now();
        let was_read_meanwhile = self.read_at.is_some_and(|read_at| read_at >= asked_at);
        let is_enough = match freshness {
            Freshness::ByAge => self.fresh_until.is_some_and(|fresh_until| fresh_until > now),
            Freshness::Renewed => self.renewed_at.is_some_and(|renewed_at| renewed_at + RENEW_EVERY > now),
        };
        self.is_known() && (is_enough || was_read_meanwhile)
    }

    /// Why the read failed that was under way when somebody asked at `asked_at`: they need not try it once more.
    pub(super) fn failure_since(&self, asked_at: Instant) -> Option<String> {
        self.failed.as_ref().filter(|(failed_at, _)| *failed_at >= asked_at).map(|(_, error)| error.clone())
    }

    /// Notes that a read begins.
    pub(super) fn begin(&mut self, freshness: Freshness) {
        if freshness == Freshness::Renewed {
            self.renewed_at = Some(Instant::now());
        }
    }

    /// Notes what was read, good for `max_age`.
    pub(super) fn learn<T: Send + Sync + 'static>(
        &mut self,
        known: Option<(Keyring<T>, Versions)>,
        max_age: Duration,
    ) {
        let known = known.map(|(keyring, versions)| {
            let keyring: Arc<dyn Any + Send + Sync> = Arc::new(keyring);
            Known { keyring: Some(keyring), versions: Some(versions) }
        });
        self.known = Some(known.unwrap_or_default());
        self.read_at = Some(Instant::now());
        self.keep_for(max_age);
    }

    /// Has what is known be used for `duration` more.
    pub(super) fn keep_for(&mut self, duration: Duration) {
        self.failed = None;
        self.fresh_until = Some(Instant::now() + duration);
    }

    /// Notes that nothing is known because reading failed.
    pub(super) fn fail(&mut self, error: String) {
        self.failed = Some((Instant::now(), error));
    }

    /// Has it be read again.
    pub(super) fn expire(&mut self) {
        (self.fresh_until, self.renewed_at) = (None, None);
    }

    /// Whether it was ever read.
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// The texts that were read last.
    pub(super) fn versions(&self) -> Option<&Versions> {
        self.known.as_ref()?.versions.as_ref()
    }

    /// The keyring that is known.
    pub(super) fn keyring<T: Send + Sync + 'static>(&self) -> Option<Arc<Keyring<T>>> {
        self.known.as_ref()?.keyring.clone()?.downcast().ok()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("fresh_until", &self.fresh_until).finish_non_exhaustive()
    }
}
