//! Which node a notification is about.

use serde_json::{Map, Value};

use super::body::Body;
use super::identifier::canonical;
use super::page::Page;
use crate::value::field;

/// The longest host name that is believed when it stands in a sentence.
const MOST_HOSTNAME_BYTES: usize = 255;

/// A machine that Netdata watches, as far as a notification names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: Option<String>,
    pub(super) hostname: Option<String>,
}

impl Node {
    /// The node of a nested alert.
    pub(super) fn nested(body: &Body) -> Self {
        Self { id: body.text("node.id").and_then(canonical), hostname: body.text("node.hostname") }
    }

    /// The node of a flat notification: its id from the link, its name from `host` or else from the `message`.
    pub(super) fn flat(body: &Body, page: &Page, in_message: fn(&str) -> Option<&str>) -> Self {
        let named = || body.text("message").and_then(|message| in_message(&message).map(str::to_owned));
        Self { id: page.node_id(), hostname: body.text("host").or_else(named) }
    }

    /// This node by the name that the `message` has, if it has none itself; the id goes on identifying it.
    pub(super) fn or_named_in(self, body: &Body, in_message: fn(&str) -> Option<&str>) -> Self {
        let named = || body.text("message").and_then(|message| in_message(&message).map(str::to_owned));
        Self { hostname: self.hostname.or_else(named), ..self }
    }

    /// An entry of `nodes`.
    pub(super) fn listed(entry: &Map<String, Value>) -> Self {
        Self { id: field(entry, "id").and_then(canonical), hostname: field(entry, "hostname") }
    }

    /// What distinguishes this node from others; empty if nothing does.
    pub(super) fn identity(&self) -> String {
        match (&self.id, &self.hostname) {
            (Some(id), _) => format!("id:{id}"),
            (None, Some(hostname)) => format!("host:{hostname}"),
            (None, None) => String::new(),
        }
    }

    /// Whether the notification says nothing about it.
    pub(super) fn is_unknown(&self) -> bool {
        self.name().is_none()
    }

    /// What people call it: its host name, or its id if that is all there is.
    pub(super) fn name(&self) -> Option<&str> {
        self.hostname.as_deref().or(self.id.as_deref())
    }
}

/// The host in an alert's `message`: `Raised to Critical, … = 100%, on <host>`.
pub(super) fn in_alert_message(message: &str) -> Option<&str> {
    let (_, host) = message.rsplit_once(", on ")?;
    plausible(host)
}

/// The host in a reachability `message`: `<space>/<host> is unreachable`.
pub(super) fn in_reachability_message(message: &str) -> Option<&str> {
    let (_, sentence) = message.rsplit_once('/')?;
    let endings = [" is unreachable", " is reachable again"];
    plausible(endings.into_iter().find_map(|ending| sentence.strip_suffix(ending))?)
}

fn plausible(host: &str) -> Option<&str> {
    let fits = (1..=MOST_HOSTNAME_BYTES).contains(&host.len());
    (fits && !host.contains(char::is_whitespace)).then_some(host)
}
