//! What the engine promises, shown over the in-memory outbox.

mod history;
mod inhibition;
mod receiver;
mod scenarios;
mod setup;
