//! `nodes`: which nodes there are, and whether Netdata Cloud reaches them.

use serde_json::Value;

use crate::read::{id, list, text};

/// A node of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id, a UUID.
    pub id: String,
    /// Its host name.
    pub name: Option<String>,
    /// Whether it is reached.
    pub state: NodeState,
    /// How many alerts are active on it, where that is stated.
    pub active: Option<u64>,
}

/// Whether a node is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    /// It is.
    Reachable,
    /// It is not, though what it has said is known, or its state has a word that nobody knows.
    Other,
}

impl Node {
    /// The nodes of an answer; `None` where there is no list.
    pub fn read_all(body: &Value) -> Option<Vec<Self>> {
        Some(list(body, "nodes")?.iter().filter_map(Self::read).collect())
    }

    fn read(node: &Value) -> Option<Self> {
        let is_reachable =
            node["state"].as_str().is_some_and(|state| state.eq_ignore_ascii_case("reachable"));
        let count = |severity: &str| node["health"]["alerts"][severity].as_u64();
        Some(Self {
            id: id(&node["nd"])?,
            name: text(&node["nm"]),
            state: if is_reachable { NodeState::Reachable } else { NodeState::Other },
            active: count("critical").zip(count("warning")).map(|(critical, warning)| critical + warning),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_node_is_reachable_only_where_that_is_said() {
        let nodes = Node::read_all(&json!({ "nodes": [
            { "nd": "N", "nm": "web", "state": "reachable", "health": { "alerts": { "critical": 1, "warning": 2 } } },
            { "nd": "M", "state": "stale" }, { "nd": "L" }, { "nm": "x" },
        ] }));
        let nodes = nodes.unwrap();
        let states: Vec<_> = nodes.iter().map(|node| (node.state, node.active)).collect();
        assert_eq!(
            states,
            [(NodeState::Reachable, Some(3)), (NodeState::Other, None), (NodeState::Other, None)]
        );
        assert_eq!(Node::read_all(&json!([])), None);
    }
}
