//! KAZOO: what a hook of ours tried to deliver in vain is fetched, and a hook that KAZOO switched off is switched on.
//!
//! KAZOO repeats a delivery that got no answer a few times, and one that was answered never; six failures in a minute
//! switch the hook off. It keeps every body that did not arrive. [`KazooKeeper::run`] reads those since the watermark and
//! hands them to the pipeline of the webhook, received when they were tried, so that each is recorded once however often
//! it is read, and whether or not it came after all. What happens while a hook is off exists nowhere: an alert says from
//! when to when.

mod account;
mod alarm;
mod hooks;
mod keeper;
mod replaying;
mod report;
mod secret;
mod visit;

pub use keeper::{KazooError, KazooKeeper};
pub use report::{Healed, HooksWatched, KazooOutcome, PartError, Replayed};
pub use secret::{KazooSecret, LoginError, given};
