//! Destinations as they are met: over the wire, by their answers, and by their absence.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod answers;
mod boundaries;
mod challenge;
mod courier;
mod hostile;
mod mistakes;
mod multi_step;
mod mutual_tls;
mod requests;
mod security;
mod settings;
mod severities;
mod stand_in;
mod trial;
mod webhooks;
