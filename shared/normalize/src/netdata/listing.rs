//! What a notification says of the *other* alerts of its node: without an API token it is all that reports an end that was
//! not notified.

use alert::Alert;
use jiff::Timestamp;
use serde_json::Value;

use super::body::Body;
use super::identifier::canonical;
use super::moment;
use crate::InboundRequest;

/// All other alerts that were active on a node when it said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveOthers {
    /// The node.
    pub node_id: String,
    /// When this was said.
    pub received_at: Timestamp,
    /// The name of the alert that it was said with, which is not among them.
    own_name: String,
    others: Vec<Other>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Other {
    name: String,
    triggered_at: Option<Timestamp>,
}

/// What `request` says of the other alerts of its node; `None` where it does not say of all.
pub fn active_others(request: &InboundRequest) -> Option<ActiveOthers> {
    let body = Body::parse(&request.body).ok()?;
    let total = |severity: &str| body.text(&format!("alert.log.total.{severity}"))?.parse::<usize>().ok();
    let total = total("critical")?.checked_add(total("warning")?)?;
    let entries =
        body.get("alert.log.entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let others: Option<Vec<_>> = entries.iter().map(Other::read).collect();
    let others = others.filter(|others| others.len() == total)?;
    Some(ActiveOthers {
        node_id: body.text("node.id").and_then(canonical)?,
        received_at: request.received_at,
        own_name: body.text("alert.name")?,
        others,
    })
}

impl ActiveOthers {
    /// Whether `alert`, one of the `open` ones of this node, cannot be among them. An entry names no chart: one of the same
    /// name counts for it unless it is another one's, by the time of that.
    pub fn lacks(&self, alert: &Alert, open: &[&Alert]) -> bool {
        let Some(name) = alert.labels.get("alertname") else { return false };
        if self.own_name == *name {
            return false;
        }
        let is_another_ones = |entry: &Other| {
            let others = open.iter().filter(|other| other.fingerprint != alert.fingerprint);
            let mut namesakes = others.filter(|other| other.labels.get("alertname") == Some(name));
            namesakes.any(|other| entry.triggered_at == Some(other.last_seen))
        };
        self.others.iter().filter(|entry| entry.name == *name).all(is_another_ones)
    }
}

impl Other {
    fn read(entry: &Value) -> Option<Self> {
        let name = entry["name"].as_str().map(str::trim).filter(|name| !name.is_empty())?;
        let triggered_at = crate::value::text(&entry["triggered_at"]).and_then(|text| moment::parse(&text));
        Some(Self { name: name.to_owned(), triggered_at })
    }
}
