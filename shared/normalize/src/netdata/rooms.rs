//! The rooms that a node is in. The document types them `object[object(string,string)]`, which nobody can know how
//! to read, so that every likely form is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::page::Page;
use crate::value::{field, filled};

/// The slugs of `rooms`, or the names of those that have none, sorted and joined with `,`.
pub(super) fn label(rooms: &Value) -> Option<String> {
    let slugs: BTreeSet<String> = match rooms {
        Value::Array(list) => list.iter().flat_map(listed).collect(),
        Value::Object(object) => in_object(object).into_iter().collect(),
        _ => return None,
    };
    (!slugs.is_empty()).then(|| Vec::from_iter(slugs).join(","))
}

fn listed(entry: &Value) -> Vec<String> {
    match entry {
        Value::String(room) => filled(room).map(slug_or_name).into_iter().collect(),
        Value::Object(object) => in_object(object),
        _ => Vec::new(),
    }
}

/// The one room that `object` describes, or those that it lists by name.
fn in_object(object: &Map<String, Value>) -> Vec<String> {
    let describes_one =
        ["slug", "url", "name"].into_iter().any(|key| object.get(key).is_some_and(Value::is_string));
    if describes_one {
        return described(object).into_iter().collect();
    }
    object.iter().filter_map(|(name, room)| named(name, room)).collect()
}

fn described(room: &Map<String, Value>) -> Option<String> {
    let slug_in_url = || field(room, "url").and_then(|url| Page::at(url).room());
    field(room, "slug").or_else(slug_in_url).or_else(|| field(room, "name")).map(|room| slug_or_name(&room))
}

fn named(name: &str, room: &Value) -> Option<String> {
    let known = match room {
        Value::String(url) => Page::at(url.clone()).room(),
        Value::Object(room) => described(room),
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    known.or_else(|| filled(name).map(str::to_owned))
}

fn slug_or_name(room: &str) -> String {
    Page::at(room.to_owned()).room().unwrap_or_else(|| room.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DATABASES: &str = "https://app.netdata.cloud/spaces/example/rooms/db";
    const WEB: &str = "https://app.netdata.cloud/spaces/example/rooms/web/";

    #[test]
    fn every_form_of_rooms_is_read() {
        let forms = [
            json!({ "Databases": DATABASES, "Web servers": WEB }),
            json!([{ "Web servers": WEB }, { "Databases": DATABASES }]),
            json!([{ "name": "Web servers", "url": WEB }, { "name": "Databases", "url": DATABASES }]),
            json!({ "a": { "name": "Web servers", "url": WEB }, "b": { "name": "Databases", "url": DATABASES } }),
            json!([{ "id": "1", "name": "Web servers", "slug": "web", "url": "" }, { "slug": "db", "url": null }]),
            json!(["web", " db ", "db"]),
            json!([WEB, DATABASES]),
            json!([null, 7, [], {}, "", "web", "db"]),
        ];
        for form in forms {
            assert_eq!(label(&form).as_deref(), Some("db,web"), "{form}");
        }
    }

    #[test]
    fn a_room_without_a_link_goes_by_its_name() {
        let forms = [
            json!({ "Databases": "" }),
            json!({ "Databases": null }),
            json!({ "Databases": {} }),
            json!({ "name": "Databases" }),
            json!({ "name": "Databases", "url": "https://app.netdata.cloud/" }),
            json!(["Databases"]),
        ];
        for form in forms {
            assert_eq!(label(&form).as_deref(), Some("Databases"), "{form}");
        }
    }

    #[test]
    fn anything_else_is_no_room() {
        let forms = [
            json!(null),
            json!("Databases"),
            json!(5),
            json!([]),
            json!({}),
            json!({ "": "" }),
            json!({ "a": 1, "b": [] }),
        ];
        for form in forms {
            assert_eq!(label(&form), None, "{form}");
        }
    }
}
