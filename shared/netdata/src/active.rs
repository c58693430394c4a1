//! `alerts`: what is active now.

use serde_json::Value;

use crate::read::{id, list, text};

/// A page of active alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivePage {
    /// Its alerts.
    pub alerts: Vec<ActiveAlert>,
    /// How many rows of it nobody can place: with one of those nobody knows what is not listed.
    pub unreadable: usize,
}

/// An alert that is active.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActiveAlert {
    /// The node.
    pub node_id: String,
    /// The alert's name.
    pub name: String,
    /// The chart instance, by its id and by its name.
    pub instances: Vec<String>,
}

impl ActivePage {
    /// The alerts of an answer; `None` where there is no list of them, or none of the nodes that they name.
    pub fn read(body: &Value) -> Option<Self> {
        let (rows, nodes) = (list(body, "alert_instances")?, list(body, "nodes")?);
        let alerts: Vec<_> = rows.iter().filter_map(|row| ActiveAlert::read(row, nodes)).collect();
        Some(Self { unreadable: rows.len() - alerts.len(), alerts })
    }
}

impl ActiveAlert {
    fn read(row: &Value, nodes: &[Value]) -> Option<Self> {
        let index = usize::try_from(row["ni"].as_u64()?).ok()?;
        // A node says its own index; where it does not, its place is that.
        let named = nodes.iter().find(|node| node["ni"].as_u64() == row["ni"].as_u64());
        let node = named.or_else(|| nodes.get(index))?;
        let instances = ["ch", "ch_n"].into_iter().filter_map(|name| text(&row[name])).collect();
        Some(Self { node_id: id(&node["nd"])?, name: text(&row["nm"])?, instances })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alert_is_of_the_node_that_it_points_to() {
        let body = json!({
            "nodes": [{ "ni": 4, "nd": "N4", "nm": "web" }, { "nd": "N1" }],
            "alert_instances": [
                { "ni": 4, "nm": "used_swap", "ch": "mem.swap" }, { "ni": 1, "nm": "load", "ch_n": "system.load" },
                { "ni": 9, "nm": "load", "ch": "system.load" },
            ],
        });
        let page = ActivePage::read(&body).unwrap();
        let nodes: Vec<_> = page.alerts.iter().map(|alert| alert.node_id.as_str()).collect();
        assert_eq!((nodes, page.unreadable), (vec!["n4", "n1"], 1));
        assert_eq!(
            ActivePage::read(&json!({ "alerts": [], "nodes": [] })),
            None,
            "another shape is no empty list"
        );
        assert!(
            ActivePage::read(&json!({ "alert_instances": null, "nodes": null })).unwrap().alerts.is_empty()
        );
    }
}
