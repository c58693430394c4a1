//! Alerts that inhibit others, and what waits because of them, by what both have in common.

use alert::Fingerprint;
use dispatch::{InhibitedTarget, Inhibitor, InhibitorKey, OutboxError};
use serde::de::DeserializeOwned;

use super::TableOutbox;
use super::item::{documents, inhibitor_pk, to_item, unavailable};
use crate::store::definition::{PK, SK};
use crate::store::item::string;

const SOURCE: &str = "SOURCE#";
const TARGET: &str = "TARGET#";

impl TableOutbox {
    pub(super) async fn read_inhibitors(&self, key: InhibitorKey) -> Result<Vec<Inhibitor>, OutboxError> {
        self.read_inhibition(key, SOURCE).await
    }

    pub(super) async fn write_inhibitor(&self, inhibitor: &Inhibitor) -> Result<(), OutboxError> {
        let sk = format!("{SOURCE}{}", inhibitor.fingerprint);
        self.put(to_item(inhibitor_pk(inhibitor.key), sk, inhibitor)?, "write what inhibits").await
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

fn target_sk(target: &InhibitedTarget) -> String {
    format!("{TARGET}{}#{}", target.fingerprint, target.destination)
}
