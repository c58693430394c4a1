//! The alert that is asked to be created.

use alert::Severity;
use net::sanitize;
use serde_json::{Map, Value, json};

use crate::json::{pruned, unless_empty};
use crate::settings::Fields;
use crate::text::{self, Markup, Room, fit};
use crate::wording::{LinkKind, Wording, account, optional_line};
use crate::{Notification, Subject};

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

/// Whom the alert is for, as the API takes them.
#[derive(Debug)]
pub(crate) struct Responders(Vec<Value>);

/// Tags of every alert.
#[derive(Debug)]
pub(crate) struct Tags(Vec<String>);

impl Responders {
    /// Reads `responders`.
    pub(crate) fn read(fields: &mut Fields) -> Self {
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
    /// Reads `tags`.
    pub(crate) fn read(fields: &mut Fields) -> Self {
        let tags = fields.texts("tags", read_tag);
        if tags.len() >= MOST_TAGS {
            fields.mistake("tags", format!("are too many: use at most {}", MOST_TAGS - 1));
        }
        Self(tags)
    }
}

fn read_tag(tag: &str) -> Result<String, String> {
    let tag = sanitize::line(tag);
    if tag.is_empty() || text::units(&tag) > TAG_UNITS {
        return Err(format!("is not a tag: use 1 to {TAG_UNITS} characters"));
    }
    Ok(tag)
}

pub(crate) fn body(notification: &Notification, responders: &Responders, tags: &Tags) -> Value {
    let wording = Wording::of(notification);
    let (entity, source) = match &notification.subject {
        Subject::Alert(subject) => (subject.alert.resource.as_deref(), subject.alert.source.as_str()),
        Subject::Group(group) => {
            let source = group.alerts.first().map_or("campanile", |alert| alert.source.as_str());
            (group.labels.get("resource").map(String::as_str), source)
        }
    };
    let tags: Vec<_> = [source].into_iter().chain(tags.0.iter().map(String::as_str)).collect();
    let entity = optional_line(entity);
    pruned(json!({
        "message": message_text(&wording),
        "alias": notification.group,
        "description": description(&wording),
        "responders": (!responders.0.is_empty()).then_some(&responders.0),
        "tags": tags,
        "details": unless_empty(details(notification, &wording).into()),
        "entity": entity.map(|entity| fit(&entity, Room::units(ENTITY_UNITS), Markup::None)),
        "source": "Campanile",
        "priority": priority(notification.severity()),
    }))
}

pub(crate) fn message_text(wording: &Wording) -> String {
    wording.title_line(Room::units(MESSAGE_UNITS), Markup::None)
}

/// Explanation, the alerts of a group, and links as they are; none if there is nothing to say.
pub(crate) fn description(wording: &Wording) -> Option<String> {
    let links: Vec<_> = wording
        .links
        .iter()
        .filter(|link| link.kind != LinkKind::Source)
        .map(|link| (link.kind, format!("{}: {}", link.label, link.url)))
        .collect();
    wording.body(Room::units(DESCRIPTION_UNITS), Markup::None, &links)
}

pub(crate) const fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "P1",
        Severity::High => "P2",
        Severity::Warning => "P3",
        Severity::Low => "P4",
        Severity::Info => "P5",
    }
}

/// What else is known, then the labels, as far as there is room.
fn details(notification: &Notification, wording: &Wording) -> Map<String, Value> {
    let url = wording.links.iter().find(|link| link.kind == LinkKind::Source).map(|link| link.url.clone());
    let (own, labels) = match &notification.subject {
        Subject::Alert(subject) => {
            let alert = &subject.alert;
            let own = [
                ("url", url),
                ("value", wording.fact("Value").or_else(|| alert.value.clone())),
                ("service", alert.service.clone()),
                ("account", account(alert)),
                ("since", wording.fact("Since")),
                ("flapped", (subject.flapped > 0).then(|| subject.flapped.to_string())),
            ];
            (own.to_vec(), &alert.labels)
        }
        Subject::Group(group) => (vec![("url", url), ("source", wording.fact("Source"))], &group.labels),
    };
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let labels =
        labels.iter().map(|(name, value)| (format!("label.{}", sanitize::line(name)), value.clone()));
    within_limit(own.chain(labels))
}

fn within_limit(details: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut left = DETAILS_UNITS;
    let mut kept = Map::new();
    for (name, value) in details {
        let Some(value) = optional_line(Some(&value)) else {
            continue;
        };
        let most = if name == "url" { usize::MAX } else { DETAIL_UNITS };
        let value = fit(&value, Room::units(most), Markup::None);
        if let Some(rest) = left.checked_sub(text::units(&name) + text::units(&value)) {
            left = rest;
            kept.insert(name, value.into());
        }
    }
    kept
}
