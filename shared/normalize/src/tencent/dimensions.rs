//! What an alarm is about: the dimensions that identify it.

use super::content;
use super::document::Section;
use super::resource::RESOURCE_KEYS;

/// Keys and values in the order in which they are hashed.
pub(super) type Dimensions = Vec<(String, String)>;

/// Names, tags and addresses: they change while the resource stays the same.
const CHANGEABLE: [&str; 3] = ["objName", "deviceName", "objDetail"];

/// The member that holds the dimensions.
pub(super) const DIMENSIONS: &str = "dimensions";
/// The member that holds the tags.
pub(super) const TAGS: &str = "tags";
const CONTENT: &str = "content";

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

/// What distinguishes the object of an alarm without dimensions: its tags, else an id beside them, else what
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
