//! In-memory implementations of the ports, for the tests of this crate and of others.
//!
//! Every call of a port passes two points, one before and one after its effect. [`Faults`] can make a point fail, or crash
//! there: the call then never returns, and whoever runs it drops it, as the end of a process does.

mod channel;
mod faults;
mod outbox;
mod run;
mod world;

pub use channel::{FakeChannel, FakeTransport, Received, Weather};
pub use faults::Faults;
pub use outbox::InMemoryOutbox;
pub use run::{run, run_interleaved};
pub use world::{
    FixedRandom, FixedSettings, InMemoryAlerts, InMemoryOwnAlerts, InMemorySilences, NoLinks, RecordingWake,
    VirtualClock, World,
};
