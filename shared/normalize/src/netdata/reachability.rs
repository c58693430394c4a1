//! Nodes that became unreachable or reachable again: the nested form with one node or several in a request, and the
//! documented flat form with one.
//!
//! Neither form says when, so the receive second does; a redelivery in a later second cannot be
//! distinguished from the next outage and is a new event.

use std::collections::HashSet;

use alert::{ACCOUNT_NAME, AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Severity, Signal, Source};
use jiff::Timestamp;
use serde_json::Value;

use super::body::{Body, unknown_word};
use super::flat::link_account;
use super::nested::space_account;
use super::node::{self, Node};
use super::page::Page;
use super::{UNKNOWN_ACCOUNT, present};
use crate::Rejection;

/// How many other nodes the text for one of them names.
const MOST_NAMES: usize = 10;

/// Whether `body` looks like such a notification.
pub(super) fn is_marked(body: &Body) -> bool {
    let is_legible = |place: Field| matches!(place.read(body), Some(Ok(_)));
    body.get("nodes").is_some_and(Value::is_array)
        || is_legible(REACHABLE)
        || is_legible(STATUS)
        || body.first_text(["status.reachable", "status.text"]).is_some()
}

/// Reads such a notification: one event per node.
pub(super) fn read(body: &Body, receive_second: Timestamp) -> Result<Vec<AlertEvent>, Rejection> {
    let state = State::read(body)?;
    let page = Page::at(body.text("url").unwrap_or_default());
    let nodes = nodes(body, &page);
    if nodes.is_empty() {
        return Err(no_node());
    }
    let account = space_account(body).or_else(|| link_account(body, &page));
    let account = account.unwrap_or_else(|| UNKNOWN_ACCOUNT.to_owned());
    let outage = Outage { body, nodes: &nodes, url: page.https_link(), account, state, receive_second };
    Ok(nodes.iter().map(|node| outage.event(node)).collect())
}

/// What nodes have become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reachable,
    Unreachable,
}

impl State {
    /// The state at the first place that has any word.
    fn read(body: &Body) -> Result<Self, Rejection> {
        FIELDS.into_iter().find_map(|place| place.read(body)).unwrap_or_else(|| Err(no_state()))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Unreachable => "unreachable",
        }
    }

    fn signal(self) -> Signal {
        match self {
            Self::Reachable => Signal::Resolved,
            Self::Unreachable => Signal::Firing,
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Reachable => Severity::Info,
            Self::Unreachable => Severity::Critical,
        }
    }

    fn title(self, node: &str) -> String {
        match self {
            Self::Reachable => format!("{node} is reachable again"),
            Self::Unreachable => format!("{node} is unreachable"),
        }
    }
}

/// Where a state may stand, and its words there.
#[derive(Clone, Copy)]
struct Field {
    path: &'static str,
    reachable: &'static str,
    unreachable: &'static str,
}

const REACHABLE: Field = Field { path: "reachable", reachable: "true", unreachable: "false" };
const STATUS: Field = Field { path: "status", reachable: "reachable", unreachable: "unreachable" };
/// Every place, the most informative first.
const FIELDS: [Field; 5] = [
    REACHABLE,
    Field { path: "status.reachable", ..REACHABLE },
    Field { path: "status.text", ..STATUS },
    STATUS,
    Field { path: "severity", reachable: "info", unreachable: "critical" },
];

impl Field {
    /// The state that stands here, if anything does.
    fn read(self, body: &Body) -> Option<Result<State, Rejection>> {
        let word = body.text(self.path)?;
        Some(if word.eq_ignore_ascii_case(self.reachable) {
            Ok(State::Reachable)
        } else if word.eq_ignore_ascii_case(self.unreachable) {
            Ok(State::Unreachable)
        } else {
            Err(unknown_word(self.path, &format!("{} or {}", self.reachable, self.unreachable)))
        })
    }
}

/// The nodes that `nodes` lists, each once; without any, the one that the flat form names.
/// The parent that lost its children, `centralisation_point`, is never one of them.
fn nodes(body: &Body, page: &Page) -> Vec<Node> {
    let entries = body.get("nodes").and_then(Value::as_array).into_iter().flatten();
    let listed = entries.filter_map(Value::as_object).map(Node::listed);
    let known = known_once(listed);
    match <[Node; 1]>::try_from(known) {
        Ok([only]) => vec![only.or_named_in(body, node::in_reachability_message)],
        Err(none) if none.is_empty() => known_once([Node::flat(body, page, node::in_reachability_message)]),
        Err(several) => several,
    }
}

fn known_once(nodes: impl IntoIterator<Item = Node>) -> Vec<Node> {
    let mut seen = HashSet::new();
    nodes.into_iter().filter(|node| !node.is_unknown() && seen.insert(node.identity())).collect()
}

/// What all nodes of one notification share.
struct Outage<'a> {
    body: &'a Body,
    nodes: &'a [Node],
    url: Option<String>,
    account: String,
    state: State,
    receive_second: Timestamp,
}

impl Outage<'_> {
    fn event(&self, node: &Node) -> AlertEvent {
        let name = node.name().unwrap_or_default();
        let at = self.receive_second;
        let fingerprint = Fingerprint::of(["netdata/node/v1", &self.account, &node.identity()]);
        let signal = self.state.signal();
        AlertEvent {
            source: Source::Netdata,
            account: self.account.clone(),
            fingerprint,
            event_id: self.event_id(fingerprint),
            signal,
            severity: self.state.severity(),
            severity_raw: self.body.text("severity").unwrap_or_else(|| self.state.as_str().to_owned()),
            title: self.state.title(name),
            summary: self.summary(name),
            resource: Some(name.to_owned()),
            service: None,
            value: None,
            url: self.url.clone(),
            labels: self.labels(node),
            annotations: self.annotations(),
            occurred_at: at,
            started_at: (signal == Signal::Firing).then_some(at),
            ended_at: (signal == Signal::Resolved).then_some(at),
            auto_resolve: AutoResolve::Recovery,
            episode: None,
            expires_at: None,
            order: alert::Order::default(),
        }
    }

    /// The message, if it is about this node: of several it names one.
    fn summary(&self, node: &str) -> Option<String> {
        let message = self.body.text("message");
        if self.nodes.len() < 2 {
            return message;
        }
        let others = self.nodes.iter().filter_map(Node::name).filter(|name| *name != node);
        let mut names: Vec<_> = others.take(MOST_NAMES).map(str::to_owned).collect();
        let unnamed = self.nodes.len() - 1 - names.len();
        if unnamed > 0 {
            names.push(format!("and {unnamed} more"));
        }
        let parent = self.body.text("centralisation_point.hostname");
        let parent = parent.map(|parent| format!(" through the parent {parent}")).unwrap_or_default();
        Some(format!("Also {}{parent}: {}.", self.state.as_str(), names.join(", ")))
    }

    fn annotations(&self) -> Labels {
        present([
            (ACCOUNT_NAME, self.body.first_text(["space.name", "space"])),
            ("parent", self.body.text("centralisation_point.hostname")),
        ])
    }

    fn event_id(&self, fingerprint: Fingerprint) -> EventId {
        let [fingerprint, second] = [fingerprint.to_string(), self.receive_second.to_string()];
        EventId::of(["netdata/node-event/v1", &fingerprint, &second, self.state.as_str()])
    }

    fn labels(&self, node: &Node) -> Labels {
        present([
            ("alertname", Some("node_unreachable".to_owned())),
            ("instance", node.hostname.clone()),
            ("node_id", node.id.clone()),
            ("space", self.body.first_text(["space.name", "space"])),
        ])
    }
}

fn no_state() -> Rejection {
    Rejection::new(
        "missing:state",
        "none of `reachable`, `status` and `severity` says whether the node is reachable: compare the body with \
         Netdata Cloud's webhook format and replay the request once this form is understood",
    )
}

fn no_node() -> Rejection {
    Rejection::new(
        "missing:node",
        "neither `nodes` nor `url`, `host` or `message` names a node: compare the body with Netdata Cloud's webhook \
         format and replay the request once this form is understood",
    )
}
