//! What the engine promises, shown over the in-memory outbox.
#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod documentation;
mod examples;
mod failing;
mod history;
mod inhibition;
mod receiver;
mod scenarios;
mod setup;
