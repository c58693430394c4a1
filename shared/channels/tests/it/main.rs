//! Destination types as they are met: by what they send, by the answers, and by their settings.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod answers;
mod cloud;
mod documents;
mod hostile;
mod inspections;
mod limits;
mod mistakes;
mod over_http;
mod refusals;
mod robots;
mod snapshots;
mod stand_ins;
mod steps;
mod webhooks;
mod words;
