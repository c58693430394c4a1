//! The notifier over the embedded services.

mod groups;
mod life;
mod muted;
mod outage;
mod outbox;
mod world;
