//! The name of a delivery, in texts and in the table.

use std::fmt;
use std::str::FromStr;

use alert::Fingerprint;
use jiff::Timestamp;

use crate::store::Cursor;
use crate::store::definition::{PK, SK};
use crate::store::item::{Item, alert_pk, key, sortable, text};

/// What stands before the revision in the sort key of a delivery.
pub(crate) const DELIVERY: &str = "DELIVERY#";
/// How many digits of a revision the sort key has, so that its order as text is the order of revisions.
const REVISION_DIGITS: usize = 20;

/// Names a delivery: `<fingerprint>-<revision>-<destination>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The alert's revision that is told.
    pub revision: u64,
    /// Whom it is told.
    pub destination: String,
}

/// A text that names no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a delivery's id: it looks like `<fingerprint>-<revision>-<destination>`")]
pub struct ParseDeliveryIdError(String);

impl DeliveryId {
    pub(crate) fn sort_key(&self) -> String {
        format!("{DELIVERY}{:0REVISION_DIGITS$}#{}", self.revision, self.destination)
    }

    pub(crate) fn key(&self) -> Item {
        key(alert_pk(self.fingerprint), self.sort_key())
    }

    /// Sorts by time in an index.
    pub(super) fn index_key(&self, time: Timestamp) -> String {
        format!("{}#{self}", sortable(time))
    }

    /// The delivery that a list ended with, by its [`index_key`](Self::index_key).
    pub(crate) fn of_cursor(cursor: &Cursor) -> Option<Self> {
        cursor.sort_key().split_once('#')?.1.parse().ok()
    }

    pub(super) fn of(item: &Item) -> Option<Self> {
        let fingerprint = text(item, PK)?.strip_prefix("ALERT#")?;
        let sort_key = text(item, SK)?.strip_prefix(DELIVERY)?;
        let (revision, destination) = sort_key.split_once('#')?;
        Some(Self {
            fingerprint: fingerprint.parse().ok()?,
            revision: revision.parse().ok()?,
            destination: destination.to_owned(),
        })
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.fingerprint, self.revision, self.destination)
    }
}

impl FromStr for DeliveryId {
    type Err = ParseDeliveryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseDeliveryIdError(text.chars().take(128).collect()))
    }
}

fn parse(text: &str) -> Option<DeliveryId> {
    let (fingerprint, rest) = text.split_once('-')?;
    let (revision, destination) = rest.split_once('-')?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_number = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || destination.is_empty() || !destination.bytes().all(is_plain) {
        return None;
    }
    Some(DeliveryId {
        fingerprint: fingerprint.parse().ok()?,
        revision: revision.parse().ok()?,
        destination: destination.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let text = "031b4125892183eab987979912c384a4-7-ops-slack";
        let id: DeliveryId = text.parse().unwrap();
        assert_eq!((id.revision, id.destination.as_str()), (7, "ops-slack"));
        assert_eq!(id.to_string(), text);
    }

    #[test]
    fn what_names_no_delivery_is_refused() {
        for text in
            ["", "a-1-b", "031b4125892183eab987979912c384a4-x-b", "031b4125892183eab987979912c384a4-1-B#"]
        {
            assert!(text.parse::<DeliveryId>().is_err(), "{text}");
        }
        assert!("031b4125892183eab987979912c384a4-+1-b".parse::<DeliveryId>().is_err());
    }

    #[test]
    fn sort_keys_are_in_the_order_of_revisions() {
        let keys = [2, 10, 300].map(|revision| {
            let id =
                DeliveryId { fingerprint: Fingerprint::of(["a"]), revision, destination: "b".to_owned() };
            id.sort_key()
        });
        assert!(keys.is_sorted());
    }
}
