//! Which alert an event is about: its kind, and the fields that distinguish alerts of that kind.

use alert::AutoResolve;

use super::Payload;

/// A kind of alert or fact. Events of one kind and equal identity fields share a fingerprint.
pub(super) struct AlertKind {
    /// Its name, which is part of the fingerprint.
    pub(super) name: &'static str,
    /// Its identity fields in the order in which they enter the fingerprint.
    pub(super) identity: &'static [Part],
    /// How it ends once it fires.
    pub(super) auto_resolve: AutoResolve,
    /// What its title is made of.
    pub(super) title: Title,
    /// What is affected, where that is not the narrowest identity field.
    pub(super) resource: Option<fn(&Payload) -> Option<String>>,
}

/// What a title is made of.
#[derive(Clone, Copy)]
pub(super) enum Title {
    /// What it is about, to which is added what has happened.
    Subject(fn(&Payload) -> String),
    /// All of it.
    Sentence(fn(&Payload) -> String),
}

/// One identity field.
pub(super) struct Part {
    /// Where to find it, the best first; the one that holds it is also its label.
    names: &'static [&'static str],
    /// How to make it, where it is no field just as sent.
    reader: Option<fn(&Payload) -> Option<String>>,
    is_required: bool,
}

/// An identity field found: its label and its value, which is empty for an optional field that is missing.
pub(super) type Found = (&'static str, String);

/// A field without which the event cannot be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing(pub(super) &'static str);

/// A field that must be there, or one of several of which the first that is there counts.
pub(super) const fn required(names: &'static [&'static str]) -> Part {
    Part { names, reader: None, is_required: true }
}

/// The same, but all of them may be missing.
pub(super) const fn optional(names: &'static [&'static str]) -> Part {
    Part { is_required: false, ..required(names) }
}

impl Part {
    /// This part, made by `reader` rather than taken as sent, under the first of its names.
    pub(super) const fn made_by(self, reader: fn(&Payload) -> Option<String>) -> Self {
        Self { reader: Some(reader), ..self }
    }

    fn find(&self, payload: &Payload) -> Result<Found, Missing> {
        let label = self.names.first().copied().unwrap_or_default();
        let found = match self.reader {
            Some(reader) => reader(payload).map(|made| (label, made)),
            None => self.names.iter().find_map(|name| Some((*name, payload.text(name)?))),
        };
        match found {
            Some(found) => Ok(found),
            None if self.is_required => Err(Missing(label)),
            None => Ok((label, String::new())),
        }
    }
}

impl AlertKind {
    /// A kind of which `title` says what it is.
    pub(super) const fn new(
        name: &'static str,
        identity: &'static [Part],
        auto_resolve: AutoResolve,
        title: Title,
    ) -> Self {
        Self { name, identity, auto_resolve, title, resource: None }
    }

    /// This kind with a way of its own to find what is affected, or else the account.
    pub(super) const fn affecting(self, resource: fn(&Payload) -> Option<String>) -> Self {
        Self { resource: Some(resource), ..self }
    }

    /// The identity fields that `payload` holds, in order.
    pub(super) fn identify(&self, payload: &Payload) -> Result<Vec<Found>, Missing> {
        self.identity.iter().map(|part| part.find(payload)).collect()
    }
}
