//! Which thing is meant by the beginning of its id.

use serde_json::Value;

use super::Outcome;
use super::beginning::{Beginning, FindError};
use super::page::Part;
use super::server::{Server, ServerError};

/// How many things are looked through.
const MOST: u32 = 10_000;

/// Where things of a kind are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    what: &'static str,
    /// What lists them for people.
    command: &'static str,
    /// What lists them in the API, and what the list and an id are called there.
    path: &'static str,
    name: &'static str,
    id: &'static str,
    /// Parts of the list that are looked through in turn, until one has what is meant: a parameter and its value.
    parts: &'static [(&'static str, &'static str)],
}

/// Alerts: those that ring go before those that have ended.
pub(super) const ALERTS: Place = Place {
    what: "alert",
    command: "campanile alerts --all",
    path: "/v1/alerts",
    name: "alerts",
    id: "fingerprint",
    parts: &[("condition", "firing"), ("condition", "resolved,expired")],
};

/// Silences: those that are to end go before those that have.
pub(super) const SILENCES: Place = Place {
    what: "silence",
    command: "campanile silence list --all",
    path: "/v1/silences",
    name: "silences",
    id: "id",
    parts: &[("state", "active,pending"), ("state", "expired")],
};

/// What was not understood.
pub(super) const QUARANTINE: Place = Place {
    what: "quarantined delivery",
    command: "campanile quarantine list",
    path: "/v1/quarantine",
    name: "quarantine",
    id: "id",
    parts: &[("", "")],
};

/// What destinations were told.
pub(super) const DELIVERIES: Place = Place {
    what: "delivery",
    command: "campanile deliveries list",
    path: "/v1/deliveries",
    name: "deliveries",
    id: "id",
    parts: &[("state", "waiting,failed,dead"), ("state", "sent")],
};

impl Server {
    /// The ids of the things that are meant by `beginnings`; where all of them are whole, nobody is asked.
    pub(super) async fn meant(&self, beginnings: &[Beginning], place: Place) -> Outcome<Vec<String>> {
        let mut found: Vec<_> = beginnings.iter().map(Beginning::whole).collect();
        for part in place.parts {
            if found.iter().all(Option::is_some) {
                break;
            }
            let ids = self.ids(place, *part).await?;
            for (meant, found) in beginnings.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
                *found = meant.find(ids.iter().cloned())?;
            }
        }
        let found =
            beginnings.iter().zip(found).map(|(meant, found)| found.ok_or_else(|| place.unknown(meant)));
        Ok(found.collect::<Result<_, _>>()?)
    }

    async fn ids(&self, place: Place, (name, value): (&str, &str)) -> Outcome<Vec<String>> {
        let query = Vec::from_iter(Some((name, value.to_owned())).filter(|(name, _)| !name.is_empty()));
        let listing = self.list(place.path, place.name, &query, &Part::first(MOST)).await?;
        let items: Vec<Value> = listing.rows()?;
        Ok(items.iter().filter_map(|item| item[place.id].as_str().map(str::to_owned)).collect())
    }
}

impl Place {
    /// Where they are in the API.
    pub(super) const fn path(self) -> &'static str {
        self.path
    }

    /// What to say where nothing begins like `meant`.
    pub(super) fn unknown(self, meant: &Beginning) -> FindError {
        FindError::Unknown { what: self.what, beginning: meant.to_string(), command: self.command }
    }

    /// `error`, which says what lists the things where it says that one is not there.
    pub(super) fn explain(self, error: ServerError) -> ServerError {
        error.listed_by(self.command)
    }
}
