//! The secret `campanile/destinations`: who is notified, of what, when, and how to reach them.
//!
//! A mistake names the member it is in and what to write there, and leaves out its own destination only: the others are
//! still notified. No mistake shows a value that may be a credential.

mod destination;
mod inhibition;
mod intervals;
mod selection;

use std::collections::{BTreeMap, BTreeSet};

use alert::time_interval::TimeInterval;
use channels::settings::{Fields, Mistake, Warning};
use net::EgressPolicy;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Destination, InhibitRule};

/// All that could be used of the secret, and what is wrong with the rest.
#[derive(Debug, Clone, Default)]
pub struct NotificationConfiguration {
    /// Whom to notify.
    pub destinations: Vec<Destination>,
    /// What mutes what, the built-in rules among them.
    pub inhibit_rules: Vec<InhibitRule>,
    /// What is wrong; each leaves out what it is in.
    pub mistakes: Vec<Mistake>,
    /// What is right and will not be for ever, or is not what it seems.
    pub warnings: Vec<Warning>,
    /// Whether nothing of it can be used, so that the last usable settings go on.
    pub is_unusable: bool,
    /// Changes with every change of the secret. 64 bits of a SHA-256 hash, in hex.
    pub digest: String,
}

/// The named time intervals; one with a mistake is there without a value.
pub(crate) type NamedIntervals = BTreeMap<String, Option<Vec<TimeInterval>>>;

impl NotificationConfiguration {
    /// Reads the secret; `egress` says which addresses destinations may have.
    pub fn read(secret: &str, egress: &EgressPolicy) -> Self {
        let mut settings = Self { digest: digest(secret), ..Self::default() };
        match serde_json::from_str(secret) {
            Ok(value) => settings.read_root(value, egress),
            Err(error) => {
                settings.is_unusable = true;
                settings.mistakes.push(Mistake::syntax(&error));
            }
        }
        settings
    }

    /// The destination of this id.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| destination.id == id)
    }

    /// The destinations that are notified anything.
    pub fn enabled(&self) -> impl Iterator<Item = &Destination> {
        self.destinations.iter().filter(|destination| destination.is_enabled)
    }

    fn read_root(&mut self, value: Value, egress: &EgressPolicy) {
        if let Some(what) = unwrapped(&value) {
            self.is_unusable = true;
            let problem = format!("is {what}: write {{\"destinations\":[…]}} around it");
            return self.mistakes.push(Mistake::new(String::new(), problem));
        }
        let Some(mut root) = Fields::of(String::new(), value, &mut self.mistakes) else {
            self.is_unusable = true;
            return;
        };
        self.is_unusable = !root.peek("destinations").is_some_and(Value::is_array);
        let destinations = root.required_list("destinations", "list the destinations, or write []");
        let intervals = intervals::read(&mut root);
        self.inhibit_rules = inhibition::read(&mut root);
        self.mistakes.append(&mut root.finish());
        let mut ids = BTreeSet::new();
        for (place, value) in destinations.into_iter().enumerate() {
            self.read_destination(format!("destinations[{place}]"), value, &mut ids, &intervals, egress);
        }
    }

    fn read_destination(
        &mut self,
        path: String,
        value: Value,
        ids: &mut BTreeSet<String>,
        intervals: &NamedIntervals,
        egress: &EgressPolicy,
    ) {
        let Some(mut fields) = Fields::of(path, value, &mut self.mistakes) else { return };
        let destination = destination::read(&mut fields, intervals, egress);
        if let Some(id) = destination.as_ref().map(|destination| &destination.id)
            && !ids.insert(id.clone())
        {
            fields.mistake("id", format!("`{id}` is the id of an earlier destination: choose another"));
        }
        self.warnings.append(&mut fields.take_warnings());
        let mut mistakes = fields.finish();
        if mistakes.is_empty() {
            self.destinations.extend(destination);
        }
        self.mistakes.append(&mut mistakes);
    }
}

/// What the secret is, where it is a part of what it should be.
fn unwrapped(value: &Value) -> Option<&'static str> {
    match value {
        Value::Array(_) => Some("a list"),
        Value::Object(members)
            if !members.contains_key("destinations")
                && ["type", "settings"].iter().all(|name| members.contains_key(*name)) =>
        {
            Some("one destination")
        }
        _ => None,
    }
}

/// The first 64 bits of SHA-256, in hex: enough to see a change.
pub(crate) fn digest(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests;
