//! The form of each item: keys, times that sort, the version of the form, and the state of an alert.
//!
//! An item says in `v` by which version of these forms it was written; the first had no such attribute. Readers take the
//! present version and the one before, and leave alone what a newer one wrote.

use std::collections::HashMap;

use alert::{Alert, Condition, Fingerprint, Severity, Source};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use intake::{QuarantineId, StoreError};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use super::annotations::cut;
use super::definition::{BY_CONDITION, EXPIRES_AT, PK, SK};
use super::packed::{Dictionary, pack, unpack};

/// One item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute that says in which version of its form an item is written.
pub(crate) const VERSION: &str = "v";
/// The version that is written. The first one, without the attribute, had history entries without their time in the key.
pub(crate) const FORMAT: u32 = 2;
/// Into how many partitions each index is spread, so that none runs hot.
pub(crate) const SHARDS: u8 = 4;
/// The sort key of an alert's state.
pub(crate) const STATE: &str = "STATE";
/// What stands before the time and the event id in the sort key of a history entry.
pub(crate) const EVENT: &str = "EVENT#";

/// The word in error messages.
const WHAT: &str = "alert";
/// The member that holds the timeline, which no reader of the API sees.
const TIMELINE: &str = "timeline";

pub(crate) fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number<T: Into<i128>>(number: T) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(crate) fn integer<T: std::str::FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The partition of one alert: its state, its history and its requests.
pub(crate) fn alert_pk(fingerprint: Fingerprint) -> String {
    format!("ALERT#{fingerprint}")
}

/// The partition of a day's quarantine.
pub(crate) fn quarantine_pk(day: &str) -> String {
    format!("QUARANTINE#{day}")
}

/// The partition of `by_reception` that counts what a source's quarantine got on a day.
pub(crate) fn quarantined_partition(source: Source, day: &str) -> String {
    format!("quarantine#{source}#{day}")
}

/// The partition of what is kept of one account of a source: its cursor, its token, its heartbeat.
pub(crate) fn source_pk(source: Source, account: &str) -> String {
    format!("SOURCE#{source}#{account}")
}

/// The sort key of a quarantined request; all of it follows from its id.
pub(crate) fn quarantine_sk(id: QuarantineId) -> String {
    format!("{}#{id}", sortable(id.received_at()))
}

/// Whether `item` has this key.
pub(crate) fn is_at(item: &Item, (pk, sk): &(String, String)) -> bool {
    text(item, PK) == Some(pk) && text(item, SK) == Some(sk)
}

/// The key of an item.
pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([(PK.to_owned(), string(pk)), (SK.to_owned(), string(sk))])
}

/// A new item with this key, in the present form.
pub(crate) fn new_item(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    let mut item = key(pk, sk);
    item.insert(VERSION.to_owned(), number(FORMAT));
    item
}

/// Refuses an item that a newer version has written.
pub(crate) fn check_version(item: &Item, what: &'static str) -> Result<(), StoreError> {
    match integer::<u32>(item, VERSION) {
        Some(version) if version > FORMAT => {
            let newer = format!("it has form {version}, and this version knows up to {FORMAT}: upgrade");
            Err(unreadable(what)(newer))
        }
        _ => Ok(()),
    }
}

/// `time` in a form whose order as text is its order in time: UTC, always microseconds.
pub(crate) fn sortable(time: Timestamp) -> String {
    let time = Offset::UTC.to_datetime(time);
    format!(
        "{}T{:02}:{:02}:{:02}.{:06}Z",
        day_of(time),
        time.hour(),
        time.minute(),
        time.second(),
        time.subsec_nanosecond() / 1_000
    )
}

/// The UTC day of `time`, as `2026-11-21`.
pub(crate) fn day(time: Timestamp) -> String {
    day_of(Offset::UTC.to_datetime(time))
}

fn day_of(time: jiff::civil::DateTime) -> String {
    format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day())
}

/// The shard of an alert.
pub(crate) fn shard(fingerprint: Fingerprint) -> u8 {
    let digits = fingerprint.to_string();
    digits.bytes().fold(0_u8, |sum, digit| sum.wrapping_mul(31).wrapping_add(digit)) % SHARDS
}

/// The partition of `by_condition` that holds alerts of `condition` and `shard`.
pub(crate) fn condition_shard(condition: Condition, shard: u8) -> String {
    format!("{}#{shard}", condition.as_str())
}

/// The place of `alert` in its partition of `by_condition`. Severity and source stand behind what sorts, so that a filter
/// leaves out what it does not admit without reading it.
fn condition_key(alert: &Alert) -> String {
    let since = sortable(alert.condition_since);
    format!("{since}#{}#{} {}", alert.fingerprint, alert.severity, alert.source)
}

/// Severity and source of the alert that stands in `by_condition` with `sort_key`; `None` where an older version wrote it,
/// or a newer one that knows more of them.
pub(crate) fn kind_in_key(sort_key: &str) -> Option<(Severity, Source)> {
    let (_, kind) = sort_key.rsplit_once('#')?;
    let (severity, source) = kind.split_once(' ')?;
    Some((severity.parse().ok()?, source.parse().ok()?))
}

/// The partition of `by_reception` that holds a source's entries of a day and shard.
pub(crate) fn received_shard(source: Source, day: &str, shard: u8) -> String {
    format!("{source}#{day}#{shard}")
}

/// Whether DynamoDB should have removed `item` by `now`; it takes its time.
pub(crate) fn is_expired(item: &Item, now: Timestamp) -> bool {
    integer::<i64>(item, EXPIRES_AT).is_some_and(|expires_at| expires_at <= now.as_second())
}

/// The attributes of an alert's state, apart from its key and what is counted by itself; the packed alert comes first.
/// `repeats` of its occurrences are counted apart.
pub(crate) fn state_attributes(
    alert: &Alert,
    repeats: u64,
) -> Result<Vec<(&'static str, AttributeValue)>, StoreError> {
    let packed = pack_alert(alert, repeats).map_err(rejected(WHAT))?;
    let revision = alert.revision.saturating_sub(repeats);
    let mut attributes = vec![("alert", AttributeValue::B(packed)), ("revision", number(revision))];
    // A recovery of which no firing was seen is kept for a firing that may come late, but it is no alert to list.
    if alert.occurrences > 0 {
        attributes.extend([
            (BY_CONDITION.partition_key, string(condition_shard(alert.condition, shard(alert.fingerprint)))),
            (BY_CONDITION.sort_key, string(condition_key(alert))),
        ]);
    }
    Ok(attributes)
}

/// The alert that a state item holds.
pub(crate) fn to_alert(item: &Item) -> Result<Alert, StoreError> {
    check_version(item, WHAT)?;
    let packed = item.get("alert").and_then(|value| value.as_b().ok()).ok_or("there is none");
    let mut alert = unpack_alert(packed.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?;
    let repeats: u64 = integer(item, "repeats").unwrap_or_default();
    alert.revision = integer::<u64>(item, "revision").unwrap_or_default().saturating_add(repeats);
    alert.occurrences = alert.occurrences.saturating_add(repeats);
    alert.duplicates = integer(item, "duplicates").unwrap_or_default();
    let time = |name: &str| text(item, name).and_then(|time| time.parse().ok());
    alert.last_received_at =
        time("heard_at").map_or(alert.last_received_at, |at| alert.last_received_at.max(at));
    if alert.condition == Condition::Firing {
        alert.expires_at = alert.expires_at.max(time("renewed_until"));
    }
    Ok(alert)
}

/// An alert's fields and its timeline, deflated so that a state is below 1 KiB, which is one write unit. What has an
/// attribute of its own counts there.
fn pack_alert(alert: &Alert, repeats: u64) -> std::io::Result<Blob> {
    let occurrences = alert.occurrences.saturating_sub(repeats);
    let alert = Alert { occurrences, annotations: cut(&alert.annotations), ..alert.clone() };
    let mut fields = serde_json::to_value(&alert)?;
    if let Value::Object(fields) = &mut fields {
        fields.retain(|_, value| !value.is_null());
        fields.remove("silenced_by");
        fields.remove("inhibited_by");
        fields.insert(TIMELINE.to_owned(), serde_json::to_value(&alert.timeline)?);
    }
    pack(&fields, Dictionary::of(alert.source))
}

fn unpack_alert(packed: &Blob) -> std::io::Result<Alert> {
    let mut fields: Value = unpack(packed)?;
    let timeline = fields.as_object_mut().and_then(|fields| fields.remove(TIMELINE)).unwrap_or_default();
    let mut alert: Alert = serde_json::from_value(fields)?;
    alert.timeline = serde_json::from_value(timeline)?;
    Ok(alert)
}

/// Names what could not be read in the table's form.
pub(crate) fn unreadable<E>(what: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    move |error| StoreError::Corrupt { what, source: error.into() }
}

/// Names what cannot be written in the table's form.
pub(crate) fn rejected<E>(what: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    move |error| StoreError::Rejected { what, source: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_text_whatever_their_fraction() {
        let times = ["2026-03-01T04:45:27Z", "2026-03-01T04:45:27.166Z", "2026-03-01T04:45:28Z"];
        let keys: Vec<_> = times.iter().map(|time| sortable(time.parse().unwrap())).collect();
        assert_eq!(keys[1], "2026-03-01T04:45:27.166000Z");
        assert!(keys.is_sorted());
    }

    #[test]
    fn alerts_spread_over_all_shards() {
        let shards: std::collections::BTreeSet<_> =
            (0..100).map(|n| shard(Fingerprint::of([n.to_string()]))).collect();
        assert_eq!(shards.len(), usize::from(SHARDS));
    }
}
