//! The notifier over the embedded services, and stand-ins for destinations.

mod groups;
mod life;
mod muted;
mod outage;
mod outbox;
#[expect(dead_code, reason = "the tests over the real binaries need more of it")]
pub(crate) mod stand_in;
mod world;
