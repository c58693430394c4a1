//! What is kept of one account of a source beside its alerts: how far it was polled, the token to poll it with, the
//! names of its monitors. No API and no log shows these items.

mod names;
mod poll_cursor;
mod tokens;
mod upkeep;

pub use names::KnownNames;
pub use poll_cursor::PollCursor;
pub use tokens::AccountTokens;
pub use upkeep::Upkeep;
