//! Which alerts a destination is notified of, and which changes of them.

mod filter;
mod notify_on;

pub(crate) use filter::slug;
pub use filter::{Filter, Unselected};
pub use notify_on::{EventType, Level, NotifyOn};
