//! The alert that Opsgenie is asked to create.

use serde_json::{Map, Value, json};

use crate::message::{self, Message};
use crate::request::{pruned, unless_empty};
use crate::settings::Fields;
use crate::text::{self, Markup, Room, fit};

const MESSAGE_UNITS: usize = 130;
const DESCRIPTION_UNITS: usize = 15_000;
/// Names and values of all details together.
const DETAILS_UNITS: usize = 8000;
/// Our cut of one detail, so that a long one leaves room for others.
const DETAIL_UNITS: usize = 1000;
const ENTITY_UNITS: usize = 512;
/// Most tags, of which ours, the source, is one.
const MOST_TAGS: usize = 20;
const TAG_UNITS: usize = 50;

/// Whom Opsgenie is to alert, as its API takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Responders(Vec<Value>);

/// Tags of every alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tags(Vec<String>);

impl Responders {
    pub(super) fn read(fields: &mut Fields) -> Self {
        let responders = fields.list("responders");
        for (index, responder) in responders.iter().enumerate() {
            if !is_responder(responder) {
                let problem = "is not a responder: write {\"type\":\"team\",\"name\":…} with a type of team, user, \
                               escalation or schedule, and id, name or username";
                fields.mistake(&format!("responders[{index}]"), problem);
            }
        }
        Self(responders)
    }
}

fn is_responder(value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let has_type = matches!(value["type"].as_str(), Some("team" | "user" | "escalation" | "schedule"));
    let names = ["id", "name", "username"];
    let is_named = names.iter().any(|name| value[*name].as_str().is_some_and(|text| !text.is_empty()));
    let is_known = |name: &String| name == "type" || names.contains(&name.as_str());
    has_type && is_named && members.keys().all(is_known)
}

impl Tags {
    pub(super) fn read(fields: &mut Fields) -> Self {
        let tags = fields.texts("tags", read_tag);
        if tags.len() >= MOST_TAGS {
            fields.mistake("tags", format!("are too many: use at most {}", MOST_TAGS - 1));
        }
        Self(tags)
    }
}

fn read_tag(tag: &str) -> Result<String, String> {
    let tag = text::line(tag);
    if tag.is_empty() || text::units(&tag) > TAG_UNITS {
        return Err(format!("is not a tag: use 1 to {TAG_UNITS} characters"));
    }
    Ok(tag)
}

pub(super) fn body(message: &Message, responders: &Responders, tags: &Tags) -> Value {
    let alert = &message.alert;
    let tags: Vec<_> = [alert.source.as_str()].into_iter().chain(tags.0.iter().map(String::as_str)).collect();
    let entity = message::optional_line(alert.resource.as_deref());
    pruned(json!({
        "message": message_text(message),
        "alias": alert.fingerprint.to_string(),
        "description": Some(description(message)).filter(|text| !text.is_empty()),
        "responders": (!responders.0.is_empty()).then_some(&responders.0),
        "tags": tags,
        "details": unless_empty(details(message).into()),
        "entity": entity.map(|entity| fit(&entity, Room::units(ENTITY_UNITS), Markup::None)),
        "source": "Campanile",
        "priority": priority(message),
    }))
}

pub(super) fn message_text(message: &Message) -> String {
    message::title(message, Room::units(MESSAGE_UNITS), Markup::None)
}

pub(super) fn description(message: &Message) -> String {
    fit(&message::summary(message).unwrap_or_default(), Room::units(DESCRIPTION_UNITS), Markup::None)
}

pub(super) const fn priority(message: &Message) -> &'static str {
    use alert::Severity::{Critical, High, Info, Low, Warning};
    match message.alert.severity {
        Critical => "P1",
        High => "P2",
        Warning => "P3",
        Low => "P4",
        Info => "P5",
    }
}

/// What else is known, then the labels, as far as there is room.
fn details(message: &Message) -> Map<String, Value> {
    let alert = &message.alert;
    let own = [
        ("url", message::link(message)),
        ("value", alert.value.clone()),
        ("service", alert.service.clone()),
        ("account", Some(alert.account.clone())),
        ("flapped", (message.flapped > 0).then(|| message.flapped.to_string())),
    ];
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let labels = alert.labels.iter().map(|(name, value)| (format!("label.{name}"), value.clone()));
    let mut room = DETAILS_UNITS;
    let mut details = Map::new();
    for (name, value) in own.chain(labels) {
        let Some(value) = message::optional_line(Some(&value)) else {
            continue;
        };
        let most = if name == "url" { usize::MAX } else { DETAIL_UNITS };
        let value = fit(&value, Room::units(most), Markup::None);
        if let Some(left) = room.checked_sub(text::units(&name) + text::units(&value)) {
            room = left;
            details.insert(name, value.into());
        }
    }
    details
}
