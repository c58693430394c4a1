//! The secret `campanile/destinations`: who is told, of what, and how to reach them.
//!
//! A mistake names the field it is in and what to write there, and leaves out its own destination only: the others
//! go on telling people. No mistake shows a value that may be a credential.

mod fields;
mod notice;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use fields::{Fields, shown};
pub use notice::{Mistake, Warning};

use crate::destination::Destination;
use crate::reach::Reach;

/// What the secret says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The destinations that are described without a mistake, in the secret's order.
    pub destinations: Vec<Destination>,
    /// What is wrong; each mistake in a destination leaves it out of the list above.
    pub mistakes: Vec<Mistake>,
    /// What will be wrong one day.
    pub warnings: Vec<Warning>,
}

impl Settings {
    /// Reads the secret's text; URLs must lie within `reach`.
    pub fn read(secret: &str, reach: &Reach) -> Self {
        let mut settings = Self::default();
        match serde_json::from_str(secret) {
            Ok(value) => settings.read_root(value, reach),
            Err(error) => settings.mistakes.push(Mistake::syntax(&error)),
        }
        settings
    }

    /// The destination called `id`.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| destination.id == id)
    }

    fn read_root(&mut self, value: Value, reach: &Reach) {
        let Some(mut root) = Fields::of(String::new(), value, &mut self.mistakes) else {
            return;
        };
        let destinations = root.required_list("destinations", "list the destinations, or write []");
        self.mistakes.append(&mut root.finish());
        let mut ids = BTreeSet::new();
        for (index, value) in destinations.into_iter().enumerate() {
            self.read_destination(format!("destinations[{index}]"), value, &mut ids, reach);
        }
    }

    fn read_destination(&mut self, path: String, value: Value, ids: &mut BTreeSet<String>, reach: &Reach) {
        let Some(mut fields) = Fields::of(path, value, &mut self.mistakes) else {
            return;
        };
        let destination = Destination::read(&mut fields, reach);
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
