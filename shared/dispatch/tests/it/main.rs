//! What the engine promises, shown over the in-memory outbox.
#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod examples;
mod history;
mod inhibition;
mod receiver;
mod scenarios;
mod setup;
