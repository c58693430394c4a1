//! What the engine promises, shown over the in-memory outbox.
