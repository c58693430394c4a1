//! The secret `campanile/destinations`: who is told, of what, when, and how to reach them.

use crate::{Destination, InhibitRule};

/// All that could be used of the secret.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Whom to tell.
    pub destinations: Vec<Destination>,
    /// What mutes what, the built-in rules among them.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Changes with every change of the secret. 64 bits of a SHA-256 hash, in hex.
    pub digest: String,
}

impl Settings {
    /// The destination of this id.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| destination.id == id)
    }

    /// The destinations that are told anything.
    pub fn enabled(&self) -> impl Iterator<Item = &Destination> {
        self.destinations.iter().filter(|destination| destination.is_enabled)
    }
}
