//! The names of an account's monitors, so that not every poll asks for them.

use std::collections::BTreeMap;

use alert::Source;
use aws_sdk_dynamodb::types::AttributeValue;
use intake::StoreError;
use jiff::Timestamp;

use super::super::Table;
use super::super::definition::EXPIRES_AT;
use super::super::item::{Item, check_version, integer, new_item, number, rejected, source_pk, unreadable};
use super::super::packed::{Dictionary, pack, unpack};
use super::super::retry::refused;

const NAMES: &str = "NAMES";
const READ_AT: &str = "read_at";
const MONITORS: &str = "monitors";
/// How long names are kept that nobody renews.
const KEPT_SECS: i64 = 7 * 86_400;

/// Monitor ids to names, as they were at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNames {
    /// When they were read; a whole second.
    pub read_at: Timestamp,
    /// Names by monitor id.
    pub monitors: BTreeMap<String, String>,
}

impl Table {
    /// The names that were last kept of `account`.
    pub async fn known_names(&self, source: Source, account: &str) -> Result<Option<KnownNames>, StoreError> {
        let item = self.item(source_pk(source, account), NAMES).await?;
        Ok(item.as_ref().and_then(|item| self.readable(item, read)))
    }

    /// Keeps `names` of `account` for those who poll next.
    pub async fn keep_names(
        &self,
        source: Source,
        account: &str,
        names: &KnownNames,
    ) -> Result<(), StoreError> {
        let mut item = new_item(source_pk(source, account), NAMES);
        let read_at = names.read_at.as_second();
        item.insert(READ_AT.to_owned(), number(read_at));
        item.insert(EXPIRES_AT.to_owned(), number(read_at.saturating_add(KEPT_SECS)));
        // Deflated, the names of ten thousand monitors fit an item.
        let packed = pack(&names.monitors, Dictionary::of(source)).map_err(rejected("names of monitors"))?;
        item.insert(MONITORS.to_owned(), AttributeValue::B(packed));
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item)).send().await;
        put.map(drop).map_err(|error| refused("keep the names of monitors", "names of monitors", error))
    }
}

fn read(item: &Item) -> Result<KnownNames, StoreError> {
    const WHAT: &str = "names of monitors";
    check_version(item, WHAT)?;
    let read_at = Timestamp::from_second(integer(item, READ_AT).unwrap_or_default());
    let packed = item.get(MONITORS).and_then(|value| value.as_b().ok()).ok_or("there are none");
    let packed = packed.map_err(unreadable(WHAT))?;
    Ok(KnownNames {
        read_at: read_at.map_err(unreadable(WHAT))?,
        monitors: unpack(packed).map_err(unreadable(WHAT))?,
    })
}
