//! Spaces, and the room of a space that holds all of its nodes.

use serde_json::Value;
use url::Url;

use crate::read::{id, text};
use crate::transition::Transition;

/// Where people look at a space.
const CONSOLE: &str = "https://app.netdata.cloud/";
/// What the room of all nodes is called in addresses.
const ALL_NODES: &str = "all-nodes";

/// A space that the token sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its id, a UUID: the account of its alerts.
    pub id: String,
    /// What it is called in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// A room of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: String,
    /// What it is called in addresses.
    pub slug: String,
    /// Whether nobody can remove it, which is so of the room of all nodes alone.
    pub holds_all_nodes: bool,
}

impl Space {
    /// The spaces of an answer; `None` where it is no list.
    pub fn read_all(body: &Value) -> Option<Vec<Self>> {
        Some(body.as_array()?.iter().filter_map(Self::read).collect())
    }

    fn read(space: &Value) -> Option<Self> {
        let id = id(&space["id"])?;
        let slug = text(&space["slug"]).unwrap_or_else(|| id.clone());
        let name = text(&space["name"]).unwrap_or_else(|| slug.clone());
        Some(Self { id, slug, name })
    }

    /// The page of the alert that `transition` is of.
    pub fn page_of(&self, transition: &Transition) -> Option<String> {
        let mut url = Url::parse(CONSOLE).ok()?;
        let place = transition.context.as_deref().or(transition.instance.as_deref())?;
        let page = format!("{place}.{}:::{}", transition.name, transition.node_id);
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(["spaces", &self.slug, "rooms", ALL_NODES, "alerts", &page]);
        let mut query = url.query_pairs_mut();
        if let Some(instance) = &transition.instance {
            query.append_pair("chart", instance);
        }
        query.append_pair("alarm", &transition.name).append_pair("transition", &transition.id);
        drop(query);
        Some(url.into())
    }
}

impl Room {
    /// The rooms of an answer; `None` where it is no list.
    pub fn read_all(body: &Value) -> Option<Vec<Self>> {
        Some(body.as_array()?.iter().filter_map(Self::read).collect())
    }

    fn read(room: &Value) -> Option<Self> {
        let slug = text(&room["slug"]).unwrap_or_default();
        let holds_all_nodes = room["untouchable"].as_bool().unwrap_or(slug == ALL_NODES);
        Some(Self { id: id(&room["id"])?, slug, holds_all_nodes })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_room_of_all_nodes_is_the_one_that_nobody_can_remove() {
        let rooms = json!([{ "id": "R1", "slug": "web", "untouchable": false }, { "id": "R2", "slug": "renamed", "untouchable": true }, {}]);
        let rooms = Room::read_all(&rooms).unwrap();
        assert_eq!(
            rooms.iter().filter(|room| room.holds_all_nodes).map(|room| &*room.id).collect::<Vec<_>>(),
            ["r2"]
        );
        assert_eq!(Room::read_all(&json!({ "rooms": [] })), None);
        assert_eq!(Space::read_all(&json!([{ "id": "S", "slug": null }])).unwrap()[0].name, "s");
    }

    #[test]
    fn a_page_is_that_of_the_webhook_with_all_that_identifies_the_alert() {
        let space = Space { id: "s".into(), slug: "example".into(), name: "Example".into() };
        let row = json!({ "transition_id": "t", "node_id": "n", "alert": "used swap", "instance": "disk_space._/var", "context": "disk.space", "when": 1 });
        assert_eq!(
            space.page_of(&Transition::read(&row).unwrap()).unwrap(),
            "https://app.netdata.cloud/spaces/example/rooms/all-nodes/alerts/disk.space.used%20swap:::n\
             ?chart=disk_space._%2Fvar&alarm=used+swap&transition=t"
        );
    }
}
