//! Which thing is meant by the prefix of its id.

use serde::Deserialize;

use super::Outcome;
use super::id_prefix::{FindError, IdPrefix};
use super::page::Part;
use super::server::{Server, ServerError};

/// How many things of a part are looked through, the newest first.
pub(super) const MOST: u32 = 10_000;

/// Where things of a kind are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resource {
    what: &'static str,
    /// What lists them for people.
    command: &'static str,
    /// What lists them in the API, and what the list is called there.
    path: &'static str,
    name: &'static str,
    /// Parts of the list that are looked through in turn, until one has what is meant: parameters and their values.
    parts: &'static [&'static [(&'static str, &'static str)]],
}

/// Alerts: those that fire go before those that have ended.
pub(super) const ALERTS: Resource = Resource {
    what: "alert",
    command: "campanile alerts --all",
    path: "/v1/alerts",
    name: "alerts",
    parts: &[&[("condition", "firing")], &[("condition", "resolved"), ("condition", "expired")]],
};

/// Silences: those that are to end go before those that have.
pub(super) const SILENCES: Resource = Resource {
    what: "silence",
    command: "campanile silence list --all",
    path: "/v1/silences",
    name: "silences",
    parts: &[&[("state", "active"), ("state", "pending")], &[("state", "expired")]],
};

/// What was not understood.
pub(super) const QUARANTINE: Resource = Resource {
    what: "quarantined request",
    command: "campanile quarantine list",
    path: "/v1/quarantine",
    name: "quarantine",
    parts: &[&[]],
};

/// What destinations were notified of: what is pending or dead-lettered goes before what was sent.
pub(super) const NOTIFICATIONS: Resource = Resource {
    what: "notification",
    command: "campanile notifications list",
    path: "/v1/notifications",
    name: "notifications",
    parts: &[&[("state", "waiting"), ("state", "failed"), ("state", "dead")], &[("state", "sent")]],
};

/// An item of a list, as far as its name goes.
#[derive(Deserialize)]
struct Named {
    /// Of everything but alerts.
    id: Option<String>,
    fingerprint: Option<String>,
}

impl Server {
    /// The ids of the things that are meant by `prefixes`; where all of them are whole, nobody is asked.
    pub(super) async fn meant(&self, prefixes: &[IdPrefix], resource: Resource) -> Outcome<Vec<String>> {
        let mut found: Vec<_> = prefixes.iter().map(IdPrefix::whole).collect();
        let mut is_all = true;
        for part in resource.parts {
            if found.iter().all(Option::is_some) {
                break;
            }
            let query: Vec<_> = part.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            let listing = self.list(resource.path, resource.name, &query, &Part::first(MOST)).await?;
            is_all &= listing.next_cursor.is_none();
            let named = listing.items.into_iter();
            let ids: Vec<_> = named.filter_map(|Named { id, fingerprint }| id.or(fingerprint)).collect();
            for (meant, found) in prefixes.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
                *found = meant.find(ids.iter().cloned())?;
            }
        }
        let found = prefixes
            .iter()
            .zip(found)
            .map(|(meant, found)| found.ok_or_else(|| resource.unknown(meant, is_all)));
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Resource {
    /// Where they are in the API.
    pub(super) const fn path(self) -> &'static str {
        self.path
    }

    /// What to say where nothing begins like `meant`; `is_all` says that there are no others than those looked through.
    pub(super) fn unknown(self, meant: &IdPrefix, is_all: bool) -> FindError {
        FindError::unknown(self.what, meant, self.command, is_all)
    }

    /// `error`, which says what lists the things where it says that one is not there.
    pub(super) fn explain(self, error: ServerError) -> ServerError {
        error.listed_by(self.command)
    }
}
