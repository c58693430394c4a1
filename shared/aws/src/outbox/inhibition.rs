//! Alerts that inhibit others, and what waits because of them, by what both have in common.

use alert::Fingerprint;
use dispatch::{InhibitedTarget, Inhibiting, Inhibitor, InhibitorKey, OutboxError};
use serde::de::DeserializeOwned;

use super::TableOutbox;
use super::item::{documents, index, inhibitor_pk, to_item, unavailable};
use crate::store::definition::{BY_CONDITION, PK, SK};
use crate::store::item::{string, text};

/// The partition of `by_condition` that holds what inhibits, by key, alert, and whether it matches both sides of its rule.
const INHIBITING: &str = "inhibiting";
const ONE_SIDED: &str = "1";
const TWO_SIDED: &str = "2";
const SOURCE: &str = "SOURCE#";
const TARGET: &str = "TARGET#";

impl TableOutbox {
    pub(super) async fn read_inhibitors(&self, key: InhibitorKey) -> Result<Vec<Inhibitor>, OutboxError> {
        self.read_inhibition(key, SOURCE).await
    }

    pub(super) async fn write_inhibitor(&self, inhibitor: &Inhibitor) -> Result<(), OutboxError> {
        let sk = format!("{SOURCE}{}", inhibitor.fingerprint);
        let mut item = to_item(inhibitor_pk(inhibitor.key), sk, inhibitor)?;
        let sides = if inhibitor.is_two_sided { TWO_SIDED } else { ONE_SIDED };
        index(
            &mut item,
            INHIBITING.to_owned(),
            format!("{}#{}#{sides}", inhibitor.key, inhibitor.fingerprint),
        );
        self.put(item, "write what inhibits").await
    }

    /// What inhibits at present, as the index has it: it lags a moment behind. What an older version wrote is not in it.
    pub async fn inhibiting(&self) -> Result<Inhibiting, OutboxError> {
        let entries = self.one_partition(INHIBITING, None, None, usize::MAX).await?;
        let mut inhibiting = Inhibiting::default();
        for entry in &entries {
            if let Some((key, fingerprint, sides)) = text(entry, BY_CONDITION.sort_key).and_then(parts) {
                inhibiting.add(key, fingerprint, sides == TWO_SIDED);
            }
        }
        Ok(inhibiting)
    }

    pub(super) async fn remove_inhibitor(
        &self,
        key: InhibitorKey,
        source: Fingerprint,
    ) -> Result<(), OutboxError> {
        self.delete((inhibitor_pk(key), format!("{SOURCE}{source}")), None, "remove what inhibits").await
    }

    pub(super) async fn read_inhibited(
        &self,
        key: InhibitorKey,
    ) -> Result<Vec<InhibitedTarget>, OutboxError> {
        self.read_inhibition(key, TARGET).await
    }

    pub(super) async fn write_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.put(to_item(inhibitor_pk(target.key), target_sk(target), target)?, "write what is inhibited")
            .await
    }

    pub(super) async fn remove_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.delete((inhibitor_pk(target.key), target_sk(target)), None, "remove what is inhibited").await
    }

    async fn read_inhibition<T: DeserializeOwned>(
        &self,
        key: InhibitorKey,
        kind: &'static str,
    ) -> Result<Vec<T>, OutboxError> {
        const OPERATION: &str = "read what inhibits";
        let query = self
            .table
            .partition(inhibitor_pk(key))
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :kind)"))
            .expression_attribute_values(":kind", string(kind));
        let items = self.table.read_all(query, OPERATION).await.map_err(unavailable(OPERATION))?;
        Ok(documents(&items))
    }
}

fn parts(entry: &str) -> Option<(InhibitorKey, Fingerprint, &str)> {
    let (key, rest) = entry.split_once('#')?;
    let (fingerprint, sides) = rest.split_once('#')?;
    Some((key.parse().ok()?, fingerprint.parse().ok()?, sides))
}

fn target_sk(target: &InhibitedTarget) -> String {
    format!("{TARGET}{}#{}", target.fingerprint, target.destination)
}
