//! The two ids. Labels are the identity, whatever they are; the tenant is the token they came with.

use alert::{EventId, Fingerprint, Labels, Signal};
use jiff::Timestamp;

/// Which alert has these labels.
pub(super) fn fingerprint(account: &str, labels: &Labels) -> Fingerprint {
    let labels = labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    Fingerprint::of(["alertmanager/1", account].into_iter().chain(labels))
}

/// Which event this is: `apart` distinguishes the events of one run and signal.
pub(super) fn event_id(
    fingerprint: Fingerprint,
    starts_at: Option<Timestamp>,
    signal: Signal,
    apart: Option<Timestamp>,
) -> EventId {
    let text = |time: Option<Timestamp>| time.map_or(String::new(), |time| time.to_string());
    EventId::of([
        "alertmanager-event/1",
        &fingerprint.to_string(),
        &text(starts_at),
        signal.as_str(),
        &text(apart),
    ])
}
