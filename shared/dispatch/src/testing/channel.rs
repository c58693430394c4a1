//! A channel that says everything, and a transport that remembers what it carried.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alert::Clock;
use async_trait::async_trait;
use channels::{
    Attempt, Channel, Deliver, Hold, HoldScope, Interpretation, Lifecycle, Next, Notification, Probe,
    Progress, Request, Verdict,
};
use jiff::{SignedDuration, Timestamp};
use net::{HttpAnswer, Unanswered};

use super::{Faults, VirtualClock};
use crate::Destination;

/// A channel that says everything.
#[derive(Debug, Clone)]
pub struct FakeChannel {
    /// What it can express.
    pub lifecycle: Lifecycle,
    /// How many queues may be under way at a time.
    pub concurrency: usize,
}

impl FakeChannel {
    /// A chat: no incidents, no acknowledgements.
    pub const fn chat() -> Self {
        let lifecycle = Lifecycle {
            deliver: Deliver::State,
            opens_incidents: false,
            updates_in_place: false,
            threads: false,
            acknowledges: false,
            unacknowledges: false,
        };
        Self { lifecycle, concurrency: 1 }
    }

    /// A pager: incidents, and all that is done with them.
    pub const fn pager() -> Self {
        let lifecycle = Lifecycle {
            opens_incidents: true,
            acknowledges: true,
            unacknowledges: true,
            ..Self::chat().lifecycle
        };
        Self { lifecycle, concurrency: 8 }
    }

    /// A machine: every change.
    pub const fn machine() -> Self {
        let lifecycle = Lifecycle {
            deliver: Deliver::Changes,
            acknowledges: true,
            unacknowledges: true,
            ..Self::chat().lifecycle
        };
        Self { lifecycle, concurrency: 8 }
    }
}

impl Channel for FakeChannel {
    fn type_name(&self) -> &'static str {
        "fake"
    }

    fn host(&self) -> &'static str {
        "fake.example"
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    fn concurrency(&self) -> usize {
        self.concurrency
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let input = serde_json::to_value(attempt.notification).ok()?;
        Some(Request::Aws { service: "fake", input })
    }

    fn interpret(&self, _: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        let retry = |wait| Next::End(Verdict::Retry { from: Progress::default(), wait });
        let minute = SignedDuration::from_secs(60);
        let pause = Hold { scope: HoldScope::Destination, wait: minute, is_trouble: true };
        let (next, hold) = match answer.as_ref().map(|answer| answer.status) {
            Ok(200) => (Next::End(Verdict::Sent), None),
            Ok(401) => (Next::End(Verdict::Suspended(Probe::Hourly)), None),
            Ok(404) => (Next::End(Verdict::Suspended(Probe::Never)), None),
            Ok(429) => (retry(Some(minute)), Some(pause)),
            Ok(400) => (Next::End(Verdict::Failed), None),
            Ok(_) | Err(_) => (retry(None), None),
        };
        Interpretation { next, hold, memory: None, shared_memory: None, receipt: None }
    }
}

/// How a destination answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weather {
    /// It takes everything.
    #[default]
    Fair,
    /// It answers this status, and takes nothing.
    Status(u16),
    /// It cannot be reached.
    Unreachable,
    /// It answers nothing, and takes nothing.
    Silent,
    /// It answers nothing, and takes everything.
    SilentButTakes,
}

/// What a destination took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The destination's id.
    pub destination: String,
    /// What was said.
    pub notification: Notification,
    /// When.
    pub at: Timestamp,
}

/// Remembers what it carried.
#[derive(Debug)]
pub struct FakeTransport {
    faults: Arc<Faults>,
    clock: Arc<VirtualClock>,
    weather: Mutex<HashMap<String, Weather>>,
    received: Mutex<Vec<Received>>,
}

impl FakeTransport {
    pub(super) fn new(faults: Arc<Faults>, clock: Arc<VirtualClock>) -> Self {
        Self { faults, clock, weather: Mutex::default(), received: Mutex::default() }
    }

    /// How `destination` answers from now on.
    pub fn set(&self, destination: &str, weather: Weather) {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner).insert(destination.to_owned(), weather);
    }

    /// All that was taken, in order.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All that was taken since it was last asked for, in order.
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, destination: &Destination, request: Request) {
        let Request::Aws { input, .. } = request else { return };
        let Ok(notification) = serde_json::from_value(input) else { return };
        let received = Received { destination: destination.id.clone(), notification, at: self.clock.now() };
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    }
}

#[async_trait]
impl crate::Transport for FakeTransport {
    async fn send(&self, destination: &Destination, request: Request) -> Result<HttpAnswer, Unanswered> {
        let broken = |_| Unanswered::Connect("a test".to_owned());
        self.faults.point().await.map_err(broken)?;
        let weather =
            self.weather.lock().unwrap_or_else(PoisonError::into_inner).get(&destination.id).copied();
        let weather = weather.unwrap_or_default();
        if matches!(weather, Weather::Fair | Weather::SilentButTakes) {
            self.take(destination, request);
        }
        // An error here would be one after the effect: only crashes are.
        let _ = self.faults.point().await;
        match weather {
            Weather::Fair => Ok(answer(200)),
            Weather::Status(status) => Ok(answer(status)),
            Weather::Unreachable => Err(Unanswered::Connect("a test".to_owned())),
            Weather::Silent | Weather::SilentButTakes => Err(Unanswered::Timeout),
        }
    }
}

#[expect(
    clippy::default_trait_access,
    reason = "the type of headers is of a crate that is needed for nothing else"
)]
fn answer(status: u16) -> HttpAnswer {
    HttpAnswer::new(status, Default::default(), "")
}
