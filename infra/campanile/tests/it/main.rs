//! The embedded AWS as the real SDK clients see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod alert_table;
mod endpoint;
mod secrets;
mod stream;
mod table;
