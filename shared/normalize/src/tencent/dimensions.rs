//! What an alarm is about: the dimensions that identify it, and the one that names the resource.

use super::document::Section;

/// Keys and values in the order in which they are hashed.
pub(super) type Dimensions = Vec<(String, String)>;

/// Names, tags and addresses: they change while the resource stays the same.
const CHANGEABLE: [&str; 3] = ["objName", "deviceName", "objDetail"];

/// Where a resource's id or name stands, by product; the most telling first.
const RESOURCE_KEYS: [&str; 25] = [
    "unInstanceId",
    "uInstanceId",
    "instanceid",
    "instance_id",
    "diskid",
    "target",
    "TableInstanceId",
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
    "function_name",
    "uid",
    "vip",
    "objId",
    "objName",
];

/// The canonical dimensions of a metric alarm. `objId` never stands for the rest: the topics of one CKafka
/// instance share it.
pub(super) fn of_metric(dimensions: Section<'_>) -> Dimensions {
    or_else(lasting(dimensions), || name(dimensions))
}

/// The canonical dimensions of an event: the instance, since the rest may differ between firing and recovery.
pub(super) fn of_event(dimensions: Section<'_>) -> Dimensions {
    let instance = first(dimensions, &["unInstanceId", "uInstanceId"]);
    let rest = || or_else(lasting(dimensions), || dimensions.section("objDetail").entries());
    or_else(or_else(instance, rest), || name(dimensions))
}

/// The canonical dimensions of a CloudEvent.
pub(super) fn of_cloud_event(event: Section<'_>, data: Section<'_>) -> Dimensions {
    let subject = or_else(first(data, &["instanceId"]), || first(event, &["subject"]));
    or_else(subject, || data.section("dimensions").entries())
}

/// The canonical dimensions of a template: `object` is one text for all of them.
pub(super) fn of_template(body: Section<'_>) -> Dimensions {
    first(body, &["object"])
}

/// The resource that `dimensions` name.
pub(super) fn resource(dimensions: Section<'_>) -> Option<String> {
    RESOURCE_KEYS.iter().find_map(|key| match *key {
        "vip" => listener(dimensions),
        key => dimensions.scalar(key),
    })
}

/// A load balancer's listener, as `vip:port/protocol`.
fn listener(dimensions: Section<'_>) -> Option<String> {
    let mut listener = dimensions.scalar("vip")?;
    if let Some(port) = dimensions.first_scalar(&["vport", "loadBalancerPort", "port"]) {
        listener = format!("{listener}:{port}");
    }
    if let Some(protocol) = dimensions.scalar("protocol") {
        listener = format!("{listener}/{protocol}");
    }
    Some(listener)
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
