//! Which group an alert belongs to.

use std::iter::once;

use alert::{Alert, Labels, served_labels};

use crate::{Destination, GroupBy, GroupId};

/// Most alerts that a queue knows to be firing; more go into another one.
pub const MOST_NOTIFIED: usize = 5_000;

/// The group in which `alert` opens at `destination`, and what its alerts share.
pub fn group_of(destination: &Destination, alert: &Alert) -> (GroupId, Labels) {
    let GroupBy::Labels(names) = &destination.group_by else {
        return (alert.fingerprint, Labels::new());
    };
    let served = served_labels(alert);
    let value = |name: &String| match name.as_str() {
        "resource" => served.get(name).cloned().or_else(|| alert.resource.clone()),
        "service" => served.get(name).cloned().or_else(|| alert.service.clone()),
        _ => served.get(name).cloned(),
    };
    let labels: Labels = names.iter().map(|name| (name.clone(), value(name).unwrap_or_default())).collect();
    let fields = names.iter().flat_map(|name| [name.clone(), labels.get(name).cloned().unwrap_or_default()]);
    let id = GroupId::of(once(destination.id.clone()).chain(fields));
    (id, labels.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

/// The group that takes what does not fit into `group`.
pub(crate) fn overflow(group: GroupId) -> GroupId {
    GroupId::of([group.to_string(), "overflow".to_owned()])
}
