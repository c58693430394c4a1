//! What people call the object of an alarm: the most specific of its dimensions.

use super::dimensions::{DIMENSIONS, TAGS};
use super::document::Section;
use crate::value::filled;

/// Where a resource's id or name stands, by product; a part of a resource before the whole, so that the most
/// specific key names it.
pub(super) const RESOURCE_KEYS: [&str; 48] = [
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
