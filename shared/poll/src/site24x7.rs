//! The poller of Site24x7: what the webhook missed, and the history that it never sends.
//!
//! [`Poller::run`] is one call of the schedule. It reads alert logs and current status, records both through the
//! same store as the webhook, and moves the cursor over what is recorded. All of it may be done twice, by two runs
//! at once, or again after a run that died: an event is recorded once by its id.

mod account;
mod backfill;
mod days;
mod logs;
mod names;
mod poller;
mod recording;
mod report;
mod request;
mod status;
mod visit;
mod window;

pub use poller::{PollError, Poller};
pub use report::{Counts, Outcome, PartError, Polled};
pub use request::{Request, RequestError};
