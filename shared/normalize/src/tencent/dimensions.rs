//! What an alarm is about: the dimensions that identify it, and the one that names the resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::content;
use super::document::Section;
use crate::value::filled;

/// Keys and values in the order in which they are hashed.
pub(super) type Dimensions = Vec<(String, String)>;

/// Names, tags and addresses: they change while the resource stays the same.
const CHANGEABLE: [&str; 3] = ["objName", "deviceName", "objDetail"];

/// Where a resource's id or name stands, by product; a part of a resource before the whole, so that the most
/// specific key names it.
const RESOURCE_KEYS: [&str; 48] = [
    "pod_name",
    "pod",
    "rnodeid",
    "pnodeid",
    "nodeid",
    "node_id",
    "shardid",
    "shard_id",
    "topicname",
    "topicid",
    "lanIp",
    "diskid",
    "TableInstanceId",
    "workload_name",
    "workload",
    "function_name",
    "unInstanceId",
    "uInstanceId",
    "instanceid",
    "instance_id",
    "instance",
    "target",
    "node",
    "host",
    "hostname",
    "clusterid",
    "tke_cluster_instance_id",
    "uniq_nat_id",
    "vpnconnid",
    "directconnectid",
    "directconnectconnid",
    "directconnectgatewayid",
    "peeringconnectionid",
    "netdetectid",
    "netgroup",
    "bucket",
    "FileSystemId",
    "domain",
    "vip",
    "lbid",
    "loadBalancerId",
    "objName",
    "objId",
    // An account's or an engine's own number, which nobody knows a database by.
    "uid",
    // What came as a text or a list, and not as an object.
    DIMENSIONS,
    TAGS,
    "deviceName",
    "name",
];

const DIMENSIONS: &str = "dimensions";
const TAGS: &str = "tags";
const CONTENT: &str = "content";

/// Where a named pair of a list has its name and its value.
const PAIR_NAMES: [&str; 2] = ["key", "name"];
const PAIR_VALUE: &str = "value";

/// Gives `document` the objects that its dimensions and tags stand for, where they came as a text or a list.
pub(super) fn unfold(document: &mut Map<String, Value>) {
    for (parent, key) in [("alarmObjInfo", DIMENSIONS), ("alarmObjInfo", TAGS), ("data", DIMENSIONS)] {
        let place = alike_mut(document, parent).and_then(Value::as_object_mut);
        if let Some(value) = place.and_then(|parent| alike_mut(parent, key)) {
            *value = unfolded(key, value.take());
        }
    }
}

fn alike_mut<'a>(members: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Value> {
    if members.contains_key(key) {
        return members.get_mut(key);
    }
    members.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

/// `value` as an object; what has no names of its own goes by `key`.
fn unfolded(key: &str, value: Value) -> Value {
    let members = match value {
        Value::Object(members) => members,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(nested @ (Value::Object(_) | Value::Array(_))) => return unfolded(key, nested),
            _ => told_in_text(key, &text),
        },
        Value::Array(items) => merged(key, items),
        Value::Null => Map::new(),
        scalar @ (Value::Bool(_) | Value::Number(_)) => [(key.to_owned(), scalar)].into_iter().collect(),
    };
    Value::Object(members)
}

/// The members of `pod=p-1;namespace=shop`, or all of `text` as one.
fn told_in_text(key: &str, text: &str) -> Map<String, Value> {
    let parts = text.split([',', ';', '|', '\n']).filter_map(filled);
    let pairs: Option<Map<_, _>> = parts.map(pair_in_text).collect();
    let whole = || filled(text).map(|text| (key.to_owned(), text.into())).into_iter().collect();
    pairs.unwrap_or_else(whole)
}

fn pair_in_text(part: &str) -> Option<(String, Value)> {
    let (name, value) = part.split_once(['=', ':'])?;
    let (name, value) = (filled(name)?, filled(value)?);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then(|| (name.to_owned(), value.into()))
}

/// The members of all `items`, those of one name sorted and joined: the order of a list tells nothing apart.
fn merged(key: &str, items: Vec<Value>) -> Map<String, Value> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in items {
        let Value::Object(members) = named(unfolded(key, item)) else {
            continue;
        };
        for (name, value) in Section::from(&members).entries() {
            texts.entry(name).or_default().insert(value);
        }
    }
    let joined = |values: BTreeSet<String>| Value::from(Vec::from_iter(values).join(","));
    texts.into_iter().map(|(name, values)| (name, joined(values))).collect()
}

/// `{"key": "pod", "value": "p-1"}` as `{"pod": "p-1"}`.
fn named(item: Value) -> Value {
    let Value::Object(members) = &item else {
        return item;
    };
    let pair = Section::from(members);
    match (pair.first_scalar(&PAIR_NAMES), pair.flat(PAIR_VALUE)) {
        (Some(name), Some(value)) => Value::Object([(name, value.into())].into_iter().collect()),
        _ => item,
    }
}

/// The canonical dimensions of a metric alarm. `objId` never stands for the rest: the topics of one CKafka
/// instance share it.
pub(super) fn of_metric(object: Section<'_>) -> Dimensions {
    let dimensions = object.section(DIMENSIONS);
    or_else(or_else(lasting(dimensions), || name(dimensions)), || without_dimensions(object))
}

/// The canonical dimensions of an event: the instance, since the rest may differ between firing and recovery.
pub(super) fn of_event(object: Section<'_>) -> Dimensions {
    let dimensions = object.section(DIMENSIONS);
    let instance = first(dimensions, &["unInstanceId", "uInstanceId"]);
    let rest = || or_else(lasting(dimensions), || dimensions.section("objDetail").entries());
    or_else(or_else(or_else(instance, rest), || name(dimensions)), || without_dimensions(object))
}

/// What tells the object of an alarm without dimensions from others: its tags, else an id beside them, else what
/// the alarm says of it, less the values, which differ between firing and recovery.
fn without_dimensions(object: Section<'_>) -> Dimensions {
    let content = || {
        let said = object.flat(CONTENT).and_then(|text| content::lasting(&text));
        said.map(|text| (CONTENT.to_owned(), text)).into_iter().collect()
    };
    or_else(or_else(object.section(TAGS).entries(), || first(object, &RESOURCE_KEYS)), content)
}

/// The canonical dimensions of a CloudEvent.
pub(super) fn of_cloud_event(event: Section<'_>, data: Section<'_>) -> Dimensions {
    let subject = or_else(first(data, &["instanceId"]), || first(event, &["subject"]));
    or_else(subject, || data.section("dimensions").entries())
}

/// The canonical dimensions of a template: `object` is one text for all of them.
pub(super) fn of_template(body: Section<'_>) -> Dimensions {
    body.flat("object").map(|object| ("object".to_owned(), object)).into_iter().collect()
}

/// The resource that the object of an alarm names: in its dimensions, its tags, or beside them.
pub(super) fn resource(object: Section<'_>) -> Option<String> {
    let places = [object.section(DIMENSIONS), object.section(TAGS), object];
    places.into_iter().find_map(resource_in)
}

fn resource_in(dimensions: Section<'_>) -> Option<String> {
    RESOURCE_KEYS.iter().find_map(|key| {
        let name = dimensions.scalar(key)?;
        Some(match *key {
            "pod_name" | "pod" => with_parts(dimensions, name, &["container_name", "container"]),
            "topicname" | "topicid" => with_parts(dimensions, name, &["consumer_group", "partition"]),
            "lanIp" => joined(&name, ":", dimensions.scalar("port")),
            "vip" | "lbid" => listener(dimensions, name),
            "objName" => part_of_name(&name, "ID").unwrap_or(name),
            _ => name,
        })
    })
}

/// What people call the object of an alarm, where that is not how its resource goes.
pub(super) fn display_name(object: Section<'_>) -> Option<String> {
    let dimensions = object.section(DIMENSIONS);
    let named = || part_of_name(&dimensions.scalar("objName")?, "Instance Name");
    // A node's id says nothing without its instance.
    let node = || {
        let instance = dimensions.scalar("instanceid")?;
        Some(joined(&instance, "/", Some(dimensions.first_scalar(&["rnodeid", "pnodeid"])?)))
    };
    dimensions.scalar("deviceName").or_else(named).or_else(node)
}

/// `price` for `Instance Name` in `ID:crs-1amp2583|Instance Name:price|Ip Port:10.0.0.52:6379`.
fn part_of_name(text: &str, part: &str) -> Option<String> {
    let parts = text.split('|').filter_map(|part| part.split_once(':'));
    let mut named = parts.filter(|(name, _)| name.trim().eq_ignore_ascii_case(part));
    named.find_map(|(_, value)| filled(value)).map(str::to_owned)
}

fn with_parts(dimensions: Section<'_>, name: String, parts: &[&str]) -> String {
    parts.iter().fold(name, |name, part| joined(&name, "/", dimensions.scalar(part)))
}

fn joined(name: &str, separator: &str, part: Option<String>) -> String {
    part.map_or_else(|| name.to_owned(), |part| format!("{name}{separator}{part}"))
}

/// A load balancer's listener, as `vip:port/protocol`.
fn listener(dimensions: Section<'_>, mut listener: String) -> String {
    if let Some(port) = dimensions.first_scalar(&["vport", "loadBalancerPort", "port"]) {
        listener = format!("{listener}:{port}");
    }
    if let Some(protocol) = dimensions.scalar("protocol") {
        listener = format!("{listener}/{protocol}");
    }
    listener
}

fn lasting(dimensions: Section<'_>) -> Dimensions {
    let is_changeable = |key: &str| CHANGEABLE.iter().any(|name| name.eq_ignore_ascii_case(key));
    dimensions.entries().into_iter().filter(|(key, _)| !is_changeable(key)).collect()
}

fn name(dimensions: Section<'_>) -> Dimensions {
    first(dimensions, &["objName", "deviceName"])
}

/// The first of `keys` that has a value, under the name it has here: the sender's case must not matter.
fn first(section: Section<'_>, keys: &[&str]) -> Dimensions {
    let found = keys.iter().find_map(|key| Some(((*key).to_owned(), section.scalar(key)?)));
    found.into_iter().collect()
}

fn or_else(dimensions: Dimensions, otherwise: impl FnOnce() -> Dimensions) -> Dimensions {
    if dimensions.is_empty() { otherwise() } else { dimensions }
}
