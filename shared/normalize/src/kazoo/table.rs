//! What KAZOO's events mean: one row per event, which reads like the table it was made from.

use alert::{Severity, Signal};

use super::Payload;
use super::identity::AlertKind;
use super::time::{self, Times};
use crate::SourceConfiguration;

/// What one event means.
pub(super) struct Row {
    /// Its name, where it goes by name.
    pub(super) event: &'static str,
    /// What it says.
    pub(super) says: Says,
    /// What distinguishes one request of it from the next.
    pub(super) key: Key,
    /// The part of the platform it belongs to.
    pub(super) service: &'static str,
    /// Whether it may come without an account.
    pub(super) account: Account,
    /// What was measured.
    pub(super) value: Option<fn(&Payload) -> Option<String>>,
    /// When it happened.
    pub(super) times: fn(&Payload) -> Times,
}

/// What an event says: mostly the same whatever else it holds.
pub(super) enum Says {
    /// Always this.
    Always(&'static [Statement]),
    /// What its payload, or the operator's configuration, make of it.
    Depends(fn(&Payload, &SourceConfiguration) -> Vec<Statement>),
}

/// One thing that an event says.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    /// What it says of the alert.
    pub(super) signal: Signal,
    /// How bad that is.
    pub(super) severity: Severity,
    /// Which kind of alert it is about.
    pub(super) kind: &'static AlertKind,
}

/// What distinguishes one request from the next; `msg_id`, or else the bytes and the minute, where a field is missing.
pub(super) enum Key {
    /// All of these fields.
    Fields(&'static [&'static str]),
    /// What the payload makes of itself.
    Depends(fn(&Payload) -> Option<Vec<String>>),
}

/// Whether an event must name its account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    Required,
    Optional,
}

/// Something is wrong.
pub(super) const fn firing(severity: Severity, kind: &'static AlertKind) -> Statement {
    Statement { signal: Signal::Firing, severity, kind }
}

/// It is right again.
pub(super) const fn resolved(kind: &'static AlertKind) -> Statement {
    Statement { signal: Signal::Resolved, severity: Severity::Info, kind }
}

/// It is a fact, and no more.
pub(super) const fn notice(severity: Severity, kind: &'static AlertKind) -> Statement {
    Statement { signal: Signal::Notice, severity, kind }
}

impl Row {
    /// The row of an event that always says `statements`.
    pub(super) const fn new(
        event: &'static str,
        statements: &'static [Statement],
        key: &'static [&'static str],
        service: &'static str,
    ) -> Self {
        Self {
            event,
            says: Says::Always(statements),
            key: Key::Fields(key),
            service,
            account: Account::Required,
            value: None,
            times: time::moment,
        }
    }

    /// The row of an event of which `says` makes out what it says.
    pub(super) const fn depends(
        event: &'static str,
        says: fn(&Payload, &SourceConfiguration) -> Vec<Statement>,
        key: &'static [&'static str],
        service: &'static str,
    ) -> Self {
        Self { says: Says::Depends(says), ..Self::new(event, &[], key, service) }
    }

    /// This row for an event that may come without an account.
    pub(super) const fn without_account(self) -> Self {
        Self { account: Account::Optional, ..self }
    }

    /// This row with a measured value.
    pub(super) const fn valued(self, value: fn(&Payload) -> Option<String>) -> Self {
        Self { value: Some(value), ..self }
    }

    /// This row with times of its own.
    pub(super) const fn timed(self, times: fn(&Payload) -> Times) -> Self {
        Self { times, ..self }
    }

    /// This row with a request key of its own.
    pub(super) const fn keyed(self, key: fn(&Payload) -> Option<Vec<String>>) -> Self {
        Self { key: Key::Depends(key), ..self }
    }

    /// What the event in `payload` says.
    pub(super) fn statements(
        &self,
        payload: &Payload,
        configuration: &SourceConfiguration,
    ) -> Vec<Statement> {
        match self.says {
            Says::Always(statements) => statements.to_vec(),
            Says::Depends(says) => says(payload, configuration),
        }
    }
}
